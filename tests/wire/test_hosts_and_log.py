"""The server: the hosts that it answers to, its health and metrics, and what its log leaves out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers import CARDWRIGHT, Server
from tests.waiting import DEADLINE
from tests.wire.calls import arn, content, create, fresh, post, refused, request

_ODD = ("127.0.0.1:1,evil.example", "localhost, evil.example", "127.0.0.1:evil.example", "localhost:1:2", "[::1")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "", *_ODD]
)
def test_a_server_without_keys_answers_to_no_other_host(open_server: Server, host: str) -> None:
    assert post(open_server, "ListModelCards", {}, {"Host": host}).status == 403


@pytest.mark.parametrize("host", ["localhost", "LocalHost:1", "127.0.0.1", "[::1]:8765"])
def test_a_server_without_keys_answers_to_this_machine(open_server: Server, host: str) -> None:
    assert post(open_server, "ListModelCards", {}, {"Host": host}).status == 200


def test_a_server_without_keys_does_not_listen_to_other_machines(tmp_path: Path) -> None:
    command = [CARDWRIGHT, "serve", "--home", str(tmp_path), "--host", "0.0.0.0"]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=DEADLINE)
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


def test_the_aws_command_line_creates_describes_lists_and_searches(open_server: Server) -> None:
    name = fresh("cli")
    document = content(model_id=name)
    named = ("--model-card-name", name)
    expression = json.dumps({"Filters": [{"Name": "ModelId", "Value": name}]})
    made, described, listed, found, deleted = aws(
        open_server,
        ("create-model-card", *named, "--content", document, "--model-card-status", "Draft"),
        ("describe-model-card", *named),
        ("list-model-cards", "--name-contains", name),
        ("search", "--resource", "ModelCard", "--search-expression", expression),
        ("delete-model-card", *named),
    )
    assert made == {"ModelCardArn": arn(name)}
    assert described["Content"] == document
    assert [item["ModelCardName"] for item in listed["ModelCardSummaries"]] == [name]
    assert found["TotalHits"] == {"Value": 1, "Relation": "EqualTo"}
    assert deleted == {}


_AWS = """
import json, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
for command in json.load(sys.stdin):
    if status := driver.main(command):
        sys.exit(status)
    print(end="\f")
"""


def aws(server: Server, *commands: tuple[str, ...]) -> list[dict[str, Any]]:
    """What the AWS CLI prints for commands of SageMaker's: all in one process, which takes two seconds to load."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": "cli", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    given = [["sagemaker", "--endpoint-url", server.url, "--output", "json", *command] for command in commands]
    ended = subprocess.run(
        [sys.executable, "-c", _AWS],
        input=json.dumps(given).encode(),
        capture_output=True,
        check=False,
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return [json.loads(answer or b"{}") for answer in ended.stdout.split(b"\f")[:-1]]
