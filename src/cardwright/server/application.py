"""Routes each request to its interface, and commits what the requests write. ``app.build`` makes the application."""

import gc
import hmac
import ipaddress
import itertools
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias

from cardwright.aws.endpoint import MAX_BODY, Endpoint, error_response
from cardwright.aws.operations import import_handlers
from cardwright.aws.protocols import is_aws_request
from cardwright.aws.s3_access import MAX_BODY as OBJECT_BODY
from cardwright.aws.s3_access import ObjectAccess, is_object_path
from cardwright.core.addresses import is_loopback
from cardwright.core.errors import Unavailable
from cardwright.http import Request, Response
from cardwright.jobs.expiry import ExpiryWorker
from cardwright.jobs.exports import ExportWorker
from cardwright.jobs.words import WordsWorker
from cardwright.server.telemetry import Telemetry
from cardwright.server.wsgi_pages import WsgiPages
from cardwright.settings import Settings
from cardwright.storage.store import Store

Send: TypeAlias = Callable[[Response], None]
Batch: TypeAlias = list[tuple[Request, Response, Send]]

_OK = 200
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:]+)(?::[0-9]*)?")
_PAGE_BODY = 64 * 1024
_CONSOLE_BODY = 56_000_000  # a report or evidence of 50 MB with the form around it
_FORM_BODY = 12_000_000  # any other form, also one that waits for its user to sign in again
# Thresholds of collections. Every thread waits while one frees what it found: 20,000 objects take 20 to 50 ms. A parsed
# content has a thousand objects, and no cycles.
_GARBAGE = (2_000, 50, 100)
_SWITCH_SECONDS = 0.0002  # before a thread must hand the interpreter on; Python's default is 5 ms
_READ_BY_PAGES = (  # tables that a unit imports with their first use, and the search
    "search",
    "annotations",
    "drafts",
    "evaluation_pairs",
    "findings",
    "portfolio",
    "review_work",
    "saved_views",
    "setting_table",
)
_UNKNOWN = "unknown"  # the source of a request whose proxy forwards no address, or is not trusted


class Application:
    """Answers health checks, metrics, AWS requests and the console's pages, and owns the commit of each batch."""

    def __init__(  # noqa: PLR0913, PLR0917 - it gets everything it uses
        self,
        settings: Settings,
        store: Store,
        endpoint: Endpoint,
        object_access: ObjectAccess,
        console: WsgiPages,
        exports: ExportWorker,
        expiry: ExpiryWorker,
        words: WordsWorker,
        on_export_job: Callable[[], None],
        telemetry: Telemetry,
    ) -> None:
        self.store = store
        self.exports = exports
        self.expiry = expiry
        self.words = words
        self._endpoint = endpoint
        self._object_access = object_access
        self._on_export_job = on_export_job
        self.telemetry = telemetry
        self._request_ids = _request_ids()
        self._open = settings.auth == "none"
        self._proxies = settings.proxy_networks()
        self._metrics_token = settings.metrics_token
        self.pages: dict[str, Callable[[Request], Response]] = {
            "/healthz": self._health,
            "/readyz": self._readiness,
            "/metrics": self._metrics,
        }
        self.console = console
        self._uncommitted: Batch = []

    def answer(self, request: Request) -> Response:
        """Answer a request; what it wrote is on disk. Every error becomes an answer."""
        try:
            return self._settled(request, self._respond(request))
        except Exception as error:  # noqa: BLE001 - every client gets an answer
            return self.failed(request, error)

    def answer_in_batch(self, request: Request, send: Send) -> None:
        """Answer a request now, or after the batch's commit where it wrote something.

        Every request of a batch is answered on the same thread, which then calls :meth:`take_batch`.
        """
        try:
            response = self._respond(request)
            if response.commitment is not None:
                self._uncommitted.append((request, response, send))
                return
            response = self._settled(request, response)
        except Exception as error:  # noqa: BLE001 - every client gets an answer
            response = self.failed(request, error)
        send(response)

    def take_batch(self) -> Batch:
        """Return the requests that wait for the commit of what they wrote, and begin another batch."""
        waiting, self._uncommitted = self._uncommitted, []
        return waiting

    def answer_batch(self, waiting: Batch, fault: Exception | None) -> None:
        """Answer requests whose commit has ended, or failed with a fault."""
        for request, response, send in waiting:
            send(self._committed(request, response, fault))

    def commit(self) -> Exception | None:
        """Commit what was written. Returns the fault of a commit that failed. Any thread may call this."""
        try:
            self.store.database.flush()
        except Exception as error:  # noqa: BLE001 - the commit's outcome is unknown: every request of the batch fails
            return error
        return None

    def _committed(self, request: Request, response: Response, fault: Exception | None) -> Response:
        if fault is not None:
            return self.failed(request, fault)
        try:
            return self._settled(request, response)
        except Exception as error:  # noqa: BLE001 - every client gets an answer
            return self.failed(request, error)

    def _respond(self, request: Request) -> Response:
        """Have the request's interface answer it. The answer must go through :meth:`_settled` before it is sent."""
        if not request.began:
            self._begin(request)
        path = request.path
        if self._is_misdirected(request):
            return _plain(request, 403, "This server answers to localhost and 127.0.0.1 only.\n")
        if path == "/" and request.method == "POST":
            return self._endpoint.respond(request)
        if path in self.pages:
            return self.pages[path](request)
        if is_object_path(path):
            return self._object_access.respond(request)
        if is_aws_request(request):
            return self._endpoint.refuse_path(request)
        return self.console.respond(request)

    def _begin(self, request: Request) -> None:
        """Set what the server knows of a request."""
        request.began = time.perf_counter()
        request.request_id = next(self._request_ids)
        request.source = self._source(request)
        if "x-forwarded-proto" in request.headers and self._trusted(request.peer):
            request.scheme = request.headers["x-forwarded-proto"].rpartition(",")[2].strip()

    def prepare(self, request: Request) -> None:
        """Do what an AWS request needs before its unit of work. Call it on the thread that answers the request."""
        if not self._is_misdirected(request):
            self._begin(request)
            self._endpoint.prepare(request)

    def _is_misdirected(self, request: Request) -> bool:
        """Whether a server without authentication refuses a request: a page of another site may have sent it."""
        return self._open and not _names_loopback(request.headers.get("host", ""))

    def is_quick(self, request: Request) -> bool:
        """Whether a request takes well under a millisecond, so that others may wait for it."""
        if request.path == "/" and request.method == "POST":
            return self._endpoint.is_quick(request)
        return request.path in self.pages

    def writes(self, request: Request) -> bool:
        """Whether a request of the API changes something."""
        return request.path == "/" and self._endpoint.writes(request)

    def is_health(self, request: Request) -> bool:
        """Whether a request asks only whether this process runs, which needs no database."""
        return request.path == "/healthz"

    def is_probe(self, request: Request) -> bool:
        """Whether a request comes from a monitoring system."""
        return request.path in self.pages

    def overdue(self, request: Request) -> Response:
        """The answer to a probe for which the database takes too long."""
        request.request_id = request.request_id or next(self._request_ids)
        return _plain(request, 503, "The database does not answer in time.\n")

    def body_limit(self, path: str) -> int:
        """Bytes that a request to this path may have."""
        if path == "/":
            return MAX_BODY
        if path in self.pages:
            return _PAGE_BODY
        if is_object_path(path):
            return OBJECT_BODY
        return _CONSOLE_BODY if path.startswith("/drafts/") or path.endswith("/evidence") else _FORM_BODY

    def _settled(self, request: Request, response: Response) -> Response:
        """Wait for the commit, and record the request. Returns the answer, or an error when the commit failed."""
        if response.commitment is not None:
            try:
                response.commitment.settle()
            except Unavailable as error:
                response = error_response(request, error)
        self.telemetry.observe(request, time.perf_counter() - request.began)
        if self._endpoint.has_exports(request) and response.status == _OK:
            self._on_export_job()
        return response

    def failed(self, request: Request, error: Exception) -> Response:
        """The answer to a request that failed inside the server; records the request."""
        response = error_response(request, error)
        self.telemetry.observe(request, time.perf_counter() - request.began)
        return response

    def warm_up(self) -> None:
        """Make what the first search and the first pages would wait for. Garbage collections skip it from now on.

        With what is made and imported, a full collection takes 50 ms, in which no request is answered. Each statement
        of the event loop lets a thread with a page take the interpreter, and waits until it is switched back.
        """
        sys.setswitchinterval(_SWITCH_SECONDS)
        import_handlers()
        for module in _READ_BY_PAGES:
            import_module(f"cardwright.storage.{module}")
        self.console.prepare()
        gc.freeze()
        gc.set_threshold(*_GARBAGE)

    def close(self) -> None:
        """End the background jobs after what they are doing, and copy SQLite's log into the database file."""
        self.words.stop()
        self.exports.stop()
        self.expiry.stop()
        self.store.close()

    def _health(self, request: Request) -> Response:
        return _plain(request, 200, "ok\n")

    def _readiness(self, request: Request) -> Response:
        try:
            self.store.check()
        except Unavailable as error:
            return _plain(request, 503, f"{error}\n")
        return _plain(request, 200, "ready\n")

    def _metrics(self, request: Request) -> Response:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not is_loopback(request.source) and (
            self._metrics_token is None or not hmac.compare_digest(bearer.encode(), self._metrics_token.encode())
        ):
            return _plain(request, 403, "Beyond loopback, metrics need the bearer token of CARDWRIGHT_METRICS_TOKEN.\n")
        return _page(request, 200, "text/plain; version=0.0.4; charset=utf-8", self.telemetry.exposition())

    def _source(self, request: Request) -> str:
        """The client's address: the one that a trusted proxy forwards, else the connection's."""
        address = request.peer
        forwarded = request.headers.get("x-forwarded-for", "")
        if not forwarded and "forwarded" not in request.headers:
            return address
        if not self._trusted(address):
            return _UNKNOWN if is_loopback(address) else address  # a local address is the proxy's, not the client's
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
    """Whether a Host header names this machine: protects from pages that rebind their name to 127.0.0.1."""
    named = _HOST.fullmatch(host)
    return named is not None and is_loopback(named[1].lower())


def _request_ids() -> Iterator[str]:
    """Request ids in AWS's form, that of a UUID: a random beginning and a counter at the end."""
    digits = f"{random.getrandbits(128):032x}"
    begin = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-"
    return map((begin + "%012x").__mod__, itertools.count(random.getrandbits(40)))


def _plain(request: Request, status: int, text: str) -> Response:
    return _page(request, status, "text/plain; charset=utf-8", text.encode())


def _page(request: Request, status: int, content_type: str, body: bytes) -> Response:
    length, request_id = ("Content-Length", str(len(body))), ("x-amzn-RequestId", request.request_id)
    return Response(status, [("Content-Type", content_type), length, request_id], body)
