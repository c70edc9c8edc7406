"""The priority of threads: the quick requests of programs come first."""

import os
import sys

LESS_URGENT = 5
"""The nice value that slow work adds to that of the program."""


def make_thread_less_urgent() -> None:
    """Let the system prefer the program's other threads to this one, on Linux. Elsewhere a priority is a process's."""
    if sys.platform == "linux":
        os.nice(LESS_URGENT)
