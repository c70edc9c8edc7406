"""The door itself: which hosts it answers to, what it tells of itself, and what its log never holds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import CARDWRIGHT, Server
from tests.wire.calls import content, create, fresh, post, refused, request


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", ""]
)
def test_an_open_door_answers_to_no_other_host(open_server: Server, host: str) -> None:
    assert post(open_server, "ListModelCards", {}, {"Host": host}).status == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8765"])
def test_an_open_door_answers_to_this_machine(open_server: Server, host: str) -> None:
    assert post(open_server, "ListModelCards", {}, {"Host": host}).status == 200


def test_an_open_door_does_not_listen_to_other_machines(tmp_path: Path) -> None:
    command = [CARDWRIGHT, "serve", "--home", str(tmp_path), "--host", "0.0.0.0"]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=30)
    assert ended.returncode != 0
    assert b"--auth sigv4" in ended.stderr


def test_pages_of_the_server_itself(open_server: Server) -> None:
    here = {"Host": "localhost"}
    post(open_server, "ListModelCards", {})
    assert request(open_server, "GET", "/healthz", headers=here).status == 200
    assert request(open_server, "GET", "/readyz", headers=here).status == 200
    assert b'cardwright_requests_total{code="OK",operation="ListModelCards"}' in (
        request(open_server, "GET", "/metrics", headers=here).body
    )
    assert dict(request(open_server, "GET", "/", headers=here).headers)["location"] == "/cards"


def test_the_log_holds_request_ids_and_no_content(open_server: Server) -> None:
    client = open_server.client()
    marker = fresh("MARKER")
    name = create(client, document=content(model_name=marker))
    client.update_model_card(ModelCardName=name, Content=content(model_description=marker))
    for wrong in (content(model_name=[marker]), "{" + marker, content(**{marker: 1}), marker * 20_000):
        with refused("ValidationException"):
            client.update_model_card(ModelCardName=name, Content=wrong)
    answer = post(open_server, "DescribeModelCard", {"ModelCardName": name})
    last = post(open_server, "CreateModelCard", b'{"Content": "' + marker.encode())
    log = open_server.log_after(last.headers["x-amzn-requestid"])
    assert answer.headers["x-amzn-requestid"] in log
    assert marker not in log


def test_the_aws_command_line_makes_shows_lists_and_finds(open_server: Server) -> None:
    name = fresh("cli")
    document = content(model_id=name)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": "cli", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}

    def aws(*arguments: str) -> dict[str, object]:
        command = [sys.executable, str(Path(sys.executable).with_name("aws")), "sagemaker", "--endpoint-url"]
        ended = subprocess.run(
            [*command, open_server.url, "--output", "json", *arguments],
            capture_output=True,
            check=False,
            env=environment,
        )
        assert ended.returncode == 0, ended.stderr.decode()
        return dict(json.loads(ended.stdout or b"{}"))

    named = ("--model-card-name", name)
    aws("create-model-card", *named, "--content", document, "--model-card-status", "Draft")
    assert aws("describe-model-card", *named)["Content"] == document
    summaries = aws("list-model-cards", "--name-contains", name)["ModelCardSummaries"]
    assert isinstance(summaries, list)
    assert len(summaries) == 1
    expression = json.dumps({"Filters": [{"Name": "ModelId", "Value": name}]})
    found = aws("search", "--resource", "ModelCard", "--search-expression", expression)["TotalHits"]
    assert found == {"Value": 1, "Relation": "EqualTo"}
    assert aws("delete-model-card", *named) == {}
