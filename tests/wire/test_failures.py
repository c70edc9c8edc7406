"""Faults inside the server: each client gets an answer, and the log names its request."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from cardwright.http import Request, Response
from cardwright.server.app import build
from cardwright.server.application import Application
from cardwright.server.event_loop import EventLoopServer
from cardwright.server.http_connection import HttpConnection
from cardwright.settings import Settings
from tests.waiting import DEADLINE

PATIENCE = DEADLINE
COUNTED = b'cardwright_requests_total{code="InternalFailure",operation="other"} 1.0'


class Answer(NamedTuple):
    status: int
    request_id: str
    document: Any


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    application = build(Settings(home=tmp_path / "home"))
    yield application
    application.close()


def while_served(
    application: Application, ask: Callable[[int], None], answerers: list[EventLoopServer] | None = None
) -> None:
    """Call a function, in a thread, with the port at which the application answers until it returns.

    Args:
        answerers: gets what answers.
    """

    async def serve() -> None:
        answerer = EventLoopServer(application, 4)
        if answerers is not None:
            answerers.append(answerer)
        config = SimpleNamespace(loaded_app=answerer, limit_concurrency=None)
        state = SimpleNamespace(connections=set())
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: HttpConnection(config, state), "127.0.0.1", 0)
        async with server:
            await asyncio.to_thread(ask, server.sockets[0].getsockname()[1])
        for connection in list(state.connections):
            connection.shutdown()

    with ThreadPoolExecutor(1) as pool:  # this thread may have a loop already, that of the browser
        pool.submit(asyncio.run, serve()).result()


def read(response: HTTPResponse) -> Answer:
    body = response.read()
    return Answer(response.status, response.headers["x-amzn-RequestId"], json.loads(body) if body[:1] == b"{" else body)


def create(connection: HTTPConnection, name: str) -> None:
    body = json.dumps({"ModelCardName": name, "ModelCardStatus": "Draft", "Content": "{}"})
    connection.request("POST", "/", body, {"X-Amz-Target": "SageMaker.CreateModelCard"})


def assert_reported(caplog: pytest.LogCaptureFixture, answer: Answer) -> None:
    assert (answer.status, answer.document["__type"]) == (500, "InternalFailure")
    assert "boom" not in json.dumps(answer.document)
    logged = [getattr(record, "request_id", None) for record in caplog.records if record.levelno == logging.ERROR]
    assert answer.request_id in logged


def boom(*_: object) -> Response:
    raise RuntimeError("boom")


def test_a_fault_on_a_thread_of_the_pool_is_answered_and_the_connection_goes_on(
    application: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(application.console, "respond", boom)

    def ask(port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/cards")
        assert_reported(caplog, read(connection.getresponse()))
        connection.request("GET", "/healthz")
        assert read(connection.getresponse()).status == 200
        connection.close()

    while_served(application, ask)
    assert COUNTED in application.telemetry.exposition()


def test_a_fault_while_a_turn_commits_is_answered_to_all_who_wait_for_it(
    application: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    flush = application.store.database.flush

    def ask(port: int) -> None:
        waiting = [HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(3)]
        monkeypatch.setattr(application.store.database, "flush", boom)
        for number, connection in enumerate(waiting):
            create(connection, f"lost-{number}")
        for connection in waiting:
            assert_reported(caplog, read(connection.getresponse()))
        monkeypatch.setattr(application.store.database, "flush", flush)
        for number, connection in enumerate(waiting):
            create(connection, f"kept-{number}")
        assert [read(connection.getresponse()).status for connection in waiting] == [200] * 3
        for connection in waiting:
            connection.close()

    while_served(application, ask)


def test_a_fault_while_one_answer_settles_keeps_no_other_one_waiting(
    application: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    observe = application.telemetry.observe
    first: list[Request] = []

    def observe_all_but_the_first(request: Request, seconds: float) -> None:
        if not first:
            first.append(request)
            raise RuntimeError("boom")
        observe(request, seconds)

    monkeypatch.setattr(application.telemetry, "observe", observe_all_but_the_first)

    def ask(port: int) -> None:
        waiting = [HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(3)]
        for number, connection in enumerate(waiting):
            create(connection, f"card-{number}")
        answers = [read(connection.getresponse()) for connection in waiting]
        assert sorted(answer.status for answer in answers) == [200, 200, 500]
        assert_reported(caplog, next(answer for answer in answers if answer.status == 500))
        for connection in waiting:
            connection.close()

    while_served(application, ask)


@pytest.mark.parametrize("path", ["/cards", "/healthz"], ids=["on a thread", "on the loop"])
def test_an_answer_that_http_cannot_carry_becomes_one_that_it_can(
    application: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    monkeypatch.setattr(application, "console", SimpleNamespace(respond=unsendable))
    monkeypatch.setitem(application.pages, "/healthz", unsendable)

    def ask(port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", path)
        assert_reported(caplog, read(connection.getresponse()))
        connection.close()

    while_served(application, ask)


def unsendable(_: Request) -> Response:
    return Response(200, [("X-Name", "日本")], b"")


def test_a_fault_on_the_loop_is_answered(
    application: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(application.pages, "/healthz", boom)

    def ask(port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/healthz")
        assert_reported(caplog, read(connection.getresponse()))
        connection.close()

    while_served(application, ask)
    assert COUNTED in application.telemetry.exposition()
