"""Rows of cards for verification, read with one statement for several cards."""

import math
from collections.abc import Iterable, Iterator, Sequence

from cardwright.storage.engines.database import Connection, Row

_BEFORE_ALL = -math.inf  # sorts before every number in a column
_NONE: tuple[Row, ...] = ()


class CardRows:
    """The statements that read a table's rows: of one card, and of the cards between two identifiers.

    Args:
        columns: of the table ``t``, or with the name of another one.
        source: the FROM clause.
        order: the column that sorts the rows of a card.
        where: a further condition.
        at_once: rows that one statement reads.
        paged: the number of the column ``order`` in a row, where the rows of one card are read in pages.
    """

    def __init__(  # noqa: PLR0913 - the parts of a statement
        self,
        columns: Sequence[str],
        source: str,
        *,
        key: str = "card_id",
        order: str = "",
        where: str = "",
        at_once: int = 500,
        paged: int | None = None,
    ) -> None:
        self.at_once = at_once
        self.paged = paged
        names = ", ".join(column if "." in column else f"t.{column}" for column in columns)
        table = f"FROM {source} WHERE t.account_id = :account{where and ' AND '}{where}"
        of_card, last = f"{table} AND t.{key} = :card_id", f", t.{order}" if order else ""
        self.several = (
            f"SELECT t.{key}, {names} {table} AND t.{key} >= :card_id AND t.{key} <= :last"
            f" ORDER BY t.{key}{last} LIMIT :limit"
        )
        self.one = f"SELECT {names} {of_card} ORDER BY t.{key}{last}"
        self.page = f"SELECT {names} {of_card} AND t.{order} > :after ORDER BY t.{order} LIMIT :limit"


class _Window:
    """Rows of consecutive cards, by identifier: complete for those from one number until before another."""

    __slots__ = ("end", "rows", "start")

    def __init__(self) -> None:
        self.start = self.end = 0
        self.rows: dict[object, list[Row]] = {}


class RowsAhead:
    """Reads the rows of some cards of one account, in the order of the cards, a bounded part at a time.

    Args:
        card_ids: identifiers in their order.
    """

    def __init__(self, connection: Connection, account: object, card_ids: Sequence[object]) -> None:
        self._connection = connection
        self._account = account
        self._card_ids = card_ids
        self._numbers = {card_id: number for number, card_id in enumerate(card_ids)}
        self._windows: dict[CardRows, _Window] = {}

    def rows(self, table: CardRows, card_id: object) -> Iterable[Row]:
        """Return the rows of one of the cards."""
        number = self._numbers[card_id]
        window = self._windows.get(table)
        if window is None or not window.start <= number < window.end:
            window = self._windows[table] = self._read(table, number)
        if number < window.end:
            return window.rows.get(card_id, _NONE)
        return self._rows_of_one(table, card_id)

    def _read(self, table: CardRows, number: int) -> _Window:
        """Read the rows of a card and those after it; if there are more, without those of the last card."""
        window = _Window()
        window.start, window.end = number, len(self._card_ids)
        first, last = self._card_ids[number], self._card_ids[-1]
        parameters = {"account": self._account, "card_id": first, "last": last, "limit": table.at_once}
        rows = self._connection.rows(table.several, parameters)
        for row in rows:
            window.rows.setdefault(row[0], []).append(row[1:])
        if len(rows) == table.at_once:
            known = (self._numbers[row[0]] for row in reversed(rows) if row[0] in self._numbers)
            window.end = next(known, number)
        return window

    def _rows_of_one(self, table: CardRows, card_id: object) -> Iterator[Row]:
        parameters = {"account": self._account, "card_id": card_id}
        if table.paged is None:
            yield from self._connection.rows(table.one, parameters)
            return
        after, full = _BEFORE_ALL, True
        while full:
            page = {**parameters, "after": after, "limit": table.at_once}
            rows = self._connection.rows(table.page, page)
            full = len(rows) == table.at_once
            for row in rows:
                yield row
                after = row[table.paged]
