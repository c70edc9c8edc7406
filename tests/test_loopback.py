"""The guard of the test run itself."""

import socket
from pathlib import Path

import pytest

from tests.loopback import BeyondLoopback


@pytest.mark.parametrize(
    ("family", "host"),
    [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET, "test.invalid"), (socket.AF_INET6, "2001:db8::1")],
)
def test_a_test_cannot_connect_beyond_loopback(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family) as client:
        with pytest.raises(BeyondLoopback, match=host):
            client.connect((host, 9))
        with pytest.raises(BeyondLoopback, match=host):
            client.connect_ex((host, 9))


def test_a_test_can_connect_to_loopback_and_unix_sockets(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as client,
    ):
        assert client.getpeername() == server.getsockname()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        client.connect(str(tmp_path / "socket"))
        assert client.getpeername() == str(tmp_path / "socket")
