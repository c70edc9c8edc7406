"""Reads large evaluation reports in a process of their own, one at a time.

A report of 40 MB becomes objects of several hundred MB. The process gives them back to the system when it ends, has a
memory limit, and holds no interpreter lock that the server's other requests wait for.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from typing import IO, TypedDict

import orjson

from cardwright.console.wizard.draft_reports import read
from cardwright.core.draft_form import DraftReport
from cardwright.core.errors import Invalid
from cardwright.reports import ReportInvalid

LARGE = 1_000_000  # bytes: a smaller report is read within milliseconds and takes a few MB

MEMORY = 1_200_000_000  # bytes of address space of the process
_SECONDS = 120
_PLACES = 6  # reports that are read or wait: each occupies a thread that other pages need
_LESS_URGENT = 5  # nice value: requests of the server come first

_turn = threading.Lock()
_places = threading.BoundedSemaphore(_PLACES)


class _Answer(TypedDict, total=False):
    """What the process answers: the report, or why it is refused."""

    report: DraftReport
    refused: str


def read_apart(file: IO[bytes], *arguments: str | int | None) -> DraftReport:
    """A report as a draft keeps it, read in a process of its own.

    Args:
        file: the report, at its beginning.
        arguments: of ``draft_reports.read``, without the report.

    Raises:
        ReportInvalid: as ``draft_reports.read``; or it takes too much memory or time, or too many others wait.
    """
    if not _places.acquire(blocking=False):
        raise ReportInvalid("Other large reports are being read: send it again in a minute.")
    try:
        with _turn:
            return read_in_process(file, orjson.dumps([MEMORY, *arguments]).decode())
    finally:
        _places.release()


def read_in_process(file: IO[bytes], order: str) -> DraftReport:
    command = [sys.executable, "-P", "-m", __name__, order]
    with tempfile.TemporaryFile() as copy:
        try:
            source = file
            if isinstance(file, io.BytesIO):  # it has no descriptor
                shutil.copyfileobj(file, copy)
                source = copy
            source.seek(0)
            os.lseek(source.fileno(), 0, os.SEEK_SET)
            done = subprocess.run(  # noqa: S603 - this module
                command, stdin=source.fileno(), capture_output=True, check=False, timeout=_SECONDS
            )
            answer: _Answer = orjson.loads(done.stdout)
        except OSError as error:
            raise ReportInvalid(f"The report cannot be read here: {error.strerror}.") from error
        except (subprocess.TimeoutExpired, orjson.JSONDecodeError):
            raise ReportInvalid(
                f"Reading the report takes more than {MEMORY // 1_000_000:,} MB of memory or {_SECONDS} seconds: leave"
                " out what a card does not need."
            ) from None
    if "refused" in answer:
        raise ReportInvalid(answer["refused"])
    return answer["report"]


def main() -> None:
    """Read one report: from standard input, with the arguments as JSON; the answer on standard output is JSON."""
    memory, *arguments = orjson.loads(sys.argv[1])
    _confine(memory)
    try:
        answer: _Answer = {"report": read(sys.stdin.buffer.read(), *arguments)}
    except Invalid as error:
        answer = {"refused": str(error)}
    sys.stdout.buffer.write(orjson.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # millions of objects need not be freed one by one


def _confine(memory: int) -> None:
    os.nice(_LESS_URGENT)
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))


if __name__ == "__main__":
    main()
