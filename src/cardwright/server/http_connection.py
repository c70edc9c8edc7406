"""One HTTP/1.1 connection of the server: requests in, whole answers out.

uvicorn opens the sockets and calls this class as its protocol; httptools (llhttp) parses. uvicorn's own protocol makes
a task, a scope and several messages of every request, which costs more than most answers here do: on the machine of
``docs/decisions/0004-group-commit.md`` it gave 14,000 answers of 10 KB a second and this form 51,000. Requests and
answers are bounded and held whole, so that neither a slow sender nor a slow reader keeps anybody else waiting.
"""

import asyncio
import logging
import time
from collections import deque
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

import httptools

from cardwright.http import Environ, Response

REQUEST_SECONDS = 30
"""How long a client may take to send a request, or to read an answer. A long body has more: see ``_SLOWEST``."""

IDLE_SECONDS = 75
"""How long a connection may stay open between requests."""

_HEAD_BYTES = 64 * 1024
_PART = 16 * 1024  # bytes that are parsed at a time
_SLOWEST = 50_000  # bytes of a body that a client must send for each second beyond ``REQUEST_SECONDS``
_SMALL_BODY = 64 * 1024  # what each connection may hold, beside what they all may
_LARGE_BODIES = 256_000_000  # bytes of bodies that are larger, which one process holds at a time
_LINGER_SECONDS = 2
_CLOSE = ("Connection", "close")

log = logging.getLogger(__name__)


class Answerer(Protocol):
    """What a connection hands its requests to; uvicorn carries it as the application.

    Attributes:
        connections: the open ones.
        idle: those without a request whose head is complete, the longest idle first.
        body_bytes: what large bodies of all connections hold, until they are answered.
    """

    connections: "set[HttpConnection]"
    idle: "dict[HttpConnection, None]"
    body_bytes: int

    def answer(self, environ: Environ, connection: "HttpConnection") -> None:
        """Answer a request with ``connection.send``, now or later, on the event loop's thread."""

    def body_limit(self, path: str) -> int:
        """Bytes that a request to this path may have; of a longer one the application sees one byte more."""

    def begin_stop(self) -> None:
        """The server stops; called for each of its connections."""


class HttpConnection(asyncio.Protocol):
    """A connection. One request is answered at a time; those sent meanwhile wait.

    Attributes:
        deadline: the loop's time after which :meth:`expire` ends the connection; none while an answer is worked on.
    """

    def __init__(self, config: Any, server_state: Any, **_: object) -> None:
        self._answerer: Answerer = config.loaded_app
        self._known: set[HttpConnection] = server_state.connections  # uvicorn waits for these when it stops
        self._most = config.limit_concurrency or 0
        self._loop = asyncio.get_running_loop()
        self._parser: Any = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._scheme = "http"
        self._source = ""
        self._waiting: deque[Environ] = deque()
        self._answering: Environ | None = None
        self._stuck = False  # the client reads its answer slowly
        self._last = False  # no request after the one at hand
        self._handing = False  # _next is at work
        self._invites = False  # the client waits to be told that it may send its body
        self._receiving = False
        self._lingers = False  # answered for the last time, and waits for the client to close
        self._in_head = False
        self._head_bytes = 0
        self._fed = 0  # bytes that came last
        self._begins = False  # a head begins within them
        self._url = b""
        self._environ: Environ = {}
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._body_limit = 0
        self._held = 0  # of the bytes that large bodies hold
        self._began = 0.0
        self.deadline: float | None = None

    # asyncio's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a TCP transport
        self._scheme = "http" if transport.get_extra_info("sslcontext") is None else "https"
        peer = transport.get_extra_info("peername")
        self._source = str(peer[0]) if peer else ""
        self._known.add(self)
        self._answerer.connections.add(self)
        self.deadline = self._loop.time() + IDLE_SECONDS
        self._answerer.idle[self] = None
        if self._most and len(self._known) > self._most:
            longest = next(iter(self._answerer.idle))
            if longest is self:
                self._refuse(503, "Too many connections")
            longest.drop()

    def drop(self) -> None:
        """Close an idle connection: its descriptor is needed."""
        self._answerer.idle.pop(self, None)
        self._known.discard(self)
        self._last, self._receiving = True, False
        self.deadline = self._loop.time() + _LINGER_SECONDS  # for what the client has not read yet
        self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        self._known.discard(self)
        self._answerer.connections.discard(self)
        self._answerer.idle.pop(self, None)
        self._let_go()
        self._parser = None  # it and the connection hold each other

    def data_received(self, data: bytes) -> None:
        if self._last and not self._receiving:
            return
        # A part with many small requests is no long head: in parts of this size, the bytes before a head count little.
        for begin in range(0, len(data), _PART):
            self._feed(data[begin : begin + _PART])

    def _feed(self, data: bytes) -> None:
        if self._parser is None or (self._last and not self._receiving):
            return
        self._fed = len(data)
        self._begins = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # the request itself is answered, in the protocol at hand
            self._last = True
            self._next()
        except httptools.HttpParserCallbackError:
            log.exception("a request could not be handed over")
            self._refuse(500, "The request failed inside the server; its log tells why")
        except httptools.HttpParserError:
            self._refuse(400, "The request is not HTTP")
        if self._in_head and not self._begins:
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_BYTES:
                self._refuse_head()

    def eof_received(self) -> bool:
        """A client that has said all still gets its answers, where the transport can wait for them."""
        self._last, self._receiving, self._lingers = True, False, False
        self._next()
        return self._scheme == "http" and not self._transport.is_closing()

    def pause_writing(self) -> None:
        self._stuck = True
        self.deadline = self._loop.time() + REQUEST_SECONDS

    def resume_writing(self) -> None:
        self._stuck = False
        self._next()

    # httptools' calls

    def on_message_begin(self) -> None:
        if self._lingers:
            return
        self._receiving = self._in_head = self._begins = True
        self._head_bytes = 0
        self._url = b""
        self._environ = {}
        self._body = []
        self._body_bytes = 0
        self._began = self._loop.time()
        if self._answering is None:
            self.deadline = self._began + REQUEST_SECONDS

    def on_url(self, url: bytes) -> None:
        if not self._lingers:
            self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head or self._lingers:
            return  # a trailer says nothing here
        variable = _variable(name)
        if variable is not None:
            text, environ = value.decode("latin-1"), self._environ
            environ[variable] = f"{environ[variable]},{text}" if variable in environ else text

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._lingers:
            return
        self._answerer.idle.pop(self, None)
        environ = self._environ
        if self._head_bytes + self._fed + _PART > _HEAD_BYTES and self._head_size() > _HEAD_BYTES:
            self._refuse_head()
            return
        environ["REQUEST_METHOD"] = self._parser.get_method().decode("ascii")
        environ["PATH_INFO"], environ["QUERY_STRING"] = "/", ""
        if self._url != b"/":
            try:
                parsed = httptools.parse_url(self._url)
            except httptools.HttpParserInvalidURLError:
                self._refuse(400, "The request names no path")
                return
            path = parsed.path or b"/"
            environ["PATH_INFO"] = (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")
            environ["QUERY_STRING"] = (parsed.query or b"").decode("latin-1")
        environ["SERVER_PROTOCOL"] = "HTTP/" + self._parser.get_http_version()
        environ["REMOTE_ADDR"] = self._source
        environ["wsgi.url_scheme"] = self._scheme
        self._body_limit = self._answerer.body_limit(environ["PATH_INFO"])
        if environ["SERVER_PROTOCOL"] == "HTTP/1.1" and environ.get("HTTP_EXPECT", "").lower() == "100-continue":
            declared = environ.get("CONTENT_LENGTH", "")
            if declared.isdecimal() and int(declared) > self._body_limit:
                self._refuse(413, f"A request to this path has at most {self._body_limit} bytes")
                return
            self._invites = True
            self._next()

    def _head_size(self) -> int:
        return len(self._url) + sum(len(name) + len(value) for name, value in self._environ.items())

    def _refuse_head(self) -> None:
        self._refuse(431, f"A request's head has at most {_HEAD_BYTES} bytes")

    def on_body(self, body: bytes) -> None:
        self._invites = False  # it did not wait for the invitation
        self._body_bytes += len(body)
        if self._body_bytes > _SMALL_BODY:
            first = self._body_bytes - len(body) <= _SMALL_BODY
            self._hold(self._body_bytes if first else len(body))
        if self._body_bytes - len(body) <= self._body_limit and self._receiving:
            self._body.append(body)

    def _hold(self, more: int) -> None:
        """Count more bytes of a large body, and give it the time that they take."""
        if self._answering is None:
            self.deadline = self._began + REQUEST_SECONDS + self._body_bytes / _SLOWEST
        if self._body_bytes - more <= self._body_limit:
            self._held += more
            self._answerer.body_bytes += more
        if self._answerer.body_bytes > _LARGE_BODIES:
            self._refuse(503, "Too much is being sent to this server at once: send it again in a moment")

    def _let_go(self) -> None:
        self._answerer.body_bytes -= self._held
        self._held = 0

    def on_message_complete(self) -> None:
        if self._lingers:
            return
        self._invites = False
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        body = body[: self._body_limit + 1]
        environ = self._environ
        environ["cardwright.body"] = body
        environ["cardwright.keep_alive"] = self._parser.should_keep_alive()
        self._body = []
        self._receiving = False
        self._waiting.append(environ)
        self._next()

    # answers

    def _next(self) -> None:
        """Have waiting requests answered while the connection is free for it."""
        if self._handing:
            return
        self._handing = True
        try:
            while self._waiting and self._answering is None and not self._stuck and not self._transport.is_closing():
                self._answering = self._waiting.popleft()
                self.deadline = None
                self._answerer.answer(self._answering, self)
        except Exception:
            self._answering = None  # whoever refuses the connection now may send why
            raise
        finally:
            self._handing = False
        if self._waiting or self._answering is not None or self._stuck:
            self._transport.pause_reading()
        elif self._last and not self._receiving and not self._lingers:
            self.deadline = self._loop.time() + REQUEST_SECONDS  # for what the client has not read yet
            self._transport.close()
        else:
            if self._invites:
                self._invites = False
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if not self._transport.is_reading():
                self._transport.resume_reading()
            if self._in_head or not self._receiving:
                self._answerer.idle[self] = None

    def send(self, response: Response) -> None:
        """Send the answer to the request at hand. What comes for a client that has gone is dropped."""
        environ, self._answering = self._answering, None
        if self._held:
            self._let_go()
        if environ is None or self._lingers or self._transport.is_closing():
            return
        if self._last or not environ["cardwright.keep_alive"]:
            self._last, self._receiving = True, False
            self._waiting.clear()
        self.deadline = self._loop.time() + IDLE_SECONDS
        try:
            head = _head(response.status, [*response.headers, _CLOSE] if self._last else response.headers)
        except ValueError:
            self._answering = environ  # it has no answer yet
            raise
        if environ["REQUEST_METHOD"] == "HEAD" or not response.body:
            self._transport.write(head)
        else:
            self._transport.writelines((head, response.body))
        self._next()

    def expire(self) -> None:
        """End a connection whose deadline has passed, saying so to one that was sending a request."""
        if self._stuck or self._transport.is_closing() or self._transport.get_write_buffer_size():
            self._transport.abort()  # closing would wait for a client that does not read
        elif self._receiving:
            self._refuse(408, f"A request has {REQUEST_SECONDS} seconds to arrive, and one more for {_SLOWEST:,} bytes")
        else:
            self._transport.close()

    def shutdown(self) -> None:
        """uvicorn's call: the server stops. A request at hand is answered first."""
        self._answerer.begin_stop()
        self._last = True
        self._next()
        if self._transport.is_closing():
            self.deadline = self._loop.time() + _LINGER_SECONDS

    def _refuse(self, status: int, sentence: str) -> None:
        """Answer what is not a request one can go on from, and close. A request at hand is answered instead."""
        if self._lingers:
            return
        self._last, self._receiving, self._in_head = True, False, False
        self._waiting.clear()
        self._body = []
        self._let_go()
        if self._answering is None and not self._transport.is_closing():
            body = sentence.encode() + b".\n"
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), _CLOSE]
            self._transport.write(_head(status, headers) + body)
            # A client that still sends would lose the answer to a reset: what it sends is dropped for a while.
            if self._transport.can_write_eof():
                self._transport.write_eof()
                self._lingers = True
                self.deadline = self._loop.time() + _LINGER_SECONDS
            else:
                self._transport.close()


@lru_cache(maxsize=512)
def _variable(name: bytes) -> str | None:
    """The WSGI name of a header; None for one that must not be taken for another."""
    if b"_" in name:
        return None  # X_Forwarded_For is not the X-Forwarded-For that a proxy sets
    variable = name.decode("latin-1").upper().replace("-", "_")
    return variable if variable in {"CONTENT_TYPE", "CONTENT_LENGTH"} else "HTTP_" + variable


def _head(status: int, headers: list[tuple[str, str]]) -> bytes:
    lines = "\r\n".join([f"{name}: {value}" for name, value in headers])
    return f"{_start(status, int(time.time()))}{lines}\r\n\r\n".encode("latin-1")


@lru_cache(maxsize=64)
def _start(status: int, second: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nDate: {formatdate(second, usegmt=True)}\r\n"
