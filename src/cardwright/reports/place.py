"""Where a reader stands in a report, and the list where it notes what it had to leave out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, cast

from cardwright.reports.translation import Omission

Path: TypeAlias = tuple[str | int, ...]

MOST_OMISSIONS = 1000  # a report of a million broken values should not become a million sentences
_LONGEST_STEP = 63


class Omissions:
    """Collects omissions while a report is read; keeps the first thousand and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[Omission] = []
        self._more = 0

    def add(self, path: Path, message: str) -> None:
        """Notes that the value at ``path`` was left out or changed, for the reason in ``message``."""
        if len(self._kept) < MOST_OMISSIONS:
            self._kept.append(Omission(_dotted(path), clean(message)))
        else:
            self._more += 1

    def listed(self) -> tuple[Omission, ...]:
        """All that was noted, in the report's order; the last one counts those beyond the first thousand."""
        if not self._more:
            return tuple(self._kept)
        return (*self._kept, Omission("(root)", f"{self._more} further omissions are not listed"))


@dataclass(frozen=True, slots=True)
class Place:
    """A path in the report together with the list of omissions, handed down from reader to reader."""

    omissions: Omissions
    path: Path = ()

    def at(self, *steps: str | int) -> "Place":
        """The place further down, through these keys and indexes."""
        return Place(self.omissions, (*self.path, *steps))

    def omit(self, message: str) -> None:
        """Notes that what stands here was left out or changed, for the reason in ``message``."""
        self.omissions.add(self.path, message)

    def members(self, value: object) -> Iterator[tuple[str, object, "Place"]]:
        """Key, value and place of each member of an object; anything else is noted and has none."""
        if not isinstance(value, dict):
            self.omit("left out: an object was expected here")
            return
        for key, member in cast(dict[str, object], value).items():
            yield key, member, self.at(key)

    def objects(self, value: object) -> Iterator[tuple[dict[str, object], "Place"]]:
        """Each object of a list with its place; what is no list, and items that are no objects, are noted."""
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
