"""Shares the parts of a verification among several processes, which have one snapshot of the store each.

A process that ends without a result is an error: no part of the store is passed over in silence.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import chain
from multiprocessing import connection as pipes
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any, TypeAlias

from cardwright.core.errors import Unavailable
from cardwright.core.integrity.anchors import Anchor
from cardwright.core.integrity.verification import Fault
from cardwright.storage.engines.database import Connection, Database
from cardwright.storage.store import transaction

AHEAD = 8  # finished parts of each process that wait for an unfinished one before them

_spawn = multiprocessing.get_context("spawn")

Item: TypeAlias = tuple[object, object, tuple[int, str] | None]
"""Account and identifier of a card, and the end of its chain at which it need not be verified again."""


class Part(StrEnum):
    """The parts of a verification, in the order of their faults."""

    CARDS = "cards"
    ACCOUNTS = "accounts"
    REGISTRY = "registry"
    INDEXES = "indexes"


@dataclass(frozen=True, slots=True)
class Task:
    """Some cards to verify, or another part of the store."""

    part: Part
    items: list[Item]


@dataclass(slots=True)
class Counts:
    """Numbers of records that were read. ``cards`` counts existing cards; ``unchanged`` ones were not read again."""

    cards: int = 0
    versions: int = 0
    links: int = 0
    events: int = 0
    resources: int = 0
    unchanged: int = 0

    def add(self, more: "Counts") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(more, each.name))


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a process found."""

    faults: list[Fault]
    counts: Counts
    anchors: list[Anchor] = field(default_factory=list)


Work: TypeAlias = Callable[[Connection, Task], TaskResult]
Opening: TypeAlias = Callable[[], AbstractContextManager[Database]]
"""Opens a database for the length of a block, also in another process."""


@dataclass(slots=True)
class _Helper:
    process: SpawnProcess
    pipe: "pipes.Connection[Any, Any]"
    number: int | None = None  # of the task that it has


class Shares:
    """Processes that do tasks, for the length of a block.

    Args:
        work: does a task; it can be pickled.
        reopen: opens the database in each process; it can be pickled.
        count: processes.
    """

    def __init__(self, work: Work, reopen: Opening, count: int) -> None:
        self._work = work
        self._reopen = reopen
        self._count = count
        self._helpers: list[_Helper] = []

    def __enter__(self) -> "Shares":
        for _ in range(self._count):
            end, helpers_end = _spawn.Pipe()
            process = _spawn.Process(target=_help, args=(helpers_end, self._work, self._reopen), daemon=True)
            process.start()
            helpers_end.close()
            self._helpers.append(_Helper(process, end))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for helper in self._helpers:
            helper.process.kill()
            helper.process.join()
            helper.pipe.close()

    def results(self, tasks: Iterable[Task], last: Sequence[Task] = ()) -> Iterator[TaskResult]:
        """Yield the results of tasks in the order of the tasks. Few of them are in memory.

        Args:
            last: long tasks, which begin first so that no process is idle at the end. Their results come last.

        Raises:
            Unavailable: a process ended without a result, or it cannot read the database.
        """
        waiting = enumerate(chain(last, tasks), start=-len(last))
        found: dict[int, TaskResult] = {}
        idle = deque(self._helpers)
        given = -len(last)
        yielded = 0
        more = True
        while more or yielded < given or len(found) < len(last):
            while more and idle and given - yielded < AHEAD * self._count:
                number, task = next(waiting, (0, None))
                if task is None:
                    more = False
                    break
                helper = idle.popleft()
                helper.number = number
                self._send(helper, task)
                given += 1
            busy = {helper.pipe: helper for helper in self._helpers if helper.number is not None}
            for ready in pipes.wait(list(busy)) if yielded not in found and busy else ():
                helper = busy[ready]  # type: ignore[index]  # a pipe of these
                assert helper.number is not None  # noqa: S101 - it is busy
                found[helper.number] = self._received(helper)
                helper.number = None
                idle.append(helper)
            while yielded in found:
                yield found.pop(yielded)
                yielded += 1
        yield from (found[number] for number in sorted(found))

    def _send(self, helper: _Helper, task: Task) -> None:
        try:
            helper.pipe.send(task)
        except OSError as error:
            raise self._ended(helper) from error

    def _received(self, helper: _Helper) -> TaskResult:
        try:
            answer = helper.pipe.recv()
        except (EOFError, OSError) as error:
            raise self._ended(helper) from error
        if isinstance(answer, TaskResult):
            return answer
        raise Unavailable(f"The store was not verified completely: {answer}")

    @staticmethod
    def _ended(helper: _Helper) -> Unavailable:
        helper.process.join()
        return Unavailable(
            "The store was not verified completely: a process of the verification ended with exit code"
            f" {helper.process.exitcode} without a result"
        )


def available_processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _help(pipe: "pipes.Connection[Any, Any]", work: Work, reopen: Opening) -> None:
    """Do tasks until the other end of the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group, and the first process ends this one
    try:
        with reopen() as database, transaction(database.begin_inspection) as connection:
            while True:
                pipe.send(work(connection, pipe.recv()))
    except EOFError:
        return
    except BaseException as error:
        pipe.send(f"{type(error).__name__}: {error}")
        raise
