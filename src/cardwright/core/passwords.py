"""Passwords: their rules, and their hashes.

Only an argon2id hash is stored (RFC 9106), with the first parameters of OWASP's Password Storage Cheat Sheet. A
password is normalized to NFKC before hashing, as NIST SP 800-63B requires: the same characters from another
keyboard or system are the same password.
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
_RESERVED = 2  # slots reserved for known browsers
_BUSY_SECONDS = 2


def normalized(password: str) -> str:
    """Return a password in the form that is hashed.

    Raises:
        Invalid: the password is too short, too long or has control characters; the message never contains it.
    """
    text = unicodedata.normalize("NFKC", password)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise Invalid("A password cannot have control characters, such as tabs or line breaks")
    if len(text) < SHORTEST:
        raise Invalid(f"A password has at least {SHORTEST} characters: several words are easy to remember")
    if len(text.encode()) > LONGEST:
        raise Invalid(f"A password has at most {LONGEST:,} bytes")
    return text


class Passwords:
    """Hashes and verifies passwords, each in about 60 ms and 46 MiB; a semaphore limits the concurrency."""

    def __init__(self) -> None:
        self._turns = threading.Semaphore(_AT_ONCE)
        self._slots = threading.Semaphore(_AT_ONCE + _WAITING)
        self._reserved_slots = threading.Semaphore(_RESERVED)
        self._lock = threading.Lock()
        self._made: PasswordHasher | None = None
        self._decoy = ""

    def hash(self, password: str, *, known: bool = False) -> str:
        """Return the hash of a new password, for storage.

        Args:
            known: as in :meth:`slot`.

        Raises:
            Invalid: the password is not allowed.
            TryLater: too many passwords are being hashed now.
        """
        text = normalized(password)
        with self.slot(known=known) as slot:
            return slot.hash(text)

    def check(self, kept: str | None, password: str) -> bool:
        """Whether a password matches a stored hash. Without a hash, the check takes as long and returns False.

        Raises:
            TryLater: as in :meth:`hash`.
        """
        with self.slot() as slot:
            return slot.check(kept, password)

    def slot(self, *, known: bool = False) -> "HashSlot":
        """Return a slot for hashing and checking passwords, for the length of a ``with``.

        Args:
            known: the caller is signed in, or has signed in from this browser before. A few slots are reserved for
                such callers, so that a crowd of unknown browsers cannot take them all.
        """
        pools = (self._reserved_slots, self._slots) if known else (self._slots,)
        return HashSlot(pools, self._turns, self._hash, self._check)

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash uses outdated parameters: make a new one while the password is available."""
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
                self._decoy = made.hash("no user has this password")
                self._made = made
            return self._made


class HashSlot:
    """One of the few slots for hashing passwords, for ``with``.

    A caller with a slot may have to queue. Without a free slot, it gets ``TryLater`` at once, before anything is
    done.
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

    def __enter__(self) -> "HashSlot":
        self._taken_from = next((pool for pool in self._pools if pool.acquire(blocking=False)), None)
        if self._taken_from is None:
            raise TryLater("Too many users are signing in now", _BUSY_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        if self._taken_from is not None:
            self._taken_from.release()

    def hash(self, password: str) -> str:
        """As :meth:`Passwords.hash`, in this slot."""
        text = normalized(password)
        with self._turns:
            return self._hash(text)

    def check(self, kept: str | None, password: str) -> bool:
        """As :meth:`Passwords.check`, in this slot."""
        text = unicodedata.normalize("NFKC", password)
        with self._turns:
            return self._check(kept, text)
