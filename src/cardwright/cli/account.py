"""``cardwright account``: settings of an account, in the store."""

import click

from cardwright.actions.account_settings import read_text_format, set_text_format
from cardwright.cli import pages
from cardwright.cli.lists import as_json
from cardwright.cli.options import account_option, store_options
from cardwright.cli.store import account_unit
from cardwright.core.text_format import TextFormat
from cardwright.settings import Settings

_WORDS = {TextFormat.PLAIN: "plain text", TextFormat.MARKDOWN: "Markdown"}


@click.group()
def account() -> None:
    """Settings of an account."""


@account.command()
@account_option
@as_json
@store_options
def show(settings: Settings, account: str, as_json: bool) -> None:
    """Show the settings of an account."""
    with account_unit(settings, account, writes=False) as unit:
        found = read_text_format(unit)
    if as_json:
        pages.as_json({"account": account, "text_format": found.value})
    else:
        click.echo(f"Card texts of account {account} are {_WORDS[found]}, unless a card says otherwise")


@account.command()
@account_option
@click.option(
    "--text-format",
    type=click.Choice([one.value for one in TextFormat]),
    required=True,
    help="How texts of cards are shown, unless a card says otherwise. Stored texts never change.",
)
@store_options
def update(settings: Settings, account: str, text_format: str) -> None:
    """Change the settings of an account. `cardwright audit list` has an event for each change."""
    wanted = TextFormat(text_format)
    with account_unit(settings, account) as unit:
        changed = set_text_format(unit, wanted)
    click.echo(f"Card texts of account {account} are {_WORDS[wanted]}{'' if changed else ', as before'}")
