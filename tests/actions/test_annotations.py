"""Waivers, comments on fields and evidence: the actions on a store, with the clock in hand."""

import json
from typing import Any

import pytest

from cardwright.actions.cards import delete_card, describe_card, update_card
from cardwright.actions.check_subject import subject_of
from cardwright.actions.comments import ShownComment, add_comment, list_comments, read_threads, resolve_comment
from cardwright.actions.evidence import EvidenceLink, add_evidence, describe_evidence, list_evidence
from cardwright.actions.findings import FindingChange, describe_finding, open_finding, update_finding
from cardwright.actions.policies import active_policies
from cardwright.actions.reviews import request_review
from cardwright.actions.waivers import (
    describe_waiver,
    grant_refusal,
    grant_waiver,
    has_waivers,
    list_waivers,
    longest_waiver,
    may_revoke,
    request_waiver,
    revoke_waiver,
)
from cardwright.core.card import Status
from cardwright.core.errors import CardMissing, Conflict, Denied, Invalid, LimitExceeded, NotFound
from cardwright.core.evidence import FileFacts
from cardwright.core.finding import Finding, FindingState, Severity
from cardwright.core.people import Actor, Role
from cardwright.core.policy.checking import Checker
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.result import Outcome, Result
from cardwright.core.policy.subject import card_version
from cardwright.core.review import DAY, ReviewMoved
from cardwright.core.waiver import Scope, Waiver, WaiverState
from tests.actions.conftest import NOW, Verbs, actor
from tests.actions.test_findings import events, faults
from tests.actions.test_reviews import ANA, BEN, CEM, DORA, HIGH, LOW, MEI, PROGRAM, activate, card, decide, team

__all__ = ["team"]  # the fixture

WAIVING = """
policy: waiving
version: 1
approval:
  approvals:
    - {role: approver, count: 1, independent: true}
  required_checks: [owner-named, instructions]
  blocking_findings: [critical, high]
  waivers: {by: risk, max_days: 90}
rules:
  - {id: owner-named, severity: error, require: [/model_overview/model_owner]}
  - {id: instructions, severity: error, evidence: {kind: instructions, max_days: 30}}
reviewers:
  risk: [mei, ben, ana]
"""
FILE = FileFacts("a" * 64, 12)
USES = "/intended_uses/risk_rating"


def waiver(verbs: Verbs, by: Actor = ANA, **members: Any) -> Waiver:
    given: dict[str, Any] = {"reason": "Until October.", "expires_at": NOW + 10 * DAY, "rule": "owner-named"} | members
    return verbs.run(by, request_waiver, "card", **given).waiver


def grant(verbs: Verbs, asked: Waiver, by: Actor = MEI, **more: Any) -> Waiver:
    return verbs.run(by, grant_waiver, asked.waiver_id, **more).waiver


def states(verbs: Verbs) -> list[str]:
    return [one.waiver.state_at(verbs.now) for one in verbs.run(MEI, list_waivers).items]


def results(verbs: Verbs, content: str = HIGH) -> dict[str, Result]:
    with verbs.store.open_unit(MEI) as unit:
        (policy,) = active_policies(unit)
        stored = unit.cards.find("card")
        assert stored is not None
        subject = subject_of(unit, policy, stored, card_version("card", content, stored.version, stored.status))
    return {result.rule: result for result in Checker(policy).check(subject).results}


def proof(verbs: Verbs, by: Actor = ANA, **more: Any) -> str:
    given: dict[str, Any] = {"kind": "instructions"} | more
    return verbs.run(by, add_evidence, "card", FILE, "guide.pdf", **given).evidence.evidence_id


def comment(verbs: Verbs, text: str = "Why?", by: Actor = ANA, **more: Any) -> ShownComment:
    given = {} if "reply_to" in more else {"pointer": USES}
    return verbs.run(by, add_comment, "card", text, **given | more)


def high_finding(verbs: Verbs, **more: Any) -> Finding:
    return verbs.run(CEM, open_finding, "card", "Recall fell", severity=Severity.HIGH, **more).finding


def test_a_waiver_has_effect_between_the_second_persons_grant_and_its_expiry(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team)
    asked = waiver(team)
    assert (states(team), results(team)["owner-named"].outcome) == (["requested"], "fail")
    granted = grant(team, asked)
    assert (granted.granted_by, granted.policy_name) == ("mei", "waiving")
    found = results(team)["owner-named"]
    assert (states(team), found.outcome, found.reason) == (["active"], "waived", "Until October.")
    team.now = NOW + 10 * DAY
    assert (states(team), results(team)["owner-named"].outcome) == (["expired"], "fail")
    assert events(team)[-2:] == ["waiver requested", "waiver granted"]
    assert faults(team) == []


def test_a_waiver_from_before_a_policy_fulfils_none_of_its_checks(team: Verbs) -> None:
    card(team, by=CEM)
    grant(team, waiver(team, CEM), BEN)  # two approvers, while any name of a rule is accepted
    activate(team, WAIVING)
    assert results(team)["owner-named"].outcome is Outcome.FAIL
    only_rules = read_policy("{policy: p, rules: [{id: owner-named, require: [/model_overview/model_owner]}]}")
    with team.store.open_unit(MEI) as unit:
        stored = unit.cards.find("card")
        assert stored is not None
        subject = subject_of(unit, only_rules, stored, card_version("card", HIGH, stored.version, stored.status))
    assert subject.waivers == {"owner-named": "Until October."}


def test_only_a_second_person_whom_the_policy_names_grants_a_waiver(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team)
    asked = waiver(team, CEM)
    for by, because in (
        (CEM, "a second person agrees"),
        (actor(Role.ADMIN, "Cem")._replace(authenticated=True), "a second person agrees"),
        (PROGRAM, "ci is not a person"),
        (DORA, "lets risk grant waivers"),
        (ANA, "ana wrote the card"),
        (actor(Role.ADMIN, "root"), "is not a person"),
    ):
        with pytest.raises(Denied, match=because):
            grant(team, asked, by)
    assert states(team) == ["requested"]
    grant(team, asked, BEN)
    with pytest.raises(Conflict, match="The waiver is active"):
        grant(team, asked, MEI)
    with pytest.raises(Denied, match="is agreed by two people"):
        waiver(team, PROGRAM)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"reason": " "}, "needs a reason"),
        ({"expires_at": NOW}, "needs an expiry in the future"),
        ({"expires_at": NOW + 91 * DAY}, "lasts at most 90 days"),
        ({"rule": "other"}, "has no rule other. Its rules are: owner-named, instructions"),
        ({"rule": None}, "Give one of"),
        ({"finding_id": "0" * 36}, "Give one of"),
    ],
)
def test_a_wrong_request_for_a_waiver_is_refused(team: Verbs, members: dict[str, Any], message: str) -> None:
    activate(team, WAIVING)
    card(team)
    with pytest.raises(Invalid, match=message):
        waiver(team, **members)
    assert states(team) == []


def test_a_revoked_waiver_has_no_effect_and_says_why(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team)
    asked = waiver(team)
    grant(team, asked)
    with pytest.raises(Denied, match="neither asked for the waiver nor may grant"):
        team.run(CEM, revoke_waiver, asked.waiver_id, "No.")
    with pytest.raises(Invalid, match="give a reason"):
        team.run(BEN, revoke_waiver, asked.waiver_id, "")
    team.run(BEN, revoke_waiver, asked.waiver_id, "The part is rebuilt.")
    assert (states(team), results(team)["owner-named"].outcome) == (["revoked"], "fail")
    with pytest.raises(Conflict, match="revoked already"):
        team.run(BEN, revoke_waiver, asked.waiver_id, "Again.")
    assert [one.waiver for one in team.run(MEI, list_waivers, state=WaiverState.ACTIVE).items] == []
    assert faults(team) == []


def test_a_page_offers_a_waiver_to_those_who_may_grant_it_alone(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team, by=DORA)
    asked = waiver(team, CEM)
    refusals = {by.user: str(team.run(by, grant_refusal, asked)) for by in (BEN, CEM, DORA, PROGRAM)}
    assert refusals == {
        "ben": "None",
        "cem": "cem asked for the waiver: a second person agrees to it",
        "dora": "the review policy waiving lets risk grant waivers",
        "ci": "ci is not a person of the account: a waiver is agreed by two people",
    }
    assert {by.user: team.run(by, may_revoke, asked) for by in (BEN, CEM, DORA)} == {
        "ben": True, "cem": True, "dora": True,
    }  # fmt: skip
    assert not team.run(actor(Role.APPROVER, "eva")._replace(authenticated=True), may_revoke, asked)
    team.run(DORA, delete_card, "card")
    assert (team.run(BEN, grant_refusal, asked), team.run(BEN, may_revoke, asked)) == ("the card was deleted", False)


@pytest.mark.parametrize(
    ("policy", "days", "possible", "because"),
    [
        (None, 90, True, "only approvers grant waivers"),
        ("policy: silent", 90, False, "the review policy silent lets no one grant waivers"),
        ("{policy: roles, approval: {waivers: {by: approver, max_days: 7}}}", 7, True, "lets approver grant waivers"),
    ],
)
def test_a_card_says_how_long_a_waiver_lasts_and_who_grants_it(
    team: Verbs, policy: str | None, days: int, possible: bool, because: str
) -> None:
    card(team)
    asked = waiver(team, CEM, expires_at=NOW + 5 * DAY)
    if policy is not None:
        activate(team, policy)
    with team.store.open_unit(MEI) as unit:
        stored = unit.cards.find("card")
        assert stored is not None
        assert (longest_waiver(unit, stored), has_waivers(unit, stored)) == (days, possible)
    assert because in str(team.run(MEI, grant_refusal, asked))
    if possible:
        assert grant(team, asked, BEN).granted_by == "ben"
    else:
        with pytest.raises(Denied, match=because):
            grant(team, asked, BEN)


def test_a_grant_may_end_earlier_than_asked_and_not_later(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team)
    asked = waiver(team)
    with pytest.raises(Invalid, match="later than the requested one"):
        grant(team, asked, expires_at=NOW + 11 * DAY)
    assert grant(team, asked, expires_at=NOW + DAY).expires_at == NOW + DAY
    assert team.run(MEI, describe_waiver, asked.waiver_id).waiver.expires_at == NOW + DAY
    for verb in (describe_waiver, grant_waiver):
        with pytest.raises(NotFound, match="There is no waiver"):
            team.run(MEI, verb, "0" * 36)


def test_the_waivers_of_a_finding_are_listed_without_others(team: Verbs) -> None:
    card(team)
    finding = high_finding(team)
    waiver(team)
    asked = waiver(team, rule=None, finding_id=finding.finding_id)
    listed = team.run(MEI, list_waivers, finding_id=finding.finding_id)
    assert [(one.waiver, one.card_name) for one in listed.items] == [(asked, "card")]
    assert team.run(MEI, list_waivers, finding_id="0" * 36).items == []
    other = card(team, "other")
    with pytest.raises(NotFound, match=f"Modelcard {other} has no finding"):
        team.run(ANA, request_waiver, other, reason="Why.", expires_at=NOW + DAY, finding_id=finding.finding_id)


def test_a_waiver_of_one_version_does_not_cover_the_next(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team)
    grant(team, waiver(team, scope=Scope.VERSION))
    assert results(team)["owner-named"].outcome == "waived"
    team.run(ANA, update_card, "card", LOW, None)
    assert results(team, LOW)["owner-named"].outcome == "fail"


def test_a_finding_is_accepted_while_its_waiver_holds_and_then_blocks_again(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team)
    proof(team)
    grant(team, waiver(team, CEM, expires_at=NOW + 20 * DAY))
    finding = high_finding(team, owner="ben")
    team.run(ANA, request_review, "card")
    outcome = decide(team, BEN, "approve")
    assert [part.split("'")[0] for part in outcome.missing] == ["the high finding "]
    asked = waiver(team, CEM, rule=None, finding_id=finding.finding_id)
    with pytest.raises(Denied, match="ben is or was the owner"):
        grant(team, asked, BEN)
    grant(team, asked)
    assert team.run(MEI, describe_card, "card").status == Status.APPROVED
    shown = team.run(MEI, describe_finding, finding.finding_id)
    assert (shown.state_at(team.now), shown.is_overdue(NOW + 5 * DAY)) == ("accepted", False)
    team.now = NOW + 10 * DAY
    assert shown.state_at(team.now) == "open"
    with team.store.open_unit(MEI) as unit:
        assert [one.title for one in unit.findings.blocking(finding.card_id, ["high"], team.now, 9)] == ["Recall fell"]
    assert faults(team) == []


def test_a_finding_is_open_again_when_no_waiver_covers_it(team: Verbs) -> None:
    card(team)
    finding = high_finding(team)

    def state() -> str:
        return team.run(MEI, describe_finding, finding.finding_id).state_at(team.now)

    def accept(scope: Scope) -> Waiver:
        return grant(team, waiver(team, rule=None, finding_id=finding.finding_id, scope=scope), BEN)

    narrow, wide = accept(Scope.VERSION), accept(Scope.CARD)
    assert state() == "accepted"
    team.run(ANA, revoke_waiver, wide.waiver_id, "Not needed.")
    assert state() == "accepted"
    team.run(ANA, update_card, "card", LOW, None)
    assert state() == "open"
    team.run(ANA, revoke_waiver, narrow.waiver_id, "Not needed.")
    assert state() == "open"
    team.run(DORA, update_finding, finding.finding_id, FindingChange(FindingState.CLOSED, resolution="Fixed."))
    with pytest.raises(Invalid, match="there is nothing to waive"):
        waiver(team, rule=None, finding_id=finding.finding_id)
    assert faults(team) == []


def test_evidence_satisfies_a_rule_until_it_is_too_old(team: Verbs) -> None:
    activate(team, WAIVING)
    card(team)
    assert results(team)["instructions"].outcome == "fail"
    proof(team, kind="other")
    assert results(team)["instructions"].outcome == "fail"
    proof(team)
    assert results(team)["instructions"].outcome == "pass"
    team.now = NOW + 31 * DAY
    assert results(team)["instructions"].outcome == "fail"
    assert faults(team) == []


def test_evidence_is_linked_to_a_finding_a_decision_or_a_field(team: Verbs) -> None:
    card(team)
    finding = high_finding(team)
    review, _ = team.run(ANA, request_review, "card")
    decide(team, BEN, "comment", comment="See the file.")
    links = [
        EvidenceLink(finding_id=finding.finding_id),
        EvidenceLink(review_id=review.review_id, decision=1),
        EvidenceLink(pointer=USES),
    ]
    made = [proof(team, link=link) for link in links]
    for link, evidence_id in zip(links, made, strict=True):
        (one,) = team.run(MEI, list_evidence, "card", link=link).items
        assert one == team.run(MEI, describe_evidence, evidence_id)
    for link, fault in (
        (EvidenceLink(finding_id=finding.finding_id, pointer=USES), Invalid),
        (EvidenceLink(review_id=review.review_id), Invalid),
        (EvidenceLink(review_id=review.review_id, decision=2), NotFound),
        (EvidenceLink(finding_id="0" * 36), NotFound),
    ):
        with pytest.raises(fault):
            proof(team, link=link)
    with pytest.raises(Denied, match="AddEvidence"):
        proof(team, MEI)
    with pytest.raises(CardMissing):
        proof(team, version=2)
    assert events(team).count("evidence added") == 3
    assert faults(team) == []


def test_a_comment_is_outdated_once_the_value_of_its_field_changes(team: Verbs) -> None:
    card(team)
    comment(team)
    comment(team, "Empty?", pointer="/model_overview/model_owner")
    outdated = {"Why?": False, "Empty?": False}
    assert shown(team) == outdated
    team.run(ANA, update_card, "card", json.dumps(json.loads(HIGH), indent=2), None)
    assert shown(team) == outdated
    team.run(ANA, update_card, "card", LOW, None)
    assert shown(team) == outdated | {"Why?": True}
    team.run(ANA, update_card, "card", '{"model_overview": {"model_owner": "Ana"}}', None)
    assert shown(team) == {"Why?": True, "Empty?": True}
    team.run(ANA, update_card, "card", HIGH, None)
    assert shown(team) == outdated
    assert faults(team) == []


def shown(verbs: Verbs) -> dict[str, bool]:
    return {one.comment.text: one.outdated for one in verbs.run(MEI, list_comments, "card").items}


def test_a_comment_is_replied_to_resolved_and_opened_again(team: Verbs) -> None:
    card(team)
    root = comment(team).comment
    reply = comment(team, "Because.", BEN, reply_to=root.comment_id).comment
    second = comment(team, "Fine.", reply_to=reply.comment_id).comment
    assert (reply.pointer, reply.reply_to, second.reply_to) == (USES, root.comment_id, root.comment_id)
    with pytest.raises(Invalid, match="This is a reply"):
        team.run(ANA, resolve_comment, reply.comment_id)
    with pytest.raises(Denied, match="ResolveComment"):
        team.run(MEI, resolve_comment, root.comment_id)
    for _ in range(2):
        done = team.run(BEN, resolve_comment, root.comment_id).comment
        assert (done.resolved_by, done.resolved_at) == ("ben", team.now)
    assert team.run(ANA, resolve_comment, root.comment_id, resolved=False).comment.resolved_at is None
    assert events(team)[-5:] == ["comment added"] * 3 + ["comment resolved", "comment reopened"]
    assert faults(team) == []


def test_threads_have_their_replies_and_say_what_the_caller_may_do(team: Verbs) -> None:
    card(team)
    assert team.run(ANA, read_threads, "card").threads == []
    root = comment(team).comment
    other = comment(team, "Who?", BEN).comment
    comment(team, "Because.", BEN, reply_to=root.comment_id)
    comment(team, "Fine.", reply_to=root.comment_id)
    team.run(ANA, resolve_comment, other.comment_id)
    found = team.run(ANA, read_threads, "card")
    assert [(thread.root.text, [one.text for one in thread.replies]) for thread in found.threads] == [
        ("Why?", ["Because.", "Fine."]),
        ("Who?", []),
    ]
    assert (found.threads[0].last.text, [thread.root.text for thread in found.open]) == ("Fine.", ["Why?"])
    assert (found.may_write, found.mine, found.is_cut) == (True, 1, False)
    assert team.run(BEN, read_threads, "card").mine == 0
    viewer = team.run(MEI, read_threads, "card")
    assert (viewer.may_write, [thread.may_resolve for thread in viewer.threads]) == (False, [False, False])
    in_draft = team.run(ANA, read_threads, "card", content={})
    assert ([one.outdated for one in found.threads], [one.outdated for one in in_draft.threads]) == (
        [False, False],
        [True, True],
    )


def test_old_comments_are_left_out_and_a_new_reply_brings_its_thread(
    team: Verbs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardwright.actions.comments.MOST_READ", 2)
    card(team)
    roots = []
    for number in range(3):
        team.now += 1
        roots.append(comment(team, f"Comment {number}").comment)
    team.now += 1
    comment(team, "A reply", reply_to=roots[0].comment_id)
    found = team.run(ANA, read_threads, "card")
    texts = [(thread.root.text, len(thread.replies)) for thread in found.threads]
    assert (texts, found.is_cut) == ([("Comment 0", 1), ("Comment 2", 0)], True)


def test_a_wrong_comment_is_refused(team: Verbs, monkeypatch: pytest.MonkeyPatch) -> None:
    card(team)
    for members, fault in (
        ({"text": " "}, Invalid),
        ({"text": "x" * 4001}, Invalid),
        ({"pointer": None}, Invalid),
        ({"pointer": "a"}, Invalid),
        ({"reply_to": "0" * 36}, NotFound),
        ({"content_digest": "0" * 64}, ReviewMoved),
        ({"by": MEI}, Denied),
    ):
        with pytest.raises(fault):
            comment(team, **members)
    monkeypatch.setitem(__import__("cardwright.core.annotations").core.annotations.RECORD_LIMITS, "comment", 1)
    comment(team)
    with pytest.raises(LimitExceeded, match="at most 1 records"):
        comment(team)


TAMPERING = {
    "UPDATE waivers SET expires_at = expires_at + 1": "waiver {} is another record",
    "UPDATE waivers SET reason = 'Other'": "waiver {} is another record",
    "DELETE FROM waivers": "waiver {} is missing",
    "UPDATE evidence SET file_sha256 = 'b'": "evidence {} is another record",
    "DELETE FROM evidence": "evidence {} is missing",
    "UPDATE field_comments SET text = 'Other'": "comment {} is another record",
    "UPDATE field_comments SET written_by = 'ben'": "comment {} is another record",
    "DELETE FROM field_comments": "comment {} is missing",
}


@pytest.mark.parametrize("statement", TAMPERING)
def test_verify_names_an_annotation_that_was_tampered_with(team: Verbs, statement: str) -> None:
    card(team)
    keys = {"waivers": waiver(team).waiver_id, "evidence": proof(team)}
    keys["field_comments"] = comment(team).comment.comment_id
    assert faults(team) == []
    with team.store.open_unit(ANA) as unit:
        unit.connection.run(statement, {})
    wanted = TAMPERING[statement].format(next(key for table, key in keys.items() if table in statement))
    assert any(wanted in fault for fault in faults(team)), faults(team)


def test_deleting_a_card_deletes_its_annotations(team: Verbs) -> None:
    card(team)
    high_finding(team)
    waiver(team)
    evidence_id = proof(team)
    comment(team)
    team.run(ANA, delete_card, "card")
    assert states(team) == []
    with pytest.raises(NotFound):
        team.run(MEI, describe_evidence, evidence_id)
    assert faults(team) == []
