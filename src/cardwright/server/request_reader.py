"""Turns the bytes of one HTTP/1.1 connection into requests. httptools (llhttp) parses.

Heads and bodies are bounded. The connection keeps deadlines, counts large bodies and sends answers.
"""

import logging
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

import httptools

from cardwright.http import Request

SMALL_BODY = 64 * 1024
"""Bytes of a body that every connection may hold. A larger body counts towards the server's budget."""

_HEAD_BYTES = 64 * 1024
_PART = 16 * 1024  # bytes that are parsed at a time

log = logging.getLogger(__name__)


class Phase(Enum):
    """How much of the current request has arrived.

    ``BETWEEN``: nothing. ``HEAD``: a part of the head. ``EXPECTING``: the head, and the client waits for
    "100 Continue". ``BODY``: the head and perhaps a part of the body. ``ENDED``: the reader ignores further bytes.
    """

    BETWEEN = auto()
    HEAD = auto()
    EXPECTING = auto()
    BODY = auto()
    ENDED = auto()


_BETWEEN, _HEAD, _EXPECTING, _BODY, _ENDED = Phase  # Python 3.11 needs ten times as long for Phase.HEAD


class Receiver(Protocol):
    """The connection that gets the requests."""

    def begin_request(self) -> None:
        """The first byte of a request arrived."""

    def end_head(self, path: str) -> int:
        """A request's head arrived. Returns the bytes that its body may have."""

    def expect(self) -> None:
        """The client waits for "100 Continue"."""

    def count_body(self, kept: int, size: int) -> None:
        """A large body grew: the reader keeps so many more bytes, and the body has this size now."""

    def take(self, request: Request) -> None:
        """A request is complete."""

    def end_requests(self) -> None:
        """The client sends no further request."""

    def refuse(self, status: int, sentence: str) -> None:
        """The bytes are not a request that the server accepts."""


class RequestReader:
    """Reads the requests of one connection.

    Args:
        receiver: gets the requests.
        scheme, peer: of the connection, for its requests.

    Attributes:
        phase: see :class:`Phase`. The receiver sets ``BODY`` when it has sent "100 Continue".
    """

    def __init__(self, receiver: Receiver, scheme: str, peer: str) -> None:
        self.phase = _BETWEEN
        self._receiver = receiver
        self._scheme = scheme
        self._peer = peer
        self._parser: Any = httptools.HttpRequestParser(self)
        self._part = 0  # bytes of the part that is parsed
        self._head_bytes = 0  # of the parts after the one in which the head began
        self._url = b""
        self._headers: dict[str, str] = {}
        self._request = Request("", "/")
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._body_limit = 0

    @property
    def in_request(self) -> bool:
        """Whether a request has begun to arrive and is not complete."""
        return self.phase is not _BETWEEN and self.phase is not _ENDED

    def feed(self, data: bytes) -> None:
        """Parse the next bytes of the connection."""
        # A part may hold many small requests. In small parts, the bytes of other requests hardly count as head.
        for begin in range(0, len(data), _PART):
            if self.phase is _ENDED:
                return
            self._feed(data[begin : begin + _PART])

    def end(self) -> None:
        """Ignore all further bytes."""
        self.phase = _ENDED
        self._body = []

    def close(self) -> None:
        """As :meth:`end`, and break the reference cycles of parser, reader and receiver."""
        self.end()
        self._parser = None
        del self._receiver

    def _feed(self, part: bytes) -> None:
        self._part = len(part)
        try:
            self._parser.feed_data(part)
        except httptools.HttpParserUpgrade:  # the server answers the request in HTTP/1.1
            if self.phase is not _ENDED:
                self.end()
                self._receiver.end_requests()
        except httptools.HttpParserCallbackError:
            log.exception("a request failed in the connection")
            self._receiver.refuse(500, "The request failed inside the server; see the server's log")
        except httptools.HttpParserError:
            self._receiver.refuse(400, "The request is not HTTP")
        if self.phase is _HEAD:
            self._head_bytes += len(part)
            if self._head_bytes > _HEAD_BYTES:
                self._refuse_head()

    # httptools' calls

    def on_message_begin(self) -> None:
        if self.phase is _ENDED:
            return
        self.phase = _HEAD
        self._head_bytes = -self._part
        self._url = b""
        self._headers = {}
        self._body = []
        self._body_bytes = 0
        self._receiver.begin_request()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.phase is not _HEAD:
            return  # a trailer, which is ignored
        known = _header_name(name)
        if known is not None:
            text, headers = value.decode("latin-1"), self._headers
            headers[known] = f"{headers[known]},{text}" if known in headers else text

    def on_headers_complete(self) -> None:
        if self.phase is _ENDED:
            return
        if self._head_bytes + self._part + _PART > _HEAD_BYTES and self._head_size() > _HEAD_BYTES:
            self._refuse_head()
            return
        try:
            path, query = _target(self._url)
        except httptools.HttpParserInvalidURLError:
            self._receiver.refuse(400, "The request names no path")
            return
        self.phase = _BODY
        method = self._parser.get_method().decode("ascii")
        self._request = Request(method, path, query, self._headers, b"", self._peer, self._scheme)
        self._body_limit = self._receiver.end_head(path)
        if "expect" in self._headers:
            self._meet_expectation()

    def on_body(self, body: bytes) -> None:
        if self.phase is _ENDED:
            return
        self.phase = _BODY  # a client may send its body before it gets "100 Continue"
        before = self._body_bytes
        self._body_bytes += len(body)
        if self._body_bytes > SMALL_BODY:
            more = self._body_bytes if before <= SMALL_BODY else len(body)
            kept = more if self._body_bytes - more <= self._body_limit else 0
            self._receiver.count_body(kept, self._body_bytes)
        if before <= self._body_limit and self.phase is not _ENDED:
            self._body.append(body)

    def on_message_complete(self) -> None:
        if self.phase is _ENDED:
            return
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        request = self._request
        request.body = body[: self._body_limit + 1]
        request.keep_alive = self._parser.should_keep_alive()
        self._body = []
        self.phase = _BETWEEN
        self._receiver.take(request)

    def _meet_expectation(self) -> None:
        if self._headers["expect"].lower() != "100-continue" or self._parser.get_http_version() != "1.1":
            return
        declared = self._headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._body_limit:
            self._receiver.refuse(413, f"A request to this path has at most {self._body_limit} bytes")
            return
        self.phase = _EXPECTING
        self._receiver.expect()

    def _head_size(self) -> int:
        return len(self._url) + sum(len(name) + len(value) for name, value in self._headers.items())

    def _refuse_head(self) -> None:
        self._receiver.refuse(431, f"A request's head has at most {_HEAD_BYTES} bytes")


def _target(url: bytes) -> tuple[str, str]:
    """The path and the query of a request target."""
    if url == b"/":
        return "/", ""
    parsed = httptools.parse_url(url)
    path = parsed.path or b"/"
    decoded = unquote_to_bytes(path) if b"%" in path else path
    return decoded.decode("latin-1"), (parsed.query or b"").decode("latin-1")


@lru_cache(maxsize=512)
def _header_name(name: bytes) -> str | None:
    """A header's name in lower case; None for a name with an underscore.

    WSGI cannot distinguish X_Forwarded_For from the X-Forwarded-For that a proxy sets.
    """
    return None if b"_" in name else name.decode("latin-1").lower()
