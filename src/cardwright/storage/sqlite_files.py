"""The files of an open SQLite database: whether their names still lead to what is open.

An open file goes on working when its name is taken away, and what is written to it is gone with the process. While a
connection is open SQLite neither removes nor replaces any of the three: checkpoints of any process keep the log's
file, and only the last connection to close takes it away.
"""

import logging
import os
from pathlib import Path

from cardwright.core.errors import Unavailable

log = logging.getLogger(__name__)

_ADVICE = (
    "Nothing is written any more: what was written since the last checkpoint is lost if this process is killed. Stop it"
    " with SIGTERM, which writes all it holds to the database file it has open, look at the files, and start it again"
)


class DatabaseFiles:
    """The database file, its write-ahead log (``-wal``) and the index of that (``-shm``).

    The latter two are known from when they are first seen: SQLite makes them when it first needs them.
    """

    def __init__(self, path: Path) -> None:
        self._names = [f"{path}{suffix}" for suffix in ("", "-wal", "-shm")]
        self._known: list[tuple[int, int] | None] = [None] * len(self._names)
        self._told = False
        self.check()

    def check(self) -> None:
        """Raise ``Unavailable`` when one of the files is no longer the one that is open; the log tells of it once."""
        for place, name in enumerate(self._names):
            found, known = _identity(name), self._known[place]
            if found == known:
                continue
            if known is not None:
                self._tell(name)
                raise Unavailable(f"The database file {name} was removed or replaced: restore it and restart")
            self._known[place] = found
        self._told = False

    def _tell(self, name: str) -> None:
        if not self._told:
            self._told = True
            log.error("%s was removed or replaced while it is in use. %s.", name, _ADVICE)


def _identity(name: str) -> tuple[int, int] | None:
    try:
        status = os.stat(name)
    except OSError:
        return None
    return status.st_dev, status.st_ino
