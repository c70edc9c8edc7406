"""Access keys: their owners, roles and revocations. Their secrets are not stored."""

from collections.abc import Callable, Sequence

from cardwright.core.access_keys import AccessKey
from cardwright.core.listing import Position
from cardwright.core.people import Role
from cardwright.storage.engines.database import Connection

_COLUMNS = "account_id, access_key_id, user_name, role, created_at, revoked_at"
_FIND = f"SELECT {_COLUMNS} FROM access_keys WHERE account_id = :account AND access_key_id = :access_key_id"
_LIST = f"SELECT {_COLUMNS} FROM access_keys WHERE account_id = :account ORDER BY created_at, access_key_id"
_LIST_ALL = f"SELECT {_COLUMNS} FROM access_keys ORDER BY account_id, created_at, access_key_id"
# Few accounts have more than some hundred keys, and only administrators list them: no index orders them.
_PAGE = f"""
    SELECT {_COLUMNS} FROM access_keys
    WHERE account_id = :account AND revoked_at IS %s AND (created_at, access_key_id) < (:created_at, :access_key_id)
    ORDER BY created_at DESC, access_key_id DESC LIMIT :limit"""
_PAGE_BACK = f"""
    SELECT {_COLUMNS} FROM access_keys
    WHERE account_id = :account AND revoked_at IS %s AND (created_at, access_key_id) > (:created_at, :access_key_id)
    ORDER BY created_at, access_key_id LIMIT :limit"""
_NEVER = 2**62
_INSERT = f"""
    INSERT INTO access_keys ({_COLUMNS}) VALUES (:account, :access_key_id, :user_name, :role, :created_at, NULL)"""
_REVOKE = """
    UPDATE access_keys SET revoked_at = :revoked_at
    WHERE account_id = :account AND access_key_id = :access_key_id AND revoked_at IS NULL"""


class AccessKeyTable:
    """The access keys of all accounts; every method except :meth:`list` names the account."""

    __slots__ = ("_connection", "_on_revoke")

    def __init__(self, connection: Connection, on_revoke: Callable[[], None] = lambda: None) -> None:
        self._connection = connection
        self._on_revoke = on_revoke

    def find(self, account: str, access_key_id: str) -> AccessKey | None:
        row = self._connection.row(_FIND, {"account": account, "access_key_id": access_key_id})
        return None if row is None else _access_key(row)

    def list(self, account: str | None = None) -> list[AccessKey]:
        """Return the keys of one account, or of all, in the order of their creation."""
        rows = self._connection.rows(_LIST, {"account": account}) if account else self._connection.rows(_LIST_ALL, {})
        return [_access_key(row) for row in rows]

    def page(
        self, account: str, *, active: bool, at: Position | None, limit: int, backwards: bool = False
    ) -> Sequence[AccessKey]:
        """Return at most ``limit`` active or revoked keys before a position, newest first.

        Backwards: those after it, oldest first.
        """
        created_at, access_key_id = at or (_NEVER, "")
        place = {"account": account, "created_at": created_at, "access_key_id": access_key_id, "limit": limit}
        sql = _PAGE_BACK if backwards else _PAGE
        rows = self._connection.rows(sql % ("NULL" if active else "NOT NULL"), place)
        return [_access_key(row) for row in rows]

    def insert(self, key: AccessKey) -> None:
        self._connection.run(
            _INSERT,
            {
                "account": key.account,
                "access_key_id": key.access_key_id,
                "user_name": key.user,
                "role": key.role,
                "created_at": key.created_at,
            },
        )

    def revoke(self, account: str, access_key_id: str, at: int) -> bool:
        """Revoke a key. False when it does not exist or is revoked already."""
        self._on_revoke()
        parameters = {"account": account, "access_key_id": access_key_id, "revoked_at": at}
        return self._connection.run(_REVOKE, parameters) > 0


def _access_key(row: tuple[str, str, str, str, int, int | None]) -> AccessKey:
    account, access_key_id, user, role, created_at, revoked_at = row
    return AccessKey(account, access_key_id, user, Role(role), created_at, revoked_at)
