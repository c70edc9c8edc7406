"""Threads that work on requests. They end with the process, whatever they are at."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")


class RequestThreads:
    """A fixed number of threads; each starts when there is work for it.

    The standard library's pool waits at the interpreter's end for threads that are stuck, and a server that was asked
    to stop would go on. These threads are daemons.

    Args:
        most: how many threads there are at most.
        name: what they are called in a trace.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._started = 0
        self._free = threading.Semaphore(0)

    def submit(self, work: Callable[[], Result]) -> "Future[Result]":
        """Have a function called in one of the threads, after those before it."""
        future: Future[Result] = Future()
        self._queue.put((future, work))
        if not self._free.acquire(blocking=False) and self._started < self._most:
            self._started += 1
            threading.Thread(target=self._run, name=f"{self._name}-{self._started}", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            future, work = self._queue.get()
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it is the caller's
                future.set_exception(error)
            del future, work
            self._free.release()
