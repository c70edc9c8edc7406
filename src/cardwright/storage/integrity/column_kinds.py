"""Whether a row's values are of the kinds that its columns have: SQLite keeps a value of any kind in any column."""

from collections.abc import Sequence

from sqlalchemy import Integer, Table

from cardwright.storage.engines.database import Row

_WORDS = {type(None): "nothing", int: "a whole number", float: "a fraction", str: "text", bytes: "a blob"}


class WrongKind(Exception):
    """A record holds a value that its column cannot have. ``problem`` tells the column, and never the value."""

    def __init__(self, record: str, problem: str) -> None:
        super().__init__(record, problem)
        self.record = record
        self.problem = problem


class Columns:
    """What a statement gives of one row: these columns of a table, in this order."""

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._kinds = tuple(
            (int if isinstance(table.c[name].type, Integer) else str, bool(table.c[name].nullable)) for name in names
        )
        self._fitting: set[tuple[type, ...]] = set()

    def check(self, record: str, row: Row) -> None:
        """Raise :class:`WrongKind` when a value is of another kind than its column, or text that is no UTF-8."""
        kinds = tuple(map(type, row))
        if kinds not in self._fitting:
            for name, kind, (expected, optional) in zip(self._names, kinds, self._kinds, strict=True):
                if kind is not expected and not (optional and kind is type(None)):
                    raise WrongKind(record, f"has {_WORDS[kind]} as its {name}")
            self._fitting.add(kinds)
        for name, value in zip(self._names, row, strict=True):
            if type(value) is str and not value.isascii() and not is_utf8(value):
                raise WrongKind(record, f"has text that is not UTF-8 as its {name}")


def is_utf8(text: str) -> bool:
    """Whether text is free of lone surrogates, as which an inspection reads bytes that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown_key(value: object) -> str:
    """A part of a key, of whatever kind, as a finding names it."""
    return value if isinstance(value, str) else repr(value)
