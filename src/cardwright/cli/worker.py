"""``cardwright worker``: does the export jobs that servers were asked for, in a process of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cardwright.cli.options import settings_options
from cardwright.cli.serve import announce, refusals_in_the_log
from cardwright.core.errors import CardwrightError
from cardwright.server.app import export_worker
from cardwright.server.signals import call_at_end, end_at_once
from cardwright.server.telemetry import Telemetry, configure_logging
from cardwright.settings import Settings, SettingsInvalid

_LOOK_SECONDS = 0.5


@click.command()
@settings_options(
    "home",
    "database_url",
    "database_prepare",
    "region",
    "key_file",
    "objects",
    "objects_endpoint",
    "export_threads",
    "export_lease",
    "log_level",
    "log_format",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Port of this machine on which /metrics answers; none by default.",
)
def worker(settings: Settings, metrics_port: int | None) -> None:
    """Do export jobs until told to stop (Ctrl-C, SIGTERM); the job in hand is finished first, within ten seconds.

    Any number may run, on any machine that reaches the database and the buckets. The job of a worker that dies is
    taken up by another when its lease ends. Servers of the same store need --export-threads 0 only to leave
    printing to the workers alone.
    """
    with refusals_in_the_log(settings):
        _run(settings, metrics_port)


def _run(settings: Settings, metrics_port: int | None) -> None:
    end_at_once()
    settings.check()
    configure_logging(settings.log_level, settings.log_format)
    ended = threading.Event()
    telemetry = Telemetry(logs=False)
    with export_worker(settings, telemetry) as exports, _metrics(telemetry, metrics_port):
        call_at_end(lambda _: ended.set())
        threads = max(1, settings.export_threads)
        exports.start(threads)
        announce(f"Cardwright does export jobs in {threads} {'thread' if threads == 1 else 'threads'}", settings)
        while not ended.wait(_LOOK_SECONDS):  # a signal that reaches another thread wakes this one no sooner
            pass
    end_at_once()  # what is left is the interpreter's end


@contextmanager
def _metrics(telemetry: Telemetry, port: int | None) -> Iterator[None]:
    """Answer /metrics on a port of this machine, for the length of a block."""
    if port is None:
        yield
        return
    try:
        from prometheus_client import CollectorRegistry, start_http_server
    except ImportError as error:
        raise CardwrightError("--metrics-port needs an extra: pip install 'cardwright[server]'") from error
    registry = CollectorRegistry(auto_describe=False)
    registry.register(telemetry)
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)
    except OSError as error:
        raise SettingsInvalid(f"--metrics-port: cannot listen on 127.0.0.1 port {port}: {error.strerror}") from None
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
