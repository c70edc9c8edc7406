"""Worker processes of one server: started together, replaced when one ends, stopped together."""

import logging
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, resource_tracker
from multiprocessing.context import SpawnProcess

from cardwright.server.signals import call_at_end

_PAUSE_SECONDS = 0.5  # before the restart of a worker that ended before it served; doubles each time
_LONGEST_PAUSE = 5.0

log = logging.getLogger(__name__)
_spawn = multiprocessing.get_context("spawn")


class Serving:
    """Lets a worker report that it serves."""

    def __init__(self, sender: "connection.Connection[object, object]") -> None:
        self._sender = sender

    def report(self) -> None:
        self._sender.send_bytes(b"serving")


@dataclass(frozen=True, slots=True)
class _Worker:
    """A running process, and the pipe of its reports."""

    process: SpawnProcess
    reports: "connection.Connection[object, object]"


@dataclass(slots=True)
class _Slot:
    """A slot for one worker.

    Attributes:
        worker: the running one; None until the next start.
        due: the time of the next start, by ``time.monotonic``.
        pause: seconds between the last worker's end and that start.
    """

    worker: _Worker | None = None
    due: float = 0.0
    pause: float = 0.0


class Workers:
    """Runs a function in several processes until SIGTERM or SIGINT.

    A worker that ends is replaced at once. One that ends before it served restarts after a pause that grows up to
    five seconds, so that failing starts do not load the machine.

    Args:
        work: called in each process; it can be pickled, and calls ``report`` of its argument once it serves.
        count: processes.
        grace: seconds in which workers must end after SIGTERM; then they are killed.
    """

    def __init__(self, work: Callable[[Serving], None], count: int, grace: float) -> None:
        self._work = work
        self._slots = [_Slot() for _ in range(count)]
        self._grace = grace
        self._ending = False

    def run(self) -> None:
        """Keep the workers running. Called on the main thread of the process."""
        resource_tracker.ensure_running()  # a later start would unblock the signals that _start blocks
        woken, waker = socket.socketpair()
        with woken, waker:
            woken.setblocking(False)
            waker.setblocking(False)
            signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
            call_at_end(self._end)
            try:
                while not self._ending:
                    self._fill()
                    self._wait(woken)
                self._stop()
            finally:
                signal.set_wakeup_fd(-1)

    def _end(self, number: int) -> None:
        if self._ending and number == signal.SIGINT:
            for slot in self._slots:  # the second Ctrl-C
                if slot.worker is not None:
                    slot.worker.process.kill()
        self._ending = True

    def _fill(self) -> None:
        for slot in self._slots:
            if slot.worker is None and slot.due <= time.monotonic() and not self._ending:
                self._start(slot)

    def _start(self, slot: _Slot) -> None:
        reports, sender = _spawn.Pipe(duplex=False)
        process = _spawn.Process(target=self._work, args=(Serving(sender),))
        try:
            with _interrupts_blocked(), sender:
                process.start()
        except OSError as error:  # out of processes or memory
            reports.close()
            slot.pause = _longer(slot.pause)
            slot.due = time.monotonic() + slot.pause
            log.error("a worker process cannot start: %s", error.strerror)  # noqa: TRY400 - the message is enough
            return
        slot.worker = _Worker(process, reports)

    def _wait(self, woken: socket.socket) -> None:
        """Wait for a signal, the end of a worker or the time of a start."""
        if self._ending:
            return
        running = {slot.worker.process.sentinel: slot for slot in self._slots if slot.worker is not None}
        starts = [slot.due for slot in self._slots if slot.worker is None]
        timeout = max(0.0, min(starts) - time.monotonic()) if starts else None
        for ready in connection.wait([woken, *running], timeout):
            if isinstance(ready, int):
                self._empty(running[ready])
            else:
                woken.recv(4096)

    def _empty(self, slot: _Slot) -> None:
        """Remove the ended worker from its slot."""
        ended, slot.worker = slot.worker, None
        if ended is None:
            return
        ended.process.join()
        served = _has_report(ended.reports)
        ended.reports.close()
        slot.pause = 0.0 if served else _longer(slot.pause)
        slot.due = time.monotonic() + slot.pause
        log.warning(
            "worker process %s ended%s with exit code %s: another one starts%s",
            ended.process.pid,
            "" if served else " before it served,",
            ended.process.exitcode,
            f" in {slot.pause} seconds" if slot.pause else "",
        )

    def _stop(self) -> None:
        running = [slot.worker.process for slot in self._slots if slot.worker is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self._grace
        for process in running:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                log.warning("worker process %s did not end within %s seconds and is killed", process.pid, self._grace)
                process.kill()
                process.join()


def _longer(pause: float) -> float:
    return min(_LONGEST_PAUSE, max(_PAUSE_SECONDS, pause * 2))


def _has_report(reports: "connection.Connection[object, object]") -> bool:
    try:
        return reports.poll() and bool(reports.recv_bytes())
    except EOFError:
        return False


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT while a worker starts and inherits the mask: Ctrl-C reaches it as this process's SIGTERM."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
