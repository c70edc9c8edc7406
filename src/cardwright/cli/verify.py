"""``cardwright verify``: checks that a store's history is complete and unchanged."""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from cardwright.cli.options import store_options
from cardwright.client.files import write_whole
from cardwright.core.errors import Invalid
from cardwright.core.integrity.anchors import Anchor, anchor_line, read_anchor
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification


@click.command()
@store_options
@click.option("--all", "every", is_flag=True, help="Report every fault, not only the first.")
@click.option(
    "--anchors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of anchors. Compares the store with an earlier verify, and updates the file if there are no faults.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(settings: Settings, every: bool, anchors: Path | None, as_json: bool) -> None:
    """Verify the history of the store, and report the first record that was changed or is missing.

    Checks the version records and the audit chain of each card, with contents, statuses, tags, imported files and
    export jobs; users, access keys and buckets against their events; and the registry with its documents and tags.
    Servers can keep running. The exit code is 1 if there is a fault.
    """
    kept = [] if anchors is None else _read(anchors)
    ends: list[Anchor] = []
    store = open_existing_store(settings, writes=False)
    try:
        walk = Verification(store.database, kept, None if anchors is None else ends.append)
        found = 0
        listed = []
        with closing(walk.faults()) as faults:
            for fault in faults if every else islice(faults, 1):
                found += 1
                if as_json:
                    listed.append(asdict(fault))
                else:
                    click.echo(str(fault))
    finally:
        store.close()
    if anchors is not None and not found:
        write_whole(anchors, b"".join(map(anchor_line, ends)))
    if as_json:
        counts = {
            "cards": walk.cards,
            "versions": walk.versions,
            "links": walk.links,
            "events": walk.events,
            "resources": walk.resources,
        }
        click.echo(json.dumps(counts | {"fits": not found, "faults": listed}))
    elif not found:
        counted = (
            f"{walk.cards} cards, {walk.versions} versions, {walk.links} audit links, {walk.events} account events"
        )
        click.echo(f"Checked {counted} and {walk.resources} resources of the registry: no faults.")
    if found:
        sys.exit(1)


def _read(file: Path) -> list[Anchor]:
    """Return the anchors of a file; an empty list if it does not exist."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(read_anchor(line))
        except Invalid as error:
            raise click.UsageError(f"{file}, line {number}: {error.message}.") from None
    return found
