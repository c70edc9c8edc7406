"""A bounded cache: of what was read in one state of a database, or of answers."""

from collections import OrderedDict
from typing import Any

MOST_BYTES = 8 * 1024 * 1024
"""Bytes of everything that a memory of one state of a database keeps."""

_ENTRY_BYTES = 300  # of an entry without its value: the key's tuple, texts and place


class Memory:
    """A bounded cache. It belongs to one thread, or its owner locks it.

    Args:
        most_bytes: bytes of everything that it keeps.

    Attributes:
        size: bytes of what it keeps.
        state: the number of times that it was cleared.
    """

    __slots__ = ("_found", "_most_bytes", "size", "state")

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._found: OrderedDict[object, tuple[Any, int]] = OrderedDict()
        self.size = 0
        self.state = 0

    def find(self, key: object, default: Any = None) -> Any:
        """Return a kept value, else the default."""
        found = self._found.get(key)
        return default if found is None else found[0]

    def keep(self, key: object, value: Any, size: int) -> None:
        """Keep a value of ``size`` bytes. The oldest values make room for it."""
        size += _ENTRY_BYTES
        if size > self._most_bytes:
            return
        self.size -= self._found.pop(key, (None, 0))[1]
        while self.size + size > self._most_bytes:
            _, (_, freed) = self._found.popitem(last=False)
            self.size -= freed
        self._found[key] = (value, size)
        self.size += size

    def clear(self) -> None:
        self._found.clear()
        self.size = 0
        self.state += 1
