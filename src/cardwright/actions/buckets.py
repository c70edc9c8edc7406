"""Claim buckets for accounts, and keep accounts out of those of others."""

from cardwright.actions.account_events import record_event
from cardwright.core.account_events import Done
from cardwright.core.buckets import bucket_key, check_claimable, check_owner, is_open_to
from cardwright.core.people import Role
from cardwright.storage.unit import Unit


def claim_bucket(unit: Unit, bucket: str) -> None:
    """Make a bucket the caller's account's, unless it is already. Of several accounts at once, one gets it.

    Raises:
        Invalid: not a bucket's name.
        BucketHeld: it is another account's; or nobody's, where buckets have to be given.
    """
    key, account = bucket_key(bucket), unit.actor.scope.account
    owner = unit.buckets.owner(key)
    if owner is None:
        check_claimable(bucket, account, claimable=unit.rules.claimable)
        if unit.buckets.claim(key, unit.now, unit.actor.user):
            record_event(unit, Done.BUCKET_CLAIMED, key)
            return
        owner = unit.buckets.owner(key)  # another account was quicker
    check_owner(bucket, owner, account)


def check_bucket_access(unit: Unit, bucket: str) -> None:
    """Let the caller's account into a bucket that is its own, or that nobody has claimed.

    Raises:
        Invalid: not a bucket's name.
        BucketHeld: it is another account's.
    """
    check_owner(bucket, unit.buckets.owner(bucket_key(bucket)), unit.actor.scope.account)


def may_export_to(unit: Unit, bucket: str) -> bool:
    """Whether the caller's account may export to a bucket: its own, or nobody's where it would get that.

    Raises:
        Invalid: not a bucket's name.
    """
    owner = unit.buckets.owner(bucket_key(bucket))
    return is_open_to(owner, unit.actor.scope.account) and (owner is not None or unit.rules.claimable)


def suggest_bucket(unit: Unit, bucket: str) -> str | None:
    """A bucket to export to: that one, one named after it and the caller's account, or the account's first; None when
    the account may export to none of them."""
    names = (bucket, f"{bucket}-{unit.actor.scope.account}")
    return next((name for name in names if may_export_to(unit, name)), None) or unit.buckets.first()


def give_bucket(unit: Unit, bucket: str) -> bool:
    """Make a bucket the caller's account's, whoever had it; False, and nothing changed, when it is already.

    For whoever runs the server: an account's own administrators must not take buckets from others.

    Raises:
        Denied: the caller is no administrator.
        Invalid: not a bucket's name.
    """
    unit.actor.require(Role.ADMIN, "GiveBucket", bucket)
    key, account = bucket_key(bucket), unit.actor.scope.account
    while unit.buckets.owner(key) != account:  # others may claim it between two of these statements
        before = unit.buckets.take(key)
        if before is not None:
            record_event(unit, Done.BUCKET_RELEASED, key, "given to another account", account=before)
        if unit.buckets.claim(key, unit.now, unit.actor.user):
            record_event(unit, Done.BUCKET_GIVEN, key)
            return True
    return False


def release_bucket(unit: Unit, bucket: str) -> bool:
    """Make a bucket of the caller's account nobody's; False, and nothing changed, when it is not the account's.

    For whoever runs the server, as :func:`give_bucket`: what lies in the bucket may be read by all accounts then.

    Raises:
        Denied: the caller is no administrator.
        Invalid: not a bucket's name.
    """
    unit.actor.require(Role.ADMIN, "ReleaseBucket", bucket)
    key = bucket_key(bucket)
    released = unit.buckets.release(key)
    if released:
        record_event(unit, Done.BUCKET_RELEASED, key)
    return released
