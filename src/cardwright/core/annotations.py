"""What findings, evidence, waivers and comments share: their form in the audit chain, and the bounds of their texts.

A link of the chain has the complete record after its event, with the SHA-256 of long texts in place of the texts.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol

from cardwright.core.errors import Invalid, LimitExceeded
from cardwright.core.policy.pointers import Stray, parts
from cardwright.core.review import text_digest

LONGEST_POINTER = 1024
"""Characters of a JSON Pointer that an annotation has."""


class Noun(StrEnum):
    """A kind of annotation. The identifier of a record is ``<noun>_id``."""

    FINDING = "finding"
    EVIDENCE = "evidence"
    WAIVER = "waiver"
    COMMENT = "comment"


TEXTS: Mapping[Noun, tuple[str, ...]] = {
    Noun.FINDING: ("text", "resolution"),
    Noun.EVIDENCE: ("note",),
    Noun.WAIVER: ("reason", "revocation"),
    Noun.COMMENT: ("text",),
}
"""The long texts of a record. The chain has their SHA-256."""

RECORD_LIMITS: Mapping[Noun, int] = {Noun.FINDING: 2000, Noun.EVIDENCE: 1000, Noun.WAIVER: 1000, Noun.COMMENT: 5000}
"""The records that one card may have."""


class Record(Protocol):
    """A stored annotation of a card."""

    def _asdict(self) -> dict[str, object]: ...


def chained(noun: Noun, record: Record) -> dict[str, object]:
    """Return a record as its links have it: without the card, without empty members, long texts by their SHA-256."""
    members = record._asdict()
    del members["card_id"]
    for name in TEXTS[noun]:
        text = members.pop(name)
        if isinstance(text, str):
            members[f"{name}_sha256"] = text_digest(text)
    return {name: value for name, value in members.items() if value is not None}


def check_pointer(pointer: str | None) -> str | None:
    """Return a JSON Pointer (RFC 6901), None for an empty one. The content need not have a value there.

    Raises:
        Invalid: the pointer is malformed or too long.
    """
    if not pointer:
        return None
    if len(pointer) > LONGEST_POINTER:
        raise Invalid(f"A JSON Pointer has at most {LONGEST_POINTER:,} characters, and this one has {len(pointer):,}")
    try:
        parts(pointer)
    except Stray as error:
        raise Invalid(f"{error}: write one such as /intended_uses/risk_rating") from error
    return pointer


def check_line(text: str | None, what: str, longest: int) -> str:
    """Return a text of one line as it is stored: without line ends and other control characters.

    Raises:
        Invalid: the text is empty or too long.
    """
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in text or "").split())
    if not kept:
        raise Invalid(f"{what} is missing")
    if len(kept) > longest:
        raise Invalid(f"{what} has at most {longest:,} characters, and this one has {len(kept):,}")
    return kept


def check_room(noun: Noun, stored: int) -> None:
    """Raise :class:`LimitExceeded` when a card has as many records of a kind as it may have."""
    if stored >= RECORD_LIMITS[noun]:
        raise LimitExceeded(f"A card has at most {RECORD_LIMITS[noun]:,} records of the kind {noun}")


def one_of(values: Iterable[object]) -> int:
    """Return how many of some values are given."""
    return sum(value is not None for value in values)
