"""The one place that knows everyone: settings -> storage -> faces -> WSGI application."""

import ipaddress
import os
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson

from cardwright.aws.callers import Callers, OpenDoor, SignedDoor
from cardwright.aws.endpoint import CONTENT_TYPE, Endpoint
from cardwright.aws.model import sagemaker_model
from cardwright.aws.paging import Pager
from cardwright.core.access_keys import AccessKey, ServerKey
from cardwright.core.errors import Unavailable
from cardwright.settings import Settings, is_loopback
from cardwright.storage.store import Store, StoreMismatch, migrate_url, open_sqlite, open_url
from cardwright.telemetry import Environ, StartResponse, Telemetry

DATABASE_FILE = "cardwright.db"
KEY_FILE = "server.key"


def open_store(settings: Settings) -> Store:
    """Open the store that the settings name; the embedded default is made and brought up to date when needed.

    Raises:
        StoreMismatch: the store is not one for these settings; the message says what to do.
        Unavailable: it cannot be opened.
    """
    if settings.database_url is not None:
        return open_url(settings.database_url, settings.region, _read_key(settings))
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = not (settings.home / DATABASE_FILE).exists()
        key = _read_or_make_key(settings) if new else _read_key(settings)
    except OSError as error:
        raise Unavailable(f"The home folder {settings.home} cannot be used: {error.strerror}") from error
    return open_sqlite(settings.home / DATABASE_FILE, settings.region, key)


def open_existing_store(settings: Settings) -> Store:
    """Open the store that the settings name, without making one where none is.

    Raises:
        StoreMismatch: there is none, or it is not one for these settings.
        Unavailable: it cannot be opened.
    """
    if settings.database_url is None and not (settings.home / DATABASE_FILE).is_file():
        raise StoreMismatch(f"There is no store in {settings.home}: name its folder with --home")
    return open_store(settings)


def migrate(settings: Settings) -> None:
    """Bring the settings' database to this version's schema; a first server's key is made when there is none."""
    if settings.database_url is None:
        open_store(settings).close()
        return
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate_url(settings.database_url, settings.region, _read_or_make_key(settings))


def build(settings: Settings) -> "Application":
    """The server's application, on an open store. Costs about 100 ms."""
    store = open_store(settings)
    return Application(settings, store, _endpoint(settings, store))


def _endpoint(settings: Settings, store: Store) -> Endpoint:
    callers: Callers
    if settings.auth == "sigv4":

        def find_key(account: str, access_key_id: str) -> AccessKey | None:
            with store.access_keys() as keys:
                return keys.find(account, access_key_id)

        callers = SignedDoor(store.region, find_key, store.server_key.secret_access_key, time.time)
    else:
        callers = OpenDoor(store.region)
    return Endpoint(sagemaker_model(), store.open_unit, callers, Pager(store.server_key))


class Application:
    """The WSGI application: health, metrics, and the SageMaker endpoint."""

    def __init__(self, settings: Settings, store: Store, endpoint: Endpoint) -> None:
        self.store = store
        self._endpoint = endpoint
        self._telemetry = Telemetry()
        self._open = settings.auth == "none"
        self._proxies = settings.proxy_networks()
        self._metrics_token = settings.metrics_token
        self._pages: dict[str, Callable[[Environ], tuple[str, str, bytes]]] = {
            "/healthz": self._health,
            "/readyz": self._readiness,
            "/metrics": self._metrics,
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        environ["cardwright.request_id"] = str(uuid.uuid4())
        environ["cardwright.source"] = self._source(environ)
        path = environ.get("PATH_INFO") or "/"
        if self._open and not _names_loopback(environ.get("HTTP_HOST", "")):
            answer = _plain("403 Forbidden", "This server answers to localhost and 127.0.0.1 only.\n")
        elif path == "/" and environ["REQUEST_METHOD"] == "POST":
            body = self._endpoint(environ, start_response)
            self._telemetry.observe(environ, time.perf_counter() - began)
            return body
        elif path in self._pages:
            answer = self._pages[path](environ)
        else:
            answer = _plain("404 Not Found", "Cardwright serves the SageMaker API at POST /.\n")
        status, content_type, body = answer
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        start_response(status, [*headers, ("x-amzn-RequestId", environ["cardwright.request_id"])])
        return [body]

    def close(self) -> None:
        self.store.close()

    def _health(self, _: Environ) -> tuple[str, str, bytes]:
        return _plain("200 OK", "ok\n")

    def _readiness(self, _: Environ) -> tuple[str, str, bytes]:
        try:
            self.store.check()
        except Unavailable as error:
            return _plain("503 Service Unavailable", f"{error}\n")
        return _plain("200 OK", "ready\n")

    def _metrics(self, environ: Environ) -> tuple[str, str, bytes]:
        bearer = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        if not is_loopback(environ["cardwright.source"]) and (
            self._metrics_token is None or bearer != self._metrics_token
        ):
            return _plain("403 Forbidden", "Beyond loopback, metrics need the bearer token of CARDWRIGHT_METRICS_TOKEN.\n")
        return "200 OK", "text/plain; version=0.0.4; charset=utf-8", self._telemetry.exposition()

    def _source(self, environ: Environ) -> str:
        """The caller's address: what a trusted proxy says of it, else the connection's."""
        address: str = environ.get("REMOTE_ADDR") or ""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        if not (self._proxies and forwarded):
            return address
        for hop in reversed([address, *[]] if not forwarded else [*map(str.strip, forwarded.split(",")), address]):
            if not self._trusted(hop):
                return hop
            address = hop
        return address

    def _trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._proxies)


def _names_loopback(host: str) -> bool:
    """Whether a Host header names this machine: a page elsewhere that rebinds its name to 127.0.0.1 does not."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return is_loopback(name)


def _plain(status: str, text: str) -> tuple[str, str, bytes]:
    return status, "text/plain; charset=utf-8", text.encode()


def _key_path(settings: Settings) -> Path:
    return settings.key_file or settings.home / KEY_FILE


def _read_key(settings: Settings) -> ServerKey:
    if settings.key is not None:
        return ServerKey.from_text(settings.key)
    path = _key_path(settings)
    try:
        return ServerKey.from_text(path.read_text("ascii"))
    except FileNotFoundError:
        raise StoreMismatch(
            f"The server key {path} is missing: copy it from where the store was made (or its backup),"
            " or name it with --key-file or CARDWRIGHT_KEY"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreMismatch(f"The server key {path} cannot be read: {error}") from None


def _read_or_make_key(settings: Settings) -> ServerKey:
    path = _key_path(settings)
    if settings.key is None and not path.exists():
        key = ServerKey.generate()
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(key.to_text() + "\n")
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            return _read_key(settings)  # another first start was quicker
    return _read_key(settings)
