"""The filters of the console's list of cards, as the tables and conditions of its statements.

Each filter has an index and is looked up first. If it finds few cards, only those are read, else the index of the
list's order is walked. Words alone search the newest matches (``SEARCHED``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from cardwright.core.card import MODEL_NAME
from cardwright.core.integrity.history import Event
from cardwright.core.portfolio import ANY_FINDING, SEARCHED, PortfolioQuery, PortfolioSort
from cardwright.core.review import Reviewer, ReviewerKind
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import as_list, listed
from cardwright.storage.word_search import WordSearch

FEW_CARDS = 2_000
"""At most that many cards of a filter are looked up one by one."""
_NEVER = 2**62  # a time after all others

_TEXTS = "JOIN card_texts t ON t.account_id = c.account_id AND t.card_id = c.card_id"
_ALL = f"cards c {_TEXTS}"
# A few cards, known before: look each up and sort them without the engine's own choice of index (CROSS JOIN).
FEW = f"({{}}) AS few CROSS JOIN cards c {_TEXTS}"
"""The tables of a statement about a few cards, with a place for the statement that selects their keys as ``given``."""
OF_ACCOUNT = "c.account_id = :account"
"""The first condition of a selection."""
_OF_CARDS = f"SELECT c.card_id AS given FROM cards c WHERE {OF_ACCOUNT}"
_OF_GROUP = "c.model_package_group_name = :group"
_CHANGED = {"changed_after": "c.modified_at > :changed_after", "changed_before": "c.modified_at < :changed_before"}
_UNEVALUATED = "SELECT o.card_id AS given FROM card_texts o WHERE o.account_id = :account AND o.evaluations = 0"
# Filters with an index of their own, as statements that select identifiers of cards.
_OF_OWNER = "SELECT o.card_id AS given FROM card_texts o WHERE o.account_id = :account AND o.owner = :owner"
# The cards of an owner with many are tested card by card, as those of a common tag.
_OWNER_OF_CARD = (
    "(SELECT o.owner FROM card_texts o WHERE o.account_id = c.account_id AND o.card_id = c.card_id) = :owner"
)
_OF_MODEL = " UNION ".join(
    f"SELECT m.card_id FROM cards m WHERE m.account_id = :account AND m.{condition}"
    for condition in ("model_name = :model", "model_key = :model_key", "package_key = :model_key")
)
_OF_REVIEWER = """
    SELECT r.card_id FROM review_assignments a CROSS JOIN reviews r
    WHERE a.account_id = :account AND a.kind = :kind AND a.name IN ({reviewers})
    AND r.account_id = a.account_id AND r.review_id = a.review_id AND r.ended_at IS NULL"""
# The versions of a person; those of a person with many cards are tested card by card. The functions keep SQLite from
# reading the events of the account, or all events of the person for each card.
_WRITTEN = f"""
    SELECT card_id AS given FROM (
        SELECT DISTINCT coalesce(w.card_id, '') AS card_id FROM audit w
        WHERE w.account_id = :account AND w.actor = :author AND w.event IN ('{Event.CREATED}', '{Event.CONTENT}')
    ) AS written"""
_WRITTEN_OF_CARD = f"""
    EXISTS (SELECT 1 FROM audit w WHERE w.account_id = :account AND w.card_id = c.card_id
    AND coalesce(w.actor, '') = :author AND w.event IN ('{Event.CREATED}', '{Event.CONTENT}'))"""
# Overdue and due cards: the date of the open review, or of the next one.
_DUE_REVIEW = """
    SELECT r.card_id AS given FROM reviews r WHERE r.account_id = :account AND r.ended_at IS NULL
    AND r.due_at >= :due_after AND r.due_at < :due_before"""
_DUE_AGAIN = """
    SELECT a.card_id FROM approvals a WHERE a.account_id = :account AND a.ended_at IS NULL
    AND a.review_by IS NOT NULL AND a.review_by >= :due_after AND a.review_by < :due_before"""
OF_DUE = f"{_DUE_REVIEW} UNION {_DUE_AGAIN}"
_DUE_OF_CARD = f"(EXISTS ({_DUE_REVIEW} AND r.card_id = c.card_id) OR EXISTS ({_DUE_AGAIN} AND a.card_id = c.card_id))"
_FINDING = f"FROM findings f WHERE f.account_id = :account AND coalesce(f.due_at, {ANY_FINDING - 1}) < :findings_before"
_OF_FINDINGS = f"SELECT card_id AS given FROM (SELECT DISTINCT f.card_id {_FINDING} AND f.ended_at IS NULL) AS found"
# In this order, SQLite reads the findings of the card; without statistics it would read those of the account.
_FINDING_OF_CARD = (
    f"(SELECT f.finding_id {_FINDING} AND f.card_id = c.card_id AND coalesce(f.ended_at, 0) = 0"
    " ORDER BY f.opened_at LIMIT 1) IS NOT NULL"
)
# A tag of few cards is looked up; a common one is tested card by card, and counted along its own index.
_TAGGED = (
    "SELECT g{0}.resource_id AS given FROM tags g{0} WHERE g{0}.account_id = :account AND g{0}.tag_key = :tag_key{0}"
)
_OF_VALUE = " AND g{0}.tag_value = :tag_value{0}"
_OF_TAG = "{0} ORDER BY g{1}.tag_value, g{1}.resource_id"  # the order of their index lets PostgreSQL stop early


class Many(NamedTuple):
    """A filter with more than a few cards.

    Attributes:
        statement: selects the identifiers of its cards as ``given``.
        conditions: the same filter for one card.
        is_index: whether an index has these cards and no other resources, each once, so that a statement reads as many
            as it needs.
    """

    statement: str
    conditions: tuple[str, ...]
    is_index: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """The cards that a query selects: tables, conditions and parameters of statements.

    Attributes:
        many: the filters with more than a few cards, those that usually have the fewest first. The matches are counted
            among those of the smallest.
    """

    source: str
    conditions: list[str]
    parameters: dict[str, object]
    many: Sequence[Many]

    def index_alone(self) -> str | None:
        """Return the statement of an index that has these cards and no others."""
        others = {*self.conditions} - {OF_ACCOUNT}
        return next((one.statement for one in self.many if one.is_index and others == {*one.conditions}), None)


@dataclass(slots=True)
class _Narrowing:
    """The filters that were applied so far. ``found`` has the cards of each filter that was looked up."""

    conditions: list[str]
    parameters: dict[str, object]
    found: list[list[str]] = field(default_factory=list)
    many: list[Many] = field(default_factory=list)


class CardFilters:
    """The filters of the cards of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def select(self, query: PortfolioQuery, model_key: str | None) -> Selection:
        """Return the cards that a query selects.

        Args:
            model_key: the key of the model in the query, see :func:`core.card.model_key`.
        """
        narrowing = _Narrowing([OF_ACCOUNT], {"account": self._account})
        if query.owner is not None:
            self._narrow(narrowing, _OF_OWNER, [_OWNER_OF_CARD], {"owner": query.owner}, is_index=True)
        self._compare(narrowing, query)
        narrowing.found += self._looked_up(query, model_key)
        if query.author is not None:
            self._narrow(narrowing, _WRITTEN, [_WRITTEN_OF_CARD], {"author": query.author})
        if query.due_after is not None or query.due_before is not None:
            due: dict[str, object] = {"due_after": query.due_after or 0, "due_before": query.due_before or _NEVER}
            self._narrow(narrowing, OF_DUE, [_DUE_OF_CARD], due)
        if query.findings_before is not None:
            before: dict[str, object] = {"findings_before": query.findings_before}
            self._narrow(narrowing, _OF_FINDINGS, [_FINDING_OF_CARD], before)
        for number, (key, value) in enumerate(query.tags):
            sql = (_TAGGED if value is None else _TAGGED + _OF_VALUE).format(number)
            given: dict[str, object] = {f"tag_key{number}": key}
            given |= {} if value is None else {f"tag_value{number}": value}
            # PostgreSQL would join what EXISTS reads, and sort all matches, where the first of the order fill a page.
            condition = f"({sql} AND g{number}.resource_id = c.card_id) IS NOT NULL"
            self._narrow(narrowing, _OF_TAG.format(sql, number), [condition], given)
        if query.text.strip():
            alone = len(narrowing.conditions) == 1 and not narrowing.found and query.sort is PortfolioSort.CHANGED
            words = WordSearch(self._connection, self._account)
            narrowing.found.append(words.find(query.text, SEARCHED if alone else None))
        return self._selection(narrowing)

    def _compare(self, narrowing: _Narrowing, query: PortfolioQuery) -> None:
        """Add the filters that compare columns of a card: a status usually has more cards than a group."""
        if query.group is not None:
            self._narrow_cards(narrowing, [_OF_GROUP], {"group": query.group})
        changed = {"changed_after": query.changed_after, "changed_before": query.changed_before}
        times: dict[str, object] = {name: at for name, at in changed.items() if at is not None}
        if times:
            self._narrow_cards(narrowing, [_CHANGED[name] for name in times], times)
        chosen: list[str] = []
        given: dict[str, object] = {}
        for column, values in (("status", query.status), ("risk_rating", query.risk)):
            if values:
                chosen.append(_any_of(column, len(values), "Unknown" in values))
                given |= {f"{column}{number}": value for number, value in enumerate(values)}
        if chosen:
            self._narrow_cards(narrowing, chosen, given)  # the two have an index together
        if query.unevaluated:
            self._narrow(narrowing, _UNEVALUATED, ["t.evaluations = 0"], {}, is_index=True)

    def _narrow_cards(self, narrowing: _Narrowing, conditions: Sequence[str], given: dict[str, object]) -> None:
        """Add the cards with some columns, which have an index."""
        self._narrow(narrowing, " AND ".join((_OF_CARDS, *conditions)), conditions, given, is_index=True)

    def _looked_up(self, query: PortfolioQuery, model_key: str | None) -> list[list[str]]:
        """Return the cards of each filter that has an index of its own."""
        found: list[list[str]] = []
        if query.model is not None:
            found.append(self._cards(_OF_MODEL, {"model": query.model[:MODEL_NAME], "model_key": model_key}))
        if query.reviewers:
            found.append(self._of_reviewers(query.reviewers))
        if query.waiting:
            found.append(list(query.waiting_cards))
        return found

    def _narrow(
        self,
        narrowing: _Narrowing,
        lookup: str,
        conditions: Sequence[str],
        given: dict[str, object],
        *,
        is_index: bool = False,
    ) -> None:
        """Add the cards of a filter to those that were looked up, or its conditions if it has many cards.

        Args:
            lookup: a statement that selects the filter's cards.
            conditions: the same filter for one card.
            given: the parameters of both.
            is_index: see :class:`Many`.
        """
        card_ids = self._cards(f"{lookup} LIMIT {FEW_CARDS + 1}", given)
        if len(card_ids) <= FEW_CARDS:
            narrowing.found.append(card_ids)
            return
        narrowing.conditions += conditions
        narrowing.parameters |= given
        narrowing.many.append(Many(lookup, tuple(conditions), is_index))

    def _selection(self, narrowing: _Narrowing) -> Selection:
        source, many = _ALL, narrowing.many
        conditions, parameters = narrowing.conditions, narrowing.parameters
        for number, card_ids in enumerate(sorted(narrowing.found, key=len)):
            given = self._listed(f"found{number}")
            parameters[f"found{number}"] = as_list(card_ids)
            if number == 0 and len(card_ids) <= FEW_CARDS:
                source, many = FEW.format(given), []
                conditions.append("c.card_id = few.given")
            else:
                conditions.append(f"c.card_id IN ({given})")
        return Selection(source, conditions, parameters, many)

    def _of_reviewers(self, reviewers: Sequence[Reviewer]) -> list[str]:
        """Return the cards whose open review asks one of these."""
        sql = _OF_REVIEWER.format(reviewers=self._listed("reviewers"))
        found: dict[str, None] = {}
        for kind in ReviewerKind:
            names = as_list([one.name for one in reviewers if one.kind is kind])
            found |= dict.fromkeys(self._cards(sql, {"kind": kind, "reviewers": names}))
        return list(found)

    def _listed(self, parameter: str) -> str:
        return listed(self._connection.engine, parameter)

    def _cards(self, sql: str, parameters: dict[str, object]) -> list[str]:
        return [row[0] for row in self._connection.rows(sql, parameters | {"account": self._account})]


@lru_cache(maxsize=32)
def _any_of(column: str, number: int, or_none: bool) -> str:
    if number == 1 and not or_none:
        return f"c.{column} = :{column}0"
    listed = f"c.{column} IN ({', '.join(f':{column}{index}' for index in range(number))})"
    return f"({listed} OR c.{column} IS NULL)" if or_none else listed
