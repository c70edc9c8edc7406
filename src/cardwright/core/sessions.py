"""Sessions of people who signed in, and how often somebody may try to."""

import base64
import hashlib
import ipaddress
import os
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.people import Role

KEPT = 7 * 24 * 3600 * 1000
"""Milliseconds for which a session that ended is still known: a form that was open can be sent after signing in."""


class Lifetimes(NamedTuple):
    """How long sessions last, in milliseconds: without use, and in all."""

    idle: int
    longest: int

    @property
    def noted_every(self) -> int:
        """After how long a session's use is written down anew: not each page writes."""
        return min(60_000, self.idle // 4)


class Session(NamedTuple):
    """One browser in which a person signed in. Times are milliseconds since the epoch.

    Attributes:
        digest: the SHA-256 of the token that the browser holds; the token itself is nowhere kept.
        seen_at: when it was last used, to about a minute.
        source: the network address that it was begun from.
        ended_at: when it was ended: by signing out, or by a change to the person.
    """

    account: str
    digest: str
    user: str
    created_at: int
    seen_at: int
    source: str
    ended_at: int | None = None

    def lives(self, now: int, lifetimes: Lifetimes) -> bool:
        """Whether it still holds."""
        rested, lasted = now - self.seen_at, now - self.created_at
        return self.ended_at is None and rested < lifetimes.idle and lasted < lifetimes.longest


class SignedIn(NamedTuple):
    """A session and what its user may do now; no role for one who is disabled or gone."""

    session: Session
    role: Role | None


def new_token() -> str:
    """What a browser proves its session with: 256 random bits."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Limit(NamedTuple):
    """So many tries at once, and one more after each pause of so many milliseconds."""

    at_once: int
    pause: int

    @property
    def room(self) -> int:
        """How far ahead of the clock the tries may have run, in milliseconds, for one more to be allowed."""
        return (self.at_once - 1) * self.pause


USER_LIMIT = Limit(8, 60_000)
"""Failed tries for one user name, from wherever its owner has not signed in before."""

DEVICE_LIMIT = Limit(8, 60_000)
"""Failed tries from one browser for the name of a person who signed in there before."""

DEVICES_LIMIT = Limit(24, 15_000)
"""Failed tries from all known browsers of a person together: each sign-in can make one more of them known."""

CONFIRM_LIMIT = Limit(8, 60_000)
"""Failed tries of a person who is signed in to say their password again."""

SOURCE_LIMIT = Limit(40, 15_000)
"""Failed tries from one address, whoever they are for."""


def device_subject(device: str) -> str:
    """Under what the tries of a known browser count. No user name holds a space."""
    return f"device {device}"


def devices_subject(key: str) -> str:
    """Under what the tries of all known browsers of a person count."""
    return f"devices {key}"


def confirm_subject(key: str) -> str:
    """Under what the tries of a person to say their password again count."""
    return f"confirm {key}"


class Refusal(StrEnum):
    """Why somebody did not get in: for the log, never for the page."""

    UNKNOWN = "unknown user"
    WRONG = "wrong password"
    DISABLED = "disabled user"


def source_key(source: str) -> str:
    """What counts as one source: an address, of IPv6 the network of 64 bits that one customer has."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
