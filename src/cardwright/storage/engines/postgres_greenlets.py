"""Greenlets: work that waits for PostgreSQL on an event loop, without a thread.

When the answer to a statement arrives, a thread waits until the other threads let it have the interpreter. A greenlet
is resumed by the loop at once. Measurements: ``docs/decisions/0024-postgresql-on-the-loop.md``.
"""

import time
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Generic, TypeVar

from greenlet import getcurrent, greenlet
from psycopg.abc import RV, PQGen
from psycopg.waiting import Ready, Wait

from cardwright.storage.engines.database import Threads

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

TICK_SECONDS = 0.1
"""Seconds between two ticks of a wait."""

_NOT_READY, _READ, _WRITE = Ready.NONE, Ready.R, Ready.W  # Python 3.11 needs ten times as long for Ready.R
_WANTS_READ, _WANTS_WRITE = Wait.R, Wait.W


class Greenlets:
    """:class:`storage.engines.database.LoopWork` in greenlets.

    Args:
        limit: the number of greenlets that have a connection; others wait for their turn.
    """

    def __init__(self, loop: AbstractEventLoop, limit: int, threads: Threads) -> None:
        self.loop = loop
        self.threads = threads
        self.outside = getcurrent()  # the loop's own, which resumes the others
        self.waiting: set[_Greenlet] = set()
        self.free = limit
        self.queue: deque[_Greenlet] = deque()
        self._ticks = False

    def call(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Call a function, and then another one with its result. The second must not wait for the database."""
        self.resume(_Greenlet(work, self, done))

    def resume(self, paused: "_Greenlet", *value: object) -> None:
        """Go on with a greenlet until it waits again or ends."""
        try:
            result = paused.switch(*value)
        except BaseException:
            paused.end_turn()
            raise
        if paused.dead:
            paused.end_turn()
            paused.done(result)

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
        has_turn: whether it may have a connection, or waits for that.
        waits_since: the start of the last wait for a socket, by ``time.monotonic``.
    """

    def __init__(self, work: Callable[[], Any], owner: Greenlets, done: Callable[[Any], None]) -> None:
        super().__init__(work)
        self._owner = owner
        self.done = done
        self.has_turn = False
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
            ready: Ready = self.pause()
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
        self.pause()
        return future.result()

    def take_turn(self) -> None:
        """Pause until this greenlet may have a connection, which it may until it ends or waits for another one."""
        if not self.has_turn:
            self.has_turn = True
            if self._owner.free:
                self._owner.free -= 1
            else:
                self._owner.queue.append(self)
                self.pause()

    def end_turn(self) -> None:
        """Let another greenlet have a connection."""
        if self.has_turn:
            self.has_turn = False
            if self._owner.queue:
                self._owner.queue.popleft().resume_soon(None)
            else:
                self._owner.free += 1

    def pause(self) -> Any:
        """Pause until the loop resumes this greenlet. Returns the value that it was resumed with."""
        return self._owner.outside.switch()

    def resume_soon(self, value: object) -> None:
        """Have the loop resume this greenlet, which pauses."""
        self._owner.loop.call_soon(self._owner.resume, self, value)


class SharedCall(Generic[Key, Result]):
    """Calls a function once for the keys of all greenlets that wait when the call begins.

    A greenlet gets the result, or the error, of a call that began after it asked.

    Args:
        work: returns the results of some keys. It may wait for the database.
    """

    def __init__(self, work: Callable[[set[Key]], Mapping[Key, Result]]) -> None:
        self._work = work
        self._is_called = False
        self._waiting: deque[tuple[_Greenlet, Key]] = deque()

    def result(self, running: "_Greenlet", key: Key) -> Result | None:
        """Return the result of a key for the greenlet that runs; None without one."""
        if self._is_called:
            self._waiting.append((running, key))
            running.end_turn()  # the call may wait for one
            shared: Future[Mapping[Key, Result]] | None = running.pause()
            if shared is not None:
                return shared.result().get(key)
        self._is_called = True
        sharing, self._waiting = self._waiting, deque()
        called: Future[Mapping[Key, Result]] = Future()
        try:
            called.set_result(self._work({key, *(other for _, other in sharing)}))
        except BaseException as fault:  # noqa: BLE001 - each greenlet raises it
            called.set_exception(fault)
        for one, _ in sharing:
            one.resume_soon(called)
        if self._waiting:
            self._waiting.popleft()[0].resume_soon(None)
        else:
            self._is_called = False
        return called.result().get(key)


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
