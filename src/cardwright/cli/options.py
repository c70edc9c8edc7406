"""Options that several commands share. Options for settings also read the variable of the setting."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeAlias

import click

from cardwright.core.names import OPEN_ACCOUNT
from cardwright.core.people import Role
from cardwright.settings import CONFIG_FILE, CONFIG_VARIABLE, OPTIONS, PREFIX, Option, Settings

Command: TypeAlias = Callable[..., object]

_STORE = ("home", "database_url", "database_prepare", "region", "key_file")


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Add the options of these settings (all by default) to a command, and pass it ``settings``."""
    wanted = names or tuple(OPTIONS)

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_settings(config: Path | None, **values: object) -> object:
            given = {name: values.pop(name, None) for name in wanted}
            present = {name: value for name, value in given.items() if value is not None}
            settings = Settings.read(os.environ, present, config)
            return command(settings=settings, **values)

        decorated: Command = click.option(
            "--config",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=f"TOML file of settings; else {CONFIG_FILE} in the home folder, if it exists.  [{CONFIG_VARIABLE}]",
        )(with_settings)
        for name, option in reversed(list(OPTIONS.items())):
            if name in wanted and option.on_command_line:
                decorated = click.option(
                    "--" + name.replace("_", "-"),
                    name,
                    type=_type_of(option),
                    help=f"{option.about}  [{PREFIX}{name.upper()}]",
                )(decorated)
        return decorated

    return decorate


def _type_of(option: Option) -> "click.ParamType[str] | click.ParamType[int] | click.Path | None":
    if option.choices:
        return click.Choice(option.choices)
    if option.limits:
        return click.IntRange(*option.limits)
    if option.path:
        is_folder = option.path == "folder"
        exists = option.path == "existing file"
        return click.Path(exists=exists, file_okay=not is_folder, dir_okay=is_folder, path_type=Path)
    return None


def store_options(command: Command) -> Command:
    """Add the options that select a store to a command."""
    return settings_options(*_STORE)(command)


account_option = click.option(
    "--account",
    default=OPEN_ACCOUNT,
    show_default=True,
    help="Account of twelve digits. Accounts are isolated. The default is the account of servers with --auth none.",
)
role_option = click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.AUTHOR.value, show_default=True
)
if_missing_option = click.option(
    "--if-missing", is_flag=True, help="Succeed without a change if it exists, so that scripts can run again."
)


def key_value(option: str, text: str) -> tuple[str, str]:
    """Split ``KEY=VALUE`` into its parts. Raises click's usage error for other texts."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise click.UsageError(f"{option} {text}: expected KEY=VALUE.")
    return key, value
