"""Parsed JSON of any shape, and readers that narrow it to a type.

A reader returns None or an empty result where the value has another shape. It never raises and never converts.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeGuard

JsonObject: TypeAlias = Mapping[str, object]
"""The members of a JSON object. Their types are unknown until a reader narrows them."""


def value_at(value: object, *path: str) -> object:
    """Return the member at a path of names; None where a name is missing or its holder is not an object."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def object_at(value: object, *path: str) -> JsonObject:
    """Return the object at a path; an empty one for any other value."""
    found = value_at(value, *path)
    return found if isinstance(found, dict) else {}


def list_at(value: object, *path: str) -> Sequence[object]:
    """Return the list at a path; an empty one for any other value."""
    found = value_at(value, *path)
    return found if isinstance(found, list) else ()


def objects_at(value: object, *path: str) -> Sequence[JsonObject]:
    """Return the objects of the list at a path, without its other items."""
    return [item for item in list_at(value, *path) if isinstance(item, dict)]


def text_at(value: object, *path: str) -> str | None:
    """Return the text at a path; None for any other value."""
    found = value_at(value, *path)
    return found if isinstance(found, str) else None


def number_at(value: object, *path: str) -> int | float | None:
    """Return the number at a path; None for any other value, also for true and false."""
    found = value_at(value, *path)
    return found if is_json_number(found) else None


def is_json_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number of JSON. True and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
