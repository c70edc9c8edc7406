"""Connections to the SQLite file, with this project's settings."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from cardwright.core.errors import Unavailable
from cardwright.storage.engines.database import Parameters, Row
from cardwright.storage.engines.sqlite_files import lack_of_room

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
        # The file remembers its log; a reader must not wait to turn it on.
        return _opened(path.resolve().as_uri() + "?mode=rw", _write_ahead if make else None)
    except (sqlite3.Error, OSError) as error:
        # SQLite reports a full disk as an I/O error where it makes the index of its log.
        reason = lack_of_room(path.resolve().parent) if path.resolve().parent.is_dir() else None
        raise Unavailable(f"The database {path} cannot be opened: {reason or error}") from error


def can_write(path: Path) -> bool:
    """Whether this process may write the database file and make files next to it."""
    file = path.resolve()
    return os.access(file.parent, os.W_OK | os.X_OK) and (not file.exists() or os.access(file, os.W_OK))


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a file that cannot be written, beside a server that has it open or after the last one has ended.

    Raises:
        Unavailable: it cannot be opened, or its log can be read only where it can be written.
    """
    file = path.resolve()
    log, index = (Path(f"{file}{suffix}") for suffix in ("-wal", "-shm"))
    try:
        has_log = log.exists() and log.stat().st_size > 0
        if has_log and not index.exists():
            raise Unavailable(
                f"{log} holds changes that SQLite reads only in a folder that can be written: copy the folder to such"
                " a place"
            )
        # Without a log the file holds everything, and SQLite would make files next to it to find that out.
        name = file.as_uri() + ("?mode=ro" if has_log else "?mode=ro&immutable=1")
        return _opened(name)
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(f"The database {path} cannot be opened for reading: {error}") from error


def _opened(name: str, prepare: Callable[[sqlite3.Connection], None] | None = None) -> sqlite3.Connection:
    """A connection that threads may use in turn, with explicit transactions."""
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


class SqliteConnection:
    """:class:`storage.engines.database.Connection` over one sqlite3 connection."""

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


def unavailable(error: Exception) -> Unavailable:
    """What a caller is told when SQLite cannot do its work, or its files are gone."""
    if isinstance(error, Unavailable):
        return Unavailable(error.message)
    return Unavailable(f"The database cannot serve the request now: {error}")
