"""The result of a printer: the document, and the characters that it shows by code point."""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cardwright.interchange.card_version import Unstated
    from cardwright.interchange.loss_report import LossReport

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
    """A document, and what it does not show as the card has it.

    Attributes:
        unprintable: the characters of the card that are shown by code point because they cannot be drawn.
        report: what became of each value of the card, for formats of other tools; None for documents, which have all.
        unstated: the members that such a format demands and the card does not state.
    """

    data: bytes
    unprintable: tuple[Unprintable, ...] = ()
    report: "LossReport | None" = None
    unstated: "tuple[Unstated, ...]" = ()


def shown_by_code_point(code_point: int) -> str:
    return f"[U+{code_point:04X}]"
