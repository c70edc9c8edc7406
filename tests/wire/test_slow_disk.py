"""A commit that waits for the disk: reads are answered during it, and writes share the next commit."""

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cardwright.server.app import build
from cardwright.server.application import Application
from cardwright.server.event_loop import EventLoopServer
from cardwright.settings import Settings
from tests.waiting import DEADLINE, wait_until
from tests.wire.test_failures import while_served


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    application = build(Settings(home=tmp_path / "home"))
    yield application
    application.close()


def ask(connection: HTTPConnection, operation: str, **members: str) -> None:
    connection.request("POST", "/", json.dumps(members), {"X-Amz-Target": f"SageMaker.{operation}"})


def status(connection: HTTPConnection) -> int:
    response = connection.getresponse()
    response.read()
    return response.status


def test_reads_are_answered_while_a_commit_waits_and_writes_share_the_next(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = application.store.database.flush
    entered, go_on = threading.Event(), threading.Event()
    commits: list[str] = []

    def slow() -> None:
        commits.append(threading.current_thread().name)
        entered.set()
        go_on.wait(DEADLINE)
        flush()

    monkeypatch.setattr(application.store.database, "flush", slow)
    answerers: list[EventLoopServer] = []

    def converse(port: int) -> None:
        first, second, third, reader = (HTTPConnection("127.0.0.1", port, timeout=DEADLINE) for _ in range(4))
        ask(first, "CreateModelCard", ModelCardName="first", ModelCardStatus="Draft", Content="{}")
        assert entered.wait(DEADLINE)
        for name, connection in (("second", second), ("third", third)):
            ask(connection, "CreateModelCard", ModelCardName=name, ModelCardStatus="Draft", Content="{}")
        wait_until(lambda: len(answerers[0].held) == 2)
        ask(reader, "DescribeModelCard", ModelCardName="first")
        assert status(reader) == 400  # it is not on disk yet
        ask(reader, "ListModelCards")
        assert status(reader) == 200
        assert len(commits) == 1
        go_on.set()
        for name, connection in (("first", first), ("second", second), ("third", third)):
            assert status(connection) == 200
            ask(reader, "DescribeModelCard", ModelCardName=name)
            assert status(reader) == 200
        assert commits == ["commit-1", "commit-1"]
        for connection in (first, second, third, reader):
            connection.close()

    while_served(application, converse, answerers)
