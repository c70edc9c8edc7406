"""Text of a card for lists and their search: description, owner, evaluations and words."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

DESCRIPTION = 300
"""Characters of a model's description that a list may show."""
OWNER = 200
"""Characters of an owner's name in the filter by owner."""
WORDS = 4_000
"""Maximum number of different words of one card in the search index."""
NUMBERS = 1_000
"""Maximum number of different numbers of one card in the search index."""

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_APART = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
_LONGEST = 64
# A decimal number is one word, with a "d" for its point. Patterns that begin with a fixed character are fast.
_POINT = re.compile(r"\.(?<=[0-9]\.)(?=[0-9])")
_SEPARATOR = re.compile(r",(?<=[0-9],)(?=[0-9]{3}(?![0-9]))")
_LONGEST_LIST = 200  # numbers of a longer list, such as the points of a curve, are not indexed
_READ = 200_000  # characters of one card that are read for words: twice the maximum of a content


class CardText(NamedTuple):
    """Text of one content for lists and their search.

    Attributes:
        description: the beginning of ``model_overview.model_description``, in one line.
        owner: ``model_overview.model_owner``, in one line.
        evaluations: the number of entries in ``evaluation_details``.
    """

    description: str | None = None
    owner: str | None = None
    evaluations: int = 0


def card_text(value: object) -> CardText:
    """Read the text of parsed content of any shape."""
    overview = value.get("model_overview") if isinstance(value, dict) else None
    overview = overview if isinstance(overview, dict) else {}
    evaluations = value.get("evaluation_details") if isinstance(value, dict) else None
    return CardText(
        description=_line(overview.get("model_description"), DESCRIPTION),
        owner=_line(overview.get("model_owner"), OWNER),
        evaluations=len(evaluations) if isinstance(evaluations, list) else 0,
    )


def card_words(name: str, value: object, tags: Mapping[str, str]) -> str:
    """Return the words that find a card: those of its name and tags, then words and numbers of its parsed content."""
    found = words_of(" ".join(texts(value)))[:WORDS]
    tagged = words_of(" ".join(f"{key} {value}" for key, value in sorted(tags.items())))
    return " ".join(dict.fromkeys((*words_of(name), *tagged, *found, *_number_words(value))))


def words_of(text: str) -> list[str]:
    """Return the different words of a text: runs of letters and digits, without case and accents, at most 64 long.

    A number is one word: ``0.93`` is ``0d93``, and ``1,842`` is ``1842``.
    """
    return [word[:_LONGEST] for word in dict.fromkeys(_runs(text))]


def _number_words(value: object) -> list[str]:
    """Return the words of the first ``NUMBERS`` different numbers, as stored and as pages round them."""
    different = list(dict.fromkeys(numbers(value)))[:NUMBERS]
    return [word for number in different for word in _words_of_number(number)]


@lru_cache(maxsize=20_000, typed=True)
def _words_of_number(number: int | float) -> tuple[str, ...]:
    stored = format(Decimal(repr(abs(number))), "f")
    word = stored.replace(".", "d")[:_LONGEST]
    if isinstance(number, float) and number:
        size = math.floor(math.log10(abs(number)))
        shown = f"{abs(number):.{4 if -3 <= size < 0 else max(0, 3 - size)}f}"
        if not stored.startswith(shown):
            return word, shown.replace(".", "d")[:_LONGEST]
    return (word,)


def numbers(value: object) -> list[int | float]:
    """Return the numbers of parsed content in document order, without those of long lists."""
    found: list[int | float] = []
    _collect_numbers([value], found)
    return found


def _collect_numbers(members: Iterable[object], found: list[int | float]) -> None:
    for value in members:
        if type(value) is str:
            continue
        if type(value) is int or type(value) is float:
            found.append(value)
        elif type(value) is dict:
            _collect_numbers(value.values(), found)
        elif type(value) is list and value and (len(value) <= _LONGEST_LIST or type(value[0]) is dict):
            kinds = {*map(type, value)}
            if kinds <= _NUMBERS:
                found.extend(value)
            elif list not in kinds or sum(len(item) for item in value if type(item) is list) <= _LONGEST_LIST:
                _collect_numbers(value, found)


def _runs(text: str) -> list[str]:
    if "." in text or "," in text:
        text = _POINT.sub("d", _SEPARATOR.sub("", text))
    if text.isascii():  # five times as fast
        return text[:_READ].lower().encode().translate(_APART).decode().split()
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", text[:_READ].casefold()))
    return _WORD.findall(folded)


def texts(value: object) -> list[str]:
    """Return all texts of parsed content in document order, with the keys of free fields and without types."""
    found: list[str] = []
    _collect(value, found)
    return found


def _collect(value: object, found: list[str]) -> None:
    if type(value) is dict:
        for key, member in value.items():
            kind = type(member)
            if kind is str:
                if key != "type":
                    found.append(member)
            elif kind is dict or kind is list:
                if kind is dict and key in _FREE:
                    found.extend(member)
                _collect(member, found)
    elif type(value) is list:
        for item in value:
            kind = type(item)
            if kind is str:
                found.append(item)
            elif kind is dict or (kind is list and not (item and type(item[0]) in _NUMBERS)):
                _collect(item, found)


def _line(text: object, longest: int) -> str | None:
    if not isinstance(text, str):
        return None
    return " ".join(text.replace("\x00", "\ufffd").split())[:longest] or None


_FREE = frozenset({"custom_details", "metadata"})  # objects whose keys are the user's words
_NUMBERS = frozenset({int, float})
