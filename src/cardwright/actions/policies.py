"""Store, activate, describe, list and delete review policies. Only administrators change them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from cardwright.actions.events import record_account_event
from cardwright.core.account_events import AccountEventKind
from cardwright.core.errors import Conflict, NotFound
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.policy.policy import ReviewPolicy, tie
from cardwright.core.policy.stored import StoredPolicy
from cardwright.storage.unit import Unit


@lru_cache(maxsize=256)
def parsed(text: str) -> ReviewPolicy:
    """Return the policy in a file that was checked before. Policies never change, so each is read once.

    Raises:
        PolicyInvalid: the file has a mistake.
    """
    from cardwright.core.policy.reading import read_policy  # the reader of YAML waits for the first policy

    return read_policy(text, None)


def checked_policy(unit: Unit, text: str) -> ReviewPolicy:
    """Return the policy in a file, which may name groups of people of the account.

    Raises:
        PolicyInvalid: the file has a mistake.
    """
    from cardwright.core.policy.reading import read_policy  # the reader of YAML waits for the first policy

    return read_policy(text, unit.users.group_names())


def put_policy(unit: Unit, text: str, *, activate: bool = True) -> StoredPolicy:
    """Store a version of a policy, and activate it. The version that the file names is stored once.

    Raises:
        Denied: the caller is not an administrator.
        PolicyInvalid: the file has a mistake.
        Conflict: the version is stored with different content, or is lower than one that was deleted; or another active
            policy is as specific and can match the same card.
    """
    unit.actor.require(Role.ADMIN, "PutReviewPolicy", "*")
    policy = checked_policy(unit, text)
    unit.review_policies.lock()
    stored = unit.review_policies.find(policy.name, policy.version)
    if stored is None:
        stored = _store(unit, policy, text)
    elif stored.digest != policy.digest:
        highest = unit.review_policies.highest(policy.name)
        raise Conflict(
            f"Version {policy.version} of the policy {policy.name} is stored with different content: a version"
            f" never changes. Give the file the version {highest + 1}"
        )
    return _activate(unit, stored) if activate else stored


def activate_policy(unit: Unit, name: str, version: int | None = None) -> StoredPolicy:
    """Make a stored version the active one of its name; by default the newest version.

    Raises:
        Denied: the caller is not an administrator.
        NotFound: no such policy, or it has no such version.
        Conflict: another active policy is as specific and can match the same card.
    """
    unit.actor.require(Role.ADMIN, "ActivateReviewPolicy", "*")
    unit.review_policies.lock()
    if version is None:
        version = unit.review_policies.newest(name)
    return _activate(unit, _found(unit, name, version))


def deactivate_policy(unit: Unit, name: str) -> StoredPolicy:
    """Deactivate the active version of a policy. Its versions stay, and no card loses its approval.

    Raises:
        Denied: the caller is not an administrator.
        NotFound: no such policy.
        Conflict: no version is active.
    """
    unit.actor.require(Role.ADMIN, "DeactivateReviewPolicy", "*")
    unit.review_policies.lock()
    stored = _found(unit, name, None)
    if not stored.active:
        raise Conflict(f"The policy {name} has no active version")
    unit.review_policies.deactivate(name)
    record_account_event(unit, AccountEventKind.POLICY_DEACTIVATED, stored.name, f"version {stored.version}")
    return stored._replace(active=0)


def describe_policy(unit: Unit, name: str, version: int | None = None) -> StoredPolicy:
    """Return a version of a policy; by default the active one, else the newest.

    Raises:
        NotFound: no such policy, or it has no such version.
    """
    unit.actor.require(Role.VIEWER, "DescribeReviewPolicy", "*")
    return _found(unit, name, version)


def list_policies(unit: Unit, after: Position | None, limit: int) -> Page[StoredPolicy]:
    """Return a page of the versions of all policies, by name and version."""
    unit.actor.require(Role.VIEWER, "ListReviewPolicies", "*")
    start = ("", 0) if after is None else (str(after[0]), int(after[1]))
    found = unit.review_policies.list(start, limit + 1)
    items = found[:limit]
    return Page(items, (items[-1].name, items[-1].version) if len(found) > limit else None)


def delete_policy(unit: Unit, name: str) -> int:
    """Delete a policy with all its versions. Returns their number. No card loses its approval.

    Raises:
        Denied: the caller is not an administrator.
        NotFound: no such policy.
    """
    unit.actor.require(Role.ADMIN, "DeleteReviewPolicy", "*")
    unit.review_policies.lock()
    stored = _found(unit, name, None)
    deleted = unit.review_policies.delete(name, unit.now)
    record_account_event(unit, AccountEventKind.POLICY_DELETED, stored.name)
    return deleted


def active_policies(unit: Unit) -> Sequence[ReviewPolicy]:
    """Return the active policies of the account."""
    return [parsed(stored.text) for stored in unit.review_policies.active()]


def selected_tags(policies: Iterable[ReviewPolicy]) -> set[str]:
    """Return the keys of the tags that policies select cards and rules by."""
    selectors = [
        selector for policy in policies for selector in (policy.applies_to, *(rule.when for rule in policy.rules))
    ]
    return {key for selector in selectors for key in selector.tags}


def _store(unit: Unit, policy: ReviewPolicy, text: str) -> StoredPolicy:
    highest = unit.review_policies.highest(policy.name)
    if unit.review_policies.was_deleted(policy.name, policy.version):
        raise Conflict(
            f"Version {policy.version} of the policy {policy.name} was deleted, and its number is not used again: give"
            f" the file the version {highest + 1}"
        )
    stored = StoredPolicy(policy.name, policy.version, text, policy.digest, 0, unit.now, unit.actor.user, None)
    unit.review_policies.insert(stored)
    record_account_event(
        unit, AccountEventKind.POLICY_STORED, policy.name, f"version {policy.version} with digest {policy.digest}"
    )
    return stored


def _activate(unit: Unit, stored: StoredPolicy) -> StoredPolicy:
    if stored.active:
        return stored
    policy = parsed(stored.text)
    other = tie(active_policies(unit), policy)
    if other is not None:
        raise Conflict(
            f"The active policy {other.name} is as specific as {policy.name} and can match the same card: narrow"
            " `applies_to` of one of them, or delete the other"
        )
    unit.review_policies.activate(stored.name, stored.version, unit.now)
    record_account_event(unit, AccountEventKind.POLICY_ACTIVATED, stored.name, f"version {stored.version}")
    return stored._replace(active=1, activated_at=unit.now)


def _found(unit: Unit, name: str, version: int | None) -> StoredPolicy:
    stored = unit.review_policies.find(name, version)
    if stored is None:
        which = "" if version is None else f" with version {version}"
        raise NotFound(f"There is no review policy {name}{which}")
    return stored
