"""``cardwright worker``: prints export jobs and ends expired approvals in a separate process."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from cardwright.cli.options import settings_options
from cardwright.cli.serve import announce, refusals_in_the_log
from cardwright.core.errors import CardwrightError
from cardwright.server.app import background_workers
from cardwright.server.signals import Ending, end_at_once
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
    help="Port on 127.0.0.1 that serves /metrics; none by default.",
)
def worker(settings: Settings, metrics_port: int | None) -> None:
    """Run export jobs and end expired approvals until a signal (Ctrl-C, SIGTERM). Running jobs have ten seconds.

    Any number of workers can run, on every machine that reaches the database and the buckets. When a worker fails,
    another takes over its job after its lease expires. Servers of the same store run jobs too, unless they start
    with --export-threads 0. Each expired approval is ended once, by one server or worker.
    """
    with refusals_in_the_log(settings):
        _run(settings, metrics_port)


def _run(settings: Settings, metrics_port: int | None) -> None:
    end_at_once()
    settings.check()
    configure_logging(settings.log_level, settings.log_format)
    telemetry = Telemetry(logs=False)
    with background_workers(settings, telemetry) as (exports, expiry), _metrics(telemetry, metrics_port):
        end = Ending()
        threads = max(1, settings.export_threads)
        announce(f"Cardwright runs export jobs in {threads} {'thread' if threads == 1 else 'threads'}", settings)
        exports.start(threads)
        expiry.start()
        end.wait(_LOOK_SECONDS)
    end_at_once()  # only the interpreter's exit remains


@contextmanager
def _metrics(telemetry: Telemetry, port: int | None) -> Iterator[None]:
    """Serve /metrics on a local port while the block runs."""
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
