"""What a printer is given: one version of a card, with what is known around it."""

from dataclasses import dataclass

from cardwright.core.content import digest


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One line of a card's versions. Times are whole milliseconds since the epoch, UTC."""

    number: int
    status: str
    created_at: int
    modified_at: int
    author: str | None = None
    content_digest: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CardRecord:
    """One version of a card, to be printed.

    Attributes:
        content: the content string exactly as stored.
        created_at, created_by: of the card. Times are whole milliseconds since the epoch, UTC.
        modified_at, modified_by: of this version.
        note: what the author said of this version.
        versions: this version and those before it, newest first; later ones are left out by whoever fills this,
            so that the same version in the same status prints the same bytes for ever.
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

    @property
    def content_digest(self) -> str:
        """Lower-case hexadecimal SHA-256 of the stored content's UTF-8 bytes."""
        return digest(self.content)
