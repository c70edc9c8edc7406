"""The command line: nouns, then verbs."""

import os
import sys

import click

from cardwright import __version__
from cardwright.cli import serve
from cardwright.cli.backup import backup, restore
from cardwright.cli.card import card
from cardwright.cli.key import key
from cardwright.cli.model import model
from cardwright.cli.package import package
from cardwright.cli.store import migrate, schema
from cardwright.cli.training_job import training_job
from cardwright.cli.user import user
from cardwright.cli.verify import verify
from cardwright.cli.worker import worker
from cardwright.core.errors import CardwrightError
from cardwright.settings import SettingsInvalid


@click.group()
@click.version_option(__version__, prog_name="cardwright")
def commands() -> None:
    """Model cards that anyone can run."""


for command in (
    serve.serve,
    serve.demo,
    worker,
    card,
    model,
    package,
    training_job,
    key,
    user,
    migrate,
    schema,
    verify,
    backup,
    restore,
):
    commands.add_command(command)


def main() -> None:
    """The entry point: faults of the domain become one line and exit code 1."""
    os.umask(0o077)  # what a command writes holds card content or secrets
    try:
        commands(prog_name="cardwright")
    except (CardwrightError, SettingsInvalid) as error:
        click.echo(f"cardwright: {error}", err=True)
        sys.exit(1)
