"""The files of an open SQLite database: whether what is written to them can be found again.

An open file goes on working when its name is taken away, and what is written to it is gone with the process. While a
connection is open SQLite neither removes nor replaces any of the three: checkpoints of any process keep the log's
file, and only the last connection to close takes it away.

A file that is written over keeps its name. That shows when it holds another store, or a page that makes no sense; an
older copy of the same store may make sense all through, and is not noticed.
"""

import logging
import os
import sqlite3
import tempfile
from pathlib import Path

from cardwright.core.errors import Unavailable

log = logging.getLogger(__name__)

_ADVICE = (
    "Nothing is written any more: what was written since the last checkpoint is lost if this process is killed. Stop it"
    " with SIGTERM, which writes all it holds to the database file it has open, look at the files, and start it again"
)

_PROBE = 256 * 1024  # bytes; a commit writes fewer

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CORRUPT_INDEX, sqlite3.SQLITE_NOTADB})


class DatabaseFiles:
    """The database file, its write-ahead log (``-wal``) and the index of that (``-shm``).

    Where the name is a symbolic link, SQLite keeps the other two beside the file that it leads to, and the name is
    watched too: pointed elsewhere, the next connection would be one to another database.

    The latter two are known from when they are first seen: SQLite makes them when it first needs them.
    """

    def __init__(self, path: Path) -> None:
        beside = [f"{path.resolve()}{suffix}" for suffix in ("", "-wal", "-shm")]
        self._names = list(dict.fromkeys([str(path), *beside]))
        self._known: list[tuple[int, int] | None] = [None] * len(self._names)
        self._told = False
        self._damaged = False
        self.check()

    def check(self) -> None:
        """Raise ``Unavailable`` when one of the files is no longer the one that is open, or is damaged."""
        if self._damaged:
            raise Unavailable(
                f"The database file {self._names[0]} is damaged, or was written over: bring a backup back and restart"
            )
        for place, name in enumerate(self._names):
            found, known = _identity(name), self._known[place]
            if found == known:
                continue
            if known is not None:
                self._tell(name)
                raise Unavailable(f"The database file {name} was removed or replaced: restore it and restart")
            self._known[place] = found
        self._told = False

    def check_room(self) -> None:
        """Raise ``Unavailable`` when the folder of the files takes no more bytes: its disk is full, for example."""
        folder = Path(self._names[-1]).parent
        reason = lack_of_room(folder)
        if reason is not None:
            raise Unavailable(f"The folder {folder} of the database takes no more data: {reason}")

    def stamp(self) -> tuple[int, int] | None:
        """Another one whenever somebody, a checkpoint perhaps, has written to the database file."""
        try:
            status = os.stat(self._names[0])
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

    def saw(self, fault: BaseException) -> None:
        """Take an error of SQLite's: after one that tells of damage, nothing more is to be written."""
        if getattr(fault, "sqlite_errorcode", None) in _DAMAGE:
            self.condemn()

    def condemn(self) -> None:
        """Let nothing more be written; the log tells of it once."""
        if not self._damaged:
            self._damaged = True
            log.error(
                "%s is damaged, or was written over while it is in use. Nothing is written any more.", self._names[0]
            )

    def _tell(self, name: str) -> None:
        if not self._told:
            self._told = True
            log.error("%s was removed or replaced while it is in use. %s.", name, _ADVICE)


def lack_of_room(folder: Path) -> str | None:
    """Why a folder takes no more data, from the system; None when it does."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE))
    except OSError as error:
        return error.strerror
    return None


def _identity(name: str) -> tuple[int, int] | None:
    try:
        status = os.stat(name)
    except OSError:
        return None
    return status.st_dev, status.st_ino
