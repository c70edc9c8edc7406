"""Pages of a WSGI application as answers of ours. The application is made when its first page is asked for."""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, TypeAlias

from cardwright.http import Environ, Response

WsgiApplication: TypeAlias = Callable[..., Iterable[bytes]]

_FOR_THE_LOG = ("cardwright.actor", "cardwright.error")
_NEEDS = "The console needs an extra: pip install 'cardwright[server]'\n"


class WsgiPages:
    """Answers with the pages of an application.

    Args:
        make: makes the application; an ImportError says that the console's libraries are not installed.
    """

    def __init__(self, make: Callable[[], WsgiApplication]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._application: WsgiApplication | None = None

    def respond(self, environ: Environ) -> Response:
        environ["cardwright.operation"] = "console"
        try:
            application = self._made()
        except ImportError:
            return Response(404, [("Content-Type", "text/plain; charset=utf-8")], _NEEDS.encode())
        answered: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            answered[:] = [int(status[:3]), headers]

        whole = _complete(environ)
        parts = application(whole, start_response)
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        environ.update({name: whole[name] for name in _FOR_THE_LOG if name in whole})
        return Response(answered[0], [(name, value) for name, value in answered[1]], body)

    def _made(self) -> WsgiApplication:
        with self._lock:
            if self._application is None:
                self._application = self._make()
            return self._application


def _complete(environ: Environ) -> Environ:
    """What PEP 3333 asks for and an event loop does not give."""
    host, _, port = environ.get("HTTP_HOST", "localhost").rpartition(":")
    defaults = {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host or "localhost",
        "SERVER_PORT": port if port.isdecimal() else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    body = environ["cardwright.body"]
    return defaults | environ | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
