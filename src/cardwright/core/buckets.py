"""Ownership of buckets.

The server uses its own credentials for every account. To separate accounts, a bucket belongs to the first account that
exports to it, until the operator of the server gives it to another account or releases it.
Where accounts may not claim buckets, they can export only to buckets that the operator gave to them.
"""

from typing import NamedTuple

from cardwright.core.errors import BucketHeld
from cardwright.core.evidence import is_evidence_bucket
from cardwright.core.objects import check_bucket


class Claim(NamedTuple):
    """The ownership of a bucket by an account.

    Attributes:
        bucket: its key, from :func:`bucket_key`.
        claimed_at: the start of the ownership, in milliseconds since the epoch.
        claimed_by: the user who exported to it first, or the operator who gave it.
    """

    account: str
    bucket: str
    claimed_at: int
    claimed_by: str


def bucket_key(bucket: str) -> str:
    """Return the key of a bucket: its name in lower case, since file systems may ignore case.

    Raises:
        Invalid: not a valid bucket name.
    """
    return check_bucket(bucket).lower()


def check_reserved(bucket: str) -> None:
    """Raise :class:`BucketHeld` for a bucket of evidence: files there never change, and nothing else is written."""
    if is_evidence_bucket(bucket):
        raise BucketHeld(f"The bucket {bucket} is reserved for evidence: use another bucket")


def is_open_to(owner: str | None, account: str) -> bool:
    """Whether an account may use a bucket with that owner: its own one, or an unassigned one."""
    return owner in {None, account}


def check_owner(bucket: str, owner: str | None, account: str) -> None:
    """Raise :class:`BucketHeld` when another account owns the bucket. The error does not name that account."""
    if not is_open_to(owner, account):
        raise BucketHeld(
            f"Account {account} has no access to the bucket {bucket}, which belongs to another account of this server:"
            " use another bucket, or ask the operator of the server to move it here with `cardwright bucket give"
            f" {bucket} --account {account}`"
        )


def check_claimable(bucket: str, account: str, *, claimable: bool) -> None:
    """Raise :class:`BucketHeld` for an unassigned bucket when accounts may not claim buckets."""
    if not claimable:
        raise BucketHeld(
            f"Account {account} has no access to the bucket {bucket}: it is not assigned to an account, and this server"
            " exports only to assigned buckets. Use another bucket, or ask the operator of the server to assign it with"
            f" `cardwright bucket give {bucket} --account {account}`"
        )
