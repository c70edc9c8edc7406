"""Settings of an account, and those of its people."""

from cardwright.core.users import user_key
from cardwright.storage.engines.database import Connection

_GET = "SELECT value FROM settings WHERE account_id = :account AND user_key = :user_key AND name = :name"
_PUT = """
    INSERT INTO settings (account_id, user_key, name, value) VALUES (:account, :user_key, :name, :value)
    ON CONFLICT (account_id, user_key, name) DO UPDATE SET value = :value"""
_DELETE = "DELETE FROM settings WHERE account_id = :account AND user_key = :user_key AND name = :name"
_OF_ACCOUNT = ""  # the user key of the account's own settings


class SettingTable:
    """The settings of one account. ``user`` is None for the account's own."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def get(self, name: str, user: str | None = None) -> str | None:
        """Return a setting; None if it was never set, or was set back."""
        row = self._connection.row(_GET, self._key(name, user))
        return None if row is None else str(row[0])

    def put(self, name: str, value: str | None, user: str | None = None) -> None:
        """Store a setting; None sets it back."""
        if value is None:
            self._connection.run(_DELETE, self._key(name, user))
        else:
            self._connection.run(_PUT, self._key(name, user) | {"value": value})

    def _key(self, name: str, user: str | None) -> dict[str, object]:
        return {"account": self._account, "user_key": _OF_ACCOUNT if user is None else user_key(user), "name": name}
