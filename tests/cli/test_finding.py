"""``cardwright finding`` and ``check --open-findings`` on an embedded store."""

import json
from pathlib import Path
from typing import Any

from tests.cli.commands import run_text

OWNED = ("--owner", "Mei", "--pointer", "/a")
POLICY = """
policy: owner
version: 1
rules:
  - {id: owner-named, severity: error, require: [/model_overview/model_owner], title: The card names an owner}
  - {id: purpose, severity: warning, require: [/intended_uses/purpose_of_model]}
"""


def test_findings_are_opened_closed_and_listed_with_commands(tmp_path: Path) -> None:
    def run(*words: str, code: int = 0) -> str:
        ended = run_text(*words, environment={"CARDWRIGHT_HOME": str(tmp_path / "home")})
        assert ended.returncode == code, ended.stderr
        return ended.stdout if code == 0 else ended.stderr

    def listed(*words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(run("finding", "list", *words, "--json"))
        return found

    content, policy = tmp_path / "card.json", tmp_path / "policy.yaml"
    content.write_text("{}")
    policy.write_text(POLICY)
    run("card", "create", "fraud", "--content", str(content))
    opened = run(
        "finding", "open", "fraud", "Recall fell", "--severity", "critical", "--owner", "Mei", "--pointer", "/a"
    )
    assert "opened: Recall fell, due" in opened
    (finding,) = listed("--card", "fraud", "--state", "open", "--severity", "critical")
    assert (finding["Owner"], finding["Pointer"]) == ("Mei", "/a")
    changed = run("finding", "update", finding["FindingId"], "--state", "remediated", "--resolution", "Retrained")
    assert "is remediated" in changed
    assert "is closed: Recall fell\n" in run("finding", "close", finding["FindingId"])
    assert "Resolution: Retrained" in run("finding", "show", finding["FindingId"])
    assert listed("--unresolved") == []
    assert "Give at least one of" in run("finding", "update", finding["FindingId"], code=2)

    checked = ["check", "fraud", "--policy", str(policy), "--open-findings"]
    assert "fraud: 2 new findings" in run(*checked, code=1)
    assert "new findings" not in run(*checked, code=1)
    assert [(one["RuleId"], one["Severity"], one["Title"]) for one in listed("--unresolved")] == [
        ("purpose", "medium", "Check purpose fails"),
        ("owner-named", "high", "The card names an owner"),
    ]
    assert "needs a store" in run("check", "--file", str(content), "--policy", str(policy), "--open-findings", code=2)
    assert "No findings" in run("finding", "list", "--overdue")
