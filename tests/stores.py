"""Empty stores for tests: copies of one that is migrated once, because each migration takes 0.1 to 0.4 s."""

import atexit
import functools
import itertools
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from cardwright.server.stores import DATABASE_FILE, migrate
from cardwright.settings import Settings

ENGINES = ("sqlite", "postgresql")
servers_behind: dict[str, str] = {}
"""The PostgreSQL server behind each pooler, by URL."""

_numbers = itertools.count(1)


def make_database(postgres: str, template: str = "template1") -> str:
    """Make a database, a copy of ``template``, which must have no connections; gives its URL."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(f"{servers_behind.get(postgres, postgres)}postgres", autocommit=True) as connection:
        if postgres in servers_behind:  # a pooler keeps connections to a database that its clients have left
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return postgres + name


def make_sqlite_store(home: Path) -> None:
    """Make an empty store in a folder, unless the folder has a store."""
    if not (home / DATABASE_FILE).exists():
        shutil.copytree(_migrated_home(), home, dirs_exist_ok=True)


@functools.cache
def _migrated_home() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="cardwright-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(Settings(home=folder / "home"))
    return folder / "home"


def empty_store(request: pytest.FixtureRequest, engine: str, home: Path) -> Settings:
    """The settings of an empty store on an engine. Its home folder has no store before."""
    if engine == "sqlite":
        make_sqlite_store(home)
        return Settings(home=home)
    template, key = request.getfixturevalue("prepared_database")
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy2(key, home)
    return Settings(home=home, database_url=make_database(request.getfixturevalue("postgres"), template))


def engine_options(request: pytest.FixtureRequest, engine: str, home: Path) -> tuple[str, ...]:
    """The options of a server on an empty store of an engine."""
    url = None if engine == "sqlite" else empty_store(request, engine, home).database_url
    return () if url is None else ("--database-url", url)
