"""The limit of file descriptors of this process, and how many of them connections may use."""

from typing import NamedTuple

_CONNECTIONS = 4096  # open at once in a process, idle ones too
_BACKLOG = 1024  # connections that the kernel keeps until they are accepted; they may all be accepted at once
_BASE = 96  # libraries, logs, the listening socket, the event loop, pipes of printing processes
_A_THREAD = 6  # a reader of SQLite has three; a request may read a file and an object at the same time
_FEWEST = 16


class Room(NamedTuple):
    """The connections that a limit of descriptors allows.

    Attributes:
        connections: connections that one process may have open.
        backlog: connections that may wait to be accepted.
    """

    connections: int
    backlog: int


def make_room(threads: int) -> Room:
    """Raise this process's soft limit as far as a server needs and the hard limit permits.

    Args:
        threads: threads that may use the store or files at once.
    """
    reserve = _BASE + _A_THREAD * threads
    return room(_raised(_CONNECTIONS + _BACKLOG + reserve), reserve)


def room(limit: int, reserve: int) -> Room:
    """Divide a limit of descriptors, after a reserve for the store, between connections and the backlog."""
    spare = max(2 * _FEWEST, limit - reserve)
    backlog = min(_BACKLOG, max(_FEWEST, spare // 4))
    return Room(min(_CONNECTIONS, spare - backlog), backlog)


def _raised(wanted: int) -> int:
    """The soft limit, raised towards a number; that number on a system without such limits."""
    try:
        import resource
    except ImportError:
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    limit = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    except (OSError, ValueError):  # a system with a lower limit for all processes
        return soft
    return limit
