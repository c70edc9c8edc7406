"""Claim buckets for accounts, and keep accounts out of those of others."""

from cardwright.actions.unit import Unit
from cardwright.core.buckets import bucket_key, check_owner, is_open_to
from cardwright.core.people import Role


def claim_bucket(unit: Unit, bucket: str) -> None:
    """Make a bucket the caller's account's, unless it is already. Of several accounts at once, one gets it.

    Raises:
        Invalid: not a bucket's name.
        BucketHeld: it is another account's.
    """
    owner = unit.buckets.claim(bucket_key(bucket), unit.now, unit.actor.user)
    check_owner(bucket, owner, unit.actor.scope.account)


def check_bucket_access(unit: Unit, bucket: str) -> None:
    """Let the caller's account into a bucket that is its own, or that nobody has claimed.

    Raises:
        Invalid: not a bucket's name.
        BucketHeld: it is another account's.
    """
    check_owner(bucket, unit.buckets.owner(bucket_key(bucket)), unit.actor.scope.account)


def may_use_bucket(unit: Unit, bucket: str) -> bool:
    """Whether a bucket is the caller's account's own, or nobody's. Raises ``Invalid`` for what is no bucket's name."""
    return is_open_to(unit.buckets.owner(bucket_key(bucket)), unit.actor.scope.account)


def suggest_bucket(unit: Unit, bucket: str) -> str | None:
    """That bucket, or one named after it and the caller's account when it is another account's; None when both are."""
    names = (bucket, f"{bucket}-{unit.actor.scope.account}")
    return next((name for name in names if may_use_bucket(unit, name)), None)


def give_bucket(unit: Unit, bucket: str) -> bool:
    """Make a bucket the caller's account's, whoever had it; False, and nothing changed, when it is already.

    For whoever runs the server: an account's own administrators must not take buckets from others.

    Raises:
        Denied: the caller is no administrator.
        Invalid: not a bucket's name.
    """
    unit.actor.require(Role.ADMIN, "GiveBucket", bucket)
    return unit.buckets.give(bucket_key(bucket), unit.now, unit.actor.user)
