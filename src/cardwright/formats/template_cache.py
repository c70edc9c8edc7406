"""Keeps compiled templates where Python keeps compiled modules, so that only the first start compiles them."""

import functools
import hashlib
import importlib.util
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

_PACKAGE = Path(__file__).parent.parent


class TemplateCache(jinja2.FileSystemBytecodeCache):
    """Compiled templates of this package. Where files cannot be written, each process compiles its own.

    A compiled template holds what functions returned for constants. So it counts only for the modules, of this package
    and of Jinja, that it was compiled with.
    """

    def __init__(self) -> None:
        folder = Path(importlib.util.cache_from_source(__file__)).parent
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder), "template-%s.cache")

    def get_source_checksum(self, source: str) -> str:
        return hashlib.sha256(state_of_modules() + source.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


@functools.cache
def state_of_modules() -> bytes:
    """A digest of the times and sizes of all modules, and of Jinja's version."""
    found = [(str(path), path.stat()) for path in sorted(_PACKAGE.rglob("*.py"))]
    state = [(path, stat.st_mtime_ns, stat.st_size) for path, stat in found]
    return hashlib.sha256(repr((jinja2.__version__, state)).encode()).digest()
