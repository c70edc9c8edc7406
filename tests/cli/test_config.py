"""Options override variables, variables override the file, and an error names its source."""

import os
import subprocess
from pathlib import Path

import pytest

from cardwright.settings import Settings, SettingsInvalid
from tests.cli.commands import run_text
from tests.servers import CARDWRIGHT


def written(folder: Path, text: str, name: str = "cardwright.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_options_override_variables_and_variables_override_the_file(tmp_path: Path) -> None:
    written(tmp_path, 'port = 1\nthreads = 2\nregion = "eu-west-1"\n')
    environment = {"CARDWRIGHT_HOME": str(tmp_path), "CARDWRIGHT_THREADS": "3", "CARDWRIGHT_REGION": "eu-west-2"}
    settings = Settings.read(environment, {"region": "eu-west-3"})
    assert (settings.port, settings.threads, settings.region) == (1, 3, "eu-west-3")


def test_a_named_file_is_read_instead_of_the_one_at_home(tmp_path: Path) -> None:
    written(tmp_path / "home", "port = 1\n")
    named = written(tmp_path / "etc", 'home = "../home"\nkey_file = "keys/server.key"\n', "other.toml")
    for settings in (Settings.read({"CARDWRIGHT_CONFIG": str(named)}), Settings.read({}, {}, named)):
        assert settings.port == 8765
        assert settings.home.resolve() == tmp_path / "home"
        assert settings.key_file == tmp_path / "etc" / "keys" / "server.key"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port = ", "is not TOML"),
        ('prot = 1\nname = "x"', "unknown setting prot; did you mean port?"),
        ('port = "80"', "port must be a whole number"),
        ("port = true", "port must be a whole number"),
        ("region = 1", "region must be a text in quotes"),
        ('home = "elsewhere"', "home is the folder of this file"),
    ],
)
def test_an_error_in_the_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsInvalid) as refused:
        Settings.read({"CARDWRIGHT_HOME": str(tmp_path)})
    assert str(file) in str(refused.value)
    assert words in str(refused.value)


def test_secrets_come_from_files(tmp_path: Path) -> None:
    token, url = written(tmp_path, "s3cret\n", "token"), written(tmp_path, "postgresql://a:b@c/d\n", "url")
    variables = {"CARDWRIGHT_METRICS_TOKEN_FILE": str(token), "CARDWRIGHT_DATABASE_URL_FILE": str(url)}
    settings = Settings.read(variables)
    assert (settings.metrics_token, settings.database_url) == ("s3cret", "postgresql://a:b@c/d")
    with pytest.raises(SettingsInvalid, match="both set"):
        Settings.read(variables | {"CARDWRIGHT_METRICS_TOKEN": "x"})
    with pytest.raises(SettingsInvalid, match="is empty"):
        Settings.read({"CARDWRIGHT_METRICS_TOKEN_FILE": str(written(tmp_path, "\n", "none"))})
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        Settings.read({"CARDWRIGHT_METRICS_TOKEN_FILE": str(tmp_path / "gone")})


def test_commands_read_the_file_of_their_home(tmp_path: Path) -> None:
    written(tmp_path, 'region = "eu-central-1"\n')
    assert run_text("migrate", "--home", str(tmp_path)).returncode == 0
    wrong = run_text("migrate", "--home", str(tmp_path), "--region", "us-east-2")
    assert (wrong.returncode, "eu-central-1" in wrong.stderr) == (1, True)


def test_every_command_accepts_h(tmp_path: Path) -> None:
    for command in ([], ["key"], ["key", "create"], ["card", "list"], ["serve"]):
        assert run_text(*command, "-h").stdout == run_text(*command, "--help").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_gets_a_completion_script(shell: str) -> None:
    environment = os.environ | {"_CARDWRIGHT_COMPLETE": f"{shell}_source"}
    result = subprocess.run([CARDWRIGHT], env=environment, check=True, capture_output=True, text=True)
    assert "_CARDWRIGHT_COMPLETE" in result.stdout
