"""Search: translates an expression to SQL conditions over one kind of resource and its tags.

A :class:`Source` describes the differences between the kinds: one row of the table at the end of
``storage.searched``. This module has what they share.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from cardwright.core import search
from cardwright.core.defaults import Constant
from cardwright.core.names import Scope
from cardwright.core.search import Expression, Filter, NestedFilters, Operator, Properties, PropertyKind, SearchQuery
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.json_members import elements, entry, member
from cardwright.storage.narrowing import as_list
from cardwright.storage.tables import tags

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]
Hit = TypeVar("Hit")


@dataclass(frozen=True, slots=True)
class Source(Generic[Hit]):
    """How the tables store one kind of resource.

    Attributes:
        properties: the properties that a search may name.
        table: the table with one row for each resource.
        rows: the table, joined with the other tables of a hit or ``document``.
        account, id, tags_id: the account, the identifier, and the identifier that the tags belong to.
        condition: the condition that selects the rows of this kind.
        hit, read: the columns of a hit, and the function that reads a hit from them.
        columns: the properties with a column; the others are members of ``document``.
        document: the JSON text of a resource; without one, properties without a column are absent.
        defaults: the default values of members that the document lacks.
        always: the properties in ``columns`` that every resource has, with short values.
        keyed: for properties looked up by Equals, a condition that an index serves.
        ordered: the properties whose order, then by identifier, an index has.
        indexed: the properties that an index serves by Equals, alone or together, in the order of the last change.
        candidates: returns identifiers of few rows that include all matches of an expression, or None without an index.
    """

    properties: Properties
    table: sa.FromClause
    rows: sa.FromClause
    account: Column
    id: Column
    tags_id: Column
    condition: Condition | None
    hit: Sequence[Column]
    read: Callable[[Row], Hit]
    columns: Mapping[str, Callable[[Scope], Column]]
    document: Column | None
    defaults: Mapping[str, Constant]
    always: frozenset[str]
    keyed: Mapping[str, Callable[[Scope, str], Condition]]
    ordered: frozenset[str]
    indexed: frozenset[str] = frozenset()
    candidates: Callable[[Connection, str, Expression], set[str] | None] | None = None


class Conditions:
    """The SQL conditions of a search over one kind of resource.

    Attributes:
        reads_documents: whether any condition reads a resource's document, so that its table must be joined.
    """

    def __init__(self, engine: str, scope: Scope, source: Source[Any]) -> None:
        self._engine = engine
        self._scope = scope
        self._source = source
        self.reads_documents = False

    def of(self, query: SearchQuery) -> list[Condition]:
        """Return the conditions of every hit, those of the account and the kind of resource first."""
        conditions: list[Condition] = [self._source.account == self._scope.account]
        if self._source.condition is not None:
            conditions.append(self._source.condition)
        conditions += [self._visible(key, value) for key, value in query.visibility]
        if query.expression is not None:
            conditions.append(self._expression(query.expression))
        return conditions

    def _visible(self, key: str, value: str) -> Condition:
        """Select resources that lack the tag, or have it with this value."""
        other = self._tags().where(tags.c.tag_key == key.removeprefix(search.TAG_PREFIX), tags.c.tag_value != value)
        return ~other.exists()

    def _expression(self, expression: Expression) -> Condition:
        parts = [self._filter(item) for item in expression.filters]
        parts += [self._nested(item) for item in expression.nested]
        parts += [self._expression(item) for item in expression.sub_expressions]
        return sa.or_(*parts) if expression.any_of else sa.and_(*parts)

    def _nested(self, nested: NestedFilters) -> Condition:
        name, source, properties = nested.property_name, self._source, self._source.properties
        if name == search.TAGS:
            columns = {"Key": tags.c.tag_key, "Value": tags.c.tag_value}
            conditions = [
                _condition(columns[search.member_of(name, item.name)], PropertyKind.TEXT, item, self._engine)
                for item in nested.filters
            ]
            return self._tags().where(*conditions).exists()
        document = self._document()
        if document is None:
            return sa.false()
        rows, element = elements(self._engine, document, name)
        conditions = []
        for item in nested.filters:
            kind = properties.nested_kind(name, item.name)
            column = member(self._engine, element, search.member_of(name, item.name), kind)
            default = source.defaults.get(f"{name}.{search.member_of(name, item.name)}")
            column = column if default is None else sa.func.coalesce(column, _literal(default.value))
            conditions.append(_condition(column, kind, item, self._engine))
        return sa.select(sa.literal(1)).select_from(rows).where(*conditions).exists()

    def _filter(self, item: Filter) -> Condition:
        keyed = self._source.keyed.get(item.name)
        if keyed is not None and item.operator is Operator.EQUALS:
            return keyed(self._scope, item.value or "")
        listed = self._source.properties.list_of(item.name)
        if listed is not None and item.name not in self._source.properties.plain:
            return self._any_element(listed[0], item)
        kind = self._source.properties.kind(item.name)
        return _condition(self.property(item.name), kind, item, self._engine)

    def _any_element(self, name: str, item: Filter) -> Condition:
        """Apply a filter to a member of a list: one element must satisfy it; for a negative filter, none may."""
        positive = {Operator.NOT_EQUALS: Operator.EQUALS, Operator.NOT_EXISTS: Operator.EXISTS}.get(item.operator)
        if positive is None:
            return self._nested(NestedFilters(name, [item]))
        return ~self._nested(NestedFilters(name, [Filter(item.name, positive, item.value)]))

    def property(self, name: str) -> Column:
        """Return the value of a property, or NULL."""
        source, engine = self._source, self._engine
        if name in source.columns:
            return source.columns[name](self._scope)
        if name not in source.properties.plain and name.startswith(search.TAG_PREFIX):
            wanted = self._tags().where(tags.c.tag_key == name.removeprefix(search.TAG_PREFIX))
            return wanted.with_only_columns(tags.c.tag_value).scalar_subquery()
        document = self._document()
        if document is None:  # a property that no resource here has, such as the Studio profile of its author
            return sa.cast(sa.null(), sa.Text)
        if name in source.properties.plain:
            return self._member(document, name)
        holder, key = source.properties.map_of(name) or ("", name)
        return entry(engine, document, holder, key)

    def _member(self, document: Column, name: str) -> Column:
        """Return a member of a document, or its default where the structure of the member exists."""
        engine, default = self._engine, self._source.defaults.get(name)
        column = member(engine, document, name, self._source.properties.kind(name))
        if default is None:
            return column
        filled = sa.func.coalesce(column, _literal(default.value))
        if default.holder is None:
            return filled
        return sa.case((member(engine, document, default.holder, PropertyKind.TEXT).is_not(None), filled))

    def _document(self) -> Column | None:
        self.reads_documents = True
        return self._source.document

    def _tags(self) -> sa.Select[Any]:
        return sa.select(tags.c.tag_key).where(
            tags.c.account_id == self._scope.account, tags.c.resource_id == self._source.tags_id
        )


def _literal(value: Any) -> Column:
    """Return a default value in the form in which members are compared: a flag as the word true or false."""
    return sa.literal(str(value).lower() if isinstance(value, bool) else value)


def _condition(column: Column, kind: PropertyKind, item: Filter, engine: str) -> Condition:
    operator, text = item.operator, item.value or ""
    if operator is Operator.EXISTS:
        return column.is_not(None)
    if operator is Operator.NOT_EXISTS:
        return column.is_(None)
    if kind is PropertyKind.TEXT:
        return _text_condition(column, operator, text, engine)
    if kind is PropertyKind.FLAG:
        return _text_condition(column, operator, search.flag(text), engine)
    if kind is PropertyKind.NUMBER:
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


def given(engine: str, texts: Iterable[str]) -> sa.Subquery:
    """Return some texts in a column ``given``, as one parameter: PostgreSQL accepts at most 65,535 parameters."""
    parameter = sa.literal(as_list([text for text in dict.fromkeys(texts) if "\x00" not in text]))
    if engine == "sqlite":
        elements = sa.func.json_each(parameter)
    else:
        elements = sa.func.jsonb_array_elements_text(sa.cast(parameter, postgresql.JSONB))
    return sa.select(elements.table_valued("value").c.value.label("given")).subquery("few")


def _text_condition(column: Column, operator: Operator, text: str, engine: str) -> Condition:
    if operator is Operator.CONTAINS:  # not LIKE, which ignores case on SQLite
        found = sa.func.instr(column, text) if engine == "sqlite" else sa.func.strpos(column, text)
        return found > 0 if text else sa.false()
    if operator is Operator.IN:
        return column.in_(sa.select(given(engine, [part.strip() for part in text.split(",")]).c.given))
    if operator is Operator.NOT_EQUALS:
        return sa.or_(column != text, column.is_(None))
    return column == text
