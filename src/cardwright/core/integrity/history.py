"""The two chains of a card's history: version records and audit links.

A *version record* states the author, time and content digest of a version; it never changes and has no status. An
*audit link* states one event: the card was created, its content, status, tags or pairs of evaluation jobs changed, a
file was imported, an export began or ended, or the card was deleted.
Each record and link contains the digest of the previous one, so changing, inserting or removing one
changes every later digest. A digest is the SHA-256 of the canonical JSON (RFC 8785) of the members of
the record or link: see :meth:`VersionRecord.digest` and :meth:`AuditLink.digest`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import orjson

from cardwright.core.card import DeletedCard, Status

GENESIS = "0" * 64
"""The digest of the record before the first one of a chain."""


_APPROVED = Status.APPROVED


class Event(StrEnum):
    """The event of an audit link."""

    CREATED = "created"
    CONTENT = "content"
    STATUS = "status"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    REVIEW_REQUESTED = "review requested"
    REVIEWERS_ASSIGNED = "reviewers assigned"
    REVIEW_DECIDED = "review decided"
    DECISION_DISMISSED = "decision dismissed"
    REVIEW_COMPLETED = "review completed"
    REVIEW_WITHDRAWN = "review withdrawn"
    APPROVAL_WITHDRAWN = "approval withdrawn"
    APPROVAL_EXPIRED = "approval expired"
    PAIRED = "paired"
    UNPAIRED = "unpaired"
    FINDING_OPENED = "finding opened"
    FINDING_CHANGED = "finding changed"
    FINDING_ENDED = "finding ended"
    FINDING_REOPENED = "finding reopened"
    EVIDENCE_ADDED = "evidence added"
    WAIVER_REQUESTED = "waiver requested"
    WAIVER_GRANTED = "waiver granted"
    WAIVER_REVOKED = "waiver revoked"
    COMMENT_ADDED = "comment added"
    COMMENT_RESOLVED = "comment resolved"
    COMMENT_REOPENED = "comment reopened"
    IMPORTED = "imported"
    EXPORT_STARTED = "export started"
    EXPORTED = "exported"
    EXPORT_FAILED = "export failed"
    DELETED = "deleted"


class VersionRecord(NamedTuple):
    """The unchanging record of one version. ``at`` is in milliseconds since the epoch."""

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
    """One event in a card's history.

    Attributes:
        sequence: 1, 2, 3 ... within the card.
        event: an :class:`Event`; any text when the link is read from a store that may be tampered with.
        at: milliseconds since the epoch.
        actor, role, source, request_id: the caller, the caller's role and network address, and the request.
        details: canonical JSON text of the change; its members depend on the event. ``through`` is the interface of
            the request; absent in events of older stores.
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


class StoredLink(NamedTuple):
    """An audit link and the digest that the store has for it."""

    link: AuditLink
    digest: str


def ever_had_status(links: Iterable[AuditLink], status: str) -> bool:
    """Whether any link, including the creation, gave the card that status."""
    return any(status in (details.get("status"), details.get("to")) for details in map(details_of, links))


def approved_versions(links: Iterable[AuditLink]) -> set[int]:
    """Return the versions that were Approved at some time and whose approval was not withdrawn.

    Args:
        links: the links that gave the card a status or withdrew an approval, in their order.
    """
    approved: set[int] = set()
    for link in links:
        details = details_of(link)
        number = details.get("version")
        if not isinstance(number, int):
            continue
        if link.event == Event.APPROVAL_WITHDRAWN:
            approved.discard(number)
        elif details.get("to" if link.event == Event.STATUS else "status") == _APPROVED:
            approved.add(number)
    return approved


def approved_before(links: Iterable[AuditLink], version: int) -> int:
    """Return the newest of :func:`approved_versions` below a version; 0 without one."""
    return max((number for number in approved_versions(links) if number < version), default=0)


def details_of(link: AuditLink) -> Mapping[str, object]:
    """Return the details of a link; see :func:`read_details`."""
    return read_details(link.details)


def read_details(text: str) -> Mapping[str, object]:
    """Return the details of an event of a card; empty if they are not a JSON object because the store was altered."""
    try:
        details = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return details if isinstance(details, dict) else {}


def deleted_card(link: AuditLink) -> DeletedCard:
    """Return the card that a link of :attr:`Event.DELETED` deletes."""
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
    """Return canonical JSON (RFC 8785) of objects, lists, strings, integers below 2**53, true, false and null.

    Object keys are ASCII here, so their order by code point equals the order by UTF-16 unit.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _digest(document: dict[str, object]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
