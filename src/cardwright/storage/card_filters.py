"""The filters of the console's list of cards, as the tables and conditions of its statements.

A filter with an index of its own (owner, model, words) is looked up first. If it finds few cards, only those are read,
else the index of the list's order is walked. Words alone search the newest matches (``SEARCHED``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cardwright.core.card import MODEL_NAME
from cardwright.core.integrity.history import Event
from cardwright.core.portfolio import ANY_FINDING, SEARCHED, PortfolioQuery, PortfolioSort
from cardwright.core.review import Reviewer, ReviewerKind
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import as_list, listed
from cardwright.storage.word_search import WordSearch

_FEW_CARDS = 2_000
_NEVER = 2**62  # a time after all others

_TEXTS = "JOIN card_texts t ON t.account_id = c.account_id AND t.card_id = c.card_id"
_ALL = f"cards c {_TEXTS}"
# A few cards, known before: look each up and sort them without the engine's own choice of index (CROSS JOIN).
FEW = f"({{}}) AS few CROSS JOIN cards c {_TEXTS}"
"""The tables of a statement about a few cards, with a place for the statement that selects their keys as ``given``."""
_CONDITIONS = {
    "group": "c.model_package_group_name = :group",
    "changed_after": "c.modified_at > :changed_after",
    "changed_before": "c.modified_at < :changed_before",
    "unevaluated": "t.evaluations = 0",
}
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
# The versions of a person; those of a person with many cards are tested card by card.
_WRITTEN = f"""
    SELECT card_id FROM (
        SELECT DISTINCT w.card_id FROM audit w WHERE w.account_id = :account AND w.actor = :author
        AND w.event IN ('{Event.CREATED}', '{Event.CONTENT}')) AS written"""
_WRITTEN_OF_CARD = f"""
    EXISTS (SELECT 1 FROM audit w WHERE w.account_id = :account AND w.card_id = c.card_id AND w.actor = :author
    AND w.event IN ('{Event.CREATED}', '{Event.CONTENT}'))"""
# Overdue and due cards: the date of the open review, or of the next one.
OF_DUE = """
    SELECT r.card_id FROM reviews r WHERE r.account_id = :account AND r.ended_at IS NULL
    AND r.due_at >= :due_after AND r.due_at < :due_before
    UNION SELECT a.card_id FROM approvals a WHERE a.account_id = :account AND a.ended_at IS NULL
    AND a.review_by IS NOT NULL AND a.review_by >= :due_after AND a.review_by < :due_before"""
_OF_FINDINGS = f"""
    SELECT DISTINCT f.card_id FROM findings f WHERE f.account_id = :account AND f.ended_at IS NULL
    AND coalesce(f.due_at, {ANY_FINDING - 1}) < :findings_before"""
# A tag of few cards is looked up; a common one is tested card by card, and counted along its own index.
_TAGGED = (
    "SELECT g{0}.resource_id AS given FROM tags g{0} WHERE g{0}.account_id = :account AND g{0}.tag_key = :tag_key{0}"
)
_OF_VALUE = " AND g{0}.tag_value = :tag_value{0}"


@dataclass(frozen=True, slots=True)
class Selection:
    """The cards that a query selects: tables, conditions and parameters of statements.

    Attributes:
        counted: a statement that selects the cards of a filter with many, to count the matches among them; None where
            the tables are the quicker way.
    """

    source: str
    conditions: list[str]
    parameters: dict[str, object]
    counted: str | None


@dataclass(slots=True)
class _Narrowing:
    """The filters that were applied so far. ``found`` has the cards of each filter that was looked up."""

    conditions: list[str]
    parameters: dict[str, object]
    found: list[list[str]] = field(default_factory=list)
    counted: str | None = None


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
        narrowing = _Narrowing(["c.account_id = :account"], {"account": self._account})
        _compare(query, narrowing)
        narrowing.found += self._looked_up(query, model_key)
        if query.author is not None:
            self._narrow(narrowing, _WRITTEN, _WRITTEN_OF_CARD, {"author": query.author}, counts=False)
        for number, (key, value) in enumerate(query.tags):
            sql = (_TAGGED if value is None else _TAGGED + _OF_VALUE).format(number)
            given: dict[str, object] = {f"tag_key{number}": key}
            given |= {} if value is None else {f"tag_value{number}": value}
            self._narrow(narrowing, sql, f"EXISTS ({sql} AND g{number}.resource_id = c.card_id)", given)
        if query.owner is not None:
            self._narrow(narrowing, _OF_OWNER, _OWNER_OF_CARD, {"owner": query.owner})
        if query.text.strip():
            alone = len(narrowing.conditions) == 1 and not narrowing.found and query.sort is PortfolioSort.CHANGED
            words = WordSearch(self._connection, self._account)
            narrowing.found.append(words.find(query.text, SEARCHED if alone else None))
        return self._selection(narrowing)

    def _looked_up(self, query: PortfolioQuery, model_key: str | None) -> list[list[str]]:
        """Return the cards of each filter that has an index of its own."""
        found: list[list[str]] = []
        if query.model is not None:
            found.append(self._cards(_OF_MODEL, {"model": query.model[:MODEL_NAME], "model_key": model_key}))
        if query.reviewers:
            found.append(self._of_reviewers(query.reviewers))
        if query.waiting:
            found.append(list(query.waiting_cards))
        if query.due_after is not None or query.due_before is not None:
            due: dict[str, object] = {"due_after": query.due_after or 0, "due_before": query.due_before or _NEVER}
            found.append(self._cards(OF_DUE, due))
        if query.findings_before is not None:
            found.append(self._cards(_OF_FINDINGS, {"findings_before": query.findings_before}))
        return found

    def _narrow(
        self, narrowing: _Narrowing, lookup: str, condition: str, given: dict[str, object], *, counts: bool = True
    ) -> None:
        """Add the cards of a filter to those that were looked up, or its condition if it has many cards.

        Args:
            lookup: a statement that selects the filter's cards.
            condition: the same filter for one card.
            given: the parameters of both.
            counts: whether the matches may be counted among the cards of the look-up.
        """
        card_ids = self._cards(f"{lookup} LIMIT {_FEW_CARDS + 1}", given)
        if len(card_ids) <= _FEW_CARDS:
            narrowing.found.append(card_ids)
            return
        narrowing.conditions.append(condition)
        narrowing.parameters |= given
        if counts and narrowing.counted is None:
            narrowing.counted = lookup

    def _selection(self, narrowing: _Narrowing) -> Selection:
        source, counted = _ALL, narrowing.counted
        conditions, parameters = narrowing.conditions, narrowing.parameters
        for number, card_ids in enumerate(sorted(narrowing.found, key=len)):
            given = self._listed(f"found{number}")
            parameters[f"found{number}"] = as_list(card_ids)
            if number == 0 and len(card_ids) <= _FEW_CARDS:
                source, counted = FEW.format(given), None
                conditions.append("c.card_id = few.given")
            else:
                conditions.append(f"c.card_id IN ({given})")
        return Selection(source, conditions, parameters, counted)

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


def _compare(query: PortfolioQuery, narrowing: _Narrowing) -> None:
    """Add the filters that compare a column of a card."""
    filters: dict[str, object] = {
        "group": query.group,
        "changed_after": query.changed_after,
        "changed_before": query.changed_before,
        "unevaluated": query.unevaluated or None,
    }
    given = {name: value for name, value in filters.items() if value is not None}
    narrowing.conditions += [_CONDITIONS[name] for name in given]
    narrowing.parameters |= given
    for column, values in (("status", query.status), ("risk_rating", query.risk)):
        if values:
            narrowing.conditions.append(_any_of(column, len(values), "Unknown" in values))
            narrowing.parameters |= {f"{column}{number}": value for number, value in enumerate(values)}


@lru_cache(maxsize=32)
def _any_of(column: str, number: int, or_none: bool) -> str:
    if number == 1 and not or_none:
        return f"c.{column} = :{column}0"
    listed = f"c.{column} IN ({', '.join(f':{column}{index}' for index in range(number))})"
    return f"({listed} OR c.{column} IS NULL)" if or_none else listed
