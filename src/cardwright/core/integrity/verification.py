"""Whether what a store holds of a card fits together: row, versions, contents, tags, export jobs and audit chain.

Finds whatever was changed, inserted or left out without making all later digests anew. Who can rewrite a card's
whole history, its row and every digest included, leaves no trace in the store itself: keep copies of
``audit_digest`` elsewhere (backups do) to find that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cardwright.core import content as contents
from cardwright.core.card import Card, card_facts
from cardwright.core.card_text import card_words
from cardwright.core.errors import ContentInvalid
from cardwright.core.export_job import ExportJob, misfits
from cardwright.core.integrity.history import GENESIS, VersionRecord
from cardwright.core.integrity.replay import Problem, Replay, StoredLink, ToldVersion, recomputed

CARD = "the card"
"""What a fault calls the card's own row."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One record that does not fit or is missing.

    Attributes:
        card_id: empty for a record of no card, such as a user's.
        name: the card's name, as far as anything left tells it, else empty.
        record: such as ``version 3``, ``audit link 5``, ``the card``, ``tag owner``.
        problem: what is wrong with it; never holds content.
    """

    account: str
    card_id: str
    name: str
    record: str
    problem: str

    def __str__(self) -> str:
        name = contents.shown(self.name) or "without a name"
        card = f", card {name} ({contents.shown(self.card_id)})" if self.card_id else ""
        return f"account {contents.shown(self.account)}{card}: {contents.shown(self.record)} {self.problem}."


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A card's row: the card, and what the row repeats of the newest content, by column."""

    card: Card
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version's row with its content, None when that is missing."""

    record: VersionRecord
    record_digest: str
    status: str
    modified_at: int
    modified_by: str
    content: str | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that a store holds of one card. ``links`` and ``versions`` come in order and are read once.

    Attributes:
        stray_contents: numbers of contents that have no version.
    """

    account: str
    card_id: str
    card: StoredCard | None
    links: Iterable[StoredLink]
    versions: Iterable[StoredVersion]
    stray_contents: Iterable[int]
    tags: Mapping[str, str]
    export_jobs: Iterable[ExportJob]


def check_card(held: Holdings) -> Iterator[Fault]:
    """Yield what does not fit of one card, in the order audit chain, versions, card row, tags, jobs."""
    replay, names = Replay(), _Names(held.card)
    for record, problem in _problems(held, replay, names):
        name = names.seen or replay.name or ""
        yield Fault(held.account, held.card_id, name, record, problem)


class _Names:
    """The name that faults show: the row's, else a version's (else the chain's)."""

    def __init__(self, stored: StoredCard | None) -> None:
        self.seen = None if stored is None else stored.card.name


def _problems(held: Holdings, replay: Replay, names: _Names) -> Iterator[Problem]:
    for link in held.links:
        yield from replay.follow(link)
    yield from _chain_end(held.card, replay)
    newest: StoredVersion | None = None
    for version in held.versions:
        names.seen = names.seen or version.record.name
        yield from _version(held, replay, newest, version)
        newest = version
    told = max(replay.versions, default=0) if held.card else 0
    last = max(held.card.card.version if held.card else 0, told)
    yield from _missing(newest, last + 1)
    yield from ((f"content of version {number}", "has no version") for number in held.stray_contents)
    if held.card is not None:
        yield from _card(held.card, replay, newest)
    yield from _tags(held, replay)
    yield from _export_jobs(held)


def _chain_end(stored: StoredCard | None, replay: Replay) -> Iterator[Problem]:
    if stored is None:
        if replay.length == 0:
            yield CARD, "is missing, and has no audit chain, while other records of it are left"
        elif not replay.deleted:
            yield CARD, f"is missing, and audit link {replay.length}, the last, does not tell of its deletion"
        return
    card = stored.card
    if replay.length < card.audit_sequence:
        replay.whole = False
        none = " with the whole audit chain" if replay.length == 0 else ""
        yield (
            f"audit link {replay.length + 1}",
            f"is missing{none}: the card's chain has {card.audit_sequence}",
        )
    elif replay.length == 0:
        replay.whole = False
        yield CARD, "has no audit chain"
    elif replay.length > card.audit_sequence:
        yield (
            f"audit link {card.audit_sequence + 1}",
            "stands beyond the end of the chain that the card names",
        )
    elif replay.head != card.audit_digest:
        yield f"audit link {replay.length}", "is not the end of the chain that the card names"
    if replay.deleted:
        yield CARD, "is there, though its audit chain tells of its deletion"


def _version(held: Holdings, replay: Replay, before: StoredVersion | None, version: StoredVersion) -> Iterator[Problem]:
    record = version.record
    label = f"version {record.number}"
    if held.card is None:
        yield label, "is left of a card that is gone"
        return
    gaps = list(_missing(before, record.number))
    yield from gaps
    if recomputed(record.digest) != version.record_digest:
        yield label, "does not match its digest: it was changed after it was written"
    before_digest = GENESIS if before is None else before.record_digest
    if not gaps and record.previous_digest != before_digest:
        yield label, "does not hold the digest of the version before it"
    if version.content is None:
        yield label, "has lost its content"
    elif not isinstance(version.content, str) or contents.digest(version.content) != record.content_digest:
        yield label, "holds another content than the one that was recorded"
    if record.name != held.card.card.name:
        yield label, "was recorded under another name than the card's"
    if record.number > held.card.card.version:
        yield label, "is newer than the newest version that the card names"
    if replay.whole:
        told = replay.versions.get(record.number)
        yield from ((label, problem) for problem in _as_told(version, told))


def _as_told(version: StoredVersion, told: ToldVersion | None) -> Iterator[str]:
    record = version.record
    if told is None:
        yield "is in no audit link"
        return
    if version.record_digest != told.record_digest:
        yield "is not the record that the audit chain tells of"
    elif (record.at, record.author, record.role) != (told.at, told.author, told.role):
        yield "has another time, author or role than its audit link"
    if version.status != told.status:
        yield f"has a status that the audit chain does not tell of, which says {contents.shown(told.status)}"
    elif (version.modified_at, version.modified_by) != (told.modified_at, told.modified_by):
        yield "has a time or author of its last change that the audit chain does not tell of"


def _missing(before: StoredVersion | None, number: int) -> Iterator[Problem]:
    """A problem when versions between one row and the next number are not there; one, however many they are."""
    expected = 1 if before is None else before.record.number + 1
    if expected < number:
        more = f", and {number - expected - 1} after it" if number - expected > 1 else ""
        yield f"version {expected}", f"is missing{more}"


def _card(stored: StoredCard, replay: Replay, newest: StoredVersion | None) -> Iterator[Problem]:
    card = stored.card
    if newest is not None and newest.record.number == card.version:
        if card.record_digest != newest.record_digest:
            yield CARD, f"does not hold the digest of version {card.version}, its newest"
        if card.content_digest != newest.record.content_digest:
            yield CARD, f"does not hold the digest of the content of version {card.version}, its newest"
        if isinstance(newest.content, str) and contents.digest(newest.content) == newest.record.content_digest:
            yield from ((CARD, problem) for problem in _facts(card.name, stored.facts, newest.content))
    if not replay.whole:
        return
    if card.name != replay.name:
        yield CARD, "has another name than its audit chain tells of"
    if card.status != replay.status:
        yield (
            CARD,
            f"has a status that the audit chain does not tell of, which says {contents.shown(replay.status)}",
        )
    if (card.created_at, card.created_by) != (replay.created_at, replay.created_by):
        yield CARD, "has a time or author of its creation that the audit chain does not tell of"
    if card.kms_key_id != replay.kms_key_id:
        yield CARD, "has a KMS key that the audit chain does not state"
    if (card.modified_at, card.modified_by) != (replay.modified_at, replay.modified_by):
        yield CARD, "has a time or author of its last change that the audit chain does not tell of"


def _facts(name: str, facts: Mapping[str, Any], content: str) -> Iterator[str]:
    try:
        expected: dict[str, object] = {**card_facts(contents.document_of(content))}
        if facts["words"] is not None:  # else they are still to be read
            expected["words"] = card_words(name, contents.parse(content))
    except ContentInvalid:
        yield "has content that is not JSON"
        return
    for column, value in expected.items():
        if facts[column] != value:
            yield f"has a {column} that its newest content does not say"


def _tags(held: Holdings, replay: Replay) -> Iterator[Problem]:
    if held.card is None:
        yield from ((f"tag {key}", "is left of a card that is gone") for key in held.tags)
    elif replay.whole:
        for key in sorted(held.tags.keys() | replay.tags.keys()):
            if key not in held.tags:
                yield f"tag {key}", "is missing"
            elif key not in replay.tags:
                yield f"tag {key}", "is in no audit link"
            elif held.tags[key] != replay.tags[key]:
                yield f"tag {key}", "has another value than the audit chain tells of"


def _export_jobs(held: Holdings) -> Iterator[Problem]:
    for job in held.export_jobs:
        label = f"export job {job.name}"
        if held.card is None:
            yield label, "is left of a card that is gone"
        else:
            yield from ((label, problem) for problem in misfits(job, held.card.card.name, held.card.card.version))
