"""A store: one database with its schema, its region and its server key, opened for work.

``open_sqlite`` and ``open_url`` check that database, schema, region and key belong together; ``Store.open_unit`` gives
the unit of work that actions run on.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardwright.core.access_keys import AccessKey, ServerKey
from cardwright.core.buckets import Claim
from cardwright.core.errors import CardwrightError
from cardwright.core.names import Scope, TimeOrderedIds
from cardwright.core.people import Actor
from cardwright.core.registry import Resource
from cardwright.core.search import CardHit
from cardwright.core.searchable import Searchable
from cardwright.storage.access_keys import AccessKeyTable
from cardwright.storage.account_events import AccountEventTable
from cardwright.storage.audit import AuditTable
from cardwright.storage.buckets import BucketTable, claimed_buckets
from cardwright.storage.cards import CardTable
from cardwright.storage.database import SCHEMA_REVISION, Commitment, Connection, Database, Transaction, check_schema
from cardwright.storage.drafts import DraftTable
from cardwright.storage.export_jobs import ExportJobTable, ExportQueue
from cardwright.storage.portfolio import PortfolioTable
from cardwright.storage.registry import ResourceTable
from cardwright.storage.sessions import SessionTable, TryTable
from cardwright.storage.sqlite import SqliteDatabase
from cardwright.storage.tags import TagTable
from cardwright.storage.users import UserTable, accounts_with_users
from cardwright.storage.versions import VersionTable

if TYPE_CHECKING:
    from cardwright.storage.search import Finder

REVISION = "0008"
"""The schema revision that this code works with: the newest of ``migrations/versions``."""

_IDENTITY = "SELECT region, key_fingerprint, created_at FROM store WHERE id = 1"

Clock = Callable[[], int]


class StoreMismatch(CardwrightError):
    """The database is not one that this server may work on. The message says what to do."""


def system_clock() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Unit:
    """One unit of work: the tables of the caller's account inside one transaction.

    The transaction begins with the first use of a table or of :attr:`now`, so that what needs no table (checking
    content, checking rights) keeps nobody waiting.
    """

    __slots__ = ("_begin", "_claimable", "_clock", "_ids", "_now", "_transaction", "actor", "commitment")

    def __init__(
        self, begin: Callable[[], Transaction], actor: Actor, clock: Clock, ids: TimeOrderedIds, claimable: bool
    ) -> None:
        self._begin = begin
        self._claimable = claimable
        self._clock = clock
        self._ids = ids
        self._transaction: Transaction | None = None
        self._now: int | None = None
        self.actor = actor
        self.commitment: Commitment | None = None

    @property
    def connection(self) -> Connection:
        if self._transaction is None:
            self._transaction = self._begin()
        return self._transaction.connection

    @property
    def now(self) -> int:
        """The time of this unit, read when the transaction has begun: later writers have later times."""
        if self._now is None:
            _ = self.connection
            self._now = self._clock()
        return self._now

    @property
    def scope(self) -> Scope:
        return self.actor.scope

    @property
    def cards(self) -> CardTable:
        return CardTable(self.connection, self.actor.scope.account)

    @property
    def versions(self) -> VersionTable:
        return VersionTable(self.connection, self.actor.scope.account)

    @property
    def export_jobs(self) -> ExportJobTable:
        return ExportJobTable(self.connection, self.actor.scope.account)

    @property
    def buckets(self) -> BucketTable:
        return BucketTable(self.connection, self.actor.scope.account, self._claimable)

    @property
    def tags(self) -> TagTable:
        return TagTable(self.connection, self.actor.scope.account)

    @property
    def audit(self) -> AuditTable:
        return AuditTable(self.connection, self.actor.scope.account)

    @property
    def portfolio(self) -> PortfolioTable:
        return PortfolioTable(self.connection, self.actor.scope.account)

    @property
    def drafts(self) -> DraftTable:
        return DraftTable(self.connection, self.actor.scope.account)

    @property
    def registry(self) -> ResourceTable:
        return ResourceTable(self.connection, self.actor.scope.account)

    @property
    def users(self) -> UserTable:
        return UserTable(self.connection, self.actor.scope.account)

    @property
    def sessions(self) -> SessionTable:
        return SessionTable(self.connection, self.actor.scope.account)

    @property
    def tries(self) -> TryTable:
        return TryTable(self.connection)

    @property
    def access_keys(self) -> AccessKeyTable:
        return AccessKeyTable(self.connection)

    @property
    def account_events(self) -> AccountEventTable:
        return AccountEventTable(self.connection, self.actor.scope.account)

    @property
    def card_search(self) -> "Finder[CardHit]":
        return self._finder(Searchable.CARD)

    def registry_search(self, searchable: Searchable) -> "Finder[Resource]":
        return self._finder(searchable)

    def _finder(self, searchable: Searchable) -> "Finder[Any]":
        # SQLAlchemy costs a quarter of a second to import: it comes with the first search, not with the start.
        from cardwright.storage.search import Finder  # noqa: PLC0415
        from cardwright.storage.searched import SOURCES  # noqa: PLC0415

        return Finder(self.connection, self.actor.scope, SOURCES[searchable])

    def new_id(self) -> str:
        return self._ids.next()

    def __enter__(self) -> "Unit":
        return self

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if self._transaction is None:
            return
        if fault is None:
            self.commitment = self._transaction.commit()
        else:
            self._transaction.rollback(fault)


class Store:
    """An open store. May be shared between threads; each process opens its own.

    Attributes:
        region: the one AWS region of all ARNs, fixed when the store was made.
        server_key: what secrets and paging tokens are derived from.
        claimable: whether an account gets the bucket that nobody has by exporting to it.
    """

    def __init__(
        self,
        database: Database,
        region: str,
        server_key: ServerKey,
        clock: Clock = system_clock,
        *,
        claimable: bool = True,
    ) -> None:
        self.database = database
        self.region = region
        self.server_key = server_key
        self.clock = clock
        self.claimable = claimable
        self._ids = TimeOrderedIds()

    def open_unit(self, actor: Actor, *, writes: bool = True) -> Unit:
        """A unit of work, for ``with``: commits on the way out, rolls back on an exception.

        Where commits are gathered, the unit's ``commitment`` must settle before anybody is told of what it did.
        Leaving it raises ``Unavailable`` when the database cannot be read or written.
        """
        begin = self.database.begin_write if writes else self.database.begin_read
        return Unit(begin, actor, self.clock, self._ids, self.claimable)

    def find_access_key(self, account: str, access_key_id: str) -> AccessKey | None:
        """The access key of an account, whatever its state. Raises ``Unavailable``."""
        begun = self.database.begin_read()
        memory = begun.memory
        if memory is not None and access_key_id in memory:
            found: AccessKey | None = memory[access_key_id]
            return found
        with transaction(lambda: begun) as connection:
            found = AccessKeyTable(connection).find(account, access_key_id)
        if memory is not None:
            memory[access_key_id] = found
        return found

    @contextmanager
    def access_keys(self, *, writes: bool = False) -> Iterator[AccessKeyTable]:
        """The access keys of all accounts, in a transaction of their own."""
        with transaction(self.database.begin_write if writes else self.database.begin_read) as connection:
            yield AccessKeyTable(connection)

    def accounts_with_users(self, limit: int) -> list[str]:
        """The accounts that anybody can sign in to, at most so many. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return accounts_with_users(connection, limit)

    def claimed_buckets(self) -> list[Claim]:
        """The buckets of all accounts. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return claimed_buckets(connection)

    @contextmanager
    def export_queue(self, *, writes: bool) -> Iterator[ExportQueue]:
        """The waiting export jobs of all accounts, in a transaction of their own: what was written is on disk when
        the block has ended, for what a worker does next relies on it.

        Raises:
            Unavailable: the database cannot be read or written.
        """
        with transaction(self.database.begin_write if writes else self.database.begin_read) as connection:
            yield ExportQueue(connection)

    def check(self) -> None:
        """Raise ``Unavailable`` unless the database answers, and is still that of this store, in the schema known."""
        self.database.check_file()
        with transaction(self.database.begin_read) as connection:
            check_schema(connection.row(SCHEMA_REVISION, {}), REVISION)

    def close(self) -> None:
        self.database.close()


@contextmanager
def transaction(begin: Callable[[], Transaction]) -> Iterator[Connection]:
    """A transaction that commits on the way out and rolls back on an exception."""
    begun = begin()
    try:
        yield begun.connection
    except BaseException as fault:
        begun.rollback(fault)
        raise
    commitment = begun.commit()
    if commitment is not None:
        commitment.settle()


def open_sqlite(
    path: Path, region: str, server_key: ServerKey, clock: Clock = system_clock, *, claimable: bool = True
) -> Store:
    """Open the store in a SQLite file, bringing its schema up to date first; a missing file is made.

    Raises:
        Unavailable: the file cannot be opened or written.
        StoreMismatch: the file belongs to another region or key, or to a newer Cardwright.
    """
    database = SqliteDatabase(path)
    try:
        if (_revision(database) or "") < REVISION:
            _migrate(path, region, server_key, clock)
        return _checked(database, region, server_key, clock, claimable)
    except BaseException:
        database.close()
        raise


def open_url(  # noqa: PLR0913 - what a store is opened with
    url: str,
    region: str,
    server_key: ServerKey,
    clock: Clock = system_clock,
    *,
    claimable: bool = True,
    connections: int | None = None,
) -> Store:
    """Open the store at a database URL (``postgresql://...`` or ``sqlite:///path``); its schema must be there.

    Args:
        connections: to PostgreSQL, at most; by default enough for a command.

    Raises:
        Unavailable: the database cannot be reached.
        StoreMismatch: it must be migrated first, or belongs to another region, key or a newer Cardwright.
    """
    database = _connect(url, connections)
    try:
        return _checked(database, region, server_key, clock, claimable)
    except BaseException:
        database.close()
        raise


def migrate_url(url: str, region: str, server_key: ServerKey, clock: Clock = system_clock) -> None:
    """Bring the database at a URL to this code's schema.

    Raises:
        Unavailable: the database cannot be reached or written.
        StoreMismatch: it belongs to another region or key, or to a newer Cardwright.
    """
    database = _connect(url)
    try:
        if (_revision(database) or "") < REVISION:
            _migrate(database.path if isinstance(database, SqliteDatabase) else url, region, server_key, clock)
        _checked(database, region, server_key, clock)
    finally:
        database.close()


def _connect(url: str, connections: int | None = None) -> Database:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return SqliteDatabase(Path(rest.removeprefix("/")))
    if scheme in {"postgresql", "postgres"}:
        try:
            from cardwright.storage.postgres import CONNECTIONS, PostgresDatabase  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise StoreMismatch("PostgreSQL needs an extra: pip install 'cardwright[postgres]'") from error
        return PostgresDatabase(f"postgresql://{rest}", connections or CONNECTIONS)
    raise StoreMismatch(f"A database URL begins with postgresql:// or sqlite:///, not {scheme}://")


def _migrate(database: Path | str, region: str, server_key: ServerKey, clock: Clock) -> None:
    from cardwright.storage.schema import migrate  # noqa: PLC0415 - Alembic costs half a second to import

    migrate(database, region, server_key, clock())


def _revision(database: Database) -> str | None:
    """The schema revision of a database, or None for one without a schema."""
    catalogue = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
        "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
    }
    with transaction(database.begin_read) as connection:
        if connection.row(catalogue[database.engine], {}) is None:
            return None
        row = connection.row(SCHEMA_REVISION, {})
    return None if row is None else str(row[0])


def _checked(database: Database, region: str, server_key: ServerKey, clock: Clock, claimable: bool = True) -> Store:
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
            f"The store holds region {made_for}, fixed when it was made, and the server was told {region}:"
            f" start it with --region {made_for}"
        )
    if row[1] != server_key.fingerprint:
        raise StoreMismatch(
            "The server key is not the one this store was made with: point --key-file or CARDWRIGHT_KEY to that one"
        )
    database.expect(_IDENTITY, row)
    database.expect_schema(REVISION)
    return Store(database, region, server_key, clock, claimable=claimable)
