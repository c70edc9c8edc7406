"""Sessions of signed-in users, and rate limits for sign-in attempts."""

import base64
import hashlib
import ipaddress
import os
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.people import Role

KEPT = 7 * 24 * 3600 * 1000
"""Milliseconds for which an ended session stays known, so that an open form can be sent after signing in again."""


class Lifetimes(NamedTuple):
    """The maximum age of sessions in milliseconds: without use, and in total."""

    idle: int
    longest: int

    @property
    def record_interval(self) -> int:
        """Milliseconds between two updates of a session's last use, so that not every page writes."""
        return min(60_000, self.idle // 4)


class Session(NamedTuple):
    """One browser in which a user is signed in. Times are milliseconds since the epoch.

    Attributes:
        digest: the SHA-256 of the browser's token; the token itself is not stored.
        seen_at: the last use, to about a minute.
        source: the network address of the sign-in.
        ended_at: the end, by signing out or by a change to the user.
    """

    account: str
    digest: str
    user: str
    created_at: int
    seen_at: int
    source: str
    ended_at: int | None = None

    def is_active(self, now: int, lifetimes: Lifetimes) -> bool:
        """Whether the session is active."""
        rested, lasted = now - self.seen_at, now - self.created_at
        return self.ended_at is None and rested < lifetimes.idle and lasted < lifetimes.longest


class SignedIn(NamedTuple):
    """A session and its user's role now; None for a disabled or deleted user."""

    session: Session
    role: Role | None


def new_token() -> str:
    """Return a new session token: 256 random bits."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Limit(NamedTuple):
    """A rate limit: a number of attempts at once, and one more after each pause in milliseconds."""

    at_once: int
    pause: int

    @property
    def room(self) -> int:
        """How far the counter may run ahead of the clock, in milliseconds, to allow one more attempt."""
        return (self.at_once - 1) * self.pause


USER_LIMIT = Limit(8, 60_000)
"""Failed attempts for one user name from unknown browsers."""

DEVICE_LIMIT = Limit(8, 60_000)
"""Failed attempts from one known browser of a user."""

DEVICES_LIMIT = Limit(24, 15_000)
"""Failed attempts from all known browsers of a user together: each sign-in adds a known browser."""

CONFIRM_LIMIT = Limit(8, 60_000)
"""Failed attempts of a signed-in user to confirm the password."""

SOURCE_LIMIT = Limit(40, 15_000)
"""Failed attempts from one address, for any user."""


def device_subject(device: str) -> str:
    """Return the counter of a known browser's attempts. User names have no space."""
    return f"device {device}"


def devices_subject(key: str) -> str:
    """Return the counter of the attempts from all known browsers of a user."""
    return f"devices {key}"


def confirm_subject(key: str) -> str:
    """Return the counter of a user's password confirmations."""
    return f"confirm {key}"


class SignInRefusal(StrEnum):
    """The reason why a sign-in failed: for the log, never for the page."""

    UNKNOWN = "unknown user"
    WRONG = "wrong password"
    DISABLED = "disabled user"


def source_key(source: str) -> str:
    """Return the counter key of a source: an address; for IPv6, its network of 64 bits, which one customer has."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
