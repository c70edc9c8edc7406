"""Threads that handle requests and end with the process, even in the middle of work."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")


class RequestThreads:
    """A bounded number of daemon threads; each starts when there is work for it.

    The standard library's pool waits for its threads at the interpreter's end, so a thread that hangs would keep a
    stopped server running.

    Args:
        limit: the largest number of threads.
        name: the beginning of their names in a trace.
    """

    def __init__(self, limit: int, name: str) -> None:
        self._limit = limit
        self._name = name
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._started = 0
        self._free = threading.Semaphore(0)

    def submit(self, work: Callable[[], Result]) -> "Future[Result]":
        """Call a function in one of the threads, in the order of submission."""
        future: Future[Result] = Future()
        self._queue.put((future, work))
        if not self._free.acquire(blocking=False) and self._started < self._limit:
            self._started += 1
            threading.Thread(target=self._run, name=f"{self._name}-{self._started}", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            future, work = self._queue.get()
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - the caller gets it
                future.set_exception(error)
            del future, work
            self._free.release()
