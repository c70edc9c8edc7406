"""Connections to one PostgreSQL server: their limits, and the handling of failed ones."""

import contextlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import CliRunner

from cardwright.actions.cards import create_card
from cardwright.cli import commands
from cardwright.core.card import Status
from cardwright.core.errors import Unavailable
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.engines.database import MIGRATION_LOCK
from cardwright.storage.engines.postgres import PostgresDatabase
from cardwright.storage.engines.postgres_connection import addresses
from cardwright.storage.store import transaction
from tests import servers
from tests.postgres_nodes import PATIENCE, postgres_binaries
from tests.stores import make_database

ADMIN = Actor(Scope("us-east-1", "000000000000"), "root", Role.ADMIN)
_LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")
_END_BACKENDS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"


def value(database: PostgresDatabase, sql: str, *, writes: bool = False) -> object:
    with transaction(database.begin_write if writes else database.begin_read) as connection:
        row = connection.row(sql, {})
    return None if row is None else row[0]


def as_operator(url: str, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(sql.encode(), parameters).fetchall()


def test_sessions_have_the_servers_own_limits(database: PostgresDatabase) -> None:
    assert [value(database, f"SHOW {name}") for name in _LIMITS] == ["30s", "1min"]


def test_a_limit_of_the_operator_does_not_change(url: str) -> None:
    database = PostgresDatabase(f"{url}?options=-c%20statement_timeout%3D3s", connections=1)
    assert value(database, "SHOW statement_timeout") == "3s"
    database.close()


def test_an_inspection_has_no_limit_and_leaves_the_session_its_own(url: str) -> None:
    database = PostgresDatabase(url, connections=1)
    inspection = database.begin_inspection()
    assert [inspection.connection.row(f"SHOW {name}", {}) for name in _LIMITS] == [("0",), ("0",)]
    inspection.commit()
    assert value(database, "SHOW statement_timeout") == "30s"
    database.close()


@pytest.mark.parametrize("writes", [False, True])
def test_connections_that_the_server_ended_fail_no_request(database: PostgresDatabase, url: str, writes: bool) -> None:
    name = urlsplit(url).path[1:]
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(transaction(database.begin_read)).row("SELECT 1", {})
    for _ in range(3):
        ended = as_operator(url.replace(name, "postgres"), _END_BACKENDS, name)
        assert ended[0][0] != 0
        assert value(database, "SELECT region FROM store", writes=writes) == "us-east-1"


def test_a_write_that_loses_its_connection_fails_and_the_next_one_does_not(
    database: PostgresDatabase, url: str
) -> None:
    name = urlsplit(url).path[1:]
    begun = database.begin_write()
    begun.connection.run("UPDATE store SET region = 'eu-west-1'", {})
    as_operator(url.replace(name, "postgres"), _END_BACKENDS, name)
    with pytest.raises(psycopg.OperationalError) as fault:
        begun.connection.row("SELECT region FROM store", {})
    with pytest.raises(Unavailable, match="cannot serve the request now"):
        begun.rollback(fault.value)
    assert value(database, "SELECT region FROM store", writes=True) == "us-east-1"


def test_a_statement_past_its_limit_fails_alone(url: str) -> None:
    database = PostgresDatabase(f"{url}?options=-c%20statement_timeout%3D100", connections=1)
    database.expect_schema(str(value(database, "SELECT version_num FROM alembic_version")))
    with psycopg.connect(url) as migrating:
        migrating.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        with pytest.raises(Unavailable, match="statement timeout"):
            database.begin_write()
    server = value(database, "SELECT pg_backend_pid()")
    assert value(database, "SELECT pg_backend_pid()", writes=True) == server
    database.close()


def test_a_long_statement_is_waited_for_while_the_server_answers_probes(database: PostgresDatabase) -> None:
    assert value(database, "SELECT 1 FROM pg_sleep(2.5)") == 1


def test_a_thread_that_finds_all_connections_in_use_waits_for_one(url: str) -> None:
    database = PostgresDatabase(url, connections=1)
    with ThreadPoolExecutor(1) as executor:
        begun = database.begin_read()
        assert begun.connection.row("SELECT 1", {}) == (1,)
        waiting = executor.submit(value, database, "SELECT region FROM store")
        begun.commit()
        assert waiting.result(PATIENCE) == "us-east-1"
        begun = database.begin_read()
        assert begun.connection.row("SELECT 1", {}) == (1,)
        with pytest.raises(Unavailable, match="all 1 connections are in use"):
            value(database, "SELECT 1")
        begun.commit()
    database.close()


def test_a_server_that_refuses_is_reported_at_once_with_its_reason() -> None:
    port = servers.free_port()
    database = PostgresDatabase(f"postgresql://cardwright@127.0.0.1:{port},127.0.0.1:{port}/cards", connections=4)
    for _ in range(5):
        with pytest.raises(Unavailable, match=rf"127\.0\.0\.1:{port}: .*Connection refused.*; .*Connection refused"):
            value(database, "SELECT 1")
    database.close()


def test_a_closed_database_ends_the_statement_that_waits(database: PostgresDatabase, url: str) -> None:
    sleeping = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(value, database, "SELECT pg_backend_pid() FROM pg_sleep(3600)")
        deadline = time.monotonic() + PATIENCE
        while not as_operator(url, sleeping):
            assert time.monotonic() < deadline
        database.close()
        with pytest.raises(Unavailable, match="the server stops"):
            waiting.result(PATIENCE)


def test_an_invalid_url_is_named() -> None:
    for url in ("postgresql://host/cards?nothing=1", "postgresql://a,b,c:1,2/cards", "postgresql://host:x/cards"):
        with pytest.raises(Unavailable, match=r"The database URL is not valid|cannot serve"):
            value(PostgresDatabase(url, connections=1), "SELECT 1")


def test_a_url_overrides_each_default_and_names_each_server() -> None:
    one, two = addresses("postgresql://me@a:1,b:2/cards?target_session_attrs=any&connect_timeout=7")
    assert (one["host"], one["port"], two["host"], two["port"]) == ("a", "1", "b", "2")
    for address in (one, two):
        assert (address["target_session_attrs"], address["connect_timeout"]) == ("any", "7")
        assert address["tcp_user_timeout"] == "10000"
    assert [address["port"] for address in addresses("postgresql://a,b,c/cards?port=7")] == ["7", "7", "7"]
    assert addresses("postgresql://a/cards")[0]["target_session_attrs"] == "read-write"


def test_the_check_and_writes_report_a_read_only_database(url: str) -> None:
    name = urlsplit(url).path[1:]
    database = PostgresDatabase(url, connections=2)
    database.check_file()
    with psycopg.connect(url.replace(name, "postgres"), autocommit=True) as operator:
        operator.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        operator.execute(_END_BACKENDS, [name])
        for refused in (database.check_file, database.begin_write):
            with pytest.raises(Unavailable, match="read-only"):
                refused()
        operator.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
    database.check_file()
    database.begin_write().commit()
    database.close()


def test_a_process_ends_while_a_thread_of_it_is_stuck() -> None:
    program = (
        "import threading\n"
        "from cardwright.server.request_threads import RequestThreads\n"
        "begun = threading.Event()\n"
        "def work(): begun.set(); threading.Event().wait()\n"
        "RequestThreads(1, 'stuck').submit(work)\n"
        "begun.wait()\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=PATIENCE, check=False).returncode == 0


def test_a_dump_of_postgresqls_own_tools_restores_to_a_store_that_verifies(
    url: str, postgres_server: str, prepared_database: tuple[str, Path], tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url=url, key_file=prepared_database[1])
    store = open_store(settings)
    with store.open_unit(ADMIN) as unit:
        create_card(unit, "kept", "{}", Status.DRAFT)
    store.close()
    dump, restored = str(tmp_path / "cards.dump"), make_database(postgres_server, "template0")
    tools = postgres_binaries()
    subprocess.run([tools / "pg_dump", "--format=custom", f"--file={dump}", url], check=True)
    subprocess.run([tools / "pg_restore", "--no-owner", f"--dbname={restored}", dump], check=True)
    options = ["--database-url", restored, "--key-file", str(prepared_database[1]), "--home", str(tmp_path)]
    verified = CliRunner().invoke(commands, ["verify", *options])
    assert verified.exit_code == 0, verified.output
    assert "1 card" in verified.output
