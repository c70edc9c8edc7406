"""A PostgreSQL database of a store, for the tests of its connections."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.storage.engines.postgres import PostgresDatabase
from tests.stores import make_database


@pytest.fixture
def url(postgres_server: str, prepared_database: tuple[str, Path]) -> str:
    """A store's database without a pooler."""
    return make_database(postgres_server, prepared_database[0])


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(url, connections=4)
    yield database
    database.close()
