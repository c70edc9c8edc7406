"""``verify`` reports a value of any kind in any column of SQLite's file, and never ends in a traceback."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import Integer

from cardwright.core.integrity.anchors import Anchor, anchor_line
from cardwright.core.integrity.history import AuditLink, Event
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage import tables
from cardwright.storage.engines.sqlite import SqliteDatabase
from cardwright.storage.integrity import registry_verification, verification
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store
from tests.storage.test_verify import ACTOR, CARD, fill

WATCHED = (
    "cards",
    "card_texts",
    "versions",
    "contents",
    "audit",
    "tags",
    "export_jobs",
    "card_sources",
    "users",
    "access_keys",
    "sessions",
    "account_events",
    "buckets",
    "resources",
    "documents",
)

# Columns where another value of the right type is not reported, with the reason.
UNRECORDED = {
    "card_texts.words": "a card without words is indexed before the next search",
    "card_texts.seal": "the words are found again where it does not fit",
    "export_jobs.job_id": "no other record has a job's identifier",
    "export_jobs.name": "no other record has the name of a job without a file",
    "export_jobs.output_path": "no other record has the folder of a job without a file",
    "export_jobs.created_at": "no chain records export jobs",
    "export_jobs.created_by": "no chain records export jobs",
    "export_jobs.modified_at": "no chain records export jobs",
    "export_jobs.due_at": "short-lived: when a worker may take the job",
    "export_jobs.claim": "short-lived: which worker has the job",
    "export_jobs.attempts": "short-lived: how often a worker had the job",
    "export_jobs.failing_since": "short-lived: the start of an outage of the object store",
    "users.password": "events record only when a password was set",
    "users.signed_in_at": "no event records signing in",
    "users.display_name": "events record only that a profile changed",
    "users.email": "events record only that a profile changed",
    "sessions.digest": "no event records sessions",
    "sessions.created_at": "no event records sessions",
    "sessions.seen_at": "no event records sessions",
    "sessions.source": "no event records sessions",
    "sessions.ended_at": "no event records sessions",
    "account_events.event_id": "events are not chained, and this one is the last of its account",
    "account_events.actor": "events are not chained, and access keys do not repeat their creator",
    "account_events.role": "events are not chained",
    "account_events.source": "events are not chained",
    "account_events.request_id": "events are not chained",
    "account_events.interface": "events are not chained",
    "resources.name": "nothing repeats the name of a job",
    "resources.client_token": "a request needs none",
    "resources.created_at": "the registry has no chain",
    "resources.created_by": "the registry has no chain",
    "resources.modified_at": "the registry has no chain",
    "resources.modified_by": "the registry has no chain",
}
VALUES = {
    "text": "'other'",
    "integer": "77",  # more than the links of the card
    "real": "1.5",
    "NULL": "NULL",
    "blob": "x'00ff'",
    "no UTF-8": "CAST(x'ff41' AS TEXT)",
    "U+0000": "char(0)",
    "the least integer": "-9223372036854775808",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("filled")
    fill(Settings(home=home))
    opened = open_store(Settings(home=home))
    with opened.open_unit(ACTOR) as unit:
        unit.portfolio.index_words(10)
    yield opened
    opened.close()


@pytest.fixture
def database(store: Store) -> Iterator[sqlite3.Connection]:
    """A direct connection to the file, without Cardwright."""
    assert isinstance(store.database, SqliteDatabase)
    with closing(sqlite3.connect(store.database.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        yield connection


@contextmanager
def put_back(database: sqlite3.Connection, *names: str) -> Iterator[None]:
    """Restores the tables at the end of a block."""
    rows = {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    yield
    database.execute("BEGIN")
    for name, kept in rows.items():
        database.execute(f"DELETE FROM {name}")
        database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(kept[0]))})", kept)
    database.execute("COMMIT")


def changes() -> Iterator[tuple[str, str, str]]:
    for table in WATCHED:
        for column in tables.metadata.tables[table].columns:
            for value in VALUES.values():
                if value != "NULL" or column.nullable:
                    yield table, column.name, value


def change(database: sqlite3.Connection, table: str, column: str, value: str) -> bool:
    """Replace a value in the last row of a table that has another; returns whether there was one."""
    keys = ", ".join(key.name for key in tables.metadata.tables[table].primary_key)
    order = ", ".join(f"{key.name} DESC" for key in tables.metadata.tables[table].primary_key)
    which = f"{column} IS NOT {value}"
    if table == "tags":
        which += " AND resource_id IN (SELECT card_id FROM cards)"  # tags of the registry have no chain
    sql = f"""
        UPDATE {table} SET {column} = {value} WHERE ({keys}) = (
            SELECT {keys} FROM {table} WHERE {which} ORDER BY {order} LIMIT 1)"""
    return database.execute(sql).rowcount == 1


def is_of_its_kind(table: str, column: str, value: str) -> bool:
    """Whether SQLite converts the value to the column's type: it turns numbers into text in text columns."""
    expected = tables.metadata.tables[table].columns[column]
    if value == "NULL":
        return bool(expected.nullable)
    if isinstance(expected.type, Integer):
        return value in {VALUES["integer"], VALUES["the least integer"]}
    return value not in {VALUES["blob"], VALUES["no UTF-8"]}


def faults(store: Store) -> list[str]:
    return [str(fault) for fault in Verification(store.database, seals=store.seals).faults()]


@pytest.mark.parametrize("table", WATCHED)
def test_any_value_in_any_column_is_reported(store: Store, database: sqlite3.Connection, table: str) -> None:
    silent = []
    for _, column, value in (one for one in changes() if one[0] == table):
        with put_back(database, table):
            if change(database, table, column, value) and not faults(store):
                assert is_of_its_kind(table, column, value), (column, value)
                silent.append(f"{table}.{column}")
    assert set(silent) == {one for one in UNRECORDED if one.startswith(f"{table}.")}
    assert faults(store) == []


NO_UTF8 = "CAST(x'ff41' AS TEXT)"
KEYS = (
    ("cards", "card_id"),
    ("cards", "account_id"),
    ("audit", "card_id"),
    ("tags", "resource_id"),
    ("resources", "resource_id"),
    ("resources", "account_id"),
)


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_a_page_ends_at_an_identifier_that_is_not_utf_8(
    store: Store, database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, table: str, key: str
) -> None:
    """Each identifier is the last of its page, and anchors are collected."""
    monkeypatch.setattr(verification, "CARDS_AT_ONCE", 1)
    monkeypatch.setattr(registry_verification, "RESOURCES_AT_ONCE", 1)
    anchors: list[Anchor] = []
    with put_back(database, table):
        assert change(database, table, key, NO_UTF8)
        found = [*Verification(store.database, keep=anchors.append).faults()]
    assert any("not UTF-8" in fault.problem for fault in found)
    assert [json.loads(anchor_line(anchor)) for anchor in anchors]


@pytest.mark.parametrize("column", ["name", "digest"])
@pytest.mark.parametrize("value", [NO_UTF8, "x'00ff'"])
def test_the_end_of_a_chain_that_no_anchor_can_state_is_a_fault(
    store: Store, database: sqlite3.Connection, column: str, value: str
) -> None:
    anchors: list[Anchor] = []
    with put_back(database, "audit"):
        assert change(database, "audit", column, value)
        found = [*Verification(store.database, keep=anchors.append).faults()]
    assert any(f"as its {column}" in fault.problem for fault in found)
    assert [json.loads(anchor_line(anchor)) for anchor in anchors]


FORGED_DETAILS = (
    "",
    "null",
    "[]",
    "{}",
    '"version"',
    '{"version":"2","status":"Draft","record":"x"}',
    '{"version":2.0,"status":"Draft","record":"x"}',
    '{"version":true,"status":"Draft","record":"x"}',
    '{"version":[2],"status":"Draft","record":"x"}',
    '{"version":2,"status":["Draft"],"record":"x"}',
    '{"version":2,"status":"Draft","record":7}',
    '{"version":2,"from":"Draft","to":null}',
    '{"version":99999999999999999999,"status":"Draft","record":"x","from":"Draft","to":"Approved"}',
    '{"tags":[[1,"x"],["a","b"]],"version":1,"status":"Draft","record":"x"}',
    '{"tags":{"a":{}},"version":1,"status":"Draft","record":"x"}',
    '{"tags":[{}]}',
    '{"tags":7}',
)


@pytest.mark.parametrize("event", [*Event, "invented"])
def test_a_link_forged_with_all_digests_after_it_is_reported(
    store: Store, database: sqlite3.Connection, event: str
) -> None:
    """Any change of details contradicts the card."""
    for sequence in (1, 2, 4):
        for details in FORGED_DETAILS:
            with put_back(database, "audit", "cards"):
                forge(database, sequence, event, details)
                assert faults(store), (sequence, details)


def forge(database: sqlite3.Connection, at: int, event: str, details: str) -> None:
    """Change a link, and recompute each digest from there to the card's."""
    sql = f"SELECT {', '.join(AuditLink._fields)} FROM audit WHERE {CARD} AND sequence >= ? ORDER BY sequence"
    sql = sql.replace("account,", "account_id,")
    first, *later = [AuditLink(*row) for row in database.execute(sql, (at,))]
    previous = first.previous_digest
    for link in (first._replace(event=event, details=details), *later):
        made = link._replace(previous_digest=previous)
        previous = made.digest()
        database.execute(
            f"UPDATE audit SET event = ?, details = ?, previous_digest = ?, digest = ? WHERE {CARD} AND sequence = ?",
            (made.event, made.details, made.previous_digest, previous, made.sequence),
        )
    database.execute("UPDATE cards SET audit_digest = ?", (previous,))
