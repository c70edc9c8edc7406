"""Members of JSON documents as SQL columns, for each engine.

Names come from ``core/search-properties.json``. Keys of maps come from users and are always bound parameters.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from cardwright.core.search import PropertyKind

Column = sa.ColumnElement[Any]


def member(engine: str, document: Column, name: str, kind: PropertyKind) -> Column:
    """Return the member with a dotted name, or NULL; times as milliseconds, flags as the texts true and false."""
    if engine == "sqlite":
        read = sa.func.json_type if kind is PropertyKind.FLAG else sa.func.json_extract
        return _typed(engine, read(document, _path(name)), kind)
    return _typed(engine, sa.func.jsonb_extract_path_text(_json(document), *name.split(".")), kind)


def entry(engine: str, document: Column, holder: str, key: str) -> Column:
    """Return the value of a map's key, or NULL; for ``Metrics``, the highest final value of that metric."""
    if holder == "Metrics":
        rows, element = elements(engine, document, "FinalMetricDataList")
        value = sa.func.max(member(engine, element, "Value", PropertyKind.NUMBER))
        wanted = member(engine, element, "MetricName", PropertyKind.TEXT) == key
        return sa.select(value).select_from(rows).where(wanted).scalar_subquery()
    if engine == "sqlite":
        rows = sa.func.json_each(document, _path(holder)).table_valued("key", "value")
        return sa.select(rows.c.value).select_from(rows).where(rows.c.key == key).scalar_subquery()
    return _typed(engine, sa.func.jsonb_extract_path_text(_json(document), *holder.split("."), key), PropertyKind.TEXT)


def elements(engine: str, document: Column, name: str) -> tuple[sa.FromClause, Column]:
    """Return a table of the elements of a document's list, and the column with an element as a document."""
    if engine == "sqlite":
        rows = sa.func.json_each(document, _path(name)).table_valued("key", "value")
    else:
        held = sa.func.jsonb_extract_path(_json(document), *name.split("."))
        rows = sa.func.jsonb_array_elements(held).table_valued("value")
    return rows, rows.c.value


def _typed(engine: str, value: Column, kind: PropertyKind) -> Column:
    if kind in {PropertyKind.TEXT, PropertyKind.FLAG}:
        # Text sorts by code point on both engines.
        return sa.collate(value, "C") if engine == "postgresql" else sa.type_coerce(value, sa.Text)
    if kind is PropertyKind.NUMBER:
        return sa.cast(value, sa.Double) if engine == "postgresql" else sa.type_coerce(value, sa.Double)
    seconds = sa.cast(value, sa.Numeric) if engine == "postgresql" else value
    return sa.cast(sa.func.round(seconds * 1000), sa.BigInteger)


def _json(document: Column) -> Column:
    return sa.cast(document, JSONB)


def _path(name: str) -> str:
    return "$" + "".join(f'."{part}"' for part in name.split("."))
