"""`cardwright card diff` against a real server, as text and as JSON."""

import json
import subprocess

from tests.cli.commands import run_text
from tests.console.conftest import console  # noqa: F401 - a fixture
from tests.servers import Server


def diff(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_text("card", "diff", *arguments, "--endpoint-url", server.url)


def test_two_versions_are_compared(console: Server) -> None:  # noqa: F811 - the fixture
    result = diff(console, "fraud-classifier:2", "fraud-classifier", "--json")
    found = json.loads(result.stdout)
    assert result.returncode == 0
    assert not found["equal"]
    verdicts = {item["name"]: item["verdict"] for item in found["metrics"] if item["group"].startswith("binary")}
    assert (verdicts["recall"], verdicts["precision"], verdicts["auc"]) == ("better", "worse", "same")
    assert ["intended_uses.risk_rating", "Medium", "High"] in [
        [item["path"], item["before"], item["after"]] for item in found["values"]
    ]
    assert "risk_rating: Medium -> High" in diff(console, "fraud-classifier:2", "fraud-classifier").stdout


def test_a_card_equals_itself_and_a_missing_version_is_named(console: Server) -> None:  # noqa: F811 - the fixture
    assert "contents are equal" in diff(console, "fraud-classifier", "fraud-classifier:3").stdout
    assert diff(console, "fraud-classifier:x", "fraud-classifier").returncode == 2
    assert "does not exist" in diff(console, "nothing-here", "fraud-classifier").stderr
