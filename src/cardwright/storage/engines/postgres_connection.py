"""A connection to PostgreSQL whose waits always end.

A frozen server keeps its connections open and never enforces its own time limits. Every wait for an answer therefore
calls a watch every tenth of a second, which can end the wait by raising. Why:
``docs/decisions/0015-silent-database.md``.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, LiteralString

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cardwright.storage.engines.database import Parameters, Row
from cardwright.storage.engines.postgres_greenlets import TICK_SECONDS, blocking, current

Address = Mapping[str, Any]
"""The libpq parameters of one server; a URL may name several."""

Watch = Callable[["WatchedConnection"], None]
"""Called while a connection waits for its server, about ten times a second. It raises to end the wait."""

STATEMENT_SECONDS = 30
"""Statement timeout in PostgreSQL, unless the URL, the role or the database sets another one."""

MARGIN_SECONDS = 5
"""Seconds beyond the server's own timeout after which a statement's connection is closed."""

ANSWER_SECONDS = 2.0
"""Seconds for a server to answer a probe."""

POOLED_ANSWER_SECONDS = 5.0
"""Seconds for a server behind a pooler, where a probe waits in a queue."""

_FEW_ROWS = 1_000
_FIRST_SECONDS = 5.0  # the timeout of a new connection's first statement
_DEFAULTS = {
    "application_name": "cardwright",
    "connect_timeout": "2",
    "target_session_attrs": "read-write",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# A pooler invents the process id of the handshake; session settings do not survive behind it.
_START: LiteralString = f"""
SELECT CAST(pg_postmaster_start_time() AS text), pg_backend_pid() = %(pid)s,
    EXTRACT(EPOCH FROM CAST(CASE WHEN current_setting('statement_timeout') = '0' AND pg_backend_pid() = %(pid)s
        THEN set_config('statement_timeout', '{STATEMENT_SECONDS}s', false)
        ELSE current_setting('statement_timeout') END AS interval)),
    CASE WHEN current_setting('idle_in_transaction_session_timeout') = '0' AND pg_backend_pid() = %(pid)s
        THEN set_config('idle_in_transaction_session_timeout', '60s', false) END
"""
_REFUSED_BY_THE_SERVER = re.compile(r"failed: \S+:  ")  # FATAL:  in the server's language


class Silent(psycopg.OperationalError):
    """The server does not answer: the connection was closed during the wait."""


class WatchedConnection(psycopg.Connection[Row]):
    """A connection whose waits are watched.

    Attributes:
        address: the address of its server.
        server: the start time of its server, which distinguishes two servers that use one address in turn.
        is_direct: whether there is no pooler in between.
        limit: maximum seconds of one wait; None for no limit while the server answers others.
        waits_since: the start of the current wait, by ``time.monotonic``; None between waits.
        opened: the time when it was opened.
        verdict: the reason why its wait must end now; the watch of another connection sets it.
        is_stale: whether it must be closed rather than used again.
        warning: the last warning from the server.
    """

    address: Address
    server: str
    is_direct: bool
    limit: float | None = STATEMENT_SECONDS + MARGIN_SECONDS
    waits_since: float | None = None
    opened: float
    verdict: str | None = None
    is_stale = False
    warning: str | None = None
    watch: Watch | None = None
    _reader: psycopg.Cursor[Row] | None = None

    def read(self, sql: LiteralString, parameters: Parameters, limit: int | None = None) -> list[Row]:
        """Execute a statement and return its rows, or the first ``limit`` ones.

        One cursor executes all: it knows how to convert the columns of the last statement. One that has many rows keeps
        them, so it is used no more.
        """
        cursor, self._reader = self._reader or self.cursor(), None
        cursor.execute(sql, parameters)
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
        if cursor.rowcount <= _FEW_ROWS:
            self._reader = cursor
        return rows

    def wait(self, gen: PQGen[RV], interval: float = TICK_SECONDS, timeout: float | None = None) -> RV:
        running = current()
        watched = self.watched(gen)
        if running is None:
            return super().wait(watched, interval, timeout)
        return running.wait_for_socket(watched, self.pgconn.socket)

    def watched(self, gen: PQGen[RV]) -> PQGen[RV]:
        self.waits_since = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    wanted = gen.send(ready)
                elif self.watch is not None:
                    blocking(partial(self.watch, self))
        except StopIteration as end:
            value: RV = end.value
            return value
        finally:
            self.waits_since = None

    def waited(self) -> float:
        """Seconds since the start of the current wait."""
        return 0.0 if self.waits_since is None else time.monotonic() - self.waits_since

    def prepare_statements(self, prepares: bool) -> None:
        """Set whether statements are prepared. A pooler in transaction mode may lose prepared statements."""
        self.prepare_threshold = 0 if prepares else None


def addresses(url: str) -> list[Address]:
    """Return the servers in a libpq URL, each with all its parameters, and Cardwright's defaults for missing ones.

    Raises:
        psycopg.ProgrammingError: the URL is not valid.
    """
    given: dict[str, Any] = _DEFAULTS | conninfo_to_dict(url)
    parts = {name: str(given[name]).split(",") for name in ("host", "hostaddr", "port") if name in given}
    count = max([len(part) for part in parts.values()], default=1)
    return [
        given | {name: part[number] if len(part) > 1 else part[0] for name, part in parts.items()}
        for number in range(count)
        if all(len(part) in {1, count} for part in parts.values())
    ]


def open_connection(address: Address, watch: Watch | None = None, first: float = _FIRST_SECONDS) -> WatchedConnection:
    """Connect to one server and set the limits of the session.

    Args:
        watch: called during all later waits.
        first: timeout in seconds of the first statement, which may wait in a pooler.

    Raises:
        psycopg.OperationalError: no server listens, it refuses, or it does not answer in time.
    """
    connection = WatchedConnection.connect(make_conninfo("", **address), autocommit=True, prepare_threshold=None)
    try:
        connection.address = address
        connection.opened = time.monotonic()
        connection.watch = _limit(first)
        rows = connection.execute(_START, {"pid": connection.info.backend_pid}).fetchall()
        connection.server, connection.is_direct, seconds, _ = rows[0]
        connection.limit = (float(seconds) or STATEMENT_SECONDS) + MARGIN_SECONDS
    except BaseException:
        connection.close()
        raise
    connection.add_notice_handler(lambda notice: _note(connection, notice))
    connection.watch = watch
    return connection


def open_any(choices: Sequence[Address], watch: Watch | None = None) -> WatchedConnection:
    """Connect to the first server that accepts.

    Raises:
        psycopg.OperationalError: no server accepts; the message has the reason of each.
    """
    faults: list[psycopg.OperationalError] = []
    for address in choices:
        try:
            return open_connection(address, watch)
        except psycopg.OperationalError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    reasons = [f"{_address_text(address)}: {reason(fault)}" for address, fault in zip(choices, faults, strict=True)]
    raise psycopg.OperationalError("; ".join(reasons) or "the URL names no server")


def probe(connection: WatchedConnection, *, ends_backend: bool = False) -> str | None:
    """Probe the server of a waiting connection over a new connection.

    Args:
        ends_backend: also end the waiting connection's server process, so that such processes do not accumulate.

    Returns:
        The reason why the wait is in vain; None when the server answers.
    """
    seconds = ANSWER_SECONDS if connection.is_direct else POOLED_ANSWER_SECONDS
    address = {**connection.address, "target_session_attrs": "any"}
    try:
        asked = open_connection(address, _limit(seconds), seconds)
    except psycopg.OperationalError as fault:
        if _REFUSED_BY_THE_SERVER.search(str(fault)):
            return None
        return f"the server does not answer: {reason(fault)}"
    try:
        if asked.server != connection.server:
            return "another server has its address now"
        if ends_backend and connection.is_direct:
            with suppress(psycopg.Error):  # the connection is closed either way
                asked.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    finally:
        asked.close()
    return None


def reason(error: psycopg.Error) -> str:
    """Return the first line of a database error."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _limit(seconds: float) -> Watch:
    def watch(connection: WatchedConnection) -> None:
        if connection.waited() > seconds:
            raise Silent(f"the server has not answered for {seconds:g} seconds")

    return watch


def _note(connection: WatchedConnection, notice: psycopg.errors.Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        connection.warning = notice.message_primary


def _address_text(address: Address) -> str:
    return ":".join(str(address[name]) for name in ("host", "port") if name in address) or "the default server"
