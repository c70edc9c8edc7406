"""Answers requests on one event loop.

On SQLite the loop's own thread handles the API's requests one after the other, so that threads do not contend for the
interpreter. Their commits are gathered: when no other request is ready, one wait for the disk serves all of them, and
then they are answered. That wait is a thread's: the loop answers reads during it, and prepares writes for the next
commit.
PostgreSQL gathers commits itself, and answers after a while: there the loop does other work while one request waits.
Threads handle slow requests.
Measurements: ``docs/decisions/0004-group-commit.md`` and ``docs/decisions/0024-postgresql-on-the-loop.md``.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from cardwright.http import Request, Response
from cardwright.server.application import Application, Batch
from cardwright.server.http_connection import HttpConnection
from cardwright.server.request_threads import RequestThreads

PROBE_SECONDS = 3.0
"""How long a probe waits for the database before it is answered without it."""

_SWEEP_SECONDS = 1.0
_PROBE_THREADS = 2


class EventLoopServer:
    """Hands the requests of connections to an :class:`application.Application`.

    Args:
        application: answers the requests.
        threads: requests that threads handle at once, besides the loop.

    Attributes:
        body_limit: bytes that a request to a path may have.
        connections: the open ones; those past their deadline are ended.
        held: writes that wait until the commit before them has ended, prepared as far as they need no transaction.
        idle: see :class:`http_connection.Answerer`.
        body_bytes: see :class:`http_connection.Answerer`.
    """

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._gathers = application.store.database.gather_commits()
        self._pool = RequestThreads(threads, "request")
        self._patient_pool = RequestThreads(threads, "patient")  # slow requests take no thread of quick ones
        self._probe_pool = RequestThreads(_PROBE_THREADS, "probe")  # and no request takes a thread of probes
        self._commit_pool = RequestThreads(1, "commit")
        self._commits = False  # whether a thread waits for the disk
        self.held: list[tuple[Request, HttpConnection]] = []
        self._turn_ends = False
        self._loop = asyncio.get_running_loop()
        self._loop_work = application.store.database.loop_work(self._loop, threads, self._pool)
        self.body_limit = application.body_limit
        self.body_bytes = 0
        self.connections: set[HttpConnection] = set()
        self.idle: dict[HttpConnection, None] = {}
        application.telemetry.keeps_lines = True
        self._sweep()

    async def __call__(
        self, _: object, receive: Callable[[], Awaitable[object]], send: Callable[[dict[str, str]], Awaitable[None]]
    ) -> None:
        """ASGI's lifespan: uvicorn reports that the last connection has closed, and the application closes.

        Handlers of the interpreter's exit do not run in workers: uvicorn ends those with the signal that stopped them.
        """
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._application.close()
        await send({"type": "lifespan.shutdown.complete"})

    def answer(self, request: Request, connection: HttpConnection) -> None:
        application = self._application
        is_quick = application.is_quick(request)
        if self._gathers and is_quick and self._commits and application.writes(request):
            self.held.append((request, connection))
            application.prepare(request)
        elif (self._gathers and is_quick) or application.is_health(request):
            self._end_turn_soon()
            application.answer_in_batch(request, partial(self._deliver, request, connection))
        elif application.is_probe(request):
            self._answer_probe(request, connection)
        elif is_quick and self._loop_work is not None:
            self._loop_work.call(partial(application.answer, request), partial(self._finish_work, request, connection))
        else:
            pool = self._pool if is_quick else self._patient_pool
            pool.submit(partial(application.answer, request)).add_done_callback(
                lambda work: self._call_soon(self._finish, request, connection, work)
            )

    def begin_stop(self) -> None:
        """The server stops: requests that wait for a silent database fail sooner."""
        self._application.store.database.hurry()

    def _answer_probe(self, request: Request, connection: HttpConnection) -> None:
        """Answer a probe within ``PROBE_SECONDS``, whatever the database does."""
        overdue = threading.Event()

        def work() -> Response | None:
            return None if overdue.is_set() else self._application.answer(request)

        def finish(work: "Future[Response | None]") -> None:
            timer.cancel()
            response = work.result()
            if response is not None and not overdue.is_set():
                self._deliver(request, connection, response)
                self._application.telemetry.write_lines()

        def give_up() -> None:
            overdue.set()
            self._deliver(request, connection, self._application.overdue(request))

        timer = self._loop.call_later(PROBE_SECONDS, give_up)
        self._probe_pool.submit(work).add_done_callback(lambda work: self._call_soon(finish, work))

    def _call_soon(self, call: Callable[..., None], *arguments: object) -> None:
        """Have the loop call a function; a thread that hangs may outlive the loop."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)

    def _finish_work(self, request: Request, connection: HttpConnection, response: Response) -> None:
        self._end_turn_soon()
        self._deliver(request, connection, response)

    def _finish(self, request: Request, connection: HttpConnection, work: "Future[Response]") -> None:
        self._deliver(request, connection, work.result())
        self._application.telemetry.write_lines()

    def _end_turn_soon(self) -> None:
        """End this turn after everything that is ready now."""
        if not self._turn_ends:
            self._turn_ends = True
            self._loop.call_soon(self._end_turn)

    def _end_turn(self) -> None:
        """Have a thread commit what the requests of this turn have written; they are answered after that."""
        self._turn_ends = False
        application = self._application
        unflushed = application.store.database.end_turn()
        if not self._commits:
            waiting = application.take_batch()
            if unflushed:
                self._commits = True
                self._commit_pool.submit(application.commit).add_done_callback(
                    lambda work: self._call_soon(self._end_commit, waiting, work)
                )
            else:  # a unit of another thread has committed them
                application.answer_batch(waiting, None)
        application.telemetry.write_lines()

    def _end_commit(self, waiting: Batch, work: "Future[Exception | None]") -> None:
        """Answer the requests of a commit, whose next reads see it, and go on with the writes that were held."""
        self._commits = False
        application = self._application
        application.store.database.end_turn()
        application.answer_batch(waiting, work.result())
        application.telemetry.write_lines()
        held, self.held = self.held, []
        for request, connection in held:
            self.answer(request, connection)
        self._end_turn_soon()  # for what was written during the commit

    def _deliver(self, request: Request, connection: HttpConnection, response: Response) -> None:
        try:
            connection.send(response)
        except ValueError as error:  # HTTP cannot carry a header of the response
            connection.send(self._application.failed(request, error))

    def _sweep(self) -> None:
        self._loop.call_later(_SWEEP_SECONDS, self._sweep)
        self._application.telemetry.set_connections(len(self.connections))
        now = self._loop.time()
        for connection in [one for one in self.connections if one.deadline is not None and one.deadline < now]:
            connection.expire()
