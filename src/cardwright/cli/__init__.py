"""The command line: nouns, then verbs."""

import os
import sys
from importlib import import_module

import click

from cardwright import __version__
from cardwright.core.errors import CardwrightError
from cardwright.settings import SettingsInvalid

_COMMANDS = {
    "serve": "serve:serve",
    "demo": "serve:demo",
    "worker": "worker:worker",
    "card": "card:card",
    "model": "model:model",
    "package": "package:package",
    "training-job": "training_job:training_job",
    "key": "key:key",
    "user": "user:user",
    "bucket": "bucket:bucket",
    "migrate": "store:migrate",
    "schema": "store:schema",
    "verify": "verify:verify",
    "backup": "backup:backup",
    "restore": "backup:restore",
}
"""By name, the module of this room and the command in it. Each is imported when it is asked for: the libraries of all
the others would keep a server's first answer back by 0.1 s."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="cardwright")
def commands() -> None:
    """Model cards that anyone can run."""


def main() -> None:
    """The entry point: faults of the domain become one line and exit code 1."""
    os.umask(0o077)  # what a command writes holds card content or secrets
    try:
        commands(prog_name="cardwright")
    except (CardwrightError, SettingsInvalid) as error:
        click.echo(f"cardwright: {error}", err=True)
        sys.exit(1)
