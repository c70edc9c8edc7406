"""Create, change, disable and delete users who sign in to the console.

Passwords arrive as hashes (see :mod:`core.passwords`), because hashing takes too long for a unit of work. Changes apply
from the user's next request on: sessions end, and access keys beyond the new role are revoked.
"""

from collections.abc import Sequence

from cardwright.actions.events import record_account_event
from cardwright.actions.paging import page_at
from cardwright.core.access_keys import AccessKey
from cardwright.core.account_events import AccountEventKind
from cardwright.core.errors import Conflict, NotFound
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.sessions import confirm_subject
from cardwright.core.users import (
    User,
    check_display_name,
    check_email,
    check_groups,
    check_last_admin,
    check_new_user,
    keys_beyond,
    user_key,
)
from cardwright.storage.unit import Unit

_NAMED = 10_000  # users with a display name


def create_user(unit: Unit, name: str, role: Role, password: str) -> User:
    """Create a user.

    Args:
        password: the hash of the password.

    Raises:
        Denied: the caller is not an administrator.
        Invalid: not a valid user name.
        Conflict: a user of that name exists, ignoring case, or a program with that name has keys beyond the role.
    """
    unit.actor.require(Role.ADMIN, "CreateUser", "*")
    check_new_user(name)
    if _keys_beyond(unit, name, role):
        raise Conflict(f"The program {name} has access keys beyond the role {role}: revoke them first")
    user = User(
        account=unit.actor.scope.account,
        name=name,
        role=role,
        password=password,
        created_at=unit.now,
        created_by=unit.actor.user,
        password_at=unit.now,
    )
    if not unit.users.insert(user):
        raise Conflict(f"There is a user {name} already")
    record_account_event(unit, AccountEventKind.USER_CREATED, name, role)
    return user


def list_users(unit: Unit) -> list[User]:
    """Return all users of the account, by name. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")
    return unit.users.list()


def browse_users(unit: Unit, after: Position | None, limit: int, *, before: Position | None = None) -> Page[User]:
    """Return a page of the account's users, by name. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[User]:
        return unit.users.page("" if at is None else str(at[0]), limit, backwards=backwards)

    return page_at(read, after=after, before=before, limit=limit, position_of=lambda user: (user_key(user.name),))


def is_only_admin(unit: Unit, user: User) -> bool:
    """Whether a user is the account's only administrator who may sign in. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")
    return unit.users.admins() == {user_key(user.name)}


def read_user(unit: Unit, name: str) -> User:
    """Return a user. Users may read themselves.

    Raises:
        Denied: another user, and the caller is not an administrator.
        NotFound: the user does not exist.
    """
    if user_key(name) != user_key(unit.actor.user):
        unit.actor.require(Role.ADMIN, "GetUser", _arn(unit, name))
    return _found(name, unit.users.find(name))


def users_with_role(unit: Unit, role: Role) -> list[str]:
    """Return the names of the active users whose role includes a role, so that a user knows whom to ask."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return [user.name for user in unit.users.list() if user.disabled_at is None and user.role.includes(role)]


def change_role(unit: Unit, name: str, role: Role) -> int:
    """Change a user's role. Returns the number of access keys that were revoked, because they allowed more.

    Raises:
        Denied, NotFound: as :func:`read_user`.
        Invalid: the user is the only administrator.
    """
    user, others = _to_change(unit, "UpdateUser", name)
    if role is user.role:
        return 0
    check_last_admin(user, others, "cannot get another role")
    unit.users.update(user._replace(role=role))
    record_account_event(unit, AccountEventKind.ROLE_CHANGED, user.name, f"from {user.role} to {role}")
    return _revoke_keys(unit, user, role)


def change_profile(
    unit: Unit,
    name: str,
    *,
    display_name: str | None = None,
    email: str | None = None,
    groups: Sequence[str] | None = None,
) -> User:
    """Change a user's display name, e-mail address and groups. None leaves a value as it is; an empty one removes it.

    Raises:
        Denied, NotFound: as :func:`read_user`.
        Invalid: not a display name, an e-mail address or names of groups.
        Conflict: another user has the display name, as a display name or as a user name.
    """
    unit.actor.require(Role.ADMIN, "UpdateUser", _arn(unit, name))
    user = _found(name, unit.users.find(name, lock=True))
    changed = user._replace(
        display_name=user.display_name if display_name is None else check_display_name(display_name),
        email=user.email if email is None else check_email(email),
    )
    wanted, before = None if groups is None else check_groups(groups), unit.users.groups(name)
    shown = changed.display_name
    other = None if shown is None else unit.users.other_called(shown, besides=user.name)
    if other is not None:
        raise Conflict(f"{shown} is the name of the user {other}: choose another display name")
    parts = {
        "display name": changed.display_name != user.display_name,
        "e-mail address": changed.email != user.email,
        "groups": wanted not in {None, before},
    }
    if any(parts.values()):
        unit.users.update(changed)
        unit.users.set_groups(user.name, before if wanted is None else wanted)
        record_account_event(
            unit, AccountEventKind.PROFILE_CHANGED, user.name, ", ".join(part for part in parts if parts[part])
        )
    return changed


def groups_of(unit: Unit, name: str) -> tuple[str, ...]:
    """Return the groups of a user, by name. Users may read their own. Raises as :func:`read_user`."""
    return unit.users.groups(read_user(unit, name).name)


def all_groups(unit: Unit) -> dict[str, tuple[str, ...]]:
    """Return the groups of all users that have any, by the key of the user. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")
    return unit.users.all_groups()


def group_names(unit: Unit) -> tuple[str, ...]:
    """Return the names of the account's groups of people, so that a user knows whom to ask."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.users.group_names()


def display_names(unit: Unit) -> dict[str, str]:
    """Return the display names of the account's users, by user name."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.users.display_names(_NAMED)


def disable_user(unit: Unit, name: str) -> int:
    """Disable a user: ends sessions and revokes access keys. Returns the number of revoked keys.

    Raises:
        Denied, NotFound: as :func:`read_user`.
        Invalid: the user is the only administrator.
    """
    user, others = _to_change(unit, "UpdateUser", name)
    if user.disabled_at is not None:
        return 0
    check_last_admin(user, others, "cannot be disabled")
    unit.users.update(user._replace(disabled_at=unit.now))
    unit.sessions.end_all(user.name, unit.now)
    record_account_event(unit, AccountEventKind.USER_DISABLED, user.name)
    return _revoke_keys(unit, user, None)


def enable_user(unit: Unit, name: str) -> None:
    """Enable a disabled user. Revoked access keys stay revoked.

    Raises:
        Denied, NotFound: as :func:`read_user`.
    """
    user, _ = _to_change(unit, "UpdateUser", name)
    if user.disabled_at is not None:
        unit.users.update(user._replace(disabled_at=None))
        record_account_event(unit, AccountEventKind.USER_ENABLED, user.name)


def set_password(unit: Unit, name: str, password: str, *, keep: str = "") -> None:
    """Set a user's password and end the user's sessions.

    Args:
        password: the hash of the new password.
        keep: the digest of a session to keep: the one in which users change their own password.

    Raises:
        Denied, NotFound: as :func:`read_user`.
    """
    user = read_user(unit, name)
    user = _found(name, unit.users.find(user.name, lock=True))
    unit.users.update(user._replace(password=password, password_at=unit.now))
    unit.sessions.end_all(user.name, unit.now, keep=keep)
    for subject in (user_key(user.name), confirm_subject(user_key(user.name))):
        unit.attempts.clear(unit.actor.scope.account, subject)
    record_account_event(unit, AccountEventKind.PASSWORD_CHANGED, user.name)


def delete_user(unit: Unit, name: str) -> int:
    """Delete a user with all sessions, and revoke the access keys. Returns their number.

    History keeps the name. Drafts stay too, for a later user of the same name.

    Raises:
        Denied, NotFound: as :func:`read_user`.
        Invalid: the user is the only administrator.
    """
    user, others = _to_change(unit, "DeleteUser", name)
    check_last_admin(user, others, "cannot be deleted")
    unit.sessions.forget_user(user.name)
    unit.users.delete(user.name)
    record_account_event(unit, AccountEventKind.USER_DELETED, user.name, user.role)
    return _revoke_keys(unit, user, None)


def _to_change(unit: Unit, action: str, name: str) -> tuple[User, int]:
    """Return a user to change, and the number of other administrators."""
    unit.actor.require(Role.ADMIN, action, _arn(unit, name))
    admins = unit.users.admins(lock=True)
    user = _found(name, unit.users.find(name, lock=True))
    return user, len(admins - {user_key(user.name)})


def _revoke_keys(unit: Unit, user: User, role: Role | None) -> int:
    account = unit.actor.scope.account
    beyond = _keys_beyond(unit, user.name, role)
    for key in beyond:
        unit.access_keys.revoke(account, key.access_key_id, unit.now)
        record_account_event(unit, AccountEventKind.KEY_REVOKED, key.access_key_id, f"of {key.user}")
    return len(beyond)


def _keys_beyond(unit: Unit, name: str, role: Role | None) -> list[AccessKey]:
    keys = unit.access_keys.list(unit.actor.scope.account)
    return keys_beyond([key for key in keys if user_key(key.user) == user_key(name)], role)


def _found(name: str, user: User | None) -> User:
    if user is None:
        raise NotFound(f"There is no user {name}")
    return user


def _arn(unit: Unit, name: str) -> str:
    return unit.actor.scope.user_arn(name)
