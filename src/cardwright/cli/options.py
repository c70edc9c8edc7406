"""Options that several commands share: each is a setting, and its variable is the setting's."""

import os
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from cardwright.core.names import OPEN_ACCOUNT
from cardwright.core.people import Role
from cardwright.settings import CHOICES, CONFIG_FILE, CONFIG_VARIABLE, PREFIX, Settings

Command = TypeVar("Command", bound=Callable[..., Any])

_TYPES: dict[str, Any] = {
    "home": click.Path(file_okay=False, path_type=Path),
    "key_file": click.Path(dir_okay=False, path_type=Path),
    "tls_cert": click.Path(exists=True, dir_okay=False, path_type=Path),
    "tls_key": click.Path(exists=True, dir_okay=False, path_type=Path),
    "port": click.IntRange(1, 65535),
    "workers": click.IntRange(1, 64),
    "threads": click.IntRange(1, 256),
    "export_threads": click.IntRange(0, 64),
    "export_lease": click.IntRange(1, 86400),
    "session_idle": click.IntRange(1),
    "session_longest": click.IntRange(1),
    **{name: click.Choice(choices) for name, choices in CHOICES.items()},
}
_FROM_THE_ENVIRONMENT_ONLY = frozenset({"key", "metrics_token"})  # secrets do not belong on a command line
_STORE = ("home", "database_url", "database_prepare", "region", "key_file")


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Give a command the options of these settings (all by default) and a ``settings`` argument made of them."""
    wanted = names or tuple(item.name for item in fields(Settings))

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_settings(**values: Any) -> Any:
            given = {name: values.pop(name, None) for name in wanted}
            present = {name: value for name, value in given.items() if value is not None}
            settings = Settings.read(os.environ, present, values.pop("config"))
            return command(settings=settings, **values)

        decorated: Any = click.option(
            "--config",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=f"TOML file of settings; else {CONFIG_FILE} in the home folder, if it exists.  [{CONFIG_VARIABLE}]",
        )(with_settings)
        for item in reversed(fields(Settings)):
            if item.name in wanted and item.name not in _FROM_THE_ENVIRONMENT_ONLY:
                decorated = click.option(
                    "--" + item.name.replace("_", "-"),
                    item.name,
                    type=_TYPES.get(item.name),
                    help=f"{item.metadata['about']}  [{PREFIX}{item.name.upper()}]",
                )(decorated)
        return decorated  # type: ignore[no-any-return]  # click's decorators keep the command

    return decorate


def store_options(command: Command) -> Command:
    """Give a command the options that say which store it works on."""
    return settings_options(*_STORE)(command)


account_option = click.option(
    "--account",
    default=OPEN_ACCOUNT,
    show_default=True,
    help="Twelve digits; accounts never see each other's cards. The default is where --auth none keeps them.",
)
role_option = click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.AUTHOR.value, show_default=True
)
if_missing_option = click.option(
    "--if-missing", is_flag=True, help="Do nothing, and succeed, when it exists: for scripts that run again."
)


def key_value(option: str, text: str) -> tuple[str, str]:
    """The two parts of ``KEY=VALUE``. Raises click's usage error for anything else."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise click.UsageError(f"{option} {text}: KEY=VALUE is expected.")
    return key, value
