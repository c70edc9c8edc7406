"""The position of a reader in a report, and the list of what the reader used, stated, changed and left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias, cast

from cardwright.reports.translation import Document, Fact, Omission

Path: TypeAlias = tuple[str | int, ...]
_Known: TypeAlias = dict[str | int, "_Known | None"]  # None: the value and all below it is accounted for

MOST_OMISSIONS = 1000  # a report of a million broken values should not become a million sentences
_LONGEST_STEP = 63
_LONGEST_FACT = 120
_MOST_FACTS = 200
_ALIKE = 4  # values that are left out at the same place of this many neighbours are one omission
_MOST_NAMES = 10
_EVERY: Final = "*"
_UNKNOWN: Final = object()


class Omissions:
    """Collects what a reader leaves out, changes, states and uses.

    Keeps the first thousand omissions and counts the rest.
    """

    def __init__(self) -> None:
        self._kept: list[Omission] = []
        self._more = 0
        self._facts: list[Fact] = []
        self._stated: set[tuple[str | int, str]] = set()
        self._known: _Known = {}

    def add(self, path: Path, message: str) -> None:
        """Notes that the value at ``path`` was left out or changed, for the reason in ``message``."""
        if len(self._kept) < MOST_OMISSIONS:
            self._kept.append(Omission(_dotted(path), clean(message)))
        else:
            self._more += 1

    def account(self, path: Path) -> None:
        """Notes that the value at ``path``, with all in it, is used or named."""
        known = self._known
        for step in path[:-1]:
            below = known.setdefault(step, {})
            if below is None:
                return
            known = below
        if path:
            known[path[-1]] = None

    def state(self, path: Path, value: object) -> None:
        """Keeps the value at ``path`` as facts, one for each leaf; a member that says the same again is one fact."""
        self.account(path)
        more = 0
        for where, leaf in _leaves(value, path):
            text = _fact_text(leaf)
            if leaf is None or (where[-1], text) in self._stated:
                continue
            if len(self._facts) == _MOST_FACTS:
                more += 1
                continue
            self._stated.add((where[-1], text))
            self._facts.append(Fact(_dotted(where), text))
        if more:
            self.add(path, f"{more:,} of its values were left out: at most {_MOST_FACTS} facts are listed")

    def add_unaccounted(self, document: Document) -> None:
        """Adds an omission for each value of the document that no reader used, stated or left out itself.

        Values at the same place of four or more neighbours share one omission.
        """
        found = list(_unaccounted(document, self._known, ()))
        alike = Counter(_pattern(path) for path, _ in found)
        for path, value in found:
            count = alike.pop(_pattern(path), 0)
            if count >= _ALIKE:
                self.add(_pattern(path), f"left out in {count:,} places: reports of this kind have no such value")
            elif count:
                alike[_pattern(path)] = count
                self.add(path, f"left out{_size(value)}: reports of this kind have no such value")

    def listed(self) -> tuple[Omission, ...]:
        """All omissions, in the report's order; the last one counts those beyond the first thousand."""
        if not self._more:
            return tuple(self._kept)
        return (*self._kept, Omission("(root)", f"{self._more} further omissions are not listed"))

    def facts(self) -> tuple[Fact, ...]:
        """All facts, in the report's order."""
        return tuple(self._facts)


@dataclass(frozen=True, slots=True)
class Place:
    """A path in the report together with the list of omissions, handed down from reader to reader."""

    omissions: Omissions
    path: Path = ()

    def at(self, *steps: str | int) -> "Place":
        """The place further down, through these keys and indexes."""
        return Place(self.omissions, (*self.path, *steps))

    def omit(self, message: str) -> None:
        """Notes that the value here, with all in it, was left out, for the reason in ``message``."""
        self.omissions.account(self.path)
        self.omissions.add(self.path, message)

    def note(self, message: str) -> None:
        """Notes a change of what is here; values in it that no reader uses are still reported."""
        self.omissions.add(self.path, message)

    def take(self) -> None:
        """Notes that the value here, with all in it, is in a metric."""
        self.omissions.account(self.path)

    def take_first(self, items: Sequence[object], count: int) -> None:
        """Notes that the first items of the list here are in a metric; other items and containers are reported."""
        if count >= len(items) and not any(isinstance(item, (dict, list)) for item in items):
            self.take()
            return
        for index, item in enumerate(items[:count]):
            if not isinstance(item, (dict, list)):
                self.at(index).take()

    def state(self, value: object) -> None:
        """Keeps the value here as a fact: it describes the run and is not a score."""
        self.omissions.state(self.path, value)

    def members(self, value: object) -> Iterator[tuple[str, object, "Place"]]:
        """Key, value and place of each member of an object; a value of another type is noted and has none."""
        if not isinstance(value, dict):
            self.omit("left out: an object was expected here")
            return
        for key, member in cast(dict[str, object], value).items():
            yield key, member, self.at(key)

    def objects(self, value: object) -> Iterator[tuple[dict[str, object], "Place"]]:
        """Each object of a list with its place; a value of another type is noted, and so are other items."""
        if not isinstance(value, list):
            self.omit("left out: a list was expected here")
            return
        for index, item in enumerate(cast(list[object], value)):
            if isinstance(item, dict):
                yield cast(dict[str, object], item), self.at(index)
            else:
                self.at(index).omit("left out: an object was expected here")


def clean(text: str) -> str:
    """The text without lone surrogates: JSON can escape them (``"\\ud800"``), UTF-8 cannot hold them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters; an ellipsis stands for the rest."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _dotted(path: Path) -> str:
    return ".".join(clean(shortened(str(step), _LONGEST_STEP)) for step in path) or "(root)"


def _steps(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from cast(dict[str, object], value).items()
    elif isinstance(value, list):
        yield from enumerate(cast(list[object], value))


def _unaccounted(value: object, known: _Known, path: Path) -> Iterator[tuple[Path, object]]:
    for step, child in _steps(value):
        below = known.get(step, _UNKNOWN)
        if below is None or child in ({}, []):
            continue
        if below is _UNKNOWN or not isinstance(child, (dict, list)):
            yield (*path, step), child
        else:
            yield from _unaccounted(child, cast(_Known, below), (*path, step))


def _fact_text(leaf: object) -> str:
    text = str(leaf).lower() if isinstance(leaf, bool) else " ".join(clean(str(leaf)).split())
    return shortened(text, _LONGEST_FACT)


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if not isinstance(value, (dict, list)):
        yield path, value
    for step, child in _steps(value):
        yield from _leaves(child, (*path, step))


def _pattern(path: Path) -> Path:
    """The path with every index, and the name of what holds the last step, replaced."""
    general = tuple(_EVERY if isinstance(step, int) else step for step in path)
    if len(path) < 2 or isinstance(path[-1], int):
        return general
    return (*general[:-2], _EVERY, general[-1])


def _size(value: object) -> str:
    if isinstance(value, list):
        return f" with the {len(cast(list[object], value)):,} items in it"
    if not isinstance(value, dict):
        return ""
    names = [clean(shortened(name, _LONGEST_STEP)) for name in islice(cast(dict[str, object], value), _MOST_NAMES)]
    return f" with {', '.join(names)}{', …' if len(value) > len(names) else ''} in it"
