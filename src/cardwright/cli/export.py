"""``cardwright card export``: cards as documents."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from cardwright.cli.server import server_options
from cardwright.client.documents import losses, print_card
from cardwright.client.files import write_whole
from cardwright.core.errors import CardwrightError, Invalid, PrintingFailed
from cardwright.formats import FORMATS, Format, format_named, format_of_file

_GONE = "ResourceNotFound"


@click.command()
@click.argument("name", required=False)
@click.option("--format", "format_name", type=click.Choice([*FORMATS]), help="By default from the file extension.")
@click.option("--output", required=True, metavar="FILE", help="The file; - for standard output; a folder with --all.")
@click.option("--version", type=click.IntRange(1), help="This version; the newest by default.")
@click.option("--all", "all_cards", is_flag=True, help="All cards, each to its own file in the folder.")
@server_options
def export(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: Any, name: str | None, format_name: str | None, output: str, version: int | None, all_cards: bool
) -> None:
    """Write a card, or all cards, as documents.

    Files are replaced as a whole. With --all, cards that cannot be written are reported and the others are written;
    the exit code is then 1. The formats of other tools need --format. Standard error lists what they cannot hold, and
    what they demand and the card does not state.
    """
    if (name is None) is not all_cards:
        raise click.UsageError("Give the NAME of a card, or --all.")
    if name is None:
        if version is not None:
            raise click.UsageError("--version is for one card; --all writes the newest version of each.")
        _export_all(client, format_named(format_name or "html"), Path(output))
        return
    document_format = format_named(format_name or "html") if format_name or output == "-" else format_of_file(output)
    document = _printed(client, name, document_format, version)
    if output == "-":
        sys.stdout.buffer.write(document)
    else:
        _write(Path(output), document)


def _export_all(client: Any, document_format: Format, folder: Path) -> None:
    from botocore.exceptions import ClientError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CardwrightError(f"The folder {folder} cannot be made: {error.strerror}") from None
    names = [*_names(client)]
    screen = Console(stderr=True)
    written: set[str] = set()
    failed = 0
    for name in track(names, "Exporting", console=screen, disable=not screen.is_terminal):
        try:
            _write(folder / _file_name(name, document_format, written), _printed(client, name, document_format, None))
        except (Invalid, PrintingFailed) as error:
            failed += 1
            click.echo(f"cardwright: {name} was not exported: {error}", err=True)
        except ClientError as error:
            if error.response["Error"]["Code"] != _GONE:  # the card was deleted during the export
                raise
    count = len(written) - failed
    click.echo(f"Exported {count} {'card' if count == 1 else 'cards'} to {folder}", err=True)
    if failed:
        raise SystemExit(1)


def _names(client: Any) -> Iterator[str]:
    for page in client.get_paginator("list_model_cards").paginate(SortBy="Name", SortOrder="Ascending"):
        yield from (card["ModelCardName"] for card in page["ModelCardSummaries"])


def _file_name(name: str, document_format: Format, taken: set[str]) -> str:
    """Return a unique file name in a folder, also for file systems that ignore case."""
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise Invalid("not a valid card name; it could be a path")
    stem, number = name, 1
    while stem.casefold() in taken:
        number += 1
        stem = f"{name}~{number}"
    taken.add(stem.casefold())
    return stem + document_format.extension


def _printed(client: Any, name: str, document_format: Format, version: int | None) -> bytes:
    printed = print_card(client, name, document_format, version)
    if printed.unprintable:
        listed = ", ".join(f"{one.shown} {one.name}" for one in printed.unprintable)
        click.echo(
            f"cardwright: {name} shows these characters by their code points: {listed}",
            err=True,
        )
    for sentence in losses(printed):
        click.echo(f"cardwright: {name}: {sentence}", err=True)
    return printed.data


def _write(path: Path, document: bytes) -> None:
    try:
        write_whole(path, document)
    except OSError as error:
        raise CardwrightError(f"{path} cannot be written: {error.strerror}") from None
