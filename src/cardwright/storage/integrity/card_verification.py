"""Verify one card: read all its records in bounded parts, and check them."""

from collections.abc import Iterator, Sequence
from typing import cast

from cardwright.core.card import Card, Status
from cardwright.core.export_job import ExportJob
from cardwright.core.indexed_words import WordSeals
from cardwright.core.integrity.history import AuditLink, StoredLink, VersionRecord
from cardwright.core.integrity.review_verification import ReviewHoldings
from cardwright.core.integrity.verification import CARD, Fault, Holdings, StoredCard, StoredVersion, check_card
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection, Parameters
from cardwright.storage.integrity.annotation_verification import stored_annotations
from cardwright.storage.integrity.card_rows import CardRows, RowsAhead
from cardwright.storage.integrity.column_kinds import Columns, WrongKind, is_utf8, shown_key
from cardwright.storage.integrity.review_verification import stored_reviews
from cardwright.storage.integrity.shares import Counts
from cardwright.storage.integrity.source_verification import stored_sources

_CARD_COLUMNS = (
    "card_id",
    "name",
    "status",
    "version",
    "created_at",
    "created_by",
    "modified_at",
    "modified_by",
    "content_digest",
    "record_digest",
    "audit_sequence",
    "audit_digest",
    "kms_key_id",
    "model_key",
    "package_key",
    "model_id",
    "model_name",
    "model_package_group_name",
    "model_package_arn",
    "risk_rating",
    "metadata",
)
_CARD_FACTS = _CARD_COLUMNS[13:]
_TEXT_COLUMNS = ("description", "owner", "evaluations", "words", "entry", "seal")
_LINK_COLUMNS = (
    "name",
    "sequence",
    "event",
    "at",
    "actor",
    "role",
    "source",
    "request_id",
    "details",
    "previous_digest",
    "digest",
)
_VERSION_COLUMNS = (
    "name",
    "version",
    "content_digest",
    "created_at",
    "author",
    "role",
    "note",
    "previous_digest",
    "record_digest",
    "status",
    "modified_at",
    "modified_by",
)
_TAG_COLUMNS = ("tag_key", "tag_value")
_PAIR_COLUMNS = ("before_name", "after_name")
_PAIRS_OF = """
    SELECT before_name, after_name FROM evaluation_pairs WHERE account_id = :account AND card_id = :card_id
    ORDER BY before_name"""
_JOB_COLUMNS = (
    "job_id",
    "card_id",
    "card_name",
    "version",
    "name",
    "output_path",
    "status",
    "created_at",
    "created_by",
    "modified_at",
    "artifact",
    "failure_reason",
    "engine",
    "due_at",
    "claim",
    "attempts",
    "failing_since",
)
_JOBS_OF = f"""
    SELECT {", ".join(_JOB_COLUMNS)} FROM export_jobs WHERE account_id = :account AND card_id = :card_id
    ORDER BY job_id"""
# The tables of which most cards have no row. One statement finds those of many cards that do.
_SELDOM = (
    "evaluation_pairs",
    "export_jobs",
    "card_sources",
    "reviews",
    "review_decisions",
    "review_assignments",
    "approvals",
    "findings",
    "evidence",
    "waivers",
    "field_comments",
)
_HAVING = " UNION ".join(
    f"SELECT card_id FROM {table} WHERE account_id = :account AND card_id >= :first AND card_id <= :last"
    for table in _SELDOM
)
_CARD = CardRows(_CARD_COLUMNS, "cards t")
_TEXTS = CardRows(_TEXT_COLUMNS, "card_texts t")
_LINKS = CardRows(_LINK_COLUMNS, "audit t", order="sequence", paged=1)
_VERSIONS = CardRows(
    (*_VERSION_COLUMNS, "c.content"),
    "versions t LEFT JOIN contents c"
    " ON c.account_id = t.account_id AND c.card_id = t.card_id AND c.version = t.version",
    order="version",
    at_once=50,  # a content may be megabytes
    paged=1,
)
_STRAY_CONTENTS = CardRows(
    ("version",),
    "contents t",
    order="version",
    where="NOT EXISTS (SELECT 1 FROM versions v"
    " WHERE v.account_id = t.account_id AND v.card_id = t.card_id AND v.version = t.version)",
)
_TAGS_OF = CardRows(_TAG_COLUMNS, "tags t", key="resource_id", order="tag_key")
_NO_REVIEWS = ReviewHoldings({}, {}, {}, None)
_KEYS = Columns(tables.cards, ("account_id", "card_id"))
_CARDS = Columns(tables.cards, _CARD_COLUMNS)
_CARD_TEXTS = Columns(tables.card_texts, _TEXT_COLUMNS)
_AUDIT = Columns(tables.audit, _LINK_COLUMNS)
_VERSION_RECORDS = Columns(tables.versions, _VERSION_COLUMNS)
_CONTENTS = Columns(tables.contents, ("content",))
_CONTENT_NUMBERS = Columns(tables.contents, ("version",))
_TAGS = Columns(tables.tags, _TAG_COLUMNS)
_PAIRS = Columns(tables.evaluation_pairs, _PAIR_COLUMNS)
_EXPORT_JOBS = Columns(tables.export_jobs, _JOB_COLUMNS)


class CardVerification:
    """Verifies cards one by one, and reads the rows of several at once.

    Args:
        counts: receives the numbers of cards, versions and links that are read.
        seals: as in :func:`core.integrity.verification.check_card`.
    """

    def __init__(self, counts: Counts, seals: WordSeals | None) -> None:
        self.counts = counts
        self._seals = seals
        self._more: set[object] = set()  # cards that have rows in the tables _SELDOM

    def faults(self, connection: Connection, account: object, card_ids: Sequence[object]) -> Iterator[Fault]:
        """Yield the faults of each card, up to the first value of a wrong type, which stops the card's verification.

        Args:
            card_ids: a few identifiers in their order.
        """
        # Keys of another type, or that are not UTF-8, are faults, and no statement can name them.
        keys = [card_id for card_id in card_ids if _is_key(card_id)] if _is_key(account) else []
        if keys:
            ends = {"account": account, "first": keys[0], "last": keys[-1]}
            self._more = {card_id for (card_id,) in connection.rows(_HAVING, ends)}
        ahead = RowsAhead(connection, account, keys)
        for card_id in card_ids:
            name = ""
            try:
                _KEYS.check("a record", (account, card_id))
                held = self._holdings(connection, ahead, str(account), str(card_id))
                name = held.card.card.name if held.card else ""
                yield from check_card(held, self._seals)
            except WrongKind as found:
                yield Fault(shown_key(account), shown_key(card_id), name, found.record, found.problem)

    def _holdings(self, connection: Connection, ahead: RowsAhead, account: str, card_id: str) -> Holdings:
        parameters = {"account": account, "card_id": card_id}
        stored = None
        for row in ahead.rows(_CARD, card_id):
            self.counts.cards += 1
            _CARDS.check(CARD, row)
            card = Card(row[0], row[1], cast("Status", row[2]), *row[3:13])
            stored = StoredCard(card, dict(zip(_CARD_FACTS, row[13:], strict=True)) | _texts(ahead, card_id))
        more = card_id in self._more
        return Holdings(
            account=account,
            card_id=card_id,
            card=stored,
            links=self._links(ahead, account, card_id),
            versions=self._versions(ahead, account, card_id),
            stray_contents=_stray_contents(ahead, card_id),
            tags=_tags(ahead, card_id),
            job_pairs=_job_pairs(connection, parameters) if more else {},
            export_jobs=_export_jobs(connection, parameters) if more else (),
            sources=stored_sources(connection, account, card_id) if more else (),
            reviews=stored_reviews(connection, account, card_id) if more else _NO_REVIEWS,
            annotations=stored_annotations(connection, account, card_id) if more else {},
        )

    def _links(self, ahead: RowsAhead, account: str, card_id: str) -> Iterator[StoredLink]:
        for row in ahead.rows(_LINKS, card_id):
            self.counts.links += 1
            _AUDIT.check(f"audit link {shown_key(row[1])}", row)
            name, *link, digest = row
            yield StoredLink(AuditLink(account, card_id, name, *link), digest)

    def _versions(self, ahead: RowsAhead, account: str, card_id: str) -> Iterator[StoredVersion]:
        for row in ahead.rows(_VERSIONS, card_id):
            self.counts.versions += 1
            label = f"version {shown_key(row[1])}"
            _VERSION_RECORDS.check(label, row[:-1])
            if row[-1] is not None:
                _CONTENTS.check(f"content of {label}", row[-1:])
            yield StoredVersion(VersionRecord(account, card_id, *row[:8]), *row[8:])


def _texts(ahead: RowsAhead, card_id: str) -> dict[str, object]:
    """Return the columns of the card's second row, which repeat facts of its content."""
    for row in ahead.rows(_TEXTS, card_id):
        _CARD_TEXTS.check(CARD, row)
        return dict(zip(_TEXT_COLUMNS, row, strict=True))
    return dict.fromkeys(_TEXT_COLUMNS)


def _stray_contents(ahead: RowsAhead, card_id: str) -> Iterator[int]:
    for row in ahead.rows(_STRAY_CONTENTS, card_id):
        _CONTENT_NUMBERS.check(f"content of version {shown_key(row[0])}", row)
        yield row[0]


def _tags(ahead: RowsAhead, card_id: str) -> dict[str, str]:
    rows = [*ahead.rows(_TAGS_OF, card_id)]
    for row in rows:
        _TAGS.check(f"tag {shown_key(row[0])}", row)
    return dict(rows)


def _job_pairs(connection: Connection, parameters: Parameters) -> dict[str, str | None]:
    rows = connection.rows(_PAIRS_OF, parameters)
    for row in rows:
        _PAIRS.check(f"pair of evaluation job {shown_key(row[0])}", row)
    return dict(rows)


def _export_jobs(connection: Connection, parameters: Parameters) -> Iterator[ExportJob]:
    for row in connection.rows(_JOBS_OF, parameters):
        _EXPORT_JOBS.check(f"export job {shown_key(row[4])}", row)
        yield ExportJob(*row[:13])


def _is_key(value: object) -> bool:
    return isinstance(value, str) and is_utf8(value)
