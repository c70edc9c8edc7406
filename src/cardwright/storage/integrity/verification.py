"""Verify a whole store: all cards, in one or several processes, then accounts, registry and indexes."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter

from cardwright.core.indexed_words import WordSeals
from cardwright.core.integrity.anchors import Anchor, breach, ordered
from cardwright.core.integrity.verification import Fault
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection, Database, Row
from cardwright.storage.integrity.account_verification import AccountVerification
from cardwright.storage.integrity.card_verification import CardVerification
from cardwright.storage.integrity.column_kinds import Columns, WrongKind, readable
from cardwright.storage.integrity.index_verification import faults_of_indexes
from cardwright.storage.integrity.registry_verification import RegistryVerification
from cardwright.storage.integrity.shares import (
    Counts,
    Item,
    Opening,
    Part,
    Shares,
    Task,
    TaskResult,
    available_processors,
)
from cardwright.storage.store import transaction

CARDS_AT_ONCE = 250
CARDS_AHEAD = 25  # one statement reads a table's rows of so many cards
PAGES_ALONE = 8  # one process verifies so many pages sooner than others start

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
_CHAIN_END = """
    SELECT name, sequence, digest FROM audit WHERE account_id = :account AND card_id = :card_id
    ORDER BY sequence DESC LIMIT 1"""
_CARD_END = "SELECT audit_sequence, audit_digest FROM cards WHERE account_id = :account AND card_id = :card_id"
_TOTAL = "SELECT count(*) FROM cards"
_KEYS = Columns(tables.audit, ("account_id", "card_id"))
_ENDS = Columns(tables.audit, ("name", "sequence", "digest"))
_LINK_DIGEST = "SELECT digest FROM audit WHERE account_id = :account AND card_id = :card_id AND sequence = :sequence"


class _Walk:
    """Does the parts of a verification.

    Args:
        keep: receives the anchors of cards.
        seals: see :class:`Verification`.
    """

    def __init__(self, keep: Callable[[Anchor], object] | None, seals: WordSeals | None) -> None:
        self.counts = Counts()
        self._cards = CardVerification(self.counts, seals)
        self._keep = keep

    def do(self, connection: Connection, task: Task) -> Iterator[Fault]:
        """Do one part of the verification, and yield its faults."""
        if task.part is Part.CARDS:
            for account, items in groupby(task.items, itemgetter(0)):
                while few := [*islice(items, CARDS_AHEAD)]:
                    yield from self._items(connection, account, few)
        elif task.part is Part.ACCOUNTS:
            accounts = AccountVerification(connection)
            yield from accounts.faults()
            self.counts.events += accounts.events
        elif task.part is Part.REGISTRY:
            registry = RegistryVerification(connection)
            yield from registry.faults()
            self.counts.resources += registry.resources
        elif connection.engine == "sqlite":
            yield from faults_of_indexes(connection)

    def _items(self, connection: Connection, account: object, items: Sequence[Item]) -> Iterator[Fault]:
        """Yield the faults of the given cards, ordered by card identifier."""
        wanted = [card_id for _, card_id, known in items if not self._has_end(connection, account, card_id, known)]
        yield from self._cards.faults(connection, account, wanted)

    def _has_end(self, connection: Connection, account: object, card_id: object, known: tuple[int, str] | None) -> bool:
        """Keep the card's anchor. Returns whether its chain ends at the known place: it need not be read again."""
        if self._keep is None and known is None:
            return False
        wanted: dict[str, object] = {"account": account, "card_id": card_id}
        end = connection.row(*readable(_CHAIN_END, wanted))
        if end is None or not _fits(account, card_id, end):
            return False
        if self._keep is not None:
            self._keep(Anchor(str(account), str(card_id), *end))
        # A deleted card has no row: its few links are read again.
        if end[1:] != known or connection.row(_CARD_END, wanted) != known:
            return False
        self.counts.unchanged += 1
        self.counts.cards += 1
        return True


def _fits(account: object, card_id: object, end: Row) -> bool:
    """Whether an anchor can state the end of a chain. Other values are faults of the card."""
    try:
        _KEYS.check("", (account, card_id))
        _ENDS.check("", end)
    except WrongKind:
        return False
    return True


class Verification:
    """One verification of a store, with a bounded part of one card in memory.

    One process reads all from one snapshot. Several processes have a snapshot each, and each card is verified in one of
    them. They begin after the snapshot that lists the cards.

    Attributes:
        counts: the numbers of records read so far.

    Args:
        kept: anchors of an earlier verification; each must still exist.
        keep: receives the anchors of this verification.
        seals: the words of a card that have the seal of this server are not found again. Without it, the words of all
            cards are.
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
        seals: WordSeals | None = None,
        since: Iterable[Anchor] | None = None,
        progress: Callable[[int], object] | None = None,
        reopen: Opening | None = None,
        processes: int | None = None,
    ) -> None:
        self._database = database
        self._kept = kept
        self._keep = keep
        self._seals = seals
        self._since = since
        self._progress = progress
        self._reopen = reopen
        self._processes = processes
        self._walk = _Walk(keep, seals)
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
            Unavailable: the database cannot be read, or another process ended without a result.
            Invalid: the anchors in ``since`` are in another order.
        """
        with transaction(self._database.begin_inspection) as connection:
            cards = self._cards(connection)
            others = [Task(part, []) for part in Part if part is not Part.CARDS]
            yield from self._alone(connection, islice(cards, PAGES_ALONE))
            following = [*islice(cards, 1)]
            if self._reopen is None or not following:
                yield from self._alone(connection, chain(following, cards, others))
            else:
                work = partial(_done, keeps=self._keep is not None, seals=self._seals)
                with Shares(work, self._reopen, self._processes or available_processors()) as shares:
                    yield from self._shared(shares.results(chain(following, cards), last=others))
            yield from self._missing_anchors(connection)

    def _alone(self, connection: Connection, tasks: Iterable[Task]) -> Iterator[Fault]:
        for task in tasks:
            yield from self._walk.do(connection, task)
            self._report()

    def _shared(self, results: Iterable[TaskResult]) -> Iterator[Fault]:
        keep = self._keep
        for done in results:
            self.counts.add(done.counts)
            if keep is not None:
                for anchor in done.anchors:
                    keep(anchor)
            yield from done.faults
            self._report()

    def _report(self) -> None:
        if self._progress is not None:
            self._progress(self.counts.cards)

    def _cards(self, connection: Connection) -> Iterator[Task]:
        """Yield the cards a page at a time, in the order of their faults."""
        since = None if self._since is None else _Since(self._since)
        for ids in _pages(connection):
            yield Task(Part.CARDS, [(*one, None if since is None else since.end(*one)) for one in ids])

    def _missing_anchors(self, connection: Connection) -> Iterator[Fault]:
        for anchor in self._kept:
            wanted = {"account": anchor.account, "card_id": anchor.card_id, "sequence": anchor.sequence}
            row = connection.row(_LINK_DIGEST, wanted)
            problem = breach(anchor, None if row is None else str(row[0]))
            if problem:
                yield Fault(anchor.account, anchor.card_id, anchor.name, f"audit link {anchor.sequence}", problem)


def _done(connection: Connection, task: Task, *, keeps: bool, seals: WordSeals | None) -> TaskResult:
    """Do one part of a verification in another process."""
    anchors: list[Anchor] = []
    walk = _Walk(anchors.append if keeps else None, seals)
    return TaskResult(list(walk.do(connection, task)), walk.counts, anchors)


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
        rows = connection.rows(*readable(_IDS, parameters))
        full = len(rows) == CARDS_AT_ONCE
        if rows:
            account, card_id = rows[-1]
            yield rows
