"""SQLite: one file, many readers, one writer at a time, and shared commits.

Each reader has a connection and sees the last commit (write-ahead log). Writers take turns on one connection. A writer
that sees others waiting leaves the commit to them, so that one disk sync serves all of them.
No unit is complete before its commit is on disk (``synchronous=FULL``). A server with an event loop
gathers commits instead: units leave theirs open, and ``flush`` commits all of them. Until then that thread reads from
one snapshot, so that a request sent after a commit's response sees the commit.
"""

import sqlite3
import threading
from asyncio import AbstractEventLoop
from collections import deque
from pathlib import Path

from cardwright.core.errors import Unavailable
from cardwright.storage.engines.database import SCHEMA_REVISION, Row, Threads, check_schema
from cardwright.storage.engines.memory import Memory
from cardwright.storage.engines.sqlite_connection import (
    InspectedConnection,
    SqliteConnection,
    can_write,
    connect,
    connect_read_only,
    unavailable,
)
from cardwright.storage.engines.sqlite_files import DatabaseFiles, Stamp
from cardwright.storage.engines.sqlite_writer import Checkpoints, Write, Writer

# Readers use the file's pages in the system's page cache: a large cache of SQLite would store them twice.
_READER_PRAGMAS = ("PRAGMA mmap_size = 1073741824", "PRAGMA cache_size = -8192")


class SqliteDatabase:
    """:class:`storage.engines.database.Database` over one SQLite file.

    Args:
        path: the file; created when missing.
        writes: whether a read-only file is refused. Otherwise it is opened for reading.
        frozen: whether the file is opened for reading although it can be written. No other process may write it.

    Attributes:
        read_only: whether the file is frozen, or it or its folder cannot be written.
        writer: lends the connection that writes.
        pinned: the connection that reads all shared snapshots; None before the first one.
    """

    engine = "sqlite"

    def __init__(self, path: Path, *, writes: bool = True, frozen: bool = False) -> None:
        self.path = path
        self.read_only = frozen or (not writes and path.exists() and not can_write(path))
        self._readers: deque[SqliteConnection] = deque()
        raw = connect_read_only(path) if self.read_only else connect(path)
        self._files = DatabaseFiles(path)
        self.writer = Writer(SqliteConnection(raw), self)
        self._expected: tuple[str, Row] | None = None
        self._revision: str | None = None
        self._recognised: Stamp | None = None  # the file's stamp at the last check of the expected row
        self._closed = False
        self._gathering_thread: int | None = None
        self._snapshot: _Snapshot | None = None
        self.pinned: SqliteConnection | None = None
        self._state: tuple[object, ...] | None = None  # of the pinned connection's database, at its last snapshot
        self._memory = Memory()
        self._checkpoints: Checkpoints | None = None

    def begin_read(self) -> "_Read | _Snapshot":
        if threading.get_ident() != self._gathering_thread:
            return _Read(self, self._reader())
        if self._snapshot is None:
            self._snapshot = self._new_snapshot()
        return self._snapshot

    def memory(self, *, now: bool = True) -> Memory | None:  # noqa: ARG002 - this takes no wait
        return None if threading.get_ident() != self._gathering_thread else self.begin_read().memory

    def begin_inspection(self) -> "_Read":
        return _begin_snapshot(_Inspection(self, InspectedConnection(self._connect())))

    def begin_write(self, *, undo: bool = True) -> Write:
        if self.read_only:
            raise Unavailable(f"The database {self.path} cannot be written here, and is open only for reading")
        if self.writer.idle:
            self.check_identity()
        return self.writer.begin(undo=undo)

    def check_file(self) -> None:
        self.check_identity()
        if not self.read_only:
            self._files.check_room()

    def check_identity(self) -> None:
        """Raise ``Unavailable`` when a file is damaged or was replaced: writes would be lost."""
        self._check_open()
        self._files.check()
        stamp = self._files.stamp()
        if self._expected is None or stamp == self._recognised:
            return
        sql, row = self._expected
        read = _Read(self, self._reader())
        try:
            found = read.connection.row(sql, {})
        except sqlite3.Error as error:
            read.rollback(error)
        read.commit()
        if found != row:
            self._files.block_writes()
            self._files.check()
        self._recognised = stamp

    def check_schema(self, connection: SqliteConnection) -> None:
        """Raise ``Unavailable`` when the schema differs from the expected one."""
        if self._revision is not None:
            check_schema(connection.row(SCHEMA_REVISION, {}), self._revision)

    def expect(self, sql: str, row: Row) -> None:
        self._expected = (sql, row)

    def expect_schema(self, revision: str) -> None:
        self._revision = revision

    def note_fault(self, fault: Exception) -> None:
        """Take an error into account: a corruption error blocks further writes."""
        self._files.note_fault(fault)

    def gather_commits(self) -> bool:
        self._gathering_thread = threading.get_ident()
        self.writer.gather(self.flush)
        self._checkpoints = Checkpoints(self.path)
        return True

    def loop_work(self, loop: AbstractEventLoop, limit: int, threads: Threads) -> None:  # noqa: ARG002 - PostgreSQL's
        return None  # SQLite waits for no socket

    def flush(self) -> None:
        if threading.get_ident() == self._gathering_thread:
            self.end_snapshot(None)
        if self.writer.flush() and self._checkpoints is not None:
            self._checkpoints.count()

    def end_turn(self) -> bool:
        self.end_snapshot(None)
        return not self.writer.idle

    def _new_snapshot(self) -> "_Snapshot":
        """Begin a snapshot on the pinned connection. The memory remains if no commit came since the last one.

        A connection's ``data_version`` differs after each commit of another connection, also of other processes.
        The pinned connection writes nothing, so it differs after each commit. A file that was overwritten with another
        copy differs in its stamp alone.
        """
        if self.pinned is None:
            self.pinned, self._state = self._reader(), None
        read = _begin_snapshot(_Read(self, self.pinned))
        try:
            (version,) = self.pinned.raw.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            read.rollback(error)
            raise
        state = (version, self._files.stamp())
        if state != self._state:
            self._memory.clear()
            self._state = state
        return _Snapshot(self, read, self._memory)

    def end_snapshot(self, fault: sqlite3.Error | None) -> None:
        """End the shared snapshot: the next read sees the latest commits."""
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is None:
            return
        if fault is None:
            snapshot.read.commit()
        else:
            snapshot.read.rollback(fault)

    def hurry(self) -> None:
        pass  # a file cannot be unresponsive like a server

    def close(self) -> None:
        self.end_snapshot(None)
        self._closed = True
        if self._checkpoints is not None:
            self._checkpoints.stop()
        self.writer.close()
        if self.pinned is not None:
            self.pinned.raw.close()
        while self._readers:
            self._readers.pop().raw.close()

    def _reader(self) -> SqliteConnection:
        try:
            return self._readers.pop()
        except IndexError:
            self._check_open()
            self._files.check()  # SQLite would create a new log if the current one was removed
            raw = self._connect()
            for pragma in _READER_PRAGMAS:
                raw.execute(pragma)
            return SqliteConnection(raw)

    def _connect(self) -> sqlite3.Connection:
        return connect_read_only(self.path) if self.read_only else connect(self.path, make=False)

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("This store was closed: open it again")

    def drop(self, connection: SqliteConnection) -> None:
        """Close a connection that failed."""
        if connection is self.pinned:
            self.pinned = None
        connection.raw.close()

    def give_back(self, connection: SqliteConnection) -> None:
        if self._closed:
            connection.raw.close()
        elif connection is not self.pinned:
            self._readers.append(connection)


class _Read:
    __slots__ = ("_database", "connection")
    memory = None

    def __init__(self, database: SqliteDatabase, connection: SqliteConnection) -> None:
        self._database = database
        self.connection = connection

    def commit(self) -> None:
        if self.connection.raw.in_transaction:
            self.connection.raw.execute("COMMIT")
        self._database.give_back(self.connection)

    def rollback(self, fault: BaseException) -> None:
        if isinstance(fault, sqlite3.Error):
            self._database.drop(self.connection)
            self._database.note_fault(fault)
            raise unavailable(fault) from fault
        if self.connection.raw.in_transaction:
            self.connection.raw.execute("ROLLBACK")
        self._database.give_back(self.connection)


class _Inspection(_Read):
    """A read on a separate connection, which is closed at the end."""

    __slots__ = ()

    def commit(self) -> None:
        self.connection.raw.close()

    def rollback(self, fault: BaseException) -> None:
        self.connection.raw.close()
        if isinstance(fault, sqlite3.Error):
            raise unavailable(fault) from fault


def _begin_snapshot(read: _Read) -> _Read:
    try:
        read.connection.raw.execute("BEGIN")
    except sqlite3.Error as error:
        read.rollback(error)
    return read


class _Snapshot:
    """The snapshot that all reads of the gathering thread share until the next flush."""

    __slots__ = ("_database", "connection", "memory", "read")

    def __init__(self, database: SqliteDatabase, read: _Read, memory: Memory) -> None:
        self._database = database
        self.read = read
        self.connection = read.connection
        self.memory = memory

    def commit(self) -> None:
        """Do nothing: other reads still use the snapshot."""

    def rollback(self, fault: BaseException) -> None:
        if isinstance(fault, sqlite3.Error):
            self._database.end_snapshot(fault)
