"""Lists: filters, order, and pages.

A page ends at a *position*: the sort value and the tie-breaking identifier of its last row. The next page begins
after that position, also when rows were added or removed in between.
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
    """The members of every list query: direction, limit and start position."""

    descending: bool = False
    limit: int = 100
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class CardQuery(ListQuery):
    """Filters and order of a list of cards. Times are exclusive bounds in milliseconds since the epoch."""

    sort_by: CardSort = CardSort.CREATION_TIME
    created_after: int | None = None
    created_before: int | None = None
    name_contains: str | None = None
    status: str | None = None

    def position(self, card: CardSummary) -> Position:
        """Return the position of a card in the list."""
        return (card.name,) if self.sort_by is CardSort.NAME else (card.created_at, card.card_id)


@dataclass(frozen=True, slots=True)
class VersionQuery(ListQuery):
    """Filters and order of a list of versions. Times are exclusive bounds in milliseconds since the epoch."""

    created_after: int | None = None
    created_before: int | None = None
    status: str | None = None

    def position(self, version: VersionSummary) -> Position:
        """Return the position of a version in the list."""
        return (version.number,)


class ResourceSort(StrEnum):
    NAME = "Name"
    CREATION_TIME = "CreationTime"
    STATUS = "Status"


@dataclass(frozen=True, slots=True)
class ResourceQuery(ListQuery):
    """Filters and order of a list of resources. Times are exclusive bounds in milliseconds since the epoch.

    Attributes:
        before: the position before which the page ends, instead of beginning after ``after``.
        name: only resources with exactly this name: the versions of a model package group.
        versioned: only versions (True), or only unversioned resources (False).
        uncarded: the ARN prefix of this kind, to list only models or packages without a card.
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
    """A part of a list.

    Attributes:
        position: the position where the next page begins; None at the end of the list.
        back: the position where the previous page ends; None at the start of the list, and in lists without a way
            back.
    """

    items: Sequence[Item]
    position: Position | None
    back: Position | None = None
