"""The list of commands is read from tables, which agree with the commands."""

import json
import subprocess
import sys

import click
import pytest

from cardwright.cli import commands
from cardwright.cli.card_group import card

LISTED = """
import json, sys
from cardwright.cli import commands
commands({arguments!r}, standalone_mode=False)
print(json.dumps([*sys.modules]))
"""
LIGHT = {"cardwright.cli.refusal", "cardwright.cli.command_table", "cardwright.cli.card_group"}
HEAVY = {"attrs", "boto3", "botocore", "orjson", "rich", "sqlalchemy", "cardwright.settings", "cardwright.storage"}


@pytest.mark.parametrize("group", [commands, card], ids=["cardwright", "card"])
def test_the_table_of_a_group_has_the_first_sentence_of_each_help(group: click.Group) -> None:
    context = click.Context(group)
    for name, (_, about) in group.table.items():  # type: ignore[attr-defined]
        command = group.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(1000) == about, f"the table has another help of {name}"


@pytest.mark.parametrize("arguments", [["--help"], ["card", "--help"]], ids=" ".join)
def test_the_list_of_commands_imports_none_of_them(arguments: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LISTED.format(arguments=arguments)], check=True, capture_output=True, text=True
    )
    printed, _, modules = ended.stdout.strip().rpartition("\n")
    assert "\nCommands:\n" in printed
    imported = set(json.loads(modules))
    assert not {name for name in imported if name.startswith("cardwright.cli.")} - LIGHT
    assert not imported & HEAVY


def test_help_shortens_long_sentences_as_click_does() -> None:
    context = click.Context(commands, info_name="cardwright", terminal_width=60)
    lines = commands.get_help(context).splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith("  apply ") and line.endswith("...") for line in lines)
