"""Reads the start of local files, and writes files atomically."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cardwright.core.errors import CardwrightError


def read_start(file: Path, size: int) -> bytes:
    """Return the first bytes of a file, at most ``size``.

    Raises:
        CardwrightError: the file cannot be read.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(size)
    except OSError as error:
        raise CardwrightError(f"{file} cannot be read: {error.strerror}") from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically. An existing file stays until the new one is completely on disk.

    Raises:
        OSError: the file cannot be written. Its ``filename`` is ``path``.
    """
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is written in parts, for the length of a block; otherwise as :func:`write_whole`.

    After an exception in the block, an existing file is unchanged.
    """
    if not path.name:  # such as "." and "/"
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)  # the umask limits the mode
    except OSError as error:  # it names the temporary file, which the caller does not know
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in {None, str(temporary)}:
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
