"""JSON Pointers (RFC 6901) into card content."""

import re
from functools import lru_cache

from cardwright.core.content import schema
from cardwright.core.json_value import JsonObject, object_at
from cardwright.core.places import escaped, unescaped

MISSING = object()
"""The value of a place that does not exist."""

_BROKEN = re.compile(r"~(?![01])")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


class Stray(ValueError):
    """A pointer leads to no place of a card.

    Attributes:
        known: the names that are possible there; empty for a pointer that breaks RFC 6901.
    """

    def __init__(self, fault: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(fault)
        self.fault, self.known = fault, known


def parts(pointer: str) -> tuple[str, ...]:
    """Return the keys and indexes of a pointer.

    Raises:
        Stray: the pointer breaks RFC 6901.
    """
    if not pointer.startswith("/"):
        raise Stray(f"{pointer[:80]!r} is not a JSON Pointer")
    if _BROKEN.search(pointer):
        raise Stray(f"{pointer[:80]!r} has a ~ that is followed by neither 0 nor 1")
    return tuple(unescaped(part) for part in pointer[1:].split("/"))


def pointer_to(path: tuple[str | int, ...]) -> str:
    """Return the pointer of a path of keys and indexes."""
    return "".join(f"/{escaped(str(part))}" for part in path)


@lru_cache(maxsize=8192)
def ordered(pointer: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts pointers by their parts, with indexes by number."""
    return tuple((int(part), "") if _INDEX.fullmatch(part) else (-1, part) for part in pointer.split("/"))


@lru_cache(maxsize=8192)
def _parts(pointer: str) -> tuple[str, ...]:
    return parts(pointer)


def value_at(content: object, pointer: str) -> object:
    """Return the value at a valid pointer, or :data:`MISSING`."""
    value = content
    for part in _parts(pointer):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def gap(value: object, minimum: int = 1) -> str | None:
    """Return why a value counts as missing, such as ``is empty``; None for a value."""
    if value is MISSING or value is None:
        return "is missing"
    if isinstance(value, str):
        value = value.strip()
    if isinstance(value, str | list | dict) and len(value) < minimum:
        unit = "characters" if isinstance(value, str) else "items"
        return "is empty" if not value else f"has {len(value)} {unit}, and at least {minimum} are required"
    return None


def check_pointer(pointer: str) -> None:
    """Check that a card can have a value at a pointer.

    Raises:
        Stray: the pointer breaks RFC 6901, or the content schema has no such member.
    """
    node: JsonObject = schema()
    for part in parts(pointer):
        node = _below(node, part, pointer)


def _below(node: JsonObject, part: str, pointer: str) -> JsonObject:
    node = _resolved(node)
    if "items" in node:
        if not _INDEX.fullmatch(part):
            raise Stray(f"{pointer[:120]!r}: {part[:40]!r} is not an index of a list", ("0", "1"))
        return object_at(node, "items")
    known = object_at(node, "properties")
    if part in known:
        return object_at(known, part)
    rest = node.get("additionalProperties", True)
    if rest is False or (node.get("type") not in {None, "object"}):
        raise Stray(f"{pointer[:120]!r}: a card has no {part[:40]!r} there", tuple(known))
    return rest if isinstance(rest, dict) else {}


def _resolved(node: JsonObject) -> JsonObject:
    while "$ref" in node:
        node = object_at(schema(), *str(node["$ref"]).removeprefix("#/").split("/"))
    return node
