"""Promises of ``storage.schema``: migrations create the tables of the code, once, with concurrent callers too."""

import contextlib
import multiprocessing
import os
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from botocore.exceptions import ClientError

from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import migrate, open_existing_store, open_store
from cardwright.settings import Settings
from cardwright.storage import schema
from cardwright.storage.engines.database import MIGRATION_LOCK
from cardwright.storage.opening import StoreMismatch
from cardwright.storage.store import REVISION
from cardwright.storage.tables import metadata
from tests import servers
from tests.stores import make_database
from tests.waiting import DEADLINE, wait_until

# Each engine's own indexes of names and words, which the tables do not describe, and Alembic's own table.
_APART = (
    "alembic_version",
    "card_names",
    "cards_name_trigrams",
    "card_words",
    "card_texts_words",
    "card_vocabulary",
    "card_metadata",
    "cards_metadata_trigrams",
)

_COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"""


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a store that does not exist yet, on each engine."""
    if request.param == "sqlite":
        return Settings(home=tmp_path / "home")
    return Settings(home=tmp_path / "home", database_url=request.getfixturevalue("new_database"))


def engine(settings: Settings) -> sa.Engine:
    url = settings.database_url
    return sa.create_engine(
        f"sqlite:///{settings.home / 'cardwright.db'}"
        if url is None
        else url.replace("postgresql://", "postgresql+psycopg://"),
        poolclass=sa.NullPool,
    )


def execute(settings: Settings, sql: str) -> list[Sequence[Any]]:
    with engine(settings).begin() as connection:
        result = connection.exec_driver_sql(sql)
        return [tuple(row) for row in result] if result.returns_rows else []


def own_rows(rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
    return [row for row in rows if not str(row[0]).startswith(_APART)]


def test_the_codes_revision_is_the_newest_migration() -> None:
    assert schema.head() == REVISION


def test_migrations_lead_to_the_tables_that_the_code_names(fresh: Settings) -> None:
    migrate(fresh)

    def included(name: str | None, *_: object) -> bool:
        return name is None or not name.startswith(_APART)

    with engine(fresh).connect() as connection:
        options = {"include_name": included, "compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_sqlites_statements_are_those_of_the_tables(tmp_path: Path) -> None:
    """Also what Alembic does not compare: tables without rowid, conditions of indexes."""
    settings = Settings(home=tmp_path / "home")
    migrate(settings)
    sql = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    made = sa.create_engine("sqlite://")
    with made.begin() as connection:
        metadata.create_all(connection)
        expected = [tuple(row) for row in connection.exec_driver_sql(sql)]
    made.dispose()

    def plain(rows: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
        return [(name, " ".join(text.split())) for name, text in rows]

    assert plain(own_rows(execute(settings, sql))) == plain(expected)


def test_postgresqls_columns_indexes_and_constraints_are_those_of_the_tables(postgres: str, tmp_path: Path) -> None:
    """Also what Alembic does not compare: collations, conditions of indexes."""
    migrated = Settings(home=tmp_path, database_url=make_database(postgres))
    made = Settings(home=tmp_path, database_url=make_database(postgres))
    migrate(migrated)
    with engine(made).begin() as connection:
        metadata.create_all(connection)
    for sql in (_COLUMNS, _INDEXES, _CONSTRAINTS):
        assert own_rows(execute(migrated, sql)) == own_rows(execute(made, sql))


def test_migrating_again_changes_nothing(fresh: Settings) -> None:
    migrate(fresh)
    before = execute(fresh, "SELECT * FROM store"), execute(fresh, "SELECT * FROM alembic_version")
    migrate(fresh)
    assert (execute(fresh, "SELECT * FROM store"), execute(fresh, "SELECT * FROM alembic_version")) == before
    assert before[1] == [(REVISION,)]
    open_store(fresh).close()


def test_a_database_of_a_newer_revision_is_refused_and_left_alone(fresh: Settings) -> None:
    migrate(fresh)
    execute(fresh, "UPDATE alembic_version SET version_num = '9999'")
    for attempt in (open_store, migrate):
        with pytest.raises(StoreMismatch, match="has schema 9999, newer than"):
            attempt(fresh)
    assert execute(fresh, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_server_whose_schema_was_migrated_stops_writing(fresh: Settings) -> None:
    migrate(fresh)
    options = () if fresh.database_url is None else ("--database-url", fresh.database_url)
    with servers.running(fresh.home, *options) as server:
        client = server.client()
        client.create_model_card(ModelCardName="before", ModelCardStatus="Draft", Content="{}")
        execute(fresh, "UPDATE alembic_version SET version_num = '9999'")
        for _ in range(2):
            with pytest.raises(ClientError, match=f"from schema {REVISION} to 9999") as refused:
                client.create_model_card(ModelCardName="after", ModelCardStatus="Draft", Content="{}")
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert [card["ModelCardName"] for card in client.list_model_cards()["ModelCardSummaries"]] == ["before"]
        with pytest.raises(HTTPError, match="503"):
            urlopen(f"{server.url}/readyz", timeout=DEADLINE)
        execute(fresh, f"UPDATE alembic_version SET version_num = '{REVISION}'")
        client.create_model_card(ModelCardName="after", ModelCardStatus="Draft", Content="{}")


def test_a_write_waits_for_a_running_migration(new_database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", database_url=new_database)
    migrate(settings)
    with servers.running(settings.home, "--database-url", new_database) as server, ThreadPoolExecutor(1) as executor:
        with psycopg.connect(new_database) as migrating:
            migrating.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
            writing = executor.submit(
                server.client().create_model_card, ModelCardName="late", ModelCardStatus="Draft", Content="{}"
            )
            with psycopg.connect(new_database, autocommit=True) as watching:
                waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                wait_until(lambda: watching.execute(waits).fetchone())
            assert not writing.done()
            migrating.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(ClientError, match="to 9999"):
            writing.result()


def test_an_emptied_store_is_not_initialized_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    open_store(settings).close()
    for file in settings.home.glob("cardwright.db*"):
        os.truncate(file, 0)
    for opened in (open_store, open_existing_store):
        with pytest.raises(StoreMismatch, match="is an empty file: restore a backup"):
            opened(settings)
    assert (settings.home / "cardwright.db").stat().st_size == 0


def test_a_store_whose_creation_was_killed_is_created_by_the_next_start(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    settings.home.mkdir()
    for name in ("cardwright.db", "cardwright.db.unfinished"):
        (settings.home / name).touch()
    open_store(settings).close()
    assert {path.name for path in settings.home.iterdir()} == {"cardwright.db", "server.key"}


def test_an_unmigrated_postgresql_database_is_refused_with_advice(new_database: str, tmp_path: Path) -> None:
    migrate(Settings(home=tmp_path, database_url=new_database))
    with psycopg.connect(new_database) as connection:
        connection.execute("DROP TABLE alembic_version")
    with pytest.raises(StoreMismatch, match="has no schema yet: run `cardwright migrate`"):
        open_store(Settings(home=tmp_path, database_url=new_database))


def test_the_short_scheme_of_postgresql_migrates_too(new_database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=new_database.replace("postgresql://", "postgres://"))
    migrate(settings)
    with psycopg.connect(new_database) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]
    open_store(settings).close()


@pytest.mark.parametrize("name", ["what?", "100%25", "a#b", "with space", "mode=ro&x"])
def test_any_name_of_a_home_will_do(tmp_path: Path, name: str) -> None:
    settings = Settings(home=tmp_path / name)
    open_store(settings).close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with sqlite3.connect(settings.home / "cardwright.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]
    connection.close()


def migrate_each_together(barrier: Barrier, homes: list[Settings]) -> None:
    """In a separate process: migrate each store at the same time as the other process."""
    for settings in homes:
        barrier.wait(timeout=DEADLINE)
        try:
            migrate(settings)
            open_store(settings).close()
        except BaseException:
            barrier.abort()
            raise


def test_two_processes_may_migrate_one_fresh_store_at_once(postgres: str, tmp_path: Path) -> None:
    stores = [Settings(home=tmp_path / f"sqlite-{number}") for number in range(12)]
    stores += [
        Settings(home=tmp_path / f"postgresql-{number}", database_url=make_database(postgres)) for number in range(5)
    ]
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    processes = [context.Process(target=migrate_each_together, args=(barrier, stores)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    for settings in stores:
        assert execute(settings, "SELECT version_num FROM alembic_version") == [(REVISION,)]
        assert execute(settings, "SELECT count(*) FROM store") == [(1,)]
        assert {path.name for path in settings.home.iterdir()} <= {"server.key", "cardwright.db"}


def test_each_thread_of_a_server_finds_a_connection(new_database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=new_database, threads=30, export_threads=3)
    migrate(settings)
    store = open_store(settings)
    actor = Actor(Scope("us-east-1", "000000000000"), "me", Role.VIEWER)
    with contextlib.ExitStack() as stack:
        for _ in range(2 * 30 + 3):
            unit = stack.enter_context(store.open_unit(actor, writes=False))
            assert unit.cards.find("none") is None
    store.close()
