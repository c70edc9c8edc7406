"""The files of an open SQLite database, and the check that writes to them can be found again.

A removed file stays usable while it is open, and its writes are lost with the process. While a
connection is open, SQLite neither removes nor replaces any of the three files: checkpoints of any process keep the log,
and only the last connection to close removes it.

An overwritten file keeps its name. The check notices another store, or an invalid page. An older copy of the same store
may be valid throughout, and is not noticed.
"""

import logging
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TypeAlias

from cardwright.core.errors import Unavailable

log = logging.getLogger(__name__)

Stamp: TypeAlias = tuple[int, int, int]
"""Time of the last change, size and number of a file."""

_ADVICE = (
    "Nothing is written any more: writes since the last checkpoint are lost if this process is killed. Stop it"
    " with SIGTERM, which writes them to the database file that it has open, check the files, and start it again"
)

_PROBE = 256 * 1024  # bytes; a commit writes fewer

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CORRUPT_INDEX, sqlite3.SQLITE_NOTADB})


class DatabaseFiles:
    """The database file, its write-ahead log (``-wal``) and the index of the log (``-shm``).

    If the name is a symbolic link, SQLite puts the other two next to the link's target. The link is checked
    too: if it changes, the next connection would open another database.

    SQLite creates the log and its index when it first needs them; they are checked from then on.
    """

    def __init__(self, path: Path) -> None:
        files = [f"{path.resolve()}{suffix}" for suffix in ("", "-wal", "-shm")]
        self._names = list(dict.fromkeys([str(path), *files]))
        self._known: list[tuple[int, int] | None] = [None] * len(self._names)
        self._logged = False
        self._damaged = False
        self.check()

    def check(self) -> None:
        """Raise ``Unavailable`` when one of the files was replaced or removed, or is damaged."""
        if self._damaged:
            raise Unavailable(
                f"The database file {self._names[0]} is damaged, or was overwritten: restore a backup and restart"
            )
        for place, name in enumerate(self._names):
            found, known = _identity(name), self._known[place]
            if found == known:
                continue
            if known is not None:
                self._log_replaced(name)
                raise Unavailable(f"The database file {name} was removed or replaced: restore it and restart")
            self._known[place] = found
        self._logged = False

    def check_room(self) -> None:
        """Raise ``Unavailable`` when the folder of the files accepts no more data, for example on a full disk."""
        folder = Path(self._names[-1]).parent
        reason = lack_of_room(folder)
        if reason is not None:
            raise Unavailable(f"The folder {folder} of the database accepts no more data: {reason}")

    def stamp(self) -> Stamp | None:
        """A stamp that changes with every write to the database file, checkpoints included, and when it is replaced.

        The time is that of the last change of the file's status, which no program can set back.
        """
        try:
            status = os.stat(self._names[0])
        except OSError:
            return None
        return status.st_ctime_ns, status.st_size, status.st_ino

    def note_fault(self, fault: BaseException) -> None:
        """Take an error of SQLite into account: a corruption error blocks further writes."""
        if getattr(fault, "sqlite_errorcode", None) in _DAMAGE:
            self.block_writes()

    def block_writes(self) -> None:
        """Block further writes, and log that once."""
        if not self._damaged:
            self._damaged = True
            log.error(
                "%s is damaged, or was overwritten while it is in use. Nothing is written any more.", self._names[0]
            )

    def _log_replaced(self, name: str) -> None:
        if not self._logged:
            self._logged = True
            log.error("%s was removed or replaced while it is in use. %s.", name, _ADVICE)


def lack_of_room(folder: Path) -> str | None:
    """Return the system's reason why a folder accepts no more data; None when it accepts more."""
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
