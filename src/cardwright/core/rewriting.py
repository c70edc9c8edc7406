"""The JSON text of a changed document: equal parts keep the text of the original, digit for digit.

A parser loses the notation of a document: the digits of ``1e3`` or of a number beyond 64 bits, the escapes of a
text. A rewritten document keeps the notation of all unchanged parts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import orjson

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_SPACE = re.compile(rf"({_STRING})|[ \t\n\r]+")
_SCALAR = re.compile(rf"{_STRING}|[^\[\]{{}},:]+")
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}}]")
_DEPTHS = {"[": 1, "{": 1, "]": -1, "}": -1}


def rewritten(text: str, value: object) -> str:
    """Return the JSON text of a value: the earlier document's text where both are equal, else compact JSON.

    Numbers are equal when they have the same type: ``1`` and ``1.0`` differ. The order of members does not matter.

    Args:
        text: a JSON document that ``core.content.parse`` accepts. If the value differs anywhere, the space
            between its tokens is removed.
        value: a document that orjson can write.
    """
    if same(orjson.loads(text), value):
        return text
    return _written(compact(text), value)


def compact(text: str) -> str:
    """Return a JSON text without the space between its tokens."""
    return _SPACE.sub(r"\1", text)


def same(one: object, other: object) -> bool:
    """Return whether two parsed documents are the same JSON, types of numbers included."""
    return _canonical(one) == _canonical(other)


def _canonical(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _written(text: str, value: object) -> str:
    before = orjson.loads(text)
    if same(before, value):
        return text
    if isinstance(before, dict) and isinstance(value, dict):
        return _object(text, value)
    if isinstance(before, list) and isinstance(value, list):
        return _array(text, value)
    return orjson.dumps(value).decode()


def _object(text: str, value: Mapping[str, object]) -> str:
    known = {orjson.loads(name): (name, item) for name, item in _members(text)}
    kept = iter([name for name in known if name in value])
    pieces = []
    for place in value:
        # Members that the original has keep its order, and new members keep their places between them.
        name = next(kept) if place in known else place
        written, before = known.get(name, (orjson.dumps(name).decode(), "null"))
        pieces.append(f"{written}:{_written(before, value[name])}")
    return "{" + ",".join(pieces) + "}"


def _array(text: str, value: Sequence[object]) -> str:
    """Return the text of an array: equal items keep their text at any position, others are paired by position."""
    before = list(_items(text))
    known = {_canonical(orjson.loads(item)): item for item in reversed(before)}
    pieces = []
    for place, item in enumerate(value):
        written = known.get(_canonical(item))
        pieces.append(_written(before[place] if place < len(before) else "null", item) if written is None else written)
    return "[" + ",".join(pieces) + "]"


def _members(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of an object's members, as text. There is no space between tokens."""
    position = 1
    while text[position] != "}":
        colon = _end(text, position)
        end = _end(text, colon + 1)
        yield text[position:colon], text[colon + 1 : end]
        position = end + (text[end] == ",")


def _items(text: str) -> Iterator[str]:
    position = 1
    while text[position] != "]":
        end = _end(text, position)
        yield text[position:end]
        position = end + (text[end] == ",")


def _end(text: str, start: int) -> int:
    """Return the end of the value that starts at a position of a JSON text."""
    scalar = _SCALAR.match(text, start)
    if scalar is not None:
        return scalar.end()
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += _DEPTHS.get(token[0], 0)
        if depth == 0:
            return token.end()
    raise ValueError("The text is not JSON")
