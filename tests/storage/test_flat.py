"""No hot operation reads more of a store as the store grows."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from cardwright.actions import (
    account_settings,
    audit,
    cards,
    comments,
    evidence,
    export_jobs,
    findings,
    inventory,
    policies,
    policy_runs,
    portfolio,
    review_decisions,
    review_work,
    reviews,
    search,
    tags,
    waivers,
)
from cardwright.core.audit_log import AuditQuery, AuditRecordKind
from cardwright.core.card import Status
from cardwright.core.export_job import ExportQuery
from cardwright.core.finding import FindingQuery, FindingState, Severity
from cardwright.core.listing import CardQuery, CardSort, Position, VersionQuery
from cardwright.core.names import Scope, TimeOrderedIds
from cardwright.core.people import Actor, Role
from cardwright.core.policy.stored import StoredPolicy
from cardwright.core.portfolio import ANY_FINDING, PortfolioQuery, PortfolioSort
from cardwright.core.review import ApprovalQuery, Due, ReviewQuery, Verdict
from cardwright.core.search import Expression, Filter, NestedFilters, Operator, SearchQuery
from cardwright.core.waiver import WaiverState
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings
from cardwright.storage.engines.database import Commitment, Lookup, Parameters, Row, Transaction
from cardwright.storage.reviews import expired_approvals
from cardwright.storage.store import Store
from cardwright.storage.unit import Unit
from tests.storage.bulk import ACCOUNT, FIRST, fill, identity_of, name_of
from tests.storage.bulk_governance import DIGEST, LATER, finding_id, review_id
from tests.stores import ENGINES, make_database

ME = Actor(Scope("us-east-1", ACCOUNT), "me", Role.ADMIN)
CARDS = 100_000
_STEPS = 10  # steps of SQLite's machine between two counts
ROW_LIMIT = {"sqlite": 300_000, "postgresql": 60_000}
"""Steps or rows that an operation may read: a scan of the large store takes far more."""
MOST_LISTED = {"sqlite": 600_000, "postgresql": 100_000}
"""The same for the console's list, whose filters with many cards are combined."""
MOST_GOVERNED = {"sqlite": 60_000, "postgresql": 8_000}
"""The same for operations on what governs cards, of which the store has fewer rows."""

_numbers = itertools.count(1)


def _listed(**asked: Any) -> Callable[[Unit], object]:
    return lambda unit: cards.list_cards(unit, CardQuery(**asked))


def _found(*filters: Filter, sort_by: str = "LastModifiedTime", descending: bool = True) -> Callable[[Unit], object]:
    query = SearchQuery(Expression(filters=filters) if filters else None, sort_by=sort_by, descending=descending)
    return lambda unit: search.search_cards(unit, query)


def _contains(name: str, text: str) -> Filter:
    return Filter(name, Operator.CONTAINS, text)


def _new_name() -> str:
    return f"new-{next(_numbers)}"


def _update(unit: Unit) -> None:
    cards.update_card(unit, name_of(500), json.dumps({"model_overview": {"model_id": _new_name()}}), None)


def _nested(unit: Unit) -> object:
    pair = [Filter("Key", Operator.EQUALS, "seldom"), Filter("Value", Operator.EQUALS, "yes")]
    return search.search_cards(unit, SearchQuery(Expression(nested=[NestedFilters("Tags", pair)])))


def _either(unit: Unit) -> object:
    models = [Filter("ModelId", Operator.EQUALS, f"model-{number}") for number in (1, 2, 3)]
    return search.search_cards(unit, SearchQuery(Expression(filters=models, any_of=True)))


def _log(after: int | None = None, before: int | None = None, **asked: Any) -> Callable[[Unit], object]:
    """A page of the audit log, and its count; after or before the event of a card."""
    places = [None if number is None else (FIRST + number, identity_of(number), 1) for number in (after, before)]

    def read(unit: Unit) -> object:
        query = AuditQuery(**asked)
        audit.count_audit_records(unit, query)
        return audit.list_audit_records(unit, query, after=places[0], before=places[1])

    return read


def _by_author(operation: Callable[[Unit], object]) -> Callable[[Unit], object]:
    def run(unit: Unit) -> object:
        unit.actor = unit.actor._replace(role=Role.AUTHOR)
        return operation(unit)

    return run


def _reviews(**asked: Any) -> Callable[[Unit], object]:
    return lambda unit: reviews.list_reviews(unit, ReviewQuery(**asked))


def _browsed(**asked: Any) -> Callable[[Unit], object]:
    """A page of the console's list, and its count."""
    return lambda unit: portfolio.browse_cards(unit, PortfolioQuery(**asked))


def _approvals(due: Due | None) -> Callable[[Unit], object]:
    return lambda unit: reviews.list_approvals(unit, ApprovalQuery(due=due))


def _findings(after: Position | None = None, before: Position | None = None, **asked: Any) -> Callable[[Unit], object]:
    return lambda unit: findings.list_findings(unit, FindingQuery(**asked), after=after, before=before)


def _open_finding(unit: Unit) -> object:
    return findings.open_finding(unit, name_of(505), "Slow", severity=Severity.LOW)


def _close_finding(unit: Unit) -> object:
    change = findings.FindingChange(state=FindingState.CLOSED, resolution="Done.")
    return findings.update_finding(unit, finding_id(505), change)


_EVEN = Filter("Tags.even", value="yes")
_DEEP = (2, LATER + 50_000, "")  # within the findings of medium severity
_POLICY = StoredPolicy("policy-7", 1, "{}", DIGEST, 0, FIRST, "maker", None)


HOT: Mapping[str, Callable[[Unit], object]] = {
    "create": lambda unit: cards.create_card(unit, _new_name(), "{}", Status.DRAFT, [("team", "new")]),
    "update content": _update,
    "update status": lambda unit: cards.update_card(unit, name_of(501), None, Status.ARCHIVED),
    "delete": lambda unit: cards.delete_card(unit, name_of(502)),
    "describe": lambda unit: cards.describe_card(unit, name_of(503), None),
    "audit digest": lambda unit: cards.audit_digest(unit, name_of(503)),
    "versions": lambda unit: cards.list_versions(unit, name_of(503), VersionQuery()),
    "tags": lambda unit: tags.list_tags(unit, ME.scope.card_arn(name_of(503))),
    "suggestions": lambda unit: search.suggest_properties(unit, "Tags."),
    "exports": lambda unit: export_jobs.list_export_jobs(unit, name_of(503), ExportQuery()),
    "audit log": _log(),
    "audit log, a deep page": _log(after=50_000),
    "audit log, a page back": _log(before=50_000),
    "audit log of a time": _log(since=FIRST + 40_000, until=FIRST + 60_000),
    "audit log of a person": _log(person="person-7"),
    "audit log of a rare person": _log(person="seldom"),
    "audit log of no person": _log(person="stranger"),
    "audit log of a kind": _log(kinds=[AuditRecordKind.CREATION, AuditRecordKind.STATUS]),
    "audit log of a rare kind": _log(kinds=[AuditRecordKind.EXPORT]),
    "audit log of a rare kind of a person": _log(
        person="person-7", kinds=[AuditRecordKind.EXPORT, AuditRecordKind.DELETION]
    ),
    "audit log of a card": _log(card=name_of(503)),
    "audit log of a kind of a card": _log(card=name_of(503), kinds=[AuditRecordKind.EXPORT]),
    "audit log of a kind of a person of a card": _log(
        card=name_of(503), person="person-7", kinds=[AuditRecordKind.STATUS]
    ),
    "audit log of an author": lambda unit: unit.audit_log.page(AuditQuery(reader="stranger"), None, 100),
    "inventory": lambda unit: inventory.list_inventory(unit, CardQuery()),
    "list": _listed(),
    "list descending": _listed(descending=True),
    "list a status": _listed(status="Archived"),
    "list after a time": _listed(created_after=1_700_000_000_500),
    "list by name": _listed(sort_by=CardSort.NAME, descending=True),
    "list by name a status": _listed(sort_by=CardSort.NAME, status="Archived"),
    "list by name before a time": _listed(sort_by=CardSort.NAME, created_before=1_700_000_000_100),
    "list a part of a few names": _listed(name_contains="rare"),
    "list a part of each name": _listed(name_contains="card"),
    "list a part of scattered names": _listed(name_contains="012"),
    "list a part of scattered names, newest first": _listed(name_contains="012", descending=True),
    "list a part of scattered names, by name": _listed(name_contains="012", sort_by=CardSort.NAME),
    "list a part of names made together": _listed(name_contains="card-0098"),
    "list a part of no name": _listed(name_contains="nowhere"),
    "list a part of names, by name": _listed(name_contains="rare", sort_by=CardSort.NAME, descending=True),
    "list a part and a status": _listed(name_contains="rare", status="Archived"),
    "search": _found(),
    "search by name": _found(sort_by="ModelCardName"),
    "search a status": _found(Filter("ModelCardStatus", value="Archived")),
    "search a status and a risk": _found(
        Filter("ModelCardStatus", value="Archived"), Filter("RiskRating", value="High")
    ),
    "search a risk by creation": _found(Filter("RiskRating", value="High"), sort_by="CreationTime"),
    "search a model": _found(Filter("ModelId", value="model-77")),
    "search models": _either,
    "search a group": _found(Filter("ModelPackageGroupName", value="group-7")),
    "search a time": _found(Filter("CreationTime", Operator.LESS_THAN, "2023-11-14T22:13:20.100")),
    "search a part of a few names": _found(_contains("ModelCardName", "-rare")),
    "search a part of each name": _found(_contains("ModelCardName", "card-")),
    "search a part of a few contents": _found(_contains("Content", '"rare ')),
    "search a part of each content": _found(_contains("Content", "model_id")),
    "search a part of a few model ids": _found(_contains("ModelId", "rare model")),
    "search a rare tag": _found(Filter("Tags.seldom", value="yes")),
    "search that a tag exists": _found(Filter("Tags.seldom", Operator.EXISTS)),
    "search a common tag": _found(Filter("Tags.team", value="team-7")),
    "search a tag as a nested filter": _nested,
    "search a rare tag and a common status": _found(
        Filter("ModelCardStatus", value="Draft"), Filter("Tags.seldom", value="yes")
    ),
    "search by a tag": _found(sort_by="Tags.team"),
    "search a common tag by a tag": _found(Filter("Tags.team", value="team-7"), sort_by="Tags.team"),
    "search cards without a tag by a tag": _found(Filter("Tags.seldom", Operator.NOT_EXISTS), sort_by="Tags.team"),
    "search other values of a tag by it": _found(
        Filter("Tags.team", Operator.NOT_EQUALS, "team-7"), sort_by="Tags.team"
    ),
    "search a common tag by another tag": _found(_EVEN, sort_by="Tags.team", descending=False),
    "search a common tag by another tag, descending": _found(_EVEN, sort_by="Tags.team"),
    "search a common tag by a rare tag": _found(_EVEN, sort_by="Tags.seldom", descending=False),
    "search a common tag by a rare tag, descending": _found(_EVEN, sort_by="Tags.seldom"),
    "search a common tag by a tag of no card": _found(_EVEN, sort_by="Tags.none", descending=False),
}

CONSOLE: Mapping[str, Callable[[Unit], object]] = {
    "the list": _browsed(),
    "the list by name": _browsed(sort=PortfolioSort.NAME),
    "the list, a status and a risk": _browsed(status=["Approved"], risk=["High"]),
    "the list, a rare status and a risk": _browsed(status=["Archived"], risk=["High"]),
    "the list, an owner": _browsed(owner="owner-7"),
    "the list, an owner of many": _browsed(owner="owner of many"),
    "the list, an owner of many, a status": _browsed(owner="owner of many", status=["Archived"]),
    "the list, an owner of many, by name": _browsed(owner="owner of many", sort=PortfolioSort.NAME),
    "the list, an owner of many, a tag of half the cards": _browsed(owner="owner of many", tags=[("even", "yes")]),
    "the list, an owner of many, a rare group": _browsed(owner="owner of many", group="group-7"),
    "the list, a group": _browsed(group="group-7"),
    "the list, a model": _browsed(model="model-77"),
    "the list, a time": _browsed(changed_after=FIRST + 60_000),
    "the list, no evaluation": _browsed(unevaluated=True),
    "the list, a rare tag": _browsed(tags=[("seldom", "yes")]),
    "the list, a tag of half the cards": _browsed(tags=[("even", None)]),
    "the list, a tag of half the cards, a status": _browsed(tags=[("even", "yes")], status=["Draft"]),
    "the list, a tag of half the cards, a status and a risk, by name": _browsed(
        tags=[("even", "yes")], status=["Approved"], risk=["Medium"], sort=PortfolioSort.NAME
    ),
    "the list, two tags": _browsed(tags=[("even", "yes"), ("team", "team-8")]),
    "the list, an author": _browsed(author="person-7"),
    "the list, overdue reviews": _browsed(due_before=FIRST * 2),
    "the list, findings": _browsed(findings_before=ANY_FINDING),
    "the list, a word": _browsed(text="rare"),
}
"""The console's list with its filters, and its count of matches. Its totals are counted in the background."""

GOVERNED: Mapping[str, Callable[[Unit], object]] = {
    "reviews": _reviews(),
    "reviews that are open": _reviews(states=["Open"]),
    "reviews of a rare state": _reviews(states=["Lapsed"]),
    "reviews of a card": _reviews(card_id=identity_of(501)),
    "reviews that are overdue": _reviews(overdue_at=FIRST * 2),
    "reviews of a requester": _reviews(requested_by="me"),
    "reviews of no requester": _reviews(requested_by="stranger"),
    "reviews assigned to me": lambda unit: reviews.list_reviews(unit, ReviewQuery(), assigned_to_me=True),
    "review": lambda unit: reviews.describe_review(unit, review_id(501)),
    "review of a card": lambda unit: review_work.describe_card_review(unit, name_of(501)),
    "review marks of cards": lambda unit: unit.portfolio.review_marks([identity_of(n) for n in range(500, 600)]),
    "decide": lambda unit: review_decisions.decide_review(unit, name_of(501), Verdict.COMMENT, DIGEST, comment="Why?"),
    "count of waiting reviews": _by_author(review_work.count_waiting),
    "waiting cards among a few": _by_author(
        lambda unit: review_work.waiting_among(unit, [identity_of(n) for n in range(500, 600)])
    ),
    "waiting cards": _by_author(review_work.waiting_cards),
    "my work": _by_author(review_work.my_work),
    "queue": _by_author(lambda unit: review_work.queue_since(unit, FIRST + 90_000)),
    "expiry": lambda unit: expired_approvals(unit.connection, unit.now, 100),
    "approvals": _approvals(None),
    "approvals that are due": _approvals(Due.DUE),
    "approvals that are overdue": _approvals(Due.OVERDUE),
    "approvals that have expired": _approvals(Due.EXPIRED),
    "approval of a card": lambda unit: reviews.describe_approval(unit, name_of(502)),
    "findings": _findings(),
    "findings that have not ended": _findings(running=True),
    "findings by severity": _findings(running=True, by_severity=True),
    "findings by severity, a deep page": _findings(_DEEP, running=True, by_severity=True),
    "findings by severity, a page back": _findings(before=_DEEP, running=True, by_severity=True),
    "findings of a severity": _findings(running=True, by_severity=True, severities=["low"]),
    "findings that are overdue": _findings(overdue=True, running=True, by_severity=True),
    "findings to be verified": _findings(states=["remediated"], by_severity=True),
    "findings with a requested waiver": _findings(running=True, waiver_requested=True, by_severity=True),
    "findings of an owner": _findings(owner="me", running=True, by_severity=True),
    "findings of a card": lambda unit: findings.list_findings(unit, FindingQuery(), card_name=name_of(503)),
    "finding": lambda unit: findings.describe_finding(unit, finding_id(503)),
    "open a finding": _open_finding,
    "close a finding": _close_finding,
    "count of findings": findings.count_findings,
    "count of pressing findings": findings.count_pressing,
    "count of my findings": lambda unit: findings.count_my_findings(unit, 100),
    "limitations": lambda unit: findings.limitations_of(unit, name_of(503)),
    "evidence of a card": lambda unit: evidence.list_evidence(unit, name_of(503)),
    "waivers": waivers.list_waivers,
    "waivers that are requested": lambda unit: waivers.list_waivers(unit, state=WaiverState.REQUESTED),
    "waivers of a card": lambda unit: waivers.list_waivers(unit, card_name=name_of(503)),
    "waivers of a finding": lambda unit: waivers.list_waivers(unit, finding_id=finding_id(503)),
    "comments of a card": lambda unit: comments.list_comments(unit, name_of(503)),
    "comment threads": lambda unit: comments.read_threads(unit, name_of(503)),
    "policies": lambda unit: policies.list_policies(unit, None, 100),
    "policy": lambda unit: policies.describe_policy(unit, "policy-7"),
    "active policies": policies.active_policies,
    "settings": account_settings.uses_shortcuts,
    "text format": account_settings.read_text_format,
    "newest dry run": lambda unit: policy_runs.newest_run(unit, _POLICY),
}
"""Operations on what governs cards. One kind of row exists for an eighth to a half of the cards."""

SCANS_GOVERNED: Mapping[str, Callable[[Unit], object]] = {
    # Any open review may be without reviewers, and then waits for each approver.
    "count of reviews that wait for an approver": review_work.count_waiting,
    "cards that wait for an approver": review_work.waiting_cards,
    "work of an approver": review_work.my_work,
    # Dry runs are kept for 90 days, and an account has one at a time.
    "begin a dry run": lambda unit: policy_runs.begin_run(unit, _POLICY),
}
"""Operations that read all rows of a kind, on purpose."""

SCANS: Mapping[str, Callable[[Unit], object]] = {
    "search a version that no card has": _found(Filter("ModelCardVersion", value="7")),
    "search an author without cards": _found(Filter("CreatedBy.IamIdentity.PrincipalId", value="stranger")),
    "search a part of a tag": _found(_contains("Tags.team", "squad")),
    "search by risk": _found(sort_by="RiskRating"),
}
"""The searches that read a whole account, because no index serves them."""


class Counted:
    """A connection that counts what its statements read: steps of SQLite's machine, or rows of PostgreSQL."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.read = 0
        self.worst = ("", 0)

    @property
    def engine(self) -> str:
        return str(self.inner.engine)

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        with self._counting(sql, parameters):
            found: list[Row] = self.inner.rows(sql, parameters)
        return found

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        with self._counting(sql, parameters):
            found: Row | None = self.inner.row(sql, parameters)
        return found

    def look_up(self, lookup: Lookup, account: str, key: str) -> Row | None:
        """Read the key as an event loop does: with the statement for several keys on PostgreSQL."""
        if self.engine == "sqlite":
            return self.row(lookup.one, {"account": account, "key": key})
        found = self.row(lookup.several, {"accounts": [account] * 2, "keys": [key, name_of(CARDS - 2)]})
        assert found is not None
        return found[2:]

    def run(self, sql: str, parameters: Parameters) -> int:
        with self._counting(sql, parameters):
            return int(self.inner.run(sql, parameters))

    def send(self, sql: str, parameters: Parameters) -> None:
        self.run(sql, parameters)

    def defer(self, sql: str, parameters: Parameters) -> None:
        self.run(sql, parameters)

    def run_deferred(self) -> None:
        self.inner.run_deferred()

    @contextmanager
    def _counting(self, sql: str, parameters: Parameters) -> Iterator[None]:
        before = self.read
        if self.engine == "sqlite":
            self.inner.raw.set_progress_handler(self._step, _STEPS)
            yield
            self.inner.raw.set_progress_handler(None, 0)
        else:
            self.inner.run("SAVEPOINT explained", {})  # EXPLAIN ANALYZE runs the statement
            ((plan,),) = self.inner.rows(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
            self.inner.run("ROLLBACK TO explained", {})
            self.read += _rows_read(plan[0]["Plan"])
            yield
        if self.read - before > self.worst[1]:
            self.worst = (sql, self.read - before)

    def _step(self) -> None:
        self.read += _STEPS


def _rows_read(plan: Mapping[str, Any]) -> int:
    """The rows that the scans of a plan returned or dropped."""
    below = sum(_rows_read(part) for part in plan.get("Plans", ()))
    if not plan["Node Type"].endswith("Scan"):
        return below
    dropped = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return below + int((plan["Actual Rows"] + dropped) * plan["Actual Loops"])


class Counting:
    """A transaction over a counted connection."""

    memory = None

    def __init__(self, inner: Transaction) -> None:
        self._inner = inner
        self.connection = Counted(inner.connection)

    def commit(self) -> Commitment | None:
        return self._inner.commit()

    def rollback(self, fault: BaseException) -> None:
        self._inner.rollback(fault)


@pytest.fixture(scope="module", params=ENGINES)
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of 100,000 cards."""
    url = make_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else None
    settings = Settings(home=tmp_path_factory.mktemp("flat"), database_url=url)
    fill(settings, CARDS)
    store = open_existing_store(settings)
    yield store
    store.close()


def measured(store: Store, operation: Callable[[Unit], object]) -> tuple[int, str]:
    """What an operation reads, and the statement that reads most; it is rolled back."""
    transaction = Counting(store.database.begin_write())
    unit = Unit(
        lambda: transaction, ME, store.clock, TimeOrderedIds(), store.rules, store.seals, store.known_keys.forget
    )
    try:
        operation(unit)
    finally:
        transaction.rollback(InterruptedError())
    return transaction.connection.read, transaction.connection.worst[0]


@pytest.mark.parametrize("what", HOT)
def test_a_hot_operation_does_not_scan_a_large_store(large: Store, what: str) -> None:
    read, statement = measured(large, HOT[what])
    assert read <= ROW_LIMIT[large.database.engine], statement


@pytest.mark.parametrize("what", CONSOLE)
def test_the_list_of_the_console_does_not_scan_a_large_store(large: Store, what: str) -> None:
    read, statement = measured(large, CONSOLE[what])
    assert read <= MOST_LISTED[large.database.engine], f"{read}: {statement}"


@pytest.mark.parametrize("what", GOVERNED)
def test_an_operation_on_what_governs_cards_does_not_scan(large: Store, what: str) -> None:
    read, statement = measured(large, GOVERNED[what])
    assert read <= MOST_GOVERNED[large.database.engine], f"{read}: {statement}"


@pytest.mark.parametrize("what", SCANS_GOVERNED)
def test_only_these_operations_on_what_governs_cards_scan(large: Store, what: str) -> None:
    assert measured(large, SCANS_GOVERNED[what])[0] > MOST_GOVERNED[large.database.engine]


@pytest.mark.parametrize("what", SCANS)
def test_only_these_searches_scan_a_large_store(large: Store, what: str) -> None:
    assert measured(large, SCANS[what])[0] > ROW_LIMIT[large.database.engine]
