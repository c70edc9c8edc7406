"""Groups whose commands are imported at their first use, from a table with the first sentence of each one's help."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

_INDENT = 6  # columns of a list of commands that neither names nor texts take


class CommandTable(click.Group):
    """A group with a table of its commands: module and function, and the first sentence of the command's help.

    Importing all commands takes 0.5 s, and the list of a group needs only names and texts.
    """

    def __init__(self, name: str | None, table: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(name, **settings)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.table:
            return None
        module, _, name = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"cardwright.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        limit = formatter.width - _INDENT - max(map(len, self.table))
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, click.Command(name, help=about).get_short_help_str(limit))
                    for name, (_, about) in self.table.items()
                ]
            )
