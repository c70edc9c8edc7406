"""The effect of SIGTERM and SIGINT on a process before it serves and while it serves."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

ENDINGS = (signal.SIGTERM, signal.SIGINT)

_KILLED_BY = 128  # a shell's exit code of a process that a signal ended, without the signal's number


def end_at_once() -> None:
    """Let SIGTERM and SIGINT end this process at once and without a traceback.

    A signal that the process inherited as ignored stays ignored. The kernel does not apply a signal's default to
    the first process of a container, so a handler ends it there.
    """
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _exit if os.getpid() == 1 else signal.SIG_DFL)


def call_at_end(ending: Callable[[int], None]) -> None:
    """Call a function with the number of each SIGTERM and SIGINT, on the main thread."""

    def call(number: int, _: FrameType | None) -> None:
        ending(number)

    for number in ENDINGS:
        signal.signal(number, call)


class Ending:
    """Notes SIGTERM and SIGINT, for a main thread that waits for one of them.

    It is no ``threading.Event``: a handler that sets one may run on the thread that waits for it and has its lock. Then
    that thread waits forever.
    """

    def __init__(self) -> None:
        self._signals: list[int] = []
        call_at_end(self._signals.append)

    def wait(self, look_seconds: float) -> None:
        """Return after a signal. One that another thread received is noticed within ``look_seconds``."""
        while not self._signals:
            time.sleep(look_seconds)


def interrupt_again() -> None:
    """Let SIGINT raise ``KeyboardInterrupt`` after :func:`end_at_once`, for commands that clean up."""
    if signal.getsignal(signal.SIGINT) in {signal.SIG_DFL, _exit}:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def end_process() -> NoReturn:
    """End this process after all its work, and free no object: that takes 0.4 seconds of processor time.

    A thread that hangs does not keep the process either.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # closed, or its reader has ended
            stream.flush()
    os._exit(0)


def _exit(number: int, _: FrameType | None) -> None:
    os._exit(_KILLED_BY + number)
