"""Search: an expression becomes SQL conditions over one kind of resource and its tags.

What differs between the kinds stands in a :class:`Source`, one row of the table at the end of
``storage.searched``; here is what they share.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from cardwright.core import search
from cardwright.core.defaults import Constant
from cardwright.core.listing import Page, Position
from cardwright.core.names import Scope
from cardwright.core.search import Expression, Filter, Kind, NestedFilters, Operator, Properties, SearchQuery
from cardwright.storage.database import Connection, Row
from cardwright.storage.json_members import elements, entry, member
from cardwright.storage.tables import tags

COUNT_LIMIT = 100_000
"""Hits are counted up to this many; beyond, the answer is "at least"."""

_SORTED = 1000
"""Characters of a text by which it is sorted: a paging token holds them, and has room for 8,192 of its own."""

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]
Hit = TypeVar("Hit")

_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]
}
_BEFORE_ALL: Mapping[Kind, Any] = {Kind.TEXT: "", Kind.FLAG: "", Kind.NUMBER: -(2**62), Kind.TIME: -(2**62)}
"""What a resource that lacks a property sorts as."""


@dataclass(frozen=True, slots=True)
class Source(Generic[Hit]):
    """How one kind of resource stands in the tables.

    Attributes:
        properties: what a search may name.
        table: the table that holds one row a resource.
        rows: it, joined with what else a hit or ``document`` needs.
        account, id, tags_id: its account, its identifier, and the identifier whose tags are its.
        condition: what else tells its rows from others.
        hit, read: the columns of a hit, and how one is read from them.
        columns: the properties that stand in columns; the others are members of ``document``.
        document: the JSON text of a resource; without one, properties that have no column are absent.
        defaults: what a search takes for members that the document lacks.
        always: the properties in ``columns`` that every resource has, and that are short.
        keyed: for properties looked up by Equals, a condition that an index serves.
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


class Finder(Generic[Hit]):
    """Finds resources of one kind in one account."""

    def __init__(self, connection: Connection, scope: Scope, source: Source[Hit]) -> None:
        self._connection = connection
        self._scope = scope
        self._source = source
        self._reads_documents = False

    def find(self, query: SearchQuery) -> tuple[Page[Hit], int, bool]:
        """A page of hits, how many there are in all, and whether that number is exact.

        The query must have passed :func:`core.search.check_query`.
        """
        source, conditions = self._source, self._conditions(query)
        sort = self._sort(query.sort_by)
        order = (sort.desc(), source.id.desc()) if query.descending else (sort.asc(), source.id.asc())
        rows = source.rows if self._reads_documents else source.table
        found = sa.select(sort.label("sort_value"), source.id.label("found_id")).select_from(rows).where(*conditions)
        counted = found.with_only_columns(source.id).limit(COUNT_LIMIT + 1).subquery()
        if query.after is not None:
            position = sa.tuple_(sort, source.id)
            end = sa.tuple_(sa.literal(query.after[0]), sa.literal(query.after[1]))
            found = found.where(position < end if query.descending else position > end)
        page = self._rows(self._whole(found.order_by(*order).limit(query.limit + 1), descending=query.descending))
        hits = [source.read(row[2:]) for row in page[: query.limit]]
        count = int(self._rows(sa.select(sa.func.count()).select_from(counted))[0][0])
        last: Position | None = tuple(page[query.limit - 1][:2]) if len(page) > query.limit else None
        return Page(hits, last), min(count, COUNT_LIMIT), count <= COUNT_LIMIT

    def _whole(self, found: sa.Select[Any], *, descending: bool) -> sa.Select[Any]:
        """The hits of a page of positions. Apart from finding them: documents are heavy to sort."""
        source, page = self._source, found.subquery("page")
        order = (page.c.sort_value, page.c.found_id)
        return (
            sa.select(page.c.sort_value, page.c.found_id, *source.hit)
            .select_from(source.rows.join(page, source.id == page.c.found_id))
            .where(source.account == self._scope.account)
            .order_by(*(column.desc() if descending else column.asc() for column in order))
        )

    def tags_of(self, tags_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """The tags of several resources, by the identifier whose tags they are."""
        found: dict[str, dict[str, str]] = {tags_id: {} for tags_id in tags_ids}
        if tags_ids:
            wanted = (tags.c.account_id == self._scope.account) & tags.c.resource_id.in_(list(found))
            statement = sa.select(tags.c.resource_id, tags.c.tag_key, tags.c.tag_value).where(wanted)
            for tags_id, key, value in self._rows(statement.order_by(tags.c.resource_id, tags.c.tag_key)):
                found[tags_id][key] = value
        return found

    def _rows(self, statement: sa.Select[Any]) -> list[Row]:
        dialect = _DIALECTS[self._connection.engine]
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        return self._connection.rows(str(compiled), dict(compiled.params))

    def _conditions(self, query: SearchQuery) -> list[Condition]:
        conditions: list[Condition] = [self._source.account == self._scope.account]
        if self._source.condition is not None:
            conditions.append(self._source.condition)
        conditions += [self._visible(key, value) for key, value in query.visibility]
        if query.expression is not None:
            conditions.append(self._expression(query.expression))
        return conditions

    def _visible(self, key: str, value: str) -> Condition:
        """Keep a resource that lacks the tag, or carries it with this value."""
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
                _condition(columns[search.member_of(name, item.name)], Kind.TEXT, item, self._connection.engine)
                for item in nested.filters
            ]
            return self._tags().where(*conditions).exists()
        document = self._document()
        if document is None:
            return sa.false()
        rows, element = elements(self._connection.engine, document, name)
        conditions = []
        for item in nested.filters:
            kind = properties.nested_kind(name, item.name)
            column = member(self._connection.engine, element, search.member_of(name, item.name), kind)
            default = source.defaults.get(f"{name}.{search.member_of(name, item.name)}")
            column = column if default is None else sa.func.coalesce(column, _literal(default.value))
            conditions.append(_condition(column, kind, item, self._connection.engine))
        return sa.select(sa.literal(1)).select_from(rows).where(*conditions).exists()

    def _filter(self, item: Filter) -> Condition:
        keyed = self._source.keyed.get(item.name)
        if keyed is not None and item.operator is Operator.EQUALS:
            return keyed(self._scope, item.value or "")
        listed = self._source.properties.list_of(item.name)
        if listed is not None and item.name not in self._source.properties.plain:
            return self._any_element(listed[0], item)
        kind = self._source.properties.kind(item.name)
        return _condition(self._property(item.name), kind, item, self._connection.engine)

    def _any_element(self, name: str, item: Filter) -> Condition:
        """A filter on a member of a list holds when it does for one element; a negative one, when for none."""
        positive = {Operator.NOT_EQUALS: Operator.EQUALS, Operator.NOT_EXISTS: Operator.EXISTS}.get(item.operator)
        if positive is None:
            return self._nested(NestedFilters(name, [item]))
        return ~self._nested(NestedFilters(name, [Filter(item.name, positive, item.value)]))

    def _property(self, name: str) -> Column:
        source, engine = self._source, self._connection.engine
        if name in source.columns:
            return source.columns[name](self._scope)
        if name not in source.properties.plain and name.startswith(search.TAG_PREFIX):
            wanted = self._tags().where(tags.c.tag_key == name.removeprefix(search.TAG_PREFIX))
            return wanted.with_only_columns(tags.c.tag_value).scalar_subquery()
        document = self._document()
        if document is None:  # a property that no resource has here, such as the Studio profile of its author
            return sa.cast(sa.null(), sa.Text)
        if name in source.properties.plain:
            return self._member(document, name)
        holder, key = source.properties.map_of(name) or ("", name)
        return entry(engine, document, holder, key)

    def _member(self, document: Column, name: str) -> Column:
        """A member of a document, or its default where the structure that holds it is there."""
        engine, default = self._connection.engine, self._source.defaults.get(name)
        column = member(engine, document, name, self._source.properties.kind(name))
        if default is None:
            return column
        filled = sa.func.coalesce(column, _literal(default.value))
        if default.holder is None:
            return filled
        return sa.case((member(engine, document, default.holder, Kind.TEXT).is_not(None), filled))

    def _document(self) -> Column | None:
        self._reads_documents = True
        return self._source.document

    def _sort(self, name: str) -> Column:
        """What to sort by; a resource that lacks it comes before every other, and long texts go by their beginning."""
        column = self._property(name)
        if name in self._source.always:
            return column
        kind = self._source.properties.kind(name)
        filled = sa.func.coalesce(column, _BEFORE_ALL[kind])
        return sa.func.substr(filled, 1, _SORTED) if kind in {Kind.TEXT, Kind.FLAG} else filled

    def _tags(self) -> sa.Select[Any]:
        return sa.select(tags.c.tag_key).where(
            tags.c.account_id == self._scope.account, tags.c.resource_id == self._source.tags_id
        )


def _literal(value: Any) -> Column:
    """A default as members are compared: flags as the words true and false."""
    return sa.literal(str(value).lower() if isinstance(value, bool) else value)


def _condition(column: Column, kind: Kind, item: Filter, engine: str) -> Condition:
    operator, text = item.operator, item.value or ""
    if operator is Operator.EXISTS:
        return column.is_not(None)
    if operator is Operator.NOT_EXISTS:
        return column.is_(None)
    if kind is Kind.TEXT:
        return _text_condition(column, operator, text, engine)
    if kind is Kind.FLAG:
        return _text_condition(column, operator, search.flag(text), engine)
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


def _listed(engine: str, texts: Sequence[str]) -> sa.Select[Any]:
    """Some texts, as one parameter: SQLite looks each up by its name, and PostgreSQL takes 65,535."""
    listed = sa.literal(orjson.dumps([text for text in dict.fromkeys(texts) if "\x00" not in text]).decode())
    if engine == "sqlite":
        elements = sa.func.json_each(listed)
    else:
        elements = sa.func.jsonb_array_elements_text(sa.cast(listed, postgresql.JSONB))
    return sa.select(elements.table_valued("value").c.value)


def _text_condition(column: Column, operator: Operator, text: str, engine: str) -> Condition:
    if operator is Operator.CONTAINS:  # LIKE folds case on SQLite and not on PostgreSQL; this counts alike on both
        return sa.func.length(sa.func.replace(column, text, "")) < sa.func.length(column)
    if operator is Operator.IN:
        return column.in_(_listed(engine, [part.strip() for part in text.split(",")]))
    if operator is Operator.NOT_EQUALS:
        return sa.or_(column != text, column.is_(None))
    return column == text
