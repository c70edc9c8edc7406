"""The command line: nouns, then verbs."""

import os

import click

from cardwright import __version__
from cardwright.cli.command_table import CommandTable
from cardwright.cli.refusal import Refusal
from cardwright.core.errors import CardwrightError
from cardwright.server.signals import interrupt_again

_COMMANDS = {
    "serve": ("serve:serve", "Serve model cards over the SageMaker API."),
    "demo": (
        "demo:demo",
        "Start a server with five example cards and a small registry, which are loaded through the API.",
    ),
    "worker": ("worker:worker", "Run export jobs and end expired approvals until a signal (Ctrl-C, SIGTERM)."),
    "card": ("card_group:card", "Model cards on a server."),
    "check": (
        "check:check",
        "Check cards against the rules of a policy: NAME or NAME:VERSION in a store, all cards, or exported files.",
    ),
    "policy": ("policy:policy", "Review policies: rules that check cards, and what an approval needs."),
    "review": ("review:review", "Reviews of cards on a server."),
    "finding": ("finding:finding", "Findings on cards of a server: issues, limitations and exceptions."),
    "evidence": ("evidence:evidence", "Files that support cards of a server."),
    "waiver": ("waiver:waiver", "Waivers of failed checks and of findings, on a server."),
    "comment": ("comment:comment", "Comments on fields of cards of a server."),
    "apply": (
        "apply:apply",
        "Create and update cards so that they are as YAML, JSON or CloudFormation files declare them.",
    ),
    "model": ("model:model", "Registered models on a server."),
    "package": ("package:package", "Model packages on a server."),
    "training-job": ("training_job:training_job", "Records of training runs on a server."),
    "key": ("key:key", "Access keys, with which programs sign their requests."),
    "account": ("account:account", "Settings of an account."),
    "user": ("user:user", "Users who sign in to the console."),
    "bucket": ("bucket:bucket", "Buckets and the accounts that own them."),
    "audit": ("audit:audit", "What people and programs did in an account: a log that no one can change."),
    "migrate": ("store:migrate", "Migrate the database to the schema of this version."),
    "schema": ("store:schema", "Print the JSON Schema of card content."),
    "verify": (
        "verify:verify",
        "Verify the history of the store, and report the first record that was changed or is missing.",
    ),
    "backup": ("backup:backup", "Write the embedded store to FILE, one archive."),
    "restore": ("backup:restore", "Restore a backup FILE into the folder --home, which must be empty or missing."),
}
"""Module and function of each command, and the first sentence of its help, by its name."""

_ENDED_AT_ONCE = frozenset({"serve", "demo", "worker", "migrate"})
"""Commands that need no cleanup when SIGINT ends them: a migration is one transaction."""


class _Commands(CommandTable):
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CardwrightError as error:
            raise Refusal(str(error)) from error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        if command is not None and cmd_name not in _ENDED_AT_ONCE:
            interrupt_again()
        return command


@click.group(cls=_Commands, table=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardwright")
def commands() -> None:
    """Model cards that anyone can run."""


def main() -> None:
    """The entry point."""
    os.umask(0o077)  # files that commands write hold card content or secrets
    commands(prog_name="cardwright")
