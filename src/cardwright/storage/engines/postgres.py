"""PostgreSQL through psycopg 3: pooled connections, prepared statements, row locks for writers."""

import re
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from functools import lru_cache, partial
from typing import LiteralString, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from cardwright.core.errors import Conflict, Invalid, Unavailable
from cardwright.storage.engines.database import (
    MIGRATION_LOCK,
    SCHEMA_REVISION,
    Lookup,
    Parameters,
    Row,
    Threads,
    check_schema,
)
from cardwright.storage.engines.memory import Memory
from cardwright.storage.engines.postgres_connection import (
    STATEMENT_SECONDS,
    Silent,
    WatchedConnection,
    addresses,
    reason,
)
from cardwright.storage.engines.postgres_greenlets import Greenlets, SharedCall, current
from cardwright.storage.engines.postgres_pool import Pool
from cardwright.storage.engines.postgres_state import STATE, StateMemory

Result = TypeVar("Result")

_PARAMETER = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_READ_ONLY: LiteralString = "SELECT current_setting('transaction_read_only') AS read_only"
_BEGIN_WRITE: LiteralString = f"SELECT pg_advisory_xact_lock_shared({MIGRATION_LOCK}); {SCHEMA_REVISION}; {_READ_ONLY}"
"""One round trip with BEGIN. A migration waits for earlier writes, and later writes wait for the migration."""

_LIMITED: LiteralString = (
    f"SELECT set_config('statement_timeout', '{STATEMENT_SECONDS}s', true)"
    " WHERE current_setting('statement_timeout') = '0'"
)
"""For one transaction: a pooler in transaction mode keeps no other settings."""

_BEGIN_INSPECTION: LiteralString = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    " SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
)
# A row lock is a write that leaves no dead row; SKIP LOCKED ignores the lock of a concurrent check.
_TRY_TO_WRITE: LiteralString = (
    f"BEGIN; {_LIMITED}; {_READ_ONLY}; SELECT id FROM store WHERE id = 1 FOR UPDATE SKIP LOCKED; ROLLBACK"
)
_PREPARED_STATEMENT_LOST = frozenset({"26000", "42P05"})
_SERVER_LOST = frozenset({"25006", "25P03", "57P01", "57P02", "57P03", "57P04", "57P05"})
"""Read-only, timed out while idle, shut down, crashed, still starting, dropped: another connection may work."""


@lru_cache(maxsize=512)
def _translated(sql: str) -> LiteralString:
    """Return the statement with ``%(name)s`` for ``:name``, as psycopg needs it."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))


class PostgresConnection:
    """:class:`storage.engines.database.Connection` over a transaction's connection from the pool."""

    __slots__ = ("_transaction",)
    engine = "postgresql"

    def __init__(self, transaction: "_Transaction") -> None:
        self._transaction = transaction

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        return self._transaction.read(sql, parameters)

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        rows = self._transaction.read(sql, parameters, 1)
        return rows[0] if rows else None

    def look_up(self, lookup: Lookup, account: str, key: str) -> Row | None:
        return self._transaction.look_up(lookup, account, key)

    def run(self, sql: str, parameters: Parameters) -> int:
        return self._transaction.change(sql, parameters).rowcount

    def send(self, sql: str, parameters: Parameters) -> None:
        self._transaction.send(sql, parameters)

    def defer(self, sql: str, parameters: Parameters) -> None:
        self._transaction.send(sql, parameters)

    def run_deferred(self) -> None:
        pass  # nothing is deferred


class PostgresDatabase:
    """:class:`storage.engines.database.Database` over one PostgreSQL database.

    Args:
        url: a libpq connection URL, ``postgresql://user:password@host/database``, of one server or several.
        connections: the maximum of open connections; a thread waits up to five seconds for a free one.
        prepare: whether statements are prepared: ``on``, ``off``, or ``auto``, which means off behind a pooler.

    Raises:
        Unavailable: the URL is not valid.
    """

    engine = "postgresql"

    def __init__(self, url: str, connections: int, prepare: str = "auto") -> None:
        try:
            choices = addresses(url)
        except psycopg.ProgrammingError as error:
            raise Unavailable(f"The database URL is not valid: {reason(error)}") from None
        self._prepare = prepare
        self._revision: str | None = None
        self.pool = Pool(choices, connections, self._prepares)
        self._state_memory = StateMemory(self._read_state)
        self._lookups: dict[Lookup, SharedCall[tuple[str, str], Row]] = {}

    def begin_read(self) -> "_Transaction":
        return _Transaction(self, None)

    def begin_write(self, *, undo: bool = True) -> "_Transaction":  # noqa: ARG002 - each one has its own commit
        return _Transaction(self, lambda raw: _begin_write(raw, self._revision))

    def begin_inspection(self) -> "_Transaction":
        return _Transaction(self, lambda raw: raw.execute(_BEGIN_INSPECTION, prepare=False), is_patient=True)

    def gather_commits(self) -> bool:
        return False  # PostgreSQL groups the commits of its connections itself

    def loop_work(self, loop: AbstractEventLoop, limit: int, threads: Threads) -> Greenlets | None:
        # Windows' own event loop cannot wait for a socket of libpq.
        return None if sys.platform == "win32" else Greenlets(loop, limit, threads)

    def memory(self, *, now: bool = True) -> Memory | None:
        return self._state_memory.get(now=now)

    def flush(self) -> None:
        pass

    def end_turn(self) -> bool:
        return False

    def check_file(self) -> None:
        """Raise ``Unavailable`` unless the database accepts writes."""
        self._read(lambda raw: _check_writable(_results(raw.execute(_TRY_TO_WRITE, prepare=False))))

    def expect(self, sql: str, row: Row) -> None:
        pass  # the database server has the files

    def expect_schema(self, revision: str) -> None:
        self._revision = revision

    def hurry(self) -> None:
        self.pool.hurry()

    def close(self) -> None:
        self.pool.close()

    def lost(self, error: psycopg.Error, raw: WatchedConnection) -> bool:
        """Whether a connection is unusable after an error."""
        if error.sqlstate in _PREPARED_STATEMENT_LOST and self._prepare != "on":
            self._prepare = "off"  # a pooler that the handshake did not reveal
            return True
        return raw.closed or error.sqlstate in _SERVER_LOST or isinstance(error, Silent)

    def shared(self, lookup: Lookup) -> SharedCall[tuple[str, str], Row]:
        """Return what finds the rows of several requests: their keys are pairs of an account and a key."""
        if lookup not in self._lookups:
            self._lookups[lookup] = SharedCall(partial(self._rows_of_keys, lookup.several))
        return self._lookups[lookup]

    def _rows_of_keys(self, sql: str, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Row]:
        accounts, keys = map(list, zip(*sorted(wanted), strict=True))
        parameters = {"accounts": accounts, "keys": keys}
        rows = self._read(lambda raw: raw.read(_translated(sql), parameters))
        return {(row[0], row[1]): row[2:] for row in rows}

    def _read_state(self) -> object | None:
        """Return the server with its snapshot; None behind a pooler, which may change the server at any time."""
        state = self._read(lambda raw: (raw.is_direct, raw.address, raw.server, raw.read(STATE, {})))
        return state if state[0] else None

    def _read(self, work: Callable[[WatchedConnection], Result]) -> Result:
        """Return the result of idempotent work in a transaction of its own."""
        transaction = _Transaction(self, None)
        try:
            result = transaction.retried(work)
        except BaseException as fault:
            transaction.rollback(fault)
            raise
        transaction.commit()
        return result

    def _prepares(self, connection: WatchedConnection) -> bool:
        return self._prepare == "on" or (self._prepare == "auto" and connection.is_direct)


class _Transaction:
    """A transaction on a connection from the pool. A read borrows it for its first statement."""

    __slots__ = ("_database", "_is_patient", "_is_read", "_limit", "_raw", "_waiting", "connection")
    memory = None

    def __init__(
        self,
        database: PostgresDatabase,
        begin: Callable[[WatchedConnection], object] | None,
        *,
        is_patient: bool = False,
    ) -> None:
        self._database = database
        self._is_patient = is_patient
        self._is_read = begin is None
        self._waiting: list[tuple[LiteralString, Parameters]] = []
        self._raw: WatchedConnection | None = None
        self._limit: float | None = None
        self.connection = PostgresConnection(self)
        if begin is not None:
            try:
                self.retried(begin)
            except (psycopg.Error, Unavailable) as fault:
                self.rollback(fault)
                raise

    def read(self, sql: str, parameters: Parameters, limit: int | None = None) -> list[Row]:
        text = _translated(sql)
        if not self._is_read:
            self._send_waiting()
            return self._lent().read(text, parameters, limit)
        return self.retried(lambda raw: raw.read(text, parameters, limit))

    def look_up(self, lookup: Lookup, account: str, key: str) -> Row | None:
        running = current()
        if running is not None and self._is_read and self._raw is None:
            return self._database.shared(lookup).result(running, (account, key))
        rows = self.read(lookup.one, {"account": account, "key": key}, 1)
        return rows[0] if rows else None

    def change(self, sql: str, parameters: Parameters) -> psycopg.Cursor[Row]:
        self._send_waiting()
        return self._lent().execute(_translated(sql), parameters)

    def send(self, sql: str, parameters: Parameters) -> None:
        self._waiting.append((_translated(sql), parameters))

    def _send_waiting(self, *, commits: bool = False) -> None:
        """Run the waiting statements, and COMMIT after them, in one round trip."""
        waiting, self._waiting = self._waiting, []
        raw = self._lent()
        if len(waiting) + commits < 2 or not psycopg.Pipeline.is_supported():
            for text, parameters in waiting:
                raw.execute(text, parameters)
            if commits:
                raw.commit()
            return
        try:
            with raw.pipeline():
                for text, parameters in waiting:
                    raw.execute(text, parameters)
                if commits:
                    raw.execute("COMMIT", prepare=False)
        except psycopg.Error as error:
            if raw.verdict is not None:  # the end of the pipeline replaces the error of its wait
                raise Silent(raw.verdict) from error
            raise

    def retried(self, work: Callable[[WatchedConnection], Result]) -> Result:
        """Run idempotent work: once more when the pool's connection turns out to be dead."""
        raw = self._lent()
        try:
            return work(raw)
        except psycopg.Error as error:
            if isinstance(error, Silent) or not self._database.lost(error, raw):
                raise
            self._raw = None
            self._database.pool.discard(raw)
            return work(self._lent())

    def commit(self) -> None:
        raw = self._raw
        if self._is_read or raw is None:
            self._end()
            return
        raw.warning = None
        try:
            self._send_waiting(commits=True)
        except psycopg.Error as error:
            if _refuses(error, raw):
                self.rollback(error)
                raise
            self._database.pool.discard(raw)
            raise Unavailable(
                f"The database failed during the commit, and the request may or may not be complete: {reason(error)}"
            ) from error
        if raw.warning is not None:  # an operator cancelled the wait for the standby, which lacks the commit
            warning = raw.warning
            self._end()
            raise Unavailable(f"The database committed with a warning, so the request may be lost: {warning}")
        self._end()

    def rollback(self, fault: BaseException) -> None:
        raw = self._raw
        if raw is None:
            return
        try:
            if not raw.closed and not isinstance(fault, Silent):
                raw.rollback()
        except psycopg.Error as error:
            self._database.pool.discard(raw)
            raise _unavailable(error) from fault
        if raw.closed or (isinstance(fault, psycopg.Error) and self._database.lost(fault, raw)):
            self._database.pool.discard(raw)
        else:
            self._end()
        if isinstance(fault, psycopg.errors.UniqueViolation):
            raise Conflict("Another request took the name or the model at the same moment") from fault
        if isinstance(fault, psycopg.DataError) and "NUL" in str(fault):
            raise Invalid("A text of the request has the character U+0000, which cannot be stored") from fault
        if isinstance(fault, psycopg.errors.ProgramLimitExceeded):
            raise Invalid("A text of the request is longer than an index entry of the database") from fault
        if isinstance(fault, psycopg.Error):
            raise _unavailable(fault) from fault

    def _lent(self) -> WatchedConnection:
        """Return the connection of this transaction. Raises ``Unavailable`` without one."""
        if self._raw is None:
            try:
                self._raw = self._database.pool.lend()
            except psycopg.Error as error:
                raise _unavailable(error) from error
            self._limit = self._raw.limit
            if self._is_patient:
                self._raw.limit = None
        return self._raw

    def _end(self) -> None:
        if self._raw is not None:
            self._raw.limit = self._limit
            self._database.pool.give_back(self._raw)


def _refuses(error: psycopg.Error, raw: WatchedConnection) -> bool:
    """Whether the server refused a statement, so that it has not committed the transaction."""
    return not raw.closed and raw.pgconn.transaction_status == TransactionStatus.INERROR and error.sqlstate is not None


def _begin_write(raw: WatchedConnection, revision: str | None) -> None:
    begin: LiteralString = "BEGIN" if raw.is_direct else f"BEGIN; {_LIMITED}"
    then = _READ_ONLY if revision is None else _BEGIN_WRITE
    results = _results(raw.execute(f"{begin}; {then}", prepare=False))
    if revision is not None:
        check_schema(results["version_num"], revision)
    _check_writable(results)


def _results(cursor: psycopg.Cursor[Row]) -> dict[str, Row | None]:
    """Return the first row of each of several statements, by its first column."""
    results = {}
    while True:
        if cursor.description is not None:
            results[cursor.description[0].name] = cursor.fetchone()
        if not cursor.nextset():
            return results


def _check_writable(results: dict[str, Row | None]) -> None:
    if results["read_only"] != ("off",):
        raise psycopg.errors.ReadOnlySqlTransaction("it accepts no writes: it is a standby, or set to read-only")


def _unavailable(error: psycopg.Error) -> Unavailable:
    return Unavailable(f"The database cannot serve the request now: {reason(error)}")


def migration_connection(url: str) -> WatchedConnection:
    """Open a connection for a migration: its statements have no time limit while the server answers others.

    Raises:
        psycopg.OperationalError: no server accepts writes.
    """
    raw = Pool(addresses(url), 1, lambda _: False).lend()
    raw.limit = None
    raw.autocommit = False
    return raw
