"""Which account a bucket belongs to."""

from cardwright.core.buckets import Claim
from cardwright.storage.database import Connection

_COLUMNS = "account_id, bucket, claimed_at, claimed_by"
_OWNER = "SELECT account_id FROM buckets WHERE bucket = :bucket"
_INSERT = f"INSERT INTO buckets ({_COLUMNS}) VALUES (:account, :bucket, :at, :by)"
_CLAIM = f"{_INSERT} ON CONFLICT DO NOTHING"
_GIVE = f"""{_INSERT}
    ON CONFLICT (bucket) DO UPDATE
    SET account_id = excluded.account_id, claimed_at = excluded.claimed_at, claimed_by = excluded.claimed_by
    WHERE buckets.account_id <> excluded.account_id"""
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

    def claim(self, bucket: str, at: int, by: str) -> str | None:
        """Make a bucket the account's, unless somebody has it; gives the account that has it now."""
        owner = self.owner(bucket)
        if owner is None and self._connection.run(_CLAIM, self._row(bucket, at, by)) == 1:
            return self._account
        return owner or self.owner(bucket)  # another account may have been quicker

    def give(self, bucket: str, at: int, by: str) -> bool:
        """Make a bucket the account's, whoever had it; False, and nothing changed, when it is already."""
        return self._connection.run(_GIVE, self._row(bucket, at, by)) == 1

    def _row(self, bucket: str, at: int, by: str) -> dict[str, object]:
        return {"account": self._account, "bucket": bucket, "at": at, "by": by}


def claimed_buckets(connection: Connection) -> list[Claim]:
    """All buckets that belong to an account, by account and name."""
    return [Claim(*row) for row in connection.rows(_LIST, {})]
