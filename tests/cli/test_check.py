"""`cardwright check` and `cardwright policy test`, on a server of each engine, an embedded store and files."""

import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cardwright import ModelCard, Session
from tests.cli.commands import run_text
from tests.core.policy.cards import job
from tests.servers import Server

POLICY = """
policy: checks
applies_to: {name: "cli-check-*", tags: {team: fraud}}
rules:
  - {id: owner-named, require: [/model_overview/model_owner]}
  - {id: rated, severity: warning, require: [/intended_uses/risk_rating]}
  - {id: auc-kept, regression: {metric: auc}}
"""
GOOD = {"model_overview": {"model_owner": "Ana"}, "intended_uses": {"risk_rating": "Low"}}


_numbers = itertools.count(1)


def fresh(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}-{next(_numbers):03}"


@pytest.fixture
def policy(tmp_path: Path) -> str:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return str(path)


def written(path: Path, document: Any) -> str:
    path.write_text(document if isinstance(document, str) else json.dumps(document, indent=2))
    return str(path)


def check(*arguments: str, **environment: str | None) -> "subprocess.CompletedProcess[str]":
    quiet: dict[str, str | None] = {"GITHUB_ACTIONS": None, "GITHUB_STEP_SUMMARY": None, "GITHUB_WORKSPACE": None}
    return run_text("check", *arguments, environment=quiet | environment)


def test_the_exit_code_distinguishes_failures_wrong_use_policies_and_cards(policy: str, tmp_path: Path) -> None:
    good, bad = written(tmp_path / "good.json", GOOD), written(tmp_path / "bad.json", {"model_overview": {}})
    warned = written(tmp_path / "warned.json", {"model_overview": {"model_owner": "Ana"}})
    broken = written(tmp_path / "broken.yaml", "policy: p\nrules: 1\n")
    half = written(tmp_path / "half.json", '{"model_overview": ')
    for code, arguments in (
        (0, ("--file", good, "--policy", policy)),
        (0, ("--file", warned, "--policy", policy)),
        (1, ("--file", warned, "--policy", policy, "--fail-on", "warning")),
        (1, ("--file", good, bad, "--policy", policy)),
        (0, ("--file", bad, "--policy", policy, "--fail-on", "never")),
        (2, ("--policy", policy)),
        (2, ("--file", good, "--all", "--policy", policy)),
        (2, ("--file", good, "--policy", str(tmp_path / "none.yaml"))),
        (2, ("--file", good, "--policy", policy, "--now", "soon")),
        (2, ("--file", good, "--policy", policy, "--against", "latest")),
        (2, ("--file", good, "--policy", policy, "--output", str(tmp_path / "no" / "folder"))),
        (3, ("--file", good, "--policy", broken)),
        (4, ("--file", half, "--policy", policy)),
        (4, ("--file", bad, str(tmp_path / "none.json"), "--policy", policy)),
    ):
        ended = check(*arguments)
        assert ended.returncode == code, (arguments, ended.stdout, ended.stderr)
    assert (
        "broken.yaml: Line 2, column 8: a number where a list is expected"
        in check("--file", good, "--policy", broken).stderr
    )


def test_an_unreadable_file_does_not_hide_the_others(policy: str, tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", GOOD)
    ended = check("--file", str(tmp_path / "none.json"), good, "--policy", policy, "--format", "json")
    assert [card["name"] for card in json.loads(ended.stdout)["cards"]] == ["good"]
    assert "none.json: No such file" in ended.stderr


def test_files_of_every_export_are_checked_without_a_store(
    open_server: Server, policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = ModelCard.from_dict(GOOD, name=fresh("files"), sagemaker_session=Session(open_server.url))
    card.create()
    card.export(tmp_path / "one.record.json")
    card.export(tmp_path / "two.json")
    described = open_server.client().describe_model_card(ModelCardName=card.name)
    written(tmp_path / "three.json", json.dumps(described, default=str))
    monkeypatch.setenv("CARDWRIGHT_HOME", str(tmp_path / "no-store"))
    files = [str(tmp_path / name) for name in ("one.record.json", "two.json", "three.json")]
    ended = check("--file", *files, "--policy", policy, "--format", "json")
    found = [(one["name"], one["version"], one["status"]) for one in json.loads(ended.stdout)["cards"]]
    assert sorted(found, key=str) == sorted(
        [(card.name, 1, "Draft"), ("two", None, None), (card.name, 1, "Draft")], key=str
    )
    assert not (tmp_path / "no-store").exists()


def test_a_policy_that_names_groups_of_the_account_is_checked_without_a_store(tmp_path: Path) -> None:
    named = tmp_path / "team.yaml"
    named.write_text(
        f"{POLICY}approval: {{approvals: [{{reviewers: model-risk}}], waivers: {{by: board, max_days: 9}}}}"
    )
    file = written(tmp_path / "card.json", GOOD)
    ended = check("--file", file, "--policy", str(named))
    assert (ended.returncode, "1 card, 0 failed" in ended.stdout) == (0, True)
    assert "only a server knows whether the groups model-risk, board exist" in ended.stderr
    named.write_text(f"{POLICY}approval: {{approvals: [{{reviewer: model-risk}}]}}")
    broken = check("--file", file, "--policy", str(named))
    assert (broken.returncode, "Line 8, column 25" in broken.stderr) == (3, True)


def test_a_server_refuses_a_policy_file_with_an_unknown_group(open_server: Server, tmp_path: Path) -> None:
    name = fresh("groups")
    ModelCard.from_dict(GOOD, name=name, sagemaker_session=Session(open_server.url)).create()
    named = tmp_path / "team.yaml"
    named.write_text(f"{POLICY}approval: {{approvals: [{{reviewers: model-risk}}]}}")
    ended = check(name, "--policy", str(named), "--endpoint-url", open_server.url)
    assert (ended.returncode, "there is no group 'model-risk'" in ended.stderr) == (3, True)


def test_a_record_with_another_digest_is_refused(policy: str, tmp_path: Path) -> None:
    record = {"format": "cardwright-record-1", "name": "a", "content": "{}", "content_sha256": "0" * 64}
    ended = check("--file", written(tmp_path / "a.record.json", record), "--policy", policy)
    assert (ended.returncode, "does not have the digest" in ended.stderr) == (4, True)


def test_stored_cards_are_compared_with_the_approved_or_a_named_version(open_server: Server, policy: str) -> None:
    client, name = open_server.client(), fresh("cli-check")
    for number, (auc, status) in enumerate(((0.9, "Approved"), (0.95, "Draft"), (0.92, "Draft"))):
        content = json.dumps(GOOD | {"evaluation_details": [job(f"Quality 2026 Q{number + 1}", {"auc": auc})]})
        if number == 0:
            client.create_model_card(ModelCardName=name, Content=content, ModelCardStatus=status)
        else:
            client.update_model_card(ModelCardName=name, Content=content, ModelCardStatus=status)
    at = ("--policy", policy, "--endpoint-url", open_server.url, "--format", "json")
    for arguments, code, words in (
        ((name,), 0, "0.9 -> 0.92, better"),
        ((name, "--against", "approved"), 0, "0.9 -> 0.92, better"),
        ((name, "--against", "previous"), 1, "0.95 -> 0.92, worse"),
        ((name, "--against", "2"), 1, "0.95 -> 0.92, worse"),
        ((f"{name}:2", "--against", "3"), 0, "0.92 -> 0.95, better"),
        ((f"{name}:1",), 0, "There is no approved version"),
    ):
        ended = check(*arguments, *at)
        assert (ended.returncode, words in ended.stdout) == (code, True), (arguments, ended.stdout, ended.stderr)
    pairing = json.loads(check(name, *at).stdout)["cards"][0]["pairings"]
    assert [(one["against"], one["version"], len(one["jobs"])) for one in pairing] == [("approved", 1, 1)]
    for wrong in (("none",), (f"{name}:9",), (name, "--against", "9")):
        assert check(*wrong, *at).returncode == 4


def test_all_checks_the_cards_that_the_policy_applies_to(open_server: Server, policy: str) -> None:
    client = open_server.client()
    tags = [{"Key": "team", "Value": "fraud"}]
    names = [fresh("cli-check-all") for _ in range(3)]
    for name, more in zip(names, ({"Tags": tags}, {"Tags": tags}, {}), strict=True):
        content = json.dumps(GOOD if name == names[0] else {})
        client.create_model_card(ModelCardName=name, Content=content, ModelCardStatus="Draft", **more)
    at = ("--endpoint-url", open_server.url)
    found = json.loads(check("--all", "--policy", policy, "--format", "json", *at).stdout)
    assert [(one["name"], one["outcome"]) for one in found["cards"]] == [(names[0], "pass"), (names[1], "fail")]
    tested = run_text("policy", "test", policy, "--json", *at)
    assert tested.returncode == 0
    assert json.loads(tested.stdout)["failing"] == [
        {"name": names[1], "version": 1, "status": "Draft", "failed": ["owner-named", "rated"]}
    ]
    assert f"{names[1]}:1 (Draft): owner-named, rated" in run_text("policy", "test", policy, *at).stdout


def test_an_embedded_store_and_a_preset_by_name_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CARDWRIGHT_ENDPOINT_URL", raising=False)
    ModelCard.from_dict({}, name="embedded", sagemaker_session=Session()).create()
    ended = check("embedded", "--policy", "four-eyes")
    assert ended.returncode == 1
    assert "error    owner-named: Owner is missing" in ended.stdout
    assert run_text("policy", "test", "four-eyes").stdout.startswith("The policy applies to 1 card; 1 would fail.")


def test_a_server_that_does_not_answer_is_an_unreadable_card(policy: str) -> None:
    ended = check("a", "--policy", policy, "--endpoint-url", "http://127.0.0.1:9")
    assert (ended.returncode, "No answer from" in ended.stderr) == (4, True)


def test_github_is_the_default_in_a_workflow_with_a_summary(policy: str, tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    bad, summary = written(folder / "bad.json", {"model_overview": {}}), tmp_path / "summary.md"
    summary.write_text("before\n")
    ended = check(
        "--file",
        bad,
        "--policy",
        policy,
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_WORKSPACE=str(tmp_path),
    )
    assert ended.stdout.startswith("::error file=cards/bad.json,line=2,")
    assert summary.read_text().startswith("before\n### Policy checks\n")
    assert "| bad | error | owner-named |" in summary.read_text()


def test_a_report_that_cannot_be_written_is_named(policy: str, tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", GOOD)
    for output in (".", "/", str(tmp_path), str(tmp_path / "missing" / "report")):
        ended = check("--file", good, "--policy", policy, "--output", output)
        assert (ended.returncode, f"--output {output}: " in ended.stderr) == (2, True), ended.stderr
    summary = str(tmp_path / "missing" / "summary.md")
    ended = check("--file", good, "--policy", policy, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=summary)
    assert (ended.returncode, ended.stderr) == (
        0,
        f"cardwright: GITHUB_STEP_SUMMARY {summary}: No such file or directory\n",
    )


def test_the_output_file_is_byte_equal_at_one_time(policy: str, tmp_path: Path) -> None:
    good, output = written(tmp_path / "good.json", GOOD), tmp_path / "report.json"
    printed = []
    for _ in range(2):
        arguments = ("--file", good, "--policy", policy, "--format", "json", "--now", "2026-11-28T12:00:00Z")
        assert check(*arguments, "--output", str(output)).stdout == ""
        printed.append(output.read_bytes())
    assert printed[0] == printed[1]
    assert json.loads(printed[0])["startedAt"] == "2026-11-28T12:00:00.000Z"


def test_sarif_of_a_stored_card_names_lines_of_its_printed_content(open_server: Server, policy: str) -> None:
    name = fresh("cli-check-sarif")
    open_server.client().create_model_card(
        ModelCardName=name, Content='{"model_overview":{},"intended_uses":{}}', ModelCardStatus="Draft"
    )
    ended = check(name, "--policy", policy, "--format", "sarif", "--endpoint-url", open_server.url)
    results = json.loads(ended.stdout)["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert [place["artifactLocation"]["uri"] for place in places] == [f"cards/{name}.json"] * 2
    assert [place["region"]["startLine"] for place in places] == [2, 3]
