"""Card values for printing: texts with a language and a direction, numbers with their stored digits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import groupby
from typing import Literal, TypeAlias

from cardwright.formats.languages import direction_of, language_of

Direction: TypeAlias = Literal["ltr", "rtl"]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FOR_MACHINES = ("arn:", "s3://", "gs://", "file://", "hdfs://", "abfs://")
_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_SIGNIFICANT = 4
_PLAIN_FROM, _PLAIN_TO = -5, 15  # powers of ten; numbers outside have an exponent


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the card, or one of Cardwright's own.

    Attributes:
        text: the text itself, unescaped, as stored; it may hold any character.
        language: a guess from the script, as a BCP 47 tag such as ``ar``; None means the document's language.
        direction: the direction of the text; :func:`lines_of` gives the direction of each line.
        code: the text is an identifier (an ARN, a URI, a parameter) and is set in the monospaced face.
        link: an ``http`` or ``https`` address that the text links to; None for no link.
        stored: what the card has, where a page shows other words; None where the text is as stored.
    """

    text: str
    language: str | None = None
    direction: Direction = "ltr"
    code: bool = False
    link: str | None = None
    stored: str | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the card.

    Attributes:
        text: the number as written in the stored content, digit for digit.
        value: for drawing; None when a finite double cannot hold it (``1e400``).
    """

    text: str
    value: float | None

    def __str__(self) -> str:
        return self.text

    @property
    def short(self) -> str:
        """The number for labels: at least four significant digits if it has them, commas from 10,000 on."""
        return short_number(self.text)


Value: TypeAlias = Text | Number


def text_of(stored: str) -> Text:
    """Make a text and guess its language and direction. Web addresses become links, other addresses become code."""
    return _kept_text(stored) if len(stored) <= _SHORT else _text_of(stored)


def _text_of(stored: str) -> Text:
    code = stored.startswith(_FOR_MACHINES) and _is_one_word(stored)
    web = stored.startswith(("https://", "http://")) and _is_one_word(stored)
    return Text(stored, language_of(stored), direction_of(stored), code=code, link=stored if web else None)


_SHORT = 60  # characters of a text that is kept: names of metrics and columns repeat in each evaluation job
_kept_text = lru_cache(maxsize=4096)(_text_of)


def _is_one_word(stored: str) -> bool:
    return stored.isascii() and stored.isprintable() and " " not in stored


def label_of(stored: str) -> Text:
    """Make a text that is a name: with language and direction, never a link."""
    return Text(stored, language_of(stored), direction_of(stored))


def code_of(stored: str) -> Text:
    """Make a text that is an identifier, set in the monospaced face."""
    return Text(stored, language_of(stored), direction_of(stored, by_majority=False), code=True)


def one_way(lines: Sequence[Text]) -> list[list[Text]]:
    """Group the lines of a paragraph into runs of one direction."""
    return [list(run) for _, run in groupby(lines, lambda line: line.direction)]


def lines_of(text: Text) -> tuple[Text, ...]:
    """The lines of a text, each with its own language and direction; the whole text if none runs to the left."""
    lines = _LINE_END.split(text.text)
    if len(lines) == 1:
        return (text,)
    directions = [direction_of(line, by_majority=not text.code) for line in lines]
    if "rtl" not in directions:
        return (text,)
    return tuple(
        replace(text, text=line, language=language_of(line), direction=direction)
        for line, direction in zip(lines, directions, strict=True)
    )


def number_of(literal: str) -> Number:
    """Make a number from its JSON literal of any length."""
    value = float(literal)
    return Number(literal, value if abs(value) != float("inf") and value == value else None)  # noqa: PLR0124 - NaN


def short_number(literal: str) -> str:
    """Shorten a JSON number for a label; a literal that is not a finite number is returned as it is."""
    try:
        exact = Decimal(literal)
    except InvalidOperation:
        return literal
    if not exact.is_finite():
        return literal
    if not exact:
        return "0"
    power = exact.adjusted()
    if not _PLAIN_FROM <= power < _PLAIN_TO:
        sign, digits, _ = exact.as_tuple()
        mantissa = _rounded(Decimal((sign, digits, 1 - len(digits))), 0)
        if abs(Decimal(mantissa)) == 10:
            power, mantissa = power + 1, "-1" if exact < 0 else "1"
        return f"{mantissa}×10{str(power).translate(_SUPERSCRIPTS)}"
    return _rounded(exact, power)


def _rounded(exact: Decimal, power: int) -> str:
    places = max(0, _SIGNIFICANT - 1 - power) if power < 2 else 2 if power < 4 else 0
    rounded = f"{exact:.{places}f}"
    if len(rounded.partition(".")[0].lstrip("-")) > 4:  # commas from 10,000: years stay years
        rounded = f"{exact:,.{places}f}"
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded
