"""Findings: the actions on a store, with the clock in hand."""

from typing import Any

import pytest

from cardwright.actions.approval import ApprovalIncomplete
from cardwright.actions.card_record import card_record
from cardwright.actions.cards import delete_card, describe_card, update_card
from cardwright.actions.check_findings import findings_of_rules, open_check_finding
from cardwright.actions.findings import (
    FindingChange,
    blocking_policy,
    count_findings,
    count_my_findings,
    count_pressing,
    describe_finding,
    ending_refusal,
    finding_history,
    limitations_of,
    list_findings,
    may_update,
    open_finding,
    update_finding,
)
from cardwright.actions.history import audit_trail
from cardwright.actions.reviews import describe_review, list_reviews, request_review
from cardwright.core.card import Status
from cardwright.core.errors import CardMissing, Conflict, Denied, Invalid, NotFound
from cardwright.core.finding import Finding, FindingKind, FindingQuery, FindingState, Severity
from cardwright.core.people import Actor, Role
from cardwright.core.review import DAY, ReviewQuery
from cardwright.storage.integrity.verification import Verification
from tests.actions.conftest import NOW, Verbs, actor
from tests.actions.test_reviews import ANA, BEN, CEM, DORA, LOW, MEI, PROGRAM, activate, card, decide, team

__all__ = ["team"]  # the fixture

BLOCKING = """
policy: blocking
version: 1
approval:
  approvals:
    - {role: approver, count: 1, independent: true}
  blocking_findings: [critical, high]
"""
OWNED = """
policy: owned
version: 1
approval:
  approvals:
    - {role: approver, count: 1}
  required_checks: [owner-named]
rules:
  - {id: owner-named, title: The owner is named, severity: error, require: [/model_overview/model_owner]}
"""
NAMED = '{"model_overview": {"model_owner": "Ana"}}'


def opened(verbs: Verbs, title: str = "Recall fell", by: Actor = BEN, name: str = "card", **more: Any) -> Finding:
    members: dict[str, Any] = {"severity": Severity.HIGH} | more
    return verbs.run(by, open_finding, name, title, **members).finding


def change(verbs: Verbs, finding: Finding, by: Actor = CEM, **members: Any) -> Finding:
    return verbs.run(by, update_finding, finding.finding_id, FindingChange(**members)).finding


def close(verbs: Verbs, finding: Finding, by: Actor = CEM) -> Finding:
    return change(verbs, finding, by, state=FindingState.CLOSED, resolution="Retrained.")


def found(verbs: Verbs, by: Actor = MEI, card_name: str | None = None, **filters: Any) -> list[str]:
    page = verbs.run(by, list_findings, FindingQuery(**filters), card_name=card_name)
    return [one.finding.title for one in page.items]


def events(verbs: Verbs, name: str = "card") -> list[str]:
    return [link.event for link in reversed(verbs.run(ANA, audit_trail, name))]


def faults(verbs: Verbs) -> list[str]:
    return list(map(str, Verification(verbs.store.database).faults()))


def test_a_finding_goes_through_its_states_and_is_verified(team: Verbs) -> None:
    card(team)
    finding = opened(team, owner="ANA", text="Since June.", pointer="/evaluation_details/0")
    assert (finding.owner, finding.state, finding.source, finding.version) == ("ana", "open", "review", 1)
    change(team, finding, ANA, state=FindingState.IN_PROGRESS)
    change(team, finding, ANA, state=FindingState.REMEDIATED, resolution="Retrained.")
    team.run(ANA, update_card, "card", LOW, None)
    ended = change(team, finding, BEN, state=FindingState.CLOSED)
    assert (ended.ended_by, ended.fixed_version, ended.resolution) == ("ben", 2, "Retrained.")
    again = change(team, finding, MEI._replace(role=Role.AUTHOR), state=FindingState.OPEN)
    assert (again.state, again.ended_at, again.fixed_version) == ("open", None, None)
    events_of_findings = [event for event in events(team) if event.startswith("finding")]
    assert events_of_findings == [
        "finding opened", "finding changed", "finding changed", "finding ended", "finding reopened",
    ]  # fmt: skip
    assert faults(team) == []
    assert "Since June" not in str([link.details for link in team.run(ANA, audit_trail, "card")])


def test_the_due_date_follows_the_severity_and_overdue_is_computed(team: Verbs) -> None:
    card(team)
    days = {severity: opened(team, severity.value, severity=severity).due_at for severity in Severity}
    assert days == {
        Severity.CRITICAL: NOW + 7 * DAY, Severity.HIGH: NOW + 30 * DAY, Severity.MEDIUM: NOW + 90 * DAY,
        Severity.LOW: NOW + 180 * DAY, Severity.INFO: None,
    }  # fmt: skip
    assert opened(team, "given", due_at=NOW + DAY).due_at == NOW + DAY
    with pytest.raises(Invalid, match="DueTime has passed"):
        opened(team, "late", due_at=NOW)
    assert found(team, overdue=True) == []
    team.now = NOW + 31 * DAY
    assert sorted(found(team, overdue=True)) == ["critical", "given", "high"]
    close(team, team.run(BEN, list_findings, FindingQuery(overdue=True)).items[0].finding, DORA)
    assert len(found(team, overdue=True)) == 2


def test_owners_past_and_present_cannot_end_or_lower_a_grave_finding(team: Verbs) -> None:
    card(team)
    finding = opened(team, owner="ben")
    for state in (FindingState.CLOSED, FindingState.INVALID):
        with pytest.raises(Denied, match="ben is or was the owner of this high finding"):
            change(team, finding, BEN, state=state, resolution="Fine.")
    with pytest.raises(Denied, match="lower its severity"):
        change(team, finding, BEN, severity=Severity.LOW)
    other_key = actor(Role.ADMIN, "Ben")._replace(authenticated=True)
    change(team, finding, BEN, owner="cem")
    with pytest.raises(Denied, match="is or was the owner"):
        close(team, finding, other_key)
    with pytest.raises(Denied, match="is or was the owner"):
        close(team, finding, CEM)
    assert close(team, finding, DORA).state == "closed"
    small = opened(team, "small", severity=Severity.MEDIUM, owner="ben")
    assert close(team, small, BEN).state == "closed"


def test_viewers_read_findings_and_change_only_their_own(team: Verbs) -> None:
    card(team)
    with pytest.raises(Denied, match="OpenFinding"):
        opened(team, by=MEI)
    finding, mine = opened(team), opened(team, "mine", owner="mei")
    assert team.run(MEI, describe_finding, finding.finding_id).card_name == "card"
    with pytest.raises(Denied, match="UpdateFinding"):
        change(team, finding, MEI, state=FindingState.IN_PROGRESS)
    assert change(team, mine, MEI, state=FindingState.REMEDIATED, resolution="Done.").state == "remediated"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"title": " \n "}, "title of a finding is missing"),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"text": "x" * 4001}, "at most 4,000 characters"),
        ({"pointer": "intended_uses"}, "is not a JSON Pointer"),
        ({"pointer": "/" + "x" * 1024}, "at most 1,024 characters"),
        ({"owner": "zoe"}, "is not a person of the account"),
    ],
)
def test_a_wrong_finding_is_refused_with_what_would_be_right(
    team: Verbs, members: dict[str, Any], message: str
) -> None:  # fmt: skip
    card(team)
    with pytest.raises(Invalid, match=message):
        opened(team, **{"title": "A title"} | members)
    assert found(team) == []


def test_a_state_that_does_not_follow_is_refused(team: Verbs) -> None:
    card(team)
    finding = opened(team)
    with pytest.raises(Invalid, match="a waiver for it is granted"):
        change(team, finding, state=FindingState.ACCEPTED)
    with pytest.raises(Invalid, match="add a resolution"):
        change(team, finding, state=FindingState.CLOSED)
    close(team, finding)
    with pytest.raises(Invalid, match="cannot become remediated: it can become open"):
        change(team, finding, state=FindingState.REMEDIATED)
    with pytest.raises(NotFound, match="There is no finding"):
        team.run(BEN, update_finding, "0" * 36, FindingChange(state=FindingState.OPEN))
    with pytest.raises(CardMissing):
        opened(team, name="other")


def test_a_rule_has_one_finding_on_a_card_until_it_ends(team: Verbs) -> None:
    card(team)
    first = team.run(BEN, open_finding, "card", "Check failed", severity=Severity.HIGH, rule="auc-floor")
    again = team.run(ANA, open_finding, "card", "Another title", severity=Severity.LOW, rule="auc-floor")
    assert (first.is_new, again.is_new, again.finding) == (True, False, first.finding)
    assert first.finding.source == "policy"
    close(team, first.finding)
    third = team.run(ANA, open_finding, "card", "Failed again", severity=Severity.HIGH, rule="auc-floor")
    assert third.is_new
    with pytest.raises(Invalid, match="has a newer finding"):
        change(team, first.finding, state=FindingState.OPEN)


def test_a_blocking_finding_stops_an_approval_until_it_is_closed(team: Verbs) -> None:
    activate(team, BLOCKING)
    card(team)
    finding = opened(team, severity=Severity.CRITICAL)
    team.run(ANA, request_review, "card")
    outcome = decide(team, BEN, "approve")
    assert outcome.status is Status.PENDING_REVIEW
    assert outcome.missing == (f"the critical finding 'Recall fell' ({finding.finding_id}) is open",)
    (review,) = team.run(MEI, list_reviews, ReviewQuery()).items
    assert team.run(MEI, describe_review, review.review_id).missing == outcome.missing
    with pytest.raises(ApprovalIncomplete, match="the critical finding"):
        team.run(CEM, update_card, "card", None, Status.APPROVED)
    with pytest.raises(Denied, match="ana wrote the card"):
        close(team, finding, ANA)
    with pytest.raises(Denied, match="ci is not a person"):
        close(team, finding, PROGRAM)
    close(team, finding, CEM)
    assert team.run(MEI, describe_card, "card").status == Status.APPROVED
    assert events(team)[-3:] == ["finding ended", "review completed", "status"]
    opened(team, "medium", severity=Severity.MEDIUM)
    assert faults(team) == []


def test_findings_are_filtered_and_paged_in_both_directions(team: Verbs) -> None:
    card(team)
    card(team, "other")
    for number in range(5):
        team.now += 1
        opened(team, f"f{number}", severity=list(Severity)[number], owner="ana" if number % 2 else None)
    opened(team, "limit", name="other", kind=FindingKind.LIMITATION, severity=Severity.LOW)
    assert found(team, card_name="card") == ["f4", "f3", "f2", "f1", "f0"]
    assert found(team, owner="ANA") == ["f3", "f1"]
    assert found(team, kind="limitation") == ["limit"]
    assert found(team, severities=["low", "critical"], states=["open"]) == ["limit", "f3", "f0"]
    assert found(team, states=["closed"]) == []
    assert found(team, running=True, severities=["info"]) == ["f4"]
    first = team.run(MEI, list_findings, FindingQuery(limit=4))
    second = team.run(MEI, list_findings, FindingQuery(limit=4), after=first.position)
    assert [one.finding.title for one in (*first.items, *second.items)] == ["limit", "f4", "f3", "f2", "f1", "f0"]
    assert second.position is None
    back = team.run(MEI, list_findings, FindingQuery(limit=4), before=second.back)
    assert back.items == first.items


def test_deleting_a_card_deletes_its_findings_and_verifies(team: Verbs) -> None:
    card(team)
    finding = opened(team)
    team.run(ANA, delete_card, "card")
    assert found(team) == []
    with pytest.raises(NotFound):
        team.run(MEI, describe_finding, finding.finding_id)
    assert faults(team) == []


TAMPERING = {
    "UPDATE findings SET severity = 'low'": "finding {} is another record",
    "UPDATE findings SET text = 'Nothing'": "finding {} is another record",
    "UPDATE findings SET owner = NULL": "finding {} is another record",
    "DELETE FROM findings": "finding {} is missing",
    "UPDATE findings SET due_at = 'soon'": "finding {} has text as its due_at",
}


@pytest.mark.parametrize("statement", TAMPERING)
def test_verify_names_a_finding_that_was_tampered_with(team: Verbs, statement: str) -> None:
    card(team)
    finding = opened(team, text="Since June.", owner="ana")
    assert faults(team) == []
    with team.store.open_unit(ANA) as unit:
        unit.connection.run(statement, {})
    assert any(TAMPERING[statement].format(finding.finding_id) in fault for fault in faults(team))


def test_a_limitation_is_printed_for_the_versions_in_which_it_was_open(team: Verbs) -> None:
    def printed(version: int) -> list[str]:
        return [one.title for one in team.run(MEI, card_record, "card", version).limitations]

    card(team)
    limit = opened(team, "Only for adults", kind=FindingKind.LIMITATION, severity=Severity.LOW)
    opened(team, "Not printed")
    assert printed(1) == ["Only for adults"]
    team.run(ANA, update_card, "card", LOW, None)
    assert (printed(1), printed(2)) == (["Only for adults"], ["Only for adults"])
    change(team, limit, state=FindingState.CLOSED, resolution="Lifted.")
    assert (printed(1), printed(2)) == (["Only for adults"], [])
    change(team, limit, state=FindingState.OPEN)
    assert printed(2) == ["Only for adults"]
    change(team, limit, state=FindingState.CLOSED)
    team.run(ANA, update_card, "card", "{}", None)
    change(team, limit, state=FindingState.OPEN)
    assert (printed(1), printed(2), printed(3)) == (["Only for adults"], [], ["Only for adults"])


def test_a_page_offers_to_end_a_finding_to_those_who_may_alone(team: Verbs) -> None:
    activate(team, BLOCKING)
    card(team)
    finding = opened(team, owner="ben")
    small = opened(team, "small", severity=Severity.LOW, owner="ben")
    refusals = {by.user: str(team.run(by, ending_refusal, finding)) for by in (ANA, BEN, CEM, PROGRAM)}
    assert refusals == {
        "ana": "ana wrote the card since its last approved version: another person can close it or lower its severity",
        "ben": "ben is or was the owner of this high finding: another person can close it or lower its severity",
        "cem": "None",
        "ci": "ci is not a person of the account: only a person can close it or lower its severity",
    }
    assert team.run(BEN, ending_refusal, small) is None
    for by in (ANA, BEN, PROGRAM):
        with pytest.raises(Denied):
            close(team, finding, by)
    assert team.run(BEN, ending_refusal, close(team, finding)) is None


def test_a_page_offers_to_change_a_finding_to_its_owner_and_to_authors(team: Verbs) -> None:
    card(team)
    finding, mine = opened(team), opened(team, "mine", owner="mei")
    assert [team.run(MEI, may_update, one) for one in (finding, mine)] == [False, True]
    assert team.run(ANA, may_update, finding)
    team.run(ANA, delete_card, "card")
    assert not team.run(ANA, may_update, finding)


def test_a_finding_names_the_policy_under_which_it_blocks_until_it_ends(team: Verbs) -> None:
    card(team)
    finding = opened(team)
    medium = opened(team, "medium", severity=Severity.MEDIUM)

    def policy(one: Finding) -> str | None:
        return team.run(MEI, lambda unit: blocking_policy(unit, describe_finding(unit, one.finding_id)))

    assert policy(finding) is None
    activate(team, BLOCKING)
    assert (policy(finding), policy(medium)) == ("blocking", None)
    close(team, finding)
    assert policy(finding) is None


def test_counts_are_of_findings_that_have_not_ended(team: Verbs) -> None:
    activate(team, BLOCKING)
    card(team)
    card(team, "other")
    late = opened(team, "late", due_at=NOW + 1, owner="ben")
    opened(team, "small", severity=Severity.LOW, name="other")
    change(team, opened(team, "fixed"), state=FindingState.REMEDIATED, resolution="Retrained.")
    close(team, opened(team, "closed", owner="ben"))
    team.now += 2
    counts = team.run(BEN, count_findings)
    assert (counts.running, counts.cards, counts.grave, counts.overdue) == (3, 2, 2, 1)
    assert (counts.remediated, counts.waiver_requested, counts.mine) == (1, 0, 1)
    assert [team.run(by, count_my_findings, 9) for by in (BEN, CEM)] == [1, 0]
    assert team.run(BEN, count_pressing) == (0, 0)
    team.run(ANA, request_review, "card")
    assert team.run(BEN, count_pressing) == (0, 2)
    assert found(team, blocking=True) == ["fixed", "late"]
    close(team, late)
    assert team.run(BEN, count_pressing) == (0, 1)


def test_the_history_of_a_finding_is_its_own_newest_first(team: Verbs) -> None:
    card(team)
    finding, other = opened(team), opened(team, "other")
    close(team, finding)
    close(team, other)
    history = team.run(MEI, finding_history, finding)
    assert [link.event for link in history] == ["finding ended", "finding opened"]
    assert [link.event for link in team.run(MEI, finding_history, finding, limit=1)] == ["finding ended"]


def test_limitations_are_listed_oldest_first_also_when_they_have_ended(team: Verbs) -> None:
    card(team)
    first = opened(team, "Adults", kind=FindingKind.LIMITATION, severity=Severity.LOW)
    team.now += 1
    opened(team, "A finding")
    opened(team, "Summer", kind=FindingKind.LIMITATION, severity=Severity.LOW)
    close(team, first)
    assert [one.title for one in team.run(MEI, limitations_of, "card")] == ["Adults", "Summer"]
    with pytest.raises(CardMissing):
        team.run(MEI, limitations_of, "missing")


def test_a_failed_check_becomes_one_finding_and_a_passed_one_none(team: Verbs) -> None:
    card(team)
    with pytest.raises(Conflict, match="The check owner-named of card does not fail now"):
        team.run(BEN, open_check_finding, "card", "owner-named")
    activate(team, OWNED)
    first = team.run(BEN, open_check_finding, "card", "owner-named")
    again = team.run(ANA, open_check_finding, "card", "owner-named")
    assert (first.is_new, again.is_new, again.finding) == (True, False, first.finding)
    assert (first.finding.title, first.finding.severity, first.finding.source) == (
        "The owner is named", "high", "policy",
    )  # fmt: skip
    assert first.finding.pointer == "/model_overview/model_owner"
    assert first.finding.text == "Owner is missing\n\nPolicy owned, version 1."
    assert team.run(MEI, findings_of_rules, "card", ["owner-named", "other"]) == {"owner-named": first.finding}
    close(team, first.finding)
    team.run(ANA, update_card, "card", NAMED, None)
    with pytest.raises(Conflict, match="does not fail now"):
        team.run(BEN, open_check_finding, "card", "owner-named")
    assert team.run(MEI, findings_of_rules, "card", ["owner-named"]) == {}
