"""SQLite: one file, many readers, one writer at a time whose commits are shared.

Readers take a connection each and see the last commit (write-ahead log). Writers take turns on one connection;
a writer that sees others waiting leaves the commit to them, so that one wait for the disk serves all of them.
Nobody is told "done" before that commit has reached the disk (``synchronous=FULL``). A server with an event loop
gathers commits instead: units leave theirs open, and ``flush`` commits for all of them; what that thread reads until
then, it reads from one snapshot, so that a request that was sent after a commit's answer sees the commit.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cardwright.core.errors import Unavailable
from cardwright.storage.database import Parameters, Row

log = logging.getLogger(__name__)

_BATCH_LIMIT = 64
"""Units that one commit may serve: bounds how long the first of them waits."""

_COMMITS_A_CHECKPOINT = 8
_CHECKPOINT_AT_LAST = 8192  # pages, 32 MiB

_PATIENCE = 10
"""Seconds to wait for a lock."""

_PRAGMAS = (
    f"PRAGMA busy_timeout = {_PATIENCE}000",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 1000",  # a shared commit writes some 200 pages: not each should wait for a checkpoint
    "PRAGMA temp_store = MEMORY",  # savepoints keep what they change aside: not in files
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -32768",
)
# Readers see the file's pages where the system holds them: a cache of their own would hold them once more.
_READER_PRAGMAS = ("PRAGMA mmap_size = 1073741824", "PRAGMA cache_size = -8192")


def connect(path: Path, *, make: bool = True) -> sqlite3.Connection:
    """Open the file with this project's settings; transactions are explicit. Without ``make`` it must be there.

    Raises:
        Unavailable: it cannot be opened or is no database.
    """
    try:
        if make:
            path.touch(mode=0o600)
        name = path.resolve().as_uri() + "?mode=rw"
        connection = sqlite3.connect(name, uri=True, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
        try:
            _write_ahead(connection)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(f"The database {path} cannot be opened: {error}") from error
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. Where two turn it on in a new file at once, SQLite makes neither wait."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class SqliteConnection:
    """:class:`storage.database.Connection` over one sqlite3 connection."""

    __slots__ = ("late", "raw")
    engine = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self.late: list[tuple[str, Parameters]] = []

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        return self.raw.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        cursor = self.raw.execute(sql, parameters)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def run(self, sql: str, parameters: Parameters) -> int:
        return self.raw.execute(sql, parameters).rowcount

    def run_late(self, sql: str, parameters: Parameters) -> None:
        """A full-text index writes all it was told once a savepoint: told before the commit, once for many units."""
        self.late.append((sql, parameters))

    def run_what_is_late(self) -> None:
        late, self.late = self.late, []
        for sql, parameters in late:
            self.raw.execute(sql, parameters)


class SqliteDatabase:
    """:class:`storage.database.Database` over one SQLite file."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers: deque[SqliteConnection] = deque()
        self._writer = _Writer(SqliteConnection(connect(path)))
        self._file = _identity(path)
        self._closed = False
        self._gathering_thread: int | None = None
        self._moment: _Moment | None = None
        self._checkpoints: _Checkpoints | None = None

    def begin_read(self) -> "_Read | _Moment":
        if threading.get_ident() != self._gathering_thread:
            return _Read(self, self._reader())
        if self._moment is None:
            self._moment = _Moment(self, self.begin_snapshot())
        return self._moment

    def begin_snapshot(self) -> "_Read":
        read = _Read(self, self._reader())
        try:
            read.connection.raw.execute("BEGIN")
        except sqlite3.Error as error:
            read.rollback(error)
        return read

    def begin_write(self) -> "_Write":
        if self._writer.idle:
            self.check_file()
        return self._writer.begin()

    def check_file(self) -> None:
        """Raise ``Unavailable`` when the file is no longer the one that was opened: what is written would be lost."""
        if _identity(self.path) != self._file:
            raise Unavailable(f"The database file {self.path} was removed or replaced: restore it and restart")

    def gather_commits(self) -> bool:
        self._gathering_thread = threading.get_ident()
        self._writer.gathers = True
        raw = self._writer.connection.raw
        # All requests wait while the loop waits for another process's lock.
        raw.execute("PRAGMA busy_timeout = 1000")
        raw.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_AT_LAST}")
        self._checkpoints = _Checkpoints(self.path)
        return True

    def flush(self) -> None:
        if threading.get_ident() == self._gathering_thread:
            self.end_moment(None)
        if self._writer.flush() and self._checkpoints is not None:
            self._checkpoints.count()

    def end_moment(self, fault: sqlite3.Error | None) -> None:
        """The next read sees what is committed by then."""
        moment, self._moment = self._moment, None
        if moment is None:
            return
        if fault is None:
            moment.read.commit()
        else:
            moment.read.rollback(fault)

    def close(self) -> None:
        self.end_moment(None)
        self._closed = True
        if self._checkpoints is not None:
            self._checkpoints.stop()
        self._writer.close()
        while self._readers:
            self._readers.pop().raw.close()

    def _reader(self) -> SqliteConnection:
        try:
            return self._readers.pop()
        except IndexError:
            raw = connect(self.path, make=False)
            for pragma in _READER_PRAGMAS:
                raw.execute(pragma)
            return SqliteConnection(raw)

    def give_back(self, connection: SqliteConnection) -> None:
        if self._closed:
            connection.raw.close()
        else:
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
            self.connection.raw.close()  # a connection that failed is not used again
            raise _unavailable(fault) from fault
        if self.connection.raw.in_transaction:
            self.connection.raw.execute("ROLLBACK")
        self._database.give_back(self.connection)


class _Moment:
    """The snapshot that all reads of the gathering thread share until it flushes."""

    __slots__ = ("_database", "connection", "memory", "read")

    def __init__(self, database: SqliteDatabase, read: _Read) -> None:
        self._database = database
        self.read = read
        self.connection = read.connection
        self.memory: dict[object, Any] = {}

    def commit(self) -> None:
        """One of those who share it has done; others go on."""

    def rollback(self, fault: BaseException) -> None:
        if isinstance(fault, sqlite3.Error):
            self._database.end_moment(fault)


class _Checkpoints:
    """Copies the log into the database beside the loop, which would wait for it every few commits otherwise.

    Under writes without a pause the log never ends where a checkpoint does, and cannot begin anew: then the commit
    that takes it past ``_CHECKPOINT_AT_LAST`` copies the little that is left.
    """

    def __init__(self, path: Path) -> None:
        self._commits = 0
        self._due = threading.Event()
        self._stopped = False
        self._raw = connect(path, make=False)
        self._thread = threading.Thread(target=self._work, name="checkpoints", daemon=True)
        self._thread.start()

    def count(self) -> None:
        self._commits += 1
        if self._commits % _COMMITS_A_CHECKPOINT == 0:
            self._due.set()

    def stop(self) -> None:
        self._stopped = True
        self._due.set()
        self._thread.join()
        self._raw.close()

    def _work(self) -> None:
        while self._due.wait() and not self._stopped:
            self._due.clear()
            try:
                self._raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            except sqlite3.Error:
                log.warning("a checkpoint failed; a later one takes its place", exc_info=True)


class _Batch:
    """Units that share a commit, and how that commit ended."""

    __slots__ = ("done", "fault", "flush", "units")

    def __init__(self, flush: Callable[[], object] | None) -> None:
        self.units = 0
        self.flush = flush
        self.done = threading.Event()
        self.fault: sqlite3.Error | None = None

    def settle(self) -> None:
        if self.flush is not None and not self.done.is_set():
            self.flush()  # a thread beside the event loop waits for no other unit
        self.done.wait()
        if self.fault is not None:
            raise _unavailable(self.fault) from self.fault


class _Writer:
    """Gives the writing connection to one thread at a time and commits for several."""

    def __init__(self, connection: SqliteConnection) -> None:
        self.connection = connection
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self.gathers = False

    @property
    def idle(self) -> bool:
        return self._batch is None

    def begin(self) -> "_Write":
        with self._count:
            self._waiting += 1
        self._turn.acquire()
        with self._count:
            self._waiting -= 1
        raw = self.connection.raw
        try:
            if self._batch is None:
                raw.execute("BEGIN IMMEDIATE")
                self._batch = _Batch(self.flush if self.gathers else None)
            raw.execute("SAVEPOINT unit")
        except sqlite3.Error as error:
            self._finish_batch(error)
            self._turn.release()
            raise _unavailable(error) from error
        return _Write(self, self._batch)

    def end(self, batch: _Batch, fault: sqlite3.Error | None, *, undone: bool = False) -> None:
        """Called with the turn, after the unit's savepoint: commit, or leave that to a thread that waits.

        A unit that was undone asks for no flush: when it was the batch's only one, nobody would, and the write lock
        would be kept from every other process.
        """
        batch.units += 1
        alone = undone and batch.units == 1
        if fault is not None:
            self._finish_batch(fault)
        elif alone or batch.units >= _BATCH_LIMIT or (self._waiting == 0 and not self.gathers):
            self._commit_batch()
        self._turn.release()
        if not self.gathers:
            batch.settle()

    def flush(self) -> bool:
        """Commit the open batch; says whether there was one."""
        with self._turn:
            if self._batch is None:
                return False
            self._commit_batch()
            return True

    def _commit_batch(self) -> None:
        try:
            self.connection.run_what_is_late()
            self.connection.raw.execute("COMMIT")
            self._finish_batch(None)
        except sqlite3.Error as error:
            self._finish_batch(error)

    def _finish_batch(self, fault: sqlite3.Error | None) -> None:
        if fault is not None:
            self.connection.late.clear()
            if self.connection.raw.in_transaction:
                self.connection.raw.execute("ROLLBACK")
        if self._batch is not None:
            self._batch.fault = fault
            self._batch.done.set()
            self._batch = None

    def close(self) -> None:
        self.flush()
        with self._turn:
            self.connection.raw.close()


class _Write:
    __slots__ = ("_batch", "_late", "_writer", "connection")
    memory = None

    def __init__(self, writer: _Writer, batch: _Batch) -> None:
        self._writer = writer
        self._batch = batch
        self.connection = writer.connection
        self._late = list(self.connection.late)  # what earlier units of the batch have left to run

    def commit(self) -> _Batch | None:
        fault = None
        try:
            self.connection.raw.execute("RELEASE unit")
        except sqlite3.Error as error:
            fault = error
        self._writer.end(self._batch, fault)
        return self._batch if self._writer.gathers else None

    def rollback(self, fault: BaseException) -> None:
        raw = self.connection.raw
        engine_fault = None
        self.connection.late = self._late
        try:
            raw.execute("ROLLBACK TO unit")
            raw.execute("RELEASE unit")
        except sqlite3.Error as error:  # SQLite gave up the whole transaction (disk full): so do all who share it
            engine_fault = error
        self._writer.end(self._batch, engine_fault, undone=True)
        if isinstance(fault, sqlite3.Error):
            raise _unavailable(fault) from fault


def _unavailable(error: sqlite3.Error) -> Unavailable:
    return Unavailable(f"The database cannot serve the request now: {error}")
