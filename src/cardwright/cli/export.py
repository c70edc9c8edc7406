"""``cardwright card export``: cards as documents."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from cardwright.cli.server import server_options
from cardwright.client.card_names import card_names
from cardwright.client.documents import losses, print_card
from cardwright.client.files import write_whole
from cardwright.client.hub_folder import is_hub_folder, write_hub_folder
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError, Invalid, PrintingFailed
from cardwright.formats import FORMATS, Format, format_named, format_of_file

_GONE = "ResourceNotFound"
_ALL, _LATEST = "all", "latest"
_WITH_ALL_VERSIONS = "record"


@click.command()
@click.argument("name", required=False)
@click.option("--format", "format_name", type=click.Choice([*FORMATS]), help="By default from the file extension.")
@click.option("--output", required=True, metavar="FILE", help="The file; - for standard output; or a folder.")
@click.option("--version", type=click.IntRange(1), help="This version; the newest by default.")
@click.option("--all", "all_cards", is_flag=True, help="All cards, each to its own files in the folder.")
@click.option(
    "--versions",
    type=click.Choice([_ALL, _LATEST]),
    help="With --all: each version as its own file, or the newest. By default all for records, else latest.",
)
@server_options
def export(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker,
    name: str | None,
    format_name: str | None,
    output: str,
    version: int | None,
    all_cards: bool,
    versions: str | None,
) -> None:
    """Write a card, or all cards, as documents.

    Files are replaced as a whole. With --format huggingface, --output may be a folder: it gets README.md, and
    .eval_results/cardwright.yaml with the results of the Hub's benchmarks. The formats of other tools need --format.
    Standard error lists what they cannot hold, and what they demand and the card does not state.

    With --all, cards that cannot be written are reported and the others are written; the exit code is then 1. `card
    import DIR` reads a folder of records with all versions.
    """
    if (name is None) is not all_cards:
        raise click.UsageError("Give the NAME of a card, or --all.")
    if name is None:
        if version is not None:
            raise click.UsageError(
                "--version is for one card; --all writes all versions, or with --versions the newest."
            )
        _export_all(client, format_named(format_name or "html"), Path(output), versions)
        return
    if versions is not None:
        raise click.UsageError("--versions is for --all; --version selects the version of one card.")
    is_named = format_name or output == "-"
    document_format = format_named(format_name or "html") if is_named else format_of_file(output)
    if is_hub_folder(document_format, output):
        _export_hub_folder(client, name, Path(output), version)
        return
    document = _printed(client, name, document_format, version)
    if output == "-":
        sys.stdout.buffer.write(document)
    else:
        _write(Path(output), document)


def _export_hub_folder(client: SageMaker, name: str, folder: Path, version: int | None) -> None:
    try:
        readme = write_hub_folder(client, name, folder, version)
    except OSError as error:
        raise CardwrightError(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    for sentence in losses(readme):
        click.echo(f"cardwright: {name}: {sentence}", err=True)


def _export_all(client: SageMaker, document_format: Format, folder: Path, versions: str | None) -> None:
    from botocore.exceptions import ClientError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CardwrightError(f"The folder {folder} cannot be made: {error.strerror}") from None
    whole = (versions or (_ALL if document_format.name == _WITH_ALL_VERSIONS else _LATEST)) == _ALL
    names = [*card_names(client)]
    screen = Console(stderr=True)
    taken: set[str] = set()
    failed, files, cards = 0, 0, 0
    for name in track(names, "Exporting", console=screen, disable=not screen.is_terminal):
        try:
            stem = folder / _stem(name, taken)
            files += _export_versions(client, name, document_format, stem) if whole else 0
            if not whole:
                _write(_with(stem, document_format.extension), _printed(client, name, document_format, None))
                files += 1
            cards += 1
        except (Invalid, PrintingFailed) as error:
            failed += 1
            click.echo(f"cardwright: {name} was not exported: {error}", err=True)
        except ClientError as error:
            if error.response["Error"]["Code"] != _GONE:  # the card was deleted during the export
                raise
    count = f"{cards} {'card' if cards == 1 else 'cards'}"
    more = f" in {files} {'file' if files == 1 else 'files'}" if whole else ""
    click.echo(f"Exported {count}{more} to {folder}", err=True)
    if failed:
        raise SystemExit(1)


def _export_versions(client: SageMaker, name: str, document_format: Format, stem: Path) -> int:
    """Write each version of a card to a file of its own, oldest first, and return their number."""
    newest = client.describe_model_card(ModelCardName=name, IncludedData="MetadataOnly")["ModelCardVersion"]
    digests: dict[int, str] = {}
    for number in range(1, newest + 1):
        document = _printed(client, name, document_format, number, digests)
        _write(_with(stem, f".v{number}{document_format.extension}"), document)
    return int(newest)


def _stem(name: str, taken: set[str]) -> str:
    """Return a unique beginning of file names in a folder, also for file systems that ignore case."""
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise Invalid("not a valid card name; it could be a path")
    stem, number = name, 1
    while stem.casefold() in taken:
        number += 1
        stem = f"{name}~{number}"
    taken.add(stem.casefold())
    return stem


def _with(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


def _printed(
    client: SageMaker, name: str, document_format: Format, version: int | None, digests: dict[int, str] | None = None
) -> bytes:
    printed = print_card(client, name, document_format, version, digests)
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
