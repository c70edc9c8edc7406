"""Lists: what is asked for, in which order, and where a page ends.

A page ends at a *position*: the sort value and the tie-breaking identifier of its last row. The next page begins
after it, whatever was added or removed meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from cardwright.core.card import CardSummary, VersionSummary

Item = TypeVar("Item")
Position = tuple[str | int | float, ...]


class CardSort(StrEnum):
    NAME = "Name"
    CREATION_TIME = "CreationTime"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What every list is asked for: which way it runs, how much of it, and after which position."""

    descending: bool = False
    limit: int = 100
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class CardQuery(ListQuery):
    """Which cards, in which order. Times are exclusive bounds in milliseconds since the epoch."""

    sort_by: CardSort = CardSort.CREATION_TIME
    created_after: int | None = None
    created_before: int | None = None
    name_contains: str | None = None
    status: str | None = None

    def position(self, card: CardSummary) -> Position:
        """Where a card stands in the list."""
        return (card.name,) if self.sort_by is CardSort.NAME else (card.created_at, card.card_id)


@dataclass(frozen=True, slots=True)
class VersionQuery(ListQuery):
    """Which versions of a card, in which order. Times are exclusive bounds in milliseconds since the epoch."""

    created_after: int | None = None
    created_before: int | None = None
    status: str | None = None

    def position(self, version: VersionSummary) -> Position:
        """Where a version stands in the list."""
        return (version.number,)


class ResourceSort(StrEnum):
    NAME = "Name"
    CREATION_TIME = "CreationTime"
    STATUS = "Status"


@dataclass(frozen=True, slots=True)
class ResourceQuery(ListQuery):
    """Which resources of a kind, in which order. Times are exclusive bounds in milliseconds since the epoch.

    Attributes:
        before: the position that the page ends before, instead of beginning after ``after``.
        name: only resources of exactly this name: the versions of a model package group.
        versioned: only versions (True), or only what has none (False).
        uncarded: what the ARNs of this kind begin with, to list only models or packages that no card is about.
    """

    sort_by: ResourceSort = ResourceSort.CREATION_TIME
    before: Position | None = None
    created_after: int | None = None
    created_before: int | None = None
    modified_after: int | None = None
    modified_before: int | None = None
    name_contains: str | None = None
    name: str | None = None
    versioned: bool | None = None
    status: str | None = None
    uncarded: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list.

    Attributes:
        position: where to go on from; None when the list ends here.
        back: where the page before this one ends, before which it is read; None when the list begins here, and in lists
            that only go on.
    """

    items: Sequence[Item]
    position: Position | None
    back: Position | None = None
