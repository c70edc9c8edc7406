"""A full disk: readiness reports it, a start fails with a message, and freed space ends the outage."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.servers import CARDWRIGHT, Server
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import create, refused

SIZE = 12_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("NOT TESTED: only root can mount a small disk here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk to its last byte."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (100_000, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    assert os.statvfs(folder).f_bavail == 0
    return filler


def readiness(server: Server) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_readiness_reports_a_full_disk_until_space_is_freed(tmp_path: Path, small_disk: Path) -> None:
    home = small_disk / "home"
    with servers.running(home) as server:
        create(server.client())
        assert readiness(server)[0] == 200
        filler = fill(small_disk)
        status, result = readiness(server)
        assert (status, "accepts no more data: No space left on device" in result) == (503, True), result
        server.client().list_model_cards()
        with refused("ServiceUnavailable"):
            for _ in range(1000):  # the log has some space left
                create(server.client())
        filler.unlink()
        assert readiness(server)[0] == 200
        create(server.client())


def test_a_start_with_some_room_left_warns_and_serves_for_reading(small_disk: Path) -> None:
    home = small_disk / "home"
    with servers.running(home) as server:
        name = create(server.client())
        server.stop(signal.SIGKILL)
    fill(small_disk)
    port, log = servers.free_port(), small_disk.parent / "server.log"
    with log.open("wb") as output:
        command = [CARDWRIGHT, "serve", "--home", str(home), "--port", str(port)]
        process = subprocess.Popen(command, stderr=output)
    server = Server(home, port, process, log, ())
    try:
        wait_until(lambda: port_answers(port))
        assert server.client().describe_model_card(ModelCardName=name)["Content"] == "{}"
        assert readiness(server)[0] == 503
        assert "accepts no more data: No space left on device" in server.log_after("accepts no more data")
    finally:
        assert server.stop() == 0


def port_answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "demo", "key"])
@pytest.mark.parametrize("store", ["none", "empty"])
def test_a_start_on_a_full_disk_reports_it(small_disk: Path, command: str, store: str) -> None:
    home = small_disk / "home"
    home.mkdir()
    if store == "empty":
        subprocess.run([CARDWRIGHT, "migrate", "--home", home], check=True)
    elif command == "worker":
        pytest.skip("a worker makes no store")
    fill(small_disk)
    more = {
        "serve": ("--port", str(servers.free_port())),
        "demo": ("--port", str(servers.free_port())),
        "key": ("create", "--account", "123456789012", "--user", "ann"),
    }
    result = subprocess.run(
        [CARDWRIGHT, command, *more.get(command, ()), "--home", home], check=False, capture_output=True, text=True
    )
    assert result.returncode == 1, result.stderr
    assert "No space left on device" in result.stderr or "disk is full" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    if command in {"serve", "worker"}:  # their lines are JSON where no terminal reads them
        assert json.loads(result.stderr)["level"] == "error"
    else:
        assert result.stderr.startswith("cardwright: ")
