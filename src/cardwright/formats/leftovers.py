"""Prints values that no rule covers as tables of path and value, so that none is lost."""

from collections.abc import Iterator

from cardwright.formats.outline import Column, Field, Table
from cardwright.formats.values import Number, Text, Value, code_of, text_of


def scalar(stored: object) -> Value | None:
    """Convert a JSON text, number, true, false or null to a value; None for lists and objects."""
    if isinstance(stored, str):
        return text_of(stored)
    if isinstance(stored, Number):
        return stored
    if stored is None or isinstance(stored, bool):
        return Text({True: "true", False: "false", None: "null"}[stored], code=stored is None)
    return None


def scalars(stored: object) -> tuple[Value, ...] | None:
    """Convert a scalar, or a list of scalars, to values; None for nested values."""
    if isinstance(stored, list):
        values = [scalar(item) for item in stored]
        return None if None in values else tuple(value for value in values if value is not None)
    single = scalar(stored)
    return None if single is None else (single,)


def flat_table(name: str, stored: object) -> Table:
    """Flatten a list or an object into rows of dotted path and value, labelled with its name."""
    rows = tuple((code_of(path), value) for path, value in _flat(stored, ""))
    return Table((Column("Place"), Column("Value", weight=2)), rows, label=text_of(name))


def unknown_members(members: dict[str, object], path: str) -> tuple[tuple[Field, ...], tuple[Table, ...]]:
    """Convert members that the schema does not define. Short values become fields, nested values become tables."""
    fields: list[Field] = []
    tables: list[Table] = []
    for name, stored in members.items():
        values = scalars(stored)
        if values:
            fields.append(Field(text_of(name), values, f"{path}.{name}" if path else name))
        else:
            tables.append(flat_table(name, stored))
    return tuple(fields), tuple(tables)


def _flat(stored: object, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(stored, dict) and stored:
        for name, item in stored.items():
            yield from _flat(item, f"{path}.{name}" if path else name)
    elif isinstance(stored, list) and stored:
        for index, item in enumerate(stored):
            yield from _flat(item, f"{path}.{index}" if path else str(index))
    else:
        yield path, scalar(stored) or code_of("{}" if isinstance(stored, dict) else "[]")
