"""The interface of an engine: connections that run prepared SQL text inside a transaction.

Statements are text with ``:name`` parameters in the SQL that SQLite and PostgreSQL share. Why text and not
SQLAlchemy expressions on the hot path: ``docs/decisions/0002-prepared-sql.md``.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, NamedTuple, Protocol, TypeVar

from cardwright.core.errors import Unavailable
from cardwright.storage.engines.memory import Memory

Result = TypeVar("Result")
Row = tuple[Any, ...]
Parameters = Mapping[str, object]


SCHEMA_REVISION = "SELECT version_num FROM alembic_version"

MIGRATION_LOCK = 0x0CA4D
"""PostgreSQL's advisory lock of the schema: exclusive for a migration, shared for writers."""


def check_schema(found: Row | None, revision: str) -> None:
    """Raise ``Unavailable`` unless ``SCHEMA_REVISION`` returned that revision: another schema must not be written."""
    if found != (revision,):
        other = "none" if found is None else found[0]
        raise Unavailable(
            f"The database was migrated while this server ran, from schema {revision} to {other}. Nothing is written"
            " until the server is restarted with the Cardwright that migrated it"
        )


class Lookup(NamedTuple):
    """A statement that finds at most one row for a key of an account.

    Attributes:
        one: with the parameters ``account`` and ``key``.
        several: of PostgreSQL, with the parameters ``accounts`` and ``keys``, two lists of one length. Its first
            columns are the account and the key.
    """

    one: str
    several: str


class Connection(Protocol):
    """Runs statements. Raises the driver's own exceptions; transactions turn them into ``Unavailable``."""

    @property
    def engine(self) -> str:
        """``sqlite`` or ``postgresql``."""

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        """Return all rows of the statement."""

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        """Return the first row of the statement, or None."""

    def look_up(self, lookup: Lookup, account: str, key: str) -> Row | None:
        """Return the row of a key. On an event loop, PostgreSQL reads those of several requests at once."""

    def run(self, sql: str, parameters: Parameters) -> int:
        """Run a statement that changes rows. Returns their number."""

    def send(self, sql: str, parameters: Parameters) -> None:
        """Run a statement whose result is not needed. It may wait for the next statement, or for the commit.

        PostgreSQL gets such statements together, in one round trip. Their errors end the transaction.
        """

    def defer(self, sql: str, parameters: Parameters) -> None:
        """Defer a statement to the end of the transaction, where several of its kind cost less."""

    def run_deferred(self) -> None:
        """Run the deferred statements now, before a statement that needs them."""


class Commitment(Protocol):
    """A pending commit: no response may be sent before it has settled."""

    def settle(self) -> None:
        """Wait until the writes are on disk; raises ``Unavailable`` when the commit failed."""


class Transaction(Protocol):
    """A begun transaction. Exactly one of :meth:`commit` and :meth:`rollback` ends it."""

    @property
    def connection(self) -> Connection: ...

    @property
    def memory(self) -> Memory | None:
        """A cache of reads in this state of the database; None where snapshots are not shared."""

    def commit(self) -> Commitment | None:
        """Commit. The writes are on disk when this returns None; raises ``Unavailable`` when that failed.

        A database that gathers commits (:meth:`Database.gather_commits`) returns a commitment instead.
        """

    def rollback(self, fault: BaseException) -> Commitment | None:
        """Roll back. Raises ``Unavailable`` when the engine itself caused the fault.

        Returns:
            The commitment of gathered writes that the transaction saw: a refusal may be about one of them.
        """


class Threads(Protocol):
    def submit(self, work: Callable[[], Result]) -> "Future[Result]":
        """Call a function in a thread."""


class LoopWork(Protocol):
    """Does work on the thread of an event loop, which goes on while the work waits for the database."""

    def call(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Call a function, now or when others have ended, and then another one with its result."""


class Database(Protocol):
    """An engine with its connections. Threads may share it, processes may not."""

    @property
    def engine(self) -> str: ...

    def begin_read(self) -> Transaction:
        """Begin a transaction for reading: each statement sees the commits before it.

        On the thread that gathers commits, reads share one snapshot until the next :meth:`flush`.
        """

    def begin_write(self, *, undo: bool = True) -> Transaction:
        """Begin a transaction for reading and writing: on SQLite one at a time, on PostgreSQL with row locks.

        Args:
            undo: whether its changes can be undone alone. Without, a rollback after a change may also end other
                transactions of the same commit, with ``Unavailable``.
        """

    def begin_inspection(self) -> Transaction:
        """Begin a read of data that may be tampered with: all statements see one snapshot.

        Bytes that are not UTF-8 are read as lone surrogates (``surrogateescape``), and no statement fails on them.
        """

    def gather_commits(self) -> bool:
        """Let commits wait for :meth:`flush` from now on, where that saves disk syncs. Returns whether it does.

        The calling thread must flush before it waits for anything: until then its reads see one snapshot.
        """

    def memory(self, *, now: bool = True) -> Memory | None:
        """Return the cache of what was read in the database's current state; None where there is none.

        SQLite has one on the thread that gathers commits. PostgreSQL has one for the work of an event loop, which waits
        for a round trip. What is read after that may be kept for as long as the cache has the same ``state``.

        Args:
            now: whether what the cache has must hold now. Without, it may be of an earlier state, and has no wait.

        Raises:
            Unavailable: the database cannot be read.
        """

    def loop_work(self, loop: AbstractEventLoop, limit: int, threads: Threads) -> LoopWork | None:
        """Return what does work on an event loop; None for an engine whose waits would stop the loop.

        Args:
            limit: the number of functions that use the database at once.
            threads: at least ``limit``, for what may block.
        """

    def flush(self) -> None:
        """Commit the gathered units, and end the shared snapshot. Failures go to the commitments."""

    def end_turn(self) -> bool:
        """End the shared snapshot. Returns whether units wait for :meth:`flush`, which another thread may call."""

    def check_file(self) -> None:
        """Raise ``Unavailable`` when the database's own files are missing, damaged or another database's.

        On a database server, checks that the database accepts writes.
        """

    def expect(self, sql: str, row: Row) -> None:
        """Set a statement and the row that identifies this database: another result means another database."""

    def expect_schema(self, revision: str) -> None:
        """Refuse writes under any other schema revision: ``begin_write`` then raises ``Unavailable``."""

    def hurry(self) -> None:
        """Shorten the waits for an unresponsive server from now on, because this process ends."""

    def close(self) -> None: ...
