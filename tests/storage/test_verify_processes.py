"""``verify`` in several processes finds what one process finds, and a process that dies is an error."""

import itertools
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cardwright.actions.cards import create_card, delete_card, update_card
from cardwright.core.card import Status
from cardwright.core.errors import Invalid, Unavailable
from cardwright.core.integrity.anchors import Anchor
from cardwright.core.integrity.verification import Fault
from cardwright.server.stores import existing_database, open_existing_store
from cardwright.settings import Settings
from cardwright.storage.engines.database import Connection, Database
from cardwright.storage.integrity import shares, verification
from cardwright.storage.integrity.shares import Counts, Part, Shares, Task, TaskResult
from cardwright.storage.integrity.verification import Verification
from tests.cli.commands import run_text
from tests.storage.test_verify import ACTOR, tamper
from tests.stores import make_sqlite_store

CARDS = 23


@pytest.fixture
def settings(store_settings: Settings) -> Settings:
    """A store with 22 cards and a deleted one."""
    with closing(open_existing_store(store_settings)) as store:
        for number in range(CARDS):
            with store.open_unit(ACTOR) as unit:
                create_card(unit, f"card-{number:02d}", "{}", Status.DRAFT, [("team", "x")])
        with store.open_unit(ACTOR) as unit:
            delete_card(unit, "card-05")
    return store_settings


@pytest.fixture
def one_store(tmp_path: Path) -> Settings:
    """An empty store of one engine, for what processes do on either."""
    make_sqlite_store(tmp_path)
    return Settings(home=tmp_path)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes verify from the third card on."""
    monkeypatch.setattr(verification, "CARDS_AT_ONCE", 2)
    monkeypatch.setattr(verification, "PAGES_ALONE", 1)


def walked(settings: Settings, processes: int | None, **more: Any) -> tuple[list[Fault], Counts, list[Anchor]]:
    anchors: list[Anchor] = []
    reopen = None if processes is None else partial(existing_database, settings)
    with closing(open_existing_store(settings, writes=False)) as store:
        walk = Verification(store.database, keep=anchors.append, reopen=reopen, processes=processes, **more)
        return list(walk.faults()), walk.counts, anchors


def test_a_whole_store_is_read_by_several_processes(settings: Settings) -> None:
    done: list[int] = []
    alone, shared = walked(settings, None), walked(settings, 2, progress=done.append)
    assert shared == alone
    assert shared[0] == []
    assert shared[1].cards == CARDS - 1
    assert len(shared[2]) == CARDS
    assert done == sorted(done)
    assert done[-1] == CARDS - 1


def test_several_processes_find_the_faults_of_one_in_the_same_order(settings: Settings) -> None:
    tamper(
        settings,
        "UPDATE contents SET content = '{ }' WHERE card_id IN (SELECT card_id FROM cards WHERE name < 'card-03')",
        "UPDATE cards SET status = 'Approved' WHERE name IN ('card-11', 'card-20')",
        "UPDATE tags SET tag_value = 'y' WHERE resource_id = (SELECT card_id FROM cards WHERE name = 'card-13')",
        "DELETE FROM audit WHERE name = 'card-17' AND sequence = 1",
        "DELETE FROM audit WHERE name = 'card-05' AND sequence = 2",
    )
    alone, shared = walked(settings, None), walked(settings, 2)
    assert len(alone[0]) >= 8
    assert shared == alone
    for processes in (None, 2):
        reopen = None if processes is None else partial(existing_database, settings)
        with closing(open_existing_store(settings, writes=False)) as store:
            walk = Verification(store.database, reopen=reopen, processes=processes)
            with closing(walk.faults()) as faults:
                assert next(faults) == alone[0][0]


def _killed(connection: Connection, task: Task) -> TaskResult:
    """Be killed by the system during the second page of cards."""
    if task.part is Part.CARDS and task.items[0][2] == (1, "kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    return TaskResult([], Counts(cards=len(task.items)))


def _failing(connection: Connection, task: Task) -> TaskResult:
    raise ValueError("a fault of the program")


@contextmanager
def _away(_: object) -> Iterator[Database]:
    raise Unavailable("the database is away")
    yield


@pytest.mark.parametrize("processes", [1, 2])
def test_a_killed_process_is_an_error(one_store: Settings, processes: int) -> None:
    tasks = [Task(Part.CARDS, [("a", str(n), (1, "kill") if n == 7 else None)]) for n in range(20)]
    reopen = partial(existing_database, one_store)
    with (
        Shares(_killed, reopen, processes) as opened,
        pytest.raises(Unavailable, match="exit code -9 without a result"),
    ):
        list(opened.results(tasks))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("work", "opening", "message"),
    [
        (_failing, existing_database, "not verified completely: ValueError: a fault of the program"),
        (_killed, _away, "not verified completely: Unavailable: the database is away"),
    ],
)
def test_a_failing_process_is_an_error(
    one_store: Settings,
    work: Callable[[Connection, Task], TaskResult],
    opening: Callable[[object], AbstractContextManager[Database]],
    message: str,
) -> None:
    with Shares(work, partial(opening, one_store), 2) as opened, pytest.raises(Unavailable, match=message):
        list(opened.results([Task(Part.CARDS, [("a", "b", None)])] * 5))


def test_results_come_in_order_and_few_of_them_wait(one_store: Settings) -> None:
    taken = 0

    def tasks() -> Iterator[Task]:
        nonlocal taken
        for number in range(200):
            taken = number
            yield Task(Part.CARDS, [("a", str(number), None)] * (number + 1))

    with Shares(_killed, partial(existing_database, one_store), 2) as opened:
        for number, done in enumerate(opened.results(tasks())):
            assert done.counts.cards == number + 1
            assert taken - number <= 2 * shares.AHEAD


def test_cards_whose_chain_has_not_grown_are_not_verified_again(settings: Settings) -> None:
    _, _, anchors = walked(settings, None)
    with closing(open_existing_store(settings)) as store:
        with store.open_unit(ACTOR) as unit:
            update_card(unit, "card-07", None, Status.PENDING_REVIEW)
        with store.open_unit(ACTOR) as unit:
            create_card(unit, "new", "{}", Status.DRAFT)
    tamper(
        settings,
        "UPDATE contents SET content = '{ }' WHERE card_id IN "
        "(SELECT card_id FROM cards WHERE name IN ('card-03', 'card-07', 'new'))",
    )
    alone = walked(settings, None, since=anchors)
    assert walked(settings, 2, since=anchors) == alone
    found, counts, _ = alone
    assert {fault.name for fault in found} == {"card-07", "new"}
    assert (counts.cards, counts.unchanged) == (CARDS, CARDS - 2)
    assert {fault.name for fault in walked(settings, None)[0]} == {"card-03", "card-07", "new"}
    with pytest.raises(Invalid, match="not in the order"):
        walked(settings, None, since=anchors[::-1])


def test_the_command_verifies_since_anchors(settings: Settings, tmp_path: Path) -> None:
    there = ["--home", str(settings.home)]
    there += [] if settings.database_url is None else ["--database-url", settings.database_url]
    file = tmp_path / "anchors"
    first = run_text("verify", *there, "--anchors", str(file))
    assert first.stdout.startswith(f"Checked {CARDS - 1} cards, ")
    assert len(file.read_text().splitlines()) == CARDS
    second = run_text("verify", *there, "--since", str(file))
    assert second.stdout.endswith(
        f" {CARDS - 1} of the cards have not changed since {file}, and were not verified again.\n"
    )
    lines = file.read_text().splitlines()
    file.write_text("\n".join(reversed(lines)) + "\n")
    wrong = run_text("verify", *there, "--since", str(file))
    assert wrong.returncode == 2
    assert "not in the order that verify writes" in wrong.stderr
    missing = run_text("verify", *there, "--since", str(tmp_path / "none"))
    assert missing.returncode == 2


_places = itertools.count()


def _numbered(_: Connection, task: Task) -> TaskResult:
    """The number of a task, and its place in the order of a process."""
    return TaskResult([], Counts(cards=len(task.items), events=next(_places)))


@pytest.mark.parametrize("processes", [1, 3])
def test_long_tasks_begin_first_and_their_results_come_last(one_store: Settings, processes: int) -> None:
    tasks = [Task(Part.CARDS, [("", "", None)] * number) for number in range(42)]
    with Shares(_numbered, partial(existing_database, one_store), processes) as few:
        found = [done.counts for done in few.results(iter(tasks[:40]), last=tasks[40:])]
    assert [counts.cards for counts in found] == [*range(42)]
    if processes == 1:
        assert [counts.events for counts in found] == [*range(2, 42), 0, 1]
