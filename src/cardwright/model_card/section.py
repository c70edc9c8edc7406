"""Sections of a card: objects with named members, checked when set, that give back what they were loaded with.

A member's kind says what it takes from a caller (strictly, as SageMaker's SDK v2 does) and what it makes of a
stored card (leniently: whatever a server accepted once must load, and go back equal). Keys that a section does
not know are kept aside and sent again; an object takes further attributes, and sends those too.
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
_KIND = "kind"


class Converted(Generic[_Read_co, _Given_contra]):
    """The type of a member that gives one type and takes a wider one; for type checkers alone.

    They read it as a descriptor. At run time attrs converts what is given, and no object of this class exists.
    """

    if TYPE_CHECKING:

        def __get__(self, holder: object, owner: type | None = None) -> _Read_co: ...
        def __set__(self, holder: object, value: _Given_contra) -> None: ...


PartOf: TypeAlias = Converted[_Section | None, _Section | Mapping[str, Any] | None]
"""A section, given as an object or as a dict of its members."""

ItemsOf: TypeAlias = Converted[ItemList[_Section], list[_Section] | list[dict[str, Any]] | None]
"""A list of sections, each given as an object or as a dict."""

Texts: TypeAlias = Converted[ItemList[str], list[str] | None]
"""A list of texts."""


class Kind:
    """What a member takes: anything, unless a subclass says otherwise."""

    sent = True  # whether the member is part of the card's content

    def accept(self, holder: Any, name: str, value: Any) -> Any:
        """What is kept of a value that a caller sets; raises ValueError or TypeError for a wrong one."""
        del holder, name
        return value

    def restore(self, value: Any) -> Any:
        """What is kept of a value in a stored card; never raises."""
        return value

    def send(self, value: Any) -> Any:
        """The value as plain JSON types."""
        return plain(value)


class _OneOf(Kind):
    def __init__(self, words: type[Enum], sent: bool) -> None:
        self._words = words
        self.sent = sent

    def accept(self, holder: Any, name: str, value: Any) -> Any:
        del holder, name
        if value is None:
            return None
        try:
            return self._words(value.value if isinstance(value, Enum) else value)
        except ValueError:
            expected = sorted(str(word) if isinstance(value, Enum) else word.value for word in self._words)
        raise ValueError(f"Expected {value!s} to be one of {expected}")

    def restore(self, value: Any) -> Any:
        try:
            return self._words(value)
        except ValueError:
            return value


class Part(Kind):
    """A section inside a section; a dict of its members stands for it."""

    def __init__(self, section_type: "type[Section]") -> None:
        self._section_type = section_type

    def accept(self, holder: Any, name: str, value: Any) -> Any:
        del holder, name
        if value is None or isinstance(value, self._section_type):
            return value
        if not isinstance(value, Mapping):
            # A ValueError, as SDK v2 raises it.
            raise ValueError(  # noqa: TRY004
                f"Expected {type(value)} instance to be of class {self._section_type.__name__}."
            )
        return _from_mapping(self._section_type, value)

    def restore(self, value: Any) -> Any:
        return self._section_type.from_dict(value) if isinstance(value, Mapping) else value


class _Items(Kind):
    def __init__(self, item_type: type, limit: int | None) -> None:
        self._item_type = item_type
        self._limit = limit

    def accept(self, holder: Any, name: str, value: Any) -> Any:
        del holder
        if value is not None and not isinstance(value, list):
            raise ValueError(f"Please assign a list to {name}")
        return ItemList(self._item_type, self._limit, map(self._item, value or ()))

    def restore(self, value: Any) -> Any:
        if value is not None and not isinstance(value, list):
            return value
        return ItemList.unchecked(self._item_type, self._limit, map(self._restored, value or ()))

    def _item(self, item: Any) -> Any:
        is_document = isinstance(item, Mapping) and issubclass(self._item_type, Section)
        return _from_mapping(self._item_type, item) if is_document else item

    def _restored(self, item: Any) -> Any:
        is_document = isinstance(item, Mapping) and issubclass(self._item_type, Section)
        return self._item_type.from_dict(item) if is_document else item  # type: ignore[attr-defined] # a Section


class _Text(Kind):
    def send(self, value: Any) -> Any:
        return value if isinstance(value, str) and not isinstance(value, Enum) else str(plain(value))


class _Apart(Kind):
    sent = False

    def __init__(self, wanted: type | None) -> None:
        self._wanted = wanted

    def accept(self, holder: Any, name: str, value: Any) -> Any:
        del holder
        if value is not None and self._wanted is not None and not isinstance(value, self._wanted):
            raise ValueError(f"Please assign a {self._wanted} to {name}")
        return value


_ANYTHING = Kind()


def member(kind: Kind, *, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A member of a section, of a kind of its own."""
    return attrs.field(
        default=default,
        kw_only=kw_only,
        metadata={_KIND: kind},
        converter=attrs.Converter(_convert, takes_self=True, takes_field=True),
    )


def one_of(words: type[Enum], *, default: Any = attrs.NOTHING, sent: bool = True) -> Any:
    """A member that is one word of an enum; its text stands for it."""
    return member(_OneOf(words, sent), default=default)


def part(section_type: "type[Section]", *, default: Any = attrs.NOTHING) -> Any:
    """A member that is a section itself; a dict stands for it."""
    return member(Part(section_type), default=default)


def items(item_type: type, limit: int | None = None, *, default: Any = attrs.NOTHING) -> Any:
    """A member that is a list, of at most ``limit`` items; dicts stand for items that are sections."""
    return member(_Items(item_type, limit), default=default)


def text(*, default: Any = attrs.NOTHING) -> Any:
    """A member that is sent as text, whatever it is."""
    return member(_Text(), default=default)


def apart(wanted: type | None = None, *, default: Any = attrs.NOTHING, kw_only: bool = False) -> Any:
    """A member outside the card's content."""
    return member(_Apart(wanted), default=default, kw_only=kw_only)


def _convert(value: Any, holder: Any, field: "attrs.Attribute[Any]") -> Any:
    kind: Kind = field.metadata[_KIND]
    return kind.accept(holder, field.name, value)


@dataclass_transform(field_specifiers=(member, one_of, part, items, text, apart))
def section(cls: _Class) -> _Class:
    """Make a class a section: its annotated members are its arguments, in their order.

    Its public home is ``cardwright.model_card.model_card``, where SageMaker's SDK v2 has it.
    """
    made = attrs.define(cls, slots=False, eq=False, repr=False, on_setattr=attrs.setters.convert)
    made.__module__ = "cardwright.model_card.model_card"
    return made


class Section:
    """A part of a card's content.

    Members are checked when they are set, on construction and later. Objects are compared by identity, as those
    of SDK v2 are; compare what ``to_dict`` gives for their content.
    """

    _loaded: frozenset[str] | None = None  # the keys that stood in the stored card; None for what was made here
    _unknown: Mapping[str, Any] = {}  # the empty default of all

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The section of a stored card. What it does not know is kept, and values are taken as they are.

        Raises:
            TypeError: the document is no mapping.
        """
        if not isinstance(document, Mapping):
            raise TypeError(f"Expected a dict of {cls.__name__}, not {type(document)}")
        made = object.__new__(cls)
        fields = _fields(cls)
        for name, field in fields.items():
            default = None if field.default is attrs.NOTHING else field.default
            value = document.get(name, default) if _is_content(field) else default
            made.__dict__[name] = _kind(field).restore(value)
        made._loaded = frozenset(document)
        made._unknown = {key: value for key, value in document.items() if not _is_content(fields.get(key))}
        return made

    def to_dict(self) -> dict[str, Any]:
        """The section as plain JSON types: what is set, what was loaded, and further attributes."""
        fields = _fields(type(self))
        document = dict(self._unknown)
        for name, field in fields.items():
            value = self.__dict__.get(name)
            if _is_content(field) and self._says(name, field, value):
                document[name] = _kind(field).send(value)
        for name, value in self.__dict__.items():
            if name not in fields and not name.startswith("_") and value is not None:
                document[name] = plain(value)
        return document

    def __repr__(self) -> str:
        members = {name: self.__dict__.get(name) for name, field in _fields(type(self)).items() if _is_content(field)}
        shown = ", ".join(f"{name}={value!r}" for name, value in members.items() if value not in (None, []))
        return f"{type(self).__name__}({shown})"

    def _absorb(self, document: Mapping[str, Any]) -> None:
        """Take members of a stored document, as ``from_dict`` does; sections and lists get them added."""
        found = type(self).from_dict(document)
        fields = _fields(type(self))
        for name, value in document.items():
            own = self.__dict__.get(name)
            if isinstance(own, Section) and isinstance(value, Mapping):
                own._absorb(value)
            elif isinstance(own, list) and isinstance(value, list) and name in fields:
                list.extend(own, found.__dict__[name])
            elif _is_content(fields.get(name)):
                self.__dict__[name] = found.__dict__[name]
            else:
                self._unknown = {**self._unknown, name: value}
        if self._loaded is not None:
            self._loaded |= document.keys()

    def _says(self, name: str, field: "attrs.Attribute[Any]", value: Any) -> bool:
        """Whether a value belongs into the document: it was set, or it stood there before."""
        if value is None:
            return False
        if isinstance(value, list) and not value:
            required = field.default is attrs.NOTHING and self._loaded is None
            return required or (self._loaded is not None and name in self._loaded)
        return self._loaded is None or name in self._loaded or bool(value != field.default)


def plain(value: Any) -> Any:
    """A value as plain JSON types: sections as objects, enum members as their text, numpy numbers as numbers."""
    if isinstance(value, Section):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(child) for child in value]
    return _plain_number(value) if isinstance(value, Real) else value


def _plain_number(value: Real) -> Any:
    if isinstance(value, (int, float)):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def as_json(document: Any) -> str:
    """A document of plain types as compact JSON text.

    Raises:
        ValueError: a number that JSON cannot hold; the message names its place.
        TypeError: a value of a type that JSON cannot hold; the message names its place.
    """
    for path, value in _leaves(document, ()):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{_dotted(path)} is {value}, which JSON cannot hold")
        if value is not None and not isinstance(value, (str, int, float, bool)):
            raise TypeError(f"{_dotted(path)} is of {type(value)}, which JSON cannot hold")
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
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


def _fields(section_type: type[Section]) -> Mapping[str, "attrs.Attribute[Any]"]:
    return attrs.fields_dict(cast("type[attrs.AttrsInstance]", section_type))


def _kind(field: "attrs.Attribute[Any]") -> Kind:
    kind: Kind = field.metadata.get(_KIND, _ANYTHING)
    return kind


def _is_content(field: "attrs.Attribute[Any] | None") -> bool:
    return field is not None and _kind(field).sent


def _from_mapping(section_type: Callable[..., Any], document: Mapping[str, Any]) -> Any:
    try:
        return section_type(**document)
    except TypeError as error:
        raise TypeError(f"class {section_type} {error}") from None
