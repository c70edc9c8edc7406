"""The console's list of cards: pages by filter and order, and the numbers above it.

Every order is that of an index, and every page goes on from where the last one ended, so a page costs the same
wherever it stands. What a search by words finds is looked up first and bounded (``core.portfolio.SEARCHED``).
"""

from collections.abc import Sequence
from functools import lru_cache

from cardwright.core.card_text import words_of
from cardwright.core.portfolio import SEARCHED, Portfolio, PortfolioQuery, PortfolioRow, PortfolioSort
from cardwright.storage.database import Connection

_NAMES = 200  # owners and groups that the filters offer
_TERMS = 12  # words of one search that count
_TRIGRAM = 3
COUNTED = 1_000
"""Cards that match are counted up to this many; beyond, the answer is "more than"."""

_COLUMNS = """c.card_id, c.name, c.status, c.version, c.created_at, c.modified_at, c.modified_by, c.risk_rating,
    c.model_name, c.model_package_group_name, t.description, t.owner, t.evaluations"""
_FROM = "cards c JOIN card_texts t ON t.account_id = c.account_id AND t.card_id = c.card_id"
_ORDERS = {
    PortfolioSort.CHANGED: ("c.modified_at", "DESC"),
    PortfolioSort.OLDEST: ("c.modified_at", "ASC"),
    PortfolioSort.NAME: ("c.name", "ASC"),
    PortfolioSort.CREATED: ("c.created_at", "DESC"),
}
_CONDITIONS = {
    "owner": "t.owner = :owner",
    "group": "c.model_package_group_name = :group",
    "model": "(c.model_name = :model OR c.model_key = :model_key OR c.package_key = :model_key)",
    "changed_after": "c.modified_at > :changed_after",
    "changed_before": "c.modified_at < :changed_before",
    "unevaluated": "t.evaluations = 0",
}
# Names are ASCII and hold no wildcard, and the text that is searched was reduced to letters, digits and hyphens.
_WORDS = {
    "sqlite": """SELECT x.card_id FROM card_texts x WHERE x.account_id = :account AND x.entry IN (
        SELECT rowid FROM card_words WHERE card_words MATCH :match ORDER BY rowid DESC LIMIT :searched)""",
    "postgresql": """SELECT x.card_id FROM card_texts x WHERE x.account_id = :account
        AND to_tsvector('simple', x.words) @@ to_tsquery('simple', :match)""",
}
_IN_NAME = {
    "sqlite": """SELECT n.card_id FROM card_names n
        WHERE n.name LIKE '%' || :name_part || '%' AND n.account_id = :account LIMIT :searched""",
    "postgresql": """SELECT n.card_id FROM cards n
        WHERE n.name ILIKE '%' || CAST(:name_part AS TEXT) || '%' AND n.account_id = :account""",
}


class PortfolioTable:
    """The cards of one account as a portfolio."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def rows(self, query: PortfolioQuery, model_key: str | None) -> list[PortfolioRow]:
        """At most ``query.limit`` cards after the query's position."""
        conditions, parameters = self._conditions(query, model_key)
        column, direction = _ORDERS[query.sort]
        if query.after is not None:
            compare = "<" if direction == "DESC" else ">"
            conditions.append(f"({column}, c.card_id) {compare} (:after, :after_id)")
            parameters |= {"after": query.after[0], "after_id": query.after[1]}
        sql = (
            f"SELECT {_COLUMNS} FROM {_FROM} WHERE {' AND '.join(conditions)}"
            f" ORDER BY {column} {direction}, c.card_id {direction} LIMIT :limit"
        )
        found = self._connection.rows(sql, parameters | {"limit": query.limit})
        return [PortfolioRow._make(row) for row in found]

    def count(self, query: PortfolioQuery, model_key: str | None) -> int:
        """How many cards match, counted up to one more than ``COUNTED``."""
        conditions, parameters = self._conditions(query, model_key)
        sql = (
            f"SELECT count(*) FROM (SELECT 1 FROM {_FROM} WHERE {' AND '.join(conditions)} LIMIT {COUNTED + 1})"
            " AS counted"
        )
        row = self._connection.row(sql, parameters)
        return 0 if row is None else int(row[0])

    def portfolio(self, untouched_before: int) -> Portfolio:
        """The numbers of all cards, each from an index."""
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
            owners=self._names("card_texts", "owner"),
            groups=self._names("cards", "model_package_group_name"),
        )

    def newest_change(self) -> tuple[int, str] | None:
        """When the newest change was, and of which card: tells a portfolio that was counted from a newer one."""
        row = self._connection.row(
            "SELECT modified_at, card_id FROM cards WHERE account_id = :account"
            " ORDER BY modified_at DESC, card_id DESC LIMIT 1",
            {"account": self._account},
        )
        return None if row is None else (row[0], row[1])

    def named_like_model(self, model_name: str) -> str | None:
        """The name of a card about the model of this name."""
        row = self._connection.row(
            "SELECT name FROM cards WHERE account_id = :account AND model_name = :model ORDER BY modified_at LIMIT 1",
            {"account": self._account, "model": model_name},
        )
        return None if row is None else str(row[0])

    def contents(self, card_ids: Sequence[str]) -> dict[str, str]:
        """The newest contents of a few cards, by card."""
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

    def _conditions(self, query: PortfolioQuery, model_key: str | None) -> tuple[list[str], dict[str, object]]:
        wanted: dict[str, object] = {
            "owner": query.owner,
            "group": query.group,
            "model": query.model,
            "changed_after": query.changed_after,
            "changed_before": query.changed_before,
            "unevaluated": query.unevaluated or None,
        }
        parameters = {name: value for name, value in wanted.items() if value is not None}
        conditions = ["c.account_id = :account", *(_CONDITIONS[name] for name in parameters)]
        parameters.pop("unevaluated", None)
        parameters |= {"account": self._account, "model_key": model_key, "searched": SEARCHED}
        for column, values in (("status", query.status), ("risk_rating", query.risk)):
            if values:
                conditions.append(_any_of(column, len(values), "Unknown" in values))
                parameters |= {f"{column}{number}": value for number, value in enumerate(values)}
        if query.text.strip():
            words = words_of(query.text)[:_TERMS]
            conditions.append(f"c.card_id IN ({self._found(query.text, words, parameters)})")
        return conditions, parameters

    def _found(self, text: str, words: Sequence[str], parameters: dict[str, object]) -> str:
        """The statement that finds cards by words, or by a part of their names."""
        engine = self._connection.engine
        parts = []
        if words:
            stems = [f'"{word}" *' if engine == "sqlite" else f"'{word}':*" for word in words]
            parameters["match"] = (" AND " if engine == "sqlite" else " & ").join(stems)
            parts.append(_WORDS[engine])
        name_part = "".join(c for c in text.strip().replace(" ", "-") if c.isascii() and (c.isalnum() or c == "-"))
        if len(name_part) >= _TRIGRAM:
            parameters["name_part"] = name_part
            parts.append(_IN_NAME[engine])
        if not parts:
            return "SELECT card_id FROM cards WHERE 1 = 0"
        return " UNION ".join(f"SELECT * FROM ({part}) AS part{number}" for number, part in enumerate(parts))

    def _number(self, source: str, parameters: dict[str, object]) -> int:
        row = self._connection.row(f"SELECT count(*) {source}", parameters)
        return 0 if row is None else int(row[0])

    def _names(self, table: str, column: str) -> list[str]:
        sql = (
            f"SELECT DISTINCT {column} FROM {table} WHERE account_id = :account AND {column} IS NOT NULL"
            f" ORDER BY {column} LIMIT {_NAMES}"
        )
        return [row[0] for row in self._connection.rows(sql, {"account": self._account})]


@lru_cache(maxsize=32)
def _any_of(column: str, number: int, or_none: bool) -> str:
    if number == 1 and not or_none:
        return f"c.{column} = :{column}0"
    listed = f"c.{column} IN ({', '.join(f':{column}{index}' for index in range(number))})"
    return f"({listed} OR c.{column} IS NULL)" if or_none else listed
