"""The priority of threads. Other systems than Linux have priorities of processes alone."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.jobs.urgency import LESS_URGENT
from cardwright.server.request_threads import RequestThreads
from tests import servers
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a thread has no priority of its own")


def priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.parametrize(("urgent", "more"), [(True, 0), (False, LESS_URGENT)])
def test_slow_requests_have_threads_with_a_lower_priority(urgent: bool, more: int) -> None:
    threads = RequestThreads(1, "test", urgent=urgent)
    before = priority()
    for _ in range(2):  # the thread is the same, and its priority falls once
        assert threads.submit(priority).result() == before + more
    assert priority() == before


def priorities(process: int) -> Iterator[int]:
    """The nice values of a process's threads."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        yield os.getpriority(os.PRIO_PROCESS, int(thread.name))


def test_a_server_gives_exports_and_pages_a_lower_priority(tmp_path: Path) -> None:
    with servers.running(tmp_path / "home", "--export-threads", "1") as server:
        own = os.getpriority(os.PRIO_PROCESS, server.process.pid)
        wait_until(lambda: [*priorities(server.process.pid)].count(own + LESS_URGENT) == 1, "no export thread")
        server.client().search(Resource="ModelCard")
        wait_until(lambda: [*priorities(server.process.pid)].count(own + LESS_URGENT) == 2, "no thread of searches")
        server.client().list_model_cards()
        assert os.getpriority(os.PRIO_PROCESS, server.process.pid) == own
