"""`cardwright serve` as a process: refused starts, and starts with existing data."""

import os
import sqlite3
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cardwright.server.stores import migrate
from cardwright.settings import Settings
from tests import servers
from tests.servers import CARDWRIGHT
from tests.waiting import DEADLINE


def refusal(home: Path, *options: str) -> str:
    command = [CARDWRIGHT, "serve", "--home", str(home), "--port", str(servers.free_port()), *options]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE)
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr


def certificate(folder: Path) -> tuple[str, str]:
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]
    subprocess.run([*make, *more], check=True, capture_output=True)
    return cert, key


def test_listening_beyond_loopback_without_auth_is_refused(tmp_path: Path) -> None:
    assert "--auth sigv4" in refusal(tmp_path, "--host", "0.0.0.0")


def test_the_demo_needs_no_keys_and_prints_a_notice(tmp_path: Path) -> None:
    command = [CARDWRIGHT, "demo", "--home", str(tmp_path), "--auth", "sigv4"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE)
    assert (result.returncode, "start `cardwright serve` with it" in result.stderr) == (2, True), result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("region", ["US-EAST-1", "x y", "local", "eu-west-1\n"])
def test_a_region_that_no_arn_can_hold_is_refused(tmp_path: Path, region: str) -> None:
    assert "--region must be 9 to 16 lower-case letters" in refusal(tmp_path, "--region", region)
    assert not (tmp_path / "cardwright.db").exists()


def test_an_invalid_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("nothing")
    result = refusal(tmp_path, "--tls-cert", str(tmp_path / "none.pem"), "--tls-key", str(tmp_path / "none.pem"))
    assert ("do not match" in result, "None" in result) == (True, False)


def test_a_tls_certificate_without_a_key_is_refused(tmp_path: Path) -> None:
    assert "go together" in refusal(tmp_path, "--tls-cert", certificate(tmp_path)[0])


def test_a_second_start_finds_its_data_and_another_region_is_refused(tmp_path: Path) -> None:
    with servers.running(tmp_path, empty=True) as server:
        server.client().create_model_card(ModelCardName="kept", Content="{}", ModelCardStatus="Draft")
    with servers.running(tmp_path) as server:
        assert server.client().describe_model_card(ModelCardName="kept")["Content"] == "{}"
    assert "--region us-east-1" in refusal(tmp_path, "--region", "eu-west-1")


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    migrate(Settings(home=tmp_path))
    database = sqlite3.connect(tmp_path / "cardwright.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    assert "newer" in refusal(tmp_path)


def test_an_old_schema_error_names_the_migration_command(tmp_path: Path, new_database: str) -> None:
    (tmp_path / "server.key").write_text("A" * 43 + "=\n")
    assert "cardwright migrate" in refusal(tmp_path, "--database-url", new_database)


def test_tls_and_variables_work(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    port = servers.free_port()
    variables = {"HOME": str(tmp_path), "PORT": str(port), "TLS_CERT": cert, "TLS_KEY": key}
    environment = os.environ | {f"CARDWRIGHT_{name}": value for name, value in variables.items()}
    trust = ssl.create_default_context(cafile=cert)
    with subprocess.Popen([CARDWRIGHT, "serve"], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            assert answers(f"https://127.0.0.1:{port}/healthz", trust)
        finally:
            process.terminate()


def answers(url: str, trust: ssl.SSLContext) -> bool:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, context=trust, timeout=DEADLINE) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    return False
