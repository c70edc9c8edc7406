"""SIGTERM and SIGINT end the program at any moment of its start, and failed workers are replaced."""

import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests import servers
from tests.cli.commands import run
from tests.servers import Server
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import create

# During the interpreter's own start the program cannot prevent a traceback of SIGINT.
BEGIN = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores SIGINT
from cardwright.server.signals import end_at_once
end_at_once()
print("begun", flush=True)
from cardwright.__main__ import main
main()
"""
COMMANDS = {
    "serve": ("serve", "--port"),
    "two workers": ("serve", "--workers", "2", "--port"),
    "worker": ("worker", "--export-threads", "2"),
    "demo": ("demo", "--port"),
    "migrate": ("migrate",),
}
MOMENTS = 5
# Signals arrive at every step of a short wait. A threading.Event in place of Ending hangs within seconds.
ENDINGS = """
import signal
from cardwright.server.signals import Ending
for turn in range(5000):
    end = Ending()
    signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGTERM))
    signal.setitimer(signal.ITIMER_REAL, 0.0003 + turn % 100 * 1e-6)
    end.wait(0.0003)
print("ended")
"""


def begin(home: Path, command: str) -> "tuple[subprocess.Popen[bytes], int]":
    """Start a command in a new process group. Return it and its port when its own code runs."""
    port = servers.free_port()
    arguments = COMMANDS[command]
    if arguments[-1] == "--port":
        arguments += (str(port),)
    with (home / f"{command}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, *arguments, "--home", str(home)],
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process, port


def start_seconds(home: Path, command: str) -> float:
    """Return the current duration of a complete start on this machine in seconds."""
    before = (home / "worker.log").read_text() if (home / "worker.log").exists() else ""
    began = time.monotonic()
    process, port = begin(home, command)
    if command == "migrate":
        assert process.wait(DEADLINE) == 0
    elif command == "worker":
        wait_until(lambda: "runs export jobs" in (home / "worker.log").read_text()[len(before) :])
    else:
        servers.wait_until_ready(Server(home, port, process, home / f"{command}.log", ()))
    seconds = time.monotonic() - began
    process.kill()
    process.communicate()
    return seconds


def group_ended(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", COMMANDS)
def test_one_signal_ends_the_program_at_any_moment_of_its_start(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    assert run("migrate", "--home", str(tmp_path)).returncode == 0
    longest = 1.2 * start_seconds(tmp_path, command)
    moments = random.Random(f"{command} {number}")  # noqa: S311 - no secret
    for _ in range(MOMENTS):
        process, _ = begin(tmp_path, command)
        time.sleep(moments.uniform(0, longest))
        process.send_signal(number)
        process.communicate(timeout=DEADLINE)
        assert process.returncode in {0, -number}
        wait_until(lambda group=process.pid: group_ended(group))  # type: ignore[misc]  # a default binds it
    log = (tmp_path / f"{command}.log").read_text()
    assert "Traceback" not in log, log
    assert run("verify", "--home", str(tmp_path)).returncode == 0


def test_a_signal_during_migration_leaves_a_whole_store_or_none(tmp_path: Path) -> None:
    moments = random.Random(7)  # noqa: S311 - no secret
    for number in range(MOMENTS):
        home = tmp_path / str(number)
        home.mkdir()
        process, _ = begin(home, "migrate")
        time.sleep(moments.uniform(0, 1))
        process.terminate()
        process.communicate(timeout=DEADLINE)
        assert process.returncode in {0, -signal.SIGTERM}
        for command in ("migrate", "verify"):
            assert run(command, "--home", str(home)).returncode == 0


def test_a_signal_ends_a_start_as_the_first_process_of_a_container(tmp_path: Path) -> None:
    """The kernel delivers only signals with a handler to process 1."""
    assert run("migrate", "--home", str(tmp_path)).returncode == 0
    contained = ("unshare", "--user", "--map-root-user", "--pid", "--fork")
    if subprocess.run([*contained, "true"], check=False, capture_output=True).returncode:
        pytest.skip("NOT TESTED: this machine lets no process make a namespace of process numbers")
    waits = BEGIN.replace("main()\n", "import time\nwhile True: time.sleep(1)\n")
    for program in (waits, BEGIN):
        process = subprocess.Popen(
            [*contained, sys.executable, "-c", program, "serve", "--port", str(servers.free_port())],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"CARDWRIGHT_HOME": str(tmp_path)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(first), signal.SIGTERM)
        process.communicate(timeout=DEADLINE)
        assert process.returncode in {128 + signal.SIGTERM, 0}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_serving_server_stops_cleanly(tmp_path: Path, workers: str, number: signal.Signals) -> None:
    with servers.running(tmp_path, "--workers", workers) as server:
        create(server.client())
        assert server.stop(number) == 0
        assert "Traceback" not in server.log.read_text()


def children(server: Server) -> list[int]:
    main = server.process.pid
    found = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [int(pid) for pid in found if "multiprocessing-fork" in Path(f"/proc/{pid}/cmdline").read_text()]


def test_a_killed_worker_is_replaced_at_once_each_time(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--workers", "2") as server:
        for _ in range(3):
            killed, kept = children(server)
            for other in (killed, kept):  # both serve
                os.kill(other, signal.SIGSTOP)
                urllib.request.urlopen(f"{server.url}/healthz", timeout=DEADLINE).close()
                os.kill(other, signal.SIGCONT)
            os.kill(killed, signal.SIGKILL)
            server.log_after(f"worker process {killed} ended with exit code -9: another one starts")
            wait_until(lambda gone=killed: len(set(children(server)) - {gone}) == 2)  # type: ignore[misc]
            assert kept in children(server)
        assert "another one starts in" not in server.log.read_text()


def test_a_worker_that_cannot_start_logs_the_reason_and_is_restarted(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--workers", "2") as server:
        key, aside = tmp_path / "server.key", tmp_path / "aside.key"
        killed, _ = children(server)
        os.kill(killed, signal.SIGSTOP)
        urllib.request.urlopen(f"{server.url}/healthz", timeout=DEADLINE).close()
        key.rename(aside)
        os.kill(killed, signal.SIGKILL)
        server.log_after("ended before it served, with exit code 1: another one starts in 1.0 seconds")
        assert "a worker process cannot start: The server key" in server.log.read_text()
        aside.rename(key)
        wait_until(lambda: len(children(server)) == 2)
        assert "Traceback" not in server.log.read_text()


def test_a_signal_ends_a_wait_at_any_of_its_steps() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDINGS], capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    assert ended.stdout == "ended\n"
