"""What a search found in a card: an excerpt, and the place in the card's page."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from cardwright.console.wording import marked
from cardwright.core.card_text import words_of
from cardwright.core.measures import is_number, measures_of
from cardwright.formats.anchors import place_of
from cardwright.formats.metric_names import readable
from cardwright.formats.numbers import rounded
from cardwright.formats.rich_text import plain_text

_AROUND = 90  # characters before a word that was found, in an excerpt
_SENTENCE = 40  # characters from which a text says more than a name
_LENGTH = 200
_BLOCK = 300  # characters on each side of a word that are read as Markdown

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


def hit_in(parsed: object, words: Sequence[str], shown: Sequence[str], *, markdown: bool = False) -> Hit | None:
    """Return the text around the first word that was found; else a metric that was found.

    Args:
        parsed: the content of the card.
        words: the words that were searched, as the index has them.
        shown: the words to mark.
        markdown: whether the texts are Markdown. Excerpts have no marks of Markdown.
    """
    # Sentences before names: the name is already shown above.
    found = sorted(_texts(parsed, ()), key=lambda item: len(item[1]) < _SENTENCE or " " not in item[1])
    for path, text in found:
        place = _first(text, shown)
        if place >= 0:
            said = plain_text(_block(text, place)) if markdown else text
            start = max(0, _first(said, shown) - _AROUND)
            cut = " ".join(said[start : start + _LENGTH].split())
            before, after = "…" if start else "", "…" if start + _LENGTH < len(said) else ""
            return Hit(marked(f"{before}{cut}{after}", list(shown)), place_of(path))
    for number in numbers_in(parsed):
        stored, round_value = words_of(str(abs(number.value))), rounded(number.value)
        if any(part.startswith(word) for word in words for part in (*stored, *words_of(round_value))):
            text = f"{readable(number.name)} {round_value}"
            return Hit(marked(text, list(shown)), place_of(("evaluation_details", number.job)))
    return None


def _block(text: str, place: int) -> str:
    """The lines around a place, for a reader of Markdown; not more than an excerpt may need."""
    start = text.rfind("\n\n", max(0, place - _BLOCK), place) + 1
    return text[start or max(0, place - _BLOCK) : place + _BLOCK]


def _first(text: str, words: Sequence[str]) -> int:
    """The place of the first of some words in a text; -1 where the text only contains it inside another word."""
    folded = text.casefold()
    place = min((at for at in (folded.find(word) for word in words) if at >= 0), default=-1)
    return place if place <= 0 or not folded[place - 1].isalnum() else -1


def numbers_in(parsed: object) -> Iterator[NamedNumber]:
    """Yield the numbers of a card's metrics, in its order."""
    jobs = parsed.get("evaluation_details") if isinstance(parsed, dict) else None
    for place, job in enumerate(jobs if isinstance(jobs, list) else ()):
        for measure in measures_of(job) if isinstance(job, dict) else ():
            value = measure.stored.get("value")
            if is_number(value):
                yield NamedNumber(place, measure.name, value)


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the texts of parsed content with their paths, without those that name types."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, member in value.items():
            if key != "type":
                yield from _texts(member, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if type(item) in _NESTED and not (type(item) is list and item and type(item[0]) in _NUMBERS):
                yield from _texts(item, (*path, place))


_NESTED = frozenset({str, dict, list})
_NUMBERS = frozenset({int, float})  # the rows of a matrix and the points of a curve have no texts
