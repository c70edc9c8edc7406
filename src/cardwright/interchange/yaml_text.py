"""YAML as the Hub reads it: the core rules of YAML 1.2, strict about keys, and without expansion of aliases.

PyYAML speaks YAML 1.1 and turns ``no`` into False, ``010`` into 8 and ``1:30`` into 90. So only its parser is used:
it yields the text of each scalar, which is read here by the rules of https://yaml.org/spec/1.2.2/#103-core-schema.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

import yaml

from cardwright.interchange.source_file import DEEPEST, MOST_VALUES, Unreadable, refuse_repeated

_LOADER: Final[type[yaml.CSafeLoader | yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = ("tag:yaml.org,2002:", "!!")
_WORDS = {"null": None, "true": True, "false": False}
_NULLS = frozenset({"", "~"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}")
_OTHER_BASE = re.compile(r"0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = {".nan": "NaN", ".inf": "Infinity", "+.inf": "Infinity", "-.inf": "-Infinity"}


def parsed_yaml(text: str, tagged: Callable[[str, object], object] | None = None) -> object:
    """Parse one YAML document into scalars, lists and dicts with text keys.

    Args:
        text: the document.
        tagged: returns the value of a tag such as ``!Ref`` and its argument; by default, tags are refused.

    ``.nan`` and ``.inf`` become the texts ``NaN`` and ``Infinity``, as other tools write them in JSON.

    Raises:
        Unreadable: the text is not YAML, has an alias, a repeated key, a key that is not a scalar, several documents,
            more than ``MOST_VALUES`` values, or nests deeper than ``DEEPEST``. Names the line.
    """
    fault = ""
    try:
        return _document(yaml.parse(text, Loader=_LOADER), tagged or _refuse_tag)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1} column {mark.column + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
        fault = f"This is not YAML: {problem}{place}"
    raise Unreadable(fault)


def is_text(text: str) -> bool:
    """Whether a plain scalar with these characters is a text by the core rules, and not a number or a word for one."""
    return isinstance(_scalar(text), str) and text.lower() not in _SPECIAL


def _document(events: Iterator[yaml.Event], tagged: Callable[[str, object], object]) -> object:
    reader = _Reader(events, tagged)
    for event in events:
        if isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            continue
        if isinstance(event, yaml.StreamEndEvent):
            return None
        value = reader.value(event, 0)
        next(events, None)  # the end of the document
        if isinstance(next(events, None), yaml.DocumentStartEvent):
            raise Unreadable("The YAML has several documents: give one")
        return value
    return None


class _Reader:
    """Builds values from events. Counts them, so that a small text cannot become a large value."""

    def __init__(self, events: Iterator[yaml.Event], tagged: Callable[[str, object], object]) -> None:
        self._events = events
        self._tagged = tagged
        self._values = 0

    def value(self, event: yaml.Event, depth: int) -> object:
        self._values += 1
        if self._values > MOST_VALUES:
            raise Unreadable(f"The YAML has more than {MOST_VALUES:,} values")
        if depth > DEEPEST:
            raise Unreadable(f"The document nests more than {DEEPEST} levels deep")
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(f"The YAML has an alias, *{event.anchor}{_line(event)}: write the value out instead")
        found = self._untagged(event, depth)
        tag = event.tag if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) else None
        return found if tag is None or tag.startswith(_STANDARD) else self._tagged(tag, found)

    def _untagged(self, event: yaml.Event, depth: int) -> object:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else event.value
        return self._list(depth) if isinstance(event, yaml.SequenceStartEvent) else self._object(depth)

    def _list(self, depth: int) -> list[object]:
        found = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.value(event, depth + 1))
        return found

    def _object(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise Unreadable(f"A key of the YAML{_line(event)} is not a text")
            if event.value in found:
                refuse_repeated(event.value)
            found[event.value] = self.value(next(self._events), depth + 1)
        return found


def _refuse_tag(tag: str, value: object) -> NoReturn:
    del value
    raise Unreadable(f"The YAML has the tag {tag}: write the value without a tag")


def _scalar(text: str) -> object:
    lower = text.lower()
    if text in _NULLS:
        return None
    if lower in _WORDS and text in {lower, lower.capitalize(), lower.upper()}:
        return _WORDS[lower]
    if lower in _SPECIAL:
        return _SPECIAL[lower]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    return float(text) if _FLOAT.fullmatch(text) else text


def _line(event: yaml.Event) -> str:
    return f" at line {event.start_mark.line + 1}" if event.start_mark is not None else ""
