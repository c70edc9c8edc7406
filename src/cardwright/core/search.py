"""Search expressions: their parts, their properties, and their rules.

Source: "Search" in the SageMaker API reference.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.errors import Invalid
from cardwright.core.listing import Position

MAX_PARTS = 50
"""Maximum number of filters, nested filters and sub-expressions in one search."""


MODIFIED = "LastModifiedTime"
"""The default sort property of a search."""


class Operator(StrEnum):
    EQUALS = "Equals"
    NOT_EQUALS = "NotEquals"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_OR_EQUAL_TO = "GreaterThanOrEqualTo"
    LESS_THAN = "LessThan"
    LESS_THAN_OR_EQUAL_TO = "LessThanOrEqualTo"
    CONTAINS = "Contains"
    EXISTS = "Exists"
    NOT_EXISTS = "NotExists"
    IN = "In"


ORDERING = frozenset(
    {
        Operator.GREATER_THAN,
        Operator.GREATER_THAN_OR_EQUAL_TO,
        Operator.LESS_THAN,
        Operator.LESS_THAN_OR_EQUAL_TO,
    }
)


class PropertyKind(StrEnum):
    """The type of a property's values; it determines the operators."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    operator: Operator = Operator.EQUALS
    value: str | None = None


@dataclass(frozen=True, slots=True)
class NestedFilters:
    """Filters that one element of a list property must satisfy together."""

    property_name: str
    filters: Sequence[Filter]


@dataclass(frozen=True, slots=True)
class Expression:
    """Parts joined by And or Or; ``SearchExpression`` on the wire."""

    filters: Sequence[Filter] = ()
    nested: Sequence[NestedFilters] = ()
    sub_expressions: Sequence["Expression"] = ()
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Filters and order of a search. ``visibility`` has tag keys with the one value that a resource may have."""

    expression: Expression | None = None
    sort_by: str = MODIFIED
    descending: bool = True
    limit: int = 100
    after: Position | None = None
    visibility: Sequence[tuple[str, str]] = ()


class CardHit(NamedTuple):
    """One card in the result of a search: its row, with the metadata instead of the content."""

    card_id: str
    name: str
    version: int
    status: str
    metadata: str
    created_at: int
    created_by: str
    modified_at: int
    modified_by: str
    model_id: str | None
    risk_rating: str | None
    model_package_group_name: str | None
    model_package_arn: str | None
    kms_key_id: str | None


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)

TAGS = "Tags"
TAG_PREFIX = "Tags."


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties that a search over one kind of resource may name, besides tags.

    Attributes:
        plain: properties with one value; members of structures have dotted names.
        maps: properties with user-defined members: ``HyperParameters`` gives ``HyperParameters.depth``.
        lists: properties that are lists of structures, with the members of one element.
    """

    plain: Mapping[str, PropertyKind]
    maps: Mapping[str, PropertyKind]
    lists: Mapping[str, Mapping[str, PropertyKind]]

    def kind(self, name: str) -> PropertyKind:
        """Return the type of a property.

        Raises:
            Invalid: unknown property.
        """
        kind = self.plain.get(name)
        if kind is not None:
            return kind
        if name.startswith(TAG_PREFIX) and len(name) > len(TAG_PREFIX):
            return PropertyKind.TEXT
        listed = self.list_of(name)
        if listed is not None:
            return self.lists[listed[0]][listed[1]]
        entry = self.map_of(name)
        if entry is None:
            raise Invalid(f"Unknown property name: {name}")
        return self.maps[entry[0]]

    def map_of(self, name: str) -> tuple[str, str] | None:
        """Return the map and the key in a property name, or None."""
        found = next((item for item in self.maps if name.startswith(item + ".") and len(name) > len(item) + 1), None)
        return None if found is None else (found, name[len(found) + 1 :])

    def list_of(self, name: str) -> tuple[str, str] | None:
        """Return the list and the member of its elements in a property name, or None."""
        for item, members in self.lists.items():
            member = name.removeprefix(item + ".")
            if member != name and member in members:
                return item, member
        return None

    def nested_kind(self, property_name: str, name: str) -> PropertyKind:
        """Return the type of a member of a list's elements, named with or without the list's prefix.

        Raises:
            Invalid: unknown list, or unknown member of its elements.
        """
        members = _TAG_MEMBERS if property_name == TAGS else self.lists.get(property_name)
        if members is None:
            raise Invalid(f"Unknown property name: {property_name} is not a list of structures")
        kind = members.get(member_of(property_name, name))
        if kind is None:
            raise Invalid(f"Unknown property name: {name}")
        return kind


_TAG_MEMBERS = {"Key": PropertyKind.TEXT, "Value": PropertyKind.TEXT}


def member_of(property_name: str, name: str) -> str:
    """Return the member that a nested filter names, without the list's prefix."""
    return name.removeprefix(property_name + ".")


def check_query(query: SearchQuery, properties: Properties) -> None:
    """Raise :class:`Invalid` for the first part of the query that Search does not allow."""
    properties.kind(query.sort_by)
    for key, _ in query.visibility:
        if not key.startswith(TAG_PREFIX) or key == TAG_PREFIX:
            raise Invalid(f"Unknown property name: {key}. A visibility condition has a Key such as {TAG_PREFIX}team")
    if properties.list_of(query.sort_by) is not None:
        raise Invalid(f"A search cannot sort by {query.sort_by}, because a resource may have several values of it")
    if query.expression is None:
        return
    parts, contains = 0, 0
    for part in _parts(query.expression):
        parts += 1
        if isinstance(part, Expression):
            if not (part.filters or part.nested or part.sub_expressions):
                raise Invalid("A SearchExpression needs at least one of Filters, NestedFilters and SubExpressions")
            continue
        filters = part.filters if isinstance(part, NestedFilters) else (part,)
        for item in filters:
            if isinstance(part, NestedFilters):
                _check_filter(item, properties.nested_kind(part.property_name, item.name))
            else:
                _check_filter(item, properties.kind(item.name))
            contains += item.operator is Operator.CONTAINS
    if parts - 1 > MAX_PARTS:
        raise Invalid(f"A search takes at most {MAX_PARTS} filters, nested filters and sub-expressions in total")
    if contains > 1:
        raise Invalid("'CONTAINS' operator usage limit of 1 exceeded.")


def number(text: str) -> float | int:
    """Return a filter's value for a number property.

    Raises:
        Invalid: not a number.
    """
    value = float(text) if _NUMBER.fullmatch(text) else float("nan")
    if not abs(value) < 2**63:
        raise Invalid("A filter on a number property needs a Value such as 3 or 0.5")
    return int(value) if value.is_integer() else value


def flag(text: str) -> str:
    """Return a filter's value for a boolean property.

    Raises:
        Invalid: neither true nor false.
    """
    value = text.strip().lower()
    if value not in {"true", "false"}:
        raise Invalid("A filter on a property that is true or false needs the Value true or false")
    return value


def time_range(text: str) -> tuple[int, int]:
    """Return the first and last millisecond of a filter's time: one second without a fraction, else one instant.

    Raises:
        Invalid: not a time.
    """
    try:
        moment = datetime.datetime.fromisoformat(text if _TIME.fullmatch(text) else "")
    except ValueError:
        raise Invalid("A filter on a time property needs a Value of the form YYYY-mm-ddTHH:MM:SS, in UTC") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    since_epoch = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    start = since_epoch // datetime.timedelta(milliseconds=1)
    return start, start if moment.microsecond else start + 999


def _parts(expression: Expression) -> Iterator[Expression | NestedFilters | Filter]:
    waiting = [expression]
    while waiting:
        current = waiting.pop()
        yield current
        yield from current.filters
        yield from current.nested
        waiting.extend(current.sub_expressions)


def _check_filter(item: Filter, kind: PropertyKind) -> None:
    operator = item.operator
    if operator in {Operator.EXISTS, Operator.NOT_EXISTS}:
        return
    if item.value is None:
        raise Invalid(f"The filter on {item.name} needs a Value for the operator {operator}")
    if "\x00" in item.value or "\x00" in item.name:
        raise Invalid("A filter cannot hold the character U+0000")
    if kind is PropertyKind.TEXT and operator in ORDERING:
        raise Invalid(f"The operator {operator} is not supported for {item.name}: it is a text property")
    if kind is PropertyKind.FLAG and operator in ORDERING:
        raise Invalid(f"The operator {operator} is not supported for {item.name}: it is true or false")
    if kind is not PropertyKind.TEXT and operator in {Operator.CONTAINS, Operator.IN}:
        raise Invalid(f"The operator {operator} is supported for text properties only, and {item.name} is a {kind}")
    if kind is PropertyKind.NUMBER:
        number(item.value)
    elif kind is PropertyKind.TIME:
        time_range(item.value)
    elif kind is PropertyKind.FLAG:
        flag(item.value)
