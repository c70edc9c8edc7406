"""``cardwright finding``: findings on cards of a server."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json, own_pages
from cardwright.cli.members import MOMENT, given, utc
from cardwright.cli.server import server_options
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.finding import Category, FindingKind, FindingState, Severity, Source

if TYPE_CHECKING:
    from cardwright.client.answers.findings import Finding

_ID = click.argument("finding_id", metavar="ID")
_DETAILS: tuple[tuple[str, Literal["Pointer", "RuleId", "Resolution", "Text"]], ...] = (
    ("Field", "Pointer"),
    ("Check", "RuleId"),
    ("Resolution", "Resolution"),
    ("", "Text"),
)
_SETTABLE = [state.value for state in FindingState if state is not FindingState.ACCEPTED]
_due = click.option("--due", type=MOMENT, help="When it is due, such as 2027-01-31; UTC without an offset.")
_owner = click.option("--owner", help="The person who answers for it.")
_resolution = click.option("--resolution", help="What was done about it.")


@click.group()
def finding() -> None:
    """Findings on cards of a server: issues, limitations and exceptions. AWS does not support them."""


@finding.command("open")
@click.argument("name")
@click.argument("title")
@click.option("--severity", type=click.Choice([one.value for one in Severity]), required=True, help="How severe it is.")
@click.option("--kind", type=click.Choice([one.value for one in FindingKind]), help="What it is; issue by default.")
@click.option("--category", type=click.Choice([one.value for one in Category]), help="What it is about.")
@click.option("--source", type=click.Choice([one.value for one in Source]), help="What found it; review by default.")
@click.option("--text", help="A longer text.")
@click.option("--pointer", help="JSON Pointer to the field, such as /intended_uses/risk_rating.")
@click.option("--rule", help="The rule of a policy that failed.")
@_owner
@_due
@as_json
@server_options
def open_finding(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    name: str,
    title: str,
    due: datetime.datetime | None,
    rule: str | None,
    as_json: bool,
    **more: object,
) -> None:
    """Open a finding on a card. It follows the card through its versions until it is closed."""
    members = {member.capitalize(): value for member, value in more.items()} | {"DueTime": utc(due), "RuleId": rule}
    answer = own_client(client).open_finding(ModelCardName=name, Title=title, **given(members))
    found = answer["Finding"]
    word = "opened" if answer["Created"] else "is open already"
    _print(found, f"{found['FindingId']} {word}: {found['Title']}{_until(found)}", as_json)


@finding.command()
@_ID
@click.option("--state", type=click.Choice(_SETTABLE), help="The next state.")
@click.option("--severity", type=click.Choice([one.value for one in Severity]), help="Another severity.")
@click.option("--category", type=click.Choice([one.value for one in Category]), help="Another category.")
@_owner
@_due
@_resolution
@as_json
@server_options
def update(*, client: SageMaker, finding_id: str, due: datetime.datetime | None, as_json: bool, **more: object) -> None:
    """Change the state, severity, category, owner or due date of a finding, or reopen it with --state open."""
    members = {member.capitalize(): value for member, value in more.items()} | {"DueTime": utc(due)}
    if not given(members):
        raise click.UsageError("Give at least one of --state, --severity, --category, --owner, --due, --resolution.")
    _change(client, finding_id, given(members), as_json)


@finding.command()
@_ID
@_resolution
@click.option("--invalid", is_flag=True, help="It is not a fault; say why in the resolution.")
@as_json
@server_options
def close(client: SageMaker, finding_id: str, resolution: str | None, invalid: bool, as_json: bool) -> None:
    """Close a finding. The owner of a critical or high finding cannot close it."""
    state = FindingState.INVALID if invalid else FindingState.CLOSED
    _change(client, finding_id, given({"State": state.value, "Resolution": resolution}), as_json)


@finding.command("list")
@click.option("--card", help="Only findings on this card.")
@click.option(
    "--state",
    "states",
    type=click.Choice([one.value for one in FindingState]),
    multiple=True,
    help="Only findings in this state; repeatable.",
)
@click.option(
    "--severity",
    "severities",
    type=click.Choice([one.value for one in Severity]),
    multiple=True,
    help="Only findings of this severity; repeatable.",
)
@click.option("--kind", type=click.Choice([one.value for one in FindingKind]), help="Only findings of this kind.")
@click.option("--owner", help="Only findings of this owner.")
@click.option("--unresolved", is_flag=True, help="Only findings that are neither closed nor invalid.")
@click.option("--overdue", is_flag=True, help="Only overdue findings.")
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def list_findings(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    card: str | None,
    states: Sequence[str],
    severities: Sequence[str],
    limit: int | None,
    as_json: bool,
    **more: object,
) -> None:
    """List findings, last opened first."""
    wanted = {member.capitalize(): value for member, value in more.items()}
    wanted |= {"ModelCardName": card, "States": list(states), "Severities": list(severities)}
    _, found = own_pages(own_client(client).list_findings, lambda page: page["Findings"], given(wanted), limit)
    pages.as_json(found) if as_json else pages.show(found, _table)


@finding.command()
@_ID
@as_json
@server_options
def show(client: SageMaker, finding_id: str, as_json: bool) -> None:
    """Show a finding."""
    found = own_client(client).describe_finding(FindingId=finding_id)["Finding"]
    pages.as_json(found) if as_json else pages.show(found, _page)


def _change(client: SageMaker, finding_id: str, members: Mapping[str, object], as_json: bool) -> None:
    found = own_client(client).update_finding(FindingId=finding_id, **members)["Finding"]
    _print(found, f"{found['FindingId']} is {found['State']}: {found['Title']}{_until(found)}", as_json)


def _print(found: "Finding", sentence: str, as_json: bool) -> None:
    pages.as_json(found) if as_json else click.echo(sentence)


def _until(found: "Finding") -> str:
    return f", due {pages.minute(found['DueTime'])} UTC" if "DueTime" in found and "EndTime" not in found else ""


def _table(findings: Sequence["Finding"]) -> Iterator[RenderableType]:
    if not findings:
        yield "No findings."
        return
    table = pages.new_table("Severity", "Title", "Card", "State", "Owner", "Due (UTC)", "Finding")
    for item in findings:
        table.add_row(
            item["Severity"],
            Text(item["Title"]),
            Text(item["ModelCardName"]),
            item["State"] + (", overdue" if item["Overdue"] else ""),
            Text(item.get("Owner", "")),
            pages.minute(item.get("DueTime")),
            item["FindingId"],
        )
    yield table


def _page(item: "Finding") -> Iterator[RenderableType]:
    yield from _table([item])
    yield Text(
        f"{item['Kind']}, {item['Category']}, from {item['Source']}; opened {pages.minute(item['OpenedTime'])} UTC by"
        f" {item['OpenedBy']} on version {item['ModelCardVersion']}"
    )
    for label, member in _DETAILS:
        if member in item:
            yield Text(f"{label}: {item[member]}" if label else f"\n{item[member]}")
