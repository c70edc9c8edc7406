"""Gzip on all processors: blocks are compressed in threads and written in order, as one gzip member."""

import struct
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import IO

_BLOCK = 1 << 20
_LEVEL = 1  # a card's text shrinks nearly as much as at level 6, in a third of the time
_HEADER = b"\x1f\x8b\x08\x00" + bytes(4) + b"\x04\xff"  # deflate, without a time, fast, of any system


class GzipWriter:
    """Writes a gzip file in parts, for the length of a block. The file is complete when the block ends.

    Args:
        file: receives the compressed bytes; it stays open.
        threads: blocks that are compressed at once.
    """

    def __init__(self, file: IO[bytes], threads: int) -> None:
        self._file = file
        self._pool = ThreadPoolExecutor(threads, "gzip")
        self._most = 2 * threads
        self._pending: deque[Future[bytes]] = deque()
        self._rest = bytearray()
        self._sum = 0
        self._size = 0

    def __enter__(self) -> "GzipWriter":
        self._file.write(_HEADER)
        return self

    def write(self, data: bytes) -> int:
        """Add bytes."""
        self._rest += data
        while len(self._rest) >= _BLOCK:
            block = bytes(self._rest[:_BLOCK])
            del self._rest[:_BLOCK]
            self._submit(block, zlib.Z_FULL_FLUSH)
        return len(data)

    def _submit(self, block: bytes, flush: int) -> None:
        self._sum = zlib.crc32(block, self._sum)
        self._size += len(block)
        if len(self._pending) >= self._most:
            self._file.write(self._pending.popleft().result())
        self._pending.append(self._pool.submit(_compressed, block, flush))

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if fault is None:
                self._submit(bytes(self._rest), zlib.Z_FINISH)
                while self._pending:
                    self._file.write(self._pending.popleft().result())
                self._file.write(struct.pack("<LL", self._sum, self._size & 0xFFFFFFFF))
        finally:
            self._pool.shutdown(cancel_futures=True)


def _compressed(block: bytes, flush: int) -> bytes:
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(block) + deflate.flush(flush)
