"""Readers of values in a policy file. Each refuses a wrong value with its place and what would be right."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NoReturn, TypeAlias, TypeVar

from cardwright.core.errors import PolicyInvalid
from cardwright.core.places import Node, Place

_Value = TypeVar("_Value")
_Word = TypeVar("_Word", bound=StrEnum)

Reader: TypeAlias = Callable[[Node], _Value]
"""Returns the value of a node. Raises :class:`PolicyInvalid`."""
Readers: TypeAlias = Mapping[str, Reader[object]]
"""The readers of an object's members, by key."""


def fail(at: Node | Place, fault: str, remedy: str) -> NoReturn:
    place = at.place if isinstance(at, Node) else at
    raise PolicyInvalid(fault, remedy, line=place.line, column=place.column) from None


def _described(node: Node) -> str:
    value = node.value
    if value is None:
        return "no value"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"


def wrong(node: Node, wanted: str, example: str) -> NoReturn:
    fail(node, f"{_described(node)} where {wanted} is expected", f"Write {example}")


def near(word: str, known: Iterable[str]) -> str:
    known = tuple(known)
    found = difflib.get_close_matches(word, known, 1)
    return (f"Did you mean {found[0]}? " if found else "") + f"Possible here: {', '.join(known)}"


def members(node: Node, table: Readers, needed: Iterable[str], what: str) -> dict[str, object]:
    """Read an object whose keys a table lists. Raises for unknown and missing keys."""
    if not isinstance(node.value, dict):
        first = next(iter(needed), next(iter(table)))
        wrong(node, f"an object for {what}", f"keys with values, such as `{first}: …`")
    for key in node.value:
        if key not in table:
            fail(node.keys[key], f"{what} has no key {key[:60]!r}", near(key, table))
    for key in needed:
        if key not in node.value:
            fail(node, f"{what} lacks the key {key!r}", f"Add `{key}: …`")
    return {key: table[key](member) for key, member in node.value.items()}


def made(make: Callable[..., _Value], given: Mapping[str, object]) -> _Value:
    """Make a value from members that :func:`members` has read: their readers return what ``make`` takes."""
    return make(**given)


def object_of(table: Readers, needed: Iterable[str], what: str, make: Callable[..., _Value]) -> Reader[_Value]:
    return lambda node: made(make, members(node, table, needed, what))


def text(longest: int, *, example: str = "a text", blank: bool = False) -> Reader[str]:
    def read(node: Node) -> str:
        if not isinstance(node.value, str):
            hint = f"{example}, in quotes if it looks like a number, a date, true or null"
            wrong(node, "a text", hint)
        if not blank and not node.value.strip():
            fail(node, "an empty text", f"Write {example}, or leave the key out")
        if len(node.value) > longest:
            fail(node, f"{len(node.value):,} characters", f"Keep it within {longest:,}")
        return node.value

    return read


def whole(minimum: int, maximum: int) -> Reader[int]:
    def read(node: Node) -> int:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int):
            wrong(node, "a whole number", f"a number from {minimum} to {maximum:,}, without quotes")
        if not minimum <= value <= maximum:
            fail(node, f"{value} is out of range", f"Write a number from {minimum} to {maximum:,}")
        return value

    return read


def number(minimum: float | None = None) -> Reader[float]:
    def read(node: Node) -> float:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            wrong(node, "a number", "a number such as 0.9, without quotes")
        if minimum is not None and value < minimum:
            fail(node, f"{value} is out of range", f"Write a number of at least {minimum}")
        return value

    return read


def flag(node: Node) -> bool:
    if not isinstance(node.value, bool):
        wrong(node, "true or false", "true or false")
    return node.value


def word(words: Iterable[str]) -> Reader[str]:
    known = tuple(words)

    def read(node: Node) -> str:
        if not isinstance(node.value, str):
            wrong(node, "a word", f"one of: {', '.join(known)}")
        if node.value not in known:
            fail(node, f"{node.value[:60]!r} is unknown", near(node.value, known))
        return node.value

    return read


def member_of(kind: type[_Word]) -> Reader[_Word]:
    read = word(item.value for item in kind)
    return lambda node: kind(read(node))


def list_of(
    item: Reader[_Value], *, maximum: int = 200, blank: bool = False, unique: bool = False
) -> Reader[tuple[_Value, ...]]:
    def read(node: Node) -> tuple[_Value, ...]:
        if not isinstance(node.value, list):
            wrong(node, "a list", "a list, such as [a, b]")
        if not node.value and not blank:
            fail(node, "an empty list", "Add an item, or leave the key out")
        if len(node.value) > maximum:
            fail(node, f"{len(node.value)} items", f"Keep it within {maximum}")
        items = tuple(item(child) for child in node.value)
        for index, child in enumerate(node.value if unique else ()):
            if items[index] in items[:index]:
                fail(child, f"{items[index]!s:.60} is repeated", "Keep one of the two")
        return items

    return read


def below(node: Node, path: Iterable[str | int]) -> Node:
    for part in path:
        if isinstance(node.value, dict) and part in node.value:
            node = node.value[str(part)]
        elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
    return node
