"""Claim buckets for accounts, and refuse access to buckets of other accounts."""

from cardwright.actions.events import record_account_event
from cardwright.core.account_events import AccountEventKind
from cardwright.core.buckets import bucket_key, check_claimable, check_owner, check_reserved, is_open_to
from cardwright.core.people import Role
from cardwright.storage.unit import Unit


def claim_bucket(unit: Unit, bucket: str) -> None:
    """Assign a bucket to the caller's account, unless it is assigned already. One of several concurrent callers wins.

    Raises:
        Invalid: not a valid bucket name.
        BucketHeld: another account owns it, it is reserved, or it is unassigned and accounts may not claim buckets.
    """
    check_reserved(bucket)
    key, account = bucket_key(bucket), unit.actor.scope.account
    owner = unit.buckets.owner(key)
    if owner is None:
        check_claimable(bucket, account, claimable=unit.rules.claimable)
        if unit.buckets.claim(key, unit.now, unit.actor.user):
            record_account_event(unit, AccountEventKind.BUCKET_CLAIMED, key)
            return
        owner = unit.buckets.owner(key)  # another account was quicker
    check_owner(bucket, owner, account)


def check_bucket_access(unit: Unit, bucket: str) -> None:
    """Check that the caller's account may use a bucket: its own one, or an unassigned one.

    Raises:
        Invalid: not a valid bucket name.
        BucketHeld: another account owns it, or it is reserved for evidence.
    """
    check_reserved(bucket)
    check_owner(bucket, unit.buckets.owner(bucket_key(bucket)), unit.actor.scope.account)


def owned_buckets(unit: Unit) -> frozenset[str]:
    """Return the buckets of the caller's account."""
    unit.actor.require(Role.VIEWER, "ListBuckets", "s3")
    return unit.buckets.names()


def may_export_to(unit: Unit, bucket: str) -> bool:
    """Whether the caller's account may export to a bucket: its own one, or an unassigned one that it may claim.

    Raises:
        Invalid: not a valid bucket name.
    """
    owner = unit.buckets.owner(bucket_key(bucket))
    return is_open_to(owner, unit.actor.scope.account) and (owner is not None or unit.rules.claimable)


def suggest_bucket(unit: Unit, bucket: str) -> str | None:
    """Suggest a bucket to export to: this one, one named after it and the account, or the account's first bucket.

    None when the account may export to none of them.
    """
    names = (bucket, f"{bucket}-{unit.actor.scope.account}")
    return next((name for name in names if may_export_to(unit, name)), None) or unit.buckets.first()


def give_bucket(unit: Unit, bucket: str) -> bool:
    """Assign a bucket to the caller's account, also when another account owns it. False when it is assigned already.

    For the operator of the server: an account's administrators must not take buckets from other accounts.

    Raises:
        Denied: the caller is not an administrator.
        Invalid: not a valid bucket name.
    """
    unit.actor.require(Role.ADMIN, "GiveBucket", bucket)
    check_reserved(bucket)
    key, account = bucket_key(bucket), unit.actor.scope.account
    while unit.buckets.owner(key) != account:  # another account may claim it between these two statements
        before = unit.buckets.take(key)
        if before is not None:
            record_account_event(
                unit, AccountEventKind.BUCKET_RELEASED, key, "given to another account", account=before
            )
        if unit.buckets.claim(key, unit.now, unit.actor.user):
            record_account_event(unit, AccountEventKind.BUCKET_GIVEN, key)
            return True
    return False


def release_bucket(unit: Unit, bucket: str) -> bool:
    """Release a bucket of the caller's account. False, without a change, when the account does not own it.

    For the operator of the server, as :func:`give_bucket`: afterwards all accounts may read the bucket.

    Raises:
        Denied: the caller is not an administrator.
        Invalid: not a valid bucket name.
    """
    unit.actor.require(Role.ADMIN, "ReleaseBucket", bucket)
    key = bucket_key(bucket)
    released = unit.buckets.release(key)
    if released:
        record_account_event(unit, AccountEventKind.BUCKET_RELEASED, key)
    return released
