"""Annotations of cards: evidence, waivers and comments on fields, and the statements that findings have too."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import ClassVar, Generic, TypeVar

from cardwright.core.evidence import Evidence
from cardwright.core.field_comment import FieldComment
from cardwright.core.finding import Finding
from cardwright.core.listing import Position
from cardwright.core.waiver import Waiver, WaiverState
from cardwright.storage.engines.database import Connection

TABLES = ("findings", "evidence", "waivers", "field_comments")

Kept = TypeVar("Kept", Finding, Evidence, Waiver, FieldComment)


class AnnotationTable(Generic[Kept]):
    """The annotations of one kind, of one account.

    Attributes:
        name: the table.
        record: the class of its rows; the first field is the key.
        time: the column that lists are ordered by, newest first.
        filters: the columns that a list may be narrowed by.
        conditions: further conditions by name; ``:now`` is the present.
    """

    name: ClassVar[str]
    record: type[Kept]
    time: ClassVar[str]
    filters: ClassVar[tuple[str, ...]] = ("card_id",)
    conditions: ClassVar[Mapping[str, str]] = {}

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, key: str) -> Kept | None:
        row = self._connection.row(_statements(self.name, self.record._fields)["find"], self._of(key=key))
        return None if row is None else self.record._make(row)

    def put(self, record: Kept) -> None:
        """Add a record, or replace the one with its key."""
        sql = _statements(self.name, self.record._fields)["put"]
        self._connection.run(sql, self._of() | record._asdict())

    def count(self, card_id: str) -> int:
        row = self._connection.row(_statements(self.name, self.record._fields)["count"], self._of(card_id=card_id))
        assert row is not None  # noqa: S101 - an aggregate has a row
        return int(row[0])

    def list(
        self,
        limit: int,
        at: Position | None = None,
        *,
        backwards: bool = False,
        condition: str | None = None,
        now: int = 0,
        **equal: object,
    ) -> Sequence[Kept]:
        """Return at most ``limit`` records after a position, newest first; backwards, those before it, oldest first.

        Args:
            condition: the name of one of :attr:`conditions` at the time ``now``.
            equal: values of columns in :attr:`filters`; None filters nothing.
        """
        wanted: dict[str, object] = {name: equal[name] for name in self.filters if equal.get(name) is not None}
        where = [*(f"{name} = :{name}" for name in wanted), *([self.conditions[condition]] if condition else [])]
        sql = _list_sql(self.name, self.record._fields, self.time, tuple(where), at is not None, backwards)
        parameters = self._of(limit=limit, now=now) | wanted | position_values(at)
        return [self.record._make(row) for row in self._connection.rows(sql, parameters)]

    def _of(self, **more: object) -> dict[str, object]:
        return {"account_id": self._account, **more}


class EvidenceTable(AnnotationTable[Evidence]):
    """The evidence of one account."""

    name = "evidence"
    record = Evidence
    time = "added_at"
    filters = ("card_id", "finding_id", "review_id", "kind", "pointer", "version")

    __slots__ = ()


class WaiverTable(AnnotationTable[Waiver]):
    """The waivers of one account."""

    name = "waivers"
    record = Waiver
    time = "requested_at"
    filters = ("card_id", "finding_id", "rule")
    conditions = {  # noqa: RUF012 - the class attribute of the base
        WaiverState.REQUESTED: "granted_at IS NULL AND revoked_at IS NULL AND expires_at > :now",
        WaiverState.ACTIVE: "granted_at IS NOT NULL AND revoked_at IS NULL AND expires_at > :now",
        WaiverState.EXPIRED: "revoked_at IS NULL AND expires_at <= :now",
        WaiverState.REVOKED: "revoked_at IS NOT NULL",
    }

    __slots__ = ()

    def active(self, card_id: str, now: int) -> Sequence[Waiver]:
        """Return the waivers of a card that hold at a time, oldest first."""
        return [Waiver._make(row) for row in self._connection.rows(_ACTIVE, self._of(card_id=card_id, now=now))]


class CommentTable(AnnotationTable[FieldComment]):
    """The comments on fields of one account."""

    name = "field_comments"
    record = FieldComment
    time = "written_at"
    filters = ("card_id", "pointer", "reply_to")

    __slots__ = ()


def delete_annotations(connection: Connection, account: str, card_id: str) -> None:
    """Delete all annotations of a card. Files of evidence stay in the object store."""
    for table in TABLES:
        sql = f"DELETE FROM {table} WHERE account_id = :account_id AND card_id = :card_id"
        connection.run(sql, {"account_id": account, "card_id": card_id})


_ACTIVE = f"""
    SELECT {", ".join(Waiver._fields)} FROM waivers
    WHERE account_id = :account_id AND card_id = :card_id AND granted_at IS NOT NULL AND revoked_at IS NULL
    AND expires_at > :now ORDER BY requested_at, waiver_id"""


@cache
def _statements(table: str, columns: tuple[str, ...]) -> Mapping[str, str]:
    names, key = ", ".join(columns), columns[0]
    values = ", ".join(f":{column}" for column in columns)
    changed = ", ".join(f"{column} = :{column}" for column in columns[1:])
    return {
        "find": f"SELECT {names} FROM {table} WHERE account_id = :account_id AND {key} = :key",
        "put": f"INSERT INTO {table} (account_id, {names}) VALUES (:account_id, {values})"
        f" ON CONFLICT (account_id, {key}) DO UPDATE SET {changed}",
        "count": f"SELECT COUNT(*) FROM {table} WHERE account_id = :account_id AND card_id = :card_id",
    }


@lru_cache(maxsize=256)
def _list_sql(  # noqa: PLR0913, PLR0917 - the key of the cache
    table: str, columns: tuple[str, ...], time: str, given: tuple[str, ...], placed: bool, backwards: bool
) -> str:
    compare, order = (">", "ASC") if backwards else ("<", "DESC")
    where = ["account_id = :account_id", *given]
    if placed:
        where.append(f"({time}, {columns[0]}) {compare} (:at, :at_id)")
    return (
        f"SELECT {', '.join(columns)} FROM {table} WHERE {' AND '.join(where)}"
        f" ORDER BY {time} {order}, {columns[0]} {order} LIMIT :limit"
    )


def position_values(at: Position | None) -> dict[str, object]:
    """Return the parameters of a position in a list: its first value, the identifier, and a due date between them."""
    if at is None:
        return {}
    *_, last = at
    if len(at) == 1:
        return {"at_id": last}
    first, *between, _ = at
    return {"at": first, "at_id": last, **({"at_due": between[0]} if between else {})}
