"""Search expressions: their parts, the properties they may name, and what makes one valid.

Rules: "Search" in the SageMaker API reference.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.errors import Invalid
from cardwright.core.listing import Position

MAX_PARTS = 50
"""Filters, nested filters and sub-expressions in one search, taken together."""


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


class Kind(StrEnum):
    """What the values of a property are; it decides which operators fit."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    operator: Operator = Operator.EQUALS
    value: str | None = None


@dataclass(frozen=True, slots=True)
class NestedFilters:
    """Filters that must all hold for one and the same element of a list property."""

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
    """What to find and in which order. ``visibility`` holds tag keys with the one value that a record may carry."""

    expression: Expression | None = None
    sort_by: str = "LastModifiedTime"
    descending: bool = True
    limit: int = 100
    after: Position | None = None
    visibility: Sequence[tuple[str, str]] = ()


class CardHit(NamedTuple):
    """What Search shows of a card: its row, and the reduced content in place of the content."""

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


CARD_PROPERTIES: Mapping[str, Kind] = {
    "ModelCardArn": Kind.TEXT,
    "ModelCardName": Kind.TEXT,
    "ModelCardVersion": Kind.NUMBER,
    "Content": Kind.TEXT,
    "ModelCardStatus": Kind.TEXT,
    "SecurityConfig.KmsKeyId": Kind.TEXT,
    "CreationTime": Kind.TIME,
    "CreatedBy.UserProfileArn": Kind.TEXT,
    "CreatedBy.UserProfileName": Kind.TEXT,
    "CreatedBy.DomainId": Kind.TEXT,
    "CreatedBy.IamIdentity.Arn": Kind.TEXT,
    "CreatedBy.IamIdentity.PrincipalId": Kind.TEXT,
    "CreatedBy.IamIdentity.SourceIdentity": Kind.TEXT,
    "LastModifiedTime": Kind.TIME,
    "LastModifiedBy.UserProfileArn": Kind.TEXT,
    "LastModifiedBy.UserProfileName": Kind.TEXT,
    "LastModifiedBy.DomainId": Kind.TEXT,
    "LastModifiedBy.IamIdentity.Arn": Kind.TEXT,
    "LastModifiedBy.IamIdentity.PrincipalId": Kind.TEXT,
    "LastModifiedBy.IamIdentity.SourceIdentity": Kind.TEXT,
    "ModelId": Kind.TEXT,
    "RiskRating": Kind.TEXT,
    "ModelPackageGroupName": Kind.TEXT,
}
"""The searchable properties of a card, but for ``Tags.<key>``, which is text too."""

TAGS = "Tags"
TAG_PREFIX = "Tags."


def kind_of(name: str, properties: Mapping[str, Kind]) -> Kind:
    """The kind of a property.

    Raises:
        Invalid: no such property.
    """
    if name.startswith(TAG_PREFIX) and len(name) > len(TAG_PREFIX):
        return Kind.TEXT
    kind = properties.get(name)
    if kind is None:
        raise Invalid(f"Unknown property name: {name}")
    return kind


def check_query(query: SearchQuery, properties: Mapping[str, Kind]) -> None:
    """Raise :class:`Invalid` for the first thing in the query that Search does not allow."""
    kind_of(query.sort_by, properties)
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
        if isinstance(part, NestedFilters) and part.property_name != TAGS:
            raise Invalid(f"Unknown property name: {part.property_name} is not a list of structures")
        for item in filters:
            kind = nested_kind(item.name) if isinstance(part, NestedFilters) else kind_of(item.name, properties)
            _check_filter(item, kind)
            contains += item.operator is Operator.CONTAINS
    if parts - 1 > MAX_PARTS:
        raise Invalid(f"A search takes at most {MAX_PARTS} filters, nested filters and sub-expressions in total")
    if contains > 1:
        raise Invalid("'CONTAINS' operator usage limit of 1 exceeded.")


def nested_kind(name: str) -> Kind:
    """The kind of a member of one tag, ``Tags.Key`` or ``Tags.Value``."""
    if tag_member(name) not in {"Key", "Value"}:
        raise Invalid(f"Unknown property name: {name}")
    return Kind.TEXT


def tag_member(name: str) -> str:
    return name.removeprefix(TAG_PREFIX)


def number(text: str) -> float | int:
    """A filter's value for a number property.

    Raises:
        Invalid: not a number.
    """
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 2**63:
        raise Invalid("A filter on a number property needs a Value such as 3 or 0.5")
    return int(value) if value.is_integer() else value


def time_range(text: str) -> tuple[int, int]:
    """The first and last millisecond that a filter's time means: one second without a fraction, else one instant.

    Raises:
        Invalid: not a time.
    """
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
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


def _check_filter(item: Filter, kind: Kind) -> None:
    operator = item.operator
    if operator in {Operator.EXISTS, Operator.NOT_EXISTS}:
        return
    if item.value is None:
        raise Invalid(f"The filter on {item.name} needs a Value for the operator {operator}")
    if "\x00" in item.value or "\x00" in item.name:
        raise Invalid("A filter cannot hold the character U+0000")
    if kind is Kind.TEXT and operator in ORDERING:
        raise Invalid(f"The operator {operator} is not supported for {item.name}: it is a text property")
    if kind is not Kind.TEXT and operator in {Operator.CONTAINS, Operator.IN}:
        raise Invalid(f"The operator {operator} is supported for text properties only, and {item.name} is a {kind}")
    if kind is Kind.NUMBER:
        number(item.value)
    elif kind is Kind.TIME:
        time_range(item.value)
