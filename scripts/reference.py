"""Write the reference pages that are generated from code: operations, commands, settings. Run with: make reference."""

import inspect
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import click

from cardwright.cli import commands
from cardwright.settings import PREFIX, Option, Settings, default_home
from scripts.operation_pages import OWN_PAGE, operations_page, own_operations_page

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
_FIRST_ROW = "| variable |"


def main() -> None:
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """Return the generated text of each page, by its file name."""
    commands_page, settings_page, operations = "command-line.md", "settings.md", "operations.md"
    return {
        commands_page: _before(commands_page, "\n## ") + "\n" + "\n".join(_sections(commands, "cardwright")),
        operations: operations_page((REFERENCE / operations).read_text("utf-8")),
        OWN_PAGE: own_operations_page((REFERENCE / OWN_PAGE).read_text("utf-8")),
        settings_page: _settings((REFERENCE / settings_page).read_text("utf-8")),
    }


def _before(page: str, mark: str) -> str:
    return (REFERENCE / page).read_text("utf-8").partition(mark)[0]


def _sections(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        if path != "cardwright":
            yield f"## {path}\n\n{_about(command)}\n"
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(inner, f"{path} {name}")
        return
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    shown = "".join(f" {name}" if one.required else f" [{name}]" for one in arguments if (name := _metavar(one)))
    yield f"## `{path}{shown}`\n\n{_about(command)}\n"
    options = [param for param in command.params if isinstance(param, click.Option)]
    if options:
        rows = [f"| `{option.opts[0]}` | {_meaning(option)} |" for option in options]
        yield "\n".join(["| option | meaning |", "| --- | --- |", *rows]) + "\n"


def _metavar(argument: click.Argument) -> str:
    return (argument.metavar or argument.name or "").upper() + ("..." if argument.nargs < 0 else "")


def _about(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _meaning(option: click.Option) -> str:
    parts = [option.help or ""]
    if isinstance(option.type, click.Choice):
        parts.append(f"One of {', '.join(option.type.choices)}.")
    if option.show_default and option.default is not None and not option.is_flag:
        parts.append(f"Default: {option.default}.")
    return " ".join(part for part in parts if part)


def _settings(page: str) -> str:
    """Return the page with a new table of settings."""
    begin = page.index(_FIRST_ROW)
    end = page.index("\n\n", begin)
    return page[:begin] + "\n".join(_setting_rows()) + page[end:]


def _setting_rows() -> Iterator[str]:
    yield f"{_FIRST_ROW} option | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for item in fields(Settings):
        variable = PREFIX + item.name.upper()
        rules: Option = item.metadata["option"]
        shown = f"`{variable}`" + (f", `{variable}_FILE`" if rules.secret_file else "")
        option = f"`--{item.name.replace('_', '-')}`" if rules.on_command_line else "none: a secret"
        if item.default_factory is default_home:
            default = "the user's data directory"
        else:
            default = "" if item.default in {None, MISSING} else f"`{item.default}`"
        yield f"| {shown} | {option} | {default} | {rules.about} |"


if __name__ == "__main__":
    main()
