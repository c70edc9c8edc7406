"""The audit log: events of cards and of the account in one list, newest first.

A page merges *parts*: ranges of one index that are in the order of the log. The filters select the parts: one for each
event, one for each event of an author, or one for the cards of a name. Only in the last, events that another filter
excludes are read and left out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cardwright.core.audit_log import AuditQuery, AuditRecord, kind_of
from cardwright.core.listing import Position
from cardwright.storage.engines.database import Connection

_LINKS = """SELECT at, card_id AS record_id, sequence, event, actor, role, source, request_id, details,
    CAST(NULL AS TEXT) AS interface, name, CAST(NULL AS TEXT) AS subject, previous_digest, digest FROM audit"""
_EVENTS = """SELECT at, event_id AS record_id, 0 AS sequence, event, actor, role, source, request_id, details,
    interface, CAST(NULL AS TEXT) AS name, subject, CAST(NULL AS TEXT) AS previous_digest,
    CAST(NULL AS TEXT) AS digest FROM account_events"""
# Each step finds the next kind of event in the index, whatever the number of events.
_KINDS = """
    WITH RECURSIVE found(event) AS (
        SELECT MIN(event) FROM {0} WHERE account_id = :account
        UNION ALL
        SELECT (SELECT MIN(t.event) FROM {0} t WHERE t.account_id = :account AND t.event > found.event) FROM found
        WHERE found.event IS NOT NULL)
    SELECT event FROM found WHERE event IS NOT NULL"""
_EXISTING = "SELECT card_id FROM cards WHERE account_id = :account AND card_id IN ({})"


@dataclass(frozen=True, slots=True)
class _Part:
    """One range of an index: a table's rows that fulfil conditions."""

    table: str
    conditions: Sequence[str]

    def rows(self, compare: str, order: str, *, placed: bool) -> str:
        columns, key = (_LINKS, "at, card_id, sequence") if self.table == "audit" else (_EVENTS, "at, event_id")
        values = ":at, :at_id, :at_sequence" if self.table == "audit" else ":at, :at_id"
        place = [f"({key}) {compare} ({values})"] if placed else []
        sort = ", ".join(f"{column} {order}" for column in key.split(", "))
        return f"{columns} WHERE {' AND '.join([*self.conditions, *place])} ORDER BY {sort} LIMIT :limit"

    def ones(self) -> str:
        """Return a statement with a row for each event, up to ``:limit``. The order makes SQLite use the index."""
        where = " AND ".join(self.conditions)
        return f"SELECT 1 AS one FROM (SELECT at FROM {self.table} WHERE {where} ORDER BY at DESC LIMIT :limit) AS part"


class AuditLogTable:
    """The audit log of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def page(self, query: AuditQuery, at: Position | None, limit: int, *, backwards: bool = False) -> list[AuditRecord]:
        """Return at most ``limit`` events before a position, newest first; backwards, those after it, oldest first."""
        compare, order = (">", "ASC") if backwards else ("<", "DESC")
        parts, parameters = self._parts(query)
        if not parts:
            return []
        if at is not None:
            parameters |= dict(zip(("at", "at_id", "at_sequence"), at, strict=True))
        selected = [f"SELECT * FROM ({part.rows(compare, order, placed=at is not None)}) AS part" for part in parts]
        sql = f"{' UNION ALL '.join(selected)} ORDER BY at {order}, record_id {order}, sequence {order} LIMIT :limit"
        records = [AuditRecord(*row) for row in self._connection.rows(sql, parameters | {"limit": limit})]
        return self._with_deletions(records)

    def count(self, query: AuditQuery, limit: int) -> int:
        """Count events up to ``limit``."""
        parts, parameters = self._parts(query)
        if not parts:
            return 0
        selected = " UNION ALL ".join(part.ones() for part in parts)
        sql = f"SELECT count(*) FROM (SELECT one FROM ({selected}) AS found LIMIT :limit) AS counted"
        row = self._connection.row(sql, parameters | {"limit": limit})
        return 0 if row is None else int(row[0])

    def _parts(self, query: AuditQuery) -> tuple[list[_Part], dict[str, object]]:
        given = {"since": query.since, "until": query.until, "person": query.person, "card": query.card}
        parameters: dict[str, object] = {name: value for name, value in given.items() if value is not None}
        parameters["account"] = self._account
        times = [_TIMES[name] for name in ("since", "until") if name in parameters]
        links = ["account_id = :account", *times]
        if query.card is not None:
            return [_Part("audit", [*links, *self._of_card(query, parameters)])], parameters
        if query.person is not None:
            links.append("actor = :person")
        events = list(links)
        parts = self._of_each_kind("audit", links, query, parameters)
        if query.reader is not None and query.reader != query.person:
            if query.person is not None:
                return parts, parameters
            events.append("actor = :reader")
            parameters["reader"] = query.reader
        return parts + self._of_each_kind("account_events", events, query, parameters), parameters

    def _of_each_kind(
        self, table: str, conditions: list[str], query: AuditQuery, parameters: dict[str, object]
    ) -> list[_Part]:
        parts = []
        for number, event in enumerate(self._events(table, query.kinds)):
            name = f"{table}_{number}"
            parameters[name] = event
            parts.append(_Part(table, [*conditions, f"event = :{name}"]))
        return parts

    def _of_card(self, query: AuditQuery, parameters: dict[str, object]) -> list[str]:
        """Return the conditions of a card. The empty text keeps engines from an index of authors or events."""
        conditions = ["name = :card"]
        if query.person is not None:
            conditions.append("actor || '' = :person")
        if query.kinds:
            names = {f"kind_{number}": event for number, event in enumerate(self._events("audit", query.kinds))}
            parameters |= names
            listed = ", ".join(f":{name}" for name in names)
            conditions.append(f"event || '' IN ({listed})" if names else "1 = 0")
        return conditions

    def _events(self, table: str, kinds: Collection[str]) -> list[str]:
        """Return the events that a table has, of some kinds or of all."""
        found = [row[0] for row in self._connection.rows(_KINDS.format(table), {"account": self._account})]
        return [event for event in found if not kinds or kind_of(event) in kinds]

    def _with_deletions(self, records: list[AuditRecord]) -> list[AuditRecord]:
        cards = dict.fromkeys(record.record_id for record in records if record.card is not None)
        names = {f"id{number}": card_id for number, card_id in enumerate(cards)}
        if not names:
            return records
        sql = _EXISTING.format(", ".join(f":{name}" for name in names))
        existing = {row[0] for row in self._connection.rows(sql, {"account": self._account, **names})}
        return [
            record._replace(deleted=record.card is not None and record.record_id not in existing) for record in records
        ]


_TIMES = {"since": "at >= :since", "until": "at < :until"}
