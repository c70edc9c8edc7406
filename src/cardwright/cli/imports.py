"""``cardwright card import``: cards from the files of other tools."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.server import server_options
from cardwright.client.card_folders import OrderedFile, files_in_order
from cardwright.client.folder_kinds import read_path
from cardwright.client.imports import Wish, import_file, read_source, report_members, version_with
from cardwright.client.mlflow_tracking import store_at
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.card import Status
from cardwright.core.errors import CardwrightError
from cardwright.interchange import (
    FORMATS,
    LARGEST,
    ImportedCard,
    ImportedFile,
    Outcome,
    ReadingOptions,
    SourceFile,
    Unreadable,
)

if TYPE_CHECKING:
    from cardwright.client.answers.cards import ImportedModelCard, LossReportLine

_WORDS = {"Create": "created", "Update": "created", "Equal": "has this content already"}
_PLANNED = {"Create": "would be created", "Update": "would be created", "Equal": "has this content already"}
_OUTSIDE = {"#name": "the card’s name", "#tags": "the card’s tags", "#source": "the kept source", "": "the content"}


@click.command("import")
@click.argument("file", metavar="FILE|DIR|-")
@click.option("--from", "kind", type=click.Choice([*FORMATS]), help="The format; by default found from the structure.")
@click.option("--name", help="The card's name; by default the name in the file.")
@click.option("--into", metavar="CARD", help="Add the facts to this card, as its next version.")
@click.option("--dry-run", is_flag=True, help="Check and report only; nothing is stored.")
@click.option("--report", type=click.Choice(["text", "json"]), help="Print what became of each value of the file.")
@click.option(
    "--status",
    type=click.Choice([status.value for status in Status], case_sensitive=False),
    help="The card's status; by default Draft for a new card, unchanged for a card of --into.",
)
@click.option("--infer", is_flag=True, help="Also take facts from prose, such as tables of results.")
@click.option("--evaluation", is_flag=True, help="A Croissant data set belongs to an evaluation, not to the training.")
@server_options
def import_card(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker,
    file: str,
    kind: str | None,
    name: str | None,
    into: str | None,
    dry_run: bool,
    report: str | None,
    status: str | None,
    infer: bool,
    evaluation: bool,
) -> None:
    """Import cards from a file of another tool, or from each card file of a folder (- for standard input).

    A folder may be a snapshot of the Hugging Face Hub, an MLflow store (mlruns, or its database mlflow.db), or an
    export of mlflow-export-import.

    The file is kept with the card. Of a folder, the versions of a card are imported in their order. Files that cannot
    be imported are reported and the others are imported; the exit code is then 1.
    """
    wish = Wish(name, into, status, None, kind, None, ReadingOptions(infer, evaluation), dry_run)
    if file == "-":
        _import(client, read_source(_standard_input(), kind, wish.options), wish, report)
        return
    path = Path(file)
    if not path.is_dir() and store_at(path) is None:
        _import(client, read_source(read_path(path), kind, wish.options), wish, report)
    elif name is not None or kind is not None:
        raise click.UsageError("--name and --from are for one file, not for a folder.")
    else:
        _import_folder(client, path, wish, report)


@click.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(1), help="This version; the newest by default.")
@click.option("--output", required=True, metavar="FILE", help="The file; - for standard output.")
@server_options
def source(client: SageMaker, name: str, version: int | None, output: str) -> None:
    """Write the file that a card was imported from, byte for byte."""
    wanted = {} if version is None else {"ModelCardVersion": version}
    found = own_client(client).describe_model_card_source(ModelCardName=name, **wanted)
    if output == "-":
        sys.stdout.buffer.write(found["SourceData"])
        return
    try:
        Path(output).write_bytes(found["SourceData"])
    except OSError as error:
        raise CardwrightError(f"{output} cannot be written: {error.strerror}") from None
    click.echo(f"{found['SourceName'] or 'The file'} ({found['SourceFormat']}) of version {found['ModelCardVersion']}")


def _standard_input() -> SourceFile:
    try:
        return SourceFile(sys.stdin.buffer.read(LARGEST + 1))
    except Unreadable as error:
        raise CardwrightError(f"Standard input cannot be imported. {error}") from None


def _import_folder(client: SageMaker, folder: Path, wish: Wish, report: str | None) -> None:
    """Import the files of a folder; the versions of one card in their order."""
    importing = _FolderImport(client, wish, report)
    for found in files_in_order(folder, wish.options):
        if isinstance(found, CardwrightError):
            importing.fail("", str(found))
        else:
            importing.take(found)
    if importing.failed:
        raise SystemExit(1)


class _FolderImport:
    """The import of a folder: what became of its cards so far.

    Attributes:
        failed: the number of files that were not imported.
    """

    def __init__(self, client: SageMaker, wish: Wish, report: str | None) -> None:
        self._client, self._wish, self._report = client, wish, report
        self._made: dict[str, str] = {}  # names of cards that later files change
        self._planned: Counter[str] = Counter()  # versions of cards that a dry run did not create
        self._reached: Counter[str] = Counter()  # the stored versions that equal a file
        self._broken: set[str] = set()
        self.failed = 0

    def fail(self, card: str, sentence: str) -> None:
        """Report a file that is not imported. Later versions of the card are left out too."""
        self.failed += 1
        self._broken |= {card} if card else set()
        click.echo(f"cardwright: {sentence}", err=True)

    def take(self, found: OrderedFile) -> None:
        """Import a file, unless the card has its version already."""
        file, card = found.file, found.file.cards[0]
        is_version = file.format.is_exact and card.version > 0 and self._wish.into is None
        if is_version and card.name in self._broken:
            self.fail(card.name, f"{file.source.name} was not imported: an earlier version of the card was not")
        elif not (is_version and (self._is_held(card) or self._is_planned(file))):
            self._send(found, is_version)

    def _is_held(self, card: ImportedCard) -> bool:
        held = version_with(self._client, card.name, card.content, self._reached[card.name])
        if held is None:
            return False
        self._reached[card.name], newest = held
        self._made |= {card.name: card.name} if self._reached[card.name] == newest else {}
        self._say(f"{card.name}: version {self._reached[card.name]} {_WORDS['Equal']}")
        return True

    def _is_planned(self, file: ImportedFile) -> bool:
        """Report a later version of a card that a dry run would create; the server does not have the card."""
        card = file.cards[0]
        if card.name not in self._planned:
            return False
        self._planned[card.name] += 1
        counts = _counts(report_members(card.report.lines))
        self._say(f"{card.name}: version {self._planned[card.name]} would change, from {file.format.name}: {counts}")
        return True

    def _send(self, found: OrderedFile, is_version: bool) -> None:
        from botocore.exceptions import ClientError

        file, name = found.file, found.file.cards[0].name
        wish = self._wish if found.is_last else self._wish._replace(status=None)
        before = self._made.get(name) or (next(iter(self._made), None) if file.format.is_part else None)
        try:
            cards = _import(
                self._client, file, wish if wish.into or not before else wish._replace(into=before), self._report
            )
        except (CardwrightError, ClientError) as error:
            words = error.response["Error"].get("Message", "") if isinstance(error, ClientError) else str(error)
            self.fail(name if is_version else "", f"{file.source.name} was not imported: {words}")
            return
        self._made |= {card["ModelCardName"]: card["ModelCardName"] for card in cards}
        if wish.is_dry_run:
            self._planned |= {card["ModelCardName"]: 1 for card in cards if card["Step"] == "Create"}

    def _say(self, line: str) -> None:
        click.echo(line, err=self._report == "json")


def _import(client: SageMaker, file: ImportedFile, wish: Wish, report: str | None) -> list["ImportedModelCard"]:
    try:
        answer = import_file(client, file, wish)
    except Exception:
        reports = [report_members(one.report.lines) for one in file.cards]
        cards = [
            {"ModelCardName": one.name, "LossReport": lines} for one, lines in zip(file.cards, reports, strict=True)
        ]
        _print_reports({"ImportedModelCards": cards}, reports, report)  # what was read, although it was not stored
        raise
    words = _PLANNED if wish.is_dry_run else _WORDS
    for card in answer["ImportedModelCards"]:
        line = f"{card['ModelCardName']}: version {card['ModelCardVersion']} {words[card['Step']]}"
        counts = _counts(card["LossReport"])
        click.echo(f"{line}, from {file.format.name}: {counts}", err=report == "json")
    _print_reports(answer, [card["LossReport"] for card in answer["ImportedModelCards"]], report)
    return answer["ImportedModelCards"]


def _print_reports(answer: object, reports: Sequence[Sequence["LossReportLine"]], form: str | None) -> None:
    if form == "json":
        pages.as_json(answer)
    elif form == "text":
        for lines in reports:
            pages.show(lines, _report_table)


def _counts(lines: Sequence["LossReportLine"]) -> str:
    found = [line["Outcome"] for line in lines]
    words = ", ".join(f"{found.count(one):,} {one.value}" for one in Outcome if one in found)
    return f"{len(found):,} values ({words})" if found else "no values"


def _report_table(lines: Sequence["LossReportLine"]) -> Iterator[RenderableType]:
    table = pages.new_table("In the file", "On the card", "Outcome", "Detail")
    for line in lines:
        target = line.get("Target")
        shown = "" if target is None else _OUTSIDE.get(target, target)
        table.add_row(Text(line["Source"]), Text(shown), line["Outcome"], Text(line.get("Detail", "")))
    yield table
