"""What all tables share: their metadata, and the differences between the engines."""

from typing import Any

from sqlalchemy import MetaData, Text, text

TEXT = Text().with_variant(Text(collation="C"), "postgresql")

metadata = MetaData()

# Any: keywords of a dialect come after the typed ones of SQLAlchemy.
ONE_TREE: dict[str, Any] = {"sqlite_with_rowid": False}
"""On SQLite the rows are stored in the primary key's tree: a write touches half as many pages."""


def where(condition: str) -> dict[str, Any]:
    """Leave rows without the value out of an index, on both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
