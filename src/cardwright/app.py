"""The one place that knows everyone: settings -> storage -> faces -> application."""

import hmac
import ipaddress
import itertools
import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cardwright import __version__
from cardwright.actions.export_jobs import record_to_export
from cardwright.aws.callers import OPEN_ACCOUNT, Callers, OpenDoor, SignedDoor
from cardwright.aws.endpoint import MAX_BODY, Endpoint, Response, error_response
from cardwright.aws.model import own_model, sagemaker_model
from cardwright.aws.paging import Pager
from cardwright.aws.s3 import ObjectEndpoint
from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import CardwrightError, Unavailable
from cardwright.core.export_job import ClaimedJob
from cardwright.core.names import Scope
from cardwright.core.passwords import Passwords
from cardwright.core.people import Actor, Role
from cardwright.core.sessions import Lifetimes
from cardwright.formats.printed import Printed
from cardwright.formats.record import CardRecord
from cardwright.local_user import local_user
from cardwright.request_counts import RequestCounts
from cardwright.settings import Settings, is_loopback
from cardwright.storage.object_folder import ObjectFolder
from cardwright.storage.objects import Objects, open_objects
from cardwright.storage.store import Store, StoreMismatch, Unit, migrate_url, open_sqlite, open_url
from cardwright.telemetry import Environ, Telemetry
from cardwright.worker import ExportWorker, Printer
from cardwright.wsgi_pages import WsgiApplication, WsgiPages

DATABASE_FILE = "cardwright.db"
KEY_FILE = "server.key"
OBJECTS_FOLDER = "objects"
_OK = 200
_MOMENT = 3  # seconds
_PAGE_BODY = 64 * 1024
_CONSOLE_BODY = 56_000_000  # a report of 50 MB with the form around it
_FORM_BODY = 12_000_000  # any other form, with what was written before a session ended
_UNKNOWN = "unknown"  # the source of a request whose proxy tells no address

log = logging.getLogger(__name__)


def open_store(settings: Settings) -> Store:
    """Open the store that the settings name; the embedded default is made and brought up to date when needed.

    Raises:
        StoreMismatch: the store is not one for these settings; the message says what to do.
        Unavailable: it cannot be opened.
    """
    claimable = settings.bucket_claims == "first"
    if settings.database_url is not None:
        return open_url(settings.database_url, settings.region, _read_key(settings), claimable=claimable)
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = not (settings.home / DATABASE_FILE).exists()
        if not new and _is_emptied(settings.home / DATABASE_FILE):
            raise StoreMismatch(
                f"The database {settings.home / DATABASE_FILE} is an empty file: bring a backup back, or remove it"
                " to begin anew"
            )
        key = _read_or_make_key(settings) if new else _read_key(settings)
    except OSError as error:
        raise Unavailable(f"The home folder {settings.home} cannot be used: {error.strerror}") from error
    return open_sqlite(settings.home / DATABASE_FILE, settings.region, key, claimable=claimable)


def _is_emptied(database: Path) -> bool:
    """Whether a database has lost all it held. One that another process is making is empty for a moment only."""
    deadline = time.monotonic() + _MOMENT
    while database.stat().st_size == 0:
        if time.monotonic() > deadline:
            return True
        time.sleep(0.05)
    return False


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


def build(settings: Settings, counts: RequestCounts | None = None) -> "Application":
    """The server's application, on an open store. Costs about 100 ms.

    Args:
        counts: where its requests are counted; in this process alone by default.
    """
    store = open_store(settings)
    worker = _export_worker(settings, store)
    return Application(settings, store, _endpoint(settings, store), worker, worker.wake, Telemetry(counts=counts))


@dataclass(frozen=True, slots=True)
class Embedded:
    """An application without a server, and S3 on its folder of objects."""

    home: Path
    application: "Application"
    objects: ObjectEndpoint


def open_embedded(home: Path | None, region: str | None) -> Embedded:
    """Open an embedded store, made when it is missing. Export jobs are done before their request is answered.

    Args:
        home: its folder; that of the settings by default.
        region: its region; that of the settings by default.

    Raises:
        SettingsInvalid: a ``CARDWRIGHT_*`` variable has a value that cannot be.
        StoreMismatch, Unavailable: as :func:`open_store`.
    """
    settings = replace(Settings.from_environment(os.environ), database_url=None, auth="none", objects="local")
    settings = replace(settings, home=(home or settings.home).absolute(), region=region or settings.region)
    store = open_store(settings)
    worker = _export_worker(settings, store)

    def do_exports() -> None:
        try:
            while worker.run_next():
                pass
        except CardwrightError as error:  # the job is recorded, and done after the next one is asked for
            log.warning("export jobs wait: %s", error)

    telemetry = Telemetry(logs=False)
    application = Application(settings, store, _endpoint(settings, store), worker, do_exports, telemetry)
    return Embedded(settings.home, application, ObjectEndpoint(ObjectFolder(settings.home / OBJECTS_FOLDER)))


@contextmanager
def export_worker(settings: Settings) -> Iterator[ExportWorker]:
    """What does the export jobs of the store that the settings name, for the length of a block.

    Raises:
        StoreMismatch, Unavailable: as :func:`open_existing_store`.
    """
    store = open_existing_store(settings)
    try:
        worker = _export_worker(settings, store)
        yield worker
        worker.stop()
    finally:
        store.close()


def _export_worker(settings: Settings, store: Store) -> ExportWorker:
    def read_card(job: ClaimedJob) -> CardRecord:
        actor = Actor(Scope(store.region, job.account), "cardwright-export", Role.VIEWER)
        with store.open_unit(actor, writes=False) as unit:
            return record_to_export(unit, job)

    return ExportWorker(
        store.export_queue, read_card, _objects(settings), open_printer(), store.clock, settings.export_lease
    )


def _objects(settings: Settings) -> Objects:
    folder = settings.home / OBJECTS_FOLDER
    return open_objects(settings.objects, folder, settings.objects_endpoint, settings.region)


class _PdfPrinter:
    """Prints with Typst. Where that is not installed, each job fails with the sentence that says how to."""

    @property
    def engine(self) -> str:
        from cardwright.formats.pdf.engine import engine_name  # noqa: PLC0415 - comes with the first job

        return f"{engine_name()}, template of Cardwright {__version__}"

    def __call__(self, record: CardRecord) -> Printed:
        from cardwright.formats.pdf import render_pdf  # noqa: PLC0415 - 81 MB that come with the first job

        return render_pdf(record)


open_printer: Callable[[], Printer] = _PdfPrinter
"""Gives what export jobs print with."""


def _endpoint(settings: Settings, store: Store) -> Endpoint:
    callers: Callers
    if settings.auth == "sigv4":
        callers = SignedDoor(store.region, store.find_access_key, store.server_key.secret_access_key, time.time)
    else:
        callers = OpenDoor(store.region)
    return Endpoint(sagemaker_model(), own_model(), store.open_unit, callers, Pager(store.server_key))


class Application:
    """All that a server answers: health, metrics, the SageMaker endpoint and the console."""

    def __init__(  # noqa: PLR0913, PLR0917 - everything it works with is handed in
        self,
        settings: Settings,
        store: Store,
        endpoint: Endpoint,
        exports: ExportWorker,
        on_export_job: Callable[[], None],
        telemetry: Telemetry | None = None,
    ) -> None:
        self.store = store
        self.exports = exports
        self._endpoint = endpoint
        self._on_export_job = on_export_job
        self.telemetry = telemetry or Telemetry()
        self._request_ids = _request_ids()
        self._open = settings.auth == "none"
        self._proxies = settings.proxy_networks()
        self._metrics_token = settings.metrics_token
        self._pages: dict[str, Callable[[Environ], Response]] = {
            "/healthz": self._health,
            "/readyz": self._readiness,
            "/metrics": self._metrics,
        }
        self._console = WsgiPages(partial(_console, settings, store, on_export_job))

    def answer(self, environ: Environ) -> Response:
        """Do what is asked; what was written is on disk with the answer. ``environ``: see :class:`Endpoint`."""
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
        return self._console.respond(environ)

    def is_quick(self, environ: Environ) -> bool:
        """Whether a request takes well under a millisecond's work, so that nobody minds waiting for it."""
        path = environ["PATH_INFO"]
        if path == "/" and environ["REQUEST_METHOD"] == "POST":
            return self._endpoint.is_quick(environ)
        return path in self._pages

    def body_limit(self, path: str) -> int:
        """Bytes that a request to this path may have."""
        if path == "/":
            return MAX_BODY
        if path in self._pages:
            return _PAGE_BODY
        return _CONSOLE_BODY if path.startswith("/drafts/") else _FORM_BODY

    def settled(self, environ: Environ, response: Response) -> Response:
        """Wait until what was answered is on disk; give the answer, or the error when it could not be. Tell of it."""
        if response.commitment is not None:
            try:
                response.commitment.settle()
            except Unavailable as error:
                response = error_response(environ, error)
        self.telemetry.observe(environ, time.perf_counter() - environ["cardwright.began"])
        if environ.get("cardwright.operation") == "CreateModelCardExportJob" and response.status == _OK:
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
        if not (self._proxies and forwarded):
            return address
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


def _console(settings: Settings, store: Store, on_export_job: Callable[[], None]) -> WsgiApplication:
    """The console, made when its first page is asked for: what it needs comes with an extra."""
    from cardwright.console.application import make_console  # noqa: PLC0415
    from cardwright.console.desk import Desk, Person, SignIn  # noqa: PLC0415

    @contextmanager
    def open_unit(actor: Actor, *, writes: bool) -> Iterator[Unit]:
        with store.open_unit(actor, writes=writes) as unit:
            yield unit
        if unit.commitment is not None:
            unit.commitment.settle()

    local, sign_in = None, None
    if settings.auth == "none":
        local = Person(Scope(store.region, OPEN_ACCOUNT), local_user(), Role.ADMIN)
    else:
        lifetimes = Lifetimes(settings.session_idle * 1000, settings.session_longest * 1000)
        sign_in = SignIn(Passwords(), lifetimes, store.accounts_with_users, store.server_key.secret_access_key)
    secret = store.server_key.derive("console")
    objects = _objects(settings)
    desk = Desk(open_unit, store.region, local, sign_in, store.clock, secret, __version__, objects, on_export_job)
    return make_console(desk).wsgi_app


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _names_loopback(host: str) -> bool:
    """Whether a Host header names this machine: a page elsewhere that rebinds its name to 127.0.0.1 does not."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return is_loopback(name)


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
            " or name it with --key-file or CARDWRIGHT_KEY; for a new database, `cardwright migrate` makes one"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreMismatch(f"The server key {path} cannot be read: {error}") from None


def _read_or_make_key(settings: Settings) -> ServerKey:
    path = _key_path(settings)
    if settings.key is None and not path.exists():
        written = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(ServerKey.generate().to_text() + "\n")
                file.flush()
                os.fsync(file.fileno())
            _publish(written, path)
        finally:
            written.unlink(missing_ok=True)
    return _read_key(settings)


def _publish(written: Path, path: Path) -> None:
    """Give a file its name, whole from the first moment that others see it, unless another was quicker."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        written.replace(path)
