"""Search over cards: an expression becomes SQL conditions over the cards table and its tags."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from cardwright.core import search
from cardwright.core.card import model_key
from cardwright.core.listing import Page
from cardwright.core.names import Scope
from cardwright.core.search import CardHit, Expression, Filter, Kind, NestedFilters, Operator, SearchQuery
from cardwright.storage.database import Connection, Row
from cardwright.storage.tables import cards, tags

COUNT_LIMIT = 100_000
"""Hits are counted up to this many; beyond, the answer is "at least"."""

_SORTED = 1000
"""Characters of a text by which it is sorted: a paging token holds them, and has room for 8,192 of its own."""

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]

_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]
}


_HIT = (
    cards.c.card_id,
    cards.c.name,
    cards.c.version,
    cards.c.status,
    cards.c.metadata,
    cards.c.created_at,
    cards.c.created_by,
    cards.c.modified_at,
    cards.c.modified_by,
    cards.c.model_id,
    cards.c.risk_rating,
    cards.c.model_package_group_name,
)


class CardSearch:
    """Finds cards of one account."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def find(self, query: SearchQuery) -> tuple[Page[CardHit], int, bool]:
        """A page of hits, how many there are in all, and whether that number is exact.

        The query must have passed :func:`core.search.check_query`.
        """
        conditions = self._conditions(query)
        sort = self._sort(query.sort_by)
        order = (sort.desc(), cards.c.card_id.desc()) if query.descending else (sort.asc(), cards.c.card_id.asc())
        page = sa.select(sort.label("sort_value"), *_HIT).where(*conditions).order_by(*order).limit(query.limit + 1)
        if query.after is not None:
            position = sa.tuple_(sort, cards.c.card_id)
            end = sa.tuple_(sa.literal(query.after[0]), sa.literal(query.after[1]))
            page = page.where(position < end if query.descending else position > end)
        rows = self._rows(page)
        hits = [CardHit._make(row[1:]) for row in rows[: query.limit]]
        more = len(rows) > query.limit
        counted = sa.select(cards.c.card_id).where(*conditions).limit(COUNT_LIMIT + 1).subquery()
        count = int(self._rows(sa.select(sa.func.count()).select_from(counted))[0][0])
        last = (rows[query.limit - 1][0], hits[-1].card_id) if more else None
        return Page(hits, last), min(count, COUNT_LIMIT), count <= COUNT_LIMIT

    def tags_of(self, card_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """The tags of several cards, by card identifier."""
        found: dict[str, dict[str, str]] = {card_id: {} for card_id in card_ids}
        if card_ids:
            wanted = (tags.c.account_id == self._scope.account) & tags.c.resource_id.in_(card_ids)
            statement = sa.select(tags.c.resource_id, tags.c.tag_key, tags.c.tag_value).where(wanted)
            for card_id, key, value in self._rows(statement.order_by(tags.c.resource_id, tags.c.tag_key)):
                found[card_id][key] = value
        return found

    def _rows(self, statement: sa.Select[Any]) -> list[Row]:
        dialect = _DIALECTS[self._connection.engine]
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        return self._connection.rows(str(compiled), dict(compiled.params))

    def _conditions(self, query: SearchQuery) -> list[Condition]:
        conditions: list[Condition] = [cards.c.account_id == self._scope.account]
        conditions += [self._visible(key, value) for key, value in query.visibility]
        if query.expression is not None:
            conditions.append(self._expression(query.expression))
        return conditions

    def _visible(self, key: str, value: str) -> Condition:
        """Keep a card that lacks the tag, or carries it with this value."""
        other = self._tags().where(tags.c.tag_key == key.removeprefix(search.TAG_PREFIX), tags.c.tag_value != value)
        return ~other.exists()

    def _expression(self, expression: Expression) -> Condition:
        parts = [self._filter(item) for item in expression.filters]
        parts += [self._nested(item) for item in expression.nested]
        parts += [self._expression(item) for item in expression.sub_expressions]
        return sa.or_(*parts) if expression.any_of else sa.and_(*parts)

    def _nested(self, nested: NestedFilters) -> Condition:
        columns = {"Key": tags.c.tag_key, "Value": tags.c.tag_value}
        conditions = [_condition(columns[search.tag_member(item.name)], Kind.TEXT, item) for item in nested.filters]
        return self._tags().where(*conditions).exists()

    def _filter(self, item: Filter) -> Condition:
        if item.name == "ModelId" and item.operator is Operator.EQUALS:
            return cards.c.model_key == model_key(item.value or "")  # indexed, where model_id is too long to be
        return _condition(self._property(item.name), search.kind_of(item.name, search.CARD_PROPERTIES), item)

    def _property(self, name: str) -> Column:
        if name.startswith(search.TAG_PREFIX):
            wanted = self._tags().where(tags.c.tag_key == name.removeprefix(search.TAG_PREFIX))
            return wanted.with_only_columns(tags.c.tag_value).scalar_subquery()
        return _PROPERTIES.get(name, _absent)(self._scope)

    def _sort(self, name: str) -> Column:
        """What to sort by; a text that a card lacks sorts before every other, and long ones by their beginning."""
        column = self._property(name)
        return column if name in _SHORT_AND_PRESENT else sa.func.substr(sa.func.coalesce(column, ""), 1, _SORTED)

    def _tags(self) -> sa.Select[Any]:
        return sa.select(tags.c.tag_key).where(
            tags.c.account_id == self._scope.account, tags.c.resource_id == cards.c.card_id
        )


def _absent(_: Scope) -> Column:
    """A property that no card has here, such as the Studio profile of its author."""
    return sa.cast(sa.null(), sa.Text)


def _user_arn(column: Column) -> Callable[[Scope], Column]:
    return lambda scope: sa.literal(scope.user_arn("")) + column


_PROPERTIES: dict[str, Callable[[Scope], Column]] = {
    "ModelCardArn": lambda scope: sa.literal(scope.card_arn_prefix) + cards.c.name,
    "ModelCardName": lambda _: cards.c.name,
    # A filter's number may be larger than any version: it is compared, and bound, as a 64-bit one.
    "ModelCardVersion": lambda _: sa.type_coerce(cards.c.version, sa.BigInteger),
    "Content": lambda _: cards.c.metadata,
    "ModelCardStatus": lambda _: cards.c.status,
    "CreationTime": lambda _: cards.c.created_at,
    "CreatedBy.IamIdentity.Arn": _user_arn(cards.c.created_by),
    "CreatedBy.IamIdentity.PrincipalId": lambda _: cards.c.created_by,
    "LastModifiedTime": lambda _: cards.c.modified_at,
    "LastModifiedBy.IamIdentity.Arn": _user_arn(cards.c.modified_by),
    "LastModifiedBy.IamIdentity.PrincipalId": lambda _: cards.c.modified_by,
    "ModelId": lambda _: cards.c.model_id,
    "RiskRating": lambda _: cards.c.risk_rating,
    "ModelPackageGroupName": lambda _: cards.c.model_package_group_name,
}


_SHORT_AND_PRESENT = frozenset(
    {
        "ModelCardArn",
        "ModelCardName",
        "ModelCardVersion",
        "ModelCardStatus",
        "CreationTime",
        "LastModifiedTime",
    }
)


def _condition(column: Column, kind: Kind, item: Filter) -> Condition:
    operator, text = item.operator, item.value or ""
    if operator is Operator.EXISTS:
        return column.is_not(None)
    if operator is Operator.NOT_EXISTS:
        return column.is_(None)
    if kind is Kind.TEXT:
        return _text_condition(column, operator, text)
    if kind is Kind.NUMBER:
        first = last = search.number(text)
    else:
        first, last = search.time_range(text)
    return {
        Operator.EQUALS: sa.and_(column >= first, column <= last),
        Operator.NOT_EQUALS: sa.or_(column < first, column > last, column.is_(None)),
        Operator.GREATER_THAN: column > last,
        Operator.GREATER_THAN_OR_EQUAL_TO: column >= first,
        Operator.LESS_THAN: column < first,
        Operator.LESS_THAN_OR_EQUAL_TO: column <= last,
    }[operator]


def _text_condition(column: Column, operator: Operator, text: str) -> Condition:
    if operator is Operator.CONTAINS:  # LIKE folds case on SQLite and not on PostgreSQL; this counts alike on both
        return sa.func.length(sa.func.replace(column, text, "")) < sa.func.length(column)
    if operator is Operator.IN:
        return column.in_([part.strip() for part in text.split(",")])
    if operator is Operator.NOT_EQUALS:
        return sa.or_(column != text, column.is_(None))
    return column == text
