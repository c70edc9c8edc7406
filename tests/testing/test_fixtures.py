"""The pytest plugin: fixtures with an empty store for each test, and a light import."""

import json
import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import cardwright
from cardwright.testing import RunningServer

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_store(cardwright_session: cardwright.Session, turn: int) -> None:
    assert cardwright_session.sagemaker_client.list_model_cards()["ModelCardSummaries"] == []
    cardwright.ModelCard("fraud", sagemaker_session=cardwright_session).create()
    assert [entry.name for entry in cardwright_session.embedded_store().home.iterdir() if entry.suffix == ".db"]


def test_a_default_session_opens_the_store_of_the_test(cardwright_session: cardwright.Session) -> None:
    cardwright.ModelCard("fraud").create()
    cards = cardwright_session.sagemaker_client.list_model_cards()["ModelCardSummaries"]
    assert [card["ModelCardName"] for card in cards] == ["fraud"]


def test_a_store_of_the_fixture_exports_a_pdf(cardwright_session: cardwright.Session) -> None:
    card = cardwright.ModelCard("fraud", sagemaker_session=cardwright_session)
    card.create()
    uri = card.export_pdf(f"s3://{cardwright_session.default_bucket()}/cards")
    assert uri is not None
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    stored = cardwright_session.boto_session.client("s3").get_object(Bucket=bucket, Key=key)
    assert stored["Body"].read(5) == b"%PDF-"


def test_the_fixture_server_answers_boto3_and_sessions(cardwright_server: RunningServer) -> None:
    client = cardwright_server.client()
    assert client.list_model_cards()["ModelCardSummaries"] == []
    cardwright.ModelCard("fraud", sagemaker_session=cardwright_server.session()).create()
    assert client.describe_model_card(ModelCardName="fraud")["ModelCardVersion"] == 1
    assert cardwright_server.client("s3").list_buckets()["Buckets"] == []


def test_a_server_that_cannot_start_is_reported_with_its_log(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cardwright.testing import server

    monkeypatch.setattr(server, "free_port", lambda: 0)
    with pytest.raises(RuntimeError, match=r"The server did not start:(\n.*)*--port"):
        request.getfixturevalue("cardwright_server")


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    plugin = import_module(project["entry-points"]["pytest11"]["cardwright"])
    assert callable(plugin.cardwright_session)


def test_the_plugin_imports_neither_boto3_nor_the_store() -> None:
    code = (
        "import pytest, sys, json; before = set(sys.modules); import cardwright.testing.fixtures;"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    loaded = json.loads(ran.stdout)
    own = {name for name in loaded if name.startswith("cardwright.")}
    assert own <= {f"cardwright.testing{end}" for end in ("", ".fixtures", ".sagemaker_mock", ".server", ".template")}
    assert not {"boto3", "botocore", "sqlalchemy", "ssl", "urllib.request"} & set(loaded)


def test_a_run_with_the_plugin_passes_with_warnings_as_errors(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from cardwright.testing.fixtures import cardwright_session\n")
    (tmp_path / "test_cards.py").write_text(
        "import boto3\n"
        "from cardwright.testing import mock_sagemaker\n"
        "def test_fixture(cardwright_session):\n"
        "    assert cardwright_session.sagemaker_client.list_model_cards()['ModelCardSummaries'] == []\n"
        "@mock_sagemaker\n"
        "def test_mock(tmp_path):\n"
        "    assert boto3.client('sagemaker').list_model_cards()['ModelCardSummaries'] == []\n"
    )
    quiet = ["-q", "-W", "error", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'temporary'}"]
    command = [sys.executable, "-m", "pytest", *quiet, str(tmp_path)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ, cwd=tmp_path)
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr
