"""``cardwright policy`` and ``cardwright review``, as a team uses them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import run_text
from tests.console.team import add_users
from tests.formats.pdf_files import text_of
from tests.servers import Server
from tests.wire.calls import account, create

POLICY = "policy: {name}\nversion: {version}\napproval:\n  approvals: [{{role: approver, independent: true}}]\n"
ROLES = {"ana": "author", "ben": "approver", "dora": "admin"}


@pytest.fixture(scope="module")
def team(signed_server: Server) -> dict[str, tuple[str, str]]:
    number = account()
    add_users(signed_server, number, **ROLES)
    return {name: signed_server.key(number, name, role) for name, role in ROLES.items()}


def test_a_team_reviews_a_card_with_commands(
    signed_server: Server, team: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    def run(who: str, *words: str, code: int = 0, **more: Any) -> str:
        key, secret = team[who]
        variables = {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "CARDWRIGHT_ENDPOINT_URL": signed_server.url,
            "CARDWRIGHT_REGION": "us-east-1",
        }
        ended = run_text(*words, environment=variables, **more)
        assert ended.returncode == code, ended.stderr
        return ended.stdout if code == 0 else ended.stderr

    file = tmp_path / "policy.yaml"
    file.write_text(POLICY.format(name="team", version=1))
    assert run("dora", "policy", "put", str(file)) == "team: version 1, active\n"
    assert "not authorized" in run("ben", "policy", "put", str(file), code=1)
    second = POLICY.format(name="team", version=2)
    assert run("dora", "policy", "put", "-", "--inactive", given=second) == "team: version 2, stored, not active\n"
    assert run("ana", "policy", "show", "team", "--version", "2") == second
    listed = run("ana", "policy", "list").splitlines()[1:]
    assert [("active" in line, line.split()[:2]) for line in listed] == [(True, ["team", "1"]), (False, ["team", "2"])]
    assert run("dora", "policy", "activate", "team") == "team: version 2, active\n"

    name = create(signed_server.client(*team["ana"]))
    asked = run("ana", "review", "request", name, "--reviewer", "ben", "--due", "2199-01-31", "--comment", "Please")
    assert asked == f"{name}: review of version 1 requested, PendingReview\n"
    assert name in run("ben", "review", "list", "--assigned-to-me", "--state", "Open")
    assert run("ana", "review", "assign", name, "dora", "ben") == f"{name}: reviewed by ben, dora\n"
    assert "has no requirement for ana" in run("ana", "review", "decide", name, "approve", code=1)
    decided = run("ben", "review", "decide", name, "request_changes", "--comment", "Which data?")
    assert decided.startswith(f"{name}: review ChangesRequested, card PendingReview\n  missing: 1 approval")
    (review,) = json.loads(run("ana", "review", "list", "--card", name, "--json"))
    assert "Missing: ben requested changes" in run("ana", "review", "show", review["ReviewId"])
    late = run("ben", "review", "decide", name, "approve", "--digest", "0" * 64, code=1)
    assert "now: read it, and decide about that digest" in late
    dismissed = run("dora", "review", "dismiss", name, "--decision", "1", "--reason", "Answered")
    assert "review Open" in dismissed
    assert run("ben", "review", "decide", name, "approve") == f"{name}: review Approved, card Approved\n"
    for extension in ("html", "md", "pdf"):
        document = tmp_path / f"card.{extension}"
        run("ana", "card", "export", name, "--output", str(document))
        text = text_of(document.read_bytes()) if extension == "pdf" else document.read_text()
        for word in ("Approved by", "ben", "team, version 2", hashlib.sha256(b"{}").hexdigest()[:16]):
            assert word in text, (extension, word)
    assert run("ana", "review", "request", name) == f"{name}: review of version 1 requested, Approved\n"
    assert run("ana", "review", "decide", name, "withdraw") == f"{name}: review Withdrawn, card Approved\n"
    assert "No approvals" in run("ana", "review", "dates", "--due", "due")
    assert "not authorized" in run("ben", "policy", "deactivate", "team", code=1)
    assert run("dora", "policy", "deactivate", "team") == "team: version 2, stored, not active\n"
    assert "no active version" in run("dora", "policy", "deactivate", "team", code=1)
    assert run("dora", "policy", "delete", "team", "--yes") == "Deleted team\n"


def test_the_presets_are_printed() -> None:
    for name in ("four-eyes", "sr-26-2", "eu-ai-act-high-risk"):
        printed = run_text("policy", "preset", name)
        assert printed.stdout.startswith("#")
        assert f"policy: {name}\n" in printed.stdout
