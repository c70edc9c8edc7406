"""Reviews and the people in them: requests that are withdrawn, people who leave, and groups that change."""

import pytest

from cardwright.actions.cards import update_card
from cardwright.actions.review_decisions import dismiss_decision
from cardwright.actions.reviews import describe_review, list_reviews, request_review
from cardwright.actions.users import change_profile, create_user, delete_user
from cardwright.core.card import Status
from cardwright.core.errors import Conflict, Denied, Invalid, PolicyInvalid
from cardwright.core.people import Role
from cardwright.core.review import ReviewQuery
from tests.actions.conftest import NOW, Verbs, actor
from tests.actions.test_reviews import (
    ANA,
    BEN,
    CEM,
    DORA,
    HIGH,
    LOW,
    MEI,
    PEOPLE,
    activate,
    card,
    decide,
    events,
    four_eyes,
    status,
    team,
    verified,
)

__all__ = ["team"]  # the fixture

ROOT = actor(Role.ADMIN, "root")


def leave(team: Verbs, name: str) -> None:
    """Delete a user, a moment after what happened last."""
    team.now += 1
    team.run(ROOT, delete_user, name)
    team.now += 1


def replace(team: Verbs, name: str) -> None:
    """Delete a user and give the name to another person."""
    leave(team, name)
    team.run(ROOT, create_user, name, PEOPLE[name], "hash")
    team.now += 1


def states(team: Verbs) -> list[str]:
    return [one.state for one in team.run(ANA, list_reviews, ReviewQuery()).items]


@pytest.mark.parametrize("who", [ANA, BEN, DORA])
def test_the_person_who_asked_and_approvers_withdraw_a_request(team: Verbs, who: object) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    outcome = decide(team, who, "withdraw", comment="Asked too early.")  # type: ignore[arg-type]  # an actor
    assert (outcome.review.state, outcome.status) == ("Withdrawn", Status.DRAFT)
    assert events(team)[-3:] == ["review decided", "review withdrawn", "status"]
    assert (states(team), status(team)) == (["Withdrawn"], "Draft")
    assert team.run(ANA, describe_review, outcome.review.review_id).decisions[0].comment == "Asked too early."
    team.run(ANA, request_review, "card")
    assert decide(team, CEM, "approve").status is Status.APPROVED
    assert verified(team) == []


def test_a_withdrawn_periodic_review_leaves_the_card_approved(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(BEN, update_card, "card", None, Status.APPROVED)
    review, _ = team.run(ANA, request_review, "card")
    outcome = decide(team, ANA, "withdraw", review_id=review.review_id)
    assert (outcome.review.state, outcome.status, outcome.number) == ("Withdrawn", Status.APPROVED, 0)
    assert events(team)[-1] == "review withdrawn"
    assert status(team) == "Approved"
    with pytest.raises(Conflict, match="has ended: it is Withdrawn"):
        decide(team, ANA, "withdraw", review_id=review.review_id, whole_request=True)
    assert verified(team) == []


def test_others_do_not_withdraw_a_request_and_a_repeated_withdrawal_does_not(team: Verbs) -> None:
    four_eyes(team, count=2)
    card(team)
    team.run(BEN, request_review, "card", reviewers=["mei"])
    for other in (ANA, MEI):
        with pytest.raises(Denied):
            decide(team, other, "withdraw")
    decide(team, CEM, "approve")
    decide(team, CEM, "withdraw")
    with pytest.raises(Invalid, match="To withdraw the request, set WithdrawRequest"):
        decide(team, CEM, "withdraw")
    with pytest.raises(Invalid, match="no decision in this review"):
        decide(team, DORA, "withdraw", whole_request=False)
    with pytest.raises(Invalid, match="goes with a withdrawal alone"):
        decide(team, CEM, "approve", whole_request=True)
    assert states(team) == ["Open"]
    assert decide(team, CEM, "withdraw", whole_request=True).status is Status.DRAFT
    assert verified(team) == []


def test_withdrawing_a_request_lifts_no_objection(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, CEM, "request_changes", comment="Which data?")
    decide(team, CEM, "withdraw", whole_request=True)
    team.run(ANA, request_review, "card")
    assert decide(team, BEN, "approve").missing == ("cem requested changes",)
    assert decide(team, CEM, "approve").status is Status.APPROVED
    assert verified(team) == []


def test_an_objection_of_a_deleted_person_blocks_until_it_is_dismissed(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    review, _ = team.run(ANA, request_review, "card")
    decide(team, CEM, "request_changes", comment="Which data?")
    leave(team, "cem")
    assert decide(team, BEN, "approve").missing == ("cem requested changes",)
    with pytest.raises(Denied):
        team.run(ANA, dismiss_decision, "card", review.review_id, 1, "Cem left")
    outcome = team.run(DORA, dismiss_decision, "card", review.review_id, 1, "Cem left")
    assert (outcome.status, outcome.missing) == (Status.APPROVED, ())
    assert verified(team) == []


def test_a_new_person_of_the_same_name_lifts_no_objection_by_approving(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    review, _ = team.run(ANA, request_review, "card")
    decide(team, CEM, "request_changes", comment="Which data?")
    replace(team, "cem")
    with pytest.raises(Invalid, match="no decision in this review"):
        decide(team, CEM, "withdraw", whole_request=False)
    outcome = decide(team, CEM, "approve")
    assert (outcome.status, outcome.missing) == (Status.PENDING_REVIEW, ("cem requested changes",))
    assert outcome.review.state == "ChangesRequested"
    assert verified(team) == []
    outcome = team.run(CEM, dismiss_decision, "card", review.review_id, 1, "Another person's, answered in version 1")
    assert (outcome.status, outcome.missing) == (Status.APPROVED, ())
    assert verified(team) == []


def test_an_objection_outlives_new_content_and_two_later_people_of_the_name(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, CEM, "request_changes", comment="Which data?")
    replace(team, "cem")
    team.run(ANA, update_card, "card", LOW, None)
    team.run(ANA, request_review, "card")
    decide(team, CEM, "request_changes", LOW, comment="And which model?")
    replace(team, "cem")
    outcome = decide(team, CEM, "approve", LOW)
    assert outcome.missing == ("cem requested changes", "cem requested changes")
    assert verified(team) == []


def test_a_deletion_on_a_server_whose_clock_is_ahead_does_not_mix_two_people(team: Verbs) -> None:
    four_eyes(team)
    card(team)
    team.run(ANA, request_review, "card")
    decide(team, CEM, "request_changes", comment="Which data?")
    team.now = NOW + 60_000
    team.run(ROOT, delete_user, "cem")
    team.run(ROOT, create_user, "cem", Role.APPROVER, "hash")
    team.now = NOW + 10
    outcome = decide(team, CEM, "approve")
    assert outcome.missing == ("cem requested changes",)
    assert verified(team) == []


def test_a_person_of_the_name_of_the_one_who_asked_withdraws_nothing(team: Verbs) -> None:
    four_eyes(team)
    card(team, content=HIGH, by=BEN)
    team.run(ANA, request_review, "card")
    replace(team, "ana")
    with pytest.raises(Denied):
        decide(team, ANA, "withdraw")
    assert states(team) == ["Open"]


def test_a_person_who_returns_under_the_same_name_does_not_approve_the_own_work(team: Verbs) -> None:
    four_eyes(team)
    card(team, by=CEM)
    team.run(ANA, request_review, "card")
    replace(team, "cem")
    with pytest.raises(Denied):
        decide(team, CEM, "approve")
    assert status(team) == "PendingReview"


GROUPS = """
policy: by-group
approval:
  approvals:
    - {reviewers: Model risk, count: 1, independent: true}
  waivers: {by: Model risk, max_days: 30}
"""


def join(team: Verbs, name: str, *groups: str) -> None:
    team.run(ROOT, change_profile, name, groups=groups)


def test_a_policy_names_a_group_of_the_account(team: Verbs) -> None:
    with pytest.raises(PolicyInvalid, match="Line 5, column 19: there is no group 'Model risk'"):
        activate(team, GROUPS)
    join(team, "mei", "Model risk")
    activate(team, GROUPS)
    with pytest.raises(PolicyInvalid, match="Did you mean Model risk"):
        activate(team, GROUPS.replace("by-group", "other").replace("{reviewers: Model risk", "{reviewers: Model rsk"))
    card(team)
    review, _ = team.run(ANA, request_review, "card", reviewers=["Model risk"])
    assert [one.review_id for one in team.run(MEI, list_reviews, ReviewQuery(), assigned_to_me=True).items] == [
        review.review_id
    ]
    with pytest.raises(Denied):
        decide(team, BEN, "approve")
    assert decide(team, MEI, "approve").status is Status.APPROVED
    assert verified(team) == []


def test_people_who_join_or_leave_a_group_change_what_an_open_review_lacks(team: Verbs) -> None:
    join(team, "mei", "Model risk")
    activate(team, GROUPS.replace("count: 1", "count: 2"))
    card(team)
    review, _ = team.run(ANA, request_review, "card")
    assert decide(team, MEI, "approve").missing[0].startswith("1 approval from the group Model risk")
    join(team, "mei")
    join(team, "cem", "Model risk")
    assert decide(team, CEM, "approve").missing[0].startswith("1 approval from the group Model risk")
    join(team, "ben", "Model risk")
    assert decide(team, BEN, "approve").status is Status.APPROVED
    assert team.run(ANA, describe_review, review.review_id).missing == ()
    assert verified(team) == []


def test_a_group_without_people_approves_nothing(team: Verbs) -> None:
    join(team, "mei", "Model risk")
    activate(team, GROUPS)
    card(team)
    review, _ = team.run(ANA, request_review, "card", reviewers=["Model risk"])
    join(team, "mei")
    for someone in (MEI, BEN, DORA):
        with pytest.raises(Denied):
            decide(team, someone, "approve")
    assert team.run(ANA, describe_review, review.review_id).missing[0].startswith("1 approval from the group Model")


def test_the_groups_of_a_policy_win_over_groups_of_the_account(team: Verbs) -> None:
    join(team, "ben", "risk")
    activate(team, "policy: own\napproval: {approvals: [{reviewers: risk}]}\nreviewers: {risk: [mei]}\n")
    card(team)
    team.run(ANA, request_review, "card", reviewers=["risk"])
    assert team.run(BEN, list_reviews, ReviewQuery(), assigned_to_me=True).items == []
    with pytest.raises(Denied):
        decide(team, BEN, "approve")
    assert decide(team, MEI, "approve").status is Status.APPROVED


def test_a_group_of_the_account_reviews_without_a_policy_too(team: Verbs) -> None:
    join(team, "mei", "risk")
    card(team)
    with pytest.raises(Invalid, match="neither a person of the account nor a group"):
        team.run(ANA, request_review, "card", reviewers=["risks"])
    team.run(ANA, request_review, "card", reviewers=["risk"])
    assert len(team.run(MEI, list_reviews, ReviewQuery(), assigned_to_me=True).items) == 1
    decide(team, MEI, "request_changes", comment="Which data?")
    assert decide(team, BEN, "approve").missing == ("mei requested changes",)
