"""Sections of a card: objects with named members that are checked when set and that keep what they were loaded with.

The type of a member decides what a caller may set (strictly, like SageMaker's SDK v2) and what is loaded from a stored
card (leniently: content that a server accepted must load and return unchanged). Unknown keys of a section are kept and
sent again. An object also accepts further attributes and sends them.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar, cast, dataclass_transform

import attrs

from cardwright.model_card.item_list import ItemList

_Class = TypeVar("_Class", bound=type)
_Section = TypeVar("_Section", bound="Section")
_Read_co = TypeVar("_Read_co", covariant=True)
_Given_contra = TypeVar("_Given_contra", contravariant=True)
_Made = TypeVar("_Made")
_MEMBER_TYPE = "kind"


class Converted(Generic[_Read_co, _Given_contra]):
    """The type of a member that returns one type and accepts a wider one; only for type checkers.

    They read it as a descriptor. At run time attrs converts the value, and this class has no instances.
    """

    if TYPE_CHECKING:

        def __get__(self, holder: object, owner: type | None = None) -> _Read_co: ...
        def __set__(self, holder: object, value: _Given_contra) -> None: ...


PartOf: TypeAlias = Converted[_Section | None, _Section | Mapping[str, object] | None]
"""A section, set as an object or as a dict of its members."""

ItemsOf: TypeAlias = Converted[ItemList[_Section], list[_Section] | list[dict[str, Any]] | None]
"""A list of sections, each set as an object or as a dict."""

Texts: TypeAlias = Converted[ItemList[str], list[str] | None]
"""A list of texts."""


class MemberType:
    """The type of a member: how it is set, loaded and sent. The base class accepts any value."""

    sent = True  # whether the member is part of the card's content

    def accept(self, holder: object, name: str, value: object) -> object:
        """Convert a value that a caller sets. Raises ValueError or TypeError for an invalid value."""
        del holder, name
        return value

    def restore(self, value: object) -> object:
        """Convert a value of a stored card. Never raises."""
        return value

    def send(self, value: object) -> object:
        """Convert the value to plain JSON types."""
        return plain(value)


class _EnumMember(MemberType):
    def __init__(self, words: type[Enum], sent: bool) -> None:
        self._words = words
        self.sent = sent

    def accept(self, holder: object, name: str, value: object) -> object:
        del holder, name
        if value is None:
            return None
        try:
            return self._words(value.value if isinstance(value, Enum) else value)
        except ValueError:
            expected = sorted(str(word) if isinstance(value, Enum) else word.value for word in self._words)
        raise ValueError(f"Expected {value!s} to be one of {expected}")

    def restore(self, value: object) -> object:
        try:
            return self._words(value)
        except ValueError:
            return value


class SectionMember(MemberType):
    """A section inside a section, set as an object or as a dict of its members."""

    def __init__(self, section_type: "type[Section]") -> None:
        self._section_type = section_type

    def accept(self, holder: object, name: str, value: object) -> object:
        del holder, name
        if value is None or isinstance(value, self._section_type):
            return value
        if not isinstance(value, Mapping):
            # SDK v2 raises a ValueError here.
            raise ValueError(  # noqa: TRY004
                f"Expected {type(value)} instance to be of class {self._section_type.__name__}."
            )
        return _from_mapping(self._section_type, value)

    def restore(self, value: object) -> object:
        return self._section_type.from_dict(value) if isinstance(value, Mapping) else value


class _ListMember(MemberType):
    def __init__(self, item_type: type, limit: int | None) -> None:
        self._item_type = item_type
        self._limit = limit

    def accept(self, holder: object, name: str, value: object) -> object:
        del holder
        given = [] if value is None else value
        if not isinstance(given, list):
            raise ValueError(f"Please assign a list to {name}")  # noqa: TRY004 - as SDK v2
        return ItemList(self._item_type, self._limit, map(self._item, given))

    def restore(self, value: object) -> object:
        stored = [] if value is None else value
        if not isinstance(stored, list):
            return value
        return ItemList.unchecked(self._item_type, self._limit, map(self._restored, stored))

    def _item(self, item: object) -> object:
        if isinstance(item, Mapping) and issubclass(self._item_type, Section):
            return _from_mapping(self._item_type, item)
        return item

    def _restored(self, item: object) -> object:
        if isinstance(item, Mapping) and issubclass(self._item_type, Section):
            return self._item_type.from_dict(item)
        return item


class _TextMember(MemberType):
    def send(self, value: object) -> object:
        return value if isinstance(value, str) and not isinstance(value, Enum) else str(plain(value))


class _UnsentMember(MemberType):
    sent = False

    def __init__(self, wanted: type | None) -> None:
        self._wanted = wanted

    def accept(self, holder: object, name: str, value: object) -> object:
        del holder
        if value is not None and self._wanted is not None and not isinstance(value, self._wanted):
            raise ValueError(f"Please assign a {self._wanted} to {name}")
        return value


_ANYTHING = MemberType()


def member(kind: MemberType, *, default: object = attrs.NOTHING, kw_only: bool = False) -> Any:
    """Define a member of a section with the given member type."""
    return attrs.field(
        default=default,
        kw_only=kw_only,
        metadata={_MEMBER_TYPE: kind},
        converter=attrs.Converter(_convert, takes_self=True, takes_field=True),
    )


def one_of(words: type[Enum], *, default: object = attrs.NOTHING, sent: bool = True) -> Any:
    """Define a member whose value is a member of an enum, or its text."""
    return member(_EnumMember(words, sent), default=default)


def subsection(section_type: "type[Section]", *, default: object = attrs.NOTHING) -> Any:
    """Define a member that is a section, or a dict of its members."""
    return member(SectionMember(section_type), default=default)


def items(item_type: type, limit: int | None = None, *, default: object = attrs.NOTHING) -> Any:
    """Define a member that is a list of at most ``limit`` items. Sections in it may be given as dicts."""
    return member(_ListMember(item_type, limit), default=default)


def text(*, default: object = attrs.NOTHING) -> Any:
    """Define a member that is sent as text."""
    return member(_TextMember(), default=default)


def unsent(wanted: type | None = None, *, default: object = attrs.NOTHING, kw_only: bool = False) -> Any:
    """Define a member outside the card's content."""
    return member(_UnsentMember(wanted), default=default, kw_only=kw_only)


def _convert(value: object, holder: object, field: "attrs.Attribute[object]") -> object:
    kind: MemberType = field.metadata[_MEMBER_TYPE]
    return kind.accept(holder, field.name, value)


@dataclass_transform(field_specifiers=(member, one_of, subsection, items, text, unsent))
def section(cls: _Class) -> _Class:
    """Make a class a section: its annotated members become its arguments, in their order.

    Its public module is ``cardwright.model_card.model_card``, as in SageMaker's SDK v2.
    """
    made = attrs.define(cls, slots=False, eq=False, repr=False, on_setattr=attrs.setters.convert)
    made.__module__ = "cardwright.model_card.model_card"
    return made


class Section:
    """A part of a card's content.

    Members are checked on construction and when they are set. Objects compare by identity, as in SDK v2. To compare
    content, compare the results of ``to_dict``.
    """

    _loaded: frozenset[str] | None = None  # the keys in the stored card; None for a new object
    _unknown: Mapping[str, object] = {}  # shared empty default

    @classmethod
    def from_dict(cls, document: Mapping[str, object]) -> Self:
        """Create the section from a stored card. Unknown keys are kept, and values are not checked.

        Raises:
            TypeError: the document is not a mapping.
        """
        if not isinstance(document, Mapping):
            raise TypeError(f"Expected a dict of {cls.__name__}, not {type(document)}")
        made = object.__new__(cls)
        fields = _fields(cls)
        for name, field in fields.items():
            default = None if field.default is attrs.NOTHING else field.default
            value = document.get(name, default) if _is_content(field) else default
            made.__dict__[name] = _member_type(field).restore(value)
        made._loaded = frozenset(document)
        made._unknown = {key: value for key, value in document.items() if not _is_content(fields.get(key))}
        return made

    def to_dict(self) -> dict[str, Any]:
        """Return the section as plain JSON types: set members, loaded members, and further attributes."""
        fields = _fields(type(self))
        document = dict(self._unknown)
        for name, field in fields.items():
            value = self.__dict__.get(name)
            if _is_content(field) and self._is_set(name, field, value):
                document[name] = _member_type(field).send(value)
        for name, value in self.__dict__.items():
            if name not in fields and not name.startswith("_") and value is not None:
                document[name] = plain(value)
        return document

    def __repr__(self) -> str:
        members = {name: self.__dict__.get(name) for name, field in _fields(type(self)).items() if _is_content(field)}
        shown = ", ".join(f"{name}={value!r}" for name, value in members.items() if value not in (None, []))
        return f"{type(self).__name__}({shown})"

    def _extend_from(self, document: Mapping[str, object]) -> None:
        """Set members from a stored document, as ``from_dict`` does. Sections and lists are extended."""
        found = type(self).from_dict(document)
        fields = _fields(type(self))
        for name, value in document.items():
            own = self.__dict__.get(name)
            if isinstance(own, Section) and isinstance(value, Mapping):
                own._extend_from(value)
            elif isinstance(own, list) and isinstance(value, list) and name in fields:
                list.extend(own, found.__dict__[name])
            elif _is_content(fields.get(name)):
                self.__dict__[name] = found.__dict__[name]
            else:
                self._unknown = {**self._unknown, name: value}
        if self._loaded is not None:
            self._loaded |= document.keys()

    def _is_set(self, name: str, field: "attrs.Attribute[object]", value: object) -> bool:
        """Whether a member belongs in the document: it was set, or the stored card has it."""
        if value is None:
            return False
        if isinstance(value, list) and not value:
            required = field.default is attrs.NOTHING and self._loaded is None
            return required or (self._loaded is not None and name in self._loaded)
        return self._loaded is None or name in self._loaded or bool(value != field.default)


def plain(value: object) -> object:
    """Convert to plain JSON types: sections to objects, enum members to text, numpy numbers to numbers."""
    if isinstance(value, Section):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(child) for child in value]
    return _plain_number(value) if isinstance(value, Real) else value


def _plain_number(value: Real) -> int | float:
    if isinstance(value, (int, float)):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def as_json(document: object) -> str:
    """Return a document of plain types as compact JSON text.

    Raises:
        ValueError: a number is not valid JSON; the message contains its path.
        TypeError: a value has a type that JSON cannot hold; the message contains its path.
    """
    for path, value in _leaves(document, ()):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{_dotted(path)} is {value}, which JSON cannot hold")
        if value is not None and not isinstance(value, (str, int, float, bool)):
            raise TypeError(f"{_dotted(path)} is of {type(value)}, which JSON cannot hold")
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _leaves(child, (*path, str(index)))
    else:
        yield path, value


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path) or "(root)"


def _fields(section_type: type[Section]) -> Mapping[str, "attrs.Attribute[object]"]:
    return attrs.fields_dict(cast("type[attrs.AttrsInstance]", section_type))


def _member_type(field: "attrs.Attribute[object]") -> MemberType:
    kind: MemberType = field.metadata.get(_MEMBER_TYPE, _ANYTHING)
    return kind


def _is_content(field: "attrs.Attribute[object] | None") -> bool:
    return field is not None and _member_type(field).sent


def _from_mapping(section_type: Callable[..., _Made], document: Mapping[str, object]) -> _Made:
    try:
        return section_type(**document)
    except TypeError as error:
        raise TypeError(f"class {section_type} {error}") from None
