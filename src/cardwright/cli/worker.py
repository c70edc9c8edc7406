"""``cardwright worker``: does the export jobs that servers were asked for, in a process of its own."""

import threading

import click

from cardwright.app import export_worker
from cardwright.cli.options import settings_options
from cardwright.serving.signals import call_at_end, end_at_once
from cardwright.serving.telemetry import configure_logging
from cardwright.settings import Settings

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
)
def worker(settings: Settings) -> None:
    """Do export jobs until told to stop (Ctrl-C, SIGTERM); the job in hand is finished first, within ten seconds.

    Any number may run, on any machine that reaches the database and the buckets. The job of a worker that dies is
    taken up by another when its lease ends. Servers of the same store need --export-threads 0 only to leave
    printing to the workers alone.
    """
    end_at_once()
    settings.check()
    configure_logging(settings.log_level)
    ended = threading.Event()
    with export_worker(settings) as exports:
        call_at_end(lambda _: ended.set())
        threads = max(1, settings.export_threads)
        exports.start(threads)
        click.echo(f"Cardwright does export jobs in {threads} {'thread' if threads == 1 else 'threads'}", err=True)
        while not ended.wait(_LOOK_SECONDS):  # a signal that reaches another thread wakes this one no sooner
            pass
    end_at_once()  # what is left is the interpreter's end
