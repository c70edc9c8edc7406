"""The result of a printer: the document, and the characters that it shows by code point."""

import unicodedata
from dataclasses import dataclass

_KINDS = {
    "Cc": "control character",
    "Cs": "half of a surrogate pair",
    "Co": "private use",
    "Cn": "unassigned",
}


@dataclass(frozen=True, slots=True)
class Unprintable:
    """A character that is shown by its code point, and how often it occurs in the card."""

    code_point: int
    count: int

    @property
    def shown(self) -> str:
        """The text that replaces the character: ``[U+0F40]``."""
        return shown_by_code_point(self.code_point)

    @property
    def name(self) -> str:
        """The Unicode name of the character, else its category."""
        character = chr(self.code_point)
        if 0xFDD0 <= self.code_point <= 0xFDEF or self.code_point & 0xFFFE == 0xFFFE:
            return "noncharacter"
        return unicodedata.name(character, _KINDS.get(unicodedata.category(character), "unnamed")).lower()


@dataclass(frozen=True, slots=True)
class RenderedCard:
    """A document, and the characters of the card that it shows by code point because it cannot draw them."""

    data: bytes
    unprintable: tuple[Unprintable, ...] = ()


def shown_by_code_point(code_point: int) -> str:
    return f"[U+{code_point:04X}]"
