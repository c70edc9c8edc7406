"""Owners of buckets."""

from cardwright.core.buckets import Claim
from cardwright.storage.engines.database import Connection

_COLUMNS = "account_id, bucket, claimed_at, claimed_by"
_OWNER = "SELECT account_id FROM buckets WHERE bucket = :bucket"
_CLAIM = f"""
    INSERT INTO buckets ({_COLUMNS}) VALUES (:account, :bucket, :at, :by) ON CONFLICT DO NOTHING"""
_FIRST = "SELECT min(bucket) FROM buckets WHERE account_id = :account"
_NAMES = "SELECT bucket FROM buckets WHERE account_id = :account"
_TAKE = "DELETE FROM buckets WHERE bucket = :bucket AND account_id <> :account RETURNING account_id"
_RELEASE = "DELETE FROM buckets WHERE bucket = :bucket AND account_id = :account"
_LIST = f"SELECT {_COLUMNS} FROM buckets ORDER BY account_id, bucket"


class BucketTable:
    """The buckets of one account. Owners are read across accounts: bucket names are unique on a server."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def owner(self, bucket: str) -> str | None:
        """Return the account that owns a bucket; None for an unassigned bucket."""
        row = self._connection.row(_OWNER, {"bucket": bucket})
        return None if row is None else str(row[0])

    def first(self) -> str | None:
        """Return the account's first bucket, by name."""
        row = self._connection.row(_FIRST, {"account": self._account})
        return None if row is None else row[0]

    def names(self) -> frozenset[str]:
        """The account's buckets."""
        return frozenset(row[0] for row in self._connection.rows(_NAMES, {"account": self._account}))

    def claim(self, bucket: str, at: int, by: str) -> bool:
        """Assign a bucket to the account. False, without a change, when it is assigned already."""
        parameters = {"account": self._account, "bucket": bucket, "at": at, "by": by}
        return self._connection.run(_CLAIM, parameters) == 1

    def take(self, bucket: str) -> str | None:
        """Take a bucket from the other account that owns it, and return that account; None for an unassigned bucket."""
        rows = self._connection.rows(_TAKE, {"account": self._account, "bucket": bucket})
        return str(rows[0][0]) if rows else None

    def release(self, bucket: str) -> bool:
        """Release a bucket of the account. False, without a change, when the account does not own it."""
        return self._connection.run(_RELEASE, {"account": self._account, "bucket": bucket}) == 1


def claimed_buckets(connection: Connection) -> list[Claim]:
    """Return all assigned buckets, by account and name."""
    return [Claim(*row) for row in connection.rows(_LIST, {})]
