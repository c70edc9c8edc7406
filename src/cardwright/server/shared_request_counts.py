"""Request counts shared by all worker processes: a scrape reaches one worker and reports all of them."""

import errno
import fcntl
import itertools
import mmap
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson

from cardwright.server.request_counts import GAUGES, RequestCounts, Totals

_END = struct.Struct("<Q")  # a file's first bytes: the end of its records
_HEAD = struct.Struct("<II")  # of a record: the lengths of its key in bytes, and of its numbers
_NUMBER = 8
_METRIC = "metric"  # the first part of the keys of numbers that do not count requests
_GROWTH = 64 * 1024
_PREFIX = "cardwright-counts-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW  # refuses a symbolic link
_YOUNG = 60  # seconds within which a starting server locks its folder


@contextmanager
def counts_folder() -> Iterator[Path]:
    """A new temporary folder for the length of a block, locked by this process.

    Folders that killed processes left behind are removed first.

    Raises:
        OSError: the folder cannot be made or locked.
    """
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        lock = _locked(Path(name), _FOLDER)
        try:
            yield Path(name)
        finally:
            os.close(lock)


def _sweep(parent: Path) -> None:
    """Remove this user's folders of counts that no running process has locked."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another user's folder, or another process removes it at the same time
            status = folder.lstat()
            if status.st_uid == os.geteuid() and status.st_mtime < time.time() - _YOUNG:
                lock = _locked(folder, _FOLDER)
                try:
                    shutil.rmtree(folder)
                finally:
                    os.close(lock)


def _locked(path: Path, flags: int) -> int:
    """Open a file or folder and lock it. Raises ``BlockingIOError`` when another process has it locked."""
    opened = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(opened)
        raise
    return opened


class SharedRequestCounts(RequestCounts):
    """Counts of one of several processes that share a folder. Each reports the totals of all, ended ones included.

    Each process writes its own file and keeps it locked. A new process continues the file of an ended one.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._file = _claim(folder)
        if os.fstat(self._file).st_size == 0:
            _grow(self._file, 0, _GROWTH)
            os.pwrite(self._file, _END.pack(_END.size), 0)
        self._map = mmap.mmap(self._file, 0)
        self._places: dict[tuple[str, ...], int] = {}
        for key, place, numbers in _records(self._map):
            self._places[key] = place
            _put(self.own, key, numbers)
        for metric, label in [one for one in self.own.numbers if one[0] in GAUGES]:
            self.set(metric, 0, label)  # the value of the ended process

    def add(self, operation: str, code: str, seconds: float) -> None:
        super().add(operation, code, seconds)
        self._write((operation, code), [self.own.counts[operation, code]])
        self._write((operation,), self.own.times[operation])

    def set(self, metric: str, number: float, label: str = "") -> None:
        super().set(metric, number, label)
        self._write((_METRIC, metric, label), [number])

    def totals(self) -> Totals:
        summed = Totals({}, {}, {})
        try:
            written = [file.read_bytes() for file in self._folder.iterdir() if file.name[0].isdigit()]
        except OSError:  # the folder for temporary files was cleaned
            return super().totals()
        for one in written:
            for key, _, numbers in _records(one):
                _put(summed, key, numbers)
        return summed

    def close(self) -> None:
        """Release the file for the next process. The end of a process does so too."""
        self._map.close()
        os.close(self._file)

    def _write(self, key: tuple[str, ...], numbers: list[float]) -> None:
        place = self._places.get(key)
        if place is None:
            self._append(key, numbers)
        else:
            struct.pack_into(f"<{len(numbers)}d", self._map, place, *numbers)

    def _append(self, key: tuple[str, ...], numbers: list[float]) -> None:
        """Add a record; other processes see it when the file's first bytes include it."""
        written = orjson.dumps(key)
        written += b" " * (-(_HEAD.size + len(written)) % _NUMBER)  # aligned: one instruction writes a number
        record = _HEAD.pack(len(written), len(numbers)) + written + struct.pack(f"<{len(numbers)}d", *numbers)
        (end,) = _END.unpack_from(self._map)
        if end + len(record) > len(self._map):
            try:
                _grow(self._file, len(self._map), max(_GROWTH, len(record)))
            except OSError:
                return  # the disk is full: only this process reports the record
            self._map.close()
            self._map = mmap.mmap(self._file, 0)
        self._map[end : end + len(record)] = record
        self._places[key] = end + _HEAD.size + len(written)
        _END.pack_into(self._map, 0, end + len(record))


def _claim(folder: Path) -> int:
    """Open and lock the first file of the folder that no running process holds."""
    for number in itertools.count():
        with suppress(BlockingIOError):
            return _locked(folder / str(number), os.O_RDWR | os.O_CREAT)
    raise AssertionError("there is always one more number")


def _grow(file: int, size: int, more: int) -> None:
    """Add zeros to a file: writing to a map without disk blocks would kill the process."""
    if os.pwrite(file, bytes(more), size) < more:
        os.ftruncate(file, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _records(written: bytes | mmap.mmap) -> Iterator[tuple[tuple[str, ...], int, list[float]]]:
    """The records of a file: key, where its numbers begin, the numbers."""
    if len(written) < _END.size:
        return  # another process creates the file now
    at, (end,) = _END.size, _END.unpack_from(written)
    while at < end:
        key_length, count = _HEAD.unpack_from(written, at)
        place = at + _HEAD.size + key_length
        key = orjson.loads(written[at + _HEAD.size : place])
        yield tuple(key), place, list(struct.unpack_from(f"<{count}d", written, place))
        at = place + count * _NUMBER


def _put(totals: Totals, key: tuple[str, ...], numbers: list[float]) -> None:
    """Add a record to totals."""
    match key:
        case (operation, code):
            totals.counts[operation, code] = totals.counts.get((operation, code), 0) + numbers[0]
        case (operation,):
            before = totals.times.get(operation, [0.0] * len(numbers))
            totals.times[operation] = [one + other for one, other in zip(before, numbers, strict=True)]
        case (_, metric, label):
            totals.numbers[metric, label] = totals.numbers.get((metric, label), 0) + numbers[0]
