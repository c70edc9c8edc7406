"""SQLite: one file, many readers, one writer at a time whose commits are shared.

Readers take a connection each and see the last commit (write-ahead log). Writers take turns on one connection;
a writer that sees others waiting leaves the commit to them, so that one wait for the disk serves all of them.
Nobody is told "done" before that commit has reached the disk (``synchronous=FULL``). A server with an event loop
gathers commits instead: units leave theirs open, and ``flush`` commits for all of them.
"""

import sqlite3
import threading
import time
from collections import deque
from pathlib import Path

from cardwright.core.errors import Unavailable
from cardwright.storage.database import Parameters, Row

_BATCH_LIMIT = 64
"""Units that one commit may serve: bounds how long the first of them waits."""

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

    __slots__ = ("raw",)
    engine = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        return self.raw.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        cursor = self.raw.execute(sql, parameters)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def run(self, sql: str, parameters: Parameters) -> int:
        return self.raw.execute(sql, parameters).rowcount


class SqliteDatabase:
    """:class:`storage.database.Database` over one SQLite file."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers: deque[SqliteConnection] = deque()
        self._writer = _Writer(SqliteConnection(connect(path)))
        self._file = _identity(path)
        self._closed = False

    def begin_read(self) -> "_Read":
        return _Read(self, self._reader())

    def begin_snapshot(self) -> "_Read":
        read = self.begin_read()
        try:
            read.connection.raw.execute("BEGIN")
        except sqlite3.Error as error:
            read.rollback(error)
        return read

    def begin_write(self) -> "_Write":
        self.check_file()
        return self._writer.begin()

    def check_file(self) -> None:
        """Raise ``Unavailable`` when the file is no longer the one that was opened: what is written would be lost."""
        if _identity(self.path) != self._file:
            raise Unavailable(f"The database file {self.path} was removed or replaced: restore it and restart")

    def gather_commits(self) -> bool:
        self._writer.gathers = True
        # All requests wait while the loop waits for another process's lock.
        self._writer.connection.raw.execute("PRAGMA busy_timeout = 1000")
        return True

    def flush(self) -> None:
        self._writer.flush()

    def close(self) -> None:
        self._closed = True
        self._writer.close()
        while self._readers:
            self._readers.pop().raw.close()

    def _reader(self) -> SqliteConnection:
        try:
            return self._readers.pop()
        except IndexError:
            return SqliteConnection(connect(self.path, make=False))

    def give_back(self, connection: SqliteConnection) -> None:
        if self._closed:
            connection.raw.close()
        else:
            self._readers.append(connection)


class _Read:
    __slots__ = ("_database", "connection")

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


class _Batch:
    """Units that share a commit, and how that commit ended."""

    __slots__ = ("done", "fault", "units")

    def __init__(self) -> None:
        self.units = 0
        self.done = threading.Event()
        self.fault: sqlite3.Error | None = None

    def settle(self) -> None:
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
                self._batch = _Batch()
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

    def flush(self) -> None:
        with self._turn:
            if self._batch is not None:
                self._commit_batch()

    def _commit_batch(self) -> None:
        try:
            self.connection.raw.execute("COMMIT")
            self._finish_batch(None)
        except sqlite3.Error as error:
            self._finish_batch(error)

    def _finish_batch(self, fault: sqlite3.Error | None) -> None:
        if fault is not None and self.connection.raw.in_transaction:
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
    __slots__ = ("_batch", "_writer", "connection")

    def __init__(self, writer: _Writer, batch: _Batch) -> None:
        self._writer = writer
        self._batch = batch
        self.connection = writer.connection

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
