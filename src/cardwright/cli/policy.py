"""``cardwright policy``: review policies."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypedDict

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.check import (
    CardsUnreadable,
    CheckRun,
    Store,
    now_option,
    now_or,
    policy_named,
)
from cardwright.cli.lists import as_json, own_pages
from cardwright.cli.server import endpoint_option, region_option, server_options
from cardwright.client.own_client import own_client
from cardwright.client.policy_files import policy_text
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError
from cardwright.core.policy.presets import NAMES, preset_text
from cardwright.formats.checks import CheckedCard

if TYPE_CHECKING:
    from cardwright.client.answers.reviews import ReviewPolicySummary

_name = click.argument("name")
_version = click.option("--version", type=click.IntRange(1), help="This version.")


@click.group()
def policy() -> None:
    """Review policies: rules that check cards, and what an approval needs."""


@policy.command()
@click.argument("file", metavar="FILE")
@click.option("--inactive", is_flag=True, help="Only store the version; `policy activate` activates it later.")
@as_json
@server_options
def put(client: SageMaker, file: str, inactive: bool, as_json: bool) -> None:
    """Store the policy in FILE and activate it. FILE may be - for standard input, or name a preset.

    The version that the file names must be new. For administrators.
    """
    stored = own_client(client).put_review_policy(PolicyDocument=_read(file), Activate=not inactive)["ReviewPolicy"]
    _print_state(stored, as_json)


@policy.command()
@click.argument("name", type=click.Choice(NAMES))
def preset(name: str) -> None:
    """Print a policy that comes with Cardwright, to be edited and stored."""
    click.echo(preset_text(name), nl=False)


@policy.command()
@_name
@_version
@as_json
@server_options
def show(client: SageMaker, name: str, version: int | None, as_json: bool) -> None:
    """Print a stored policy: the active version, or the newest one if none is active."""
    wanted = {} if version is None else {"PolicyVersion": version}
    found = own_client(client).describe_review_policy(PolicyName=name, **wanted)
    del found["ResponseMetadata"]
    if as_json:
        pages.as_json(found)
    else:
        click.echo(found["PolicyDocument"], nl=not found["PolicyDocument"].endswith("\n"))


@policy.command("list")
@as_json
@server_options
def list_policies(client: SageMaker, as_json: bool) -> None:
    """List the stored versions of all policies."""
    _, found = own_pages(own_client(client).list_review_policies, lambda page: page["ReviewPolicies"], {}, None)
    pages.as_json(found) if as_json else pages.show(found, _table)


@policy.command()
@_name
@_version
@as_json
@server_options
def activate(client: SageMaker, name: str, version: int | None, as_json: bool) -> None:
    """Activate a stored version of a policy; the newest one by default. For administrators."""
    wanted = {} if version is None else {"PolicyVersion": version}
    _print_state(own_client(client).activate_review_policy(PolicyName=name, **wanted)["ReviewPolicy"], as_json)


@policy.command()
@_name
@as_json
@server_options
def deactivate(client: SageMaker, name: str, as_json: bool) -> None:
    """Deactivate a policy. Its versions stay stored, and no card loses its approval. For administrators."""
    _print_state(own_client(client).deactivate_review_policy(PolicyName=name)["ReviewPolicy"], as_json)


@policy.command()
@_name
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@as_json
@server_options
def delete(client: SageMaker, name: str, yes: bool, as_json: bool) -> None:
    """Delete a policy with all its versions. No card loses its approval. For administrators."""
    if not yes:
        click.confirm(f"Delete the policy {name} with all its versions?", abort=True, err=True)
    deleted = own_client(client).delete_review_policy(PolicyName=name)
    del deleted["ResponseMetadata"]
    pages.as_json(deleted) if as_json else click.echo(f"Deleted {name}")


@policy.command()
@click.argument("file", metavar="FILE")
@as_json
@now_option
@endpoint_option
@region_option
def test(file: str, as_json: bool, now: int | None, endpoint_url: str | None, region: str | None) -> None:
    """List the cards that would fail under the policy in FILE, before it is used. FILE may name a preset.

    The exit code is 0 if cards would fail too, 3 for a mistake in the policy, and 4 if a card cannot be read.
    """
    with Store(endpoint_url, region) as store:
        tested = policy_named(file, store.client)
        found = _Tested()
        run = CheckRun(tested, now_or(now), keep=found.keep)
        run.check_cards(store, None)
    if as_json:
        pages.as_json(
            {
                "policy": tested.name,
                "policyDigest": tested.digest,
                "selected": found.selected,
                "failing": found.failing,
            }
        )
    else:
        _print(found)
    if run.unreadable:
        raise CardsUnreadable("; ".join(run.unreadable))


class FailingCard(TypedDict):
    """A card that would fail, and the rules that it breaks."""

    name: str
    version: int | None
    status: str | None
    failed: list[str]


class _Tested:
    """The cards that a policy selects: their number, and what fails. Nothing else is kept of a card."""

    def __init__(self) -> None:
        self.selected = 0
        self.failing: list[FailingCard] = []

    def keep(self, card: CheckedCard) -> None:
        self.selected += 1
        if not card.check.passed:
            self.failing.append(_members(card))


def _members(card: CheckedCard) -> FailingCard:
    checked = card.check.card
    return {
        "name": checked.name,
        "version": checked.version,
        "status": checked.status,
        "failed": sorted({result.rule for result in card.check.results if result.outcome.failed}),
    }


def _print(found: _Tested) -> None:
    cards = "1 card" if found.selected == 1 else f"{found.selected} cards"
    click.echo(f"The policy applies to {cards}; {len(found.failing)} would fail.")
    for card in found.failing:
        click.echo(f"{card['name']}:{card['version']} ({card['status']}): {', '.join(card['failed'])}")


def _read(file: str) -> str:
    if file != "-":
        return policy_text(file)
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise CardwrightError("Standard input is not UTF-8 text") from None


def _print_state(stored: "ReviewPolicySummary", as_json: bool) -> None:
    """Print the state of a version after a change."""
    if as_json:
        pages.as_json(stored)
    else:
        active = "active" if stored["Active"] else "stored, not active"
        click.echo(f"{stored['PolicyName']}: version {stored['PolicyVersion']}, {active}")


def _table(policies: Sequence["ReviewPolicySummary"]) -> Iterator[RenderableType]:
    if not policies:
        yield "No policies."
        return
    table = pages.new_table("Name", "Version", "Active", "Stored (UTC)", "By", "Digest")
    for item in policies:
        table.add_row(
            Text(item["PolicyName"]),
            str(item["PolicyVersion"]),
            "active" if item["Active"] else "",
            pages.minute(item["StoredTime"]),
            Text(item["StoredBy"]),
            item["PolicyDigest"][:16],
        )
    yield table
