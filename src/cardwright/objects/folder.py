"""Objects in a local folder: ``<folder>/<bucket>/<key>``. The first write to a bucket creates it.

Why not obstore's local store: ``docs/decisions/0010-objects-and-jobs.md``.
Every part of a path is opened from its parent folder and never through a symbolic link, so no link can lead
reads or writes outside of the folder.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cardwright.core.errors import ObjectRefused
from cardwright.core.objects import Location, ObjectFacts, check_bucket, check_size, is_bucket

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe must not block its reader
_UNFINISHED = re.compile(r"#\d+$")

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than the system allows",
    errno.EACCES: "the server may not write there",
    errno.EPERM: "the server may not write there",
    errno.EROFS: "the disk is read-only",
    errno.ELOOP: "a part of the path is a symbolic link",
    errno.ENOTDIR: "a part of the path is a file or a link instead of a folder",
    errno.EISDIR: "a folder of that name exists",
    errno.EEXIST: "a folder of that name exists",
    errno.ENOTEMPTY: "a folder of that name exists",
}


class ObjectFolder:
    """Reads and writes objects below one folder. The first write creates it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, at: Location, data: bytes, content_type: str) -> None:  # noqa: ARG002 - files have no type
        """Write an object completely or not at all, replacing an existing one. It is on disk when this returns.

        Raises:
            ObjectRefused: the object cannot be written.
        """
        *folders, name = at.key.split("/")
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._folder([at.bucket, *folders], make=True) as folder:
                _write(folder, name, data)
        except OSError as error:
            raise ObjectRefused(f"{at} cannot be written: {_reason(error)}") from error

    def get(self, at: Location, limit: int | None = None) -> bytes | None:
        """Return the object's bytes; None when it does not exist.

        Raises:
            ObjectRefused: the object cannot be read, or has more than ``limit`` bytes.
        """
        *folders, name = at.key.split("/")
        try:
            with (
                self._folder([at.bucket, *folders]) as folder,
                _opened(folder, name) as file,
                os.fdopen(os.dup(file), "rb") as content,
            ):
                if limit is not None:
                    check_size(at, os.fstat(file).st_size, limit)
                return content.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise ObjectRefused(f"{at} cannot be read: {_reason(error)}") from error

    def delete(self, at: Location) -> None:
        """Delete an object, if it exists. Raises :class:`ObjectRefused` when it cannot be deleted."""
        *folders, name = at.key.split("/")
        try:
            with self._folder([at.bucket, *folders]) as folder:
                os.unlink(name, dir_fd=folder)
                os.fsync(folder)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise ObjectRefused(f"{at} cannot be deleted: {_reason(error)}") from error

    def head(self, at: Location) -> ObjectFacts | None:
        """Return size and time of an object; None when it does not exist. Raises :class:`ObjectRefused`."""
        *folders, name = at.key.split("/")
        try:
            with self._folder([at.bucket, *folders]) as folder, _opened(folder, name) as file:
                return _facts(at.key, os.fstat(file))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise ObjectRefused(f"{at} cannot be read: {_reason(error)}") from error

    def has_bucket(self, bucket: str) -> bool:
        """Whether the bucket exists."""
        with suppress(OSError), self._folder([check_bucket(bucket)]):
            return True
        return False

    def make_bucket(self, bucket: str) -> None:
        """Create an empty bucket, unless it exists. Raises :class:`ObjectRefused`."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._folder([check_bucket(bucket)], make=True):
                pass
        except OSError as error:
            raise ObjectRefused(f"The bucket {bucket} cannot be made: {_reason(error)}") from error

    def buckets(self) -> Sequence[ObjectFacts]:
        """Return the buckets by name, each with the time of its last change."""
        try:
            with os.scandir(self.root) as entries:
                found = [entry for entry in entries if entry.is_dir(follow_symlinks=False) and is_bucket(entry.name)]
                facts = [_facts(entry.name, entry.stat(follow_symlinks=False)) for entry in found]
                return sorted(facts, key=lambda bucket: bucket.key)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ObjectRefused(f"The buckets cannot be listed: {_reason(error)}") from error

    def list(self, bucket: str, prefix: str = "") -> list[ObjectFacts]:
        """Return the objects whose keys begin with a prefix, in the order of their keys' UTF-8 bytes.

        Raises:
            ObjectRefused: the folder cannot be read.
        """
        found: list[ObjectFacts] = []
        if "\0" in prefix or not {".", ".."}.isdisjoint(prefix.split("/")):
            return []  # no valid key has such a prefix
        start = [part for part in prefix.split("/")[:-1] if part]
        try:
            with self._folder([check_bucket(bucket), *start]) as folder:
                for path, _, names, at in os.fwalk(".", dir_fd=folder, follow_symlinks=False):
                    parts = [*start, *(part for part in path.split("/") if part != ".")]
                    found += _listed("/".join(parts), names, at, prefix)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise ObjectRefused(f"The bucket {bucket} cannot be listed: {_reason(error)}") from error
        return sorted(found, key=lambda facts: facts.key.encode())

    @contextmanager
    def _folder(self, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Return a descriptor of the folder with that path."""
        at = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, 0o700, dir_fd=at)
                        os.fsync(at)
                inner = os.open(part, _FOLDER, dir_fd=at)
                os.close(at)
                at = inner
            yield at
        finally:
            os.close(at)


def _write(folder: int, name: str, data: bytes) -> None:
    """Write the data to a temporary file, sync it to disk, and rename it."""
    unfinished = f"#{secrets.randbits(63)}"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(unfinished, flags, 0o600, dir_fd=folder), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(unfinished, dir_fd=folder)
        raise
    os.fsync(folder)


@contextmanager
def _opened(folder: int, name: str) -> Iterator[int]:
    file = os.open(name, _FILE, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise FileNotFoundError(errno.ENOENT, "not a file", name)
        yield file
    finally:
        os.close(file)


def _listed(folder: str, names: list[str], at: int, prefix: str) -> Iterator[ObjectFacts]:
    for name in names:
        key = f"{folder}/{name}" if folder else name
        if not key.startswith(prefix) or _UNFINISHED.search(name):
            continue
        with suppress(FileNotFoundError):
            facts = os.stat(name, dir_fd=at, follow_symlinks=False)
            if stat.S_ISREG(facts.st_mode):
                yield _facts(key, facts)


def _facts(key: str, facts: os.stat_result) -> ObjectFacts:
    return ObjectFacts(key, facts.st_size, facts.st_mtime_ns // 1_000_000)


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
