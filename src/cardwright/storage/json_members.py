"""Members of JSON documents as columns, in each engine's own way.

Names are those of ``core/search-properties.json``; keys of maps are the user's and are always bound.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from cardwright.core.search import Kind

Column = sa.ColumnElement[Any]


def member(engine: str, document: Column, name: str, kind: Kind) -> Column:
    """The member of a document that a dotted name means, or NULL; times as milliseconds, flags as true and false."""
    if engine == "sqlite":
        read = sa.func.json_type if kind is Kind.FLAG else sa.func.json_extract
        return _typed(engine, read(document, _path(name)), kind)
    return _typed(engine, sa.func.jsonb_extract_path_text(_json(document), *name.split(".")), kind)


def entry(engine: str, document: Column, holder: str, key: str) -> Column:
    """The value that a map holds for a key, or NULL; of ``Metrics``, the highest final value of that metric."""
    if holder == "Metrics":
        rows, element = elements(engine, document, "FinalMetricDataList")
        value = sa.func.max(member(engine, element, "Value", Kind.NUMBER))
        wanted = member(engine, element, "MetricName", Kind.TEXT) == key
        return sa.select(value).select_from(rows).where(wanted).scalar_subquery()
    if engine == "sqlite":
        rows = sa.func.json_each(document, _path(holder)).table_valued("key", "value")
        return sa.select(rows.c.value).select_from(rows).where(rows.c.key == key).scalar_subquery()
    return _typed(engine, sa.func.jsonb_extract_path_text(_json(document), *holder.split("."), key), Kind.TEXT)


def elements(engine: str, document: Column, name: str) -> tuple[sa.FromClause, Column]:
    """A table of the elements of a list in a document, and the column that holds an element as a document."""
    if engine == "sqlite":
        rows = sa.func.json_each(document, _path(name)).table_valued("key", "value")
    else:
        held = sa.func.jsonb_extract_path(_json(document), *name.split("."))
        rows = sa.func.jsonb_array_elements(held).table_valued("value")
    return rows, rows.c.value


def _typed(engine: str, value: Column, kind: Kind) -> Column:
    if kind in {Kind.TEXT, Kind.FLAG}:
        # Text sorts by code point on both engines.
        return sa.collate(value, "C") if engine == "postgresql" else sa.type_coerce(value, sa.Text)
    if kind is Kind.NUMBER:
        return sa.cast(value, sa.Double) if engine == "postgresql" else sa.type_coerce(value, sa.Double)
    seconds = sa.cast(value, sa.Numeric) if engine == "postgresql" else value
    return sa.cast(sa.func.round(seconds * 1000), sa.BigInteger)


def _json(document: Column) -> Column:
    return sa.cast(document, JSONB)


def _path(name: str) -> str:
    return "$" + "".join(f'."{part}"' for part in name.split("."))
