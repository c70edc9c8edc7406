"""The input of a printer: one version of a card with its metadata."""

from dataclasses import dataclass

from cardwright.core.content import digest


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One entry in the list of a card's versions. Times are whole milliseconds since the epoch, UTC."""

    number: int
    status: str
    created_at: int
    modified_at: int
    author: str | None = None
    content_digest: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PrintedLimitation:
    """A known limitation of a card, as documents print it. ``version`` is the newest one when it was found."""

    title: str
    text: str | None
    found_at: int
    version: int


@dataclass(frozen=True, slots=True)
class CardRecord:
    """One version of a card, for printing.

    Attributes:
        content: the content string exactly as stored.
        created_at, created_by: the card's creation. Times are whole milliseconds since the epoch, UTC.
        modified_at, modified_by: the last change of this version.
        note: the author's note on this version.
        versions: this version and earlier ones, newest first. Callers leave out later versions, so that the same
            version in the same status always prints the same bytes.
        limitations: those that were open when the next version replaced this one, or are open now, oldest first.
    """

    name: str
    arn: str
    version: int
    status: str
    content: str
    created_at: int
    modified_at: int
    created_by: str | None = None
    modified_by: str | None = None
    note: str | None = None
    versions: tuple[VersionEntry, ...] = ()
    limitations: tuple[PrintedLimitation, ...] = ()

    @property
    def content_digest(self) -> str:
        """Lower-case hexadecimal SHA-256 of the stored content's UTF-8 bytes."""
        return digest(self.content)
