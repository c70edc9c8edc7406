"""The text of a policy file, YAML or JSON, as values with their places.

YAML is read by the core schema of YAML 1.2. Words that YAML 1.1 reads in another way, such as ``no`` and ``010``, are
refused, because authors and tools disagree about them. So are anchors, aliases and tags, which a policy does not need.
"""

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, Protocol

from cardwright.core.errors import PolicyInvalid
from cardwright.core.places import DEPTH, Lines, Misplaced, Node, Place, Scalar, read_json

if TYPE_CHECKING:
    import yaml

LONGEST = 100_000
"""Characters of a policy file."""

_JSON = re.compile(r'\s*(?:\{\s*["}]|\[)')
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], Scalar]], ...] = tuple(
    (re.compile(rf"(?:{pattern})\Z"), convert)
    for pattern, convert in (
        (r"null|Null|NULL|~|", lambda _: None),
        (r"true|True|TRUE", lambda _: True),
        (r"false|False|FALSE", lambda _: False),
        (r"[-+]?(?:0|[1-9][0-9]{0,17})", int),
        (r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", float),
    )
)
_AMBIGUOUS = re.compile(
    r"(?:y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
    r"|[-+]?0[0-9_]+|0[xob][0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?[0-9]+_[0-9_]*"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)


def read_source(text: str) -> Node:
    """Read a policy file. A text that begins like JSON is read as JSON, any other as YAML.

    Raises:
        PolicyInvalid: the text is neither, or uses what the module refuses.
    """
    if len(text) > LONGEST:
        _refuse(f"the file has {len(text):,} characters", f"Keep it within {LONGEST:,}", Place(1, 1))
    text = text.removeprefix("\ufeff")
    if not _JSON.match(text):
        return _YamlReader(text).document()
    try:
        return read_json(text)
    except Misplaced as error:
        _refuse(error.fault, error.remedy, error.place)


def _refuse(fault: str, remedy: str, place: Place) -> NoReturn:
    raise PolicyInvalid(fault, remedy, line=place.line, column=place.column) from None


class _YamlReader:
    """Builds values from the events of PyYAML's parser, which loads nothing and expands nothing."""

    def __init__(self, text: str) -> None:
        import yaml

        self._text = text
        self._yaml = yaml.events
        self._events = yaml.parse(self._text, Loader=yaml.SafeLoader)

    def document(self) -> Node:
        import yaml

        try:
            return self._document()
        except yaml.reader.ReaderError as error:
            place = Lines(self._text).place(error.position)
            _refuse("a character that YAML does not allow", "Remove it, or save the file as UTF-8", place)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            words = " ".join(str(error.problem or error.context).split())
            _refuse(f"this is not YAML: {words}", "Correct the indentation, quotes or brackets here", _place(mark))

    def _document(self) -> Node:
        next(self._events)
        first = next(self._events)
        if isinstance(first, self._yaml.StreamEndEvent):
            _refuse("the file is empty", "Begin with `policy: NAME`", Place(1, 1))
        node = self._node(next(self._events), 0)
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, self._yaml.StreamEndEvent):
            _refuse("a second document begins", "Write one policy in each file", _place(after.start_mark))
        return node

    def _node(self, event: "yaml.Event", depth: int) -> Node:
        place = _place(event.start_mark)
        if depth > DEPTH:
            _refuse(f"more than {DEPTH} levels of nesting", "Nest less deeply", place)
        if not isinstance(event, self._yaml.ScalarEvent | self._yaml.CollectionStartEvent) or event.anchor is not None:
            _refuse("an anchor or an alias", "Write the value out; policies have no anchors and aliases", place)
        if event.tag is not None:
            _refuse(f"the tag {event.tag}", "Write the value without a tag", place)
        if isinstance(event, self._yaml.ScalarEvent):
            value = _plain(event.value, place) if event.style is None else event.value
            return Node(value, place, _place(event.end_mark))
        return (
            self._list(place, depth)
            if isinstance(event, self._yaml.SequenceStartEvent)
            else self._mapping(place, depth)
        )

    def _list(self, place: Place, depth: int) -> Node:
        items = []
        while not isinstance(after := next(self._events), self._yaml.SequenceEndEvent):
            items.append(self._node(after, depth + 1))
        return Node(items, place, _place(after.end_mark))

    def _mapping(self, place: Place, depth: int) -> Node:
        members: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(after := next(self._events), self._yaml.MappingEndEvent):
            key = self._node(after, depth + 1)
            if not isinstance(key.value, str):
                _refuse("a key is not a text", "Write a word, or put the key in quotes", key.place)
            if key.value in members:
                _refuse(f"the key {key.value!r} is repeated", "Keep one of the two", key.place)
            keys[key.value] = key.place
            members[key.value] = self._node(next(self._events), depth + 1)
        return Node(members, place, _place(after.end_mark), keys)


def _place(mark: "_Mark | None") -> Place:
    """Return the place of a mark. PyYAML gives one to each event and to each error of a text."""
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


class _Mark(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def _plain(text: str, place: Place) -> Scalar:
    """Return the value of a scalar without quotes."""
    if _AMBIGUOUS.match(text):
        remedy = "Put it in quotes to keep the text, or write true, false or a decimal number"
        _refuse(f"{text} means different things in YAML 1.1 and 1.2", remedy, place)
    for pattern, convert in _PLAIN:
        if pattern.match(text):
            value = convert(text)
            if isinstance(value, float) and not math.isfinite(value):
                _refuse(f"the number {text[:40]} is too large", "Write a number that a double can represent", place)
            return value
    return text
