"""One connection to PostgreSQL that never waits without end.

A frozen server keeps its connections open and never enforces its own time limits. So each wait for the server's answer
calls a watch every tenth of a second, which ends the wait by raising. Why: ``docs/decisions/0015-silent-database.md``.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, LiteralString

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cardwright.storage.engines.database import Row

Address = Mapping[str, Any]
"""The libpq parameters of one server: of several hosts in a URL, one."""

Watch = Callable[["WatchedConnection"], None]
"""Called while a connection waits for its server, about ten times a second. It raises to end the wait."""

STATEMENT_SECONDS = 30
"""How long PostgreSQL works on one statement, unless the URL, the role or the database has its own limit."""

MARGIN_SECONDS = 5
"""How much longer than the server's own limit a statement may take before its connection is closed."""

ANSWER_SECONDS = 2.0
"""How long a server may take to answer a probe."""

POOLED_ANSWER_SECONDS = 5.0
"""How long it may take behind a pooler, where a probe waits in a queue."""

_TICK_SECONDS = 0.1
_FIRST_SECONDS = 5.0  # a new connection's first statement
_DEFAULTS = {
    "application_name": "cardwright",
    "connect_timeout": "2",
    "target_session_attrs": "read-write",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# Behind a pooler the process id of the handshake is the pooler's own invention: there no setting of a session is kept.
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
    """The server does not answer: the connection was closed while it waited."""


class WatchedConnection(psycopg.Connection[Row]):
    """A connection with a watch over its waits.

    Attributes:
        address: where its server is reached.
        server: when its server started, which tells one server at an address from the next.
        is_direct: whether no pooler is between.
        limit: seconds that one wait may take; None for as long as the server answers others.
        waits_since: when the wait at hand began, by ``time.monotonic``; None between waits.
        opened: when it was opened.
        verdict: why its wait must end now; the watch of another connection sets it.
        is_stale: whether it is closed rather than used again.
        warning: the last warning that the server sent.
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

    def wait(self, gen: PQGen[RV], interval: float = _TICK_SECONDS, timeout: float | None = None) -> RV:
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: PQGen[RV]) -> PQGen[RV]:
        self.waits_since = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    wanted = gen.send(ready)
                elif self.watch is not None:
                    self.watch(self)
        except StopIteration as end:
            value: RV = end.value
            return value
        finally:
            self.waits_since = None

    def waited(self) -> float:
        """Seconds that the wait at hand has lasted."""
        return 0.0 if self.waits_since is None else time.monotonic() - self.waits_since

    def prepare_statements(self, prepares: bool) -> None:
        """Say whether statements are prepared. A pooler in transaction mode may not keep them."""
        self.prepare_threshold = 0 if prepares else None


def addresses(url: str) -> list[Address]:
    """The servers that a libpq URL names, each with all its parameters; ours where the URL has none.

    Raises:
        psycopg.ProgrammingError: the URL cannot be read.
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
        watch: watches all later waits.
        first: seconds for the first statement, which a pooler may keep waiting.

    Raises:
        psycopg.OperationalError: there is no server, it refuses, or it does not answer in time.
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
        psycopg.OperationalError: none does; the message names the reason of each.
    """
    faults: list[psycopg.OperationalError] = []
    for address in choices:
        try:
            return open_connection(address, watch)
        except psycopg.OperationalError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    reasons = [f"{_place(address)}: {reason(fault)}" for address, fault in zip(choices, faults, strict=True)]
    raise psycopg.OperationalError("; ".join(reasons) or "the URL names no server")


def probe(connection: WatchedConnection, *, ends_backend: bool = False) -> str | None:
    """Ask the server of a connection that waits for a sign of life, over a new connection.

    Args:
        ends_backend: also end the server's process of the waiting connection, so that it does not pile up.

    Returns:
        Why the connection waits in vain; None when its server answers.
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
    """The first line of an error of the database."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _limit(seconds: float) -> Watch:
    def watch(connection: WatchedConnection) -> None:
        if connection.waited() > seconds:
            raise Silent(f"the server has not answered for {seconds:g} seconds")

    return watch


def _note(connection: WatchedConnection, notice: psycopg.errors.Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        connection.warning = notice.message_primary


def _place(address: Address) -> str:
    return ":".join(str(address[name]) for name in ("host", "port") if name in address) or "the default server"
