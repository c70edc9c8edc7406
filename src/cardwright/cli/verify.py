"""``cardwright verify``: checks that a store's history is complete and unchanged."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict
from functools import partial
from itertools import chain, islice
from pathlib import Path

import click

from cardwright.cli.options import store_options
from cardwright.cli.progress import progress_bar
from cardwright.client.files import whole_file
from cardwright.core.errors import Invalid
from cardwright.core.integrity.anchors import Anchor, anchor_line, ordered, read_anchor
from cardwright.server.stores import existing_database, open_existing_store
from cardwright.settings import Settings
from cardwright.storage.integrity.shares import Counts
from cardwright.storage.integrity.verification import Verification

_File = click.Path(dir_okay=False, path_type=Path)


@click.command()
@store_options
@click.option("--all", "every", is_flag=True, help="Report every fault, not only the first.")
@click.option(
    "--anchors",
    type=_File,
    help="File of anchors. Compares the store with an earlier verify, and updates the file if there are no faults.",
)
@click.option(
    "--since",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of anchors of an earlier verify. Cards whose audit chain has not grown since are not verified again.",
)
@click.option(
    "--words",
    is_flag=True,
    help="Find the words of every card for the search index again, also where they have the server's seal.",
)
@click.option(
    "--processes", type=click.IntRange(1, 256), help="Processes for a large store. Default: one per processor."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(  # noqa: PLR0913 - one argument for each option
    *,
    settings: Settings,
    every: bool,
    anchors: Path | None,
    since: Path | None,
    words: bool,
    processes: int | None,
    as_json: bool,
) -> None:
    """Verify the history of the store, and report the first record that was changed or is missing.

    Checks the version records and the audit chain of each card, with contents, statuses, tags, imported files and
    export jobs; users, access keys and buckets against their events; and the registry with its documents and tags.
    Servers can keep running. The exit code is 1 if there is a fault.
    """
    for file in (anchors, since):
        _check(file, in_order=file is since)
    store = open_existing_store(settings, writes=False)
    with closing(store), ExitStack() as opened:
        keep = None if anchors is None else _writing(opened, anchors)
        show = opened.enter_context(progress_bar("Verifying cards", Verification(store.database).total()))
        walk = Verification(
            store.database,
            chain(_read(anchors), _read(since)),
            keep,
            seals=None if words else store.seals,
            since=None if since is None else _read(since),
            progress=show,
            reopen=partial(existing_database, settings),
            processes=processes,
        )
        found = 0
        listed: list[dict[str, object]] = []
        with closing(walk.faults()) as faults:
            for fault in faults if every else islice(faults, 1):
                found += 1
                if as_json:
                    listed.append(asdict(fault))
                else:
                    click.echo(str(fault))
        if as_json:
            counts = asdict(walk.counts)
            click.echo(json.dumps(counts | {"fits": not found, "faults": listed}))
        if found:
            sys.exit(1)  # the file of anchors stays as it was
    if not as_json:
        click.echo(_summary(walk.counts, since))


def _summary(counts: Counts, since: Path | None) -> str:
    checked = (
        f"Checked {counts.cards} cards, {counts.versions} versions, {counts.links} audit links, {counts.events} account"
        f" events and {counts.resources} resources of the registry: no faults."
    )
    if since is None:
        return checked
    return f"{checked} {counts.unchanged} of the cards have not changed since {since}, and were not verified again."


def _writing(opened: ExitStack, file: Path) -> Callable[[Anchor], object]:
    """Open a file of anchors, which replaces the former one at the end of the stack."""
    written = opened.enter_context(whole_file(file))
    return lambda anchor: written.write(anchor_line(anchor))


def _check(file: Path | None, *, in_order: bool) -> None:
    """Read a file of anchors once, so that a wrong line is reported before the store is verified."""
    try:
        for _ in ordered(_read(file)) if in_order else _read(file):
            pass
    except Invalid as error:
        raise click.UsageError(f"{file}: {error.message}.") from None


def _read(file: Path | None) -> Iterator[Anchor]:
    """Yield the anchors of a file; none if it does not exist."""
    if file is None or not file.exists():
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield read_anchor(line.rstrip(b"\n"))
            except Invalid as error:
                raise click.UsageError(f"{file}, line {number}: {error.message}.") from None
