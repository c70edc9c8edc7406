"""Backups are gzip files, compressed by either library, and a full disk ends the compression with an error."""

import errno
import gzip
import io
import os
import sys

import pytest

from cardwright.storage.integrity.compression import gzip_writer

_MIB = 1 << 20


@pytest.fixture(params=["isal", "the standard library"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param != "isal":
        monkeypatch.setitem(sys.modules, "isal", None)
    return str(request.param)


class _Full(io.RawIOBase):
    """A file on a disk that has no room after a mebibyte."""

    def __init__(self) -> None:
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        assert isinstance(data, bytes | bytearray | memoryview)
        self.size += len(data)
        if self.size > _MIB:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return len(data)


@pytest.mark.parametrize("size", [0, 1, _MIB, 5 * _MIB + 1])
def test_the_written_bytes_are_read_again(library: str, size: int) -> None:
    content = (os.urandom(_MIB // 2) * 11)[:size]
    file = io.BytesIO()
    with gzip_writer(file) as writer:
        for start in range(0, size, 100_000):
            writer.write(content[start : start + 100_000])
    assert gzip.decompress(file.getvalue()) == content


def test_a_full_disk_is_an_error(library: str) -> None:
    def write() -> None:
        with gzip_writer(_Full()) as writer:  # type: ignore[arg-type]  # it can write
            for _ in range(64):
                writer.write(os.urandom(_MIB))

    with pytest.raises(OSError, match="No space left"):
        write()


def test_an_error_during_writing_is_not_hidden(library: str) -> None:
    def write() -> None:
        with gzip_writer(io.BytesIO()) as writer:
            writer.write(b"some bytes")
            raise LookupError

    with pytest.raises(LookupError):
        write()
