"""Writers that create cards all the time, and remember which were acknowledged."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from tests.postgres_nodes import PATIENCE
from tests.servers import Server


@dataclass(frozen=True)
class Attempt:
    name: str
    began: float
    ended: float
    fault: str | None


@dataclass
class WriteLoad:
    """What the writers have done so far."""

    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acknowledged(self) -> set[str]:
        return {attempt.name for attempt in self.attempts if attempt.fault is None}

    def wait_for(self, condition: Callable[[Attempt], bool], count: int = 1) -> None:
        """Wait for so many attempts for which a condition is true."""
        deadline = time.monotonic() + PATIENCE
        while sum(map(condition, list(self.attempts))) < count:
            assert time.monotonic() < deadline, f"the writers do not get there: {self.attempts[-5:]}"
            time.sleep(0.01)

    def first_success_after(self, moment: float) -> Attempt:
        """The write that was acknowledged first of those that began after a moment; waits for it and some more."""
        self.wait_for(lambda attempt: attempt.fault is None and attempt.began > moment, 30)
        good = [attempt for attempt in self.attempts if attempt.fault is None and attempt.began > moment]
        return min(good, key=lambda attempt: attempt.ended)

    def faults_after(self, moment: float) -> list[Attempt]:
        """The attempts that began after a moment and failed."""
        return [attempt for attempt in self.attempts if attempt.fault is not None and attempt.began > moment]


@contextlib.contextmanager
def write_load(server: Server, writers: int) -> Iterator[WriteLoad]:
    """Create cards from so many threads for the length of a block."""
    load, stops, numbers = WriteLoad(), threading.Event(), itertools.count(1)
    client = server.client(read_timeout=PATIENCE)

    def write() -> None:
        while not stops.is_set():
            name, began, fault = f"load-{next(numbers)}", time.monotonic(), None
            try:
                client.create_model_card(ModelCardName=name, ModelCardStatus="Draft", Content="{}")
            except (ClientError, BotoCoreError) as error:
                fault = str(error)
            load.attempts.append(Attempt(name, began, time.monotonic(), fault))

    threads = [threading.Thread(target=write, daemon=True) for _ in range(writers)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stops.set()
        for thread in threads:
            thread.join()
