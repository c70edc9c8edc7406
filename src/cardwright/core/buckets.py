"""Whose a bucket is.

The server reaches its buckets with credentials of its own, whoever asks. So that accounts do not meet there, a bucket
belongs to the first account that exports to it, until whoever runs the server gives it to another one or releases it.
Where accounts are to claim none by themselves, exports go only to buckets that were given.
"""

from typing import NamedTuple

from cardwright.core.errors import BucketHeld
from cardwright.core.objects import check_bucket


class Claim(NamedTuple):
    """Which account a bucket belongs to.

    Attributes:
        bucket: its key, as :func:`bucket_key` gives it.
        claimed_at: since when, in milliseconds since the epoch.
        claimed_by: who exported to it first, or gave it.
    """

    account: str
    bucket: str
    claimed_at: int
    claimed_by: str


def bucket_key(bucket: str) -> str:
    """What tells buckets apart: the name in small letters, for a folder may not tell case.

    Raises:
        Invalid: not a bucket's name.
    """
    return check_bucket(bucket).lower()


def is_open_to(owner: str | None, account: str) -> bool:
    """Whether an account may use a bucket of that owner: its own, or one that nobody has claimed."""
    return owner in {None, account}


def check_owner(bucket: str, owner: str | None, account: str) -> None:
    """Raise :class:`BucketHeld` when a bucket is another account's. The owner's number is nobody else's business."""
    if not is_open_to(owner, account):
        raise BucketHeld(
            f"Account {account} has no access to the bucket {bucket}, which belongs to another account of this server:"
            " use another bucket, or ask whoever runs the server to move it here with `cardwright bucket give"
            f" {bucket} --account {account}`"
        )


def check_claimable(bucket: str, account: str, *, claimable: bool) -> None:
    """Raise :class:`BucketHeld` for a bucket that nobody has, where accounts claim none by themselves."""
    if not claimable:
        raise BucketHeld(
            f"Account {account} has no access to the bucket {bucket}, which was given to no account, and this server"
            " exports only to buckets that were: use another bucket, or ask whoever runs the server to give it with"
            f" `cardwright bucket give {bucket} --account {account}`"
        )
