"""Runs an application on uvicorn: sockets, signals, worker processes. Each process answers on one event loop."""

import logging
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import uvicorn

from cardwright.core.errors import CardwrightError
from cardwright.server.application import Application
from cardwright.server.event_loop import EventLoopServer
from cardwright.server.http_connection import REQUEST_SECONDS, HttpConnection
from cardwright.server.signals import call_at_end, end_at_once, end_process
from cardwright.server.workers import Serving, Workers

_GRACE_SECONDS = REQUEST_SECONDS + 5
_CLOSE_SECONDS = 15  # to end export jobs and to close the store, after the last answer

log = logging.getLogger(__name__)


def run(  # noqa: PLR0913 - one argument for each thing that a start needs
    build: Callable[[], Application],
    listener: socket.socket,
    *,
    workers: int,
    threads: int,
    connections: int,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first.

    Until the application is built, the two signals keep their present effect.

    Args:
        build: makes the application in each process; it can be pickled.
        listener: a listening socket.
        workers: processes; 1 means this process itself.
        threads: requests that the threads of one process handle at once, besides its event loop.
        connections: connections open at once in a process, idle ones included.
        tls_cert, tls_key: PEM files; without them the server speaks plain HTTP.
    """
    serve = partial(_serve, build, listener, threads, connections, tls_cert, tls_key)
    if workers > 1:
        Workers(partial(_serve_in_worker, serve), workers, _GRACE_SECONDS + _CLOSE_SECONDS).run()
    else:
        serve(lambda: None)
    end_at_once()  # only the interpreter's end is left


def _serve_in_worker(serve: Callable[[Callable[[], None]], None], serving: Serving) -> None:
    try:
        serve(serving.report)
    except CardwrightError as error:
        log.error("a worker process cannot start: %s", error)  # noqa: TRY400 - the message is enough
        sys.exit(1)
    end_process()


def _serve(  # noqa: PLR0913, PLR0917 - bound by run, to be pickled
    build: Callable[[], Application],
    listener: socket.socket,
    threads: int,
    connections: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    on_start: Callable[[], None],
) -> None:
    config = uvicorn.Config(
        partial(_answerer, build, threads),
        factory=True,
        interface="asgi3",  # uvicorn need not detect it: HttpConnection calls the application
        http=HttpConnection,
        ws="none",
        lifespan="on",  # the only part of ASGI in use
        log_config=None,
        access_log=False,
        proxy_headers=False,
        date_header=False,
        limit_concurrency=connections,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )
    _Server(config, on_start).run([listener])


class _Server(uvicorn.Server):
    """A server that handles signals after its application is built; until then, they have their default effect.

    uvicorn installs its own handlers earlier, so a signal would wait until the application is built.
    """

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        call_at_end(lambda number: self.handle_exit(number, None))
        await super().startup(sockets)
        self._on_start()


def _answerer(build: Callable[[], Application], threads: int) -> EventLoopServer:
    return EventLoopServer(build(), threads)
