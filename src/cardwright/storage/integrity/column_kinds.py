"""Types of stored values: SQLite accepts a value of any type in any column."""

import re
from collections.abc import Sequence

from sqlalchemy import Integer, Table

from cardwright.storage.engines.database import Parameters, Row

_WORDS = {type(None): "nothing", int: "a whole number", float: "a fraction", str: "text", bytes: "a blob"}


class WrongKind(Exception):
    """A record has a value that its column cannot have. ``problem`` names the column, never the value."""

    def __init__(self, record: str, problem: str) -> None:
        super().__init__(record, problem)
        self.record = record
        self.problem = problem


class Columns:
    """The columns of a statement's rows: these columns of a table, in this order."""

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._kinds = tuple(
            (int if isinstance(table.c[name].type, Integer) else str, bool(table.c[name].nullable)) for name in names
        )
        self._texts: dict[tuple[type, ...], tuple[int, ...]] = {}  # columns with text, by types of rows that fit

    def check(self, record: str, row: Row) -> None:
        """Raise :class:`WrongKind` for a value of another type than its column, or text that is not UTF-8."""
        kinds = tuple(map(type, row))
        texts = self._texts.get(kinds)
        if texts is None:
            for name, kind, (expected, optional) in zip(self._names, kinds, self._kinds, strict=True):
                if kind is not expected and not (optional and kind is type(None)):
                    raise WrongKind(record, f"has {_WORDS[kind]} as its {name}")
            texts = self._texts[kinds] = tuple(column for column, kind in enumerate(kinds) if kind is str)
        if "".join([row[column] for column in texts]).isascii():  # almost always, and then enough
            return
        for column in texts:
            if not is_utf8(row[column]):
                raise WrongKind(record, f"has text that is not UTF-8 as its {self._names[column]}")


def is_utf8(text: str) -> bool:
    """Whether text has no lone surrogates; an inspection reads bytes that are not UTF-8 as such."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def readable(sql: str, parameters: Parameters) -> tuple[str, Parameters]:
    """Return a statement and parameters that name the same values also where an inspection read no UTF-8.

    SQLite casts the bytes of such a text.
    """
    for name, value in parameters.items():
        if isinstance(value, str) and not is_utf8(value):
            sql = re.sub(rf":{name}\b", f"CAST(:{name} AS TEXT)", sql)
            parameters = {**parameters, name: value.encode(errors="surrogateescape")}
    return sql, parameters


def shown_key(value: object) -> str:
    """Return a part of a key, of any type, as a finding names it."""
    return value if isinstance(value, str) else repr(value)
