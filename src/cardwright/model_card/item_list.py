"""A list that checks every item it receives."""

from collections.abc import Iterable
from typing import Any, SupportsIndex, TypeVar, overload

_Item = TypeVar("_Item")


class ItemList(list[_Item]):
    """A list with items of one type and an optional limit. Every change of the list checks both.

    Args:
        item_type: the class of every item.
        limit: the maximum number of items; None for any number.
        items: the initial items.

    Raises:
        TypeError: an item has another type.
        ValueError: there are more items than the limit.
    """

    def __init__(self, item_type: type[_Item], limit: int | None = None, items: Iterable[_Item] = ()) -> None:
        super().__init__()
        self._item_type = item_type
        self._limit = limit
        given = list(items)
        if limit is not None and len(given) > limit:
            raise ValueError(f"Data size {len(given)} exceed the maximum size of {limit}")
        for item in given:
            self.append(item)

    @classmethod
    def unchecked(cls, item_type: type[_Item], limit: int | None, items: Iterable[_Item]) -> "ItemList[_Item]":
        """Create a list with the items of a stored card, without checks. Later changes are checked."""
        made = cls(item_type, limit)
        list.extend(made, items)
        return made

    def append(self, item: _Item) -> None:
        self.insert(len(self), item)

    def insert(self, index: SupportsIndex, item: _Item) -> None:
        self._check_type(item)
        self._check_room(len(self) + 1)
        super().insert(index, item)

    def extend(self, items: Iterable[_Item]) -> None:
        given = list(items)
        self._check_all(given, len(self) + len(given))
        super().extend(given)

    def __iadd__(self, items: Iterable[_Item]) -> "ItemList[_Item]":  # type: ignore[override,misc] # as list has it
        self.extend(items)
        return self

    def __imul__(self, times: SupportsIndex) -> "ItemList[_Item]":
        self._check_room(len(self) * int(times))
        super().__imul__(times)
        return self

    @overload
    def __setitem__(self, index: SupportsIndex, value: _Item) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[_Item]) -> None: ...
    def __setitem__(self, index: SupportsIndex | slice, value: Any) -> None:
        if not isinstance(index, slice):
            self._check_type(value)
            super().__setitem__(index, value)
            return
        given = list(value)
        self._check_all(given, len(self) - len(range(*index.indices(len(self)))) + len(given))
        super().__setitem__(index, given)

    def __reduce__(self) -> tuple[object, ...]:
        return ItemList.unchecked, (self._item_type, self._limit, list(self))

    def _check_all(self, items: list[_Item], size: int) -> None:
        for item in items:
            self._check_type(item)
        self._check_room(size)

    def _check_type(self, item: object) -> None:
        if not isinstance(item, self._item_type):
            raise TypeError(f"Provided item type is {type(item)} and Expected the item type is {self._item_type}")

    def _check_room(self, size: int) -> None:
        if self._limit is not None and size > self._limit:
            raise ValueError(f"Exceed the maximum size of {self._limit}")
