"""Users who sign in."""

from collections.abc import Sequence

from cardwright.core.people import Role
from cardwright.core.users import User, user_key
from cardwright.storage.engines.database import Connection, Row

_COLUMNS = "account_id, user_name, role, password, created_at, created_by, password_at, disabled_at, signed_in_at"
_FIND = f"SELECT {_COLUMNS} FROM users WHERE account_id = :account AND user_key = :user_key"
_LIST = f"SELECT {_COLUMNS} FROM users WHERE account_id = :account ORDER BY user_key"
_PAGE = f"""
    SELECT {_COLUMNS} FROM users WHERE account_id = :account AND user_key > :at ORDER BY user_key LIMIT :limit"""
_PAGE_BACK = f"""
    SELECT {_COLUMNS} FROM users WHERE account_id = :account AND user_key < :at ORDER BY user_key DESC LIMIT :limit"""
_ADMINS = """
    SELECT user_key FROM users WHERE account_id = :account AND role = 'admin' AND disabled_at IS NULL
    ORDER BY user_key"""
_INSERT = f"""
    INSERT INTO users (user_key, {_COLUMNS})
    VALUES (:user_key, :account, :name, :role, :password, :created_at, :created_by, :password_at, :disabled_at,
        :signed_in_at)
    ON CONFLICT DO NOTHING"""
_UPDATE = """
    UPDATE users SET role = :role, password = :password, password_at = :password_at, disabled_at = :disabled_at,
        signed_in_at = :signed_in_at
    WHERE account_id = :account AND user_key = :user_key"""
_DELETE = "DELETE FROM users WHERE account_id = :account AND user_key = :user_key"
_ACCOUNTS = "SELECT DISTINCT account_id FROM users ORDER BY account_id LIMIT :limit"


class UserTable:
    """The users of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, name: str, *, lock: bool = False) -> User | None:
        """Return a user by name, ignoring case; with ``lock``, locked against other writers until the unit ends."""
        row = self._connection.row(
            self._locking(_FIND, lock=lock), {"account": self._account, "user_key": user_key(name)}
        )
        return None if row is None else _user(row)

    def list(self) -> list[User]:
        """Return all users, by name."""
        return [_user(row) for row in self._connection.rows(_LIST, {"account": self._account})]

    def page(self, at: str, limit: int, *, backwards: bool = False) -> Sequence[User]:
        """Return at most ``limit`` users after a key, by name; backwards, those before it."""
        sql = _PAGE_BACK if backwards else _PAGE
        rows = self._connection.rows(sql, {"account": self._account, "at": at, "limit": limit})
        return [_user(row) for row in rows]

    def admins(self, *, lock: bool = False) -> frozenset[str]:
        """Return the keys of the active administrators; with ``lock``, locked until the unit ends."""
        sql = self._locking(_ADMINS, lock=lock)
        return frozenset(row[0] for row in self._connection.rows(sql, {"account": self._account}))

    def insert(self, user: User) -> bool:
        """Add a user. False, without a change, when a user of that name exists."""
        return self._connection.run(_INSERT, self._row(user)) > 0

    def update(self, user: User) -> None:
        """Store a user's new state."""
        self._connection.run(_UPDATE, self._row(user))

    def delete(self, name: str) -> None:
        """Delete a user whose sessions are deleted."""
        self._connection.run(_DELETE, {"account": self._account, "user_key": user_key(name)})

    def _locking(self, sql: str, *, lock: bool) -> str:
        return sql + " FOR UPDATE" if lock and self._connection.engine == "postgresql" else sql

    def _row(self, user: User) -> dict[str, object]:
        return user._asdict() | {"account": self._account, "user_key": user_key(user.name)}


def accounts_with_users(connection: Connection, limit: int) -> list[str]:
    """Return at most ``limit`` accounts with users."""
    return [row[0] for row in connection.rows(_ACCOUNTS, {"limit": limit})]


def _user(row: Row) -> User:
    account, name, role, *rest = row
    return User(account, name, Role(role), *rest)
