"""Behind pgbouncer in transaction mode, where a client's next transaction may use another server connection."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from botocore.exceptions import ClientError

from cardwright.server.stores import migrate, open_store
from cardwright.settings import Settings
from cardwright.storage.engines.postgres import PostgresDatabase
from tests import servers
from tests.postgres_nodes import PATIENCE
from tests.stores import make_database

_CARDS = 60


@pytest.fixture
def settings(pooled_postgres: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url=make_database(pooled_postgres))


def test_a_store_is_migrated_and_served_behind_a_pooler(settings: Settings) -> None:
    migrate(settings)
    migrate(settings)
    assert settings.database_url is not None
    with servers.running(settings.home, "--database-url", settings.database_url) as server:
        client = server.client()

        def live(number: int) -> str:
            name = f"card-{number}"
            client.create_model_card(ModelCardName=name, ModelCardStatus="Draft", Content="{}")
            client.update_model_card(ModelCardName=name, Content=f'{{"model_overview": {{"model_id": "m-{number}"}}}}')
            client.add_tags(ResourceArn=client.describe_model_card(ModelCardName=name)["ModelCardArn"], Tags=[])
            return name

        with ThreadPoolExecutor(12) as callers:
            made = set(callers.map(live, range(_CARDS)))
        listed = client.get_paginator("list_model_cards").paginate()
        assert {card["ModelCardName"] for page in listed for card in page["ModelCardSummaries"]} == made
        found = client.search(Resource="ModelCard", MaxResults=100)["Results"]
        assert {result["ModelCard"]["ModelCardName"] for result in found} == made
        with pytest.raises(ClientError, match="already exists"):
            client.create_model_card(ModelCardName="card-0", ModelCardStatus="Draft", Content="{}")


def test_statements_are_prepared_unless_a_pooler_is_between(pooled_postgres: str, postgres_server: str) -> None:
    url = make_database(pooled_postgres)
    direct = url.replace(pooled_postgres, postgres_server)
    prepared = "SELECT count(*) FROM pg_prepared_statements"
    for reached, prepare, expected in ((direct, "auto", 1), (direct, "off", 0), (url, "auto", 0), (url, "off", 0)):
        database = PostgresDatabase(reached, 1, prepare)
        begun = database.begin_read()
        begun.connection.row("SELECT 1", {})
        assert begun.connection.row(prepared.replace("count", "1 * count"), {}) == (expected + bool(expected),)
        begun.commit()
        database.close()


def test_a_hidden_pooler_ends_preparing_at_the_first_lost_statement(postgres_server: str) -> None:
    database = PostgresDatabase(f"{postgres_server}postgres", 1)
    for _ in range(3):
        begun = database.begin_read()
        assert begun.connection.row("SELECT 7", {}) == (7,)
        begun.connection.row("SELECT 8", {})
        begun.connection.run("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$ -- as another client may", {})
        begun.commit()
    begun = database.begin_read()
    begun.connection.row("SELECT 9", {})
    assert begun.connection.row("SELECT count(*) FROM pg_prepared_statements", {}) == (0,)
    begun.commit()
    database.close()


def test_a_session_behind_a_pooler_leaves_no_setting_to_the_next_client(settings: Settings) -> None:
    migrate(settings)
    store = open_store(settings)
    begun = store.database.begin_write()
    assert begun.connection.row("SHOW statement_timeout", {}) == ("30s",)
    begun.commit()
    store.check()
    store.close()
    assert settings.database_url is not None
    for _ in range(10):
        with psycopg.connect(settings.database_url, autocommit=True, prepare_threshold=None) as other:
            assert other.execute("SHOW statement_timeout").fetchone() == ("0",)
            assert other.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("0",)


@pytest.mark.long
def test_the_storage_suite_passes_behind_a_pooler() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--pooled", "-m", "not long", "-k", "postgresql"]
    suites = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "wire")]
    done = subprocess.run([*command, *suites], timeout=60 * PATIENCE, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:]
