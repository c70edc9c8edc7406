"""Runs an application on uvicorn: sockets, signals, worker processes. Each process answers on one event loop."""

import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvicorn
from uvicorn.supervisors import Multiprocess

from cardwright.application import Application
from cardwright.serving.event_loop import EventLoopServer
from cardwright.serving.http_connection import REQUEST_SECONDS, HttpConnection

_GRACE_SECONDS = REQUEST_SECONDS + 5
_CONNECTIONS = 4096  # open at once in a process, idle ones too


def run(  # noqa: PLR0913 - one argument for each thing that a start needs
    build: Callable[[], Application],
    listener: socket.socket,
    *,
    workers: int,
    threads: int,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first.

    Args:
        build: makes the application, in each process that serves; it can be pickled.
        listener: a socket that listens.
        workers: processes; one is this process itself.
        threads: requests that one process works on at once beside its event loop.
        tls_cert, tls_key: PEM files; without them the server speaks plain HTTP.
    """
    config = uvicorn.Config(
        partial(_answerer, build, threads),
        factory=True,
        interface="asgi3",  # said, not found out: what answers is no ASGI application, see HttpConnection
        http=HttpConnection,
        ws="none",
        lifespan="on",  # the one part of ASGI that is spoken
        log_config=None,
        access_log=False,
        proxy_headers=False,
        date_header=False,
        limit_concurrency=_CONNECTIONS,
        workers=workers,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_worker_healthcheck=_GRACE_SECONDS,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )
    if workers > 1:
        Multiprocess(config, [listener]).run()
        return
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)  # uvicorn stops at the first, and raises it again when it has
    uvicorn.Server(config).run([listener])


def _answerer(build: Callable[[], Application], threads: int) -> EventLoopServer:
    return EventLoopServer(build(), threads)
