"""Greenlets: work that waits for PostgreSQL on an event loop, without a thread.

When the answer to a statement arrives, a thread waits until the other threads let it have the interpreter. A greenlet
is resumed by the loop at once. Measurements: ``docs/decisions/0024-postgresql-on-the-loop.md``.
"""

import time
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet
from psycopg.abc import RV, PQGen
from psycopg.waiting import Ready, Wait

from cardwright.storage.engines.database import Threads

Result = TypeVar("Result")

TICK_SECONDS = 0.1
"""Seconds between two ticks of a wait."""

_NOT_READY, _READ, _WRITE = Ready.NONE, Ready.R, Ready.W  # Python 3.11 needs ten times as long for Ready.R
_WANTS_READ, _WANTS_WRITE = Wait.R, Wait.W


class Greenlets:
    """:class:`storage.engines.database.LoopWork` in greenlets. Functions beyond the limit wait in a queue."""

    def __init__(self, loop: AbstractEventLoop, limit: int, threads: Threads) -> None:
        self.loop = loop
        self.threads = threads
        self.outside = getcurrent()  # the loop's own, which resumes the others
        self.waiting: set[_Greenlet] = set()
        self._free = limit
        self._queue: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self._ticks = False

    def call(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Call a function, and then another one with its result. The second must not wait for the database."""
        if self._free:
            self._free -= 1
            self._begin(work, done)
        else:
            self._queue.append((work, done))

    def _begin(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.resume(_Greenlet(work, self, done))

    def resume(self, paused: "_Greenlet", *value: object) -> None:
        """Go on with a greenlet until it waits again or ends."""
        try:
            result = paused.switch(*value)
        except BaseException:
            self._end()
            raise
        if paused.dead:
            self._end()
            paused.done(result)

    def _end(self) -> None:
        if self._queue:
            self.loop.call_soon(self._begin, *self._queue.popleft())
        else:
            self._free += 1

    def tick(self) -> None:
        """Resume all greenlets that have waited for a while every ``TICK_SECONDS``, as long as any waits."""
        if not self._ticks:
            self._ticks = True
            self.loop.call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._ticks = False
        before = time.monotonic() - TICK_SECONDS
        for paused in [one for one in self.waiting if one.waits_since < before]:
            if paused in self.waiting:
                self.resume(paused, _NOT_READY)
        if self.waiting:
            self.tick()


class _Greenlet(greenlet):
    """One call of a function.

    Attributes:
        done: called with the function's result.
        waits_since: the start of the last wait for a socket, by ``time.monotonic``.
    """

    def __init__(self, work: Callable[[], Any], owner: Greenlets, done: Callable[[Any], None]) -> None:
        super().__init__(work)
        self._owner = owner
        self.done = done
        self.waits_since = 0.0

    def wait_for_socket(self, steps: PQGen[RV], descriptor: int) -> RV:
        """Take psycopg's steps of a statement, and pause before each until the socket is ready or a tick has passed."""
        try:
            wanted = next(steps)
            while True:
                wanted = steps.send(self._ready(descriptor, wanted))
        except StopIteration as end:
            result: RV = end.value
            return result

    def _ready(self, descriptor: int, wanted: int) -> Ready:
        """Pause until a socket is ready, or a tick has passed."""
        owner, loop = self._owner, self._owner.loop
        self.waits_since = time.monotonic()
        owner.waiting.add(self)
        owner.tick()
        try:
            if wanted & _WANTS_READ:
                loop.add_reader(descriptor, owner.resume, self, _READ)
            if wanted & _WANTS_WRITE:
                loop.add_writer(descriptor, owner.resume, self, _WRITE)
            ready: Ready = owner.outside.switch()
            return ready
        finally:
            owner.waiting.discard(self)
            if wanted & _WANTS_READ:
                loop.remove_reader(descriptor)
            if wanted & _WANTS_WRITE:
                loop.remove_writer(descriptor)

    def wait_for_thread(self, work: Callable[[], Result]) -> Result:
        """Pause until a thread has called a function. Returns its result, or raises its error."""
        owner = self._owner
        future = owner.threads.submit(work)
        future.add_done_callback(lambda _: _call_soon(owner, self))
        owner.outside.switch()
        return future.result()


def _call_soon(owner: Greenlets, paused: _Greenlet) -> None:
    with suppress(RuntimeError):  # a thread may outlive the loop
        owner.loop.call_soon_threadsafe(owner.resume, paused)


def current() -> _Greenlet | None:
    """Return the greenlet that runs; None on a thread without one."""
    running = getcurrent()
    return running if isinstance(running, _Greenlet) else None


def blocking(work: Callable[[], Result]) -> Result:
    """Call a function that may block: in a thread, while a greenlet runs."""
    running = current()
    return work() if running is None else running.wait_for_thread(work)
