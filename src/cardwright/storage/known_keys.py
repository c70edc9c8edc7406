"""Access keys that were read within the last second, so that not every request reads its key from the database."""

import mmap
import os
import time
from collections.abc import Callable
from pathlib import Path

from cardwright.core.access_keys import AccessKey

KNOWN_SECONDS = 1.0
"""Seconds after which a key is read again: until then, another server accepts a key that was revoked."""

MOST_KEYS = 10_000  # keys
_MARK_BYTES = 16


class KnownKeys:
    """Active access keys by account and identifier. Threads may share it.

    A revocation on this server counts at once: it changes a mark, and a key counts only under the mark that it was read
    under. Unknown and revoked keys are not kept, so that a new key works at once.

    Args:
        mark_file: holds the mark, for the processes of one server; None for a single process.
        clock: seconds.
        seconds: how long a key counts; zero where the processes of a server cannot share a mark.

    Raises:
        OSError: the file cannot be used.
    """

    def __init__(
        self,
        mark_file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = KNOWN_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._mark = bytearray(_MARK_BYTES) if mark_file is None else _shared(mark_file)
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, bytes, AccessKey]] = {}

    def find(self, account: str, access_key_id: str, read: Callable[[], AccessKey | None]) -> AccessKey | None:
        """Return a key that is known, else the one that ``read`` returns."""
        now, mark = self._clock(), bytes(self._mark[:_MARK_BYTES])
        known = self._known.get((account, access_key_id))
        if known is not None and now < known[0] and known[1] == mark:
            return known[2]
        found = read()
        if found is None or found.revoked_at is not None:
            self._known.pop((account, access_key_id), None)
            return found
        if len(self._known) >= MOST_KEYS:
            self._known.clear()
        self._known[account, access_key_id] = (now + self._seconds, mark, found)
        return found

    def forget(self) -> None:
        """Read all keys again, because some were revoked."""
        self._mark[:_MARK_BYTES] = os.urandom(_MARK_BYTES)


def _shared(file: Path) -> mmap.mmap:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, _MARK_BYTES)
        return mmap.mmap(descriptor, _MARK_BYTES)
    finally:
        os.close(descriptor)
