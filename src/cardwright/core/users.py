"""People who sign in to the console, and the rules about them."""

from collections.abc import Sequence
from typing import NamedTuple

from cardwright.core.access_keys import AccessKey, check_user
from cardwright.core.errors import Invalid
from cardwright.core.people import Role


class User(NamedTuple):
    """A person with a password, within an account. Times are milliseconds since the epoch.

    Attributes:
        password: the password's hash.
        disabled_at: since when the person may not sign in; none while they may.
        password_at: when the password was set.
        signed_in_at: when they last signed in.
    """

    account: str
    name: str
    role: Role
    password: str
    created_at: int
    created_by: str
    password_at: int
    disabled_at: int | None = None
    signed_in_at: int | None = None


def user_key(name: str) -> str:
    """What makes a person's name unique within an account: as at AWS, case tells nobody apart."""
    return check_user(name).lower()


def check_new_user(name: str) -> None:
    """Raise :class:`Invalid` unless somebody may be given that name: ``new`` and ``history`` are pages of their own."""
    if user_key(name) in {"new", "history"} or not any(character.isalnum() for character in name):
        raise Invalid("A user name has a letter or a digit, and is not 'new' or 'history'")


def check_last_admin(user: User, other_admins: int, becomes: str) -> None:
    """Raise :class:`Invalid` when an account would be left without an administrator who can sign in.

    Args:
        user: who changes.
        other_admins: administrators beside them who are not disabled.
        becomes: what would happen, such as ``cannot be disabled``.
    """
    if user.role is Role.ADMIN and user.disabled_at is None and not other_admins:
        raise Invalid(f"{user.name} is the only administrator, and {becomes}: make somebody else administrator first")


def keys_beyond(keys: Sequence[AccessKey], role: Role | None) -> list[AccessKey]:
    """The active keys that may do more than their owner now may; all of them when the owner may nothing."""
    return [key for key in keys if key.revoked_at is None and (role is None or not role.includes(key.role))]


class BeyondOwner(Invalid):
    """An access key would be able to do more than the person whose it is.

    Attributes:
        owner: the person.
        role: that of the key.
    """

    def __init__(self, owner: User, role: Role) -> None:
        super().__init__(f"{owner.name} is {owner.role}, and a key of theirs cannot be {role}")
        self.owner = owner
        self.role = role


def check_key_role(owner: User | None, role: Role) -> None:
    """Raise :class:`Invalid` when a person may have no key, :class:`BeyondOwner` when they may have none of that role.

    Programs have no owner.
    """
    if owner is None:
        return
    if owner.disabled_at is not None:
        raise Invalid(f"{owner.name} is disabled: enable them first")
    if not owner.role.includes(role):
        raise BeyondOwner(owner, role)
