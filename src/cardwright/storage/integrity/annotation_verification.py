"""Reads the findings, evidence, waivers and comments of a card for verification."""

from collections.abc import Callable, Sequence

from sqlalchemy import Table

from cardwright.core.annotations import Noun, Record
from cardwright.core.evidence import Evidence
from cardwright.core.field_comment import FieldComment
from cardwright.core.finding import Finding
from cardwright.core.integrity.annotation_replay import Key
from cardwright.core.waiver import Waiver
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.integrity.column_kinds import Columns, shown_key


class _RecordTable:
    """The table of one kind of record, and how its rows are read."""

    def __init__(self, noun: Noun, table: Table, columns: Sequence[str], make: Callable[[Row], Record]) -> None:
        self.noun, self.make = noun, make
        self.columns = Columns(table, columns)
        self.sql = (
            f"SELECT {', '.join(columns)} FROM {table.name} WHERE account_id = :account AND card_id = :card_id"
            f" ORDER BY {columns[0]}"
        )


_RECORD_TABLES = (
    _RecordTable(Noun.FINDING, tables.findings, Finding._fields, Finding._make),
    _RecordTable(Noun.EVIDENCE, tables.evidence, Evidence._fields, Evidence._make),
    _RecordTable(Noun.WAIVER, tables.waivers, Waiver._fields, Waiver._make),
    _RecordTable(Noun.COMMENT, tables.field_comments, FieldComment._fields, FieldComment._make),
)


def stored_annotations(connection: Connection, account: str, card_id: str) -> dict[Key, Record]:
    """Return the annotations of a card. Raises :class:`WrongKind` for a value that its column cannot have."""
    found: dict[Key, Record] = {}
    for table in _RECORD_TABLES:
        for row in connection.rows(table.sql, {"account": account, "card_id": card_id}):
            table.columns.check(f"{table.noun} {shown_key(row[0])}", row)
            found[table.noun, row[0]] = table.make(row)
    return found
