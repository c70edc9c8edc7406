"""``verify`` names each review, decision, reviewer, approval and policy that was changed, added or removed."""

import pytest

from cardwright.actions.review_decisions import dismiss_decision
from cardwright.actions.reviews import request_review
from cardwright.storage.integrity.verification import Verification
from tests.actions.conftest import HERE, Verbs
from tests.actions.test_reviews import ANA, CEM, DORA, card, decide, four_eyes, team, verified

__all__ = ["team"]  # the fixture

TAMPERING = {
    "UPDATE reviews SET state = 'Approved' WHERE card_name = 'open'": "review {} is another record",
    "UPDATE reviews SET comment = 'Rewritten' WHERE card_name = 'open'": "review {} is another record",
    "UPDATE reviews SET requested_by = NULL WHERE card_name = 'open'": "review {} is another record",
    "DELETE FROM reviews WHERE card_name = 'open'": "review {} is missing",
    "UPDATE review_decisions SET verdict = 'approve' WHERE user_name = 'dora'": "decision 1 of review {} is another",
    "UPDATE review_decisions SET reason = 'Other' WHERE reason IS NOT NULL": "decision 1 of review {} is another",
    "UPDATE review_decisions SET by_person = 0": "decision 1 of review {} is another",
    "DELETE FROM review_decisions": "decision 1 of review {} is missing",
    "DELETE FROM review_assignments WHERE name = 'ben'": "reviewer ben of review {} is missing",
    "UPDATE review_assignments SET name = 'mei' WHERE name = 'ben'": "reviewer mei of review {} has no audit link",
    "UPDATE approvals SET review_by = review_by + 1": "the approval is another record",
    "DELETE FROM approvals": "the approval is missing",
    "UPDATE review_policies SET text = 'policy: four-eyes'": "review policy four-eyes has another text",
    "UPDATE review_policies SET active = 0": "version 1 of the review policy four-eyes is another record",
    "DELETE FROM review_policies": "version 1 of the review policy four-eyes is missing",
    "UPDATE reviews SET due_at = 'soon' WHERE card_name = 'open'": "has text as its due_at",
}


@pytest.mark.parametrize("statement", TAMPERING)
def test_verify_names_what_was_tampered_with(team: Verbs, statement: str) -> None:
    four_eyes(team)
    card(team, "open")
    review, _ = team.run(ANA, request_review, "open", reviewers=["ben"], comment="Please look.")
    asked = decide(team, DORA, "request_changes", name="open", comment="Why?")
    team.run(CEM, dismiss_decision, "open", review.review_id, asked.number, "Answered.")
    card(team, "done")
    team.run(ANA, request_review, "done")
    decide(team, DORA, "approve", name="done")
    assert verified(team) == []
    with team.store.open_unit(ANA) as unit:
        unit.connection.run(statement, {})
    faults = list(map(str, Verification(team.store.database).faults()))
    assert any(TAMPERING[statement].format(review.review_id) in fault for fault in faults), faults
    assert all(HERE.account in fault for fault in faults)
