"""Answers requests on one event loop.

On SQLite the API's requests are worked on one after the other on the loop's own thread, so that threads do not contend
for the interpreter, and their commits are gathered: when nothing else is ready, one wait for the disk serves them all,
and only then are they answered. What may take long, and everything on PostgreSQL, which gathers commits by itself and
answers after a network's time, is worked on by threads. Measurements: ``docs/decisions/0004-group-commit.md``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from cardwright.http import Environ, Response
from cardwright.server.application import Application
from cardwright.server.http_connection import HttpConnection
from cardwright.server.request_threads import RequestThreads

PROBE_SECONDS = 3.0
"""How long a probe waits for the database before it is answered without it."""

_SWEEP_SECONDS = 1.0
_PROBE_THREADS = 2


class EventLoopServer:
    """Hands the requests of connections to an :class:`application.Application`.

    Args:
        application: what answers.
        threads: requests to work on at once beside the loop.

    Attributes:
        body_limit: bytes that a request to a path may have.
        connections: the open ones; those past their deadline are ended.
        idle: see :class:`http_connection.Answerer`.
        body_bytes: see :class:`http_connection.Answerer`.
    """

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._gathers = application.store.database.gather_commits()
        self._pool = RequestThreads(threads, "request")
        self._patient_pool = RequestThreads(threads, "patient")  # printing takes no quick thread
        self._probe_pool = RequestThreads(_PROBE_THREADS, "probe")  # nor do requests take the thread of a probe
        self._uncommitted: list[tuple[Environ, Response, HttpConnection]] = []
        self._turn_ends = False
        self._loop = asyncio.get_running_loop()
        self.body_limit = application.body_limit
        self.body_bytes = 0
        self.connections: set[HttpConnection] = set()
        self.idle: dict[HttpConnection, None] = {}
        application.telemetry.keeps_lines = True
        self._sweep()

    async def __call__(
        self, _: object, receive: Callable[[], Awaitable[object]], send: Callable[[dict[str, str]], Awaitable[None]]
    ) -> None:
        """ASGI's lifespan, by which uvicorn says when the last connection has closed: a polite end.

        What runs at the interpreter's end runs in no worker: uvicorn ends those with the signal that stopped them.
        """
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._application.close()
        await send({"type": "lifespan.shutdown.complete"})

    def answer(self, environ: Environ, connection: HttpConnection) -> None:
        is_quick = self._application.is_quick(environ)
        if not (self._gathers and is_quick) and not self._application.is_health(environ):
            if self._application.is_probe(environ):
                self._answer_probe(environ, connection)
            else:
                pool = self._pool if is_quick else self._patient_pool
                pool.submit(partial(self._application.answer, environ)).add_done_callback(
                    lambda work: self._call_soon(self._finish, work, environ, connection)
                )
            return
        if not self._turn_ends:
            self._turn_ends = True
            self._loop.call_soon(self._end_turn)  # runs after everything that is ready now
        try:
            response = self._application.respond(environ)
            if response.commitment is not None:
                self._uncommitted.append((environ, response, connection))
                return
            response = self._application.settled(environ, response)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            response = self._application.failed(environ, error)
        self._deliver(environ, response, connection)

    def begin_stop(self) -> None:
        """The server stops: what waits for a silent database fails sooner."""
        self._application.store.database.hurry()

    def _answer_probe(self, environ: Environ, connection: HttpConnection) -> None:
        """Answer a probe within ``PROBE_SECONDS``, whatever the database does."""
        late = self._loop.call_later(PROBE_SECONDS, self._answer_late, environ, connection)

        def work() -> Response | None:
            return None if "cardwright.late" in environ else self._application.answer(environ)

        def finish(done: "Future[Response | None]") -> None:
            late.cancel()
            if "cardwright.late" not in environ:
                self._finish(done, environ, connection)

        self._probe_pool.submit(work).add_done_callback(lambda done: self._call_soon(finish, done))

    def _answer_late(self, environ: Environ, connection: HttpConnection) -> None:
        environ["cardwright.late"] = True
        self._deliver(environ, self._application.overdue(environ), connection)

    def _call_soon(self, call: Callable[..., None], *arguments: object) -> None:
        """Have the loop call a function; a thread that was stuck may outlive the loop."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)

    def _finish(self, work: "Future[Any]", environ: Environ, connection: HttpConnection) -> None:
        try:
            response: Response = work.result()
        except Exception as error:  # noqa: BLE001 - likewise
            response = self._application.failed(environ, error)
        self._deliver(environ, response, connection)
        self._application.telemetry.write_lines()

    def _end_turn(self) -> None:
        """Commit what the requests of this turn have written, and answer them."""
        self._turn_ends = False
        waiting, self._uncommitted = self._uncommitted, []
        try:
            self._application.store.database.flush()
        except Exception as error:  # noqa: BLE001 - nobody knows what of the turn is on disk, and all are told so
            for environ, _, connection in waiting:
                self._deliver(environ, self._application.failed(environ, error), connection)
        else:
            for environ, response, connection in waiting:
                self._send(environ, response, connection)
        self._application.telemetry.write_lines()

    def _send(self, environ: Environ, response: Response, connection: HttpConnection) -> None:
        """Send an answer that settles without waiting."""
        try:
            response = self._application.settled(environ, response)
        except Exception as error:  # noqa: BLE001 - likewise
            response = self._application.failed(environ, error)
        self._deliver(environ, response, connection)

    def _deliver(self, environ: Environ, response: Response, connection: HttpConnection) -> None:
        try:
            connection.send(response)
        except ValueError as error:  # a header that HTTP cannot carry
            connection.send(self._application.failed(environ, error))

    def _sweep(self) -> None:
        self._loop.call_later(_SWEEP_SECONDS, self._sweep)
        self._application.telemetry.set_connections(len(self.connections))
        now = self._loop.time()
        for connection in [one for one in self.connections if one.deadline is not None and one.deadline < now]:
            connection.expire()
