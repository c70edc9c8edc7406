"""What no rule knows: any JSON value as a table of places and values, so that nothing is dropped."""

from collections.abc import Iterator
from typing import Any

from cardwright.formats.outline import Column, Field, Table
from cardwright.formats.values import Number, Text, Value, code_of, text_of


def scalar(stored: Any) -> Value | None:
    """A JSON text, number, true, false or null as a value; None for lists and objects."""
    if isinstance(stored, str):
        return text_of(stored)
    if isinstance(stored, Number):
        return stored
    if stored is None or isinstance(stored, bool):
        return Text({True: "true", False: "false", None: "null"}[stored], code=stored is None)
    return None


def scalars(stored: Any) -> tuple[Value, ...] | None:
    """The values of a scalar, or of a list of nothing but scalars; None for everything deeper."""
    if isinstance(stored, list):
        values = [scalar(item) for item in stored]
        return None if None in values else tuple(value for value in values if value is not None)
    single = scalar(stored)
    return None if single is None else (single,)


def flat_table(name: str, stored: Any) -> Table:
    """A list or an object as rows of dotted path and value, under its name."""
    rows = tuple((code_of(path), value) for path, value in _flat(stored, ""))
    return Table((Column("Place"), Column("Value", weight=2)), rows, label=text_of(name))


def unknown_members(members: dict[str, Any], path: str) -> tuple[tuple[Field, ...], tuple[Table, ...]]:
    """Members that the schema does not know, under their own names: short ones as fields, deep ones as tables."""
    fields: list[Field] = []
    tables: list[Table] = []
    for name, stored in members.items():
        values = scalars(stored)
        if values:
            fields.append(Field(text_of(name), values, f"{path}.{name}" if path else name))
        else:
            tables.append(flat_table(name, stored))
    return tuple(fields), tuple(tables)


def _flat(stored: Any, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(stored, dict) and stored:
        for name, item in stored.items():
            yield from _flat(item, f"{path}.{name}" if path else name)
    elif isinstance(stored, list) and stored:
        for index, item in enumerate(stored):
            yield from _flat(item, f"{path}.{index}" if path else str(index))
    else:
        yield path, scalar(stored) or code_of("{}" if isinstance(stored, dict) else "[]")
