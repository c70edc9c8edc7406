"""Replaces characters that no shipped font can draw by their code points, and counts them.

PDF/UA and PDF/A forbid text with such characters. ``scripts/build_fonts.py`` writes the table of characters that the
shipped fonts can draw.
"""

import functools
import importlib.resources
import json
from collections import Counter

from cardwright.formats.rendered import Unprintable, shown_by_code_point

_LINE_ENDS = dict.fromkeys(("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"), "\n")


class Characters:
    """Replaces and counts the unprintable characters of one document."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    @property
    def unprintable(self) -> tuple[Unprintable, ...]:
        return tuple(Unprintable(point, count) for point, count in sorted(self._counts.items()))

    def lines(self, text: str) -> str:
        """Return the printable form of a text. Lines end with a line feed; tabs become spaces."""
        if text.isascii() and text.isprintable():
            return text
        for found, line_end in _LINE_ENDS.items():
            text = text.replace(found, line_end)
        return "\n".join(self._line(line) for line in text.replace("\t", "    ").split("\n"))

    def line(self, text: str) -> str:
        """Return the printable form of a text on one line."""
        return self.lines(text).replace("\n", " ")

    def _line(self, text: str) -> str:
        known = printable()
        if known.issuperset(text):
            return text
        self._counts.update(ord(character) for character in text if character not in known)
        return "".join(character if character in known else shown_by_code_point(ord(character)) for character in text)


@functools.cache
def printable() -> frozenset[str]:
    """The characters that a shipped font can draw and that do not change the order of the text."""
    table = importlib.resources.files(__package__) / "fonts" / "coverage.json"
    ranges = json.loads(table.read_bytes())
    return frozenset(chr(point) for first, last in ranges for point in range(first, last + 1))
