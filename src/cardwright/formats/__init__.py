"""Card content to documents: one outline, one printer a format."""

from cardwright.formats.card import outline_of
from cardwright.formats.record import CardRecord, VersionEntry

__all__ = ["CardRecord", "VersionEntry", "outline_of"]
