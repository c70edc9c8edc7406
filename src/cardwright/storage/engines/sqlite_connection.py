"""Connections to the SQLite file, with Cardwright's settings."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from cardwright.core.errors import Unavailable
from cardwright.storage.engines.database import Lookup, Parameters, Row
from cardwright.storage.engines.sqlite_files import lack_of_room

Found = TypeVar("Found")

_PATIENCE = 10
"""Seconds to wait for a lock."""

_NO_UTF_8 = "Could not decode to UTF-8"  # the driver's error has no code
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_PATIENCE}000",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 1000",  # a shared commit writes some 200 pages: few commits wait for a checkpoint
    "PRAGMA temp_store = MEMORY",  # savepoints store the old pages in memory, not in files
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -16384",
)


def connect(path: Path, *, make: bool = True) -> sqlite3.Connection:
    """Open the file with Cardwright's settings and explicit transactions. Without ``make`` the file must exist.

    Raises:
        Unavailable: the file cannot be opened or is not a database.
    """
    try:
        if make:
            path.touch(mode=0o600)
        # The file stores its journal mode; a reader must not wait to set it.
        return _opened(path.resolve().as_uri() + "?mode=rw", _write_ahead if make else None)
    except (sqlite3.Error, OSError) as error:
        # SQLite reports a full disk as an I/O error when it creates the index of its log.
        reason = lack_of_room(path.resolve().parent) if path.resolve().parent.is_dir() else None
        raise Unavailable(f"The database {path} cannot be opened: {reason or error}") from error


def can_write(path: Path) -> bool:
    """Whether this process may write the database file and create files next to it."""
    file = path.resolve()
    return os.access(file.parent, os.W_OK | os.X_OK) and (not file.exists() or os.access(file, os.W_OK))


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a read-only file, next to a server that has it open or after the last server has ended.

    Raises:
        Unavailable: the file cannot be opened, or its log can be read only in a writable folder.
    """
    file = path.resolve()
    log, index = (Path(f"{file}{suffix}") for suffix in ("-wal", "-shm"))
    try:
        has_log = log.exists() and log.stat().st_size > 0
        if has_log and not index.exists():
            raise Unavailable(
                f"{log} contains changes that SQLite reads only in a writable folder: copy the folder to a writable"
                " place"
            )
        # Without a log the file is complete, and SQLite would create files next to it to find that out.
        name = file.as_uri() + ("?mode=ro" if has_log else "?mode=ro&immutable=1")
        return _opened(name)
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(f"The database {path} cannot be opened for reading: {error}") from error


def _opened(name: str, prepare: Callable[[sqlite3.Connection], None] | None = None) -> sqlite3.Connection:
    """Open a connection with explicit transactions that threads may use in turn."""
    connection = sqlite3.connect(name, uri=True, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
    try:
        if prepare is not None:
            prepare(connection)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. SQLite does not wait when two connections do this at once in a new file."""
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


def analyze(execute: Callable[[str], Iterable[Row]]) -> None:
    """Store statistics for the planner: those of each table in a statement, from a few rows of each index."""
    execute("PRAGMA analysis_limit = 400")
    for (table,) in list(execute("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index'")):
        execute(f'ANALYZE "{table}"')


class SqliteConnection:
    """:class:`storage.engines.database.Connection` over one sqlite3 connection."""

    __slots__ = ("deferred", "raw")
    engine = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self.deferred: list[tuple[str, Parameters]] = []

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        return self.raw.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        cursor = self.raw.execute(sql, parameters)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def look_up(self, lookup: Lookup, account: str, key: str) -> Row | None:
        return self.row(lookup.one, {"account": account, "key": key})

    def run(self, sql: str, parameters: Parameters) -> int:
        return self.raw.execute(sql, parameters).rowcount

    def send(self, sql: str, parameters: Parameters) -> None:
        self.raw.execute(sql, parameters)

    def defer(self, sql: str, parameters: Parameters) -> None:
        """Defer the statement: a full-text index is written once per savepoint, so one run before the commit is
        cheaper."""
        self.deferred.append((sql, parameters))

    def run_deferred(self) -> None:
        deferred, self.deferred = self.deferred, []
        for sql, parameters in deferred:
            self.raw.execute(sql, parameters)


class InspectedConnection(SqliteConnection):
    """Reads data that may be tampered with: a text that is not UTF-8 is read with lone surrogates.

    SQLite's driver decodes the texts before the first such one, and Python all others, which takes longer.
    """

    __slots__ = ()

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        return self._any_text(super().rows, sql, parameters)

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        return self._any_text(super().row, sql, parameters)

    def _any_text(self, read: Callable[[str, Parameters], Found], sql: str, parameters: Parameters) -> Found:
        """Read with the driver, or again with Python if a text is not UTF-8."""
        try:
            return read(sql, parameters)
        except sqlite3.OperationalError as error:
            if self.raw.text_factory is _with_surrogates or not str(error).startswith(_NO_UTF_8):
                raise
        self.raw.text_factory = _with_surrogates
        return read(sql, parameters)


def _with_surrogates(written: bytes) -> str:
    return written.decode(errors="surrogateescape")


def unavailable(error: Exception) -> Unavailable:
    """Return the error for callers when SQLite fails or its files are missing."""
    if isinstance(error, Unavailable):
        return Unavailable(error.message)
    return Unavailable(f"The database cannot serve the request now: {error}")
