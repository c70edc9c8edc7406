"""The console's list of cards: pages by filter and order, and its totals.

Every order has an index, and every page begins where the last one ended, so all pages of a list cost the same.
"""

from collections.abc import Sequence
from dataclasses import replace

from cardwright.core.card import MODEL_NAME
from cardwright.core.indexed_words import FoundWords, WordSeals
from cardwright.core.listing import Position
from cardwright.core.portfolio import (
    ModelCardLine,
    Portfolio,
    PortfolioQuery,
    PortfolioRow,
    PortfolioSort,
    ReviewMark,
)
from cardwright.storage.card_filters import FEW, OF_DUE, CardFilters, Many, Selection
from cardwright.storage.card_texts import CardTexts, DueText
from cardwright.storage.engines.database import Connection
from cardwright.storage.findings import FindingTable
from cardwright.storage.narrowing import as_list, listed
from cardwright.storage.near_words import NearWords
from cardwright.storage.tags import TagTable

_NAMES = 200  # owners and groups in the filters
COUNTED = 1_000
"""Matching cards are counted up to this number; a larger number is reported as "more than"."""
_MANY = 10_000  # cards of a filter that are looked up one by one to count matches

_COLUMNS = """c.card_id, c.name, c.status, c.version, c.created_at, c.modified_at, c.modified_by, c.risk_rating,
    c.model_name, c.model_package_group_name, t.description, t.owner, t.evaluations"""
_ORDERS = {
    PortfolioSort.CHANGED: ("c.modified_at", True),
    PortfolioSort.OLDEST: ("c.modified_at", False),
    PortfolioSort.NAME: ("c.name", False),
    PortfolioSort.CREATED: ("c.created_at", True),
}
"""The column of an order, and whether it is descending."""
_NEXT_REVIEWS = """
    SELECT a.card_id, a.review_by FROM ({listed}) AS few CROSS JOIN approvals a
    WHERE a.account_id = :account AND a.card_id = few.given AND a.ended_at IS NULL AND a.review_by IS NOT NULL"""
_OPEN_REVIEWS = """
    SELECT r.card_id, r.state, r.due_at FROM ({listed}) AS few CROSS JOIN reviews r
    WHERE r.account_id = :account AND r.card_id = few.given AND r.ended_at IS NULL"""


class PortfolioTable:
    """The portfolio of one account."""

    __slots__ = ("_account", "_connection", "_seals")

    def __init__(self, connection: Connection, account: str, seals: WordSeals) -> None:
        self._connection = connection
        self._account = account
        self._seals = seals

    def page(self, query: PortfolioQuery, model_key: str | None) -> tuple[list[PortfolioRow], int]:
        """Return at most ``query.limit`` cards after the query's position, or those before it in reverse order.

        Also returns the number of matches, counted up to ``COUNTED`` + 1.
        """
        selection, number = self._counted(CardFilters(self._connection, self._account).select(query, model_key))
        return (self._rows(selection, query) if number else []), number

    def neighbours(
        self, query: PortfolioQuery, model_key: str | None, position: Position
    ) -> tuple[list[PortfolioRow], list[PortfolioRow]]:
        """Return at most ``query.limit`` cards before a position in a list, the nearest first, and those after it."""
        selection = CardFilters(self._connection, self._account).select(query, model_key)
        if selection.many:
            selection, _ = self._counted(selection)
        before = self._rows(selection, replace(query, after=None, before=position))
        return before, self._rows(selection, replace(query, after=position, before=None))

    def rows_of(self, names: Sequence[str]) -> dict[str, PortfolioRow]:
        """Return cards as the list shows them, by name; unknown names are left out."""
        listed = FEW.format(self._listed("names"))
        sql = f"SELECT {_COLUMNS} FROM {listed} WHERE c.account_id = :account AND c.name = few.given"
        rows = self._connection.rows(sql, {"account": self._account, "names": as_list(list(names))})
        return {row[1]: PortfolioRow._make(row) for row in rows}

    def near(self, word: str, limit: int) -> list[str]:
        """Return words of the account's cards that look like a word, the nearest first."""
        return NearWords(self._connection, self._account).near(word, limit)

    def expire_words(self, card_id: str) -> None:
        """Let the next search index the words of a card again, because its tags change."""
        CardTexts(self._connection).expire({"account": self._account, "card_id": card_id})

    def review_marks(self, card_ids: Sequence[str]) -> dict[str, ReviewMark]:
        """Return what a list shows about the reviews of a few cards, by card identifier."""
        few = {"account": self._account, "cards": as_list(list(card_ids))}
        found = {card_id: ReviewMark(due_at=review_by) for card_id, review_by in self.next_reviews(card_ids).items()}
        for card_id, state, due_at in self._connection.rows(_OPEN_REVIEWS.format(listed=self._listed("cards")), few):
            found[card_id] = ReviewMark(state, due_at)
        for card_id, number in FindingTable(self._connection, self._account).running(card_ids).items():
            found[card_id] = found.get(card_id, ReviewMark())._replace(findings=number)
        return found

    def next_reviews(self, card_ids: Sequence[str]) -> dict[str, int]:
        """Return the review dates of a few approved cards, by card identifier."""
        few = {"account": self._account, "cards": as_list(list(card_ids))}
        return dict(self._connection.rows(_NEXT_REVIEWS.format(listed=self._listed("cards")), few))

    def tags_of(self, card_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the tags of a few cards, by card identifier."""
        return CardTexts(self._connection).tags_of(self._account, card_ids)

    def portfolio(self, untouched_before: int, now: int) -> Portfolio:
        """Return the totals of all cards, each from an index."""
        account: dict[str, object] = {"account": self._account}
        by_status = "SELECT status, count(*) FROM cards WHERE account_id = :account GROUP BY status"
        by_risk = "SELECT risk_rating, count(*) FROM cards WHERE account_id = :account GROUP BY risk_rating"
        risks: dict[str, int] = {}
        for rating, number in self._connection.rows(by_risk, account):
            risks[rating or "Unknown"] = risks.get(rating or "Unknown", 0) + number
        return Portfolio(
            by_status=dict(self._connection.rows(by_status, account)),
            by_risk=risks,
            unevaluated=self._number("FROM card_texts WHERE account_id = :account AND evaluations = 0", account),
            untouched=self._number(
                "FROM cards WHERE account_id = :account AND modified_at < :before",
                account | {"before": untouched_before},
            ),
            overdue=self._number(f"FROM ({OF_DUE}) AS due", account | {"due_after": 0, "due_before": now}),
            owners=self._names("card_texts", "owner"),
            groups=self._names("cards", "model_package_group_name"),
            models=self._names("cards", "model_name"),
            tag_keys=TagTable(self._connection, self._account).keys_in_use()[:_NAMES],
        )

    def has_unindexed_words(self) -> bool:
        """Whether any card has unindexed words."""
        return CardTexts(self._connection).due(self._account)

    def index_words(self, limit: int) -> int:
        """Index the words of at most ``limit`` unindexed cards. Returns the number of cards."""
        return CardTexts(self._connection).index_words(self._account, limit, self._seals)

    def read_due(self, limit: int, before: str | None) -> list[DueText]:
        """Return at most ``limit`` unindexed cards before one, in the order of their identifiers from the last one."""
        return CardTexts(self._connection).read_due(self._account, limit, before)

    def store_words(self, read: Sequence[DueText], words: Sequence[FoundWords]) -> int:
        """Index words that were found for due cards: see :meth:`storage.card_texts.CardTexts.store_words`."""
        return CardTexts(self._connection).store_words(self._account, read, words, self._seals)

    def named_like_model(self, model_name: str) -> str | None:
        """Return the name of a card about the model with this name."""
        row = self._connection.row(
            "SELECT name FROM cards WHERE account_id = :account AND model_name = :model ORDER BY modified_at LIMIT 1",
            {"account": self._account, "model": model_name[:MODEL_NAME]},
        )
        return None if row is None else str(row[0])

    def about(self, keys: Sequence[str], model_names: Sequence[str]) -> list[ModelCardLine]:
        """Return the cards whose model or model package has one of the keys, or whose model has one of the names."""
        wanted = {"model_key": ("keys", keys), "package_key": ("keys", keys), "model_name": ("names", model_names)}
        # From the few keys to the cards through the column's index: SQLite would otherwise read the whole account.
        parts = [
            f"SELECT c.name, c.status, c.model_key, c.package_key, c.model_name FROM ({self._listed(name)}) AS few"
            f" CROSS JOIN cards m CROSS JOIN cards c WHERE m.account_id = :account AND m.{column} = few.given"
            " AND c.account_id = :account AND c.card_id = m.card_id"
            for column, (name, values) in wanted.items()
            if values
        ]
        if not parts:
            return []
        parameters: dict[str, object] = {name: as_list(list(values)) for name, values in wanted.values()}
        rows = self._connection.rows(" UNION ".join(parts), {"account": self._account, **parameters})
        return [ModelCardLine._make(row) for row in rows]

    def cards_of_groups(self, groups: Sequence[str]) -> dict[str, int]:
        """Return the number of cards of each model package group; groups without cards are left out."""
        sql = (
            f"SELECT few.given, count(*) FROM ({self._listed('groups')}) AS few CROSS JOIN cards c"
            " WHERE c.account_id = :account AND c.model_package_group_name = few.given GROUP BY few.given"
        )
        return dict(self._connection.rows(sql, {"account": self._account, "groups": as_list(list(groups))}))

    def contents(self, card_ids: Sequence[str]) -> dict[str, str]:
        """Return the newest contents of a few cards, by card identifier."""
        names = {f"id{number}": card_id for number, card_id in enumerate(card_ids)}
        if not names:
            return {}
        rows = self._connection.rows(
            "SELECT c.card_id, t.content FROM cards c JOIN contents t ON t.account_id = c.account_id"
            " AND t.card_id = c.card_id AND t.version = c.version"
            f" WHERE c.account_id = :account AND c.card_id IN ({', '.join(f':{name}' for name in names)})",
            {"account": self._account, **names},
        )
        return dict(rows)

    def rows(self, card_ids: Sequence[str]) -> list[PortfolioRow]:
        """Return a few cards by their identifiers, in any order."""
        sql = (
            f"SELECT {_COLUMNS} FROM {FEW.format(self._listed('ids'))}"
            " WHERE c.account_id = :account AND c.card_id = few.given"
        )
        parameters = {"account": self._account, "ids": as_list(list(card_ids))}
        return [PortfolioRow._make(row) for row in self._connection.rows(sql, parameters)]

    def approvals(self, card_ids: Sequence[str]) -> dict[str, tuple[int, int, str]]:
        """Return the newest Approved version of a few cards, with the time and author of its status, by card."""
        sql = (
            f"SELECT v.card_id, v.version, v.modified_at, v.modified_by FROM ({self._listed('ids')}) AS few"
            " CROSS JOIN versions v WHERE v.account_id = :account AND v.card_id = few.given AND v.status = 'Approved'"
            " ORDER BY v.version"
        )
        parameters = {"account": self._account, "ids": as_list(list(card_ids))}
        return {row[0]: (row[1], row[2], row[3]) for row in self._connection.rows(sql, parameters)}

    def _rows(self, selection: Selection, query: PortfolioQuery) -> list[PortfolioRow]:
        """Return the cards of a page, in its order or backwards."""
        column, descending = _ORDERS[query.sort]
        at = query.after or query.before
        compare, direction = ("<", "DESC") if descending == (query.before is None) else (">", "ASC")
        where = " AND ".join(selection.conditions)
        parameters = selection.parameters | {"limit": query.limit}
        if at is not None:
            where += f" AND ({column}, c.card_id) {compare} (:at, :at_id)"
            parameters |= {"at": at[0], "at_id": at[1]}
        order = f"{column} {direction}, c.card_id {direction}"
        sql = f"SELECT {_COLUMNS} FROM {selection.source} WHERE {where} ORDER BY {order} LIMIT :limit"
        return [PortfolioRow._make(row) for row in self._connection.rows(sql, parameters)]

    def _counted(self, selection: Selection) -> tuple[Selection, int]:
        """Return the selection as its pages are read, and the number of its cards, counted up to ``COUNTED`` + 1.

        The matches of filters with many cards are counted along the smallest index. A few matches are read along it
        too: the list's order may have them far apart.
        """
        alone = selection.index_alone()
        if alone is not None:
            return selection, self._number(f"FROM ({alone} LIMIT {COUNTED + 1}) AS counted", selection.parameters)
        along, smallest = selection, self._smallest(selection)
        if smallest is not None:
            others = [one for one in selection.conditions if one not in smallest.conditions]
            source = FEW.format(smallest.statement)
            along = replace(selection, source=source, conditions=[*others, "c.card_id = few.given"])
        where = " AND ".join(along.conditions)
        sql = f"FROM (SELECT 1 FROM {along.source} WHERE {where} LIMIT {COUNTED + 1}) AS counted"
        number = self._number(sql, selection.parameters)
        return along if number <= COUNTED else selection, number

    def _smallest(self, selection: Selection) -> Many | None:
        """Return the filter with the fewest cards; None if all cards are read sooner."""
        sizes = [
            (self._number(f"FROM ({one.statement} LIMIT {_MANY + 1}) AS many", selection.parameters), one)
            for one in selection.many
        ]
        size, smallest = min(sizes, key=lambda sized: (sized[0], not sized[1].is_index), default=(0, None))
        if smallest is None or (size > _MANY and not smallest.is_index):
            return None
        return smallest

    def _listed(self, parameter: str) -> str:
        return listed(self._connection.engine, parameter)

    def _number(self, source: str, parameters: dict[str, object]) -> int:
        row = self._connection.row(f"SELECT count(*) {source}", parameters)
        return 0 if row is None else int(row[0])

    def _names(self, table: str, column: str) -> list[str]:
        sql = (
            f"SELECT DISTINCT {column} FROM {table} WHERE account_id = :account AND {column} IS NOT NULL"
            f" ORDER BY {column} LIMIT {_NAMES}"
        )
        return [row[0] for row in self._connection.rows(sql, {"account": self._account})]
