"""Settings: one frozen object. Options override environment variables, which override the file."""

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import platformdirs

from cardwright.core.addresses import is_loopback
from cardwright.core.errors import CardwrightError

PREFIX = "CARDWRIGHT_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
CONFIG_FILE = "cardwright.toml"
_REGION = re.compile(r"[a-z0-9-]{9,16}", re.ASCII)  # the pattern of the service model for ARNs


class SettingsInvalid(CardwrightError, ValueError):
    """A setting has an invalid value; the message names the setting and valid values."""


def default_home() -> Path:
    """The default home folder: ``cardwright`` in the user's data directory."""
    return Path(platformdirs.user_data_dir("cardwright", appauthor=False))


@dataclass(frozen=True, slots=True)
class Option:
    """The description and the valid values of a setting, for its option, its variable and its entry in the file.

    Attributes:
        about: the meaning, as ``--help`` and the reference page print it.
        choices: the valid words; empty for any text.
        limits: the smallest and the largest number; None for a setting that is not a number.
        path: the kind of path; None for a setting that is not a path.
        secret_file: whether the variable ``CARDWRIGHT_<name>_FILE`` may name a file with the value.
        on_command_line: whether there is an option. Secrets have none, because other users can list processes.
    """

    about: str
    choices: tuple[str, ...] = ()
    limits: tuple[int, int] | None = None
    path: Literal["folder", "file", "existing file"] | None = None
    secret_file: bool = False
    on_command_line: bool = True

    def fault(self, value: object) -> str | None:
        """The end of the sentence that refuses a value; None for a valid one."""
        if self.choices and value not in self.choices:
            return f"must be {', '.join(self.choices[:-1])} or {self.choices[-1]}, not {value}"
        if self.limits and isinstance(value, int) and not self.limits[0] <= value <= self.limits[1]:
            return f"must be {self.limits[0]} to {self.limits[1]}, not {value}"
        if self.path == "existing file" and isinstance(value, Path) and not value.is_file():
            return f"must name a file; {value} does not exist"
        return None


def _setting(about: str, default: object = MISSING, *, default_factory: Any = MISSING, **rules: Any) -> Any:
    option = Option(about, **rules)
    if default_factory is not MISSING:
        return field(default_factory=default_factory, metadata={"option": option})
    return field(default=default, metadata={"option": option})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. The variable of each is its name in upper case with the prefix ``CARDWRIGHT_``."""

    home: Path = _setting("Folder of the embedded store.", default_factory=default_home, path="folder")
    host: str = _setting("Address to listen on.", "127.0.0.1")
    port: int = _setting("Port to listen on.", 8765, limits=(1, 65535))
    workers: int = _setting("Number of server processes.", 1, limits=(1, 64))
    threads: int = _setting(
        "Threads of each process for the console and slow API operations. On PostgreSQL, also the number of quick API"
        " operations of a process that use the database at once.",
        8,
        limits=(1, 256),
    )
    database_url: str | None = _setting(
        "URL postgresql://... of a database that replaces the SQLite file in the home folder.", None, secret_file=True
    )
    database_prepare: str = _setting(
        "Whether PostgreSQL prepares statements: on, off, or auto. auto means off behind a pooler such as pgbouncer.",
        "auto",
        choices=("auto", "on", "off"),
    )
    objects: str = _setting(
        "Object store for exported files and reports: local (objects in the home folder), s3, gcs or azure.",
        "local",
        choices=("local", "s3", "gcs", "azure"),
    )
    objects_endpoint: str | None = _setting(
        "URL of an S3-compatible server or an emulator, instead of the provider's own.", None
    )
    bucket_claims: str = _setting(
        "How an unowned bucket gets an owner: first (the account that exports to it first) or given (only with"
        " `cardwright bucket give`).",
        "first",
        choices=("first", "given"),
    )
    kms_keys: str = _setting(
        "Handling of a KMS key in SecurityConfig: refuse (the request fails) or record (the key's identifier is stored"
        " and returned; the key encrypts no data).",
        "refuse",
        choices=("refuse", "record"),
    )
    export_threads: int = _setting(
        "Number of export jobs that a process prints at the same time. 0 leaves them to `cardwright worker`.",
        1,
        limits=(0, 64),
    )
    export_lease: int = _setting(
        "Seconds after which another worker takes over the export job of a failed worker.", 60, limits=(1, 86400)
    )
    region: str = _setting("AWS region in every ARN. It cannot change after a store is created.", "us-east-1")
    auth: str = _setting(
        "Authentication: none (loopback only) or sigv4 (signed requests).", "none", choices=("none", "sigv4")
    )
    session_idle: int = _setting(
        "Seconds without activity after which a user must sign in again.", 3600, limits=(1, 31_536_000)
    )
    session_longest: int = _setting(
        "Seconds after which a user must sign in again, even when active.", 43200, limits=(1, 31_536_000)
    )
    key_file: Path | None = _setting(
        "File of the server key. The default is server.key in the home folder.", None, path="file"
    )
    key: str | None = _setting("The server key in base64, instead of a file.", None, on_command_line=False)
    tls_cert: Path | None = _setting("PEM file of the TLS certificate.", None, path="existing file")
    tls_key: Path | None = _setting("PEM file of the TLS key.", None, path="existing file")
    trusted_proxy: str | None = _setting(
        "Comma-separated addresses or networks whose X-Forwarded-For and X-Forwarded-Proto headers are trusted.", None
    )
    metrics_token: str | None = _setting(
        "Bearer token that allows callers beyond loopback to read /metrics.",
        None,
        secret_file=True,
        on_command_line=False,
    )
    log_level: str = _setting(
        "Lowest level of log lines: debug, info, warning or error.",
        "info",
        choices=("debug", "info", "warning", "error"),
    )
    log_format: str | None = _setting(
        "Format of log lines: json or text. The default is text on a terminal, else json.",
        None,
        choices=("json", "text"),
    )

    @classmethod
    def read(
        cls,
        environment: Mapping[str, str],
        given: Mapping[str, object] | None = None,
        config: Path | None = None,
    ) -> "Settings":
        """Read the settings: given values first, then the ``CARDWRIGHT_*`` variables, then a file.

        Args:
            environment: the variables. ``CARDWRIGHT_<secret>_FILE`` names a file with a secret.
            given: values by the name of the setting.
            config: a TOML file; by default the file in ``CARDWRIGHT_CONFIG``, else ``cardwright.toml`` in the home
                folder if it exists. Relative paths in it start from its folder.

        Raises:
            SettingsInvalid: a value is invalid, a name in the file is unknown, or a file cannot be read.
        """
        values = dict(_variables(environment)) | dict(given or {})
        named = config or (Path(text).expanduser() if (text := environment.get(CONFIG_VARIABLE)) else None)
        if named is not None:
            values = _from_file(named) | values
        else:
            home = values.get("home", default_home())
            found = Path(str(home)) / CONFIG_FILE
            if found.is_file():
                values = _from_file(found, at_home=True) | values
        return cls(**values)  # type: ignore[arg-type]  # _converted gives each field its type

    def check(self) -> None:
        """Raise :class:`SettingsInvalid` if a value is invalid or two settings conflict."""
        for name, option in OPTIONS.items():
            value = getattr(self, name)
            fault = None if value is None else option.fault(value)
            if fault is not None:
                raise SettingsInvalid(f"--{name.replace('_', '-')} {fault}")
        for is_valid, message in _CONDITIONS:
            if not is_valid(self):
                raise SettingsInvalid(message.format(settings=self))
        self.proxy_networks()

    def proxy_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """The networks of ``trusted_proxy``. Raises :class:`SettingsInvalid`."""
        try:
            return tuple(ipaddress.ip_network(part.strip()) for part in (self.trusted_proxy or "").split(",") if part)
        except ValueError as error:
            raise SettingsInvalid(f"--trusted-proxy: {error}") from None


OPTIONS: Mapping[str, Option] = {item.name: item.metadata["option"] for item in fields(Settings)}
"""The options by the name of the setting: the one table for checks, commands and the reference page."""

_CONDITIONS: tuple[tuple[Callable[[Settings], bool], str], ...] = (
    (
        lambda settings: settings.auth != "none" or is_loopback(settings.host),
        "{settings.host} can be reached from other machines, and --auth none requires no keys: start with --auth sigv4"
        " (create users with `cardwright user create`, keys with `cardwright key create`), or listen on 127.0.0.1",
    ),
    (
        lambda settings: _REGION.fullmatch(settings.region) is not None,
        "--region must be 9 to 16 lower-case letters, digits and hyphens, such as us-east-1, not {settings.region}:"
        " every ARN contains it",
    ),
    (
        lambda settings: (settings.tls_cert is None) == (settings.tls_key is None),
        "--tls-cert and --tls-key go together: give both or neither",
    ),
    (
        lambda settings: (settings.objects_endpoint or "http://").startswith(("http://", "https://")),
        "--objects-endpoint must be a URL: http://... or https://...",
    ),
    (
        lambda settings: settings.session_idle <= settings.session_longest,
        "--session-longest must be at least --session-idle",
    ),
)
"""Conditions between settings, with the message for each that is not met."""


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Yield the settings in the ``CARDWRIGHT_*`` variables."""
    for name, option in OPTIONS.items():
        variable = PREFIX + name.upper()
        text = environment.get(variable)
        file = environment.get(f"{variable}_FILE") if option.secret_file else None
        if text and file:
            raise SettingsInvalid(f"{variable} and {variable}_FILE are both set: set one of them")
        if file:
            text = _secret(Path(file).expanduser(), f"{variable}_FILE")
        if text:
            yield name, _converted(option, text, variable)


def _secret(file: Path, variable: str) -> str:
    try:
        text = file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{variable}: {file} cannot be read: {_fault(error)}") from None
    if not text:
        raise SettingsInvalid(f"{variable}: {file} is empty")
    return text


def _from_file(file: Path, *, at_home: bool = False) -> dict[str, object]:
    """Return the settings of a TOML file. A file in the home folder must not name another home folder."""
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"{file} is not TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{file} cannot be read: {_fault(error)}") from None
    known = [*OPTIONS]
    values: dict[str, object] = {}
    for name, value in document.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise SettingsInvalid(f"{file}: unknown setting {name}" + (f"; did you mean {near[0]}?" if near else ""))
        if at_home and name == "home":
            raise SettingsInvalid(f"{file}: home is the folder of this file; name another folder with --home")
        values[name] = _of_toml(name, value, file)
    return values


def _of_toml(name: str, value: object, file: Path) -> object:
    if OPTIONS[name].limits:
        if not isinstance(value, int) or isinstance(value, bool):
            raise SettingsInvalid(f"{file}: {name} must be a whole number, not {value!r}")
        return value
    if not isinstance(value, str):
        raise SettingsInvalid(f"{file}: {name} must be a text in quotes, not {value!r}")
    return file.absolute().parent / Path(value).expanduser() if OPTIONS[name].path else value


def _fault(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is not UTF-8 text"


def _converted(option: Option, text: str, variable: str) -> object:
    if option.path:
        return Path(text).expanduser()
    if option.limits:
        if not text.isdecimal():
            raise SettingsInvalid(f"{variable} must be a whole number, not {text!r}")
        return int(text)
    return text
