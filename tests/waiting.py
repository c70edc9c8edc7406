"""Waiting for events. The deadline is for what never happens: a busy machine is slow, and no test fails for that."""

import time
from collections.abc import Callable

DEADLINE = 120.0
"""Seconds after which a test gives an event up."""


def wait_until(happened: Callable[[], object], what: str = "") -> None:
    """Wait until a function gives something true; fails the test after ``DEADLINE``."""
    deadline = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < deadline, what or "it did not happen"
        time.sleep(0.01)
