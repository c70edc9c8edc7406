"""The audit log: what people and programs did in an account, as one type for events of cards and of the account.

Audit links (:mod:`core.integrity.history`) record what happened to a card, account events
(:mod:`core.account_events`) everything else. Both are read as :class:`AuditRecord`.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import orjson

from cardwright.core.account_events import AccountEventKind
from cardwright.core.errors import Invalid
from cardwright.core.integrity.history import AuditLink, Event
from cardwright.core.listing import Position
from cardwright.core.people import Role
from cardwright.core.review import Verdict

MOST_WORDS = 20
"""Words of one search of the audit log."""

_WORDS = {"PendingReview": "Pending review"}
_DATE = len("2026-07-28")
_SHOWN = 12  # digits of a digest in a sentence


class Kind(StrEnum):
    """The kinds of events that the audit log is filtered by."""

    CREATION = "creation"
    VERSION = "version"
    STATUS = "status"
    TAGS = "tags"
    DELETION = "deletion"
    IMPORT = "import"
    EXPORT = "export"
    REVIEW = "review"
    FINDING = "finding"
    POLICY = "policy"
    PERSON = "person"
    KEY = "key"
    BUCKET = "bucket"
    SETTING = "setting"
    OTHER = "other"


_KINDS: Mapping[str, Kind] = {
    Event.CREATED: Kind.CREATION,
    Event.CONTENT: Kind.VERSION,
    Event.STATUS: Kind.STATUS,
    Event.TAGGED: Kind.TAGS,
    Event.UNTAGGED: Kind.TAGS,
    Event.DELETED: Kind.DELETION,
    Event.PAIRED: Kind.VERSION,
    Event.UNPAIRED: Kind.VERSION,
    Event.IMPORTED: Kind.IMPORT,
    Event.EXPORT_STARTED: Kind.EXPORT,
    Event.EXPORTED: Kind.EXPORT,
    Event.EXPORT_FAILED: Kind.EXPORT,
    AccountEventKind.USER_CREATED: Kind.PERSON,
    AccountEventKind.ROLE_CHANGED: Kind.PERSON,
    AccountEventKind.PROFILE_CHANGED: Kind.PERSON,
    AccountEventKind.USER_DISABLED: Kind.PERSON,
    AccountEventKind.USER_ENABLED: Kind.PERSON,
    AccountEventKind.USER_DELETED: Kind.PERSON,
    AccountEventKind.PASSWORD_CHANGED: Kind.PERSON,
    AccountEventKind.SIGNED_OUT_EVERYWHERE: Kind.PERSON,
    AccountEventKind.KEY_CREATED: Kind.KEY,
    AccountEventKind.KEY_REVOKED: Kind.KEY,
    AccountEventKind.BUCKET_CLAIMED: Kind.BUCKET,
    AccountEventKind.BUCKET_GIVEN: Kind.BUCKET,
    AccountEventKind.BUCKET_RELEASED: Kind.BUCKET,
    AccountEventKind.SETTING_CHANGED: Kind.SETTING,
}
_FIRST_WORDS: Mapping[str, Kind] = {
    "review": Kind.REVIEW,
    "reviewers": Kind.REVIEW,
    "decision": Kind.REVIEW,
    "approval": Kind.REVIEW,
    "comment": Kind.REVIEW,
    "finding": Kind.FINDING,
    "waiver": Kind.FINDING,
    "evidence": Kind.FINDING,
    "policy": Kind.POLICY,
}


def kind_of(event: str) -> Kind:
    """Return the kind of an event: by its name, else by its first word, as in ``policy activated``."""
    return _KINDS.get(event) or _FIRST_WORDS.get(event.partition(" ")[0], Kind.OTHER)


class AuditRecord(NamedTuple):
    """One event of an account.

    Attributes:
        at: milliseconds since the epoch.
        record_id: the identifier of the card, or of an event that concerns no card.
        sequence: the number of the event in the card's chain; 0 for an event that concerns no card.
        event: an :class:`Event` or an :class:`AccountEventKind`.
        actor, role, source, request_id: the caller, the caller's role and network address, and the request.
        details: canonical JSON of an event of a card; words of another event.
        interface: a :class:`core.people.Interface`; None when it was not recorded.
        card: the card's name.
        subject: the user, access key or bucket of an event that concerns no card.
        previous_digest, digest: the card's chain, as it is stored.
        deleted: whether the card does not exist any more.
    """

    at: int
    record_id: str
    sequence: int
    event: str
    actor: str
    role: str
    source: str
    request_id: str
    details: str
    interface: str | None
    card: str | None
    subject: str | None
    previous_digest: str | None
    digest: str | None
    deleted: bool = False

    @property
    def kind(self) -> Kind:
        return kind_of(self.event)

    @property
    def position(self) -> Position:
        return (self.at, self.record_id, self.sequence)

    @property
    def members(self) -> Mapping[str, object]:
        """The details of an event of a card; empty for other events and for details that cannot be read."""
        return _members(self.details) if self.card is not None else {}

    @property
    def version(self) -> int | None:
        """The version that an event of a card is about."""
        found = self.members.get("version", self.members.get("versions"))
        return found if isinstance(found, int) else None

    @property
    def through(self) -> str | None:
        """The interface of the request; None when it was not recorded."""
        found = self.members.get("through", self.interface)
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Filters of the audit log.

    Attributes:
        since, until: the first millisecond, and the one after the last, since the epoch.
        person: only events of this caller.
        card: only events of cards with this name, also deleted ones.
        kinds: only events of these kinds; empty for all.
        words: only events whose line has all these words, see :func:`search_words`.
        reader: the caller whose own events are all that this reader sees of events that concern no card; None for a
            reader who sees everything.
    """

    since: int | None = None
    until: int | None = None
    person: str | None = None
    card: str | None = None
    kinds: Collection[Kind] = ()
    words: Sequence[str] = ()
    reader: str | None = None


def search_words(text: str) -> tuple[str, ...]:
    """Return the words that a text searches the audit log for.

    Raises:
        Invalid: there are too many.
    """
    words = tuple(dict.fromkeys(text.casefold().split()))
    if len(words) > MOST_WORDS:
        raise Invalid(f"A search of the audit log has at most {MOST_WORDS} words, and this one has {len(words)}")
    return words


def has_words(record: AuditRecord, words: Collection[str]) -> bool:
    """Whether the line of an event has all words, as parts of its text: what was done, person, card and subject."""
    line = " ".join((*sentence(record), record.actor, record.card or "", record.subject or "")).casefold()
    return all(word in line for word in words)


def is_altered(record: AuditRecord, account: str) -> bool:
    """Whether an event of a card differs from its digest: it was changed after it was written."""
    if record.card is None:
        return False
    link = AuditLink(
        account=account,
        card_id=record.record_id,
        name=record.card,
        sequence=record.sequence,
        event=record.event,
        at=record.at,
        actor=record.actor,
        role=record.role,
        source=record.source,
        request_id=record.request_id,
        details=record.details,
        previous_digest=record.previous_digest or "",
    )
    return link.digest() != record.digest


def read_time(text: str, zone: datetime.tzinfo = datetime.UTC, *, ends: bool = False) -> int:
    """Return a date or an ISO 8601 time as milliseconds since the epoch.

    Args:
        zone: the zone of a text that names none.
        ends: whether a date means its end: the beginning of the next day.

    Raises:
        Invalid: the text is neither.
    """
    try:
        at = datetime.datetime.fromisoformat(text.strip())
        if ends and len(text.strip()) <= _DATE:
            at += datetime.timedelta(days=1)
        return round((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Invalid(f"{text[:40]!r} is not a time: write a date such as 2026-07-28, or 2026-07-28T10:41Z") from None


def sentence(record: AuditRecord) -> tuple[str, str]:
    """Return the words for an event: what was done, and what else is known of it (may be empty)."""
    if record.card is None:
        subject = f"{record.subject}: {record.details}" if record.details else str(record.subject or "")
        return record.event.capitalize(), subject
    words = SENTENCES.get(record.event)
    return (record.event.capitalize(), "") if words is None else words({"role": record.role, **record.members})


def utc(milliseconds: int) -> str:
    """Return a time as ISO 8601 in UTC, with milliseconds."""
    at = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


COLUMNS = (
    "time",
    "kind",
    "event",
    "what",
    "person",
    "role",
    "interface",
    "card",
    "card_id",
    "version",
    "deleted",
    "subject",
    "details",
    "source",
    "request_id",
    "entry",
    "previous_digest",
    "digest",
)
"""The members of an exported record, and the columns of its row. New ones come last."""


def document(record: AuditRecord) -> dict[str, object]:
    """Return the members of an exported record, in the order of :data:`COLUMNS`. Absent values are None."""
    what, more = sentence(record)
    of_card = record.card is not None
    values = (
        utc(record.at),
        record.kind.value,
        record.event,
        f"{what}: {more}" if more else what,
        record.actor,
        record.role,
        record.through,
        record.card,
        record.record_id if of_card else None,
        record.version,
        record.deleted if of_card else None,
        record.subject,
        record.details or None,
        record.source or None,
        record.request_id or None,
        record.sequence or None,
        record.previous_digest,
        record.digest,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _members(details: str) -> Mapping[str, object]:
    try:
        found = orjson.loads(details)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def status_words(details: Mapping[str, object]) -> str:
    """Return the words for a change of status.

    Authors do not send cards back: a card that an author makes a draft again was withdrawn.

    Args:
        details: those of the event, and the role of its actor. A draft that follows from a withdrawn request names its
            review; ``withdrawn`` is set when the person who had asked for the review made it a draft.
    """
    before, after = str(details.get("from")), str(details.get("to"))
    if (before, after) == ("PendingReview", "Draft"):
        if "review" in details:
            return "Returned to draft"
        return (
            REQUEST_WITHDRAWN if "withdrawn" in details or details.get("role") == Role.AUTHOR else "Sent back to draft"
        )
    if (before, after) == ("Approved", "PendingReview"):
        return "Returned to review"
    return _STATUSES.get(after, after)


REQUEST_WITHDRAWN = "Request withdrawn"

_STATUSES = {
    "Draft": "Reopened as draft",
    "PendingReview": "Sent for review",
    "Approved": "Approved",
    "Archived": "Archived",
}


def _status(details: Mapping[str, object]) -> tuple[str, str]:
    return status_words(details), str(details.get("comment") or "")


def _pairs(details: Mapping[str, object]) -> str:
    return ", ".join(f"{pair[0]}={pair[1]}" for pair in _listed(details) if isinstance(pair, list) and len(pair) > 1)


def _listed(details: Mapping[str, object]) -> list[object]:
    found = details.get("tags")
    return found if isinstance(found, list) else []


def _pair(details: Mapping[str, object]) -> str:
    after = details.get("after")
    return f"{details.get('before')} with {'no job' if after is None else after}"


def _exported(details: Mapping[str, object]) -> tuple[str, str]:
    digest = str(details.get("sha256") or "")[:_SHOWN]
    size = details.get("bytes")
    shown = f"{size:,} bytes, SHA-256 {digest}" if isinstance(size, int) else ""
    return "Exported as PDF", shown


def _imported(details: Mapping[str, object]) -> tuple[str, str]:
    digest, name = str(details.get("source_sha256") or "")[:_SHOWN], str(details.get("file") or "")
    facts = (str(details.get("format") or ""), name, f"SHA-256 {digest}")
    return f"Imported version {details.get('version')} from a file", ", ".join(one for one in facts if one)


def _deleted(details: Mapping[str, object]) -> tuple[str, str]:
    versions, status = details.get("versions"), str(details.get("status") or "")
    count = "1 version" if versions == 1 else f"{versions} versions"
    return "Deleted the card", f"{count}, was {_WORDS.get(status, status)}; its history is kept"


ANNOTATIONS: Mapping[str, str] = {
    Event.FINDING_OPENED: "Finding opened: {title} ({severity})",
    Event.FINDING_CHANGED: "Finding changed: {title} ({state})",
    Event.FINDING_ENDED: "Finding {state}: {title}",
    Event.FINDING_REOPENED: "Finding reopened: {title}",
    Event.EVIDENCE_ADDED: "Evidence added: {name}",
    Event.WAIVER_REQUESTED: "Waiver of {subject} requested",
    Event.WAIVER_GRANTED: "Waiver of {subject} granted",
    Event.WAIVER_REVOKED: "Waiver of {subject} revoked",
    Event.COMMENT_ADDED: "Comment on {pointer}",
    Event.COMMENT_RESOLVED: "Comment on {pointer} resolved",
    Event.COMMENT_REOPENED: "Comment on {pointer} reopened",
}
"""The words for events of findings, evidence, waivers and comments."""


def annotation_words(event: str, details: Mapping[str, object]) -> str:
    """Return the words for an event in :data:`ANNOTATIONS`. Members that the details lack are empty."""
    subject = f"the check {details['rule']}" if "rule" in details else "a finding"
    words = defaultdict(str, subject=subject, **{name: str(value) for name, value in details.items()})
    words["state"] = words["state"].replace("_", " ")
    return ANNOTATIONS[event].format_map(words)


def _annotated(event: str) -> Callable[[Mapping[str, object]], tuple[str, str]]:
    return lambda details: (annotation_words(event, details), "")


_VERDICTS: Mapping[str, str] = {
    Verdict.APPROVE: "Approved version {}",
    Verdict.REQUEST_CHANGES: "Requested changes of version {}",
    Verdict.COMMENT: "Commented on version {}",
    Verdict.WITHDRAW: "Withdrew the decision on version {}",
}


def _decided(details: Mapping[str, object]) -> tuple[str, str]:
    words = _VERDICTS.get(str(details.get("verdict")), "Decided about version {}")
    return words.format(details.get("version")), f"SHA-256 {str(details.get('content_sha256'))[:_SHOWN]}"


def _requested(details: Mapping[str, object]) -> tuple[str, str]:
    return f"Asked for a review of version {details.get('version')}", _reviewers(details)


def _reviewers(details: Mapping[str, object]) -> str:
    found = details.get("reviewers")
    return ", ".join(str(one[-1]) for one in found if isinstance(one, list) and one) if isinstance(found, list) else ""


def _completed(details: Mapping[str, object]) -> tuple[str, str]:
    policy, words = details.get("policy"), f"Completed the review of version {details.get('version')}"
    if not isinstance(policy, dict):
        return words, ""
    return words, f"under the policy {policy.get('name')}, version {policy.get('version')}"


SENTENCES: Mapping[str, Callable[[Mapping[str, object]], tuple[str, str]]] = {
    Event.CREATED: lambda details: (
        "Created the card",
        f"as {_WORDS.get(str(details.get('status')), str(details.get('status')))}",
    ),
    Event.CONTENT: lambda details: (f"Saved version {details.get('version')}", ""),
    Event.STATUS: _status,
    Event.TAGGED: lambda details: ("Set tags", _pairs(details)),
    Event.UNTAGGED: lambda details: ("Removed tags", ", ".join(map(str, _listed(details)))),
    Event.PAIRED: lambda details: ("Paired evaluation jobs", _pair(details)),
    Event.UNPAIRED: lambda details: ("Removed a pair of evaluation jobs", str(details.get("job") or "")),
    Event.IMPORTED: _imported,
    Event.EXPORT_STARTED: lambda details: ("Started an export", str(details.get("job") or "")),
    Event.EXPORTED: _exported,
    Event.EXPORT_FAILED: lambda details: ("Export failed", str(details.get("reason") or "")),
    **{event: _annotated(event) for event in ANNOTATIONS},
    Event.REVIEW_REQUESTED: _requested,
    Event.REVIEWERS_ASSIGNED: lambda details: ("Set the reviewers", _reviewers(details)),
    Event.REVIEW_DECIDED: _decided,
    Event.DECISION_DISMISSED: lambda details: (f"Dismissed the decision of {details.get('user')}", ""),
    Event.REVIEW_COMPLETED: _completed,
    Event.REVIEW_WITHDRAWN: lambda details: (
        f"Withdrew the request for a review of version {details.get('version')}",
        "",
    ),
    Event.APPROVAL_WITHDRAWN: lambda details: ("Approval withdrawn", f"version {details.get('version')}"),
    Event.APPROVAL_EXPIRED: lambda details: ("Approval expired", f"version {details.get('version')}"),
    Event.DELETED: _deleted,
}
"""By event of a card: a function from its details to what was done, and what else is known of it."""
