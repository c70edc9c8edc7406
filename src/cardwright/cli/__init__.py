"""The command line: nouns, then verbs."""

import os
from importlib import import_module
from typing import IO, Any

import click

from cardwright import __version__
from cardwright.core.errors import CardwrightError
from cardwright.server.signals import interrupt_again
from cardwright.settings import SettingsInvalid

_COMMANDS = {
    "serve": "serve:serve",
    "demo": "demo:demo",
    "worker": "worker:worker",
    "card": "card:card",
    "check": "check:check",
    "policy": "policy:policy",
    "review": "review:review",
    "finding": "finding:finding",
    "evidence": "evidence:evidence",
    "waiver": "waiver:waiver",
    "comment": "comment:comment",
    "apply": "apply:apply",
    "model": "model:model",
    "package": "package:package",
    "training-job": "training_job:training_job",
    "key": "key:key",
    "user": "user:user",
    "bucket": "bucket:bucket",
    "audit": "audit:audit",
    "migrate": "store:migrate",
    "schema": "store:schema",
    "verify": "verify:verify",
    "backup": "backup:backup",
    "restore": "backup:restore",
}
"""Module and function of each command, by its name. Each is imported at its first use, because importing all of
them would delay the start of a server by 0.1 s."""

_ENDED_AT_ONCE = frozenset({"serve", "demo", "worker", "migrate"})
"""Commands that need no cleanup when SIGINT ends them: a migration is one transaction."""


class _Refusal(click.ClickException):
    """An expected error: one line on standard error, and exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"cardwright: {self.message}", file=file, err=True)


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CardwrightError, SettingsInvalid) as error:
            raise _Refusal(str(error)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        if cmd_name not in _ENDED_AT_ONCE:
            interrupt_again()
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardwright")
def commands() -> None:
    """Model cards that anyone can run."""


def main() -> None:
    """The entry point."""
    os.umask(0o077)  # files that commands write hold card content or secrets
    commands(prog_name="cardwright")
