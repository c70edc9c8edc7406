"""``cardwright serve``: the server, on uvicorn. ``cardwright demo``: the same with example cards."""

import ctypes
import logging
import os
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path

import click

from cardwright.app import Application, build, open_store
from cardwright.cli.options import settings_options
from cardwright.core.errors import CardwrightError
from cardwright.request_counts import RequestCounts
from cardwright.settings import Settings, SettingsInvalid
from cardwright.telemetry import configure_logging

_PR_SET_PDEATHSIG = 1
_BACKLOG = 1024
_WARM_UP_AFTER = 1.0  # seconds: the first search should not wait for SQLAlchemy, and the first answer not for either

log = logging.getLogger(__name__)


@click.command()
@settings_options()
def serve(settings: Settings) -> None:
    """Serve model cards over the SageMaker API."""
    _run(settings)


@click.command()
@settings_options()
def demo(settings: Settings) -> None:
    """Serve with five example cards and a small registry, loaded through the API once the server is up."""
    address = _address(settings)
    threading.Thread(target=_load_examples, args=(address, settings.region), daemon=True).start()
    _run(settings)


def _run(settings: Settings) -> None:
    settings.check()
    configure_logging(settings.log_level)
    try:
        from cardwright import server  # noqa: PLC0415 - an extra: the base install has no server
    except ImportError as error:
        raise CardwrightError("The server needs an extra: pip install 'cardwright[server]'") from error
    if settings.workers > 1 and settings.database_url is None:
        log.warning("several workers on SQLite slow each other's writes down; one worker, or PostgreSQL, is faster")
    open_store(settings).close()  # what is wrong with the store is told here, once, before workers start
    _check_tls(settings)
    listener = _listen(settings)
    click.echo(f"Cardwright serves {_address(settings)} ({_who(settings)}, {_where(settings)})", err=True)
    with _counts_folder(settings) as folder:
        server.run(
            partial(_application, settings, os.getpid(), folder),
            listener,
            workers=settings.workers,
            threads=settings.threads,
            tls_cert=settings.tls_cert,
            tls_key=settings.tls_key,
        )


@contextmanager
def _counts_folder(settings: Settings) -> Iterator[Path | None]:
    """Where several workers count together for the length of a block; none where there is one."""
    if settings.workers == 1:
        yield None
        return
    from cardwright.shared_request_counts import counts_folder  # noqa: PLC0415 - locks as POSIX has them

    with ExitStack() as opened:
        folder = None
        try:
            folder = opened.enter_context(counts_folder())
        except OSError as error:
            log.warning("each worker counts requests alone, for no temporary folder can be made: %s", error.strerror)
        yield folder


def _listen(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(found[0], found[1])
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(found[4])
        listener.listen(_BACKLOG)
    except OSError as error:
        raise SettingsInvalid(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}") from None
    return listener


def _check_tls(settings: Settings) -> None:
    """Raise :class:`SettingsInvalid` unless the certificate and its key can be read and belong together."""
    if settings.tls_cert is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
    except ssl.SSLError as error:
        raise SettingsInvalid(f"--tls-cert and --tls-key do not go together: {error.reason}") from None
    except OSError as error:
        raise SettingsInvalid(f"--tls-cert and --tls-key cannot be read: {error.strerror}") from None


def _application(settings: Settings, first_process: int, counts_folder: Path | None) -> Application:
    """Runs in each process that serves: the application on a store of its own."""
    if os.getpid() != first_process:
        _end_with(first_process)
        configure_logging(settings.log_level)
    application = build(settings, _shared_counts(counts_folder))
    application.exports.start(settings.export_threads)
    warm_up = threading.Timer(_WARM_UP_AFTER, import_module, ["cardwright.storage.search"])
    warm_up.daemon = True
    warm_up.start()
    return application


def _shared_counts(folder: Path | None) -> RequestCounts | None:
    if folder is None:
        return None
    from cardwright.shared_request_counts import SharedRequestCounts  # noqa: PLC0415 - locks as POSIX has them

    try:
        return SharedRequestCounts(folder)
    except OSError as error:
        log.warning("this worker counts requests alone, for %s cannot be used: %s", folder, error.strerror)
        return None


def _end_with(parent: int) -> None:
    """Stop this worker, gracefully, when its parent is gone: it would keep the port otherwise."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _load_examples(address: str, region: str) -> None:
    import boto3  # noqa: PLC0415 - a fifth of a second that serving does not need

    from cardwright.examples import load  # noqa: PLC0415
    from cardwright.examples.registry import load_registry  # noqa: PLC0415

    while not _ready(address):
        time.sleep(0.1)
    client = boto3.client(
        "sagemaker",
        endpoint_url=address,
        region_name=region,
        aws_access_key_id="demo",
        aws_secret_access_key="demo",  # noqa: S106 - an open door asks for no secret
    )
    made = load(client) + load_registry(client)
    found = f"made {', '.join(made)}" if made else "all there already"
    click.echo(f"Examples: {found}. See them with: cardwright card list --endpoint-url {address}", err=True)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http{'s' if settings.tls_cert else ''}://{host}:{settings.port}"


def _who(settings: Settings) -> str:
    return "open to this machine, no keys asked" if settings.auth == "none" else "signed requests, console with sign-in"


def _where(settings: Settings) -> str:
    return f"store in {settings.home}" if settings.database_url is None else "PostgreSQL"
