"""The pool of PostgreSQL connections of a process.

The pool does not check a connection before it lends it, which would cost a round trip. An error of its first statement
discards it: see :meth:`Pool.discard`. Why Cardwright has its own pool: ``docs/decisions/0015-silent-database.md``.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg

from cardwright.storage.engines.postgres_connection import (
    Address,
    Silent,
    WatchedConnection,
    open_any,
    probe,
    reason,
)
from cardwright.storage.engines.postgres_greenlets import blocking, current

SILENT_SECONDS = 1.0
"""Seconds after which a waiting statement's server is probed."""

PAUSE_SECONDS = 0.25
"""Seconds between two attempts to reach a server."""

_FREE_SECONDS = 5.0  # timeout of a thread that waits for a free connection
_HEARD_SECONDS = 1.0  # how long the answer to a probe counts
_DRAIN_SECONDS = 1.0  # how long new connections wait for the last threads of an unresponsive server
_HURRY_SECONDS = 0.5
_IDLE_SECONDS = 600.0
_LIFE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class _Failure:
    began: float
    ended: float
    reason: str


class Pool:
    """Connections to one database.

    Args:
        choices: the addresses of the database's servers, in the order of the attempts.
        limit: maximum number of open connections.
        prepares: whether a new connection prepares its statements.
    """

    def __init__(self, choices: Sequence[Address], limit: int, prepares: Callable[[WatchedConnection], bool]) -> None:
        self._choices = list(choices)
        self._limit = limit
        self._prepares = prepares
        self._changed = threading.Condition()
        self._idle: list[tuple[float, WatchedConnection]] = []
        self._lent: set[WatchedConnection] = set()
        self._connecting = 0
        self._failure: _Failure | None = None
        self._succeeded = 0.0
        self._probing = threading.Lock()
        self._heard: dict[str, float] = {}
        self._hurries = False
        self._closed = False

    def lend(self) -> WatchedConnection:
        """Lend a connection to the caller until :meth:`give_back` or :meth:`discard`. It may turn out to be dead.

        A greenlet waits for its turn first.

        While no server can be reached, one thread at a time tries, and all waiting threads share its result.

        Raises:
            psycopg.OperationalError: no server can be reached, or no connection became free in time.
        """
        running = current()
        if running is not None:
            running.take_turn()
        return self._lend_idle() or blocking(self._lend_later)

    def _lend_idle(self) -> WatchedConnection | None:
        """Lend a connection that is free now."""
        with self._changed:
            return self._take_idle()

    def _take_idle(self) -> WatchedConnection | None:
        """Take a connection that is free; the caller holds the lock."""
        if not self._idle:
            return None
        _, connection = self._idle.pop()
        self._lent.add(connection)
        return connection

    def _lend_later(self) -> WatchedConnection:
        """Lend a connection that becomes free or is opened."""
        asked = time.monotonic()
        while True:
            connection = self._free(asked)
            if connection is not None:
                return connection
            began = time.monotonic()
            try:
                connection = open_any(self._choices, self._watch)
            except psycopg.OperationalError as fault:
                if self._note_failure(began, fault):
                    raise
            except BaseException:
                with self._changed:
                    self._connecting -= 1
                    self._changed.notify_all()
                raise
            else:
                return self._note_success(connection)

    def give_back(self, connection: WatchedConnection) -> None:
        """Take back a working connection without an open transaction."""
        now = time.monotonic()
        surplus = []
        with self._changed:
            self._lent.discard(connection)
            if connection.is_stale or self._closed or now - connection.opened > _LIFE_SECONDS:
                surplus.append(connection)
            else:
                self._idle.append((now, connection))
            if self._idle and now - self._idle[0][0] > _IDLE_SECONDS:
                surplus.append(self._idle.pop(0)[1])
            self._changed.notify()
        _close(surplus)

    def discard(self, connection: WatchedConnection) -> None:
        """Close a connection whose server failed. All other open connections become stale."""
        with self._changed:
            self._lent.discard(connection)
            surplus = [connection, *self._distrust()]
            self._changed.notify_all()
        _close(surplus)

    def hurry(self) -> None:
        """Shorten the waits for an unresponsive server from now on, because the process ends."""
        with self._changed:
            self._hurries = True
            self._changed.notify_all()

    def close(self) -> None:
        """Close all connections. Waiting statements fail."""
        with self._changed:
            self._closed = self._hurries = True
            surplus = self._distrust()
            for connection in self._lent:
                connection.verdict = "the server stops"
            self._changed.notify_all()
        _close(surplus)

    def _free(self, asked: float) -> WatchedConnection | None:
        """Return a free connection; None when the caller must open one, which is counted as connecting."""
        with self._changed:
            while True:
                if self._closed:
                    raise psycopg.OperationalError("the store is closed")
                connection = self._take_idle()
                if connection is not None:
                    return connection
                now = time.monotonic()
                failure = self._failure
                if failure is not None and (failure.began >= asked or self._hurries):
                    raise psycopg.OperationalError(failure.reason)
                pause = self._pause(asked, now)
                if pause <= 0:
                    self._connecting += 1
                    return None
                if now - asked > _FREE_SECONDS and self._is_full():
                    raise psycopg.OperationalError(f"all {self._limit} connections are in use")
                self._changed.wait(pause)

    def _pause(self, asked: float, now: float) -> float:
        """Return the seconds to wait, unless something changes, before a new connection may be opened."""
        if self._is_full():
            return max(0.01, asked + _FREE_SECONDS - now)
        if self._failure is not None:
            return 1.0 if self._connecting else self._failure.ended + PAUSE_SECONDS - now
        if now - asked < _DRAIN_SECONDS and any(one.verdict for one in self._lent):
            return 0.1  # the first success of the new server must not precede an error of the old one
        return 0.0

    def _is_full(self) -> bool:
        return len(self._lent) + self._connecting >= self._limit

    def _note_failure(self, began: float, fault: psycopg.OperationalError) -> bool:
        """Whether a failed attempt is final: not when another attempt succeeded in the meantime."""
        with self._changed:
            self._connecting -= 1
            self._changed.notify_all()
            if self._succeeded > began and not self._closed:
                return False
            self._failure = _Failure(began, time.monotonic(), reason(fault))
            return True

    def _note_success(self, connection: WatchedConnection) -> WatchedConnection:
        connection.prepare_statements(self._prepares(connection))
        with self._changed:
            self._connecting -= 1
            self._succeeded = time.monotonic()
            self._failure = None
            self._prefer(lambda address: address is connection.address)
            self._lent.add(connection)
            if self._closed:
                connection.verdict = "the server stops"
            self._changed.notify_all()
        return connection

    def _prefer(self, first: Callable[[Address], bool]) -> None:
        """Try these servers first from now on. Threads that connect now keep their list."""
        self._choices = sorted(self._choices, key=first, reverse=True)

    def _distrust(self) -> list[WatchedConnection]:
        """Make all open connections stale. Returns the idle ones, which the caller closes."""
        surplus = [connection for _, connection in self._idle]
        self._idle.clear()
        for connection in self._lent:
            connection.is_stale = True
        return surplus

    def _watch(self, connection: WatchedConnection) -> None:
        """End the wait of a connection whose server is unresponsive, or whose statement takes too long."""
        waited = connection.waited()
        if connection.verdict is None and waited > (_HURRY_SECONDS if self._hurries else SILENT_SECONDS):
            too_long = connection.limit is not None and waited > connection.limit
            self._probe(connection, too_long)
            if too_long and connection.verdict is None:
                connection.verdict = f"the statement took longer than {connection.limit:g} seconds"
        if connection.verdict is not None:
            raise Silent(connection.verdict)

    def _probe(self, connection: WatchedConnection, too_long: bool) -> None:
        """Probe the server, unless another thread is probing it, or a recent probe was answered."""
        if not self._probing.acquire(blocking=too_long):
            return
        try:
            heard = self._heard.get(connection.server, 0.0)
            if connection.verdict is not None or (time.monotonic() - heard < _HEARD_SECONDS and not too_long):
                return
            verdict = probe(connection, ends_backend=too_long)
            if verdict is None:
                self._heard = {connection.server: time.monotonic()}
            else:
                self._mark_lost(connection.server, connection.address, verdict)
        finally:
            self._probing.release()

    def _mark_lost(self, server: str, address: Address, verdict: str) -> None:
        with self._changed:
            surplus = self._distrust()
            for connection in self._lent:
                if connection.server == server and connection.waits_since is not None:
                    connection.verdict = verdict
            self._prefer(lambda choice: choice is not address)
            self._changed.notify_all()
        _close(surplus)


def _close(connections: list[WatchedConnection]) -> None:
    for connection in connections:
        connection.close()
