"""Pages of a list, forwards and back."""

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
    """The page that goes on after a position, or that ends before one; the first page with neither.

    Where fewer items than a page holds come before a position, the page is the first one.

    Args:
        read: called with a position, ``backwards`` and ``most``, gives at most so many items from that position on, in
            the list's order, or backwards from it in the opposite order; without a position, from the list's beginning.
        position_of: where an item stands.
    """
    if before is not None:
        found = read(before, True, limit + 1)
        if len(found) >= limit:
            items = list(reversed(found[:limit]))
            last = position_of(items[-1])
            goes_on = bool(read(last, False, 1))  # what came after may have been deleted
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
    """The page that a query asks for; see :func:`page_at`.

    Args:
        read: gives at most ``limit`` items of a query after its position.
        before: the position that the page ends before, instead of beginning after the query's.
    """

    def part(at: Position | None, backwards: bool, most: int) -> Sequence[Item]:
        return read(replace(query, limit=most, after=at, descending=query.descending != backwards))

    return page_at(part, after=query.after, before=before, limit=query.limit, position_of=position_of)
