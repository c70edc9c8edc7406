"""Saved views and chosen columns of the list of cards, by person."""

from collections.abc import Sequence

import orjson

from cardwright.core.saved_view import SavedView
from cardwright.core.users import user_key
from cardwright.storage.engines.database import Connection

_LIST = """
    SELECT name, address FROM saved_views WHERE account_id = :account AND user_key = :user_key
    ORDER BY saved_at, name"""
_PUT = """
    INSERT INTO saved_views (account_id, user_key, name, address, saved_at)
    VALUES (:account, :user_key, :name, :address, :saved_at)
    ON CONFLICT (account_id, user_key, name) DO UPDATE SET address = :address"""
_DELETE = "DELETE FROM saved_views WHERE account_id = :account AND user_key = :user_key AND name = :name"
_COLUMNS = "SELECT columns FROM list_columns WHERE account_id = :account AND user_key = :user_key"
_PUT_COLUMNS = """
    INSERT INTO list_columns (account_id, user_key, columns) VALUES (:account, :user_key, :columns)
    ON CONFLICT (account_id, user_key) DO UPDATE SET columns = :columns"""
_DELETE_COLUMNS = "DELETE FROM list_columns WHERE account_id = :account AND user_key = :user_key"


class SavedViewTable:
    """The views and columns of one person."""

    __slots__ = ("_connection", "_person")

    def __init__(self, connection: Connection, account: str, user: str) -> None:
        self._connection = connection
        self._person: dict[str, object] = {"account": account, "user_key": user_key(user)}

    def list(self) -> list[SavedView]:
        """Return the person's views, first saved first."""
        return [SavedView._make(row) for row in self._connection.rows(_LIST, self._person)]

    def put(self, view: SavedView, at: int) -> None:
        """Save a view, or give the view of this name another address."""
        self._connection.run(_PUT, self._person | view._asdict() | {"saved_at": at})

    def delete(self, name: str) -> bool:
        """Delete a view. Returns False if no view has this name."""
        return self._connection.run(_DELETE, self._person | {"name": name}) > 0

    def columns(self) -> tuple[str, ...]:
        """Return the columns that the person chose; empty for the default columns."""
        row = self._connection.row(_COLUMNS, self._person)
        return () if row is None else tuple(orjson.loads(row[0]))

    def set_columns(self, columns: Sequence[str]) -> None:
        """Store the columns that the person chose; empty for the default columns."""
        if columns:
            self._connection.run(_PUT_COLUMNS, self._person | {"columns": orjson.dumps(list(columns)).decode()})
        else:
            self._connection.run(_DELETE_COLUMNS, self._person)
