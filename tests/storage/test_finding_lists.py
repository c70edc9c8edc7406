"""Promises of the list of findings by severity, of the counts above it, and of a finding's history, on each engine."""

from collections.abc import Iterator, Sequence
from functools import partial

import pytest

from cardwright.actions.cards import create_card
from cardwright.actions.evidence import EvidenceLink, add_evidence
from cardwright.actions.findings import (
    FindingChange,
    count_findings,
    count_my_findings,
    count_pressing,
    finding_history,
    list_findings,
    open_finding,
    update_finding,
)
from cardwright.actions.policies import put_policy
from cardwright.actions.reviews import request_review
from cardwright.actions.users import create_user
from cardwright.actions.waivers import grant_waiver, request_waiver
from cardwright.core.card import Status
from cardwright.core.evidence import FileFacts
from cardwright.core.finding import NO_DATE, FindingCounts, FindingQuery, FindingState, NamedFinding, Severity
from cardwright.core.listing import Page
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.review import DAY
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.store import Store

SCOPE = Scope("us-east-1", "000000000000")
ME = Actor(SCOPE, "Mia", Role.AUTHOR, authenticated=True)
FILE = FileFacts("ab" * 32, 5)
BLOCKING = """
policy: p
version: 1
approval:
  approvals: [{role: approver}]
  blocking_findings: [critical]
  waivers: {by: risk, max_days: 90}
reviewers: {risk: [ned]}
"""


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    """A store with the person mia and the cards one and two."""
    store = open_store(store_settings)
    with store.open_unit(ME._replace(role=Role.ADMIN)) as unit:
        create_user(unit, "mia", Role.AUTHOR, "no hash")
        for name in ("one", "two"):
            create_card(unit, name, "{}", Status.DRAFT, ())
    yield store
    store.close()


def opened(store: Store, title: str, severity: Severity, card: str = "one", **more: object) -> str:
    with store.open_unit(ME) as unit:
        return open_finding(unit, card, title, severity=severity, **more).finding.finding_id  # type: ignore[arg-type]


def titles(page: Page[NamedFinding]) -> Sequence[str]:
    return [one.finding.title for one in page.items]


def test_pages_by_severity_have_each_finding_once_in_both_directions(store: Store) -> None:
    expected = []
    for severity in Severity:
        with store.open_unit(ME) as unit:
            later, soon = unit.now + 400 * DAY, unit.now + DAY
        dated = [(f"{severity} soon", soon), (f"{severity} later", later)]
        for title, due in reversed(dated):
            opened(store, title, severity, due_at=due)
        expected += [title for title, _ in dated]
    opened(store, "info without a date", Severity.INFO)
    expected.append("info without a date")
    query = FindingQuery(limit=2, by_severity=True)
    forwards: list[str] = []
    position = None
    with store.open_unit(ME, writes=False) as unit:
        while True:
            page = list_findings(unit, query, after=position)
            forwards += titles(page)
            if page.position is None:
                break
            position = page.position
        assert forwards == expected
        assert page.back is not None
        before = list_findings(unit, query, before=page.back)
        assert titles(before) == expected[-3:-1]
        assert before.position is not None
        assert titles(list_findings(unit, query, after=before.position)) == expected[-1:]


def test_counts_are_of_the_findings_that_have_not_ended(store: Store) -> None:
    opened(store, "critical", Severity.CRITICAL)
    worked = opened(store, "high", Severity.HIGH, "two", owner="mia")
    ended = opened(store, "medium", Severity.MEDIUM, owner="mia")
    waived = opened(store, "low", Severity.LOW)
    with store.open_unit(ME) as unit:
        assert count_findings(unit) == FindingCounts(4, 2, 2, 0, 0, 0, 2)
        update_finding(unit, worked, FindingChange(state=FindingState.REMEDIATED))
        update_finding(unit, ended, FindingChange(state=FindingState.CLOSED, resolution="Done."))
        request_waiver(unit, "one", reason="Soon.", expires_at=unit.now + DAY, finding_id=waived)
    with store.open_unit(ME, writes=False) as unit:
        assert count_findings(unit) == FindingCounts(3, 2, 2, 0, 1, 1, 1)
        assert (count_my_findings(unit, 10), count_my_findings(unit, 0)) == (1, 0)
        asked = list_findings(unit, FindingQuery(waiver_requested=True, by_severity=True))
        assert titles(asked) == ["low"]
        verified = list_findings(unit, FindingQuery(states=["remediated"], by_severity=True))
        both = list_findings(unit, FindingQuery(states=["remediated"], waiver_requested=True, by_severity=True))
        mine = list_findings(unit, FindingQuery(owner="mia", by_severity=True))
        assert (titles(verified), titles(both), titles(mine)) == (["high"], [], ["high", "medium"])
    store.clock = lambda: unit.now + 8 * DAY
    with store.open_unit(ME, writes=False) as later:
        counts = count_findings(later)
        assert (counts.overdue, counts.waiver_requested) == (1, 0), "the critical one is late, the request has expired"


@pytest.mark.parametrize("by_severity", [True, False])
def test_a_search_finds_all_words_in_any_case_in_title_text_owner_and_card(store: Store, by_severity: bool) -> None:
    opened(store, "Recall below 50% at night", Severity.HIGH, text="Since the ÖFFNUNG of the new shop.", owner="mia")
    opened(store, "Labels miss two codes", Severity.LOW, "two")
    found = {
        ("recall",): 1,
        ("RECALL", "NIGHT"): 1,
        ("recall", "codes"): 0,
        ("shop",): 1,
        ("öffnung",): 1,
        ("MIA",): 1,
        ("two",): 1,
        ("l",): 2,
        ("50%",): 1,
        ("5%",): 0,
        ("_",): 0,
        ("!",): 0,
        ("'",): 0,
    }
    with store.open_unit(ME, writes=False) as unit:
        for words, number in found.items():
            for running in (True, False):
                query = FindingQuery(words=words, running=running, by_severity=by_severity)
                assert len(list_findings(unit, query).items) == number, words


def test_findings_that_block_a_review_are_counted_and_listed(store: Store) -> None:
    ned = Actor(SCOPE, "ned", Role.APPROVER, authenticated=True)
    with store.open_unit(ME._replace(role=Role.ADMIN)) as unit:
        create_user(unit, "ned", Role.APPROVER, "no hash")
        put_policy(unit, BLOCKING)
    blocks = opened(store, "blocks", Severity.CRITICAL)
    opened(store, "too low", Severity.HIGH)
    opened(store, "of a draft", Severity.CRITICAL, "two")
    query = FindingQuery(blocking=True, by_severity=True)
    with store.open_unit(ME) as unit:
        assert (count_pressing(unit).blocking, titles(list_findings(unit, query))) == (0, [])
        request_review(unit, "one")
    with store.open_unit(ME) as unit:
        assert (count_pressing(unit).blocking, titles(list_findings(unit, query))) == (1, ["blocks"])
        asked = request_waiver(unit, "one", reason="A pilot.", expires_at=unit.now + 40 * DAY, finding_id=blocks)
    with store.open_unit(ned) as unit:
        grant_waiver(unit, asked.waiver.waiver_id)
    ends = FindingQuery(waiver_ends=True, by_severity=True)
    with store.open_unit(ME, writes=False) as unit:
        assert (count_pressing(unit).blocking, titles(list_findings(unit, query))) == (0, [])
        assert (count_pressing(unit).waiver_ends, titles(list_findings(unit, ends))) == (0, [])
    for days, counts in ((11, (1, 0)), (41, (0, 1))):
        store.clock = partial(int, unit.now + days * DAY)
        with store.open_unit(ME, writes=False) as later:
            found = count_pressing(later)
            assert (found.waiver_ends, found.blocking) == counts
            assert [len(list_findings(later, one).items) for one in (ends, query)] == list(counts)


def test_findings_are_counted_up_to_a_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardwright.storage.findings.COUNTED", 2)
    for number in range(4):
        opened(store, f"critical {number}", Severity.CRITICAL, owner="mia")
    store.clock = lambda: NO_DATE
    with store.open_unit(ME, writes=False) as unit:
        assert count_findings(unit) == FindingCounts(3, 1, 3, 3, 0, 0, 3)


def test_a_list_of_overdue_findings_of_some_severities_has_only_these(store: Store) -> None:
    for severity in Severity:
        with store.open_unit(ME) as unit:
            opened_at = unit.now
        opened(store, f"{severity} late", severity, due_at=opened_at + DAY)
        opened(store, f"{severity} later", severity, due_at=opened_at + 400 * DAY)
    store.clock = lambda: opened_at + 2 * DAY
    query = FindingQuery(overdue=True, severities=["low", "high"], by_severity=True, limit=1)
    with store.open_unit(ME, writes=False) as unit:
        first = list_findings(unit, query)
        second = list_findings(unit, query, after=first.position)
    assert titles(first) == ["high late"]
    assert (titles(second), second.position) == (["low late"], None)


def test_the_history_of_a_finding_has_its_evidence_and_waivers_and_no_others(store: Store) -> None:
    finding, other = opened(store, "first", Severity.LOW), opened(store, "second", Severity.LOW)
    with store.open_unit(ME) as unit:
        update_finding(unit, finding, FindingChange(owner="mia"))
        add_evidence(unit, "one", FILE, "a.txt", "report", link=EvidenceLink(finding_id=finding))
        add_evidence(unit, "one", FILE, "b.txt", "report", note=f'"finding_id":"{finding}"')
        request_waiver(unit, "one", reason="Soon.", expires_at=unit.now + DAY, finding_id=finding)
        update_finding(unit, other, FindingChange(owner="mia"))
    with store.open_unit(ME, writes=False) as unit:
        found = unit.findings.find(finding)
        assert found is not None
        events = [link.event for link in finding_history(unit, found)]
    assert events == ["waiver requested", "evidence added", "finding changed", "finding opened"]
