"""The single writer of the SQLite file: units take turns on its connection, and share commits."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cardwright.core.errors import Unavailable
from cardwright.storage.engines.sqlite_connection import SqliteConnection, analyze, connect, unavailable

log = logging.getLogger(__name__)

_BATCH_LIMIT = 64
"""Maximum number of units in one commit: it bounds the wait of the first one."""

_INTERRUPTED = "The transaction was interrupted and rolled back"
_COMMITS_A_CHECKPOINT = 8
_CHECKPOINT_AT_LAST = 8192  # pages, 32 MiB
_COUNTED_FROM = 1024  # pages, 4 MiB: the plans of small stores do not matter


class FileCheck(Protocol):
    """Checks the database's files and schema for the writer."""

    def check_identity(self) -> None:
        """Raise ``Unavailable`` when the files are damaged or replaced."""

    def check_schema(self, connection: SqliteConnection) -> None:
        """Raise ``Unavailable`` when the connection's database has another schema."""

    def note_fault(self, fault: Exception) -> None:
        """Take an error into account: a corruption error blocks further writes."""


class _Batch:
    """Units that share a commit, and the result of that commit."""

    __slots__ = ("done", "fault", "flush", "units")

    def __init__(self, flush: Callable[[], object] | None) -> None:
        self.units = 0
        self.flush = flush
        self.done = threading.Event()
        self.fault: Exception | None = None

    def settle(self) -> None:
        if self.flush is not None and not self.done.is_set():
            self.flush()  # a thread outside of the event loop waits for no other unit
        self.done.wait()
        if self.fault is not None:
            raise unavailable(self.fault) from self.fault


class Writer:
    """Lends the writing connection to one thread at a time, and commits several units together.

    Args:
        file_check: checks the files; commits fail when the files are damaged or replaced.
    """

    def __init__(self, connection: SqliteConnection, file_check: FileCheck) -> None:
        self.connection = connection
        self._file_check = file_check
        self.turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self._flush: Callable[[], object] | None = None

    def gather(self, flush: Callable[[], object]) -> None:
        """Let units leave their commit to ``flush`` from now on; ``flush`` calls :meth:`flush` here."""
        self._flush = flush
        raw = self.connection.raw
        # All requests wait while the event loop waits for another process's lock. Five seconds are less than a client's
        # timeout, and enough for a lock that others take repeatedly.
        raw.execute("PRAGMA busy_timeout = 5000")
        raw.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_AT_LAST}")

    @property
    def gathers(self) -> bool:
        return self._flush is not None

    @property
    def idle(self) -> bool:
        return self._batch is None

    def begin(self, *, undo: bool) -> "Write":
        self._take_turn()
        raw = self.connection.raw
        try:
            if self._batch is None:
                raw.execute("BEGIN IMMEDIATE")
                self._file_check.check_schema(self.connection)
                self._batch = _Batch(self._flush)
            if undo:
                raw.execute("SAVEPOINT unit")
            return Write(self, self._batch, undo)
        except (sqlite3.Error, Unavailable) as error:
            self._give_up(error)
            raise unavailable(error) from error
        except BaseException:
            self._give_up(Unavailable(_INTERRUPTED))
            raise

    def _give_up(self, fault: Exception) -> None:
        """Called with the lock by a unit that could not begin."""
        try:
            self._finish_batch(fault)
        finally:
            self.turn.release()

    def _take_turn(self) -> None:
        with self._count:
            self._waiting += 1
        try:
            self.turn.acquire()
        except BaseException:
            with self._count:
                self._waiting -= 1
            self.flush()  # commits that other units left to this one
            raise
        with self._count:
            self._waiting -= 1

    def end(self, batch: _Batch, fault: Exception | None, *, undone: bool = False) -> None:
        """Called with the lock after the unit's savepoint: commit, or leave that to a waiting thread.

        A unit that was rolled back as the only one of a batch must commit itself, or the write lock would block every
        other process.
        """
        batch.units += 1
        alone = undone and batch.units == 1
        try:
            if fault is not None:
                self._finish_batch(fault)
            elif alone or batch.units >= _BATCH_LIMIT or (self._waiting == 0 and not self.gathers):
                self._commit_batch()
        finally:
            self.turn.release()
        if not self.gathers:
            batch.settle()

    def flush(self) -> bool:
        """Commit the open batch. Returns whether there was one."""
        with self.turn:
            if self._batch is None:
                return False
            self._commit_batch()
            return True

    def _commit_batch(self) -> None:
        try:
            self.connection.run_deferred()
            self.connection.raw.execute("COMMIT")
            self._file_check.check_identity()
            self._finish_batch(None)
        except (sqlite3.Error, Unavailable) as error:
            self._finish_batch(error)
        except BaseException:
            self._finish_batch(Unavailable(_INTERRUPTED))
            raise

    def _finish_batch(self, fault: Exception | None) -> None:
        if fault is not None:
            self._file_check.note_fault(fault)
            self.connection.deferred.clear()
        batch, self._batch = self._batch, None
        try:
            if fault is not None and self.connection.raw.in_transaction:
                self.connection.raw.execute("ROLLBACK")
        finally:
            if batch is not None:
                batch.fault = fault
                batch.done.set()

    def note_fault(self, fault: Exception) -> None:
        """Take an error of a unit into account: a corruption error blocks further writes."""
        self._file_check.note_fault(fault)

    def close(self) -> None:
        self.flush()
        with self.turn:
            self.connection.raw.close()


class Write:
    """A unit's part of a batch, in a savepoint. Without ``undo`` there is none, which saves a tenth of a create.

    When a unit without savepoint has changed something and rolls back, its whole batch rolls back.
    """

    __slots__ = ("_batch", "_changes", "_deferred", "_undo", "_writer", "connection")
    memory = None

    def __init__(self, writer: Writer, batch: _Batch, undo: bool) -> None:
        self._writer = writer
        self._batch = batch
        self._undo = undo
        self.connection = writer.connection
        self._changes = self.connection.raw.total_changes
        self._deferred = list(self.connection.deferred)  # deferred statements of earlier units of the batch

    def commit(self) -> _Batch | None:
        fault: Exception | None = Unavailable(_INTERRUPTED)
        try:
            if self._undo:
                self.connection.raw.execute("RELEASE unit")
            fault = None
        except sqlite3.Error as error:
            fault = error
        finally:
            self._writer.end(self._batch, fault)
        return self._batch if self._writer.gathers else None

    def rollback(self, fault: BaseException) -> _Batch | None:
        raw = self.connection.raw
        engine_fault: Exception | None = Unavailable(_INTERRUPTED)
        self.connection.deferred = self._deferred
        try:
            if self._undo:
                raw.execute("ROLLBACK TO unit")
                raw.execute("RELEASE unit")
                engine_fault = None
            elif raw.in_transaction and raw.total_changes == self._changes:
                engine_fault = None
        except sqlite3.Error as error:  # SQLite rolled back the whole transaction (disk full), for all its units
            engine_fault = error
        finally:
            self._writer.end(self._batch, engine_fault, undone=True)
        if isinstance(fault, sqlite3.Error):
            self._writer.note_fault(fault)
            raise unavailable(fault) from fault
        return self._batch if self._writer.gathers and not self._batch.done.is_set() else None


class Checkpoints:
    """Copies the log into the database in a thread, because the event loop would wait for it every few commits.

    The thread also counts rows for SQLite's planner, once after the start and whenever the file has doubled.
    Under continuous writes the log never ends at a checkpoint and cannot restart. The commit
    that exceeds ``_CHECKPOINT_AT_LAST`` then copies the small rest.
    """

    def __init__(self, path: Path) -> None:
        self._commits = 0
        self._counted = _COUNTED_FROM // 2  # pages of the file at the last count of rows
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
                self._count_rows()
            except sqlite3.Error:
                log.warning("a checkpoint failed; a later one takes its place", exc_info=True)

    def _count_rows(self) -> None:
        """Let the planner know the sizes of tables and indexes. Writers wait for one table at most, a few ms."""
        (pages,) = self._raw.execute("PRAGMA page_count").fetchone()
        if pages >= 2 * self._counted:
            self._counted = pages
            analyze(self._raw.execute)
