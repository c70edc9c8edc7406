"""A cursor in a report, and the list of what its readers used, kept as facts, changed and left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias, cast

from cardwright.reports.translation import Document, Fact, Omission

Path: TypeAlias = tuple[str | int, ...]
_Known: TypeAlias = dict[str | int, "_Known | None"]  # None: the value and everything below it is accounted for

MAX_OMISSIONS = 1000  # limits the messages for a report of a million invalid values
_LONGEST_STEP = 63
_LONGEST_FACT = 120
_MAX_FACTS = 200
_ALIKE = 4  # this many similar omissions become one
_MAX_NAMES = 10
_EVERY: Final = "*"
_UNKNOWN: Final = object()


class Omissions:
    """Collects what readers leave out, change, keep as facts and use.

    Keeps the first thousand omissions and counts the rest.
    """

    def __init__(self) -> None:
        self._kept: list[Omission] = []
        self._more = 0
        self._facts: list[Fact] = []
        self._stated: set[tuple[str | int, str]] = set()
        self._known: _Known = {}

    def add(self, path: Path, message: str) -> None:
        """Add an omission: the value at ``path`` was left out or changed, for the reason in ``message``."""
        if len(self._kept) < MAX_OMISSIONS:
            self._kept.append(Omission(_dotted(path), clean(message)))
        else:
            self._more += 1

    def account(self, path: Path) -> None:
        """Mark the value at ``path`` and everything in it as used or reported."""
        known = self._known
        for step in path[:-1]:
            below = known.setdefault(step, {})
            if below is None:
                return
            known = below
        if path:
            known[path[-1]] = None

    def add_fact(self, path: Path, value: object) -> None:
        """Add the value at ``path`` as facts, one for each leaf. A repeated fact is added once."""
        self.account(path)
        more = 0
        for where, leaf in _leaves(value, path):
            text = _fact_text(leaf)
            if leaf is None or (where[-1], text) in self._stated:
                continue
            if len(self._facts) == _MAX_FACTS:
                more += 1
                continue
            self._stated.add((where[-1], text))
            self._facts.append(Fact(_dotted(where), text))
        if more:
            self.add(path, f"{more:,} of its values were left out: at most {_MAX_FACTS} facts are listed")

    def add_unaccounted(self, document: Document) -> None:
        """Add an omission for each value of the document that no reader marked, kept or left out.

        Four or more values at the same path of neighbours share one omission.
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
        """Return all omissions, in the report's order. The last one counts those beyond the first thousand."""
        if not self._more:
            return tuple(self._kept)
        return (*self._kept, Omission("(root)", f"{self._more} further omissions are not listed"))

    def facts(self) -> tuple[Fact, ...]:
        """Return all facts, in the report's order."""
        return tuple(self._facts)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in the report, with the list of omissions. Readers pass it down."""

    omissions: Omissions
    path: Path = ()

    @classmethod
    def unused(cls) -> "Cursor":
        """Return a cursor whose omissions are discarded: for tests that walk a report as a reader does."""
        return cls(Omissions())

    def at(self, *steps: str | int) -> "Cursor":
        """Return the cursor further down, through these keys and indexes."""
        return Cursor(self.omissions, (*self.path, *steps))

    def omit(self, message: str) -> None:
        """Report that this value, with everything in it, is left out, for the reason in ``message``."""
        self.omissions.account(self.path)
        self.omissions.add(self.path, message)

    def note(self, message: str) -> None:
        """Report a change of this value. Unused values in it are still reported."""
        self.omissions.add(self.path, message)

    def mark_used(self) -> None:
        """Mark this value, with everything in it, as used in a metric."""
        self.omissions.account(self.path)

    def mark_first_used(self, items: Sequence[object], count: int) -> None:
        """Mark the first items of this list as used. Other items, and lists or objects in it, are reported."""
        if count >= len(items) and not any(isinstance(item, (dict, list)) for item in items):
            self.mark_used()
            return
        for index, item in enumerate(items[:count]):
            if not isinstance(item, (dict, list)):
                self.at(index).mark_used()

    def add_fact(self, value: object) -> None:
        """Add this value as a fact: it describes the run and is not a score."""
        self.omissions.add_fact(self.path, value)

    def members(self, value: object) -> Iterator[tuple[str, object, "Cursor"]]:
        """Yield key, value and cursor of each member of an object. A value of another type is left out."""
        if not isinstance(value, dict):
            self.omit("left out: an object was expected here")
            return
        for key, member in cast(dict[str, object], value).items():
            yield key, member, self.at(key)

    def objects(self, value: object) -> Iterator[tuple[dict[str, object], "Cursor"]]:
        """Yield each object of a list with its cursor. A value or item of another type is left out."""
        if not isinstance(value, list):
            self.omit("left out: a list was expected here")
            return
        for index, item in enumerate(cast(list[object], value)):
            if isinstance(item, dict):
                yield cast(dict[str, object], item), self.at(index)
            else:
                self.at(index).omit("left out: an object was expected here")


def clean(text: str) -> str:
    """Replace lone surrogates: JSON can escape them (``"\\ud800"``), but UTF-8 cannot hold them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def shortened(text: str, limit: int) -> str:
    """Cut a text to ``limit`` characters, with an ellipsis at the end."""
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
    """Return a path pattern: every index, and the name of the container of the last step, becomes ``*``."""
    general = tuple(_EVERY if isinstance(step, int) else step for step in path)
    if len(path) < 2 or isinstance(path[-1], int):
        return general
    return (*general[:-2], _EVERY, general[-1])


def _size(value: object) -> str:
    if isinstance(value, list):
        return f" with the {len(cast(list[object], value)):,} items in it"
    if not isinstance(value, dict):
        return ""
    names = [clean(shortened(name, _LONGEST_STEP)) for name in islice(cast(dict[str, object], value), _MAX_NAMES)]
    return f" with {', '.join(names)}{', …' if len(value) > len(names) else ''} in it"
