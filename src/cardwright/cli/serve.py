"""``cardwright serve``: the server, on uvicorn."""

import logging
import os
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from cardwright.cli.options import settings_options
from cardwright.core.errors import CardwrightError, Unavailable
from cardwright.server.app import build
from cardwright.server.application import Application
from cardwright.server.descriptors import make_room
from cardwright.server.request_counts import RequestCounts
from cardwright.server.signals import end_at_once, end_process
from cardwright.server.stores import open_store
from cardwright.server.telemetry import configure_logging, is_text
from cardwright.settings import Settings, SettingsInvalid
from cardwright.storage.known_keys import KnownKeys

_PR_SET_PDEATHSIG = 1
_REVOCATIONS = "revocations"  # a file next to the shared counts
_WARM_UP_AFTER = 1.0  # seconds: before most first searches and pages, but after the first response

log = logging.getLogger(__name__)


@click.command()
@settings_options()
def serve(settings: Settings) -> None:
    """Serve model cards over the SageMaker API."""
    with refusals_in_the_log(settings):
        run(settings)


@contextmanager
def refusals_in_the_log(settings: Settings) -> Iterator[None]:
    """Log the reason of a refused start when log lines are JSON, because log collectors read no other lines."""
    try:
        yield
    except (CardwrightError, SettingsInvalid) as error:
        if is_text(settings.log_format):
            raise
        configure_logging(settings.log_level, settings.log_format)
        log.error("%s", error)  # noqa: TRY400 - a traceback adds nothing
        sys.exit(1)


def announce(text: str, settings: Settings) -> None:
    """Report a start: a line on a terminal, or a JSON log line."""
    if is_text(settings.log_format):
        click.echo(text, err=True)
    else:
        log.info("%s", text)


def run(settings: Settings) -> NoReturn:
    """Serve until the process gets a signal, which ends the process.

    Raises:
        SettingsInvalid: settings conflict or cannot be used on this machine.
        CardwrightError: a required package is not installed, or the store cannot be opened.
    """
    end_at_once()
    settings.check()
    configure_logging(settings.log_level, settings.log_format)
    try:
        from cardwright.server import uvicorn_server as server
    except ImportError as error:
        raise CardwrightError("The server needs an extra: pip install 'cardwright[server]'") from error
    if settings.workers > 1 and settings.database_url is None:
        log.warning("several workers on SQLite slow down each other's writes; use one worker or PostgreSQL")
    _check_store(settings)
    _check_tls(settings)
    room = make_room(2 * settings.threads + settings.export_threads + 2)
    listener = _listen(settings, room.backlog)
    announce(f"Cardwright serves {address_of(settings)} ({_who(settings)}, {_where(settings)})", settings)
    with _counts_folder(settings) as folder:
        server.run(
            partial(_application, settings, os.getpid(), folder),
            listener,
            workers=settings.workers,
            threads=settings.threads,
            connections=room.connections,
            tls_cert=settings.tls_cert,
            tls_key=settings.tls_key,
        )
    end_process()


def _check_store(settings: Settings) -> None:
    """Open the store once before workers start, and report errors.

    A store that cannot be written now, for example because its disk is full, is served for reading.
    """
    store = open_store(settings)
    try:
        store.check()
    except Unavailable as error:
        log.warning("%s", error)
    finally:
        store.close()


@contextmanager
def _counts_folder(settings: Settings) -> Iterator[Path | None]:
    """Create the folder for request counts shared by several workers; None for one worker."""
    if settings.workers == 1:
        yield None
        return
    from cardwright.server.shared_request_counts import counts_folder

    with ExitStack() as opened:
        folder = None
        try:
            folder = opened.enter_context(counts_folder())
        except OSError as error:
            log.warning("each worker counts its own requests: no temporary folder can be created: %s", error.strerror)
        yield folder


def _listen(settings: Settings, backlog: int) -> socket.socket:
    """Return a socket that listens on the configured address."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(found[0], found[1])
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(found[4])
        listener.listen(backlog)
    except OSError as error:
        raise SettingsInvalid(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}") from None
    return listener


def _check_tls(settings: Settings) -> None:
    """Raise :class:`SettingsInvalid` unless the certificate and its key can be read and match."""
    if settings.tls_cert is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
    except ssl.SSLError as error:
        why = error.reason or "one of them holds neither certificate nor key in PEM"
        raise SettingsInvalid(f"--tls-cert and --tls-key do not match: {why}") from None
    except OSError as error:
        raise SettingsInvalid(f"--tls-cert and --tls-key cannot be read: {error.strerror}") from None


def _application(settings: Settings, first_process: int, counts_folder: Path | None) -> Application:
    """Build the application with its own store, in each serving process."""
    if os.getpid() != first_process:
        _end_with(first_process)
        configure_logging(settings.log_level, settings.log_format)
    application = build(settings, _shared_counts(counts_folder), _known_keys(settings, counts_folder))
    application.exports.start(settings.export_threads)
    application.expiry.start()
    application.words.start()
    warm_up = threading.Timer(_WARM_UP_AFTER, application.warm_up)
    warm_up.daemon = True
    warm_up.start()
    return application


def _shared_counts(folder: Path | None) -> RequestCounts | None:
    if folder is None:
        return None
    from cardwright.server.shared_request_counts import SharedRequestCounts

    try:
        return SharedRequestCounts(folder)
    except OSError as error:
        log.warning("this worker counts its own requests, because %s is not usable: %s", folder, error.strerror)
        return None


def _known_keys(settings: Settings, folder: Path | None) -> KnownKeys:
    """Share revocations of access keys with the other workers; where that is impossible, keys are always read."""
    if settings.workers == 1:
        return KnownKeys()
    try:
        return KnownKeys(seconds=0) if folder is None else KnownKeys(folder / _REVOCATIONS)
    except OSError as error:
        log.warning("this worker reads access keys for each request: %s is not usable: %s", folder, error.strerror)
        return KnownKeys(seconds=0)


def _end_with(parent: int) -> None:
    """Stop this worker gracefully when its parent process ends, because it would keep the port."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def address_of(settings: Settings) -> str:
    """Return the URL of the server."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http{'s' if settings.tls_cert else ''}://{host}:{settings.port}"


def _who(settings: Settings) -> str:
    return "open to this machine without keys" if settings.auth == "none" else "signed requests, console with sign-in"


def _where(settings: Settings) -> str:
    return f"store in {settings.home}" if settings.database_url is None else "PostgreSQL"
