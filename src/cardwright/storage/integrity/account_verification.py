"""Reads the users, access keys, sessions, buckets, review policies and events of every account for verification."""

from collections.abc import Iterator
from typing import cast

from cardwright.core.access_keys import AccessKey
from cardwright.core.account_events import AccountEvent
from cardwright.core.buckets import Claim
from cardwright.core.integrity.account_verification import AccountHoldings, check_account
from cardwright.core.integrity.policy_verification import PolicyRecord
from cardwright.core.integrity.verification import Fault
from cardwright.core.people import Role
from cardwright.core.users import User
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection, Parameters, Row
from cardwright.storage.integrity.column_kinds import Columns, WrongKind, shown_key

_EVENTS_AT_ONCE = 500
_TABLES = ("users", "access_keys", "sessions", "buckets", "account_events", "review_policies")
_ACCOUNTS = " UNION ".join(f"SELECT account_id FROM {table}" for table in _TABLES) + " ORDER BY 1"

_USER_COLUMNS = (
    "user_key",
    "account_id",
    "user_name",
    "role",
    "password",
    "created_at",
    "created_by",
    "password_at",
    "disabled_at",
    "signed_in_at",
    "display_name",
    "email",
)
_KEY_COLUMNS = ("account_id", "access_key_id", "user_name", "role", "created_at", "revoked_at")
_SESSION_COLUMNS = ("user_name", "digest", "created_at", "seen_at", "source", "ended_at")
_BUCKET_COLUMNS = ("account_id", "bucket", "claimed_at", "claimed_by")
_POLICY_COLUMNS = (
    "name",
    "version",
    "text",
    "digest",
    "active",
    "stored_at",
    "stored_by",
    "activated_at",
    "deleted_at",
)
_EVENT_COLUMNS = ("event_id", "at", "actor", "role", "source", "request_id", "event", "subject", "details", "interface")
_USERS = f"SELECT {', '.join(_USER_COLUMNS)} FROM users WHERE account_id = :account ORDER BY user_key"
_KEYS = f"SELECT {', '.join(_KEY_COLUMNS)} FROM access_keys WHERE account_id = :account ORDER BY access_key_id"
_SESSIONS = f"SELECT {', '.join(_SESSION_COLUMNS)} FROM sessions WHERE account_id = :account ORDER BY digest"
_BUCKETS = f"SELECT {', '.join(_BUCKET_COLUMNS)} FROM buckets WHERE account_id = :account ORDER BY bucket"
_POLICIES = (
    f"SELECT {', '.join(_POLICY_COLUMNS)} FROM review_policies WHERE account_id = :account ORDER BY name, version"
)
_EVENTS = f"""
    SELECT {", ".join(_EVENT_COLUMNS)} FROM account_events WHERE account_id = :account AND event_id > :after
    ORDER BY event_id LIMIT :limit"""

_ACCOUNT = Columns(tables.users, ("account_id",))
_PEOPLE = Columns(tables.users, _USER_COLUMNS)
_ACCESS_KEYS = Columns(tables.access_keys, _KEY_COLUMNS)
_SIGNED_IN = Columns(tables.sessions, _SESSION_COLUMNS)
_CLAIMED = Columns(tables.buckets, _BUCKET_COLUMNS)
_REVIEW_POLICIES = Columns(tables.review_policies, _POLICY_COLUMNS)
_ACCOUNT_EVENTS = Columns(tables.account_events, _EVENT_COLUMNS)


class AccountVerification:
    """One verification of the accounts of a store.

    Attributes:
        events: the number of events that were read so far.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.events = 0

    def faults(self) -> Iterator[Fault]:
        """Yield the faults of each account, up to the first value of a wrong type, which stops its verification."""
        for (account,) in self._connection.rows(_ACCOUNTS, {}):
            try:
                _ACCOUNT.check("a record", (account,))
                for record, problem in check_account(self._holdings({"account": account})):
                    yield Fault(account, "", "", record, problem)
            except WrongKind as found:
                yield Fault(shown_key(account), "", "", found.record, found.problem)

    def _holdings(self, parameters: Parameters) -> AccountHoldings:
        users = {row[0]: _user(row) for row in self._connection.rows(_USERS, parameters)}
        access_keys = {row[1]: _access_key(row) for row in self._connection.rows(_KEYS, parameters)}
        sessions = self._connection.rows(_SESSIONS, parameters)
        for row in sessions:
            _SIGNED_IN.check(f"a session of {shown_key(row[0])}", row)
        buckets = {row[1]: _claim(row) for row in self._connection.rows(_BUCKETS, parameters)}
        policies = self._connection.rows(_POLICIES, parameters)
        for row in policies:
            _REVIEW_POLICIES.check(f"version {shown_key(row[1])} of the review policy {shown_key(row[0])}", row)
        return AccountHoldings(
            events=self._events(parameters),
            users=users,
            access_keys=access_keys,
            session_users=sorted({row[0].lower() for row in sessions}),
            buckets=buckets,
            policies={(row[0], row[1]): PolicyRecord._make(row[3:]) for row in policies},
            policy_texts={(row[0], row[1]): row[2] for row in policies},
        )

    def _events(self, parameters: Parameters) -> Iterator[AccountEvent]:
        after, full = "", True
        while full:
            rows = self._connection.rows(_EVENTS, {**parameters, "after": after, "limit": _EVENTS_AT_ONCE})
            full = len(rows) == _EVENTS_AT_ONCE
            for row in rows:
                self.events += 1
                _ACCOUNT_EVENTS.check(f"account event {shown_key(row[0])}", row)
                yield AccountEvent(*row)
                after = row[0]


def _user(row: Row) -> User:
    _PEOPLE.check(f"user {shown_key(row[0])}", row)
    _, account, name, role, *rest = row
    return User(account, name, cast("Role", role), *rest)


def _access_key(row: Row) -> AccessKey:
    _ACCESS_KEYS.check(f"access key {shown_key(row[1])}", row)
    account, access_key_id, user, role, *rest = row
    return AccessKey(account, access_key_id, user, cast("Role", role), *rest)


def _claim(row: Row) -> Claim:
    _CLAIMED.check(f"bucket {shown_key(row[1])}", row)
    return Claim(*row)
