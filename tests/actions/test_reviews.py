"""Reviews: the actions on a store, with the clock in hand."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import pytest

from cardwright.actions.approval import ApprovalIncomplete
from cardwright.actions.approval_expiry import expire_card
from cardwright.actions.card_record import card_record
from cardwright.actions.cards import create_card, delete_card, describe_card, find_card, review_card, update_card
from cardwright.actions.draft_policy import policy_of_draft
from cardwright.actions.governance import may_stay_approved
from cardwright.actions.history import audit_trail
from cardwright.actions.policies import put_policy
from cardwright.actions.review_decisions import Outcome, decide_review, dismiss_decision
from cardwright.actions.reviews import (
    assign_reviewers,
    describe_approval,
    describe_review,
    list_approvals,
    list_reviews,
    request_review,
)
from cardwright.actions.status_undo import undo_status
from cardwright.actions.tags import add_tags, delete_tags
from cardwright.actions.users import change_role, create_user, delete_user
from cardwright.core.card import Status
from cardwright.core.draft_form import DraftForm
from cardwright.core.errors import Conflict, Denied, Invalid, NotFound
from cardwright.core.people import Actor, Interface, Role
from cardwright.core.policy.missing import in_words
from cardwright.core.review import DAY, ApprovalQuery, Due, ReviewMoved, ReviewQuery, ReviewSuperseded, Verdict
from cardwright.formats.record import ApproverEntry
from cardwright.storage.integrity.verification import Verification
from tests.actions.conftest import HERE, NOW, Verbs, actor

FOUR_EYES = """
policy: four-eyes
version: {version}
approval:
  approvals:
    - {{role: approver, count: {count}, independent: true}}
  valid_for_days: 365
  grace_days: 30
"""
PEOPLE = {"ana": Role.AUTHOR, "ben": Role.APPROVER, "cem": Role.APPROVER, "dora": Role.ADMIN, "mei": Role.VIEWER}
HIGH = json.dumps({"intended_uses": {"risk_rating": "High"}})
LOW = json.dumps({"intended_uses": {"risk_rating": "Low"}})


def person(name: str) -> Actor:
    return actor(PEOPLE[name], name)._replace(authenticated=True)


ANA, BEN, CEM, DORA, MEI = map(person, PEOPLE)
PROGRAM = actor(Role.ADMIN, "ci")._replace(authenticated=True)


@pytest.fixture
def team(verbs: Verbs) -> Verbs:
    """A store whose account has people."""
    for name, role in PEOPLE.items():
        verbs.run(actor(Role.ADMIN, "root"), create_user, name, role, "hash")
    return verbs


def activate(verbs: Verbs, text: str) -> None:
    verbs.run(DORA, put_policy, text)


def four_eyes(verbs: Verbs, version: int = 1, count: int = 1) -> None:
    activate(verbs, FOUR_EYES.format(version=version, count=count))


def card(verbs: Verbs, name: str = "card", content: str = HIGH, by: Actor = ANA, **more: Any) -> str:
    verbs.run(by, create_card, name, content, Status.DRAFT, **more)
    return name


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def decide(verbs: Verbs, by: Actor, verdict: str, content: str = HIGH, name: str = "card", **more: Any) -> Outcome:
    return verbs.run(by, decide_review, name, Verdict(verdict), digest(content), **more)


def status(verbs: Verbs, name: str = "card") -> str:
    return verbs.run(ANA, describe_card, name).status


def events(verbs: Verbs, name: str = "card") -> list[str]:
    return [link.event for link in reversed(verbs.run(ANA, audit_trail, name, limit=500))]


def verified(verbs: Verbs) -> list[str]:
    return list(map(str, Verification(verbs.store.database).faults()))


def test_a_review_by_another_person_approves_a_card_in_one_step(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    review, now = team.run(ANA, request_review, "card", reviewers=["ben"], comment="Please look.")
    assert now is Status.PENDING_REVIEW
    outcome = decide(team, BEN, "approve")
    assert (outcome.status, outcome.missing) == (Status.APPROVED, ())
    assert status(team) == "Approved"
    assert events(team) == [
        "created",
        "review requested",
        "status",
        "review decided",
        "review completed",
        "status",
    ]
    approval = team.run(ANA, describe_approval, "card")
    assert approval is not None
    assert (approval.review_id, approval.policy and approval.policy.name) == (review.review_id, "four-eyes")
    assert approval.review_by == NOW + 365 * DAY
    assert approval.expires_at == NOW + 395 * DAY
    assert verified(team) == []


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.APPROVER, Role.ADMIN])
def test_authors_never_approve_their_own_work_in_any_role_or_spelling(team: Verbs, role: Role) -> None:
    four_eyes(team)
    card(team)
    team.run(BEN, request_review, "card")
    team.run(actor(Role.ADMIN, "root"), change_role, "ana", role)
    for name in ("ana", "ANA"):
        own = actor(role, name)._replace(authenticated=True)
        with pytest.raises(Denied):
            decide(team, own, "approve")
        before = events(team)
        with pytest.raises(Denied):
            team.run(own, update_card, "card", None, Status.APPROVED)
        with pytest.raises(Denied):
            team.run(own, create_card, f"own-{name}", "{}", Status.APPROVED)
        assert events(team) == before
    assert status(team) == "PendingReview"
    assert verified(team) == []


def test_programs_and_unproven_names_never_count(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    for caller in (PROGRAM, BEN._replace(authenticated=False)):
        with pytest.raises(Denied, match="not a person"):
            decide(team, caller, "approve")
        with pytest.raises(ApprovalIncomplete, match="programs do not count"):
            team.run(caller, update_card, "card", None, Status.APPROVED)
    assert status(team) == "PendingReview"


def test_update_to_approved_counts_as_ones_own_approval_or_leaves_no_trace(team: Verbs) -> None:
    four_eyes(team, count=2)
    card(team)
    with pytest.raises(ApprovalIncomplete, match="1 approval from the role approver") as refused:
        team.run(BEN, update_card, "card", None, Status.APPROVED)
    assert len(in_words(refused.value.lacks)) == 1
    assert events(team) == ["created"]
    review, _ = team.run(ANA, request_review, "card")
    assert decide(team, CEM, "approve").missing
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    assert status(team) == "Approved"
    found = team.run(ANA, describe_review, review.review_id)
    assert [one.user for one in found.decisions] == ["cem", "ben"]
    assert found.review.state == "Approved"
    assert verified(team) == []


def test_update_to_approved_without_a_request_makes_its_own_review(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    assert status(team) == "Approved"
    page = team.run(ANA, list_reviews, ReviewQuery())
    assert [(one.requested_by, one.state) for one in page.items] == [(None, "Approved")]
    assert verified(team) == []


def test_new_content_ends_a_review_and_is_refused_for_an_approved_card(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    team.run(ANA, update_card, "card", LOW, None)
    with pytest.raises(ReviewSuperseded, match="version 2"):
        decide(team, BEN, "approve")
    with pytest.raises(NotFound, match="no open review"):
        decide(team, BEN, "approve", LOW)
    team.run(ANA, request_review, "card")
    with pytest.raises(ReviewSuperseded):
        decide(team, BEN, "approve", HIGH)
    decide(team, BEN, "approve", LOW)
    with pytest.raises(NotFound, match="no open review"):
        decide(team, CEM, "approve", LOW)
    for caller in (ANA, CEM, DORA, PROGRAM):
        for wanted in (None, Status.ARCHIVED):
            with pytest.raises(Denied):
                team.run(caller, update_card, "card", HIGH, wanted)
    team.run(DORA, update_card, "card", HIGH, Status.DRAFT)
    approval = team.run(ANA, describe_approval, "card")
    assert approval is not None
    assert approval.ended_at == NOW
    assert [one.state for one in team.run(ANA, list_reviews, ReviewQuery()).items] == ["Approved", "Superseded"]
    assert verified(team) == []


def test_a_late_decision_says_what_superseded_its_review_and_which_is_open(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    first, _ = team.run(ANA, request_review, "card")
    team.run(DORA, update_card, "card", LOW, None)
    team.run(ANA, update_card, "card", "{}", None)
    for verdict in ("approve", "withdraw"):
        for review_id in (None, first.review_id):
            with pytest.raises(ReviewSuperseded) as refused:
                decide(team, BEN, verdict, review_id=review_id)
            assert "of version 1 of Modelcard card has ended: dora saved version 2. No review of version 3" in str(
                refused.value
            )
    second, _ = team.run(ANA, request_review, "card")
    for review_id in (None, first.review_id):
        with pytest.raises(ReviewSuperseded, match=f"The open review is {second.review_id}, of version 3") as refused:
            decide(team, BEN, "approve", review_id=review_id)
        assert refused.value.content_digest == digest("{}")
    with pytest.raises(ReviewMoved):
        decide(team, BEN, "approve", LOW)
    assert decide(team, BEN, "approve", "{}").status is Status.APPROVED


def test_a_request_for_changes_blocks_also_after_new_content_until_it_is_lifted(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    review, _ = team.run(ANA, request_review, "card")
    with pytest.raises(Invalid, match="names what should change"):
        decide(team, BEN, "request_changes")
    asked = decide(team, BEN, "request_changes", comment="Which data?")
    assert asked.review.state == "ChangesRequested"
    assert decide(team, CEM, "approve").missing == ("ben requested changes",)
    team.run(ANA, update_card, "card", LOW, None)
    team.run(ANA, request_review, "card")
    assert decide(team, CEM, "approve", LOW).missing == ("ben requested changes",)
    with pytest.raises(Denied):
        team.run(ANA, dismiss_decision, "card", review.review_id, asked.number, "I disagree")
    with pytest.raises(Invalid, match="give a reason"):
        team.run(DORA, dismiss_decision, "card", review.review_id, asked.number, " ")
    lifted = team.run(DORA, dismiss_decision, "card", review.review_id, asked.number, "Answered by mail.")
    assert lifted.status is Status.APPROVED
    assert verified(team) == []


def test_the_one_who_requested_changes_lifts_the_block_by_approving(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, BEN, "request_changes", comment="Why?")
    assert decide(team, BEN, "approve").status is Status.APPROVED


def test_a_withdrawn_approval_reopens_the_review_and_is_an_event(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    review, _ = team.run(ANA, request_review, "card")
    decide(team, BEN, "approve")
    with pytest.raises(Invalid, match="no decision"):
        decide(team, CEM, "withdraw")
    outcome = decide(team, BEN, "withdraw", comment="Too early.")
    assert (outcome.status, outcome.review.state) == (Status.PENDING_REVIEW, "Open")
    assert events(team)[-3:] == ["review decided", "approval withdrawn", "status"]
    assert decide(team, CEM, "approve").review.review_id == review.review_id
    assert status(team) == "Approved"
    assert verified(team) == []


def test_lowering_the_risk_does_not_escape_the_policy_that_approved_the_card(team: Verbs) -> None:
    activate(
        team,
        "policy: high\napplies_to: {risk: [High]}\napproval:\n  approvals: [{role: approver, independent: true}]\n",
    )
    card(team)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    team.run(BEN, update_card, "card", LOW, Status.DRAFT)
    with pytest.raises(Denied):
        team.run(BEN, update_card, "card", None, Status.APPROVED)
    team.run(CEM, update_card, "card", None, Status.APPROVED)
    team.run(BEN, update_card, "card", json.dumps({"model_overview": {"model_id": "m"}}), None)  # now it is free


def test_the_form_of_an_approved_card_shows_the_policy_that_holds_it(team: Verbs) -> None:
    activate(team, "policy: strict\napplies_to: {risk: [High]}\napproval: {approvals: [{role: approver}]}")
    activate(team, "policy: lax\napplies_to: {risk: [Low]}")
    card(team)
    lower = DraftForm(name="card", content=json.loads(LOW))

    def shown() -> str | None:
        with team.store.open_unit(ANA) as unit:
            found = policy_of_draft(unit, lower, json.loads(LOW), unit.cards.find("card"))
        return None if found is None else found.policy.name

    assert shown() == "lax"
    team.run(ANA, request_review, "card")
    decide(team, BEN, "approve")
    assert shown() == "strict"


def test_an_author_does_not_remove_or_add_the_tag_that_selects(team: Verbs) -> None:
    activate(team, "policy: tagged\napplies_to: {tags: {team: payments}}\napproval:\n  approvals: [{role: approver}]\n")
    card(team, tags=[("team", "payments"), ("other", "x")])
    arn = HERE.card_arn("card")
    for change in (
        lambda: team.run(ANA, delete_tags, arn, ["team"]),
        lambda: team.run(ANA, add_tags, arn, [("team", "y")]),
    ):
        with pytest.raises(Denied, match="by the tag team"):
            change()
    team.run(ANA, delete_tags, arn, ["other"])
    team.run(BEN, delete_tags, arn, ["team"])


def test_people_whom_a_requirement_names_decide_in_any_role(team: Verbs) -> None:
    activate(
        team,
        "policy: risk\napproval:\n  approvals:\n"
        "    - {role: approver}\n    - {reviewers: model-risk, independent: true}\n"
        "reviewers: {model-risk: [Mei, ben]}\n",
    )
    card(team)
    team.run(ANA, request_review, "card", reviewers=["model-risk"])
    assert decide(team, BEN, "approve").missing == (
        "1 approval from the group model-risk, independent of the authors since the last approved version and of the"
        " person who asked",
    )
    assert [one.card_name for one in team.run(MEI, list_reviews, ReviewQuery(), assigned_to_me=True).items] == ["card"]
    assert team.run(CEM, list_reviews, ReviewQuery(), assigned_to_me=True).items == []
    assert decide(team, MEI, "approve").status is Status.APPROVED


def test_a_periodic_review_keeps_the_card_approved_and_moves_the_date(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    team.now = NOW + 350 * DAY
    assert [one.due(team.now) for one in team.run(ANA, list_approvals, ApprovalQuery(due=Due.DUE)).items] == [Due.DUE]
    review, now = team.run(BEN, request_review, "card")
    assert (now, review.renews) == (Status.APPROVED, NOW + 365 * DAY)
    with pytest.raises(Denied):
        decide(team, BEN, "approve")
    with pytest.raises(Denied):
        decide(team, ANA, "approve")
    with pytest.raises(Invalid, match="365 days"):
        decide(team, CEM, "approve", review_by=team.now + 366 * DAY)
    decide(team, CEM, "approve", review_by=team.now + 100 * DAY)
    approval = team.run(ANA, describe_approval, "card")
    assert approval is not None
    assert approval.review_by == team.now + 100 * DAY
    assert events(team)[-1] == "review completed"
    assert verified(team) == []


def test_a_review_date_is_in_the_future_and_within_a_hundred_years(team: Verbs) -> None:
    activate(team, "policy: p\napproval: {approvals: [{role: approver}], grace_days: 36500}")
    card(team)
    team.run(ANA, request_review, "card")
    for wrong, words in ((NOW, "has passed"), (NOW + 36_500 * DAY + 1, "at most 36,500 days ahead"), (2**62, "ahead")):
        with pytest.raises(Invalid, match=words):
            decide(team, BEN, "approve", review_by=wrong)
    assert decide(team, BEN, "approve", review_by=NOW + 36_500 * DAY).status is Status.APPROVED
    approval = team.run(ANA, describe_approval, "card")
    assert approval is not None
    assert approval.expires_at == NOW + 73_000 * DAY


def test_an_expired_approval_ends_once_after_the_grace_period(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    card_id = team.run(ANA, audit_trail, "card")[0].card_id
    job = actor(Role.ADMIN, "cardwright-expiry")
    team.now = NOW + 394 * DAY
    assert not team.run(job, expire_card, "card", card_id)
    assert [one.due(team.now) for one in team.run(ANA, list_approvals, ApprovalQuery(due=Due.OVERDUE)).items] == [
        Due.OVERDUE
    ]
    team.now = NOW + 395 * DAY
    assert len(team.run(ANA, list_approvals, ApprovalQuery(due=Due.EXPIRED)).items) == 1
    assert [team.run(job, expire_card, "card", card_id) for _ in range(2)] == [True, False]
    assert status(team) == "PendingReview"
    assert events(team)[-2:] == ["approval expired", "status"]
    assert [one.state for one in team.run(ANA, list_reviews, ReviewQuery()).items] == ["Lapsed"]
    assert verified(team) == []


def test_a_stricter_policy_holds_for_open_reviews(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    four_eyes(team, version=2, count=2)
    assert decide(team, BEN, "approve").missing
    assert decide(team, CEM, "approve").status is Status.APPROVED
    approval = team.run(ANA, describe_approval, "card")
    assert approval is not None
    assert approval.policy is not None
    assert approval.policy.version == 2
    assert verified(team) == []


@pytest.mark.parametrize(("delete", "roles"), [("none", ""), ("approver", "BEN"), ("author", "ANA")])
def test_the_policy_says_who_deletes_what_was_approved(team: Verbs, delete: str, roles: str) -> None:
    activate(team, f"policy: p\napproval: {{approvals: [{{role: approver}}], delete: {delete}}}\n")
    card(team)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    callers = {"ANA": ANA, "BEN": BEN, "DORA": DORA}
    refused = {"": callers, "BEN": {"ANA": ANA}, "ANA": {}}[roles]
    for caller in refused.values():
        with pytest.raises(Denied):
            team.run(caller, delete_card, "card")
    if roles:
        team.run(callers[roles], delete_card, "card")
    assert verified(team) == []


def test_a_policy_that_ties_with_an_active_one_is_not_activated(team: Verbs) -> None:
    four_eyes(team)
    with pytest.raises(Conflict, match="four-eyes is as specific as other"):
        activate(team, "policy: other\n")
    with pytest.raises(Conflict, match="Give the file the version 2"):
        activate(team, "policy: four-eyes\nversion: 1\n")
    with pytest.raises(Denied):
        team.run(BEN, put_policy, "policy: mine\n")


def test_without_a_policy_statuses_follow_the_roles_and_reviews_work_too(team: Verbs) -> None:
    card(team)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    assert events(team) == ["created", "status"]
    team.run(BEN, update_card, "card", LOW, None)
    assert status(team) == "Approved"
    team.run(ANA, update_card, "card", None, Status.DRAFT)
    team.run(ANA, request_review, "card", reviewers=["cem"])
    with pytest.raises(Denied):
        decide(team, ANA, "approve", LOW)
    assert decide(team, CEM, "approve", LOW).status is Status.APPROVED
    assert verified(team) == []


def test_reviewers_are_people_or_groups_and_can_be_replaced(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    with pytest.raises(Invalid, match="neither a person"):
        team.run(ANA, request_review, "card", reviewers=["zoe"])
    review, _ = team.run(ANA, request_review, "card", reviewers=["ben"])
    with pytest.raises(Conflict, match="has an open review"):
        team.run(ANA, request_review, "card")
    team.run(ANA, assign_reviewers, "card", ["CEM"])
    assert [one.name for one in team.run(ANA, describe_review, review.review_id).reviewers] == ["cem"]
    assert verified(team) == []


CHECKED = """
policy: checked
approval:
  approvals: [{role: approver, independent: true}]
  required_checks: [owner-named]
rules:
  - {id: owner-named, require: [/model_overview/model_owner]}
  - {id: other, require: [/intended_uses]}
"""
OWNED = json.dumps({"model_overview": {"model_owner": "Ana"}})


def test_a_decision_counts_while_a_required_check_fails_and_completes_later(team: Verbs) -> None:
    card(team, content=LOW)
    team.run(ANA, request_review, "card")
    activate(team, CHECKED)
    outcome = decide(team, BEN, "approve", LOW)
    assert outcome.status is Status.PENDING_REVIEW
    assert outcome.missing == ("the check owner-named fails: Owner is missing",)
    with pytest.raises(ApprovalIncomplete, match="the check owner-named fails"):
        team.run(CEM, update_card, "card", None, Status.APPROVED)
    activate(
        team,
        CHECKED.replace("policy: checked", "policy: checked\nversion: 2").replace(
            "  required_checks: [owner-named]\n", ""
        ),
    )
    assert decide(team, BEN, "approve", LOW).status is Status.APPROVED
    team.run(ANA, update_card, "card", OWNED, Status.PENDING_REVIEW)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    assert verified(team) == []


def test_a_list_of_what_is_missing_counts_the_places_that_fail_one_check(team: Verbs) -> None:
    places = "/model_overview/model_owner, /intended_uses/purpose_of_model, /business_details"
    activate(
        team,
        f"{{policy: p, approval: {{required_checks: [filled, long]}}, rules: [{{id: filled, require: [{places}]}},"
        " {id: long, require: {pointers: [/intended_uses/risk_rating], min_length: 9}}]}",
    )
    card(team)
    with pytest.raises(ApprovalIncomplete) as caught:
        team.run(BEN, update_card, "card", None, Status.APPROVED)
    assert in_words(caught.value.lacks) == (
        "the check filled fails: Business details are missing, and 2 more places fail",
        "the check long fails: Risk rating has 4 characters, and at least 9 are required",
    )
    assert caught.value.message.count("; ") == 1


def test_an_undo_withdraws_the_approval_and_cannot_bring_one_back(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    team.run(BEN, undo_status, "card", Status.PENDING_REVIEW)
    assert events(team)[-3:] == ["review decided", "approval withdrawn", "status"]
    assert status(team) == "PendingReview"
    team.run(CEM, update_card, "card", None, Status.APPROVED)
    team.run(ANA, update_card, "card", None, Status.DRAFT)
    with pytest.raises(Denied):
        team.run(ANA, undo_status, "card", Status.APPROVED)
    assert status(team) == "Draft"
    assert verified(team) == []


def test_the_console_ends_an_approval_with_a_comment_and_other_callers_without(team: Verbs) -> None:
    in_console = BEN._replace(interface=Interface.CONSOLE)
    card(team)
    for end in (
        lambda by, why: team.run(by, review_card, "card", Status.DRAFT, why),
        lambda by, why: team.run(by, undo_status, "card", Status.DRAFT, why),
    ):
        team.run(BEN, update_card, "card", None, Status.DRAFT)
        team.run(BEN, update_card, "card", None, Status.APPROVED)
        for nothing in (None, " "):
            with pytest.raises(Invalid, match="Ending an approval requires a comment"):
                end(in_console, nothing)
        assert status(team) == "Approved"
        end(in_console, "The data is wrong.")
        assert status(team) == "Draft"
        team.run(BEN, update_card, "card", None, Status.APPROVED)
        end(BEN, None)
        assert status(team) == "Draft"
    assert verified(team) == []


def test_a_withdrawn_approval_needs_a_comment_in_the_console(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    assert decide(team, BEN, "approve").status is Status.APPROVED
    in_console = BEN._replace(interface=Interface.CONSOLE)
    with pytest.raises(Invalid, match="Ending an approval requires a comment"):
        decide(team, in_console, "withdraw")
    with pytest.raises(Invalid, match="Ending an approval requires a comment"):
        team.run(in_console, undo_status, "card", Status.PENDING_REVIEW)
    assert status(team) == "Approved"
    assert decide(team, in_console, "withdraw", comment="The wrong card.").status is Status.PENDING_REVIEW
    assert verified(team) == []


def test_an_undo_changes_nothing_after_another_event(team: Verbs) -> None:
    card(team)
    team.run(ANA, update_card, "card", None, Status.PENDING_REVIEW)
    assert team.run(CEM, undo_status, "card", Status.DRAFT) is False
    assert team.run(ANA, undo_status, "card", Status.ARCHIVED) is False
    assert status(team) == "PendingReview"
    assert team.run(ANA, undo_status, "card", Status.DRAFT) is True
    assert status(team) == "Draft"


def test_content_and_approval_in_one_call_need_a_requirement_that_authors_meet(team: Verbs) -> None:
    activate(team, "policy: alone\napproval: {approvals: [{role: approver}]}\n")
    card(team)
    team.run(ANA, request_review, "card")
    with pytest.raises(Denied):
        team.run(ANA, update_card, "card", LOW, Status.APPROVED)
    team.run(BEN, update_card, "card", LOW, Status.APPROVED)
    assert status(team) == "Approved"
    states = [one.state for one in team.run(ANA, list_reviews, ReviewQuery()).items]
    assert sorted(states) == ["Approved", "Superseded"]
    team.run(BEN, create_card, "new", "{}", Status.APPROVED)
    assert status(team, "new") == "Approved"
    assert verified(team) == []


def names(people: Iterable[ApproverEntry]) -> list[str]:
    return [person.name for person in people]


def test_documents_name_the_approval_that_the_version_has_now_or_none(team: Verbs) -> None:
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, BEN, "approve")
    approved = team.run(ANA, card_record, "card").approval
    assert approved is not None
    assert (names(approved.approvers), approved.content_digest) == (["ben"], digest(HIGH))
    team.run(BEN, update_card, "card", None, Status.DRAFT)
    assert team.run(ANA, card_record, "card").approval is None
    team.run(CEM, update_card, "card", None, Status.APPROVED)  # by role: no review, and not ben's any more
    assert team.run(ANA, card_record, "card").approval is None
    four_eyes(team)
    team.run(ANA, request_review, "card")
    decide(team, CEM, "approve")
    team.run(ANA, update_card, "card", LOW, Status.DRAFT)
    renewed = team.run(ANA, card_record, "card", 1).approval
    assert renewed is not None
    assert (names(renewed.approvers), renewed.policy and (renewed.policy.name, renewed.policy.version)) == (
        ["cem"],
        ("four-eyes", 1),
    )


def test_documents_name_people_who_approved_beyond_what_the_policy_asks(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card", reviewers=["ben", "cem"])
    decide(team, CEM, "request_changes", comment="Name the data.")
    decide(team, BEN, "approve")
    decide(team, CEM, "approve")
    approval = team.run(ANA, card_record, "card").approval
    assert approval is not None
    assert (names(approval.approvers), names(approval.others)) == (["ben"], ["cem"])


def test_documents_say_of_each_approver_when_what_and_under_which_policy(team: Verbs) -> None:
    four_eyes(team, count=2)
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, BEN, "approve")
    four_eyes(team, version=2, count=2)
    team.now += 1000
    decide(team, CEM, "approve")
    approval = team.run(ANA, card_record, "card").approval
    assert approval is not None
    assert [(one.name, one.approved_at, one.content_digest) for one in approval.approvers] == [
        ("ben", NOW, digest(HIGH)),
        ("cem", NOW + 1000, digest(HIGH)),
    ]
    policies = [one.policy for one in approval.approvers]
    assert [policy and (policy.name, policy.version) for policy in policies] == [("four-eyes", 1), ("four-eyes", 2)]
    assert policies[1] == approval.policy != policies[0]


def test_withdrawing_a_card_from_review_ends_the_review(team: Verbs) -> None:
    card(team)
    for wanted in (Status.DRAFT, Status.ARCHIVED):
        team.run(ANA, request_review, "card")
        team.run(ANA, update_card, "card", None, wanted)
    with pytest.raises(Invalid, match="Archived"):
        team.run(ANA, request_review, "card")
    assert [one.state for one in team.run(ANA, list_reviews, ReviewQuery()).items] == ["Withdrawn"] * 2
    assert verified(team) == []


def test_an_approval_does_not_count_for_a_later_person_of_the_same_name(team: Verbs) -> None:
    four_eyes(team, count=2)
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, BEN, "approve")
    team.now += 1
    team.run(actor(Role.ADMIN, "root"), delete_user, "ben")
    team.run(actor(Role.ADMIN, "root"), create_user, "Ben", Role.APPROVER, "hash")
    team.now += 1
    outcome = decide(team, CEM, "approve")
    assert outcome.status is Status.PENDING_REVIEW
    assert [part.partition(",")[0] for part in outcome.missing] == ["1 approval from the role approver"]
    assert decide(team, BEN, "approve").status is Status.APPROVED
    assert verified(team) == []


def test_decisions_keep_their_order_on_servers_whose_clocks_differ(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, CEM, "request_changes", comment="Which data?")
    decide(team, CEM, "withdraw")
    team.run(ANA, update_card, "card", LOW, None)
    team.run(ANA, request_review, "card")
    team.now = NOW - 60_000
    decide(team, CEM, "request_changes", LOW, comment="Still: which data?")
    outcome = decide(team, BEN, "approve", LOW)
    assert (outcome.status, outcome.missing) == (Status.PENDING_REVIEW, ("cem requested changes",))
    assert verified(team) == []


@pytest.mark.parametrize(
    "requirement", ["{reviewers: model-risk, independent: true}", "{role: author, independent: true}"]
)
def test_whom_a_requirement_names_approves_with_an_update_in_any_role(team: Verbs, requirement: str) -> None:
    name = "mei" if "reviewers" in requirement else "noa"
    if name == "noa":
        team.run(actor(Role.ADMIN, "root"), create_user, "noa", Role.AUTHOR, "hash")
    groups = "reviewers: {model-risk: [mei]}\n" if name == "mei" else ""
    activate(team, f"policy: risk\napproval: {{approvals: [{requirement}]}}\n{groups}")
    caller = actor(PEOPLE.get(name, Role.AUTHOR), name)._replace(authenticated=True)
    for verb in (update_card, review_card):
        made = card(team, verb.__name__.replace("_", "-"))
        for content, wanted in ((LOW, Status.APPROVED), (None, Status.DRAFT)):
            if name == "mei":
                with pytest.raises(Denied):
                    team.run(caller, update_card, made, content, wanted)
        with pytest.raises(Denied):
            team.run(ANA, update_card, made, None, Status.APPROVED)
        if verb is update_card:
            team.run(caller, update_card, made, None, Status.APPROVED)
        else:
            team.run(caller, review_card, made, Status.APPROVED, "Fine")
        assert status(team, made) == "Approved"
    assert verified(team) == []


def test_new_content_stays_approved_for_approvers_without_a_policy_alone(team: Verbs) -> None:
    card(team, "approved", by=BEN)
    team.run(BEN, review_card, "approved", Status.APPROVED, None)
    found = team.run(BEN, find_card, "approved")
    assert [team.run(by, may_stay_approved, found) for by in (ANA, BEN, DORA)] == [False, True, True]
    four_eyes(team)
    assert [team.run(by, may_stay_approved, found) for by in (ANA, BEN, DORA)] == [False, False, False]
