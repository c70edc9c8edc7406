"""What a server answers: each request is given to the face that it is for. ``app.build`` makes it."""

import hmac
import ipaddress
import itertools
import random
import re
import time
from collections.abc import Callable, Iterator
from functools import lru_cache

from cardwright.aws.endpoint import MAX_BODY, Endpoint, error_response
from cardwright.aws.protocols import is_aws_request
from cardwright.aws.s3_access import MAX_BODY as OBJECT_BODY
from cardwright.aws.s3_access import ObjectAccess, is_object_path
from cardwright.core.addresses import is_loopback
from cardwright.core.errors import Unavailable
from cardwright.http import Environ, Response
from cardwright.jobs.exports import ExportWorker
from cardwright.server.telemetry import Telemetry
from cardwright.server.wsgi_pages import WsgiPages
from cardwright.settings import Settings
from cardwright.storage.store import Store

_OK = 200
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:]+)(?::[0-9]*)?")
_PAGE_BODY = 64 * 1024
_CONSOLE_BODY = 56_000_000  # a report of 50 MB with the form around it
_FORM_BODY = 12_000_000  # any other form, with what was written before a session ended
_UNKNOWN = "unknown"  # the source of a request whose proxy tells no address, or is not trusted


class Application:
    """All that a server answers: health, metrics, the SageMaker endpoint and the console."""

    def __init__(  # noqa: PLR0913, PLR0917 - everything it works with is handed in
        self,
        settings: Settings,
        store: Store,
        endpoint: Endpoint,
        object_access: ObjectAccess,
        console: WsgiPages,
        exports: ExportWorker,
        on_export_job: Callable[[], None],
        telemetry: Telemetry,
    ) -> None:
        self.store = store
        self.exports = exports
        self._endpoint = endpoint
        self._object_access = object_access
        self._on_export_job = on_export_job
        self.telemetry = telemetry
        self._request_ids = _request_ids()
        self._open = settings.auth == "none"
        self._proxies = settings.proxy_networks()
        self._metrics_token = settings.metrics_token
        self._pages: dict[str, Callable[[Environ], Response]] = {
            "/healthz": self._health,
            "/readyz": self._readiness,
            "/metrics": self._metrics,
        }
        self._console = console

    def answer(self, environ: Environ) -> Response:
        """Do what is asked; what was written is on disk with the answer. ``environ``: see ``http``."""
        return self.settled(environ, self.respond(environ))

    def respond(self, environ: Environ) -> Response:
        """Do what is asked. The answer must go through :meth:`settled` before it is sent."""
        environ["cardwright.began"] = time.perf_counter()
        environ["cardwright.request_id"] = next(self._request_ids)
        environ["cardwright.source"] = self._source(environ)
        if "HTTP_X_FORWARDED_PROTO" in environ and self._trusted(environ.get("REMOTE_ADDR") or ""):
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip()
        path = environ.get("PATH_INFO") or "/"
        if self._open and not _names_loopback(environ.get("HTTP_HOST", "")):
            return _plain(environ, 403, "This server answers to localhost and 127.0.0.1 only.\n")
        if path == "/" and environ["REQUEST_METHOD"] == "POST":
            return self._endpoint.respond(environ)
        if path in self._pages:
            return self._pages[path](environ)
        if is_object_path(path):
            return self._object_access.respond(environ)
        if is_aws_request(environ):
            return self._endpoint.refuse_place(environ)
        return self._console.respond(environ)

    def is_quick(self, environ: Environ) -> bool:
        """Whether a request takes well under a millisecond's work, so that nobody minds waiting for it."""
        path = environ["PATH_INFO"]
        if path == "/" and environ["REQUEST_METHOD"] == "POST":
            return self._endpoint.is_quick(environ)
        return path in self._pages

    def is_health(self, environ: Environ) -> bool:
        """Whether a request asks no more than whether this process lives, which takes no database."""
        return bool(environ["PATH_INFO"] == "/healthz")

    def is_probe(self, environ: Environ) -> bool:
        """Whether a request is from what watches this server."""
        return environ["PATH_INFO"] in self._pages

    def overdue(self, environ: Environ) -> Response:
        """The answer to a probe for which the database takes too long."""
        environ.setdefault("cardwright.request_id", next(self._request_ids))
        return _plain(environ, 503, "The database does not answer in time.\n")

    def body_limit(self, path: str) -> int:
        """Bytes that a request to this path may have."""
        if path == "/":
            return MAX_BODY
        if path in self._pages:
            return _PAGE_BODY
        if is_object_path(path):
            return OBJECT_BODY
        return _CONSOLE_BODY if path.startswith("/drafts/") else _FORM_BODY

    def settled(self, environ: Environ, response: Response) -> Response:
        """Wait until what was answered is on disk; give the answer, or the error when it could not be. Tell of it."""
        if response.commitment is not None:
            try:
                response.commitment.settle()
            except Unavailable as error:
                response = error_response(environ, error)
        self.telemetry.observe(environ, time.perf_counter() - environ["cardwright.began"])
        if self._endpoint.has_exports(environ) and response.status == _OK:
            self._on_export_job()
        return response

    def failed(self, environ: Environ, error: Exception) -> Response:
        """The answer when :meth:`respond` or :meth:`settled` went wrong themselves. Tell of it."""
        response = error_response(environ, error)
        self.telemetry.observe(environ, time.perf_counter() - environ["cardwright.began"])
        return response

    def close(self) -> None:
        """Finish the export job in hand, and empty SQLite's log into its file."""
        self.exports.stop()
        self.store.close()

    def _health(self, environ: Environ) -> Response:
        return _plain(environ, 200, "ok\n")

    def _readiness(self, environ: Environ) -> Response:
        try:
            self.store.check()
        except Unavailable as error:
            return _plain(environ, 503, f"{error}\n")
        return _plain(environ, 200, "ready\n")

    def _metrics(self, environ: Environ) -> Response:
        bearer = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        if not is_loopback(environ["cardwright.source"]) and (
            self._metrics_token is None or not hmac.compare_digest(bearer.encode(), self._metrics_token.encode())
        ):
            return _plain(
                environ,
                403,
                "Beyond loopback, metrics need the bearer token of CARDWRIGHT_METRICS_TOKEN.\n",
            )
        return _page(environ, 200, "text/plain; version=0.0.4; charset=utf-8", self.telemetry.exposition())

    def _source(self, environ: Environ) -> str:
        """The caller's address: what a trusted proxy says of it, else the connection's."""
        address: str = environ.get("REMOTE_ADDR") or ""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        if not forwarded and "HTTP_FORWARDED" not in environ:
            return address
        if not self._trusted(address):
            return _UNKNOWN if is_loopback(address) else address  # of this machine is a proxy, and not who asks
        for hop in [address, *reversed([hop.strip() for hop in forwarded.split(",")])]:
            if _address(hop) is None:
                return _UNKNOWN
            address = hop
            if not self._trusted(hop):
                break
        return address

    def _trusted(self, address: str) -> bool:
        parsed = _address(address)
        return parsed is not None and any(parsed in network for network in self._proxies)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _names_loopback(host: str) -> bool:
    """Whether a Host header names this machine: a page elsewhere that rebinds its name to 127.0.0.1 does not."""
    named = _HOST.fullmatch(host)
    return named is not None and is_loopback(named[1].lower())


def _request_ids() -> Iterator[str]:
    """Identifiers in the form that AWS gives, that of a UUID: random at their begin, and counted at their end."""
    digits = f"{random.getrandbits(128):032x}"
    begin = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-"
    return map((begin + "%012x").__mod__, itertools.count(random.getrandbits(40)))


def _plain(environ: Environ, status: int, text: str) -> Response:
    return _page(environ, status, "text/plain; charset=utf-8", text.encode())


def _page(environ: Environ, status: int, content_type: str, body: bytes) -> Response:
    request_id = environ["cardwright.request_id"]
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("x-amzn-RequestId", request_id)]
    return Response(status, headers, body)
