"""Replay of a card's audit chain: versions, statuses, tags, stored pairs, reviews and annotations that it must have.

A complete and unchanged chain determines everything about a card except its content, of which it has the digests.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from cardwright.core.integrity.annotation_replay import ADDING, CHANGING, AnnotationReplay
from cardwright.core.integrity.history import GENESIS, AuditLink, Event, StoredLink
from cardwright.core.integrity.link_details import Details
from cardwright.core.integrity.review_replay import ReviewReplay
from cardwright.core.pairing import Choice, with_choice, without_job

Problem = tuple[str, str]
"""A record ("audit link 5") and its problem."""


@dataclass(slots=True)
class ExpectedVersion:
    """A version as the audit chain records it."""

    record_digest: str
    at: int
    author: str
    role: str
    status: str
    modified_at: int
    modified_by: str


class ExpectedSource(NamedTuple):
    """An imported file as the audit chain records it."""

    kind: str
    file_name: str
    media_type: str
    sha256: str
    size: int
    imported_at: int
    imported_by: str


@dataclass(slots=True)
class Replay:
    """The state after the links so far. ``whole`` is False once a link is missing or unreadable."""

    name: str | None = None
    length: int = 0
    head: str = GENESIS
    whole: bool = True
    status: str = ""
    modified_at: int = 0
    modified_by: str = ""
    created_at: int = 0
    created_by: str = ""
    kms_key_id: str | None = None
    deleted: bool = False
    versions: dict[int, ExpectedVersion] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    reviews: ReviewReplay = field(default_factory=ReviewReplay)
    job_pairs: dict[str, str | None] = field(default_factory=dict)
    annotations: AnnotationReplay = field(default_factory=AnnotationReplay)
    sources: dict[int, ExpectedSource] = field(default_factory=dict)

    def follow(self, stored: StoredLink) -> Iterator[Problem]:
        """Apply the next link; yields its problems."""
        link, record = stored.link, f"audit link {stored.link.sequence}"
        if link.sequence != self.length + 1:
            self.whole = False
            yield f"audit link {self.length + 1}", "is missing"
        elif link.previous_digest != self.head:
            yield record, "does not contain the digest of the link before it"
        if recomputed(link.digest) != stored.digest:
            yield record, "does not match its digest: it was changed after it was written"
        if self.name not in {None, link.name}:
            yield record, "names the card differently from the links before it"
        if self.deleted:
            yield record, "follows the deletion that ends the chain"
        self.name, self.length, self.head = link.name, link.sequence, stored.digest
        if self.whole:
            yield from ((record, problem) for problem in self._apply(link))

    def _apply(self, link: AuditLink) -> Iterator[str]:
        apply = _EVENTS.get(link.event)
        if apply is None:
            self.whole = False
            yield "has an unknown kind of event"
            return
        if (link.event == Event.CREATED) is not (link.sequence == 1):
            yield "breaks the rule that a chain begins with the card's creation, and only there"
        try:
            details = Details(orjson.loads(link.details))
            problem = apply(self, link, details)
        except (KeyError, TypeError, ValueError, AttributeError):
            self.whole = False
            yield "has details that cannot be read"
            return
        if problem is not None:
            yield problem

    def _created(self, link: AuditLink, details: Details) -> str | None:
        self.status, self.created_at, self.created_by = details.text("status"), link.at, link.actor
        self.tags = dict(details.pairs("tags"))
        self.kms_key_id = details.text("kms_key_id") if "kms_key_id" in details.members else None
        return self._versioned(link, details)

    def _content(self, link: AuditLink, details: Details) -> str | None:
        self.reviews.content_changed(link, self.status)
        return self._versioned(link, details)

    def _versioned(self, link: AuditLink, details: Details) -> str | None:
        number, status = details.number("version"), details.text("status")
        agrees = status == self.status
        expected = len(self.versions) + 1
        self._changed(link)
        self.versions[number] = ExpectedVersion(
            details.text("record"), link.at, link.actor, link.role, status, link.at, link.actor
        )
        if number != expected:
            return f"records version {number} where version {expected} comes next"
        return None if agrees else "starts a version in a status that the card did not have"

    def _status(self, link: AuditLink, details: Details) -> str | None:
        agrees = details.members["from"] == self.status and details.members["version"] == len(self.versions)
        self._changed(link)
        before, self.status = self.status, details.text("to")
        self.reviews.status_changed(link, before, self.status)
        version = self.versions[details.number("version")]
        version.status, version.modified_at, version.modified_by = self.status, link.at, link.actor
        return None if agrees else "changes a status or a version that the card did not have"

    def _tagged(self, _: AuditLink, details: Details) -> str | None:
        self.tags |= dict(details.pairs("tags"))
        return None

    def _untagged(self, _: AuditLink, details: Details) -> str | None:
        known = [self.tags.pop(key, None) is not None for key in details.texts("tags")]
        return None if all(known) else "removes a tag that the card did not have"

    def _paired(self, _: AuditLink, details: Details) -> str | None:
        after = None if details.members["after"] is None else details.text("after")
        self.job_pairs = with_choice(self.job_pairs, Choice(details.text("before"), after))
        return None

    def _unpaired(self, _: AuditLink, details: Details) -> str | None:
        kept = without_job(self.job_pairs, details.text("job"))
        agrees = kept != self.job_pairs
        self.job_pairs = kept
        return None if agrees else "forgets a pair of evaluation jobs that the card did not have"

    def _imported(self, link: AuditLink, details: Details) -> str | None:
        """Expect the file as the source of a version; a later import of the version replaces it."""
        number = details.number("version")
        self.sources[number] = ExpectedSource(
            kind=details.text("format"),
            file_name=details.text("file"),
            media_type=details.text("media_type"),
            sha256=details.text("source_sha256"),
            size=details.number("bytes"),
            imported_at=link.at,
            imported_by=link.actor,
        )
        return None if number == len(self.versions) else "imports a version that is not the newest one"

    def _exports(self, _: AuditLink, details: Details) -> str | None:
        known = 1 <= details.number("version") <= len(self.versions)
        return None if known else "exports a version that the card did not have"

    def _deleted(self, _: AuditLink, details: Details) -> str | None:
        self.deleted = True
        last = self.versions[len(self.versions)]
        agrees = (details.members["versions"], details.members["record"], details.members["status"]) == (
            len(self.versions),
            last.record_digest,
            self.status,
        )
        return None if agrees else "records another end of the card than the links before it"

    def _changed(self, link: AuditLink) -> None:
        self.modified_at, self.modified_by = link.at, link.actor


def recomputed(digest: Callable[[], str]) -> str | None:
    """Return a recomputed digest, or None when a value has a type that is never part of a digest."""
    try:
        return digest()
    except TypeError:
        return None


_EVENTS: Mapping[str, Callable[[Replay, AuditLink, Details], str | None]] = {
    Event.CREATED: Replay._created,
    Event.CONTENT: Replay._content,
    Event.STATUS: Replay._status,
    Event.TAGGED: Replay._tagged,
    Event.UNTAGGED: Replay._untagged,
    Event.REVIEW_REQUESTED: lambda replay, link, details: replay.reviews.requested(link, details),
    Event.REVIEWERS_ASSIGNED: lambda replay, link, details: replay.reviews.assigned(link, details),
    Event.REVIEW_DECIDED: lambda replay, link, details: replay.reviews.decided(link, details),
    Event.DECISION_DISMISSED: lambda replay, link, details: replay.reviews.dismissed(link, details),
    Event.REVIEW_COMPLETED: lambda replay, link, details: replay.reviews.completed(link, details),
    Event.REVIEW_WITHDRAWN: lambda replay, link, details: replay.reviews.request_withdrawn(link, details),
    Event.APPROVAL_WITHDRAWN: lambda replay, link, details: replay.reviews.withdrawn(link, details),
    Event.APPROVAL_EXPIRED: lambda replay, link, details: replay.reviews.expired(link, details),
    Event.PAIRED: Replay._paired,
    Event.UNPAIRED: Replay._unpaired,
    Event.IMPORTED: Replay._imported,
    Event.EXPORT_STARTED: Replay._exports,
    Event.EXPORTED: Replay._exports,
    Event.EXPORT_FAILED: Replay._exports,
    Event.DELETED: Replay._deleted,
    **{
        event: lambda replay, link, details: replay.annotations.follow(link.event, details.members)
        for event in (*ADDING, *CHANGING)
    },
}
