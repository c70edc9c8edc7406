"""Prometheus's numbers are those of the whole server, whichever of its workers a scrape reaches."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cardwright.server.request_counts import BUCKETS
from cardwright.server.shared_request_counts import SharedRequestCounts, counts_folder
from tests import servers
from tests.servers import Server
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import post


def workers(server: Server) -> list[int]:
    main = server.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [int(pid) for pid in children if "multiprocessing-fork" in Path(f"/proc/{pid}/cmdline").read_text()]


@contextmanager
def asleep(pid: int) -> Iterator[None]:
    """A worker accepts no connection for the length of a block: another one does."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def scraped(server: Server) -> tuple[int, int]:
    """ListModelCards that were answered: by the counter, and by the histogram."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=DEADLINE) as answer:
        text = answer.read().decode()
    patterns = (
        r'cardwright_requests_total\{code="OK",operation="ListModelCards"\} (\S+)',
        r'cardwright_request_seconds_count\{operation="ListModelCards"\} (\S+)',
    )
    found = [re.search(pattern, text) for pattern in patterns]
    counter, histogram = (0 if one is None else int(float(one[1])) for one in found)
    return counter, histogram


def test_a_scrape_reports_all_workers_killed_ones_included(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--workers", "2") as server:
        first, second = workers(server)
        for other in (first, second):  # the server is ready when one of them is
            with asleep(other):
                servers.wait_until_ready(server)
        with asleep(second):
            for _ in range(3):
                assert post(server, "ListModelCards", {}).status == 200
        with asleep(first):
            for _ in range(4):
                assert post(server, "ListModelCards", {}).status == 200
            assert scraped(server) == (7, 7)
        with asleep(second):
            assert scraped(server) == (7, 7)
        with asleep(first):
            assert scraped(server) == (7, 7)
        os.kill(second, signal.SIGKILL)
        wait_until(lambda: len(set(workers(server)) - {second}) == 2)
        now = workers(server)
        assert scraped(server) == (7, 7)
        with asleep(first):
            servers.wait_until_ready(server)
            assert post(server, "ListModelCards", {}).status == 200
        assert scraped(server) == (8, 8)
        assert first in now


def test_counts_go_on_with_the_file_of_an_ended_process(tmp_path: Path) -> None:
    ended = SharedRequestCounts(tmp_path)
    ended.add("Describe", "OK", 0.002)
    ended.add("Describe", "Fault", 99.0)
    ended.close()
    counts, other = SharedRequestCounts(tmp_path), SharedRequestCounts(tmp_path)
    counts.add("Describe", "OK", 0.002)
    other.add("Describe", "OK", 0.002)
    times = [99.006, 0, 3, *[0] * (len(BUCKETS) - 2), 1]
    for shared in (counts, other):
        totals = shared.totals()
        assert totals.counts == {("Describe", "OK"): 3, ("Describe", "Fault"): 1}
        assert [round(number, 6) for number in totals.times["Describe"]] == times
        shared.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0", "1"]


def test_a_file_of_counts_grows_while_others_read_it(tmp_path: Path) -> None:
    writer, reader = SharedRequestCounts(tmp_path), SharedRequestCounts(tmp_path)
    seen: list[int] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.append(sum(int(count) for count in reader.totals().counts.values()))

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(2000):
        writer.add(f"Operation{number}", "OK", 0.1)
    over.set()
    thread.join()
    assert seen == sorted(seen)
    assert len(reader.totals().counts) == len(reader.totals().times) == 2000
    for shared in (writer, reader):
        shared.close()


def test_counts_that_find_no_room_stay_in_their_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = SharedRequestCounts(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", lambda *_: 0)  # what a full disk takes
        with pytest.raises(OSError, match="No space left"):
            SharedRequestCounts(tmp_path)
        for number in range(1000):
            counts.add(f"Operation{number}", "OK", 0.1)
    assert len(counts.own.counts) == 1000
    assert 0 < len(counts.totals().counts) < 1000
    shutil.rmtree(tmp_path)
    assert len(counts.totals().counts) == 1000
    counts.close()


HOLDS_A_FOLDER = """
from cardwright.server.shared_request_counts import counts_folder
with counts_folder() as folder:
    (folder / "0").write_bytes(b"counts")
    print(folder, flush=True)
    input()
"""


@contextmanager
def holding_a_folder(temporary: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_A_FOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    ) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_start_removes_the_folders_for_counts_of_killed_servers_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    elsewhere, young = tmp_path / "elsewhere", tmp_path / "cardwright-counts-young"
    for folder in (elsewhere, young):
        folder.mkdir()
    (elsewhere / "kept").touch()
    (tmp_path / "cardwright-counts-link").symlink_to(elsewhere)
    (tmp_path / "cardwright-counts-file").touch()
    with holding_a_folder(tmp_path) as (killed, of_killed), holding_a_folder(tmp_path) as (_, of_living):
        assert of_killed.name.startswith("cardwright-counts-")
        killed.kill()
        killed.wait()
        for path in (of_killed, of_living, elsewhere, tmp_path / "cardwright-counts-file"):
            os.utime(path, (1, 1))
        with counts_folder() as own:
            others = {tmp_path / "cardwright-counts-file", tmp_path / "cardwright-counts-link"}
            assert set(tmp_path.iterdir()) == {own, of_living, young, elsewhere} | others
        assert not own.exists()
    assert [path.name for path in elsewhere.iterdir()] == ["kept"]
