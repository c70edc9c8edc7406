"""Text of a card for lists and their search: description, owner, evaluations and words."""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

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
# A word as a text has it: the sign of a decimal, separators of thousands and accents are inside.
_WRITTEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f]|\.(?<=[0-9]\.)(?=[0-9])|,(?<=[0-9],)(?=[0-9]{3}(?![0-9])))*")
_TYPED = re.compile(r"(?<![\w.,])(?<!\w-)(?:(?:[0-9]*\.)?[0-9]+[eE][+-]?[0-9]{1,3}|\.[0-9]+)(?![\w.-])")
# As pages show large and small numbers, and as people type that.
_POWER = re.compile("(?<=[0-9]) ?[×x*] ?10(?:([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]{1,4})|\\^([-−]?[0-9]{1,3}))")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_DECIMAL = re.compile("[0-9]+(?:d[0-9]+)+")  # in the index
_LONGEST_LIST = 200  # numbers of a longer list, such as the points of a curve, are not indexed
_READ = 200_000  # characters of one card that are read for words: twice the maximum of a content
_CACHED = 600  # characters of a text whose words are cached


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


def card_words(name: str, value: object, tags: Mapping[str, str]) -> list[str]:
    """Return the different words that find a card: those of its name and tags, then those of its parsed content."""
    texts, numbers = texts_and_numbers(value)
    tagged = words_of(" ".join(f"{key} {value}" for key, value in sorted(tags.items())))
    return [*dict.fromkeys(chain(words_of(name), tagged, _words_of_texts(texts), _number_words(numbers)))]


def words_of(text: str) -> list[str]:
    """Return the different words of a text: runs of letters and digits, without case and accents, at most 64 long.

    A number is one word: ``0.93`` is ``0d93``, and ``1,842`` is ``1842``.
    """
    return [word[:_LONGEST] for word in dict.fromkeys(_runs(text))]


def searched_words(text: str) -> list[str]:
    """Return the words of a search: numbers as the index has them, also ``1e-5``, ``2.5×10²⁰`` or ``.8003``."""
    written = _POWER.sub(lambda found: f"e{(found[1] or found[2]).translate(_DIGITS)}", text)
    return words_of(_TYPED.sub(_plain_number, written))


def _plain_number(found: re.Match[str]) -> str:
    exact = Decimal(found[0])
    return format(exact, "f") if abs(exact.adjusted()) < _LONGEST else found[0]


def words_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the words of a text, as :func:`words_of` has them and as often as they occur, with start and end."""
    for found in _WRITTEN.finditer(text[:_READ]):
        written = found[0]
        if written.isascii():  # five times as fast
            yield found.start(), found.end(), written.replace(",", "").replace(".", "d").lower()[:_LONGEST]
        else:
            for word in words_of(written):
                yield found.start(), found.end(), word


def length_of_beginning(text: str, letters: int) -> int:
    """Return how many characters of one word in a text make the first ``letters`` of the word in the index."""
    seen = 0
    for place, character in enumerate(text):
        size = 0 if character == "," else len(_folded(character))
        if seen >= letters and (size or character == ","):  # not before an accent
            return place
        seen += size
    return len(text)


def has_indexed_numbers(items: list[Any]) -> bool:
    """Whether the numbers of a list are in the search index."""
    kinds = {*map(type, items)}
    return len(items) <= _LONGEST_LIST if kinds <= _NUMBERS else _is_short(items, kinds)


def _words_of_texts(texts: Sequence[str]) -> Iterable[str]:
    """Return the words of the texts of a content, at most ``WORDS`` different ones."""
    different = dict.fromkeys(texts)  # jobs and metrics repeat most of theirs
    if sum(map(len, different)) + len(different) <= _READ:
        found = [*map(_words_of_part, different)]
        if sum(map(len, found)) <= WORDS:
            return chain.from_iterable(found)
    return words_of(" ".join(different))[:WORDS]


def _words_of_part(text: str) -> Sequence[str]:
    return _cached_words(text) if len(text) <= _CACHED else words_of(text)


@lru_cache(maxsize=2_000)
def _cached_words(text: str) -> tuple[str, ...]:
    """Return the words of a text. The cards of a store share many texts, which pipelines and templates write."""
    return tuple(words_of(text))


def _number_words(numbers: Sequence[int | float]) -> Iterable[str]:
    """Return the words of the first ``NUMBERS`` different numbers, as stored and as pages round them."""
    return chain.from_iterable(map(words_of_number, islice(dict.fromkeys(numbers), NUMBERS)))


def written_word(word: str) -> str:
    """Return a word of the index as a person writes it: 0.8003 for ``0d8003``."""
    return word.replace("d", ".") if _DECIMAL.fullmatch(word) else word


@lru_cache(maxsize=20_000, typed=True)
def words_of_number(number: int | float) -> tuple[str, ...]:
    """Return the words that find a number: as it is stored, and as pages round it."""
    stored = repr(abs(number))
    if "e" in stored:
        stored = format(Decimal(stored), "f")
    word = stored.replace(".", "d")[:_LONGEST]
    if type(number) is float and number:
        size = math.floor(math.log10(abs(number)))
        shown = f"{abs(number):.{4 if -3 <= size < 0 else max(0, 3 - size)}f}"
        if not stored.startswith(shown):
            return word, shown.replace(".", "d")[:_LONGEST]
    return (word,)


def _runs(text: str) -> list[str]:
    if "." in text or "," in text:
        text = _POINT.sub("d", _SEPARATOR.sub("", text))
    if text.isascii():  # five times as fast
        return text[:_READ].lower().encode().translate(_APART).decode().split()
    return _WORD.findall(_folded(text[:_READ]))


def _folded(text: str) -> str:
    """A text without case and accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def texts_and_numbers(value: object) -> tuple[list[str], list[int | float]]:
    """Return all texts and all numbers of parsed content, each in document order.

    The texts include the keys of free fields, without types. The numbers are without those of long lists.
    """
    texts: list[str] = []
    numbers: list[int | float] = []
    if type(value) is dict:
        _collect(value, texts, numbers)
    elif type(value) is list:
        _collect_list(value, texts, numbers)
    elif type(value) is int or type(value) is float:
        numbers.append(value)
    return texts, numbers


def _collect(value: dict[str, Any], texts: list[str], numbers: list[int | float] | None) -> None:
    """Collect from an object; without ``numbers``, texts only."""
    for key, member in value.items():
        kind = type(member)
        if kind is str:
            if key != "type":
                texts.append(member)
        elif kind is dict:
            if key in _FREE:
                texts.extend(member)
            _collect(member, texts, numbers)
        elif kind is list:
            _collect_list(member, texts, numbers)
        elif numbers is not None and kind in _NUMBERS:
            numbers.append(member)


def _collect_list(items: list[Any], texts: list[str], numbers: list[int | float] | None) -> None:
    """Collect from a list; without ``numbers``, texts only."""
    kinds = {*map(type, items)}
    if kinds <= _NUMBERS:
        if numbers is not None and len(items) <= _LONGEST_LIST:
            numbers.extend(items)
    elif kinds == _TEXTS:
        texts.extend(items)
    elif kinds == _OBJECTS:
        for item in items:
            _collect(item, texts, numbers)
    elif kinds != _LISTS or not _is_table(items, numbers):
        _collect_mixed(items, kinds, texts, numbers)


def _is_table(rows: list[list[Any]], numbers: list[int | float] | None) -> bool:
    """Collect from lists of numbers alone, such as a matrix. Returns whether the lists are such."""
    found = [*chain.from_iterable(rows)]
    if not {*map(type, found)} <= _NUMBERS:
        return False
    if numbers is not None and len(rows) <= _LONGEST_LIST and len(found) <= _LONGEST_LIST:
        numbers.extend(found)
    return True


def _collect_mixed(items: list[Any], kinds: set[type], texts: list[str], numbers: list[int | float] | None) -> None:
    if not _is_short(items, kinds):
        numbers = None
    for item in items:
        kind = type(item)
        if kind is str:
            texts.append(item)
        elif kind is dict:
            _collect(item, texts, numbers)
        elif kind is list:
            _collect_list(item, [] if item and type(item[0]) in _NUMBERS else texts, numbers)
        elif numbers is not None and kind in _NUMBERS:
            numbers.append(item)


def _is_short(items: list[Any], kinds: set[type]) -> bool:
    """Whether the numbers of a list are indexed."""
    if len(items) > _LONGEST_LIST and type(items[0]) is not dict:
        return False
    return list not in kinds or sum(len(item) for item in items if type(item) is list) <= _LONGEST_LIST


def _line(text: object, longest: int) -> str | None:
    if not isinstance(text, str):
        return None
    return " ".join(text.replace("\x00", "\ufffd").split())[:longest] or None


_FREE = frozenset({"custom_details", "metadata"})  # objects whose keys are the user's words
_NUMBERS, _TEXTS, _OBJECTS, _LISTS = {int, float}, {str}, {dict}, {list}
