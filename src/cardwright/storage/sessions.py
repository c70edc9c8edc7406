"""Sessions of signed-in users, and counters of sign-in attempts."""

from cardwright.core.people import Role
from cardwright.core.sessions import Limit, Session, SignedIn
from cardwright.storage.engines.database import Connection

_COLUMNS = "s.account_id, s.digest, s.user_name, s.created_at, s.seen_at, s.source, s.ended_at"
_FIND = f"""
    SELECT {_COLUMNS}, u.role, u.disabled_at FROM sessions s
    LEFT JOIN users u ON u.account_id = s.account_id AND u.user_key = lower(s.user_name)
    WHERE s.account_id = :account AND s.digest = :digest"""
_LIST = f"""
    SELECT {_COLUMNS} FROM sessions s WHERE s.account_id = :account AND s.user_name = :user AND s.ended_at IS NULL
    ORDER BY s.seen_at DESC, s.digest"""
_INSERT = """
    INSERT INTO sessions (account_id, digest, user_name, created_at, seen_at, source)
    VALUES (:account, :digest, :user, :created_at, :seen_at, :source)"""
_SEEN = """
    UPDATE sessions SET seen_at = :at WHERE account_id = :account AND digest = :digest AND ended_at IS NULL"""
_END = """
    UPDATE sessions SET ended_at = :at
    WHERE account_id = :account AND user_name = :user AND ended_at IS NULL AND digest = :digest"""
_END_ALL = """
    UPDATE sessions SET ended_at = :at
    WHERE account_id = :account AND user_name = :user AND ended_at IS NULL AND digest <> :keep"""
_FORGET = "DELETE FROM sessions WHERE account_id = :account AND seen_at < :before"
_FORGET_USER = "DELETE FROM sessions WHERE account_id = :account AND user_name = :user"

# One statement checks the limit and counts, so that concurrent attempts, on any server, cannot pass together.
_TRY = """
    INSERT INTO sign_in_tries (account_id, subject, ahead_to) VALUES (:account, :subject, :now + :pause)
    ON CONFLICT (account_id, subject) DO UPDATE SET ahead_to = :pause
        + CASE WHEN sign_in_tries.ahead_to > :now THEN sign_in_tries.ahead_to ELSE :now END
    WHERE sign_in_tries.ahead_to <= :now + :room"""
_AHEAD = "SELECT ahead_to FROM sign_in_tries WHERE account_id = :account AND subject = :subject"
_GIVE_BACK = """
    UPDATE sign_in_tries SET ahead_to = ahead_to - :pause WHERE account_id = :account AND subject = :subject"""
_CLEAR = "DELETE FROM sign_in_tries WHERE account_id = :account AND subject = :subject"
_FORGET_TRIES = "DELETE FROM sign_in_tries WHERE ahead_to < :now"


class SessionTable:
    """The sessions of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, digest: str) -> SignedIn | None:
        """Return a session in any state, and its user's role now."""
        row = self._connection.row(_FIND, {"account": self._account, "digest": digest})
        if row is None:
            return None
        *session, role, disabled_at = row
        return SignedIn(Session(*session), None if role is None or disabled_at is not None else Role(role))

    def list(self, user: str) -> list[Session]:
        """Return a user's sessions that were not ended, last used first."""
        return [Session(*row) for row in self._connection.rows(_LIST, {"account": self._account, "user": user})]

    def insert(self, session: Session) -> None:
        self._connection.run(_INSERT, session._asdict() | {"account": self._account})

    def record_use(self, digest: str, at: int) -> None:
        """Record that a session is in use."""
        self._connection.run(_SEEN, {"account": self._account, "digest": digest, "at": at})

    def end(self, user: str, digest: str, at: int) -> bool:
        """End a user's session. False when it is not active."""
        parameters = {"account": self._account, "user": user, "digest": digest, "at": at}
        return self._connection.run(_END, parameters) > 0

    def end_all(self, user: str, at: int, *, keep: str = "") -> int:
        """End a user's sessions except one. Returns their number."""
        parameters = {"account": self._account, "user": user, "at": at, "keep": keep}
        return self._connection.run(_END_ALL, parameters)

    def forget(self, before: int) -> None:
        """Delete sessions that were last used before a time."""
        self._connection.run(_FORGET, {"account": self._account, "before": before})

    def forget_user(self, user: str) -> None:
        """Delete all sessions of a user."""
        self._connection.run(_FORGET_USER, {"account": self._account, "user": user})


class AttemptTable:
    """Counters of failed sign-in attempts. The counter of a source has no account: its account is empty."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, account: str, subject: str, limit: Limit, now: int) -> int:
        """Count an attempt. Returns 0, or, without counting, the milliseconds until one is allowed."""
        key = {"account": account, "subject": subject}
        tried = self._connection.run(_TRY, key | {"now": now, "pause": limit.pause, "room": limit.room})
        return 0 if tried > 0 else max(1, self.wait(account, subject, limit, now))

    def wait(self, account: str, subject: str, limit: Limit, now: int) -> int:
        """Return the milliseconds until an attempt is allowed, 0 when one is allowed now. Does not count."""
        row = self._connection.row(_AHEAD, {"account": account, "subject": subject})
        return 0 if row is None else max(0, int(row[0]) - limit.room - now)

    def take_back(self, account: str, subject: str, limit: Limit) -> None:
        """Take one attempt back from the counter: it succeeded."""
        self._connection.run(_GIVE_BACK, {"account": account, "subject": subject, "pause": limit.pause})

    def clear(self, account: str, subject: str) -> None:
        """Reset a subject's counter."""
        self._connection.run(_CLEAR, {"account": account, "subject": subject})

    def forget(self, now: int) -> None:
        """Delete expired counters."""
        self._connection.run(_FORGET_TRIES, {"now": now})
