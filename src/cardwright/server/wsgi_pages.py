"""Adapts a WSGI application to ``Request`` and ``Response``. It makes the application once it is needed."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from typing import Any, TypeAlias

from cardwright.http import REQUEST_KEY, Request, Response

WsgiApplication: TypeAlias = Callable[..., Iterable[bytes]]

_NEEDS = "The console needs an extra: pip install 'cardwright[server]'\n"
_UNPREFIXED = frozenset({"content-type", "content-length"})
_WITHOUT_BODY = frozenset({204, 304})


class WsgiPages:
    """Answers with the pages of an application.

    Args:
        make: makes the application; an ImportError means that the console's libraries are not installed.
        warm: makes what the first pages of the application would wait for.
    """

    def __init__(self, make: Callable[[], WsgiApplication], warm: Callable[[Any], object] = bool) -> None:
        self._make = make
        self._warm = warm
        self._lock = threading.Lock()
        self._application: WsgiApplication | None = None

    def prepare(self) -> None:
        """Make the application before its first page, where its libraries are installed."""
        with suppress(ImportError):
            self._warm(self._made())

    def respond(self, request: Request) -> Response:
        request.operation = "console"
        try:
            application = self._made()
        except ImportError:
            return Response(404, [("Content-Type", "text/plain; charset=utf-8")], _NEEDS.encode())
        answered: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            answered[:] = [(int(status[:3]), list(headers))]

        parts = application(_environ(request), start_response)
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = answered[0]
        # A page that is made in parts has no length, and its client would wait until the connection closes.
        if status not in _WITHOUT_BODY and request.method != "HEAD" and "content-length" not in _names(headers):
            headers.append(("Content-Length", str(len(body))))
        return Response(status, headers, body)

    def _made(self) -> WsgiApplication:
        with self._lock:
            if self._application is None:
                self._application = self._make()
            return self._application


def _names(headers: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (name.lower() for name, _ in headers)


def _environ(request: Request) -> dict[str, object]:
    """The WSGI environment of a request (PEP 3333), which also holds the request itself."""
    host, _, port = request.headers.get("host", "localhost").rpartition(":")
    return {
        **{_variable(name): value for name, value in request.headers.items()},
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": host or "localhost",
        "SERVER_PORT": port if port.isdecimal() else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        REQUEST_KEY: request,
    }


def _variable(header: str) -> str:
    """The WSGI name of a header."""
    name = header.upper().replace("-", "_")
    return name if header in _UNPREFIXED else f"HTTP_{name}"
