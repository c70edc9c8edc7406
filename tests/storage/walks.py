"""Walks through the pages of a list."""

from collections.abc import Callable
from typing import TypeVar

from cardwright.core.listing import Page, Position

Item = TypeVar("Item")


def there_and_back(read: Callable[[Position | None, Position | None], Page[Item]]) -> list[list[Item]]:
    """The pages of a list from the first to the last; the way back must return the same pages.

    Args:
        read: the page after a position, or before one.
    """
    page = read(None, None)
    pages = [list(page.items)]
    assert page.back is None
    while page.position is not None:
        page = read(page.position, None)
        pages.append(list(page.items))
    back = [list(page.items)]
    while page.back is not None:
        page = read(None, page.back)
        back.append(list(page.items))
        assert page.position is not None
    assert back == pages[::-1]
    return pages
