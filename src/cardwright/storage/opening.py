"""Opens a store: connects to its database, migrates a local one, and checks it.

Database, schema, region and server key must belong together.
"""

from pathlib import Path

from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import CardwrightError
from cardwright.storage.engines.database import SCHEMA_REVISION, Database
from cardwright.storage.engines.sqlite import SqliteDatabase
from cardwright.storage.store import REVISION, Store, system_clock, transaction
from cardwright.storage.unit import Clock

_CONNECTIONS = 20  # the default for PostgreSQL
_IDENTITY = "SELECT region, key_fingerprint, created_at FROM store WHERE id = 1"


class StoreMismatch(CardwrightError):
    """This server may not use the database. The message says what to do."""


def open_sqlite(  # noqa: PLR0913 - how the file is opened
    path: Path,
    region: str,
    server_key: ServerKey,
    clock: Clock = system_clock,
    *,
    writes: bool = True,
    frozen: bool = False,
) -> Store:
    """Open the store in a SQLite file. Creates a missing file and migrates an older schema.

    Args:
        writes: whether a read-only file is refused. Otherwise it is opened for reading.
        frozen: whether the file stays as it is, byte for byte. No other process may write it.

    Raises:
        Unavailable: the file cannot be opened or written.
        StoreMismatch: the file belongs to another region or key, or to a newer Cardwright.
    """
    database = SqliteDatabase(path, writes=writes, frozen=frozen)
    try:
        if not database.read_only and (_revision(database) or "") < REVISION:
            _migrate(path, region, server_key, clock)
        return _checked(database, region, server_key, clock)
    except BaseException:
        database.close()
        raise


def open_url(  # noqa: PLR0913 - the settings of a store
    url: str,
    region: str,
    server_key: ServerKey,
    clock: Clock = system_clock,
    *,
    connections: int = _CONNECTIONS,
    prepare: str = "auto",
) -> Store:
    """Open the store at a database URL (``postgresql://...`` or ``sqlite:///path``); its schema must exist.

    Args:
        connections: maximum number of PostgreSQL connections; the default is enough for a command.
        prepare: whether PostgreSQL's statements are prepared: ``auto``, ``on`` or ``off``.

    Raises:
        Unavailable: the database cannot be reached.
        StoreMismatch: the database must be migrated first, or belongs to another region, key or a newer Cardwright.
    """
    database = _connect(url, connections, prepare)
    try:
        return _checked(database, region, server_key, clock)
    except BaseException:
        database.close()
        raise


def migrate_url(
    url: str, region: str, server_key: ServerKey, clock: Clock = system_clock, *, prepare: str = "auto"
) -> None:
    """Migrate the database at a URL to this code's schema.

    Args:
        prepare: as for :func:`open_url`.

    Raises:
        Unavailable: the database cannot be reached or written.
        StoreMismatch: the database belongs to another region or key, or to a newer Cardwright.
    """
    database = _connect(url, prepare=prepare)
    try:
        if (_revision(database) or "") < REVISION:
            _migrate(database.path if isinstance(database, SqliteDatabase) else url, region, server_key, clock)
        _checked(database, region, server_key, clock)
    finally:
        database.close()


def _connect(url: str, connections: int = _CONNECTIONS, prepare: str = "auto") -> Database:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return SqliteDatabase(Path(rest.removeprefix("/")))
    if scheme in {"postgresql", "postgres"}:
        try:
            from cardwright.storage.engines.postgres import PostgresDatabase
        except ImportError as error:
            raise StoreMismatch("PostgreSQL needs an extra: pip install 'cardwright[postgres]'") from error
        return PostgresDatabase(f"postgresql://{rest}", connections, prepare)
    raise StoreMismatch(f"A database URL begins with postgresql:// or sqlite:///, not {scheme}://")


def _migrate(database: Path | str, region: str, server_key: ServerKey, clock: Clock) -> None:
    from cardwright.storage.schema import migrate

    migrate(database, region, server_key, clock())


def _revision(database: Database) -> str | None:
    """Return the schema revision of a database; None without a schema."""
    catalogue = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
        "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
    }
    with transaction(database.begin_read) as connection:
        if connection.row(catalogue[database.engine], {}) is None:
            return None
        row = connection.row(SCHEMA_REVISION, {})
    return None if row is None else str(row[0])


def _checked(database: Database, region: str, server_key: ServerKey, clock: Clock) -> Store:
    revision = _revision(database)
    if revision is None or revision < REVISION:
        found = "has no schema yet" if revision is None else f"has schema {revision}, older than {REVISION}"
        raise StoreMismatch(f"The database {found}: run `cardwright migrate` once, then start the servers")
    if revision > REVISION:
        raise StoreMismatch(
            f"The database has schema {revision}, newer than the {REVISION} of this Cardwright: install the"
            " Cardwright that migrated it, or a later one"
        )
    with transaction(database.begin_read) as connection:
        row = connection.row(_IDENTITY, {})
    if row is None or row[0] != region:
        made_for = "no region" if row is None else row[0]
        raise StoreMismatch(
            f"The store has the region {made_for}, fixed at its creation, and the server was started with {region}:"
            f" start it with --region {made_for}"
        )
    if row[1] != server_key.fingerprint:
        raise StoreMismatch(
            "This is not the server key that this store was created with: set --key-file or CARDWRIGHT_KEY to that key"
        )
    database.expect(_IDENTITY, row)
    database.expect_schema(REVISION)
    return Store(database, region, server_key, clock)
