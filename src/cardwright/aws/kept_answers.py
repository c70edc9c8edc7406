"""Answers that a server keeps for as long as they hold."""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol

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


class Kept(StrEnum):
    """For how long an answer holds that depends on nothing but the store, the account, the role and the question."""

    UNTIL_A_COMMIT = "until any process commits"
    UNTIL_ITS_CARD_CHANGES = "until its card changes"


_UNTIL_A_COMMIT = Kept.UNTIL_A_COMMIT  # Python 3.11 needs ten times as long to find a member


class Remembers(Protocol):
    """A database with a memory."""

    def memory(self, *, now: bool = True) -> Memory | None:
        """See :meth:`storage.engines.database.Database.memory`."""


class Found(NamedTuple):
    """What is kept for a question.

    Attributes:
        body: of an answer that is right now; None without one.
        memory: what holds in the database's current state; None where there is none.
        state: of the memory, when the question was asked.
    """

    question: object
    body: bytes | None
    memory: Memory | None
    state: int


class KeptAnswers:
    """The bodies of answers, by their exact question.

    Any thread may use it.

    Args:
        database: its memory has the bodies of lists, and the digests of the cards whose descriptions hold.
    """

    def __init__(self, database: Remembers) -> None:
        self._database = database
        self._described = Memory(MOST_BYTES)
        self._lock = Lock()  # of the descriptions and of the codec

    def find(self, question: object, kind: Kept, audit_digest_of: Callable[[str], str | None]) -> Found:
        """Return what is kept for a question.

        Args:
            audit_digest_of: reads the digest of the newest audit record of a card; None of a card that is gone. It is
                called where the database's state does not show that the answer holds.
        """
        is_list = kind is _UNTIL_A_COMMIT
        kept: _Kept | None = None
        if not is_list:
            with self._lock:
                kept = self._described.find(question)
        memory = self._database.memory(now=is_list or kept is not None)
        state = 0 if memory is None else memory.state
        known: bytes | str | None = None if memory is None else memory.find(question)
        body: bytes | None = None
        if isinstance(known, bytes):
            body = known
        elif kept is not None:
            if known != kept.audit_digest:
                known = audit_digest_of(kept.card)
                _keep(memory, state, question, known, 0)
            if known == kept.audit_digest:
                with self._lock:
                    body = _codec()[1].decompress(kept.packed)
        return Found(question, body, memory, state)

    def keep(self, found: Found, body: bytes, described: Described | None, size: int) -> None:
        """Keep the body of an answer to a question that had none.

        Args:
            described: the answer, where it holds until its card changes.
            size: bytes of the question.
        """
        if described is None:
            _keep(found.memory, found.state, found.question, _trimmed(body), len(body) + size)
            return
        with self._lock:
            kept = _Kept(_trimmed(_codec()[0].compress(body)), described.card, described.audit_digest)
            self._described.keep(found.question, kept, len(kept.packed) + size)
        _keep(found.memory, found.state, found.question, described.audit_digest, 0)


def _keep(memory: Memory | None, state: int, question: object, value: object, size: int) -> None:
    """Keep a value that was read in a state of the database, or after it, unless the memory is of a later one."""
    if memory is not None and memory.state == state:
        memory.keep(question, value, size)


def _trimmed(body: bytes) -> bytes:
    """A copy, because bytes from orjson and zstandard hold up to five times their length."""
    return bytes(memoryview(body))


@cache
def _codec() -> "tuple[ZstdCompressor, ZstdDecompressor]":
    from zstandard import ZstdCompressor, ZstdDecompressor

    return ZstdCompressor(level=_LEVEL), ZstdDecompressor()
