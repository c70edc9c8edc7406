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


def test_jobs_whose_names_carry_the_quarter_are_paired(console: Server) -> None:  # noqa: F811 - the fixture
    found = json.loads(diff(console, "fraud-classifier:1", "fraud-classifier:3", "--json").stdout)
    (auc,) = [item for item in found["metrics"] if item["name"] == "auc"]
    assert (auc["before"], auc["after"], auc["verdict"]) == (0.9306, 0.9465, "better")
    printed = diff(console, "fraud-classifier:1", "fraud-classifier:3").stdout
    assert "with Model quality, September 2025 sample: paired by kind; the names differ only in" in printed
    assert "auc: 0.9306 ± 0.0025 -> 0.9465 ± 0.0019 (better)" in printed


def test_a_pair_given_by_hand_can_be_remembered_and_forgotten(console: Server) -> None:  # noqa: F811 - the fixture
    versions = ("fraud-classifier:1", "fraud-classifier:3")
    old, new = "Model quality, September 2025 sample", "Explainability, first quarter of 2026"
    given = json.loads(diff(console, *versions, "--pair", f"{old}={new}", "--json").stdout)
    assert [pair["paired_by"] for pair in given["pairs"] if pair["before"]] == ["by hand"]
    alone = json.loads(diff(console, *versions, "--pair", f"{old}=", "--remember", "--json").stdout)
    assert [pair["paired_by"] for pair in alone["pairs"] if pair["before"]] == [None]
    kept = run_text("card", "pairs", "fraud-classifier", "--endpoint-url", console.url).stdout
    assert old in kept
    assert "no partner" in kept
    events = run_text("card", "events", "fraud-classifier", "--endpoint-url", console.url).stdout
    assert f"evaluation jobs paired: {old}" in events
    forgotten = run_text("card", "pairs", "fraud-classifier", "--forget", old, "--endpoint-url", console.url)
    assert "No pairs." in forgotten.stdout


def test_a_pair_with_a_mistake_is_a_usage_error(console: Server) -> None:  # noqa: F811 - the fixture
    for pair, problem in (
        ("a=b", 'does not have the evaluation job "a"'),
        ("a", "write FIRST=SECOND"),
        ("=b", "write FIRST=SECOND"),
    ):
        result = diff(console, "fraud-classifier:1", "fraud-classifier", "--pair", pair)
        assert (result.returncode, problem in result.stderr) == (2, True)
    result = diff(console, "fraud-classifier:1", "fraud-classifier", "--remember")
    assert (result.returncode, "at least one" in result.stderr) == (2, True)
