"""Create, change, disable and delete the people who sign in.

Passwords come as hashes (see :mod:`core.passwords`): making one takes longer than a unit of work should. What a change
takes from a person holds from their next request on: their sessions end, and so do access keys beyond their role.
"""

from collections.abc import Sequence

from cardwright.actions.account_events import record_event
from cardwright.actions.paging import page_at
from cardwright.core.access_keys import AccessKey
from cardwright.core.account_events import Done
from cardwright.core.errors import Conflict, NotFound
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.sessions import confirm_subject
from cardwright.core.users import User, check_last_admin, check_new_user, keys_beyond, user_key
from cardwright.storage.unit import Unit


def create_user(unit: Unit, name: str, role: Role, password: str) -> User:
    """Add a person.

    Args:
        password: the hash of their password.

    Raises:
        Denied: the caller is no administrator.
        Invalid: not a user name.
        Conflict: there is a person of that name, or a program whose access keys may do more; case tells nobody apart.
    """
    unit.actor.require(Role.ADMIN, "CreateUser", "*")
    check_new_user(name)
    if _keys_beyond(unit, name, role):
        raise Conflict(f"Access keys of a program called {name} may do more than the role {role}: revoke them first")
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
    record_event(unit, Done.USER_CREATED, name, role)
    return user


def list_users(unit: Unit) -> list[User]:
    """All people of the account, by name. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")
    return unit.users.list()


def browse_users(unit: Unit, after: Position | None, limit: int, *, before: Position | None = None) -> Page[User]:
    """A page of the account's people, by name. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")

    def read(at: Position | None, backwards: bool, most: int) -> Sequence[User]:
        return unit.users.page("" if at is None else str(at[0]), most, backwards=backwards)

    return page_at(read, after=after, before=before, limit=limit, position_of=lambda user: (user_key(user.name),))


def is_only_admin(unit: Unit, user: User) -> bool:
    """Whether nobody else of the account is an administrator who may sign in. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")
    return unit.users.admins() == {user_key(user.name)}


def read_user(unit: Unit, name: str) -> User:
    """A person; everybody may read themselves.

    Raises:
        Denied: somebody else, and the caller is no administrator.
        NotFound: nobody of that name.
    """
    if user_key(name) != user_key(unit.actor.user):
        unit.actor.require(Role.ADMIN, "GetUser", _arn(unit, name))
    return _found(name, unit.users.find(name))


def people_who_may(unit: Unit, role: Role) -> list[str]:
    """The names of those whose role includes one, for whoever has to ask them."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return [user.name for user in unit.users.list() if user.disabled_at is None and user.role.includes(role)]


def change_role(unit: Unit, name: str, role: Role) -> int:
    """Give a person another role; gives how many of their access keys ended, because they could do more.

    Raises:
        Denied, NotFound: as :func:`read_user`.
        Invalid: they are the only administrator.
    """
    user, others = _to_change(unit, "UpdateUser", name)
    if role is user.role:
        return 0
    check_last_admin(user, others, "cannot get another role")
    unit.users.update(user._replace(role=role))
    record_event(unit, Done.ROLE_CHANGED, user.name, f"from {user.role} to {role}")
    return _end_keys(unit, user, role)


def disable_user(unit: Unit, name: str) -> int:
    """Keep a person from signing in, and end their sessions and access keys; gives how many keys ended.

    Raises:
        Denied, NotFound: as :func:`read_user`.
        Invalid: they are the only administrator.
    """
    user, others = _to_change(unit, "UpdateUser", name)
    if user.disabled_at is not None:
        return 0
    check_last_admin(user, others, "cannot be disabled")
    unit.users.update(user._replace(disabled_at=unit.now))
    unit.sessions.end_all(user.name, unit.now)
    record_event(unit, Done.USER_DISABLED, user.name)
    return _end_keys(unit, user, None)


def enable_user(unit: Unit, name: str) -> None:
    """Let a disabled person sign in again. Access keys that ended stay ended.

    Raises:
        Denied, NotFound: as :func:`read_user`.
    """
    user, _ = _to_change(unit, "UpdateUser", name)
    if user.disabled_at is not None:
        unit.users.update(user._replace(disabled_at=None))
        record_event(unit, Done.USER_ENABLED, user.name)


def set_password(unit: Unit, name: str, password: str, *, but: str = "") -> None:
    """Give a person another password and end their sessions.

    Args:
        password: its hash.
        but: the digest of a session that goes on: that of who changes their own password.

    Raises:
        Denied, NotFound: as :func:`read_user`.
    """
    user = read_user(unit, name)
    user = _found(name, unit.users.find(user.name, lock=True))
    unit.users.update(user._replace(password=password, password_at=unit.now))
    unit.sessions.end_all(user.name, unit.now, but=but)
    for subject in (user_key(user.name), confirm_subject(user_key(user.name))):
        unit.tries.clear(unit.actor.scope.account, subject)
    record_event(unit, Done.PASSWORD_CHANGED, user.name)


def delete_user(unit: Unit, name: str) -> int:
    """Remove a person with their sessions, and end their access keys; gives how many.

    What they did stays under their name, and so do their drafts, for somebody of the same name.

    Raises:
        Denied, NotFound: as :func:`read_user`.
        Invalid: they are the only administrator.
    """
    user, others = _to_change(unit, "DeleteUser", name)
    check_last_admin(user, others, "cannot be deleted")
    unit.sessions.forget_user(user.name)
    unit.users.delete(user.name)
    record_event(unit, Done.USER_DELETED, user.name, user.role)
    return _end_keys(unit, user, None)


def _to_change(unit: Unit, action: str, name: str) -> tuple[User, int]:
    """A person for an administrator to change, and how many administrators there are beside them."""
    unit.actor.require(Role.ADMIN, action, _arn(unit, name))
    admins = unit.users.admins(lock=True)
    user = _found(name, unit.users.find(name, lock=True))
    return user, len(admins - {user_key(user.name)})


def _end_keys(unit: Unit, user: User, role: Role | None) -> int:
    account = unit.actor.scope.account
    beyond = _keys_beyond(unit, user.name, role)
    for key in beyond:
        unit.access_keys.revoke(account, key.access_key_id, unit.now)
        record_event(unit, Done.KEY_REVOKED, key.access_key_id, f"of {key.user}")
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
