"""``cardwright waiver``: failed checks and findings that two people accept for a time."""

import datetime
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json, own_pages
from cardwright.cli.members import MOMENT, given, utc
from cardwright.cli.server import server_options
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.waiver import Scope, WaiverState

if TYPE_CHECKING:
    from cardwright.client.answers.findings import Waiver

_ID = click.argument("waiver_id", metavar="ID")


@click.group()
def waiver() -> None:
    """Waivers of failed checks and of findings, on a server. AWS does not support them."""


@waiver.command()
@click.argument("name")
@click.option("--rule", help="The rule to waive.")
@click.option("--finding", metavar="ID", help="The finding to waive.")
@click.option("--reason", required=True, help="Why.")
@click.option("--until", type=MOMENT, required=True, help="When it ends, such as 2027-01-31; UTC without an offset.")
@click.option("--scope", type=click.Choice([one.value for one in Scope]), help="All versions by default.")
@as_json
@server_options
def request(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    name: str,
    rule: str | None,
    finding: str | None,
    reason: str,
    until: datetime.datetime,
    scope: str | None,
    as_json: bool,
) -> None:
    """Ask for a waiver of a rule or a finding. It has no effect before a second person grants it."""
    members = {"RuleId": rule, "FindingId": finding, "Scope": scope}
    answer = own_client(client).put_waiver(ModelCardName=name, Reason=reason, ExpiryTime=utc(until), **given(members))
    _print(answer["Waiver"], as_json)


@waiver.command()
@_ID
@click.option("--until", type=MOMENT, help="An earlier end than the requested one.")
@as_json
@server_options
def grant(client: SageMaker, waiver_id: str, until: datetime.datetime | None, as_json: bool) -> None:
    """Agree to a waiver that another person asked for. The policy names who may."""
    answer = own_client(client).put_waiver(WaiverId=waiver_id, **given({"ExpiryTime": utc(until)}))
    _print(answer["Waiver"], as_json)


@waiver.command()
@_ID
@click.option("--reason", required=True, help="Why.")
@as_json
@server_options
def revoke(client: SageMaker, waiver_id: str, reason: str, as_json: bool) -> None:
    """Revoke a waiver, or refuse a request for one."""
    _print(own_client(client).revoke_waiver(WaiverId=waiver_id, Reason=reason)["Waiver"], as_json)


@waiver.command("list")
@click.option("--card", help="Only waivers of this card.")
@click.option("--finding", metavar="ID", help="Only waivers of this finding.")
@click.option("--state", type=click.Choice([one.value for one in WaiverState]), help="Only waivers in this state.")
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def list_waivers(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker, card: str | None, finding: str | None, state: str | None, limit: int | None, as_json: bool
) -> None:
    """List waivers, last requested first."""
    wanted = {"ModelCardName": card, "FindingId": finding, "State": state}
    _, found = own_pages(own_client(client).list_waivers, lambda page: page["Waivers"], given(wanted), limit)
    pages.as_json(found) if as_json else pages.show(found, _table)


def _print(found: "Waiver", as_json: bool) -> None:
    if as_json:
        pages.as_json(found)
    else:
        click.echo(f"{found['WaiverId']} is {found['State']}, until {pages.minute(found['ExpiryTime'])} UTC")


def _table(waivers: Sequence["Waiver"]) -> Iterator[RenderableType]:
    if not waivers:
        yield "No waivers."
        return
    table = pages.new_table("Card", "Waives", "Scope", "State", "Until (UTC)", "Asked by", "Granted by", "Waiver")
    for item in waivers:
        table.add_row(
            Text(item["ModelCardName"]),
            item.get("RuleId") or f"finding {item['FindingId']}",
            item["Scope"],
            item["State"],
            pages.minute(item["ExpiryTime"]),
            Text(item["RequestedBy"]),
            Text(item.get("GrantedBy", "")),
            item["WaiverId"],
        )
    yield table
