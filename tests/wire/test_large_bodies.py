"""Large bodies: they have the time that they take, and all together only so much of the server's memory."""

import socket
from pathlib import Path

import pytest

from cardwright.server import http_connection
from cardwright.server.app import build
from cardwright.server.event_loop import EventLoopServer
from cardwright.settings import Settings
from tests.waiting import wait_until
from tests.wire.test_failures import PATIENCE, while_served

_KB = 1000


def begun(port: int, declared: int, sent: int) -> socket.socket:
    """A connection that has sent the beginning of a body."""
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.sendall(f"POST /drafts/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {declared}\r\n\r\n".encode())
    client.sendall(b"x" * sent)
    return client


def status(client: socket.socket) -> bytes:
    return client.recv(65536)[9:12]


def test_bodies_that_are_too_much_together_are_refused_and_those_before_them_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "LARGE_BODIES", 300 * _KB)
    application = build(Settings(home=tmp_path / "home"))

    answerers: list[EventLoopServer] = []

    def ask(port: int) -> None:
        with begun(port, 400 * _KB, 250 * _KB) as first:
            wait_until(lambda: answerers[0].body_bytes == 250 * _KB)
            with begun(port, 400 * _KB, 120 * _KB) as second:
                assert status(second) == b"503"
            first.sendall(b"x" * 30 * _KB)
        wait_until(lambda: answerers[0].body_bytes == 0)
        for _ in range(3):
            with begun(port, 250 * _KB, 250 * _KB) as later:
                assert status(later) == b"403"  # read whole; its form came from no page

    while_served(application, ask, answerers)
    application.close()


def test_a_slow_body_has_its_time_as_long_as_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "REQUEST_SECONDS", 1)
    monkeypatch.setattr(http_connection, "SLOWEST", 100)  # the first part gives a thousand seconds
    application = build(Settings(home=tmp_path / "home"))

    def ask(port: int) -> None:
        with begun(port, 500 * _KB, 100 * _KB) as steady, begun(port, 500 * _KB, 10 * _KB) as stuck:
            assert status(stuck) == b"408"  # the second has passed for both
            for _ in range(4):
                steady.sendall(b"x" * 100 * _KB)
            assert status(steady) == b"403"

    while_served(application, ask)
    application.close()
