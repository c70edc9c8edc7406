"""The audit log: the stored events of cards and of the account, read as one type, with filters and exports.

:mod:`core.events` describes an event before it is stored, :mod:`core.event_words` writes it in words.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.account_events import AccountEventKind
from cardwright.core.errors import Invalid
from cardwright.core.event_words import SENTENCES
from cardwright.core.integrity.history import AuditLink, Event, read_details
from cardwright.core.listing import Position
from cardwright.core.times import utc

MOST_WORDS = 20
"""Words of one search of the audit log."""


class AuditRecordKind(StrEnum):
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


_KINDS: Mapping[str, AuditRecordKind] = {
    Event.CREATED: AuditRecordKind.CREATION,
    Event.CONTENT: AuditRecordKind.VERSION,
    Event.STATUS: AuditRecordKind.STATUS,
    Event.TAGGED: AuditRecordKind.TAGS,
    Event.UNTAGGED: AuditRecordKind.TAGS,
    Event.DELETED: AuditRecordKind.DELETION,
    Event.PAIRED: AuditRecordKind.VERSION,
    Event.UNPAIRED: AuditRecordKind.VERSION,
    Event.IMPORTED: AuditRecordKind.IMPORT,
    Event.EXPORT_STARTED: AuditRecordKind.EXPORT,
    Event.EXPORTED: AuditRecordKind.EXPORT,
    Event.EXPORT_FAILED: AuditRecordKind.EXPORT,
    AccountEventKind.USER_CREATED: AuditRecordKind.PERSON,
    AccountEventKind.ROLE_CHANGED: AuditRecordKind.PERSON,
    AccountEventKind.PROFILE_CHANGED: AuditRecordKind.PERSON,
    AccountEventKind.USER_DISABLED: AuditRecordKind.PERSON,
    AccountEventKind.USER_ENABLED: AuditRecordKind.PERSON,
    AccountEventKind.USER_DELETED: AuditRecordKind.PERSON,
    AccountEventKind.PASSWORD_CHANGED: AuditRecordKind.PERSON,
    AccountEventKind.SIGNED_OUT_EVERYWHERE: AuditRecordKind.PERSON,
    AccountEventKind.KEY_CREATED: AuditRecordKind.KEY,
    AccountEventKind.KEY_REVOKED: AuditRecordKind.KEY,
    AccountEventKind.BUCKET_CLAIMED: AuditRecordKind.BUCKET,
    AccountEventKind.BUCKET_GIVEN: AuditRecordKind.BUCKET,
    AccountEventKind.BUCKET_RELEASED: AuditRecordKind.BUCKET,
    AccountEventKind.SETTING_CHANGED: AuditRecordKind.SETTING,
}
_FIRST_WORDS: Mapping[str, AuditRecordKind] = {
    "review": AuditRecordKind.REVIEW,
    "reviewers": AuditRecordKind.REVIEW,
    "decision": AuditRecordKind.REVIEW,
    "approval": AuditRecordKind.REVIEW,
    "comment": AuditRecordKind.REVIEW,
    "finding": AuditRecordKind.FINDING,
    "waiver": AuditRecordKind.FINDING,
    "evidence": AuditRecordKind.FINDING,
    "policy": AuditRecordKind.POLICY,
}


def kind_of(event: str) -> AuditRecordKind:
    """Return the kind of an event: by its name, else by its first word, as in ``policy activated``."""
    return _KINDS.get(event) or _FIRST_WORDS.get(event.partition(" ")[0], AuditRecordKind.OTHER)


class AuditRecord(NamedTuple):
    """One stored event of an account.

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
    def kind(self) -> AuditRecordKind:
        return kind_of(self.event)

    @property
    def position(self) -> Position:
        return (self.at, self.record_id, self.sequence)

    @property
    def members(self) -> Mapping[str, object]:
        """The details of an event of a card; empty for other events and for details that cannot be read."""
        return read_details(self.details) if self.card is not None else {}

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
    kinds: Collection[AuditRecordKind] = ()
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


def sentence(record: AuditRecord) -> tuple[str, str]:
    """Return the words for an event: what was done, and what else is known of it (may be empty)."""
    if record.card is None:
        subject = f"{record.subject}: {record.details}" if record.details else str(record.subject or "")
        return record.event.capitalize(), subject
    words = SENTENCES.get(record.event)
    return (record.event.capitalize(), "") if words is None else words({"role": record.role, **record.members})


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
