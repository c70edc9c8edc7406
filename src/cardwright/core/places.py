"""Places in a text: the line and column of each value of a JSON document.

The reader is stricter than ``json``: it refuses repeated members, numbers that no double can represent, and surrogates
without a partner.
"""

import bisect
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import NamedTuple, TypeAlias

import attrs

DEPTH = 64
"""Levels of nesting that a document may have."""

Scalar: TypeAlias = str | int | float | bool | None

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


class Place(NamedTuple):
    """A position in a text. Lines and columns count from 1."""

    line: int
    column: int


@attrs.frozen(eq=False)
class Node:
    """A value of a document, where it begins and where it ends.

    Attributes:
        value: a scalar, the items of a list, or the members of an object.
        place: where the value begins.
        end: one past its last character.
        keys: where the keys of an object begin.
    """

    value: "Scalar | list[Node] | dict[str, Node]"
    place: Place
    end: Place
    keys: Mapping[str, Place] = attrs.Factory(dict)

    def plain(self) -> object:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {key: member.plain() for key, member in self.value.items()}
        return [item.plain() for item in self.value] if isinstance(self.value, list) else self.value

    def walk(self, pointer: str = "") -> "Iterator[tuple[str, Node]]":
        """Yield each value with its JSON Pointer, in document order."""
        yield pointer, self
        children: Sequence[tuple[object, Node]] = ()
        if isinstance(self.value, dict):
            children = list(self.value.items())
        elif isinstance(self.value, list):
            children = list(enumerate(self.value))
        for key, child in children:
            yield from child.walk(f"{pointer}/{escaped(str(key))}")


class Misplaced(ValueError):
    """A text is not JSON at a place.

    Attributes:
        fault: what is wrong.
        remedy: what would be right.
    """

    def __init__(self, fault: str, remedy: str, place: Place) -> None:
        super().__init__(f"Line {place.line}, column {place.column}: {fault}. {remedy}.")
        self.fault, self.remedy, self.place = fault, remedy, place


def escaped(key: str) -> str:
    """Return a key as a part of a JSON Pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def unescaped(part: str) -> str:
    """Return the key that a part of a JSON Pointer names."""
    return part.replace("~1", "/").replace("~0", "~")


class Lines:
    """Converts positions in a text to lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]

    def place(self, position: int) -> Place:
        """Return the line and column of a position that counts characters from 0."""
        line = bisect.bisect_right(self._starts, position)
        return Place(line, position - self._starts[line - 1] + 1)


def read_json(text: str) -> Node:
    """Read JSON with the place of each value.

    Raises:
        Misplaced: the text is not JSON, repeats a member, or nests deeper than ``DEPTH``.
    """
    reader = _Reader(text)
    node, position = reader.value(reader.skip(0), 0)
    position = reader.skip(position)
    if position < len(text):
        raise reader.misplaced("text after the end of the document", "Remove it", position)
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Lines(text)

    def misplaced(self, fault: str, remedy: str, position: int) -> Misplaced:
        return Misplaced(fault, remedy, self._lines.place(position))

    def skip(self, position: int) -> int:
        found = _SPACE.match(self._text, position)
        return found.end() if found else position

    def value(self, position: int, depth: int) -> tuple[Node, int]:
        first = self._text[position : position + 1]
        if depth > DEPTH:
            raise self.misplaced(f"more than {DEPTH} levels of nesting", "Nest less deeply", position)
        if first == "{":
            return self._object(position, depth)
        if first == "[":
            return self._list(position, depth)
        if first == '"':
            text, end = self._string(position)
            return self._node(text, position, end), end
        return self._scalar(position)

    def _node(
        self,
        value: "Scalar | list[Node] | dict[str, Node]",
        start: int,
        end: int,
        keys: Mapping[str, Place] | None = None,
    ) -> Node:
        return Node(value, self._lines.place(start), self._lines.place(end), keys or {})

    def _object(self, start: int, depth: int) -> tuple[Node, int]:
        members: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        position = self.skip(start + 1)
        while self._text[position : position + 1] != "}" or members:
            if self._text[position : position + 1] != '"':
                raise self.misplaced("a key is missing", "Write a key in double quotes", position)
            key, end = self._string(position)
            if key in members:
                raise self.misplaced(f"the key {key!r} is repeated", "Keep one of the two", position)
            keys[key] = self._lines.place(position)
            end = self.skip(end)
            if self._text[end : end + 1] != ":":
                raise self.misplaced("a colon is missing", "Write a colon after the key", end)
            members[key], position = self.value(self.skip(end + 1), depth + 1)
            position, ended = self._next(position, "}")
            if ended:
                break
        return self._node(members, start, position + 1, keys), position + 1

    def _list(self, start: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        position = self.skip(start + 1)
        while self._text[position : position + 1] != "]" or items:
            item, position = self.value(position, depth + 1)
            items.append(item)
            position, ended = self._next(position, "]")
            if ended:
                break
        return self._node(items, start, position + 1), position + 1

    def _next(self, position: int, closing: str) -> tuple[int, bool]:
        position = self.skip(position)
        mark = self._text[position : position + 1]
        if mark == ",":
            return self.skip(position + 1), False
        if mark != closing:
            raise self.misplaced("a comma is missing", f"Write a comma, or {closing} at the end", position)
        return position, True

    def _string(self, position: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self._text, position + 1, True)
        except JSONDecodeError as error:
            raise self.misplaced(f"{error.msg[:1].lower()}{error.msg[1:]}", "Correct the text", error.pos) from None
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            raise self.misplaced("half of a surrogate pair", "Write both halves, or the character itself", position)
        return text, end

    def _scalar(self, position: int) -> tuple[Node, int]:
        for word, value in _WORDS.items():
            if self._text.startswith(word, position):
                return self._node(value, position, position + len(word)), position + len(word)
        found = _NUMBER.match(self._text, position)
        if not found:
            raise self.misplaced("a value is missing", "Write an object, a list, a text or a number", position)
        return self._node(self._number(found, position), position, found.end()), found.end()

    def _number(self, found: "re.Match[str]", position: int) -> int | float:
        text = found[0]
        if found[1] is None and found[2] is None and len(text) <= 18:
            return int(text)
        number = float(text)
        if not math.isfinite(number):
            raise self.misplaced("a number is too large", "Write a number that a double can represent", position)
        return number
