"""`cardwright card`, against a real server on each engine."""

import json
import subprocess
from pathlib import Path

from tests.cli.commands import run
from tests.servers import CARDWRIGHT, Server


def card(server: Server, *arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return run("card", *arguments, "--endpoint-url", server.url, given=given)


def test_a_card_is_created_updated_and_deleted_by_commands(open_server: Server, tmp_path: Path) -> None:
    content = '{ "model_overview": {"model_name": "Grüße"} }\n\n'.encode()
    (tmp_path / "content.json").write_bytes(content)
    made = card(open_server, "create", "cli-life", "--content", str(tmp_path / "content.json"), "--tag", "team=red x")
    assert made.stdout == b"cli-life: version 1, Draft\n", made.stderr
    assert card(open_server, "show", "cli-life", "--content").stdout == content
    assert b"team=red x" in card(open_server, "show", "cli-life").stdout
    assert card(open_server, "update", "cli-life", "--content", "-", given=b"{}").stdout.endswith(b"version 2, Draft\n")
    assert card(open_server, "status", "cli-life", "approved").stdout == b"cli-life: version 2, Approved\n"
    assert card(open_server, "show", "cli-life", "--version", "1", "--content").stdout == content
    versions = json.loads(card(open_server, "history", "cli-life", "--json").stdout)
    assert [item["ModelCardVersion"] for item in versions] == [2, 1]
    refused = card(open_server, "delete", "cli-life")
    assert (refused.returncode, b"2 versions" in refused.stderr) == (1, True)
    assert card(open_server, "delete", "cli-life", "--yes").returncode == 0
    assert b"does not exist" in card(open_server, "show", "cli-life").stderr


def test_a_list_pages_by_itself_and_stops_at_the_limit(open_server: Server) -> None:
    client = open_server.client()
    for number in range(105):
        client.create_model_card(ModelCardName=f"cli-many-{number:03}", Content="{}", ModelCardStatus="Draft")
    found = json.loads(card(open_server, "list", "--name-contains", "CLI-MANY", "--sort-by", "name", "--json").stdout)
    assert [item["ModelCardName"] for item in found] == [f"cli-many-{number:03}" for number in range(105)]
    last = card(open_server, "list", "--name-contains", "cli-many", "--descending", "--limit", "2").stdout.splitlines()
    assert [line.split()[0] for line in last] == [b"Name", b"cli-many-104", b"cli-many-103"]


def test_a_wrong_file_is_refused_before_any_request(open_server: Server, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'{"model_overview": {"model_name": "Gr\xfc\xdfe"}}')
    (tmp_path / "half").write_bytes(b'{"model_overview": ')
    (tmp_path / "other").write_bytes(b'{"other": 1}')
    faults = (("none", "cannot be read"), ("latin", "not UTF-8"), ("half", "not JSON"), ("other", "not a model card"))
    for name, words in faults:
        result = card(open_server, "create", "cli-wrong", "--content", str(tmp_path / name))
        assert (result.returncode, words in result.stderr.decode(), result.stderr.count(b"\n")) == (1, True, 1)


def test_lint_advises_and_fails_only_on_what_is_invalid(open_server: Server) -> None:
    assert (card(open_server, "lint", "-", given=b"{}").returncode) == 0
    result = card(open_server, "lint", "-", "--json", given=b'{"other": 1}')
    assert (result.returncode, json.loads(result.stdout)["Valid"]) == (1, False)


def test_the_answer_of_describe_creates_the_same_card_again(open_server: Server, tmp_path: Path) -> None:
    text = '{"model_overview": {"model_version": 1.50},\n "intended_uses": {}}'
    open_server.client().create_model_card(ModelCardName="cli-first", Content=text, ModelCardStatus="Draft")
    (tmp_path / "answer").write_bytes(card(open_server, "show", "cli-first", "--json").stdout)
    assert card(open_server, "create", "cli-second", "--content", str(tmp_path / "answer")).returncode == 0
    assert open_server.client().describe_model_card(ModelCardName="cli-second")["Content"] == text


def test_no_server_is_one_sentence() -> None:
    command = [CARDWRIGHT, "card", "list", "--endpoint-url", "http://127.0.0.1:9"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert result.returncode == 1
    assert b"No answer from http://127.0.0.1:9: is the server running?" in result.stderr
    assert b"Traceback" not in result.stderr
