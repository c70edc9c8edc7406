"""A refusal because of another request of its batch is sent after the commit of that request."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.http import Response
from tests.wire.batches import BatchServer

CREATE = ("CreateModelCard", {"ModelCardName": "card", "Content": "{}", "ModelCardStatus": "Draft"})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BatchServer]:
    running = BatchServer(tmp_path)
    yield running
    running.close()


def test_a_refusal_waits_for_the_write_that_it_is_about(server: BatchServer) -> None:
    answers: list[Response] = []
    server.send(CREATE, answers.append)
    server.send(CREATE, answers.append)
    assert answers == []
    server.end()
    assert [answer.status for answer in answers] == [200, 400]
    assert json.loads(answers[1].body)["__type"] == "ConflictException"
    assert server.describe("card")["ModelCardVersion"] == 1


def test_a_refusal_becomes_a_fault_when_the_write_that_it_is_about_fails(
    server: BatchServer,
) -> None:
    answers: list[Response] = []
    server.send(CREATE, answers.append)
    server.send(CREATE, answers.append)
    waiting = server.application.take_batch()
    server.application.answer_batch(waiting, OSError("No space left on device"))
    assert [answer.status for answer in answers] == [500, 500]


def test_a_refusal_without_writes_before_it_is_answered_at_once(server: BatchServer) -> None:
    assert server.batch(CREATE)[0]["ModelCardArn"].endswith("model-card/card")
    answers: list[Response] = []
    server.send(CREATE, answers.append)
    assert [answer.status for answer in answers] == [400]
