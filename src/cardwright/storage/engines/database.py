"""What the nouns of this room ask of an engine: a connection that runs prepared SQL text, inside a transaction.

Statements are text with ``:name`` parameters in SQL that SQLite and PostgreSQL both speak. Why text and not
SQLAlchemy expressions on the hot path: ``docs/decisions/0002-prepared-sql.md``.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from cardwright.core.errors import Unavailable

Row = tuple[Any, ...]
Parameters = Mapping[str, object]


SCHEMA_REVISION = "SELECT version_num FROM alembic_version"

MIGRATION_LOCK = 0x0CA4D
"""PostgreSQL's advisory lock of the schema: whoever migrates holds it alone, whoever writes shares it."""


def check_schema(found: Row | None, revision: str) -> None:
    """Raise ``Unavailable`` unless ``SCHEMA_REVISION`` gave that revision: another is not ours to write in."""
    if found != (revision,):
        other = "none" if found is None else found[0]
        raise Unavailable(
            f"The database was migrated while this server ran, from schema {revision} to {other}. Nothing is written"
            " until the server is started anew, with the Cardwright that migrated it"
        )


class Connection(Protocol):
    """Runs statements. Raises the driver's own exceptions; transactions turn them into ``Unavailable``."""

    @property
    def engine(self) -> str:
        """``sqlite`` or ``postgresql``."""

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        """All rows that the statement gives."""

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        """The first row that the statement gives, or None."""

    def run(self, sql: str, parameters: Parameters) -> int:
        """Run a statement that changes rows; gives how many."""

    def run_late(self, sql: str, parameters: Parameters) -> None:
        """Run a statement at the end of the transaction, with others of its kind, where that costs less."""

    def run_what_is_late(self) -> None:
        """Run now what still waits for the end, for a statement that needs it done."""


class Commitment(Protocol):
    """A commit that is still to come: nobody may be told "done" before it has settled."""

    def settle(self) -> None:
        """Wait until what was written is on disk; raises ``Unavailable`` when it could not be."""


class Transaction(Protocol):
    """A begun transaction. Exactly one of :meth:`commit` and :meth:`rollback` ends it."""

    @property
    def connection(self) -> Connection: ...

    @property
    def memory(self) -> dict[object, Any] | None:
        """What was read in this snapshot, for those who would read it again; None where snapshots are not shared."""

    def commit(self) -> Commitment | None:
        """Make it last. What was written is on disk when this returns None; otherwise it raises ``Unavailable``.

        A database whose commits are gathered (:meth:`Database.gather_commits`) gives a commitment instead.
        """

    def rollback(self, fault: BaseException) -> None:
        """Undo it. Raises ``Unavailable`` when the engine itself was the fault."""


class Database(Protocol):
    """An engine with its connections. May be shared between threads, not between processes."""

    @property
    def engine(self) -> str: ...

    def begin_read(self) -> Transaction:
        """For reading: each statement sees what is committed when it runs.

        On the thread that gathers commits, reads share one snapshot until the next :meth:`flush`.
        """

    def begin_write(self) -> Transaction:
        """For reading and writing: on SQLite one at a time, on PostgreSQL guarded by row locks."""

    def begin_inspection(self) -> Transaction:
        """For reading what somebody else may have written: all statements see the same moment.

        Bytes that are no UTF-8 come as lone surrogates (``surrogateescape``), and end no statement.
        """

    def gather_commits(self) -> bool:
        """From now on let commits wait for :meth:`flush`, where that saves waits for the disk; says whether it does.

        The calling thread must flush before it waits for anything: until then its reads see one moment.
        """

    def flush(self) -> None:
        """Commit what was gathered, and end the moment that reads shared. Failures go to the commitments."""

    def check_file(self) -> None:
        """Raise ``Unavailable`` when the database's own files are gone, damaged or another database's.

        A database that is no file is asked whether it takes writes.
        """

    def expect(self, sql: str, row: Row) -> None:
        """Take a statement that gives this row for as long as the database is the one that was opened."""

    def expect_schema(self, revision: str) -> None:
        """From now on write in a schema of this revision alone: whoever begins to in another gets ``Unavailable``."""

    def hurry(self) -> None:
        """From now on fail sooner what waits for a server that is silent: this process is to end."""

    def close(self) -> None: ...
