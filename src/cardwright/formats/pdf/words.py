"""Converts texts and numbers of a card to template data, and marks where long words may break."""

import re
from collections.abc import Sequence
from typing import TypeAlias

import regex

from cardwright.formats.pdf.characters import Characters
from cardwright.formats.pdf.long_words import breakable
from cardwright.formats.values import Number, Text, Value, lines_of

Word: TypeAlias = "str | dict[str, object]"
"""A plain text, or {t: the text or its pieces, lang, rtl, mono, href}; for numbers {n: ..., pad: in em}.

A text with lines from right to left is {lines: one word for each line}.

A piece is a text, or {apart: a text from left to right inside a text from right to left}.
"""

BODY = 163.0
"""Width of the text on a page, in millimetres."""

_DIGIT, _HYPHEN = 0.497, 0.311  # widths in em, of Source Sans 3's tabular figures
_LONGEST_PAD = 12
_SEEN = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]")
_CODE_POINT = re.compile(r"(\[U\+[0-9A-F]{4,6}\])")


class Words:
    """Converts the words of one document, and records the characters that cannot be printed."""

    def __init__(self, characters: Characters) -> None:
        self.characters = characters

    def value(self, value: Value | None, width: float = BODY) -> Word:
        """A value, for a width in millimetres; an empty text for None."""
        if value is None:
            return ""
        if isinstance(value, Number):
            return self.plain(value.text, width)
        words = [self._text(line, self.characters.lines(line.text), width) for line in lines_of(value)]
        return words[0] if len(words) == 1 else {"lines": words}

    def heading(self, text: Text, width: float = BODY) -> Word:
        """A text on one line, without a link. It is never empty, because PDF/UA forbids empty headings."""
        shown = self.characters.line(text.text)
        return self._text(_without_link(text), shown, width) if _SEEN.search(shown) else "(no name)"

    def label(self, text: Text, width: float = BODY) -> Word:
        """A text on one line, without a link."""
        return self._text(_without_link(text), self.characters.line(text.text), width)

    def plain(self, text: str, width: float = BODY) -> Word:
        """Text of Cardwright, or the digits of a number."""
        shown = breakable(self.characters.lines(text), width)
        return shown if isinstance(shown, str) else {"t": shown}

    @staticmethod
    def hidden(text: str) -> str:
        """One line of metadata or of alternative text. Pages do not show it, so its characters are not counted."""
        return Characters().line(text)

    def number(self, value: Number, before_point: float, width: float) -> Word:
        """A number for a column whose widest part left of the decimal point is ``before_point`` em."""
        padding = before_point - digits_before_point(value.text)
        shown = breakable(value.text, width)
        return shown if padding < 0.001 and isinstance(shown, str) else {"n": shown, "pad": round(max(0.0, padding), 3)}

    def _text(self, text: Text, shown: str, width: float) -> Word:
        pieces: str | Sequence[object] = breakable(shown, width)
        if text.direction == "rtl" and _CODE_POINT.search(shown):
            pieces = _apart(shown, width)
        marks: dict[str, object] = {}
        if text.language:
            marks["lang"] = text.language
        if text.direction == "rtl":
            marks["rtl"] = True
        if text.code:
            marks["mono"] = True
        if text.link:
            marks["href"] = text.link
        return {"t": pieces, **marks} if marks or not isinstance(pieces, str) else pieces


def _without_link(text: Text) -> Text:
    return Text(text.text, text.language, text.direction)


def _apart(text: str, width: float) -> list[object]:
    """The pieces of a text that runs from right to left.

    Its code points would change places with their neighbours. Unicode's isolates would prevent this, but readers
    would copy them with the text."""
    pieces: list[object] = []
    for number, part in enumerate(_CODE_POINT.split(text)):
        broken = breakable(part, width)
        if number % 2:
            pieces.append({"apart": part})
        elif part:
            pieces += [broken] if isinstance(broken, str) else broken
    return pieces


def digits_before_point(literal: str) -> float:
    """Width in em of a number left of its decimal point; 0 for numbers that are too long to align."""
    whole = re.match(r"-?[0-9]*", literal)
    digits = whole[0] if whole else ""
    if len(digits) > _LONGEST_PAD:
        return 0.0
    return len(digits.lstrip("-")) * _DIGIT + (_HYPHEN if digits.startswith("-") else 0.0)


def before_point(values: "list[Value | None]") -> float:
    """The largest width in em left of the decimal point in a column."""
    return max((digits_before_point(value.text) for value in values if isinstance(value, Number)), default=0.0)
