"""Users who sign in."""

from collections.abc import Iterable, Sequence

from cardwright.core.people import Role
from cardwright.core.users import User, user_key
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.narrowing import as_list, listed

_COLUMNS = (
    "account_id, user_name, role, password, created_at, created_by, password_at, disabled_at, signed_in_at,"
    " display_name, email"
)
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
        :signed_in_at, :display_name, :email)
    ON CONFLICT DO NOTHING"""
_UPDATE = """
    UPDATE users SET role = :role, password = :password, password_at = :password_at, disabled_at = :disabled_at,
        signed_in_at = :signed_in_at, display_name = :display_name, email = :email
    WHERE account_id = :account AND user_key = :user_key"""
_DELETE = "DELETE FROM users WHERE account_id = :account AND user_key = :user_key"
_NAMED = """
    SELECT user_name, display_name FROM users WHERE account_id = :account AND display_name IS NOT NULL
    ORDER BY user_key LIMIT :limit"""
_CALLED = """
    SELECT user_name FROM users WHERE account_id = :account AND user_key <> :user_key
    AND (lower(display_name) = :called OR user_key = :called) LIMIT 1"""
_GROUPS = "SELECT group_name FROM user_groups WHERE account_id = :account AND user_key = :user_key ORDER BY group_name"
_ALL_GROUPS = "SELECT user_key, group_name FROM user_groups WHERE account_id = :account ORDER BY user_key, group_name"
_GROUP_NAMES = "SELECT DISTINCT group_name FROM user_groups WHERE account_id = :account ORDER BY group_name"
_MEMBERS = """
    SELECT group_name, user_key FROM user_groups WHERE account_id = :account AND group_name IN ({groups})
    ORDER BY group_name, user_key"""
_LEAVE = "DELETE FROM user_groups WHERE account_id = :account AND user_key = :user_key"
_JOIN = "INSERT INTO user_groups (account_id, user_key, group_name) VALUES (:account, :user_key, :group_name)"
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
        """Delete a user whose sessions are deleted, with the groups."""
        self.set_groups(name, ())
        self._connection.run(_DELETE, {"account": self._account, "user_key": user_key(name)})

    def display_names(self, limit: int) -> dict[str, str]:
        """Return at most ``limit`` display names, by user name."""
        return dict(self._connection.rows(_NAMED, {"account": self._account, "limit": limit}))

    def other_called(self, display_name: str, *, besides: str) -> str | None:
        """Return another user with this user name or display name, ignoring case."""
        parameters = {"account": self._account, "user_key": user_key(besides), "called": display_name.lower()}
        row = self._connection.row(_CALLED, parameters)
        return None if row is None else str(row[0])

    def groups(self, name: str) -> tuple[str, ...]:
        """Return the groups of a user, by name."""
        rows = self._connection.rows(_GROUPS, {"account": self._account, "user_key": user_key(name)})
        return tuple(row[0] for row in rows)

    def all_groups(self) -> dict[str, tuple[str, ...]]:
        """Return the groups of all users that have any, by the user's key."""
        found: dict[str, tuple[str, ...]] = {}
        for key, group in self._connection.rows(_ALL_GROUPS, {"account": self._account}):
            found[key] = (*found.get(key, ()), group)
        return found

    def group_names(self) -> tuple[str, ...]:
        """Return the groups that have people, by name."""
        return tuple(row[0] for row in self._connection.rows(_GROUP_NAMES, {"account": self._account}))

    def members(self, groups: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the keys of the people in groups, by group. Groups without people are left out."""
        sql = _MEMBERS.format(groups=listed(self._connection.engine, "groups"))
        found: dict[str, tuple[str, ...]] = {}
        for group, key in self._connection.rows(sql, {"account": self._account, "groups": as_list([*groups])}):
            found[group] = (*found.get(group, ()), key)
        return found

    def set_groups(self, name: str, groups: Sequence[str]) -> None:
        """Replace the groups of a user."""
        of_user: dict[str, object] = {"account": self._account, "user_key": user_key(name)}
        self._connection.run(_LEAVE, of_user)
        for group in groups:
            self._connection.run(_JOIN, of_user | {"group_name": group})

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
