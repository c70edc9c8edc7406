"""``cardwright card``: cards on a server, through the API of every client."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardwright.cli import pages
from cardwright.cli.lists import Order, all_of, as_json, list_options, own_pages
from cardwright.cli.options import key_value
from cardwright.cli.server import explained, server_options
from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.card import Status
from cardwright.core.errors import CardwrightError, ContentInvalid, Violation
from cardwright.core.lint import Advice
from cardwright.core.lint import lint as advise

if TYPE_CHECKING:
    from cardwright.client.answers.cards import DeletedModelCard
    from cardwright.client.answers.sagemaker_cards import DescribeModelCardAnswer

_STATUSES = click.Choice([status.value for status in Status], case_sensitive=False)
_name = click.argument("name")


@click.command("list")
@click.option("--status", type=_STATUSES, help="Only cards in this status.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    help="Write the inventory: owner, risk, model, approval and more.",
)
@click.option("--output", default="-", metavar="FILE", help="The file of the inventory; standard output by default.")
@list_options
def list_cards(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker, status: str | None, order: Order, as_json: bool, format_name: str | None, output: str
) -> None:
    """List cards. With --format, write an inventory of them."""
    if format_name is not None:
        if as_json:
            raise click.UsageError("Give --json or --format, not both.")
        from cardwright.cli.inventory import write_inventory

        write_inventory(client, order, status, format_name, output)
        return
    if output != "-":
        raise click.UsageError("--output is for an inventory: give --format too.")
    cards = all_of(
        client.get_paginator("list_model_cards"),
        lambda page: page["ModelCardSummaries"],
        order,
        ModelCardStatus=status,
    )
    pages.as_json(cards) if as_json else pages.show(cards, pages.card_table)


@click.command()
@_name
@click.option("--version", type=click.IntRange(1), help="This version; the newest by default.")
@click.option("--content", "content_only", is_flag=True, help="Print only the content, exactly as stored.")
@as_json
@server_options
def show(client: SageMaker, name: str, version: int | None, content_only: bool, as_json: bool) -> None:
    """Show a card with its metadata, tags and content."""
    wanted = {} if version is None else {"ModelCardVersion": version}
    found = _described(client, name, **wanted)
    if content_only:
        sys.stdout.buffer.write(found["Content"].encode())
        return
    tags = client.list_tags(ResourceArn=found["ModelCardArn"])["Tags"]
    earlier = _earlier(client, found["ModelCardName"])
    if as_json:
        pages.as_json({**found, "Tags": tags} | ({} if earlier is None else {"EarlierModelCards": earlier}))
    else:
        pages.show((found, tags, earlier or ()), pages.card_page)


@click.command()
@_name
@click.option(
    "--content",
    "source",
    required=True,
    metavar="FILE",
    help="JSON file of the content, or the response of DescribeModelCard; - for standard input.",
)
@click.option("--status", type=_STATUSES, default=Status.DRAFT.value, show_default=True)
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag; repeatable.")
@as_json
@server_options
def create(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker, name: str, source: str, status: str, tags: Sequence[str], as_json: bool
) -> None:
    """Create a card."""
    pairs = [{"Key": key, "Value": value} for key, value in (key_value("--tag", text) for text in tags)]
    more = {"Tags": pairs} if pairs else {}
    client.create_model_card(ModelCardName=name, Content=_read(source), ModelCardStatus=status, **more)
    _print_state(client, name, as_json)


@click.command()
@_name
@click.option(
    "--content",
    "source",
    metavar="FILE",
    help="JSON file of the new content, or the response of DescribeModelCard; - for standard input.",
)
@click.option("--status", type=_STATUSES, help="The new status.")
@as_json
@server_options
def update(client: SageMaker, name: str, source: str | None, status: str | None, as_json: bool) -> None:
    """Give a card new content, a new status, or both. New content creates a new version."""
    if source is None and status is None:
        raise click.UsageError("Give --content, --status or both.")
    changes = {"Content": None if source is None else _read(source), "ModelCardStatus": status}
    client.update_model_card(ModelCardName=name, **{key: value for key, value in changes.items() if value is not None})
    _print_state(client, name, as_json)


@click.command("status")
@_name
@click.argument("status", type=_STATUSES)
@click.option("--comment", help="The reason, kept permanently in the card's history. AWS does not support comments.")
@as_json
@server_options
def set_status(client: SageMaker, name: str, status: str, comment: str | None, as_json: bool) -> None:
    """Set a card's status. Content and version do not change."""
    if comment is not None and not comment.strip():
        raise click.UsageError("--comment is empty: give a reason, or omit the option.")
    if comment is None:
        client.update_model_card(ModelCardName=name, ModelCardStatus=status)
    else:
        own_client(client).review_model_card(ModelCardName=name, ModelCardStatus=status, Comment=comment)
    _print_state(client, name, as_json)


@click.command()
@_name
@as_json
@server_options
def history(client: SageMaker, name: str, as_json: bool) -> None:
    """List a card's versions, newest first."""
    found = client.get_paginator("list_model_card_versions").paginate(ModelCardName=name, SortOrder="Descending")
    versions = [item for page in found for item in page["ModelCardVersionSummaryList"]]
    pages.as_json(versions) if as_json else pages.show(versions, pages.version_table)


@click.command()
@_name
@click.option("--id", "card_id", help="The identifier of the card, if several cards had the name.")
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def events(client: SageMaker, name: str, card_id: str | None, limit: int | None, as_json: bool) -> None:
    """List the events of a card, newest first, with user and comment. AWS does not support this command.

    The name of a deleted card works too, unless another card has it now.
    """
    wanted = {"ModelCardName": name} if card_id is None else {"ModelCardName": name, "ModelCardId": card_id}
    first, found = own_pages(
        own_client(client).list_model_card_events, lambda page: page["ModelCardEvents"], wanted, limit
    )
    if as_json:
        pages.as_json(found)
    else:
        pages.show((first, found), pages.events_page)


@click.command()
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def deleted(client: SageMaker, name: str | None, limit: int | None, as_json: bool) -> None:
    """List deleted cards, latest deletion first. With NAME, list only cards that had this name.

    AWS does not support this command.
    """
    wanted = {} if name is None else {"ModelCardName": name}
    _, found = own_pages(
        own_client(client).list_deleted_model_cards, lambda page: page["DeletedModelCards"], wanted, limit
    )
    pages.as_json(found) if as_json else pages.show(found, pages.deleted_table)


@click.command()
@_name
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@as_json
@server_options
def delete(client: SageMaker, name: str, yes: bool, as_json: bool) -> None:
    """Delete a card with all its versions."""
    found = _described(client, name, IncludedData="MetadataOnly")
    arn, name, versions = found["ModelCardArn"], found["ModelCardName"], found["ModelCardVersion"]
    if not yes:
        count = "its one version" if versions == 1 else f"all {versions} versions"
        click.confirm(f"Delete the card {name} with {count} permanently?", abort=True, err=True)
    client.delete_model_card(ModelCardName=name)
    pages.as_json({"ModelCardArn": arn, "Deleted": True}) if as_json else click.echo(f"Deleted {name}")


@click.command()
@click.argument("file", required=False)
@click.option("--card", "name", help="Check the newest content of this card on the server instead of a file.")
@click.option("--endpoint-url", envvar="CARDWRIGHT_ENDPOINT_URL", help="The server, for --card.")
@click.option("--region", envvar="CARDWRIGHT_REGION", help="The server's AWS region, for --card.")
@as_json
def lint(file: str | None, name: str | None, endpoint_url: str | None, region: str | None, as_json: bool) -> None:
    """Check the content in FILE (- for standard input) and suggest improvements.

    Exit code 1 means that the content is invalid. Suggestions alone give exit code 0.
    """
    if (file is None) == (name is None):
        raise click.UsageError("Give a FILE (- for standard input) or --card NAME.")
    advice: list[Advice] = []
    violations: tuple[Violation, ...] = ()
    try:
        if file is not None:
            content = _read(file)
        else:
            with explained(endpoint_url, region) as client:
                content = _described(client, str(name))["Content"]
        advice = advise(content)
    except ContentInvalid as error:
        violations = error.violations
    if as_json:
        listed = {
            "Advice": [{"Path": item.path, "Message": item.message} for item in advice],
            "Violations": [{"Path": item.path, "Message": item.description} for item in violations],
        }
        pages.as_json({"Valid": not violations} | listed)
    else:
        pages.show((violations, advice), pages.lint_page)
    if violations:
        raise SystemExit(1)


def _earlier(client: SageMaker, name: str) -> list["DeletedModelCard"] | None:
    """Return the deleted cards that had a card's name before; None if there are none, or on AWS."""
    try:
        return own_client(client).list_model_card_events(ModelCardName=name, MaxResults=1).get("EarlierModelCards")
    except NoSuchOperation:
        return None


def _described(client: SageMaker, name: str, **wanted: object) -> "DescribeModelCardAnswer":
    found = client.describe_model_card(ModelCardName=name, **wanted)
    del found["ResponseMetadata"]
    return found


def _print_state(client: SageMaker, name: str, as_json: bool) -> None:
    """Print the state of a card after a change."""
    found = _described(client, name, IncludedData="MetadataOnly")
    if as_json:
        kept = ("ModelCardArn", "ModelCardName", "ModelCardVersion", "ModelCardStatus")
        pages.as_json({member: value for member, value in found.items() if member in kept})
    else:
        click.echo(f"{found['ModelCardName']}: version {found['ModelCardVersion']}, {found['ModelCardStatus']}")


def _read(source: str) -> str:
    """Return the card content in a file, or in standard input for ``-``; its text is not changed.

    Raises:
        NotACard: the file is JSON, but not a model card.
        CardwrightError: the file cannot be read or is not JSON.
    """
    from cardwright.interchange import Unreadable, read_card  # the formats wait for the first file

    where = "Standard input" if source == "-" else source
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return read_card(data).content
    except Unreadable as error:
        raise CardwrightError(f"{where} cannot be used. {error}") from None
    except OSError as error:
        raise CardwrightError(f"{where} cannot be read: {error.strerror}") from None
