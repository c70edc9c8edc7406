"""Settings: one frozen object, read from options, variables and a file, in this order."""

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import platformdirs

from cardwright.core.addresses import is_loopback

PREFIX = "CARDWRIGHT_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
CONFIG_FILE = "cardwright.toml"
SECRETS = frozenset({"database_url", "key", "metrics_token"})
"""The settings whose values may also come from a file: ``CARDWRIGHT_<name>_FILE``."""
_REGION = re.compile(r"[a-z0-9-]{9,16}", re.ASCII)  # as the service model has it in ARNs


class SettingsInvalid(ValueError):
    """A setting has a value that cannot be; the message names the setting and what would be right."""


def default_home() -> Path:
    """The folder for those who name none: ``cardwright`` in the user's data directory."""
    return Path(platformdirs.user_data_dir("cardwright", appauthor=False))


def _about(text: str) -> dict[str, str]:
    return {"about": text}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. The variable of each is its name in capitals with ``CARDWRIGHT_`` before it."""

    home: Path = field(default_factory=default_home, metadata=_about("Folder of the embedded store."))
    host: str = field(default="127.0.0.1", metadata=_about("Address to listen on."))
    port: int = field(default=8765, metadata=_about("Port to listen on."))
    workers: int = field(default=1, metadata=_about("Server processes."))
    threads: int = field(
        default=8,
        metadata=_about(
            "Threads of one process for the console and RenderModelCard; on PostgreSQL, as many more for the rest of"
            " the API."
        ),
    )
    database_url: str | None = field(
        default=None, metadata=_about("postgresql://... instead of the SQLite file in the home folder.")
    )
    database_prepare: str = field(
        default="auto",
        metadata=_about(
            "Whether PostgreSQL prepares statements: on, off, or auto, which is off behind a pooler such as pgbouncer."
        ),
    )
    objects: str = field(
        default="local",
        metadata=_about(
            "Where exported files go and reports are read: local (objects in the home folder), s3, gcs or azure."
        ),
    )
    objects_endpoint: str | None = field(
        default=None, metadata=_about("URL of an S3-compatible server or an emulator, instead of the provider's own.")
    )
    bucket_claims: str = field(
        default="first",
        metadata=_about(
            "Whose a bucket becomes that no account has: first (of the account that exports to it first) or given (of"
            " those that `cardwright bucket give` names)."
        ),
    )
    kms_keys: str = field(
        default="refuse",
        metadata=_about(
            "What becomes of a KMS key in SecurityConfig: refuse (the request is refused) or record (its identifier is"
            " stored and returned; nothing is encrypted with it)."
        ),
    )
    export_threads: int = field(
        default=1,
        metadata=_about("Export jobs that one process works on at once; 0 leaves them to `cardwright worker`."),
    )
    export_lease: int = field(
        default=60, metadata=_about("Seconds after which the export job of a worker that died is taken up again.")
    )
    region: str = field(default="us-east-1", metadata=_about("AWS region in every ARN; fixed when a store is made."))
    auth: str = field(default="none", metadata=_about("Who may call: none (loopback only) or sigv4."))
    session_idle: int = field(
        default=3600, metadata=_about("Seconds without use after which somebody signed in has to sign in again.")
    )
    session_longest: int = field(
        default=43200, metadata=_about("Seconds after which somebody signed in has to sign in again, used or not.")
    )
    key_file: Path | None = field(
        default=None, metadata=_about("File of the server key; server.key in the home folder by default.")
    )
    key: str | None = field(default=None, metadata=_about("The server key itself, in base64, instead of a file."))
    tls_cert: Path | None = field(default=None, metadata=_about("PEM file of the TLS certificate."))
    tls_key: Path | None = field(default=None, metadata=_about("PEM file of the TLS key."))
    trusted_proxy: str | None = field(
        default=None,
        metadata=_about("Addresses or networks, comma apart, whose X-Forwarded-For and -Proto are believed."),
    )
    metrics_token: str | None = field(
        default=None, metadata=_about("Bearer token that opens /metrics to callers beyond loopback.")
    )
    log_level: str = field(default="info", metadata=_about("debug, info, warning or error."))
    log_format: str | None = field(
        default=None, metadata=_about("Form of log lines: json or text; text on a terminal, else json.")
    )

    @classmethod
    def read(
        cls,
        environment: Mapping[str, str],
        given: Mapping[str, object] | None = None,
        config: Path | None = None,
    ) -> "Settings":
        """Read the settings: those given, else the ``CARDWRIGHT_*`` variables, else a file.

        Args:
            environment: the variables. ``CARDWRIGHT_<secret>_FILE`` names a file that holds a secret.
            given: values by the names of their settings.
            config: a TOML file; else the one that ``CARDWRIGHT_CONFIG`` names, else ``cardwright.toml`` in the home
                folder, when it exists. Relative paths in it start from its folder.

        Raises:
            SettingsInvalid: an invalid value, an unknown name in the file, or a file that cannot be read.
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
        """Raise :class:`SettingsInvalid` when the settings do not go together."""
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value is not None and value not in choices:
                option = f"--{name.replace('_', '-')}"
                words = f"{', '.join(choices[:-1])} or {choices[-1]}"
                raise SettingsInvalid(f"{option} is {words}, not {getattr(self, name)}")
        if self.auth == "none" and not is_loopback(self.host):
            raise SettingsInvalid(
                f"{self.host} can be reached from other machines, and --auth none lets everybody in: start with"
                " --auth sigv4 (make users with `cardwright user create`, keys with `cardwright key create`), or"
                " listen on 127.0.0.1"
            )
        if not _REGION.fullmatch(self.region):
            raise SettingsInvalid(
                f"--region is 9 to 16 small letters, digits and hyphens, as in us-east-1, not {self.region}: it stands"
                " in every ARN"
            )
        if not 1 <= self.port <= 65535:
            raise SettingsInvalid(f"--port is 1 to 65535, not {self.port}")
        for option, path in (("--tls-cert", self.tls_cert), ("--tls-key", self.tls_key)):
            if path is not None and not path.is_file():
                raise SettingsInvalid(f"{option}: there is no file {path}")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsInvalid("--tls-cert and --tls-key go together: give both or none")
        if not 1 <= self.workers <= 64 or not 1 <= self.threads <= 256:
            raise SettingsInvalid("--workers is 1 to 64 and --threads 1 to 256")
        if self.objects_endpoint is not None and not self.objects_endpoint.startswith(("http://", "https://")):
            raise SettingsInvalid("--objects-endpoint is a URL: http://... or https://...")
        if not 0 <= self.export_threads <= 64 or not 1 <= self.export_lease <= 86400:
            raise SettingsInvalid("--export-threads is 0 to 64 and --export-lease 1 to 86400 seconds")
        if not 1 <= self.session_idle <= self.session_longest <= 31_536_000:
            raise SettingsInvalid("--session-idle is 1 second or more, and --session-longest no less, up to a year")
        self.proxy_networks()

    def proxy_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """The networks of ``trusted_proxy``. Raises :class:`SettingsInvalid`."""
        try:
            return tuple(ipaddress.ip_network(part.strip()) for part in (self.trusted_proxy or "").split(",") if part)
        except ValueError as error:
            raise SettingsInvalid(f"--trusted-proxy: {error}") from None


CHOICES = {
    "auth": ("none", "sigv4"),
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("json", "text"),
    "objects": ("local", "s3", "gcs", "azure"),
    "bucket_claims": ("first", "given"),
    "database_prepare": ("auto", "on", "off"),
    "kms_keys": ("refuse", "record"),
}
"""The words that a setting may be, by its name."""
_PATHS = frozenset({"home", "key_file", "tls_cert", "tls_key"})
_NUMBERS = frozenset(
    {"port", "workers", "threads", "export_threads", "export_lease", "session_idle", "session_longest"}
)


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """The settings that the ``CARDWRIGHT_*`` variables give."""
    for item in fields(Settings):
        variable = PREFIX + item.name.upper()
        text = environment.get(variable)
        file = environment.get(f"{variable}_FILE") if item.name in SECRETS and item.name != "key" else None
        if text and file:
            raise SettingsInvalid(f"{variable} and {variable}_FILE are both set: set one of them")
        if file:
            text = _secret(Path(file).expanduser(), f"{variable}_FILE")
        if text:
            yield item.name, _converted(item.name, text, variable)


def _secret(file: Path, variable: str) -> str:
    try:
        text = file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{variable}: {file} cannot be read: {_fault(error)}") from None
    if not text:
        raise SettingsInvalid(f"{variable}: {file} is empty")
    return text


def _from_file(file: Path, *, at_home: bool = False) -> dict[str, object]:
    """The settings of a TOML file. One in the home folder cannot name another home folder."""
    try:
        held = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"{file} is not TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{file} cannot be read: {_fault(error)}") from None
    known = [item.name for item in fields(Settings)]
    values: dict[str, object] = {}
    for name, value in held.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise SettingsInvalid(f"{file}: there is no setting {name}" + (f"; {near[0]} is one" if near else ""))
        if at_home and name == "home":
            raise SettingsInvalid(f"{file}: home is the folder of this file; name another folder with --home")
        values[name] = _of_toml(name, value, file)
    return values


def _of_toml(name: str, value: object, file: Path) -> object:
    if name in _NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool):
            raise SettingsInvalid(f"{file}: {name} is a whole number, not {value!r}")
        return value
    if not isinstance(value, str):
        raise SettingsInvalid(f"{file}: {name} is a text in quotes, not {value!r}")
    return file.absolute().parent / Path(value).expanduser() if name in _PATHS else value


def _fault(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is not UTF-8 text"


def _converted(name: str, text: str, variable: str) -> object:
    if name in _PATHS:
        return Path(text).expanduser()
    if name in _NUMBERS:
        if not text.isdecimal():
            raise SettingsInvalid(f"{variable} is a whole number, not {text!r}")
        return int(text)
    return text
