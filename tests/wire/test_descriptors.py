"""A server under a limit of open files keeps some for its store, and gives those of idle connections to new ones."""

import contextlib
import socket
import urllib.request
from pathlib import Path

import pytest

from cardwright.server.descriptors import room
from tests import servers
from tests.servers import CARDWRIGHT
from tests.waiting import DEADLINE
from tests.wire.calls import create

HARD = 256


@pytest.mark.parametrize("limit", [1_000_000, 5400, 1024, 300])
def test_connections_and_those_that_wait_leave_the_reserve(limit: int) -> None:
    found = room(limit, reserve=200)
    assert found.connections + found.backlog <= limit - 200
    assert found.connections >= 16
    assert found.connections <= 4096


def test_a_limit_that_is_too_low_still_leaves_some_connections() -> None:
    assert room(10, reserve=200) == (16, 16)


def soft_limit(pid: int) -> int:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Max open files")).split()[3])


def is_open(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def test_more_idle_connections_than_files_keep_no_caller_waiting(tmp_path: Path) -> None:
    with (
        servers.running(tmp_path, program=("prlimit", f"--nofile=64:{HARD}", CARDWRIGHT)) as server,
        contextlib.ExitStack() as stack,
    ):
        assert soft_limit(server.process.pid) == HARD
        client = server.client()
        create(client)
        idle = []
        for number in range(2 * HARD):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE))
            one.sendall((b"", b"GET / HT")[number % 2])
            idle.append(one)
        create(client)
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE) as answer:
            assert answer.status == 200
        opened = [is_open(one) for one in idle]
        assert not any(opened[:HARD])
        assert opened[-1]
        assert opened == sorted(opened)


def test_a_request_that_is_worked_on_keeps_its_connection(tmp_path: Path) -> None:
    with (
        servers.running(tmp_path, program=("prlimit", f"--nofile={HARD}:{HARD}", CARDWRIGHT)) as server,
        contextlib.ExitStack() as stack,
    ):
        sending = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE))
        sending.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{")
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=DEADLINE) as answer:
            assert answer.status == 200  # the head above was read
        for _ in range(2 * HARD):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE))
        sending.sendall(b"}")
        assert sending.recv(65536).startswith(b"HTTP/1.1 ")
