"""``cardwright evidence``: files that support cards of a server."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json, own_pages
from cardwright.cli.members import given
from cardwright.cli.server import server_options, session_options
from cardwright.client.evidence_files import receive_evidence, send_evidence
from cardwright.client.files import write_whole
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.client.session import Session
from cardwright.core.evidence import check_name

if TYPE_CHECKING:
    from cardwright.client.answers.findings import Evidence

_finding = click.option("--finding", metavar="ID", help="The finding that it belongs to.")
_review = click.option("--review", metavar="ID", help="The review of the decision that it belongs to.")
_pointer = click.option("--pointer", help="JSON Pointer to the field that it belongs to.")


@click.group()
def evidence() -> None:
    """Files that support cards of a server. AWS does not support them."""


@evidence.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="What it is, such as instructions; policies ask for kinds.")
@_finding
@_review
@click.option("--decision", type=click.IntRange(1), help="The number of the decision in the review.")
@_pointer
@click.option("--version", type=click.IntRange(1), help="The version that it supports; the newest by default.")
@click.option("--media-type", help="The media type; guessed from the name by default.")
@click.option("--source", help="Where the file came from, such as a URL.")
@click.option("--note", help="A note.")
@as_json
@session_options
def add(  # noqa: PLR0913 - click passes one argument for each option
    *,
    session: Session,
    name: str,
    file: Path,
    kind: str,
    finding: str | None,
    review: str | None,
    decision: int | None,
    pointer: str | None,
    version: int | None,
    media_type: str | None,
    source: str | None,
    note: str | None,
    as_json: bool,
) -> None:
    """Add a file of at most 50 MB as evidence of a card, or of a finding, decision or field of it."""
    members = {
        "Kind": kind,
        "FindingId": finding,
        "ReviewId": review,
        "DecisionNumber": decision,
        "Pointer": pointer,
        "ModelCardVersion": version,
        "MediaType": media_type,
        "SourceUri": source,
        "Note": note,
    }
    try:
        found = send_evidence(session, name, file, given(members))
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    if as_json:
        pages.as_json(found)
    else:
        click.echo(f"{found['EvidenceId']} added: {found['FileName']}, SHA-256 {found['FileSha256']}")


@evidence.command("list")
@click.argument("name")
@click.option("--kind", help="Only evidence of this kind.")
@_finding
@_review
@_pointer
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def list_evidence(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    name: str,
    kind: str | None,
    finding: str | None,
    review: str | None,
    pointer: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List the evidence of a card, last added first."""
    wanted = {"ModelCardName": name, "Kind": kind, "FindingId": finding, "ReviewId": review, "Pointer": pointer}
    _, found = own_pages(own_client(client).list_evidence, lambda page: page["Evidence"], given(wanted), limit)
    pages.as_json(found) if as_json else pages.show(found, _table)


@evidence.command()
@click.argument("evidence_id", metavar="ID")
@click.option("--output", metavar="FILE", help="Where to write it; by default its name in this folder, - for stdout.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@server_options
def get(client: SageMaker, evidence_id: str, output: str | None, force: bool) -> None:
    """Read a file of evidence and check its SHA-256."""
    found, data = receive_evidence(client, evidence_id)
    if output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(output or check_name(found["FileName"]))
    if path.exists() and not force:
        raise click.UsageError(f"{path} exists: name another file with --output, or give --force.")
    try:
        write_whole(path, data)
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
    click.echo(f"{path}: {len(data):,} bytes")


def _table(evidence: Sequence["Evidence"]) -> Iterator[RenderableType]:
    if not evidence:
        yield "No evidence."
        return
    table = pages.new_table("Kind", "File", "Bytes", "Version", "Added (UTC)", "By", "SHA-256", "Evidence")
    for item in evidence:
        table.add_row(
            item["Kind"],
            Text(item["FileName"]),
            f"{item['FileSize']:,}",
            str(item["ModelCardVersion"]),
            pages.minute(item["AddedTime"]),
            Text(item["AddedBy"]),
            item["FileSha256"][:12],
            item["EvidenceId"],
        )
    yield table
