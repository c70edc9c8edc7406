"""Passwords: what may be one, and how it is kept.

Only an argon2id hash is kept (RFC 9106), with the parameters that OWASP's Password Storage Cheat Sheet names first. A
password is normalized to NFKC before it is hashed, as NIST SP 800-63B asks: the same characters, typed on another
keyboard or system, are the same password.
"""

import threading
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cardwright.core.errors import ExtraMissing, Invalid, TryLater

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
"""Characters, after normalization."""
LONGEST = 1024
"""Bytes of UTF-8, after normalization."""

_MEMORY = 47_104  # KiB
_PASSES = 1
_LANES = 1
_AT_ONCE = 2
_WAITING = 2
_OF_KNOWN = 2  # places that no stranger has
_BUSY_SECONDS = 2


def normalized(password: str) -> str:
    """A password as it is hashed.

    Raises:
        Invalid: it is too short, too long or holds control characters; the message never holds it.
    """
    text = unicodedata.normalize("NFKC", password)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise Invalid("A password holds no control characters, such as tabs or line breaks")
    if len(text) < SHORTEST:
        raise Invalid(f"A password has at least {SHORTEST} characters: several words are easy to remember")
    if len(text.encode()) > LONGEST:
        raise Invalid(f"A password has at most {LONGEST:,} bytes")
    return text


class Passwords:
    """Hashes and checks passwords, each in about 60 ms and 46 MiB; few at a time, so that others get their turn."""

    def __init__(self) -> None:
        self._turns = threading.Semaphore(_AT_ONCE)
        self._places = threading.Semaphore(_AT_ONCE + _WAITING)
        self._places_of_known = threading.Semaphore(_OF_KNOWN)
        self._lock = threading.Lock()
        self._made: PasswordHasher | None = None
        self._decoy = ""

    def hash(self, password: str, *, known: bool = False) -> str:
        """The hash of a new password, to be kept.

        Args:
            known: as :meth:`place`.

        Raises:
            Invalid: it may not be a password.
            TryLater: many are being hashed at this moment.
        """
        text = normalized(password)
        with self.place(known=known) as place:
            return place.hash(text)

    def check(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one whose hash is kept; with none kept it takes as long to say no.

        Raises:
            TryLater: as :meth:`hash`.
        """
        with self.place() as place:
            return place.check(kept, password)

    def place(self, *, known: bool = False) -> "Place":
        """A place among those whose passwords are hashed and checked, for the length of a ``with``.

        Args:
            known: for somebody who is signed in, or was in this browser: they have a few places of their own, beside
                those of everybody, so that strangers who come in crowds leave them some.
        """
        pools = (self._places_of_known, self._places) if known else (self._places,)
        return Place(pools, self._turns, self._hash, self._check)

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than today's: make a new one while the password is at hand."""
        return self._hasher.check_needs_rehash(kept)

    def _hash(self, text: str) -> str:
        return self._hasher.hash(text)

    def _check(self, kept: str | None, text: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        fits = len(text.encode("utf-8", "replace")) <= LONGEST and text.encode("utf-8", "ignore").decode() == text
        hasher = self._hasher
        try:
            right = hasher.verify(kept or self._decoy, text if fits else "-")
        except (VerificationError, InvalidHashError):
            return False
        return right and fits and bool(kept)

    @property
    def _hasher(self) -> "PasswordHasher":
        with self._lock:
            if self._made is None:
                try:
                    from argon2 import PasswordHasher
                except ImportError as error:
                    raise ExtraMissing("Passwords need an extra: pip install 'cardwright[server]'") from error
                made = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY, parallelism=_LANES)
                self._decoy = made.hash("nobody has this password")
                self._made = made
            return self._made


class Place:
    """A place among the few whose passwords are hashed at this moment, for ``with``.

    Whoever has one waits for a turn at the worst. Who finds none is sent away at once, by ``TryLater``: before
    anything was done, so that it costs them nothing.
    """

    def __init__(
        self,
        pools: Sequence[threading.Semaphore],
        turns: threading.Semaphore,
        hash_text: Callable[[str], str],
        check_text: Callable[[str | None, str], bool],
    ) -> None:
        self._pools, self._turns = pools, turns
        self._taken_from: threading.Semaphore | None = None
        self._hash, self._check = hash_text, check_text

    def __enter__(self) -> "Place":
        self._taken_from = next((pool for pool in self._pools if pool.acquire(blocking=False)), None)
        if self._taken_from is None:
            raise TryLater("Many people are signing in at this moment", _BUSY_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        if self._taken_from is not None:
            self._taken_from.release()

    def hash(self, password: str) -> str:
        """As :meth:`Passwords.hash`, in this place."""
        text = normalized(password)
        with self._turns:
            return self._hash(text)

    def check(self, kept: str | None, password: str) -> bool:
        """As :meth:`Passwords.check`, in this place."""
        text = unicodedata.normalize("NFKC", password)
        with self._turns:
            return self._check(kept, text)
