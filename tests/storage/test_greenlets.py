"""Work that waits for PostgreSQL on an event loop."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pytest

from cardwright.core.errors import Unavailable
from cardwright.server.request_threads import RequestThreads
from cardwright.storage.engines.postgres import PostgresDatabase
from cardwright.storage.engines.postgres_greenlets import Greenlets, SharedCall, blocking, current
from cardwright.storage.store import transaction
from tests.storage.test_postgres import value
from tests.waiting import DEADLINE

Result = TypeVar("Result")

LIMIT = 4


def on_a_loop(works: Sequence[Callable[[], Result]], limit: int = LIMIT) -> list[Result]:
    """Call functions in greenlets of one event loop. Returns their results in the order in which they ended.

    The loop has a thread of its own: Playwright's is in that of the tests.
    """

    async def run() -> list[Result]:
        loop = asyncio.get_running_loop()
        greenlets = Greenlets(loop, limit, RequestThreads(limit, "test"))
        results: list[Result] = []
        ended = asyncio.Event()

        def done(result: Result) -> None:
            results.append(result)
            if len(results) == len(works):
                ended.set()

        for work in works:
            greenlets.call(work, done)
        await asyncio.wait_for(ended.wait(), DEADLINE)
        return results

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def test_greenlets_wait_at_the_same_time_on_one_thread(database: PostgresDatabase) -> None:
    """None ends before all others hold their locks: one after the other, they would never end."""
    threads = set()

    def meet(number: int) -> int:
        threads.add(threading.get_ident())
        with transaction(database.begin_read) as connection:
            connection.row("SELECT pg_advisory_lock(:mine)", {"mine": number})
            while connection.row(  # until the others hold theirs
                "SELECT count(DISTINCT objid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                {},
            ) != (LIMIT,):
                pass
        return number

    found = on_a_loop([partial(meet, number) for number in range(LIMIT)])
    assert sorted(found) == [*range(LIMIT)]
    assert len(threads) == 1


def test_more_work_than_the_limit_waits_for_its_turn(database: PostgresDatabase) -> None:
    running, peak = 0, 0

    def count(number: int) -> int:
        nonlocal running, peak
        with transaction(database.begin_read) as connection:
            connection.row("SELECT 1", {})
            running, peak = running + 1, max(peak, running + 1)
            connection.row("SELECT pg_sleep(0.01)", {})
            running -= 1
        return number

    assert sorted(on_a_loop([partial(count, number) for number in range(20)])) == [*range(20)]
    assert peak == LIMIT


def test_an_error_of_a_statement_is_that_greenlets_alone(database: PostgresDatabase) -> None:
    def attempt(sql: str) -> object:
        try:
            return value(database, sql)
        except Unavailable:
            return "unavailable"

    found = on_a_loop([partial(attempt, sql) for sql in ("SELECT 1", "SELECT 1 / 0", "SELECT 2")])
    assert sorted(map(str, found)) == ["1", "2", "unavailable"]


def test_a_large_statement_and_its_large_answer_arrive_whole(database: PostgresDatabase) -> None:
    """Larger than the socket's buffers, so that sending waits as well."""
    text = "0123456789" * 2_000_000

    def echo() -> object:
        with transaction(database.begin_read) as connection:
            row = connection.row("SELECT CAST(:text AS text) || 'x'", {"text": text})
        return None if row is None else row[0]

    assert on_a_loop([echo]) == [text + "x"]


def test_a_thread_opens_connections_while_the_loop_goes_on(database: PostgresDatabase) -> None:
    """The database lends no connection for a moment: other work of the loop ends before that moment does."""
    lent = [database.pool.lend() for _ in range(LIMIT)]
    ended: list[str] = []

    def wait_for_a_connection() -> None:
        value(database, "SELECT 1")
        ended.append("waited")

    def work_without_one() -> None:
        ended.append("other work")
        for connection in lent:
            database.pool.give_back(connection)

    on_a_loop([wait_for_a_connection, work_without_one])
    assert ended == ["other work", "waited"]


def test_a_statement_that_takes_too_long_is_ended_in_a_greenlet(url: str) -> None:
    database = PostgresDatabase(f"{url}?options=-c%20statement_timeout%3D0", connections=LIMIT)

    def sleep() -> object:
        try:
            return value(database, "SELECT pg_sleep(60)")
        except Unavailable as error:
            return error.message

    connection = database.pool.lend()
    connection.limit = 0.5
    database.pool.give_back(connection)
    assert on_a_loop([sleep]) == [
        "The database cannot serve the request now: the statement took longer than 0.5 seconds"
    ]
    database.close()


def test_what_may_block_runs_in_a_thread_and_its_error_comes_back() -> None:
    def fail() -> None:
        raise ValueError(threading.current_thread().name)

    def work() -> str:
        try:
            blocking(fail)
        except ValueError as error:
            return str(error)
        return "no error"

    assert on_a_loop([work]) == ["test-1"]
    with pytest.raises(ValueError, match="MainThread"):
        blocking(fail)


def test_one_call_is_for_all_that_wait_when_it_begins(database: PostgresDatabase) -> None:
    """The call of the first is for it alone, and all others share the next one."""
    calls: list[list[str]] = []

    def work(keys: set[str]) -> dict[str, tuple[str, int]]:
        calls.append(sorted(keys))
        number = len(calls)
        value(database, "SELECT pg_sleep(0.05)")
        return {key: (key, number) for key in keys if key != "none"}

    shared = SharedCall(work)

    def ask(key: str) -> tuple[str, int] | None:
        running = current()
        assert running is not None
        return shared.result(running, key)

    asked = [partial(ask, key) for key in ("a", "b", "c", "none", "b")]
    assert on_a_loop(asked, limit=5) == [("a", 1), ("b", 2), ("c", 2), None, ("b", 2)]
    assert calls == [["a"], ["b", "c", "none"]]
    assert on_a_loop(asked[:2]) == [("a", 3), ("b", 4)]


def test_a_fault_of_a_shared_call_reaches_those_that_share_it(database: PostgresDatabase) -> None:
    faults = iter([False, True, False])

    def work(keys: set[str]) -> dict[str, str]:
        value(database, "SELECT pg_sleep(0.05)")
        if next(faults):
            raise Unavailable("it was stopped")
        return dict.fromkeys(keys, "done")

    shared = SharedCall(work)

    def ask() -> str | None:
        running = current()
        assert running is not None
        try:
            return shared.result(running, "key")
        except Unavailable as fault:
            return str(fault)

    assert on_a_loop([ask] * 4, limit=4) == ["done", *["it was stopped"] * 3]
    assert on_a_loop([ask]) == ["done"]


def test_greenlets_that_wait_for_a_shared_call_leave_it_a_connection(database: PostgresDatabase) -> None:
    """Those that had one would otherwise wait for the call, and the call for one of them."""

    def work(keys: set[str]) -> dict[str, object]:
        return dict.fromkeys(keys, value(database, "SELECT 1"))

    shared = SharedCall(work)

    def ask() -> object:
        running = current()
        assert running is not None
        return shared.result(running, "key")

    def read_and_ask() -> object:
        value(database, "SELECT 1")
        return ask()

    assert len(on_a_loop([ask, ask, *[read_and_ask] * 5 * LIMIT])) == 5 * LIMIT + 2
