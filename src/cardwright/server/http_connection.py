"""One HTTP/1.1 connection of the server: deadlines, body budgets, and whole answers.

uvicorn opens the sockets and calls :class:`HttpConnection` as its protocol; :mod:`request_reader` parses. uvicorn's own
protocol makes a task, a scope and several messages for each request. That costs more than most answers here: see
``docs/decisions/0004-group-commit.md``. Requests and answers are bounded and held whole, so that neither a slow sender
nor a slow reader delays other clients.
"""

import asyncio
import time
from collections import deque
from email.utils import formatdate
from enum import Enum, auto
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol

from cardwright.http import Request, Response
from cardwright.server.request_reader import Phase, RequestReader

REQUEST_SECONDS = 30
"""Seconds in which a client must send a request or read an answer. A long body gets more: see ``SLOWEST``."""

IDLE_SECONDS = 75
"""How long a connection may stay open between requests."""

SLOWEST = 50_000  # bytes of a body that a client must send for each second beyond ``REQUEST_SECONDS``
LARGE_BODIES = 256_000_000  # bytes of large bodies that one process holds at a time
_LINGER_SECONDS = 2
_CLOSE = ("Connection", "close")


class Answerer(Protocol):
    """The server of a process, which answers the requests of its connections. uvicorn calls it the application.

    Attributes:
        connections: the open connections.
        idle: the connections without a request whose head is complete, the longest idle first.
        body_bytes: bytes of large bodies that all connections hold until the answer.
    """

    connections: "set[HttpConnection]"
    idle: "dict[HttpConnection, None]"
    body_bytes: int

    def answer(self, request: Request, connection: "HttpConnection") -> None:
        """Answer a request with ``connection.send``, now or later, on the event loop's thread."""

    def body_limit(self, path: str) -> int:
        """Bytes that a request to this path may have; of a longer one the application sees one byte more."""

    def begin_stop(self) -> None:
        """The server stops; called for each of its connections."""


class _Conversation(Enum):
    """How far the conversation with a client is.

    ``OPEN``: the client may send further requests. ``LAST``: it may not, and the connection closes after the answers
    that are due. ``LINGERING``: the last answer is sent, and the connection waits for the client to close it.
    """

    OPEN = auto()
    LAST = auto()
    LINGERING = auto()


# Python 3.11 needs ten times as long for _Conversation.OPEN.
_OPEN, _LAST, _LINGERING = _Conversation
_EXPECTING, _BODY = Phase.EXPECTING, Phase.BODY


class HttpConnection(asyncio.Protocol):
    """A connection. It answers one request at a time; further requests wait in a queue.

    Attributes:
        deadline: the loop's time after which :meth:`expire` ends the connection; None while a request is answered.
    """

    def __init__(self, config: Any, server_state: Any, **_: object) -> None:
        self._answerer: Answerer = config.loaded_app
        self._known: set[HttpConnection] = server_state.connections  # uvicorn waits for these when it stops
        self._limit = config.limit_concurrency or 0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._reader: RequestReader
        self._state = _OPEN
        self._queue: deque[Request] = deque()
        self._answering: Request | None = None
        self._dispatching = False  # guards _dispatch against calling itself through send
        self._writing_paused = False  # the client reads its answer slowly
        self._began = 0.0
        self._held = 0  # bytes of large bodies that this connection counts in ``body_bytes``
        self.deadline: float | None = None

    # asyncio's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a TCP transport
        scheme = "http" if transport.get_extra_info("sslcontext") is None else "https"
        peer = transport.get_extra_info("peername")
        self._reader = RequestReader(self, scheme, str(peer[0]) if peer else "")
        self._known.add(self)
        self._answerer.connections.add(self)
        self.deadline = self._loop.time() + IDLE_SECONDS
        self._answerer.idle[self] = None
        if self._limit and len(self._known) > self._limit:
            longest = next(iter(self._answerer.idle))
            if longest is self:
                self.refuse(503, "Too many connections")
            longest.drop()

    def drop(self) -> None:
        """Close an idle connection, because the process needs its descriptor."""
        self._answerer.idle.pop(self, None)
        self._known.discard(self)
        self._end_requests()
        self.deadline = self._loop.time() + _LINGER_SECONDS  # for what the client has not read yet
        self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        self._known.discard(self)
        self._answerer.connections.discard(self)
        self._answerer.idle.pop(self, None)
        self._release_bodies()
        self._reader.close()

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)

    def eof_received(self) -> bool:
        """A client that has closed its sending side still gets its answers, where the transport permits it."""
        self._state = _LAST
        self.end_requests()
        return self._transport.get_extra_info("sslcontext") is None and not self._transport.is_closing()

    def pause_writing(self) -> None:
        self._writing_paused = True
        self.deadline = self._loop.time() + REQUEST_SECONDS

    def resume_writing(self) -> None:
        self._writing_paused = False
        self._dispatch()

    # the reader's calls

    def begin_request(self) -> None:
        self._began = self._loop.time()
        if self._answering is None:
            self.deadline = self._began + REQUEST_SECONDS

    def end_head(self, path: str) -> int:
        self._answerer.idle.pop(self, None)
        return self._answerer.body_limit(path)

    def expect(self) -> None:
        self._dispatch()

    def count_body(self, kept: int, size: int) -> None:
        """Count bytes of a large body, and extend its deadline by the time that they may take."""
        if self._answering is None:
            self.deadline = self._began + REQUEST_SECONDS + size / SLOWEST
        self._held += kept
        self._answerer.body_bytes += kept
        if self._answerer.body_bytes > LARGE_BODIES:
            self.refuse(503, "Too much is being sent to this server at once: send it again in a moment")

    def take(self, request: Request) -> None:
        self._queue.append(request)
        self._dispatch()

    def end_requests(self) -> None:
        self._end_requests()
        self._dispatch()

    def refuse(self, status: int, sentence: str) -> None:
        """Send an error and close. While a request is answered, its answer is the last one instead."""
        if self._state is _LINGERING:
            return
        self._end_requests()
        self._queue.clear()
        self._release_bodies()
        if self._answering is None and not self._transport.is_closing():
            body = sentence.encode() + b".\n"
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), _CLOSE]
            self._transport.write(_head(status, headers) + body)
            # A reset would take the answer from a client that still sends: its bytes are dropped for a while.
            if self._transport.can_write_eof():
                self._transport.write_eof()
                self._state = _LINGERING
                self.deadline = self._loop.time() + _LINGER_SECONDS
            else:
                self._transport.close()

    # answers

    def send(self, response: Response) -> None:
        """Send the answer to the current request; it is dropped when the client has gone.

        Raises:
            ValueError: HTTP cannot carry a header of the response. The request still needs an answer.
        """
        request, self._answering = self._answering, None
        if self._held:
            self._release_bodies()
        if request is None or self._state is _LINGERING or self._transport.is_closing():
            return
        if self._state is _LAST or not request.keep_alive:
            self._end_requests()
            self._queue.clear()
        self.deadline = self._loop.time() + IDLE_SECONDS
        is_last = self._state is _LAST
        try:
            head = _head(response.status, [*response.headers, _CLOSE] if is_last else response.headers)
        except ValueError:
            self._answering = request
            raise
        if request.method == "HEAD" or not response.body:
            self._transport.write(head)
        else:
            self._transport.writelines((head, response.body))
        self._dispatch()

    def expire(self) -> None:
        """End a connection whose deadline has passed; a client that was sending a request gets an error."""
        if self._writing_paused or self._transport.is_closing() or self._transport.get_write_buffer_size():
            self._transport.abort()  # closing would wait for a client that does not read
        elif self._reader.in_request:
            self.refuse(408, f"A request has {REQUEST_SECONDS} seconds to arrive, and one more for {SLOWEST:,} bytes")
        else:
            self._transport.close()

    def shutdown(self) -> None:
        """uvicorn's call: the server stops. A request that has begun is answered first."""
        self._answerer.begin_stop()
        if self._state is _OPEN:
            self._state = _LAST
        self._dispatch()
        if self._transport.is_closing():
            self.deadline = self._loop.time() + _LINGER_SECONDS

    def _end_requests(self) -> None:
        if self._state is _OPEN:
            self._state = _LAST
        self._reader.end()

    def _release_bodies(self) -> None:
        self._answerer.body_bytes -= self._held
        self._held = 0

    def _dispatch(self) -> None:
        """Have queued requests answered while the connection is free; then read on, wait or close."""
        if self._dispatching:
            return
        self._dispatching = True
        try:
            while self._queue and self._answering is None and not self._writing_paused:
                if self._transport.is_closing():
                    break
                self._answering = self._queue.popleft()
                self.deadline = None
                self._answerer.answer(self._answering, self)
        except Exception:
            self._answering = None  # so that ``refuse`` may send the error
            raise
        finally:
            self._dispatching = False
        if self._queue or self._answering is not None or self._writing_paused:
            self._transport.pause_reading()
        elif self._state is _LAST and not self._reader.in_request:
            self.deadline = self._loop.time() + REQUEST_SECONDS  # for what the client has not read yet
            self._transport.close()
        else:
            self._read_on()

    def _read_on(self) -> None:
        if self._reader.phase is _EXPECTING:
            self._reader.phase = _BODY
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if not self._transport.is_reading():
            self._transport.resume_reading()
        if self._reader.phase is not _BODY:
            self._answerer.idle[self] = None


def _head(status: int, headers: list[tuple[str, str]]) -> bytes:
    lines = "\r\n".join([f"{name}: {value}" for name, value in headers])
    return f"{_start(status, int(time.time()))}{lines}\r\n\r\n".encode("latin-1")


@lru_cache(maxsize=64)
def _start(status: int, second: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nDate: {formatdate(second, usegmt=True)}\r\n"
