"""Which account a bucket belongs to."""

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
    """The buckets of one account. Whose a bucket is is asked across accounts: names of buckets are the server's."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def owner(self, bucket: str) -> str | None:
        """The account that a bucket belongs to; None when nobody has claimed it."""
        row = self._connection.row(_OWNER, {"bucket": bucket})
        return None if row is None else str(row[0])

    def first(self) -> str | None:
        """The account's first bucket, by name."""
        row = self._connection.row(_FIRST, {"account": self._account})
        return None if row is None else row[0]

    def names(self) -> frozenset[str]:
        """The account's buckets."""
        return frozenset(row[0] for row in self._connection.rows(_NAMES, {"account": self._account}))

    def claim(self, bucket: str, at: int, by: str) -> bool:
        """Make a bucket the account's; False, and nothing changed, when somebody has it."""
        parameters = {"account": self._account, "bucket": bucket, "at": at, "by": by}
        return self._connection.run(_CLAIM, parameters) == 1

    def take(self, bucket: str) -> str | None:
        """Take a bucket away from the other account that has it, and give that account; None when none has."""
        rows = self._connection.rows(_TAKE, {"account": self._account, "bucket": bucket})
        return str(rows[0][0]) if rows else None

    def release(self, bucket: str) -> bool:
        """Make a bucket of the account nobody's; False, and nothing changed, when it is not the account's."""
        return self._connection.run(_RELEASE, {"account": self._account, "bucket": bucket}) == 1


def claimed_buckets(connection: Connection) -> list[Claim]:
    """All buckets that belong to an account, by account and name."""
    return [Claim(*row) for row in connection.rows(_LIST, {})]
