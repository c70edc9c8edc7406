"""Create, list and revoke access keys."""

from collections.abc import Sequence

from cardwright.actions.events import record_account_event
from cardwright.actions.paging import page_at
from cardwright.core.access_keys import AccessKey, check_user, new_access_key_id
from cardwright.core.account_events import AccountEventKind
from cardwright.core.errors import NotFound
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.users import check_key_role, user_key
from cardwright.storage.unit import Unit


def create_key(unit: Unit, user: str, role: Role) -> AccessKey:
    """Create an access key for a user, or for a program without a password.

    Raises:
        Denied: the caller is not an administrator.
        Invalid: the name is not valid, the user is disabled, or the user's role does not include the key's role.
    """
    unit.actor.require(Role.ADMIN, "CreateAccessKey", unit.actor.scope.user_arn(user))
    owner = unit.users.find(check_user(user), lock=True)
    check_key_role(owner, role)
    account = unit.actor.scope.account
    key = AccessKey(account, new_access_key_id(account), user if owner is None else owner.name, role, unit.now)
    unit.access_keys.insert(key)
    record_account_event(unit, AccountEventKind.KEY_CREATED, key.access_key_id, f"for {key.user} as {role}")
    return key


def browse_keys(
    unit: Unit, *, active: bool, after: Position | None, limit: int, before: Position | None = None
) -> Page[AccessKey]:
    """Return a page of the account's active or revoked keys, newest first.

    Raises :class:`Denied`.
    """
    unit.actor.require(Role.ADMIN, "ListAccessKeys", "*")
    account = unit.actor.scope.account

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[AccessKey]:
        return unit.access_keys.page(account, active=active, at=at, limit=limit, backwards=backwards)

    return page_at(
        read, after=after, before=before, limit=limit, position_of=lambda key: (key.created_at, key.access_key_id)
    )


def keys_of(unit: Unit, user: str) -> list[AccessKey]:
    """Return the active keys of a user. Raises :class:`Denied` for another user's keys, unless an administrator
    asks."""
    if user_key(user) != user_key(unit.actor.user):
        unit.actor.require(Role.ADMIN, "ListAccessKeys", unit.actor.scope.user_arn(user))
    keys = unit.access_keys.list(unit.actor.scope.account)
    return [key for key in keys if user_key(key.user) == user_key(user) and key.revoked_at is None]


def find_key(unit: Unit, access_key_id: str) -> AccessKey:
    """Return an active key. Users may read their own keys.

    Raises:
        Denied: the key belongs to another user, and the caller is not an administrator.
        NotFound: the key does not exist or is revoked.
    """
    key = unit.access_keys.find(unit.actor.scope.account, access_key_id)
    if key is None or user_key(key.user) != user_key(unit.actor.user):
        unit.actor.require(Role.ADMIN, "DeleteAccessKey", "*")
    if key is None or key.revoked_at is not None:
        raise NotFound(f"There is no active access key {access_key_id}")
    return key


def revoke_key(unit: Unit, access_key_id: str) -> AccessKey:
    """Revoke a key, at once and permanently. Users may revoke their own keys.

    Raises:
        Denied, NotFound: as :func:`find_key`.
    """
    key = find_key(unit, access_key_id)
    unit.access_keys.revoke(key.account, access_key_id, unit.now)
    record_account_event(unit, AccountEventKind.KEY_REVOKED, access_key_id, f"of {key.user}")
    return key
