"""Words and numbers of a card in the shape that the template takes: JSON, with places where long words may break."""

import math
import re
import unicodedata
from typing import Any, TypeAlias

from cardwright.formats.pdf.characters import Characters
from cardwright.formats.values import Number, Text, Value

Word: TypeAlias = "str | dict[str, Any]"
"""A text as it is, or {t: the text or its pieces, lang, rtl, mono, href}; for numbers {n: ..., pad: in em}.

A piece is a text, or {apart: a text from left to right amid one that is not}.
"""

BODY = 163.0
"""Width of the text on a page, in millimetres."""

_DIGIT, _HYPHEN = 0.497, 0.311  # widths in em, of Source Sans 3's tabular figures
_LETTER = 1.95  # millimetres: a letter of the text, capitals among them
_WIDE = re.compile(
    "[%@MOQWmw\u00a9\u00bc-\u00be\u00c6\u00e6\u0152\u0153\u0398\u039c\u03a6\u03a8\u03a9\u03c6\u03c8\u03c9\u0416\u041c\u0424"
    "\u0428-\u042b\u042e\u0436\u0444\u0448\u0449\u044b\u044e\u0530-\u058f\u10a0-\u10ff]"
)
_WIDER, _NARROWER, _EAST_ASIAN = 1.6, 0.9, 1.7
_LONGEST_PAD = 12
_PIECE = 11
_CODE_POINT = re.compile(r"(\[U\+[0-9A-F]{4,6}\])")
# Scripts that are written with spaces and whose letters do not join; after a "]" lines may end in any case.
_SPACED = r"[!-\\^-~\u00a1-\u024f\u0370-\u052f\u0530-\u058f\u10a0-\u10ff]"


class Words:
    """Makes the words of one document, and notes the characters that cannot be printed."""

    def __init__(self, characters: Characters) -> None:
        self.characters = characters

    def value(self, value: Value | None, width: float = BODY) -> Word:
        """A value for a place of some width in millimetres; an empty text where there is none."""
        if value is None:
            return ""
        if isinstance(value, Number):
            return self.plain(value.text, width)
        return self._text(value, self.characters.lines(value.text), width)

    def heading(self, text: Text, width: float = BODY) -> Word:
        """A text on one line, without a link; never empty, for PDF/UA refuses a heading without a word."""
        shown = self.characters.line(text.text)
        if not any(unicodedata.category(character)[0] in "LNPS" for character in shown):
            return "(no name)"
        return self._text(Text(text.text, text.language, text.direction), shown, width)

    def plain(self, text: str, width: float = BODY) -> Word:
        """A text of ours, or the digits of a number."""
        shown = breakable(self.characters.lines(text), width)
        return shown if isinstance(shown, str) else {"t": shown}

    @staticmethod
    def hidden(text: str) -> str:
        """One line that stands in no page: of the document's metadata, or instead of a drawing. Not counted."""
        return Characters().line(text)

    def number(self, value: Number, before_point: float, width: float) -> Word:
        """A number for a column where ``before_point`` em stand left of the decimal point."""
        padding = before_point - digits_before_point(value.text)
        shown = breakable(value.text, width)
        return shown if padding < 0.001 and isinstance(shown, str) else {"n": shown, "pad": round(max(0.0, padding), 3)}

    def _text(self, text: Text, shown: str, width: float) -> Word:
        pieces: str | list[Any] = breakable(shown, width)
        if text.direction == "rtl" and _CODE_POINT.search(shown):
            pieces = _apart(shown, width)
        marks: dict[str, Any] = {}
        if text.language:
            marks["lang"] = text.language
        if text.direction == "rtl":
            marks["rtl"] = True
        if text.code:
            marks["mono"] = True
        if text.link:
            marks["href"] = text.link
        return {"t": pieces, **marks} if marks or not isinstance(pieces, str) else pieces


def _apart(text: str, width: float) -> list[Any]:
    """The pieces of a text that runs from right to left. Its code points would change places with what is beside them,
    and Unicode's isolates would stay in what a reader copies."""
    pieces: list[Any] = []
    for number, part in enumerate(_CODE_POINT.split(text)):
        broken = breakable(part, width)
        if number % 2:
            pieces.append({"apart": part})
        elif part:
            pieces += [broken] if isinstance(broken, str) else broken
    return pieces


def breakable(text: str, width: float = BODY) -> str | list[str]:
    """A text in pieces between which a line may end, where it has words wider than ``width`` millimetres.

    Zero-width spaces would do too, but they stay in what a reader copies.
    """
    longest = max(4, int(width / _LETTER)) + 1
    shortest = math.ceil(longest / _WIDER)
    if len(text) < shortest or not any(length(run) >= longest for run in re.findall(_run(shortest), text)):
        return text
    pieces: list[str] = [""]
    for run in re.findall(rf"{_run(shortest)}|(?:(?!{_run(shortest)}).)+", text, re.DOTALL):
        if re.fullmatch(f"{_SPACED}+", run) and length(run) >= longest:
            pieces += [*_steps(run, min(_PIECE, longest // 2)), ""]
        else:
            pieces[-1] += run
    return [piece for piece in pieces if piece]


def _run(shortest: int) -> str:
    return f"{_SPACED}{{{shortest},}}"


def letters(text: str) -> tuple[int, int, int]:
    """How many letters of a text are of ordinary width or narrow, wide, and East Asian."""
    wide, east_asian = len(_WIDE.findall(text)), sum(character > "\u2e80" for character in text)
    return len(text) - wide - east_asian, wide, east_asian


def length(text: str) -> float:
    """Of a text in letters of ordinary width: the narrow ones make room for a few wide ones."""
    others, wide, east_asian = letters(text)
    return max(len(text), others * _NARROWER + wide * _WIDER + east_asian * _EAST_ASIAN)


def _steps(word: str, size: int) -> list[str]:
    return [step for step in re.findall(rf"[^/:._=&?#,;-]{{0,{size}}}[/:._=&?#,;-]*|.", word) if step]


def digits_before_point(literal: str) -> float:
    """The width of a number left of its decimal point, in em; none for those too long to align."""
    whole = re.match(r"-?[0-9]*", literal)
    digits = whole[0] if whole else ""
    if len(digits) > _LONGEST_PAD:
        return 0.0
    return len(digits.lstrip("-")) * _DIGIT + (_HYPHEN if digits.startswith("-") else 0.0)


def before_point(values: "list[Value | None]") -> float:
    """The widest part left of a decimal point in a column, in em."""
    return max((digits_before_point(value.text) for value in values if isinstance(value, Number)), default=0.0)
