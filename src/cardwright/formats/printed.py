"""What a printer gives: the document, and the characters of the card that it could not draw."""

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
    """A character that is shown by its code point, and how often it stands in the card."""

    code_point: int
    count: int

    @property
    def shown(self) -> str:
        """What stands in its place: ``[U+0F40]``."""
        return shown_by_code_point(self.code_point)

    @property
    def name(self) -> str:
        """Its Unicode name; for those without one, what kind of character it is."""
        character = chr(self.code_point)
        if 0xFDD0 <= self.code_point <= 0xFDEF or self.code_point & 0xFFFE == 0xFFFE:
            return "noncharacter"
        return unicodedata.name(character, _KINDS.get(unicodedata.category(character), "unnamed")).lower()


@dataclass(frozen=True, slots=True)
class Printed:
    """A document, and the characters of the card that it shows by code point for want of a way to print them."""

    data: bytes
    unprintable: tuple[Unprintable, ...] = ()


def shown_by_code_point(code_point: int) -> str:
    return f"[U+{code_point:04X}]"
