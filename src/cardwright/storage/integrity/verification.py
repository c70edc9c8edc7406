"""Reads a whole store, card by card, for verification."""

import math
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import cast

from cardwright.core.card import Card, Status
from cardwright.core.export_job import ExportJob
from cardwright.core.integrity.anchors import Anchor, breach, ordered
from cardwright.core.integrity.history import AuditLink, StoredLink, VersionRecord
from cardwright.core.integrity.verification import CARD, Fault, Holdings, StoredCard, StoredVersion, check_card
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection, Database, Parameters, Row
from cardwright.storage.integrity.account_verification import AccountVerification
from cardwright.storage.integrity.annotation_verification import stored_annotations
from cardwright.storage.integrity.column_kinds import Columns, WrongKind, shown_key
from cardwright.storage.integrity.registry_verification import RegistryVerification
from cardwright.storage.integrity.review_verification import stored_reviews
from cardwright.storage.integrity.shares import Counts, Done, Opening, Part, Shares, Task, available_processors
from cardwright.storage.integrity.source_verification import stored_sources
from cardwright.storage.store import transaction

CARDS_AT_ONCE = 250
PAGES_ALONE = 8  # one process verifies so many pages sooner than others start
_LINKS_AT_ONCE = 500
_VERSIONS_AT_ONCE = 10  # a content may be megabytes
_BEFORE_ALL = -math.inf  # sorts before every number in a column

# Every account and card in any table. Tags belong to resources: those of registry resources are left out.
_TABLES = (
    ("cards", "card_id"),
    ("card_texts", "card_id"),
    ("versions", "card_id"),
    ("contents", "card_id"),
    ("audit", "card_id"),
    ("tags", "resource_id"),
    ("evaluation_pairs", "card_id"),
    ("export_jobs", "card_id"),
    ("card_sources", "card_id"),
    ("reviews", "card_id"),
    ("review_decisions", "card_id"),
    ("review_assignments", "card_id"),
    ("approvals", "card_id"),
    ("findings", "card_id"),
    ("evidence", "card_id"),
    ("waivers", "card_id"),
    ("field_comments", "card_id"),
)
_OF_NO_RESOURCE = """ AND NOT EXISTS (SELECT 1 FROM resources r
    WHERE r.account_id = tags.account_id AND r.resource_id = tags.resource_id)"""
_IDS = (
    "SELECT account_id, card_id FROM ("
    + " UNION ".join(
        f"SELECT * FROM (SELECT DISTINCT account_id, {column} AS card_id FROM {table}"
        f" WHERE (account_id, {column}) > (:account, :card_id){_OF_NO_RESOURCE if table == 'tags' else ''}"
        f" ORDER BY account_id, {column} LIMIT :limit) AS ids_of_{table}"
        for table, column in _TABLES
    )
    + ") AS ids ORDER BY account_id, card_id LIMIT :limit"
)
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
_TEXT_COLUMNS = ("description", "owner", "evaluations", "words", "entry")
_CARD = f"""
    SELECT {", ".join(_CARD_COLUMNS)} FROM cards WHERE account_id = :account AND card_id = :card_id"""
_TEXTS = f"""
    SELECT {", ".join(_TEXT_COLUMNS)} FROM card_texts WHERE account_id = :account AND card_id = :card_id"""
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
_LINKS = f"""
    SELECT {", ".join(_LINK_COLUMNS)}
    FROM audit WHERE account_id = :account AND card_id = :card_id AND sequence > :after
    ORDER BY sequence LIMIT :limit"""
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
_VERSIONS = f"""
    SELECT {", ".join(f"v.{column}" for column in _VERSION_COLUMNS)}, t.content
    FROM versions v
    LEFT JOIN contents t ON t.account_id = v.account_id AND t.card_id = v.card_id AND t.version = v.version
    WHERE v.account_id = :account AND v.card_id = :card_id AND v.version > :after
    ORDER BY v.version LIMIT :limit"""
_STRAY_CONTENTS = """
    SELECT t.version FROM contents t WHERE t.account_id = :account AND t.card_id = :card_id AND NOT EXISTS (
        SELECT 1 FROM versions v
        WHERE v.account_id = t.account_id AND v.card_id = t.card_id AND v.version = t.version)
    ORDER BY t.version"""
_TAG_COLUMNS = ("tag_key", "tag_value")
_TAGS_OF = """
    SELECT tag_key, tag_value FROM tags WHERE account_id = :account AND resource_id = :card_id ORDER BY tag_key"""
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

_CHAIN_END = """
    SELECT name, sequence, digest FROM audit WHERE account_id = :account AND card_id = :card_id
    ORDER BY sequence DESC LIMIT 1"""
_CARD_END = "SELECT audit_sequence, audit_digest FROM cards WHERE account_id = :account AND card_id = :card_id"
_TOTAL = "SELECT count(*) FROM cards"
_LINK_DIGEST = "SELECT digest FROM audit WHERE account_id = :account AND card_id = :card_id AND sequence = :sequence"

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

# SQLite's index of names. EXCEPT lets the engine sort both sides once; the index has no look-up by card.
_NAMES = "SELECT account_id, card_id, name FROM {}"
_UNINDEXED = f"{_NAMES.format('cards')} EXCEPT {_NAMES.format('card_names')} ORDER BY 1, 2"
_INDEXED_ASTRAY = f"{_NAMES.format('card_names')} EXCEPT {_NAMES.format('cards')} ORDER BY 1, 2"
_INDEXED_TWICE = f"{_NAMES.format('card_names')} GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 1, 2"
# ... and its indexes of words and of metadata, whose entries are found by number.
_ASTRAY = """
    SELECT t.account_id, t.card_id, c.name FROM card_texts t
    JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id
    WHERE t.words IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {}_docsize w WHERE w.id = t.entry) ORDER BY 1, 2"""
# Temporary vocabulary tables read the whole index, so that damaged pages cause an error.
_VOCABULARIES = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_names USING fts5vocab(main, card_names, instance)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_words USING fts5vocab(main, card_words, row)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_metadata USING fts5vocab(main, card_metadata, row)",
)
_NOT_FOUND = """
    SELECT account_id, card_id, name FROM card_names
    WHERE length(name) > 2 AND rowid NOT IN (SELECT doc FROM temp.indexed_names) ORDER BY 1, 2"""
_READ = "SELECT '', '', '' FROM (SELECT sum(cnt) AS terms FROM temp.{}) WHERE terms < 0"
_INDEX = "the index of names"
_INDEX_PROBLEMS = (
    (_UNINDEXED, "lacks the card's name: lists by NameContains miss the card"),
    (_INDEXED_ASTRAY, "has a name that no such card has"),
    (_INDEXED_TWICE, "has the card's name twice"),
    (_NOT_FOUND, "does not find the card by its name: lists by NameContains miss the card"),
    (_ASTRAY.format("card_words"), "lacks the card's words: search misses the card"),
    (_ASTRAY.format("card_metadata"), "lacks the card's metadata: Search misses the card"),
    (_READ.format("indexed_words"), "cannot be read"),
    (_READ.format("indexed_metadata"), "cannot be read"),
)


class _Walk:
    """Does the parts of a verification.

    Args:
        keep: receives the anchors of cards.
    """

    def __init__(self, keep: Callable[[Anchor], object] | None) -> None:
        self.counts = Counts()
        self._keep = keep

    def do(self, connection: Connection, task: Task) -> Iterator[Fault]:
        """Do one part of the verification, and yield its faults."""
        if task.part is Part.CARDS:
            for account, card_id, known in task.items:
                yield from self._item(connection, account, card_id, known)
        elif task.part is Part.ACCOUNTS:
            accounts = AccountVerification(connection)
            yield from accounts.faults()
            self.counts.events += accounts.events
        elif task.part is Part.REGISTRY:
            registry = RegistryVerification(connection)
            yield from registry.faults()
            self.counts.resources += registry.resources
        elif connection.engine == "sqlite":
            yield from _faults_of_indexes(connection)

    def _item(
        self, connection: Connection, account: object, card_id: object, known: tuple[int, str] | None
    ) -> Iterator[Fault]:
        wanted: dict[str, object] = {"account": account, "card_id": card_id}
        end = None
        if self._keep is not None or known is not None:
            end = connection.row(_CHAIN_END, wanted)
        # A deleted card has no row: its few links are read again.
        if known is not None and end is not None and end[1:] == known == connection.row(_CARD_END, wanted):
            self.counts.unchanged += 1
            self.counts.cards += 1
        else:
            yield from self._card(connection, account, card_id)
        if self._keep is not None and end is not None:
            self._keep(Anchor(str(account), str(card_id), *end))

    def _card(self, connection: Connection, account: object, card_id: object) -> Iterator[Fault]:
        """Yield the faults of one card, up to the first value of a wrong type, which stops its verification."""
        name = ""
        try:
            _KEYS.check("a record", (account, card_id))
            held = self._holdings(connection, str(account), str(card_id))
            name = held.card.card.name if held.card else ""
            yield from check_card(held)
        except WrongKind as found:
            yield Fault(shown_key(account), shown_key(card_id), name, found.record, found.problem)

    def _holdings(self, connection: Connection, account: str, card_id: str) -> Holdings:
        parameters = {"account": account, "card_id": card_id}
        row = connection.row(_CARD, parameters)
        stored = None
        if row is not None:
            self.counts.cards += 1
            _CARDS.check(CARD, row)
            card = Card(row[0], row[1], cast("Status", row[2]), *row[3:13])
            stored = StoredCard(card, dict(zip(_CARD_FACTS, row[13:], strict=True)) | _texts(connection, parameters))
        return Holdings(
            account=account,
            card_id=card_id,
            card=stored,
            links=self._links(connection, account, card_id),
            versions=self._versions(connection, account, card_id),
            stray_contents=_stray_contents(connection, parameters),
            tags=_tags(connection, parameters),
            job_pairs=_job_pairs(connection, parameters),
            export_jobs=_export_jobs(connection, parameters),
            sources=stored_sources(connection, account, card_id),
            reviews=stored_reviews(connection, account, card_id),
            annotations=stored_annotations(connection, account, card_id),
        )

    def _links(self, connection: Connection, account: str, card_id: str) -> Iterator[StoredLink]:
        for row in _in_pages(connection, _LINKS, account, card_id, _LINKS_AT_ONCE):
            self.counts.links += 1
            _AUDIT.check(f"audit link {shown_key(row[1])}", row)
            name, *link, digest = row
            yield StoredLink(AuditLink(account, card_id, name, *link), digest)

    def _versions(self, connection: Connection, account: str, card_id: str) -> Iterator[StoredVersion]:
        for row in _in_pages(connection, _VERSIONS, account, card_id, _VERSIONS_AT_ONCE):
            self.counts.versions += 1
            label = f"version {shown_key(row[1])}"
            _VERSION_RECORDS.check(label, row[:-1])
            if row[-1] is not None:
                _CONTENTS.check(f"content of {label}", row[-1:])
            yield StoredVersion(VersionRecord(account, card_id, *row[:8]), *row[8:])


class Verification:
    """One verification of a store, with a bounded part of one card in memory.

    One process reads all from one snapshot. Several processes have a snapshot each, and each card is verified in one of
    them. They begin after the snapshot that lists the cards.

    Attributes:
        counts: the numbers of records read so far.

    Args:
        kept: anchors of an earlier verification; each must still exist.
        keep: receives the anchors of this verification.
        since: anchors, in the order of ``verify``, of a verification without faults: a card whose chain still ends
            there is not verified again.
        progress: receives the number of cards that are done.
        reopen: opens the database again, in another process. Without it, one process does all.
        processes: the number of other processes; one for each processor by default.
    """

    def __init__(  # noqa: PLR0913 - the settings of a verification
        self,
        database: Database,
        kept: Iterable[Anchor] = (),
        keep: Callable[[Anchor], object] | None = None,
        *,
        since: Iterable[Anchor] | None = None,
        progress: Callable[[int], object] | None = None,
        reopen: Opening | None = None,
        processes: int | None = None,
    ) -> None:
        self._database = database
        self._kept = kept
        self._keep = keep
        self._since = since
        self._progress = progress
        self._reopen = reopen
        self._processes = processes
        self._walk = _Walk(keep)
        self.counts = self._walk.counts

    def total(self) -> int:
        """Return the number of cards of the store, for an estimate. Raises ``Unavailable``."""
        with transaction(self._database.begin_read) as connection:
            row = connection.row(_TOTAL, {})
        return 0 if row is None else int(row[0])

    def faults(self) -> Generator[Fault, None, None]:
        """Yield the faults: of cards by account, of users and buckets by account, of the registry, of the indexes.

        A caller that stops early must close the iterator.

        Raises:
            Unavailable: the database cannot be read, or another process ended before it answered.
            Invalid: the anchors in ``since`` are in another order.
        """
        with transaction(self._database.begin_inspection) as connection:
            tasks = self._tasks(connection)
            yield from self._alone(connection, islice(tasks, PAGES_ALONE))
            following = next(tasks, None)
            rest = chain([following], tasks) if following is not None else tasks
            if self._reopen is None or following is None or following.part is not Part.CARDS:
                yield from self._alone(connection, rest)
            else:
                work = partial(_done, keeps=self._keep is not None)
                with Shares(work, self._reopen, self._processes or available_processors()) as shares:
                    yield from self._shared(shares, rest)
            yield from self._missing_anchors(connection)

    def _alone(self, connection: Connection, tasks: Iterable[Task]) -> Iterator[Fault]:
        for task in tasks:
            yield from self._walk.do(connection, task)
            self._report()

    def _shared(self, shares: Shares, tasks: Iterable[Task]) -> Iterator[Fault]:
        keep = self._keep
        for done in shares.results(tasks):
            self.counts.add(done.counts)
            if keep is not None:
                for anchor in done.anchors:
                    keep(anchor)
            yield from done.faults
            self._report()

    def _report(self) -> None:
        if self._progress is not None:
            self._progress(self.counts.cards)

    def _tasks(self, connection: Connection) -> Iterator[Task]:
        """Yield the parts of the verification in the order of their faults."""
        since = None if self._since is None else _Since(self._since)
        for ids in _pages(connection):
            yield Task(Part.CARDS, [(*one, None if since is None else since.end(*one)) for one in ids])
        yield from (Task(part, []) for part in Part if part is not Part.CARDS)

    def _missing_anchors(self, connection: Connection) -> Iterator[Fault]:
        for anchor in self._kept:
            wanted = {"account": anchor.account, "card_id": anchor.card_id, "sequence": anchor.sequence}
            row = connection.row(_LINK_DIGEST, wanted)
            problem = breach(anchor, None if row is None else str(row[0]))
            if problem:
                yield Fault(anchor.account, anchor.card_id, anchor.name, f"audit link {anchor.sequence}", problem)


def _faults_of_indexes(connection: Connection) -> Iterator[Fault]:
    """Yield the differences between the cards and SQLite's indexes of names and words."""
    try:
        for sql in _VOCABULARIES:
            connection.run(sql, {})
        for sql, problem in _INDEX_PROBLEMS:
            for account, card_id, name in connection.rows(sql, {}):
                yield Fault(shown_key(account), shown_key(card_id), shown_key(name), _INDEX, problem)
    except sqlite3.DatabaseError as error:
        yield Fault("", "", "", _INDEX, f"cannot be read: {error}. Searches and lists by NameContains fail")


def _texts(connection: Connection, parameters: Parameters) -> dict[str, object]:
    """Return the columns of the card's second row, which repeat facts of its content."""
    row = connection.row(_TEXTS, parameters)
    if row is None:
        return dict.fromkeys(_TEXT_COLUMNS)
    _CARD_TEXTS.check(CARD, row)
    return dict(zip(_TEXT_COLUMNS, row, strict=True))


def _in_pages(connection: Connection, statement: str, account: str, card_id: str, at_once: int) -> Iterator[Row]:
    """Return the rows of one card, read a page at a time by the second column, which the statement sorts by."""
    after, full = _BEFORE_ALL, True
    while full:
        parameters = {"account": account, "card_id": card_id, "after": after, "limit": at_once}
        rows = connection.rows(statement, parameters)
        full = len(rows) == at_once
        for row in rows:
            yield row
            after = row[1]


def _stray_contents(connection: Connection, parameters: Parameters) -> Iterator[int]:
    for row in connection.rows(_STRAY_CONTENTS, parameters):
        _CONTENT_NUMBERS.check(f"content of version {shown_key(row[0])}", row)
        yield row[0]


def _tags(connection: Connection, parameters: Parameters) -> dict[str, str]:
    rows = connection.rows(_TAGS_OF, parameters)
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


def _done(connection: Connection, task: Task, *, keeps: bool) -> Done:
    """Do one part of a verification in another process."""
    anchors: list[Anchor] = []
    walk = _Walk(keep=anchors.append if keeps else None)
    return Done(list(walk.do(connection, task)), walk.counts, anchors)


class _Since:
    """The chain ends of earlier anchors, which are read along with the cards in the same order."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self._anchors = ordered(anchors)
        self._next = next(self._anchors, None)

    def end(self, account: object, card_id: object) -> tuple[int, str] | None:
        wanted = (str(account), str(card_id))
        while self._next is not None and (self._next.account, self._next.card_id) < wanted:
            self._next = next(self._anchors, None)
        found = self._next
        if found is None or (found.account, found.card_id) != wanted:
            return None
        return found.sequence, found.digest


def _pages(connection: Connection) -> Iterator[list[Row]]:
    account: object = ""
    card_id: object = ""
    full = True
    while full:
        parameters = {"account": account, "card_id": card_id, "limit": CARDS_AT_ONCE}
        rows = connection.rows(_IDS, parameters)
        full = len(rows) == CARDS_AT_ONCE
        if rows:
            account, card_id = rows[-1]
            yield rows
