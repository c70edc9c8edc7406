"""PostgreSQL through psycopg 3: a pool of connections, prepared statements, row locks for writers."""

import re
from functools import lru_cache
from typing import LiteralString

import psycopg
import psycopg_pool

from cardwright.core.errors import Conflict, Invalid, Unavailable
from cardwright.storage.database import MIGRATION_LOCK, SCHEMA_REVISION, Parameters, Row, check_schema

Raw = psycopg.Connection[Row]

_PARAMETER = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_BEGIN_WRITE: LiteralString = f"BEGIN; SELECT pg_advisory_xact_lock_shared({MIGRATION_LOCK}); {SCHEMA_REVISION}"
"""One round trip. A migration waits for those who write by then, and they who begin meanwhile wait for it."""

_WAIT_SECONDS = 5.0


@lru_cache(maxsize=512)
def _translated(sql: str) -> LiteralString:
    """``:name`` as psycopg wants it, ``%(name)s``."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))


class PostgresConnection:
    """:class:`storage.database.Connection` over one psycopg connection."""

    __slots__ = ("raw",)
    engine = "postgresql"

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    def rows(self, sql: str, parameters: Parameters) -> list[Row]:
        return self.raw.execute(_translated(sql), parameters, prepare=True).fetchall()

    def row(self, sql: str, parameters: Parameters) -> Row | None:
        return self.raw.execute(_translated(sql), parameters, prepare=True).fetchone()

    def run(self, sql: str, parameters: Parameters) -> int:
        return self.raw.execute(_translated(sql), parameters, prepare=True).rowcount

    def run_late(self, sql: str, parameters: Parameters) -> None:
        self.run(sql, parameters)

    def run_what_is_late(self) -> None:
        pass  # nothing waits


class PostgresDatabase:
    """:class:`storage.database.Database` over one PostgreSQL database.

    Args:
        url: a libpq connection URL, ``postgresql://user:password@host/database``.
        connections: open at once at most; a thread that finds none free waits five seconds for one.
    """

    engine = "postgresql"

    def __init__(self, url: str, connections: int) -> None:
        self._pool: psycopg_pool.ConnectionPool[Raw] = psycopg_pool.ConnectionPool(
            url,
            kwargs={"autocommit": True, "application_name": "cardwright"},
            min_size=1,
            max_size=connections,
            timeout=_WAIT_SECONDS,
            check=psycopg_pool.ConnectionPool.check_connection,
            open=True,
        )
        self._revision: str | None = None

    def begin_read(self) -> "_Transaction":
        return _Transaction(self._pool, None)

    def begin_write(self) -> "_Transaction":
        return _Transaction(self._pool, "BEGIN" if self._revision is None else _BEGIN_WRITE, self._revision)

    def begin_inspection(self) -> "_Transaction":
        return _Transaction(self._pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def gather_commits(self) -> bool:
        return False  # PostgreSQL gathers the commits of its connections by itself

    def flush(self) -> None:
        pass

    def check_file(self) -> None:
        pass  # its files are not ours to look at

    def expect(self, sql: str, row: Row) -> None:
        pass  # nobody writes over them

    def expect_schema(self, revision: str) -> None:
        self._revision = revision

    def close(self) -> None:
        self._pool.close()


class _Transaction:
    __slots__ = ("_pool", "_raw", "connection")
    memory = None

    def __init__(
        self, pool: "psycopg_pool.ConnectionPool[Raw]", begin: LiteralString | None, revision: str | None = None
    ) -> None:
        self._pool = pool
        try:
            self._raw = pool.getconn()
        except psycopg.Error as error:
            raise _unavailable(error) from error
        self.connection = PostgresConnection(self._raw)
        if begin is not None:
            try:
                begun = self._raw.execute(begin, prepare=False)
                if revision is not None:
                    check_schema(_last_row(begun), revision)
            except (psycopg.Error, Unavailable) as fault:
                self.rollback(fault)
                raise

    def commit(self) -> None:
        try:
            self._raw.commit()
        except psycopg.Error as error:
            raise _unavailable(error) from error
        finally:
            self._pool.putconn(self._raw)

    def rollback(self, fault: BaseException) -> None:
        try:
            self._raw.rollback()
        except psycopg.Error as error:
            raise _unavailable(error) from error
        finally:
            self._pool.putconn(self._raw)
        if isinstance(fault, psycopg.errors.UniqueViolation):
            raise Conflict("Another request took the name or the model at the same moment") from fault
        if isinstance(fault, psycopg.DataError) and "NUL" in str(fault):
            raise Invalid("A text of the request holds the character U+0000, which no text that is kept may") from fault
        if isinstance(fault, psycopg.errors.ProgramLimitExceeded):
            raise Invalid("A text of the request is longer than an index of the database can hold") from fault
        if isinstance(fault, psycopg.Error):
            raise _unavailable(fault) from fault


def _last_row(cursor: psycopg.Cursor[Row]) -> Row | None:
    """The first row that the last of several statements gave."""
    while cursor.nextset():
        pass
    return cursor.fetchone()


def _unavailable(error: psycopg.Error) -> Unavailable:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return Unavailable(f"The database cannot serve the request now: {reason}")
