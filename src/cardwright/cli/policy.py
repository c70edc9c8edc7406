"""``cardwright policy``: review policies."""

from typing import Any

import click

from cardwright.cli import pages
from cardwright.cli.check import (
    CardsUnreadable,
    CheckRun,
    Store,
    endpoint_option,
    now_option,
    now_or,
    policy_named,
    region_option,
)
from cardwright.cli.lists import as_json
from cardwright.formats.checks import CheckedCard


@click.group()
def policy() -> None:
    """Review policies: rules that check cards, and what an approval needs."""


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
        run = CheckRun(tested, now_or(now))
        run.check_cards(store, None)
    failing = [card for card in run.cards if not card.check.passed]
    if as_json:
        pages.as_json(
            {
                "policy": tested.name,
                "policyDigest": tested.digest,
                "selected": len(run.cards),
                "failing": [_members(card) for card in failing],
            }
        )
    else:
        _print(len(run.cards), failing)
    if run.unreadable:
        raise CardsUnreadable("; ".join(run.unreadable))


def _members(card: CheckedCard) -> dict[str, Any]:
    checked = card.check.card
    return {
        "name": checked.name,
        "version": checked.version,
        "status": checked.status,
        "failed": sorted({result.rule for result in card.check.results if result.outcome.failed}),
    }


def _print(selected: int, failing: list[CheckedCard]) -> None:
    cards = "1 card" if selected == 1 else f"{selected} cards"
    click.echo(f"The policy applies to {cards}; {len(failing)} would fail.")
    for card in failing:
        found = _members(card)
        click.echo(f"{found['name']}:{found['version']} ({found['status']}): {', '.join(found['failed'])}")
