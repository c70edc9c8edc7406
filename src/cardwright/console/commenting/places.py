"""The places of a card's page and of its content that comments are about."""

from collections.abc import Collection
from typing import Any

from cardwright.core.policy.pointers import pointer_to


def pointer_of(content: Any, path: str) -> str:
    """Return the JSON Pointer of a dotted path in a content, whose names may have dots themselves."""
    keys: list[str | int] = []
    rest: str | None = path.removeprefix(".")
    while rest is not None:
        key, rest = _first(content, rest)
        keys.append(key)
        content = _below(content, key)
    return pointer_to(tuple(keys))


def nearest(pointer: str, shown: Collection[str]) -> str | None:
    """Return the pointer among those that a page shows that is a pointer itself, or the nearest above it."""
    while pointer not in shown:
        pointer, found, _ = pointer.rpartition("/")
        if not found or not pointer:
            return None
    return pointer


def _first(content: Any, path: str) -> tuple[str, str | None]:
    """The first key of a path and the rest: the longest member that the path begins with, else up to a dot."""
    if isinstance(content, dict):
        names = [name for name in content if path == name or path.startswith(f"{name}.")]
        if names:
            name = max(names, key=len)
            return name, None if path == name else path[len(name) + 1 :]
    key, dot, rest = path.partition(".")
    return key, rest if dot else None


def _below(content: Any, key: str) -> Any:
    if isinstance(content, dict):
        return content.get(key)
    if isinstance(content, list) and key.isdecimal() and len(key) < 10 and int(key) < len(content):
        return content[int(key)]
    return None
