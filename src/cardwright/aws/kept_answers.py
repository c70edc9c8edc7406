"""Answers that a server keeps for as long as they hold."""

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from cardwright.aws.members import Members
from cardwright.storage.engines.memory import Memory

if TYPE_CHECKING:
    from zstandard import ZstdCompressor, ZstdDecompressor

MOST_BYTES = 24 * 1024 * 1024
"""Bytes of all descriptions that a server keeps: 10,000 of cards of 10 KB."""

_LEVEL = 1  # a description of 10 KB becomes 2 KB in 13 microseconds, and is itself again in 6


class Described(NamedTuple):
    """An answer that holds until its card changes.

    Attributes:
        card: the card's name.
        audit_digest: the digest of the card's newest audit record when the answer was made. Each change of a card
            adds a record, and no two records have one digest.
    """

    answer: Members
    card: str
    audit_digest: str


class _Kept(NamedTuple):
    packed: bytes
    card: str
    audit_digest: str


class KeptAnswers:
    """The bodies of answers, by their exact question.

    A list holds until the database changes, and a description until its card does.

    Any thread may use it.

    Args:
        memory: returns the cache of what holds in the database's current state; None where there is none. It has the
            bodies of lists, and the digests of the cards whose descriptions hold.
    """

    def __init__(self, memory: Callable[[], Memory | None]) -> None:
        self._memory = memory
        self._described = Memory(MOST_BYTES)
        self._lock = Lock()  # of the descriptions and of the codec

    def find(self, question: object, audit_digest_of: Callable[[str], str | None]) -> bytes | None:
        """Return the body of a kept answer that is right now, else None.

        Args:
            audit_digest_of: reads the digest of the newest audit record of a card; None of a card that is gone. It is
                called where the database's state does not show that the answer holds.
        """
        memory = self._memory()
        known: bytes | str | None = None if memory is None else memory.find(question)
        if isinstance(known, bytes):
            return known
        with self._lock:
            kept: _Kept | None = self._described.find(question)
        if kept is None:
            return None
        if known != kept.audit_digest:
            if audit_digest_of(kept.card) != kept.audit_digest:
                return None
            if memory is not None:
                memory.keep(question, kept.audit_digest, 0)
        with self._lock:
            return _codec()[1].decompress(kept.packed)

    def keep(self, question: object, body: bytes, described: Described | None, size: int) -> None:
        """Keep the body of an answer.

        Args:
            described: the answer, where it holds until its card changes.
            size: bytes of the question.
        """
        memory = self._memory()
        if described is None:
            if memory is not None:
                memory.keep(question, _trimmed(body), len(body) + size)
            return
        with self._lock:
            kept = _Kept(_trimmed(_codec()[0].compress(body)), described.card, described.audit_digest)
            self._described.keep(question, kept, len(kept.packed) + size)
        if memory is not None:
            memory.keep(question, described.audit_digest, 0)


def _trimmed(body: bytes) -> bytes:
    """A copy, because bytes from orjson and zstandard hold up to five times their length."""
    return bytes(memoryview(body))


@cache
def _codec() -> "tuple[ZstdCompressor, ZstdDecompressor]":
    from zstandard import ZstdCompressor, ZstdDecompressor

    return ZstdCompressor(level=_LEVEL), ZstdDecompressor()
