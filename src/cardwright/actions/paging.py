"""Pages of a list, in both directions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from cardwright.core.listing import ListQuery, Page, Position

Item = TypeVar("Item")
Query = TypeVar("Query", bound=ListQuery)


def page_at(
    read: Callable[[Position | None, bool, int], Sequence[Item]],
    *,
    after: Position | None,
    before: Position | None,
    limit: int,
    position_of: Callable[[Item], Position],
) -> Page[Item]:
    """Return the page after a position or before one; without either, the first page.

    When fewer items than a page come before a position, returns the first page.

    Args:
        read: takes a position, ``backwards`` and ``limit``. Returns at most ``limit`` items after that position in the
            list's order, or, backwards, those before it in reverse order; without a position, from the list's start.
        position_of: returns the position of an item.
    """
    if before is not None:
        found = read(before, True, limit + 1)
        if len(found) >= limit:
            items = list(reversed(found[:limit]))
            last = position_of(items[-1])
            goes_on = bool(read(last, False, 1))  # the next item may have been deleted
            return Page(items, last if goes_on else None, position_of(items[0]) if len(found) > limit else None)
        after = None
    found = read(after, False, limit + 1)
    items = list(found[:limit])
    following = position_of(items[-1]) if len(found) > limit else None
    return Page(items, following, position_of(items[0]) if items and after is not None else None)


def page_of(
    query: Query,
    read: Callable[[Query], Sequence[Item]],
    position_of: Callable[[Item], Position],
    *,
    before: Position | None = None,
) -> Page[Item]:
    """Return the page of a query; see :func:`page_at`.

    Args:
        read: returns at most ``limit`` items of a query after its position.
        before: the position before which the page ends, instead of beginning after the query's position.
    """

    def part(at: Position | None, backwards: bool, limit: int) -> Sequence[Item]:
        return read(replace(query, limit=limit, after=at, descending=query.descending != backwards))

    return page_at(part, after=query.after, before=before, limit=query.limit, position_of=position_of)
