"""Users who sign in to the console, and their rules."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardwright.core.access_keys import AccessKey, check_user
from cardwright.core.errors import Invalid
from cardwright.core.people import Role

LONGEST_NAME = 100
"""Characters of a display name."""

_LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\".]+(?:\.[^\s@<>()\[\],;:\\\".]+)*")
_MOST_GROUPS = 50
_GROUP = re.compile(r"[^\W_][\w .-]{0,63}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = "\u200c\u200d"  # which some scripts spell names with


class User(NamedTuple):
    """A user with a password, within an account. Times are milliseconds since the epoch.

    Attributes:
        password: the password's hash.
        disabled_at: the time since which the user may not sign in; None for an active user.
        password_at: when the password was set.
        signed_in_at: the last sign-in.
        display_name: the name that pages show in place of the user name.
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
    display_name: str | None = None
    email: str | None = None

    @property
    def shown_name(self) -> str:
        """The display name, or else the user name."""
        return self.display_name or self.name


def user_key(name: str) -> str:
    """Return the key of a user within an account: the name in lower case, since AWS ignores case too."""
    return check_user(name).lower()


def check_new_user(name: str) -> None:
    """Raise :class:`Invalid` for a name that no user may have: ``new`` and ``history`` are pages of the console."""
    if user_key(name) in {"new", "history"} or not any(character.isalnum() for character in name):
        raise Invalid("A user name needs a letter or a digit, and cannot be 'new' or 'history'")


def check_display_name(text: str) -> str | None:
    """Return a display name as it is stored, with single spaces; None for an empty one.

    Raises:
        Invalid: it is too long, or has characters that cannot be seen or change the direction of text.
    """
    name = " ".join(text.split())
    if len(name) > LONGEST_NAME:
        raise Invalid(f"A display name has at most {LONGEST_NAME} characters, and this one has {len(name)}")
    if any(unicodedata.category(one) in _UNSEEN and one not in _JOINERS for one in name):
        raise Invalid("A display name cannot have control characters or characters that change the direction of text")
    return name or None


def check_email(text: str) -> str | None:
    """Return an e-mail address as it is stored; None for an empty one. Raises :class:`Invalid`."""
    address = text.strip()
    if address and (len(address) > _LONGEST_EMAIL or not _EMAIL.fullmatch(address)):
        raise Invalid("An e-mail address has the form name@example.com, with at most 254 characters")
    return address or None


def check_groups(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a person's groups in order. Raises :class:`Invalid`."""
    groups = tuple(sorted({" ".join(name.split()) for name in names} - {""}))
    wrong = next((name for name in groups if not _GROUP.fullmatch(name)), None)
    if wrong is not None:
        raise Invalid(
            f"{wrong[:64]!r} is not a group name: it begins with a letter or digit, and has at most 64 letters,"
            " digits, spaces and . _ -"
        )
    if len(groups) > _MOST_GROUPS:
        raise Invalid(f"A person has at most {_MOST_GROUPS} groups, and {len(groups)} were given")
    return groups


def check_last_admin(user: User, other_admins: int, becomes: str) -> None:
    """Raise :class:`Invalid` when the account would lose its last administrator who can sign in.

    Args:
        user: the user to change.
        other_admins: the number of other administrators who are not disabled.
        becomes: the refused change, such as ``cannot be disabled``.
    """
    if user.role is Role.ADMIN and user.disabled_at is None and not other_admins:
        raise Invalid(f"{user.name} is the only administrator, and {becomes}: make another user administrator first")


def keys_beyond(keys: Sequence[AccessKey], role: Role | None) -> list[AccessKey]:
    """Return the active keys beyond the owner's role; all active keys when the owner has no role."""
    return [key for key in keys if key.revoked_at is None and (role is None or not role.includes(key.role))]


class BeyondOwner(Invalid):
    """An access key would have more rights than its owner.

    Attributes:
        owner: the user.
        role: the role of the key.
    """

    def __init__(self, owner: User, role: Role) -> None:
        super().__init__(f"{owner.name} is {owner.role}, so the key cannot be {role}")
        self.owner = owner
        self.role = role


def check_key_role(owner: User | None, role: Role) -> None:
    """Raise :class:`Invalid` for a disabled owner, and :class:`BeyondOwner` for a role beyond the owner's.

    Programs have no owner.
    """
    if owner is None:
        return
    if owner.disabled_at is not None:
        raise Invalid(f"{owner.name} is disabled: enable the user first")
    if not owner.role.includes(role):
        raise BeyondOwner(owner, role)
