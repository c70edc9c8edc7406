"""Account events: changes to users, access keys and buckets. Events are only ever added."""

from collections.abc import Collection, Sequence

from cardwright.core.account_events import AccountEvent, AccountEventKind
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import as_list, listed

_COLUMNS = "event_id, at, actor, role, source, request_id, event, subject, details, interface"
_INSERT = f"""
    INSERT INTO account_events (account_id, {_COLUMNS})
    VALUES (:account, :event_id, :at, :actor, :role, :source, :request_id, :event, :subject, :details, :interface)"""
_LIST = f"""
    SELECT {_COLUMNS} FROM account_events WHERE account_id = :account AND event_id < :at
    ORDER BY event_id DESC LIMIT :limit"""
_LIST_BACK = f"""
    SELECT {_COLUMNS} FROM account_events WHERE account_id = :account AND event_id > :at
    ORDER BY event_id LIMIT :limit"""
_USER_DELETED = f"""
    SELECT 1 FROM account_events
    WHERE account_id = :account AND event = '{AccountEventKind.USER_DELETED}' AND at >= :since AND lower(subject) = :key
    LIMIT 1"""
_DELETIONS = f"""
    SELECT lower(subject), at FROM account_events
    WHERE account_id = :account AND event = '{AccountEventKind.USER_DELETED}' AND lower(subject) IN ({{keys}})
    ORDER BY at"""
_LAST = "~"  # sorts after every identifier


class AccountEventTable:
    """The events of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def of(self, account: str) -> "AccountEventTable":
        """Return the events of another account."""
        return AccountEventTable(self._connection, account)

    def append(self, event: AccountEvent) -> None:
        self._connection.run(_INSERT, event._asdict() | {"account": self._account})

    def has_deleted_user(self, key: str, since: int) -> bool:
        """Whether a user with this key was deleted at a time or later."""
        return self._connection.row(_USER_DELETED, {"account": self._account, "key": key, "since": since}) is not None

    def deletions(self, keys: Collection[str]) -> dict[str, Sequence[int]]:
        """Return when users of these keys were deleted, oldest first, by key."""
        sql = _DELETIONS.format(keys=listed(self._connection.engine, "keys"))
        found: dict[str, Sequence[int]] = {}
        for key, at in self._connection.rows(sql, {"account": self._account, "keys": as_list([*keys])}):
            found[key] = (*found.get(key, ()), at)
        return found

    def list(self, limit: int, at: str | None = None, *, backwards: bool = False) -> list[AccountEvent]:
        """Return at most ``limit`` events before an event, newest first; backwards, those after it, oldest first."""
        parameters = {"account": self._account, "at": at or _LAST, "limit": limit}
        rows = self._connection.rows(_LIST_BACK if backwards else _LIST, parameters)
        return [AccountEvent(*row) for row in rows]
