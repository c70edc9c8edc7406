"""Characters that cannot be printed: shown by code point and counted, so that none is lost without a word.

PDF/UA and PDF/A refuse a text with a character that no font can draw. The table of those the shipped fonts can draw
is made by ``scripts/build_fonts.py``.
"""

import functools
import importlib.resources
import json
from collections import Counter

from cardwright.formats.printed import Unprintable, shown_by_code_point

_LINE_ENDS = dict.fromkeys(("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"), "\n")


class Characters:
    """The characters of one document."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    @property
    def unprintable(self) -> tuple[Unprintable, ...]:
        return tuple(Unprintable(point, count) for point, count in sorted(self._counts.items()))

    def lines(self, text: str) -> str:
        """The text as it can be printed; lines end with a line feed, tabs are spaces."""
        if text.isascii() and text.isprintable():
            return text
        for found, line_end in _LINE_ENDS.items():
            text = text.replace(found, line_end)
        return "\n".join(self._line(line) for line in text.replace("\t", "    ").split("\n"))

    def line(self, text: str) -> str:
        """The text as one line."""
        return self.lines(text).replace("\n", " ")

    def _line(self, text: str) -> str:
        known = printable()
        if known.issuperset(text):
            return text
        self._counts.update(ord(character) for character in text if character not in known)
        return "".join(character if character in known else shown_by_code_point(ord(character)) for character in text)


@functools.cache
def printable() -> frozenset[str]:
    """The characters that some shipped font can draw and that leave the order of the text alone."""
    table = importlib.resources.files(__package__) / "fonts" / "coverage.json"
    ranges = json.loads(table.read_bytes())
    return frozenset(chr(point) for first, last in ranges for point in range(first, last + 1))
