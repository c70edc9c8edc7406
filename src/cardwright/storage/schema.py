"""Migrations of a database to the schema of this code."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import Unavailable
from cardwright.storage.engines.database import MIGRATION_LOCK
from cardwright.storage.engines.sqlite_connection import analyze

MIGRATIONS = Path(__file__).parent / "migrations"


def head() -> str:
    """Return the newest schema revision."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def migrate(database: Path | str, region: str, server_key: ServerKey, now: int) -> None:
    """Migrate a database to the newest schema; a new one also gets its region and its key's fingerprint.

    Args:
        database: a SQLite file, or the libpq connection URL of a PostgreSQL database.

    Raises:
        Unavailable: the database cannot be reached or written, or has a schema older than the first migration.
    """
    engine = _engine(database)
    _explicit_transactions(engine)
    try:
        with engine.begin() as connection:
            upgrade(connection, "head")
            connection.execute(
                sa.text(
                    "INSERT INTO store (id, region, key_fingerprint, created_at)"
                    " VALUES (1, :region, :fingerprint, :now) ON CONFLICT DO NOTHING"
                ),
                {"region": region, "fingerprint": server_key.fingerprint, "now": now},
            )
    except sa.exc.DBAPIError as error:
        reason = (str(error.orig).splitlines() or ["no reason given"])[0]
        raise Unavailable(f"The database cannot be migrated: {reason}") from error
    finally:
        engine.dispose()


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Upgrade the schema to a revision within the caller's transaction; other migrations wait until it ends.

    Raises:
        Unavailable: the database has a revision that no migration leads from.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise Unavailable(
            f"The database has schema {found}, which cannot be migrated: this Cardwright migrates stores from schema"
            f" {scripts.get_base()} on"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if found is not None and found != MigrationContext.configure(connection).get_current_revision():
        _analyze(connection)


def _analyze(connection: sa.Connection) -> None:
    """Count rows for the planner: a migration may have made indexes, and rows with new values."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {', '.join(sa.inspect(connection).get_table_names())}")
    else:
        analyze(connection.exec_driver_sql)


def _engine(database: Path | str) -> sa.Engine:
    """Create an engine that accepts the same names as the server: any path, any libpq URL."""
    if isinstance(database, Path):
        return sa.create_engine(sa.URL.create("sqlite", database=str(database)), poolclass=sa.NullPool)
    from cardwright.storage.engines.postgres import migration_connection

    url = "postgresql+psycopg://"
    return sa.create_engine(url, creator=lambda: migration_connection(database), poolclass=sa.NullPool)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _explicit_transactions(engine: sa.Engine) -> None:
    """Make SQLite run schema changes inside the transaction, and take the write lock at its start."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def _(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # a sqlite3.Connection

    @sa.event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10000")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
