"""Serves the application from one event loop. Clients that send slowly, or nothing, keep nobody else waiting.

On SQLite requests are worked on one after the other on the loop's own thread, so that threads do not contend for
the interpreter, and their commits are gathered: when nothing else is ready, one wait for the disk serves them all,
and only then are they answered. On PostgreSQL, which gathers commits by itself and answers after a network's time,
threads work on them. The console's pages, which take longer than calls, are made by threads of their own on both.
Measurements: ``docs/decisions/0004-group-commit.md``.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Protocol

from cardwright.app import Application
from cardwright.aws.endpoint import MAX_BODY, Response
from cardwright.telemetry import Environ

BODY_SECONDS = 30
"""How long a client may take to send its request."""

PAGE_BODY = 56_000_000
"""Bytes of one request to the console: a report of 50 MB with the form around it."""
_PAGE_BODY_SECONDS = 300
_PAGE_THREADS = 2  # pages that are made at once, beside the loop


class Scope(Protocol):
    """Granian's RSGI scope, as far as it is used here."""

    method: str
    path: str
    query_string: str
    client: str
    scheme: str
    headers: Any


class Exchange(Protocol):
    """Granian's RSGI protocol object: one request's body, and its answer."""

    def __aiter__(self) -> Any: ...
    async def __call__(self) -> bytes: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


class EventLoopServer:
    """An RSGI application around an :class:`app.Application`.

    Args:
        application: what answers.
        threads: requests to work on at once where the store does not gather commits.
    """

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._flushed: asyncio.Future[None] | None = None
        gathers = application.store.database.gather_commits()
        self._pool = None if gathers else ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._pages = ThreadPoolExecutor(_PAGE_THREADS, thread_name_prefix="page")

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        page = self._application.is_page(scope.method, scope.path)
        try:
            async with asyncio.timeout(_PAGE_BODY_SECONDS if page else BODY_SECONDS):
                body = await _body(scope, exchange, PAGE_BODY if page else MAX_BODY)
        except TimeoutError:
            exchange.response_bytes(408, [("Content-Length", "0"), ("Connection", "close")], b"")
            return
        environ = _environ(scope, body)
        pool = self._pages if page else self._pool
        if pool is None:
            response = self._application.respond(environ)
            if response.commitment is not None:
                await asyncio.shield(self._flush_when_idle())
            response = self._application.settled(environ, response)
        else:
            response = await asyncio.get_running_loop().run_in_executor(pool, self._answer, environ)
        exchange.response_bytes(response.status, response.headers, response.body)

    def _answer(self, environ: Environ) -> Response:
        return self._application.settled(environ, self._application.respond(environ))

    def _flush_when_idle(self) -> "asyncio.Future[None]":
        """Settled by a flush that runs after everything that is ready now."""
        if self._flushed is None:
            loop = asyncio.get_running_loop()
            self._flushed = loop.create_future()
            loop.call_soon(self._flush)
        return self._flushed

    def _flush(self) -> None:
        flushed, self._flushed = self._flushed, None
        try:
            self._application.store.database.flush()
        finally:
            if flushed is not None and not flushed.done():
                flushed.set_result(None)


async def _body(scope: Scope, exchange: Exchange, most: int) -> bytes:
    """The request's body; one byte more than is allowed of a larger one, which is then refused."""
    length = scope.headers.get("content-length") or ""
    if length.isdecimal() and int(length) <= most:
        return await exchange()
    chunks, size = [], 0
    async for chunk in exchange:
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            break
    return b"".join(chunks)[: most + 1]


@lru_cache(maxsize=256)
def _variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else "HTTP_" + name


def _environ(scope: Scope, body: bytes) -> Environ:
    """The WSGI environment of a request."""
    environ: Environ = {}
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # X_Forwarded_For is not the X-Forwarded-For that a proxy sets
        variable = _variable(name)
        environ[variable] = f"{environ[variable]},{value}" if variable in environ else value
    environ["REQUEST_METHOD"] = scope.method
    environ["PATH_INFO"] = scope.path
    environ["QUERY_STRING"] = scope.query_string
    environ["REMOTE_ADDR"] = scope.client.rsplit(":", 1)[0].strip("[]")
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.url_scheme"] = scope.scheme
    environ["wsgi.input"] = io.BytesIO(body)
    return environ
