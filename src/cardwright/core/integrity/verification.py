"""Verify the records of a card against each other: row, versions, contents, tags, stored pairs, reviews, annotations,
jobs, chain.

Detects every change, insertion and removal that leaves later digests unchanged. A rewritten complete history,
including row and digests, leaves no trace in the store itself: keep copies of
``audit_digest`` elsewhere (backups do) to detect that.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cardwright.core import content as contents
from cardwright.core.card import Card, card_facts
from cardwright.core.card_text import card_words
from cardwright.core.errors import ContentInvalid
from cardwright.core.export_job import ExportJob, job_problems
from cardwright.core.indexed_words import WordSeals
from cardwright.core.integrity.annotation_verification import Annotations, check_annotations, label_of
from cardwright.core.integrity.history import GENESIS, StoredLink, VersionRecord
from cardwright.core.integrity.replay import ExpectedSource, ExpectedVersion, Problem, Replay, recomputed
from cardwright.core.integrity.review_verification import ReviewHoldings, check_reviews

CARD = "the card"
"""The name of the card's row in a fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One record that is wrong or missing.

    Attributes:
        card_id: empty for a record without a card, such as a user's.
        name: the card's name, if any remaining record has it, else empty.
        record: such as ``version 3``, ``audit link 5``, ``the card``, ``tag owner``.
        problem: what is wrong with it; never contains content.
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
    """A card's row: the card, and the facts of the newest content that the row repeats, by column."""

    card: Card
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version's row with its content; None when the content is missing."""

    record: VersionRecord
    record_digest: str
    status: str
    modified_at: int
    modified_by: str
    content: str | None


@dataclass(frozen=True, slots=True)
class StoredSource:
    """The row of a file that a card was imported from.

    Attributes:
        stated: what the row says of the file.
        read_sha256, read_size: of the bytes that the row holds; None if they cannot be unpacked.
    """

    version: int
    stated: ExpectedSource
    read_sha256: str | None
    read_size: int | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """The stored records of one card. ``links`` and ``versions`` come in order and are read once.

    Attributes:
        stray_contents: numbers of contents without a version.
    """

    account: str
    card_id: str
    card: StoredCard | None
    links: Iterable[StoredLink]
    versions: Iterable[StoredVersion]
    stray_contents: Iterable[int]
    tags: Mapping[str, str]
    job_pairs: Mapping[str, str | None]
    export_jobs: Iterable[ExportJob]
    sources: Iterable[StoredSource]
    reviews: ReviewHoldings
    annotations: Annotations


def check_card(held: Holdings, seals: WordSeals | None = None) -> Iterator[Fault]:
    """Yield the faults of one card, in the order audit chain, versions, card row, tags, reviews, jobs, files.

    Args:
        seals: the words of a card are not found again if they have this server's seal.
    """
    replay, names = Replay(), _Names(held.card)
    for record, problem in _problems(held, replay, names, seals):
        name = names.seen or replay.name or ""
        yield Fault(held.account, held.card_id, name, record, problem)


class _Names:
    """The card name in faults: from the row, else from a version, else from the chain."""

    def __init__(self, stored: StoredCard | None) -> None:
        self.seen = None if stored is None else stored.card.name


def _problems(held: Holdings, replay: Replay, names: _Names, seals: WordSeals | None) -> Iterator[Problem]:
    for link in held.links:
        yield from replay.follow(link)
    yield from _chain_end(held.card, replay)
    newest: StoredVersion | None = None
    newest_digest: str | None = None
    numbers: set[int] = set()
    for version in held.versions:
        names.seen = names.seen or version.record.name
        content_digest = contents.digest(version.content) if isinstance(version.content, str) else None
        yield from _version(held, replay, newest, version, content_digest)
        newest, newest_digest = version, content_digest
        numbers.add(version.record.number)
    expected = max(replay.versions, default=0) if held.card else 0
    last = max(held.card.card.version if held.card else 0, expected)
    yield from _missing(newest, last + 1)
    yield from ((f"content of version {number}", "has no version") for number in held.stray_contents)
    if held.card is not None:
        yield from _card(held.card, replay, newest, newest_digest, held.tags, seals)
    yield from _tags(held, replay)
    yield from _reviews(held, replay)
    yield from _annotations(held, replay)
    yield from _job_pairs(held, replay)
    yield from _export_jobs(held)
    yield from _sources(held, replay, numbers)


def _chain_end(stored: StoredCard | None, replay: Replay) -> Iterator[Problem]:
    if stored is None:
        if replay.length == 0:
            yield CARD, "is missing, and has no audit chain, while other records of it exist"
        elif not replay.deleted:
            yield CARD, f"is missing, and audit link {replay.length}, the last, does not record its deletion"
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
            "is beyond the end of the chain that the card names",
        )
    elif replay.head != card.audit_digest:
        yield f"audit link {replay.length}", "is not the end of the chain that the card names"
    if replay.deleted:
        yield CARD, "exists, although its audit chain records its deletion"


def _version(
    held: Holdings, replay: Replay, before: StoredVersion | None, version: StoredVersion, content_digest: str | None
) -> Iterator[Problem]:
    record = version.record
    label = f"version {record.number}"
    if held.card is None:
        yield label, "belongs to a card that is missing"
        return
    gaps = list(_missing(before, record.number))
    yield from gaps
    if recomputed(record.digest) != version.record_digest:
        yield label, "does not match its digest: it was changed after it was written"
    before_digest = GENESIS if before is None else before.record_digest
    if not gaps and record.previous_digest != before_digest:
        yield label, "does not contain the digest of the version before it"
    if version.content is None:
        yield label, "has lost its content"
    elif content_digest != record.content_digest:
        yield label, "has content that differs from the recorded digest"
    if record.name != held.card.card.name:
        yield label, "has another name than its card"
    if record.number > held.card.card.version:
        yield label, "is newer than the newest version that the card names"
    if replay.whole:
        expected = replay.versions.get(record.number)
        yield from ((label, problem) for problem in _against_chain(version, expected))


def _against_chain(version: StoredVersion, expected: ExpectedVersion | None) -> Iterator[str]:
    record = version.record
    if expected is None:
        yield "has no audit link"
        return
    if version.record_digest != expected.record_digest:
        yield "is another record than the audit chain's"
    elif (record.at, record.author, record.role) != (expected.at, expected.author, expected.role):
        yield "has another time, author or role than its audit link"
    if version.status != expected.status:
        yield f"has another status than the audit chain, which records {contents.shown(expected.status)}"
    elif (version.modified_at, version.modified_by) != (expected.modified_at, expected.modified_by):
        yield "has another time or author of its last change than the audit chain"


def _missing(before: StoredVersion | None, number: int) -> Iterator[Problem]:
    """Yield one problem when versions between one row and the next number are missing."""
    expected = 1 if before is None else before.record.number + 1
    if expected < number:
        more = f", and {number - expected - 1} after it" if number - expected > 1 else ""
        yield f"version {expected}", f"is missing{more}"


def _card(  # noqa: PLR0913, PLR0917 - the records of a card
    stored: StoredCard,
    replay: Replay,
    newest: StoredVersion | None,
    content_digest: str | None,
    tags: Mapping[str, str],
    seals: WordSeals | None,
) -> Iterator[Problem]:
    card = stored.card
    if newest is not None and newest.record.number == card.version:
        if card.record_digest != newest.record_digest:
            yield CARD, f"does not contain the digest of version {card.version}, its newest"
        if card.content_digest != newest.record.content_digest:
            yield CARD, f"does not contain the digest of the content of version {card.version}, its newest"
        if isinstance(newest.content, str) and content_digest == newest.record.content_digest:
            yield from ((CARD, problem) for problem in _facts(stored, newest.content, content_digest, tags, seals))
    if not replay.whole:
        return
    if card.name != replay.name:
        yield CARD, "has another name than its audit chain"
    if card.status != replay.status:
        yield (
            CARD,
            f"has another status than the audit chain, which records {contents.shown(replay.status)}",
        )
    if (card.created_at, card.created_by) != (replay.created_at, replay.created_by):
        yield CARD, "has another time or author of its creation than the audit chain"
    if card.kms_key_id != replay.kms_key_id:
        yield CARD, "has another KMS key than the audit chain"
    if (card.modified_at, card.modified_by) != (replay.modified_at, replay.modified_by):
        yield CARD, "has another time or author of its last change than the audit chain"


def _facts(
    stored: StoredCard, content: str, digest: str, tags: Mapping[str, str], seals: WordSeals | None
) -> Iterator[str]:
    facts = stored.facts
    try:
        value = contents.parse(content)
        expected: dict[str, object] = {**card_facts(contents.parsed_document(digest, value))}
        if facts["words"] is not None and not _sealed(stored, digest, tags, seals):  # else they are not indexed yet
            expected["words"] = " ".join(card_words(stored.card.name, value, tags))
    except ContentInvalid:
        yield "has content that is not JSON"
        return
    for column, value in expected.items():
        if facts[column] != value:
            yield f"has another {column} than its newest content"


def _sealed(stored: StoredCard, digest: str, tags: Mapping[str, str], seals: WordSeals | None) -> bool:
    """Whether a seal shows that the words are those of the name, the tags and the content with this digest."""
    words, seal = stored.facts["words"], stored.facts["seal"]
    if seals is None or seal is None or not isinstance(words, str):
        return False
    return seal == seals.seal(stored.card.name, tags, digest, words)


def _tags(held: Holdings, replay: Replay) -> Iterator[Problem]:
    if held.card is None:
        yield from ((f"tag {key}", "belongs to a card that is missing") for key in held.tags)
    elif replay.whole:
        for key in sorted(held.tags.keys() | replay.tags.keys()):
            if key not in held.tags:
                yield f"tag {key}", "is missing"
            elif key not in replay.tags:
                yield f"tag {key}", "has no audit link"
            elif held.tags[key] != replay.tags[key]:
                yield f"tag {key}", "has another value than the audit chain"


def _reviews(held: Holdings, replay: Replay) -> Iterator[Problem]:
    if held.card is None:
        yield from ((record, "belongs to a card that is missing") for record in held.reviews.records)
    elif replay.whole:
        yield from check_reviews(held.reviews, replay.reviews)


def _annotations(held: Holdings, replay: Replay) -> Iterator[Problem]:
    if held.card is None:
        yield from ((label_of(key), "belongs to a card that is missing") for key in held.annotations)
    elif replay.whole:
        yield from check_annotations(held.annotations, replay.annotations)


def _job_pairs(held: Holdings, replay: Replay) -> Iterator[Problem]:
    labels = {
        name: f"pair of evaluation job {name}" for name in sorted(held.job_pairs.keys() | replay.job_pairs.keys())
    }
    if held.card is None:
        yield from ((labels[name], "belongs to a card that is missing") for name in held.job_pairs)
    elif replay.whole:
        for name, label in labels.items():
            if name not in held.job_pairs:
                yield label, "is missing"
            elif name not in replay.job_pairs:
                yield label, "has no audit link"
            elif held.job_pairs[name] != replay.job_pairs[name]:
                yield label, "has another partner than the audit chain"


def _export_jobs(held: Holdings) -> Iterator[Problem]:
    for job in held.export_jobs:
        label = f"export job {job.name}"
        if held.card is None:
            yield label, "belongs to a card that is missing"
        else:
            yield from ((label, problem) for problem in job_problems(job, held.card.card.name, held.card.card.version))


def _sources(held: Holdings, replay: Replay, versions: Container[int]) -> Iterator[Problem]:
    seen: set[int] = set()
    for source in held.sources:
        seen.add(source.version)
        label = f"imported file of version {source.version}"
        if held.card is None:
            yield label, "belongs to a card that is missing"
        elif source.version not in versions:
            yield label, "has no version"
        elif source.read_sha256 is None:
            yield label, "cannot be unpacked"
        elif (source.read_sha256, source.read_size) != (source.stated.sha256, source.stated.size):
            yield label, "has other bytes than its digest and size say"
        elif replay.whole and replay.sources.get(source.version) != source.stated:
            known = source.version in replay.sources
            yield label, "is another file than the audit chain's" if known else "has no audit link"
    if held.card is not None and replay.whole:
        missing = sorted(replay.sources.keys() - seen)
        yield from ((f"imported file of version {number}", "is missing") for number in missing)
