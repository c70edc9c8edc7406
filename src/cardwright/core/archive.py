"""Exports of several cards as one zip file, prepared one card after another."""

from typing import NamedTuple

MAX_CARDS = 500
"""Cards of one archive."""

KEPT = 24 * 60 * 60 * 1000
"""Milliseconds that an archive is kept."""

STALLED = 30_000
"""Milliseconds without a new document after which an archive counts as stopped, and may be continued."""


class Archive(NamedTuple):
    """One archive. Times are milliseconds since the epoch.

    Attributes:
        user: the person who asked for it, who alone may read it.
        format: the name of a format.
        worked_at: when its last document was stored.
    """

    archive_id: str
    user: str
    format: str
    created_at: int
    worked_at: int

    def is_stalled(self, now: int) -> bool:
        return now - self.worked_at > STALLED


class ArchiveLine(NamedTuple):
    """A card of an archive: waiting, printed as a file, or left out for a reason."""

    card_name: str
    file_name: str | None
    reason: str | None

    @property
    def waits(self) -> bool:
        return self.file_name is None and self.reason is None
