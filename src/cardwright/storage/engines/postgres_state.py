"""What a server has read in the current state of a PostgreSQL database.

One statement shows all requests that wait on an event loop whether the database has changed. Why two snapshots with the
same text see the same rows: ``docs/decisions/0027-the-state-of-postgresql.md``.
"""

from collections.abc import Callable, Mapping

from cardwright.storage.engines.memory import Memory
from cardwright.storage.engines.postgres_greenlets import SharedCall, current

STATE = "SELECT CAST(pg_current_snapshot() AS text)"
"""Which transactions a reader sees."""


class StateMemory:
    """The memory of one state of the database, which is empty again after each change.

    Args:
        read: reads a value that differs after each change, or None where nothing shows that.
    """

    def __init__(self, read: Callable[[], object | None]) -> None:
        self._read = read
        self._shared = SharedCall(self._look)
        self._memory = Memory()
        self._state: object | None = None
        self._is_known = True

    def get(self, *, now: bool) -> Memory | None:
        """Return the memory. None without a greenlet, where a request would have the round trip for itself alone.

        Args:
            now: whether its state must have been the current one after this call began.

        Raises:
            Unavailable: the database cannot be read.
        """
        running = current()
        if running is None:
            return None
        if now and self._is_known:
            self._shared.result(running, None)
        return self._memory if self._is_known else None

    def _look(self, keys: set[None]) -> Mapping[None, None]:
        state = self._read()
        self._is_known = state is not None
        if state != self._state:
            self._memory.clear()
            self._state = state
        return dict.fromkeys(keys)
