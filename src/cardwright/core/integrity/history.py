"""The two chains that make a card's history: version records and audit links.

A *version record* states who made which content when; it never changes and holds no status. An *audit link*
states one thing that happened to a card: it was created, its content, status or tags changed, it was deleted.
Each record and link holds the digest of the one before it, so that none can be changed, inserted or left out
without every later digest changing too. A digest is the SHA-256 of the canonical JSON (RFC 8785) of the members of
the record or link: see :meth:`VersionRecord.digest` and :meth:`AuditLink.digest`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from cardwright.core.card import DeletedCard

GENESIS = "0" * 64
"""The digest "before" the first record of a chain."""


class Event(StrEnum):
    """What an audit link tells of."""

    CREATED = "created"
    CONTENT = "content"
    STATUS = "status"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    DELETED = "deleted"


class VersionRecord(NamedTuple):
    """What is known for ever of one version. ``at`` is in milliseconds since the epoch."""

    account: str
    card_id: str
    name: str
    number: int
    content_digest: str
    at: int
    author: str
    role: str
    note: str | None
    previous_digest: str

    def digest(self) -> str:
        """The record's digest, 64 lower-case hexadecimal digits."""
        return _digest(
            {
                "account": self.account,
                "card": self.card_id,
                "name": self.name,
                "version": self.number,
                "content_sha256": self.content_digest,
                "at": self.at,
                "author": self.author,
                "role": self.role,
                "note": self.note,
                "previous": self.previous_digest,
            }
        )


class AuditLink(NamedTuple):
    """One thing that happened to a card.

    Attributes:
        sequence: 1, 2, 3 ... within the card.
        event: an :class:`Event`; any text when the link is read back from a store that somebody may have changed.
        at: milliseconds since the epoch.
        actor, role, source, request_id: who, with what right, from which address, in which request.
        details: canonical JSON text of what changed; its members depend on the event.
    """

    account: str
    card_id: str
    name: str
    sequence: int
    event: str
    at: int
    actor: str
    role: str
    source: str
    request_id: str
    details: str
    previous_digest: str

    def digest(self) -> str:
        """The link's digest, 64 lower-case hexadecimal digits."""
        return _digest(
            {
                "account": self.account,
                "card": self.card_id,
                "name": self.name,
                "sequence": self.sequence,
                "event": self.event,
                "at": self.at,
                "actor": self.actor,
                "role": self.role,
                "source": self.source,
                "request": self.request_id,
                "details": self.details,
                "previous": self.previous_digest,
            }
        )


def ever_had_status(links: Iterable[AuditLink], status: str) -> bool:
    """Whether any of a card's links gave the card that status, its creation included."""
    return any(status in (details.get("status"), details.get("to")) for details in map(details_of, links))


def details_of(link: AuditLink) -> Mapping[str, Any]:
    """What a link says of its event; empty where a changed store holds something else."""
    try:
        details = orjson.loads(link.details)
    except orjson.JSONDecodeError:
        return {}
    return details if isinstance(details, dict) else {}


def deleted_card(link: AuditLink) -> DeletedCard:
    """The card that a link of :attr:`Event.DELETED` ends."""
    details = details_of(link)
    versions, status = details.get("versions"), details.get("status")
    return DeletedCard(
        card_id=link.card_id,
        name=link.name,
        versions=versions if isinstance(versions, int) else None,
        status=status if isinstance(status, str) else None,
        deleted_at=link.at,
        deleted_by=link.actor,
        role=link.role,
    )


def canonical_json(document: object) -> str:
    """Canonical JSON (RFC 8785) of objects, lists, strings, whole numbers below 2**53, true, false and null.

    Object keys are ASCII here, so sorting them by code point is sorting them by UTF-16 unit.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _digest(document: dict[str, object]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
