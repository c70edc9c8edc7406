"""``cardwright backup`` and ``cardwright restore``: the embedded store as one file."""

from contextlib import closing
from pathlib import Path

import click

from cardwright.cli.options import settings_options, store_options
from cardwright.cli.progress import progress_bar
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings, SettingsInvalid
from cardwright.storage.integrity.backup import Summary, restore_backup, write_backup

_despite_findings = click.option(
    "--despite-findings", is_flag=True, help="Continue when `cardwright verify` finds faults."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@store_options
@click.option("--force", is_flag=True, help="Replace an existing FILE.")
@_despite_findings
def backup(settings: Settings, file: Path, force: bool, despite_findings: bool) -> None:
    """Write the embedded store to FILE, one archive. Servers can keep running.

    The copy is verified before FILE is created. FILE holds every card and the server key (also a key from
    --key-file or CARDWRIGHT_KEY), which protects all secrets. Keep it where only you can read it.
    """
    _embedded_only(settings, "pg_dump")
    with closing(open_existing_store(settings, writes=False)) as store:
        summary = write_backup(
            store, settings.home, file, force=force, despite_findings=despite_findings, progress=progress_bar
        )
    click.echo(f"Wrote {file}: {_counts(summary)}. It holds the server key: keep it safe.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@settings_options("home", "database_url")
@_despite_findings
def restore(settings: Settings, file: Path, despite_findings: bool) -> None:
    """Restore a backup FILE into the folder --home, which must be empty or missing.

    FILE is verified first. The server key of the backup becomes server.key in that folder.
    """
    _embedded_only(settings, "pg_restore")
    summary = restore_backup(file, settings.home, despite_findings=despite_findings, progress=progress_bar)
    click.echo(f"Restored {settings.home}: {_counts(summary)}.")


def _embedded_only(settings: Settings, program: str) -> None:
    if settings.database_url is not None:
        raise SettingsInvalid(
            f"backup and restore are for the embedded store; for a database at a URL, use {program}"
            " and keep the server key with the dump"
        )


def _counts(summary: Summary) -> str:
    findings = f"{summary.findings} finding{'' if summary.findings == 1 else 's'} of verify ignored"
    return (
        f"{summary.cards} cards, {summary.versions} versions, {summary.links} audit links and"
        f" {summary.objects} files, {findings if summary.findings else 'all verified'}"
    )
