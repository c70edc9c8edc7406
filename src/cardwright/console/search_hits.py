"""What a search found in a card: an excerpt, and the place in the card's page."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from cardwright.console.wording import marked
from cardwright.core.card_text import has_indexed_numbers, words_in, words_of, words_of_number
from cardwright.core.field_names import name_of_place
from cardwright.core.measures import is_number, measures_of
from cardwright.core.policy.pointers import pointer_to
from cardwright.formats.anchors import place_of
from cardwright.formats.metric_names import readable
from cardwright.formats.numbers import MINUS, rounded
from cardwright.formats.rich_text import plain_text

_AROUND = 90  # characters before a word that was found, in an excerpt
_SENTENCE = 40  # characters from which a text says more than a name
_LENGTH = 200
_WINDOW = 80  # characters from the first to the last word of an excerpt
_BLOCK = 300  # characters on each side of a word that are read as Markdown
_POINT = re.compile("(?<=[0-9])d(?=[0-9])")  # the sign of a decimal in a word of the index
_PADDED = re.compile("0[0-9]")  # no stored number begins so
_NUMBER = re.compile("[0-9]+(?:d[0-9]+)*")  # a number among the words of the index

_DETAILS = ("additional_information", "custom_details")  # whose keys are a person's words

Path = tuple[str | int, ...]


class Hit(NamedTuple):
    """An excerpt with the words marked. ``place`` is the id of the job or field; empty for the top of the page."""

    excerpt: Markup
    place: str


class NamedNumber(NamedTuple):
    """A number of an evaluation job, by the stored name of its metric; ``job`` is the job's index."""

    job: int
    name: str
    value: float


class _Wanted(NamedTuple):
    """The words of a search, the numbers among them, and all as texts have them in lower case without commas."""

    words: Sequence[str]
    numbers: Sequence[str]
    written: frozenset[str]


class _Line(NamedTuple):
    """A text of a card, or a number with its name; ``prose`` may be Markdown."""

    path: Path
    text: str
    prose: bool


class _Window(NamedTuple):
    """The part of a text that has the most words of a search.

    Attributes:
        rank: orders windows, the best first: all numbers of the search, the words near them, whole numbers before
            beginnings of numbers, sentences before names (the card's name is already shown above), all words.
        start: the place of the first word in it.
    """

    rank: tuple[int, int, int, bool, int]
    start: int


_BEST = (0, 0, 0, False, 0)  # the rank of a sentence with all words of a search


def hit_in(
    parsed: object, words: Sequence[str], tags: Mapping[str, str] | None = None, *, markdown: bool = False
) -> Hit | None:
    """Return the text around the words of a search: where a number is, and where most of the words are together.

    A tag is shown where it has more of the words than each text of the content.

    Args:
        parsed: the content of the card.
        words: the words that were searched, as the index has them.
        tags: the tags of the card.
        markdown: whether the texts are Markdown. Excerpts have no marks of Markdown.
    """
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    wanted = _Wanted(words, numbers, frozenset(words) | {_POINT.sub(".", word) for word in words})
    lines: list[tuple[_Window, _Line]] = []
    for line in _lines(parsed, wanted):
        window = _best(line.text, wanted)
        if window is not None:
            lines.append((window, line))
            if window.rank == _BEST and not markdown:
                break
    for window, line in sorted(lines, key=lambda item: item[0].rank):
        text, at = line.text, window.start
        if markdown and line.prose:
            text = plain_text(_block(text, at))
            shown = _best(text, wanted)
            if shown is None:  # words of the address of a link, which readers do not see
                continue
            at = shown.start
        start = _word_start(text, max(0, at - _AROUND), at)
        cut = " ".join(text[start : start + _LENGTH].split())
        before, after = "…" if start else "", "…" if start + _LENGTH < len(text) else ""
        of_text = Hit(marked(f"{before}{cut}{after}", words), place_of(line.path))
        return _hit_of_tag(tags or {}, words, window.rank[-1]) or of_text
    return _hit_of_tag(tags or {}, words, len(words))


def numbers_in(parsed: object) -> Iterator[NamedNumber]:
    """Yield the numbers of a card's metrics, in its order."""
    jobs = parsed.get("evaluation_details") if isinstance(parsed, dict) else None
    for place, job in enumerate(jobs if isinstance(jobs, list) else ()):
        for measure in measures_of(job) if isinstance(job, dict) else ():
            value = measure.stored.get("value")
            if is_number(value):
                yield NamedNumber(place, measure.name, value)


def _best(text: str, wanted: _Wanted) -> _Window | None:
    """The best window of a text; None where it has none of the words."""
    if not _may_have(text, wanted):  # most texts: much faster than the places of the words
        return None
    words, numbers, _ = wanted
    is_name = len(text) < _SENTENCE or " " not in text
    near: deque[tuple[int, str, str]] = deque()  # the places of the window, each with a word and what it begins
    best: _Window | None = None
    for start, _, there in words_in(text):
        matches = [(start, word, there) for word in words if there.startswith(word)]
        if not matches:
            continue
        near.extend(matches)
        while near[0][0] <= start - _WINDOW:
            near.popleft()
        seen, whole = {word for _, word, _ in near}, {there for _, _, there in near}
        missing = len(words) - len(seen)
        unseen, begun = (sum(number not in those for number in numbers) for those in (seen, whole))
        rank = (unseen, missing if numbers else 0, begun, is_name, missing)
        if best is None or rank < best.rank:
            best = _Window(rank, near[0][0])
        if rank == (0, 0, 0, is_name, 0):
            break
    return best


def _hit_of_tag(tags: Mapping[str, str], words: Sequence[str], missing: int) -> Hit | None:
    """The tag that has most words of a search; None where each lacks as many as ``missing``."""
    lines = [f"Tag {key}: {value}" for key, value in sorted(tags.items())]
    lacking = {line: sum(not _has(line[4:], word) for word in words) for line in lines}
    line = min(lines, key=lambda one: lacking[one], default="")
    return Hit(marked(line, words), "") if line and lacking[line] < missing else None


def _has(text: str, word: str) -> bool:
    return any(there.startswith(word) for there in words_of(text))


def _may_have(text: str, wanted: _Wanted) -> bool:
    """Whether a text has one of the words, or their letters and digits within others."""
    if text.isascii():
        plain = text.lower().replace(",", "")
        return any(map(plain.__contains__, wanted.written))
    all_words = " ".join(["", *words_of(text)])
    return any(f" {word}" in all_words for word in wanted.words)


def _word_start(text: str, start: int, end: int) -> int:
    """The start of the first whole word from a place on, up to another place."""
    if start == 0 or text[start - 1].isspace():
        return start
    space = text.find(" ", start, end)
    return start if space < 0 else space + 1


def _block(text: str, place: int) -> str:
    """The lines around a place, for a reader of Markdown; not more than an excerpt may need."""
    start = text.rfind("\n\n", max(0, place - _BLOCK), place) + 1
    return text[start or max(0, place - _BLOCK) : place + _BLOCK]


def _lines(parsed: object, wanted: _Wanted) -> Iterator[_Line]:
    """Yield the texts of parsed content, and the numbers that a search means."""
    words, numbers = wanted.words, [word for word in wanted.numbers if not _PADDED.match(word)]
    for path, name, value in _values(parsed, (), "", numbers=bool(numbers)):
        if isinstance(value, str):
            named = path[-1:] == ("value",) and name
            of_metric = path[-1:] == ("name",) and path[-3:-2] == ("metric_data",)
            text = _title(value, words) if of_metric else value
            yield _Line(path, f"{_title(name, words)} {value}" if named else text, not named)
        elif any(there.startswith(word) for word in numbers for there in words_of_number(value)):
            title = _title(name, words) if name else name_of_place(parsed, pointer_to(path))
            yield _Line(path, f"{title} {rounded(value)}", False)
            stored = format(Decimal(repr(value)), "f").replace("-", MINUS)
            yield _Line(path, f"{title} {stored}", False)


def _has_texts(item: Any) -> bool:
    return isinstance(item, list) and any(isinstance(one, str | dict | list) for one in item)


def _title(name: str, words: Sequence[str]) -> str:
    """The readable name of a metric, and its stored name where that has words of the search."""
    title = readable(name)
    stored = any(_has(name, word) for word in words if not _has(title, word))
    return f"{title} ({name})" if stored else title


def _values(value: Any, path: Path, name: str, *, numbers: bool) -> Iterator[tuple[Path, str, Any]]:
    """Yield the texts and numbers of parsed content with the name of the object they are in, without types.

    Args:
        numbers: whether numbers in lists are needed.
    """
    if isinstance(value, dict):
        own = value.get("name")
        for key, member in value.items():
            if path == _DETAILS and isinstance(member, str) and not key.startswith("cw."):
                yield (*path, key), "", f"{key}: {member}"
            elif key != "type":
                yield from _values(member, (*path, key), own if isinstance(own, str) else "", numbers=numbers)
    elif isinstance(value, list):
        every = has_indexed_numbers(value) and (numbers or any(isinstance(item, list) for item in value))
        for place, item in enumerate(value):
            if isinstance(item, str | dict) or (every and (numbers or _has_texts(item))):
                yield from _values(item, (*path, place), name, numbers=numbers)
    elif isinstance(value, str) or is_number(value):
        yield path, name, value
