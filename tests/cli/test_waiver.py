"""``cardwright waiver``, ``comment`` and ``evidence``, as a team uses them, and waivers in every format of a check."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import run_text
from tests.console.team import add_users
from tests.servers import Server
from tests.wire.calls import account, create

ROLES = {"ana": "author", "ben": "approver", "dora": "admin"}
POLICY = """
policy: waiving
version: 1
approval:
  approvals: [{role: approver, independent: true}]
  required_checks: [owner-named, instructions]
  waivers: {by: risk, max_days: 3650}
rules:
  - {id: owner-named, severity: error, require: [/model_overview/model_owner]}
  - {id: instructions, severity: error, evidence: {kind: instructions}}
reviewers: {risk: [ben]}
"""
SHOWN = {
    "text": "waived: Until the rebuild",
    "json": '"reason": "Until the rebuild"',
    "sarif": '"justification": "Until the rebuild"',
    "junit": "Waived: Until the rebuild",
    "github": "",
    "gitlab": "",
}
"""What each format shows of the waiver; the last two list failures alone."""


class Team:
    """The commands of the people of an account."""

    def __init__(self, server: Server) -> None:
        self.server = server
        number = account()
        add_users(server, number, **ROLES)
        self.keys = {name: server.key(number, name, role) for name, role in ROLES.items()}

    def run(self, who: str, *words: str, code: int = 0, **more: Any) -> str:
        key, secret = self.keys[who]
        variables = {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "CARDWRIGHT_ENDPOINT_URL": self.server.url,
            "CARDWRIGHT_REGION": "us-east-1",
        }
        ended = run_text(*words, environment=variables, **more)
        assert ended.returncode == code, ended.stderr
        return ended.stdout if code == 0 else ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def team(shared: Callable[..., Server]) -> Team:
    return Team(shared("sqlite", "--auth", "sigv4"))


def test_a_team_waives_comments_and_proves_with_commands(team: Team, tmp_path: Path) -> None:
    run = team.run
    policy, guide = tmp_path / "policy.yaml", tmp_path / "guide.txt"
    policy.write_text(POLICY)
    guide.write_text("Read me")
    run("dora", "policy", "put", str(policy))
    name = create(team.server.client(*team.keys["ana"]))
    checking = ["check", name, "--policy", "waiving"]
    failed = run("ana", *checking, code=1)
    assert "owner-named" in failed
    assert "instructions" in failed

    added = run("ana", "evidence", "add", name, str(guide), "--kind", "instructions", "--note", "For operators")
    (evidence,) = json.loads(run("ben", "evidence", "list", name, "--json"))
    assert added.startswith(f"{evidence['EvidenceId']} added: guide.txt, SHA-256")
    copy = tmp_path / "copy.txt"
    run("ben", "evidence", "get", evidence["EvidenceId"], "--output", str(copy))
    assert copy.read_text() == "Read me"
    assert "exists" in run("ben", "evidence", "get", evidence["EvidenceId"], "--output", str(copy), code=2)

    asking = ["waiver", "request", name, "--rule", "owner-named", "--reason", "Until the rebuild", "--until"]
    assert "an expiry in the future" in run("ana", *asking, "2020-01-31", code=1)
    asked = run("ana", *asking, "2030-01-31")
    waiver_id = asked.split()[0]
    assert "is requested, until 2030-01-31 00:00 UTC" in asked
    assert "a second person agrees" in run("ana", "waiver", "grant", waiver_id, code=1)
    assert "lets risk grant waivers" in run("dora", "waiver", "grant", waiver_id, code=1)
    assert "owner-named" in run("ana", *checking, code=1)
    assert "is active" in run("ben", "waiver", "grant", waiver_id, "--until", "2029-01-31")
    for name_of_format, words in SHOWN.items():
        assert words in run("ana", *checking, "--format", name_of_format)
    assert "owner-named" in run("ana", *checking, "--now", "2029-02-01", code=1)
    assert "active" in run("ana", "waiver", "list", "--card", name)
    assert "is revoked" in run("ben", "waiver", "revoke", waiver_id, "--reason", "Rebuilt")
    run("ana", *checking, code=1)

    commented = run("ben", "comment", "add", name, "Who owns it?", "--pointer", "/model_overview/model_owner")
    comment_id = commented.split()[0]
    run("ana", "comment", "add", name, "I do.", "--reply-to", comment_id)
    assert run("ana", "comment", "resolve", comment_id) == f"{comment_id} is resolved\n"
    (reply, root) = json.loads(run("ana", "comment", "list", name, "--json"))
    assert (reply["ReplyTo"], root["ResolvedBy"], root["Outdated"]) == (comment_id, "ana", False)
    assert "resolved" in run("ana", "comment", "list", name)
    assert "Give one of" in run("ana", "comment", "add", name, "Lost", code=2)
    output = run("dora", "audit", "list", "--card", name)
    for sentence in ("Waiver of the check owner-named granted", "Evidence added: guide.txt", "resolved"):
        assert sentence in output
