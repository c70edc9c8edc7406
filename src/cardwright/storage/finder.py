"""Pages of a search: sorted hits and their number, without a scan where an index or the order allows it.

:mod:`storage.narrowing` describes the ways. A search without a suitable index that matches few of many resources
reads all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from cardwright.core import search
from cardwright.core.listing import Page, Position
from cardwright.core.names import Scope
from cardwright.core.search import Expression, Operator, PropertyKind, SearchQuery
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.narrowing import WALKED
from cardwright.storage.search import Column, Condition, Conditions, Hit, Source, given
from cardwright.storage.tables import tags

COUNTED = 10_000
"""Hits are counted up to this number; a larger number is reported as "at least"."""

_SORTED = 1000
"""Characters of a text that are sorted by: a paging token contains them, within its 8,192 characters."""

_DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]
}
_MISSING: Mapping[PropertyKind, tuple[object, object]] = {
    PropertyKind.TEXT: ("\U0010ffff", ""),
    PropertyKind.FLAG: ("\U0010ffff", ""),
    PropertyKind.NUMBER: (2**62, -(2**62)),
    PropertyKind.TIME: (2**62, -(2**62)),
}
"""The sort value of a resource without the property, ascending and descending: it comes last in both (decision 23)."""


class Finder(Generic[Hit]):
    """Finds resources of one kind in one account."""

    def __init__(self, connection: Connection, scope: Scope, source: Source[Hit]) -> None:
        self._connection = connection
        self._scope = scope
        self._source = source

    def find(self, query: SearchQuery) -> tuple[Page[Hit], int, bool]:
        """Return a page of hits, their total number, and whether that number is exact.

        It is exact up to ``COUNTED`` hits where an index counts them, and up to ``FEW`` where one narrows the search.
        Otherwise it is exact in accounts of up to ``WALKED`` resources.

        The query must have passed :func:`core.search.check_query`.
        """
        finding = _Finding(self._connection, self._scope, self._source, query)
        page, count, exact = finding.find()
        hits = [self._source.read(row[2:]) for row in page[: query.limit]]
        last: Position | None = tuple(page[query.limit - 1][:2]) if len(page) > query.limit else None
        return Page(hits, last), max(count, len(page)), exact

    def tags_of(self, tags_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the tags of several resources, by the identifier that the tags belong to."""
        found: dict[str, dict[str, str]] = {tags_id: {} for tags_id in tags_ids}
        if tags_ids:
            wanted = (tags.c.account_id == self._scope.account) & tags.c.resource_id.in_(list(found))
            statement = sa.select(tags.c.resource_id, tags.c.tag_key, tags.c.tag_value).where(wanted)
            for tags_id, key, value in _rows(self._connection, statement.order_by(tags.c.resource_id, tags.c.tag_key)):
                found[tags_id][key] = value
        return found


class _Finding(Generic[Hit]):
    """One running search."""

    def __init__(self, connection: Connection, scope: Scope, source: Source[Hit], query: SearchQuery) -> None:
        self._connection = connection
        self._account = scope.account
        self._source = source
        self._query = query
        conditions = Conditions(connection.engine, scope, source)
        self._conditions = conditions.of(query)
        self._missing = _MISSING[source.properties.kind(query.sort_by)][query.descending]
        self._sort = self._sorted_by(conditions, query.sort_by)
        self._rows_of = source.rows if conditions.reads_documents else source.table

    def find(self) -> tuple[list[Row], int, bool]:
        """Return the page plus one row (sort value, identifier, columns of the hit), the count, whether it is exact."""
        query = self._query
        # A trigram index returns all rows with a common text before a limit applies.
        walked = self._walk_page() if _looks_inside(query.expression) else []
        few = self._candidates(query.expression) if not walked else None
        if few is None:
            return walked or self._page(), *self._count()
        rows = self._among(given(self._connection.engine, few))
        found = self._found(rows).where(*self._conditions).order_by(*self._order())
        matches = [tuple(row) for row in _rows(self._connection, found)]
        return self._hits(self._next_of(matches)), len(matches), True

    def _page(self) -> list[Row]:
        tag = self._sorting_tag()
        if tag is not None:
            return self._by_tag(tag)
        return self._walk_page() or self._hits_of(self._rows_of)

    def _walk_page(self) -> list[Row]:
        """Return the page if the first resources of the order fill it, else no rows."""
        if self._by_index() or self._query.sort_by not in self._source.ordered:
            return []
        page = self._hits_of(self._among(self._walked()))
        return page if len(page) > self._query.limit else []

    def _count(self) -> tuple[int, bool]:
        """Return the number of hits, and whether it is exact."""
        source = self._source
        found = sa.select(source.id).where(*self._conditions)
        if self._by_index(sorts=False):
            count = self._counted(found.select_from(self._rows_of).limit(COUNTED + 1))
            return min(count, COUNTED), count <= COUNTED
        first = sa.select(source.id.label("given")).where(*self._own()).order_by(source.id).limit(WALKED + 1)
        count = self._counted(found.select_from(self._among(first.subquery("few"))))
        return count, self._counted(first) <= WALKED

    def _candidates(self, expression: Expression | None) -> list[str] | None:
        """Return the identifiers of few resources that include all hits, if an index provides them."""
        if expression is None or self._source.candidates is None or self._by_index():
            return None
        found = self._source.candidates(self._connection, self._account, expression)
        return None if found is None else list(found)

    def _own(self) -> list[Condition]:
        """Return the conditions of the account and the kind of resource."""
        source = self._source
        own: list[Condition] = [source.account == self._account]
        return own if source.condition is None else [*own, source.condition]

    def _by_index(self, *, sorts: bool = True) -> bool:
        """Whether an index has the hits next to each other; with ``sorts``, in the order of the query."""
        query, expression = self._query, self._query.expression
        if query.visibility:
            return False
        if expression is None:
            return not sorts or query.sort_by in self._source.ordered
        if expression.nested or expression.sub_expressions or expression.any_of:
            return False
        names = [item.name for item in expression.filters if item.operator is Operator.EQUALS]
        return (
            (not sorts or query.sort_by == search.MODIFIED)
            and len(names) == len(expression.filters)
            and self._source.indexed.issuperset(names)
        )

    def _walked(self) -> sa.FromClause:
        """Select the identifiers of the first resources in the order, after the query's position."""
        walked = sa.select(self._source.id.label("given")).where(*self._own(), *self._after())
        return walked.order_by(*self._order()).limit(WALKED).subquery("few")

    def _among(self, few: sa.FromClause) -> sa.FromClause:
        return self._looked_up(few, few.c.given)

    def _looked_up(self, rows: sa.FromClause, identifier: Column) -> sa.FromClause:
        """Join some rows with the resource that one of their columns identifies."""
        source = self._source
        return _FromFew(rows, self._rows_of, (source.account == self._account) & (source.id == identifier))

    def _found(self, rows: sa.FromClause) -> sa.Select[Any]:
        return sa.select(self._sort.label("sort_value"), self._source.id.label("found_id")).select_from(rows)

    def _hits_of(self, rows: sa.FromClause) -> list[Row]:
        """Return the hits of the page among some rows."""
        found = self._found(rows).where(*self._conditions, *self._after()).order_by(*self._order())
        return self._hits(found.limit(self._query.limit + 1))

    def _next_of(self, matches: Sequence[Position]) -> sa.Select[Any]:
        """Select the positions of the page from all positions in their order."""
        query = self._query
        end = None if query.after is None else tuple(query.after)
        left = [match for match in matches if end is None or (match < end if query.descending else match > end)]
        among = given(self._connection.engine, [str(identifier) for _, identifier in left[: query.limit + 1]])
        return self._found(self._among(among)).where(*self._own())

    def _order(self) -> tuple[sa.UnaryExpression[Any], ...]:
        columns = (self._sort, self._source.id)
        return tuple(column.desc() if self._query.descending else column.asc() for column in columns)

    def _after(self) -> list[Condition]:
        if self._query.after is None:
            return []
        position = sa.tuple_(self._sort, self._source.id)
        end = sa.tuple_(sa.literal(self._query.after[0]), sa.literal(self._query.after[1]))
        return [position < end if self._query.descending else position > end]

    def _hits(self, positions: sa.Select[Any]) -> list[Row]:
        """Return the hits at the positions of a page. This is a separate query because sorting documents is slow."""
        source, page = self._source, positions.subquery("page")
        order = (page.c.sort_value, page.c.found_id)
        statement = (
            sa.select(page.c.sort_value, page.c.found_id, *source.hit)
            .select_from(source.rows.join(page, source.id == page.c.found_id))
            .where(source.account == self._account)
            .order_by(*(column.desc() if self._query.descending else column.asc() for column in order))
        )
        return _rows(self._connection, statement)

    def _sorted_by(self, conditions: Conditions, name: str) -> Column:
        """Return the sort expression: missing values come last, and long texts are sorted by their beginning."""
        column = conditions.property(name)
        if name in self._source.always:
            return column
        if self._source.properties.kind(name) not in {PropertyKind.TEXT, PropertyKind.FLAG}:
            return sa.func.coalesce(column, self._missing)
        return sa.func.substr(sa.func.coalesce(sa.func.nullif(column, ""), self._missing), 1, _SORTED)

    def _sorting_tag(self) -> str | None:
        """Return the key of the tag to sort by, if the index of tags has resources in that order."""
        name, source = self._query.sort_by, self._source
        if name in source.properties.plain or not name.startswith(search.TAG_PREFIX) or source.tags_id is not source.id:
            return None
        return name.removeprefix(search.TAG_PREFIX)

    def _by_tag(self, key: str) -> list[Row]:
        """Return a page in the order of a tag's values. Resources without a value come last."""
        limit, after = self._query.limit + 1, self._query.after
        ended = after is not None and after[0] == self._missing  # the page begins among those without a value
        page = [] if ended else self._hits(self._part_by_tag(key, valued=True, whole=False).limit(limit))
        if len(page) < limit:
            page += self._hits(self._part_by_tag(key, valued=False, whole=not ended).limit(limit - len(page)))
        return page

    def _part_by_tag(self, key: str, *, valued: bool, whole: bool) -> sa.Select[Any]:
        """Select the positions with, or without, a value of a tag; ``whole``: from the start of that part."""
        source, descending = self._source, self._query.descending
        sorting = tags.alias("sorting")  # conditions on tags read the table under its own name
        tagged = (sorting.c.account_id == self._account, sorting.c.tag_key == key, sorting.c.tag_value > "")
        if valued:
            value: Column = sorting.c.tag_value
            identifier: Column = sorting.c.resource_id
            rows: sa.FromClause = self._looked_up(sorting, sorting.c.resource_id)
            own = list(tagged)
        else:
            value, identifier, rows = sa.literal(self._missing), source.id, self._rows_of
            own = [~sa.exists().where(*tagged, sorting.c.resource_id == source.id)]
        if self._query.after is not None and not whole:
            end = sa.tuple_(sa.literal(self._query.after[0]), sa.literal(self._query.after[1]))
            position = sa.tuple_(value, identifier)
            own.append(position < end if descending else position > end)
        order = [identifier] if not valued else [value, identifier]
        return (
            sa.select(value.label("sort_value"), identifier.label("found_id"))
            .select_from(rows)
            .where(*self._conditions, *own)
            .order_by(*(column.desc() if descending else column.asc() for column in order))
        )

    def _counted(self, statement: sa.Select[Any]) -> int:
        rows = _rows(self._connection, sa.select(sa.func.count()).select_from(statement.subquery()))
        return int(rows[0][0])


def _looks_inside(expression: Expression | None) -> bool:
    """Whether an expression searches for a contained text."""
    if expression is None:
        return False
    return any(item.operator is Operator.CONTAINS for item in expression.filters) or any(
        _looks_inside(part) for part in expression.sub_expressions
    )


class _FromFew(sa.sql.selectable.Join):
    """A join that looks up each row of its left side: the engines would otherwise read the whole right side."""

    inherit_cache = True


@compiles(_FromFew, "sqlite")
def _on_sqlite(join: _FromFew, compiler: SQLCompiler, **options: Any) -> str:
    rendered = str(compiler.visit_join(join, **options))  # type: ignore[no-untyped-call]
    return rendered.replace(" JOIN ", " CROSS JOIN ", 1)


@compiles(_FromFew, "postgresql")
def _on_postgresql(join: _FromFew, compiler: SQLCompiler, **options: Any) -> str:
    if not isinstance(join.right, sa.Table) or join.onclause is None:
        return str(compiler.visit_join(join, **options))  # type: ignore[no-untyped-call]
    condition = compiler.process(join.onclause)
    left, right = (compiler.process(side, **options) for side in (join.left, join.right))
    # OFFSET 0 prevents the planner from turning the look-ups into one join.
    return f"{left} CROSS JOIN LATERAL (SELECT * FROM {right} WHERE {condition} OFFSET 0) AS {join.right.name}"


def _rows(connection: Connection, statement: sa.Select[Any]) -> list[Row]:
    compiled = statement.compile(dialect=_DIALECTS[connection.engine], compile_kwargs={"render_postcompile": True})
    return connection.rows(str(compiled), dict(compiled.params))
