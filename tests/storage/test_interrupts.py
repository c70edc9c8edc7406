"""Ctrl-C while an embedded store writes: the transaction is rolled back, and no writer stays blocked."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.actions.cards import create_card
from cardwright.core.card import Status
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.engines.sqlite import SqliteDatabase
from cardwright.storage.engines.sqlite_connection import SqliteConnection
from cardwright.storage.store import Store
from tests.stores import make_sqlite_store

ME = Actor(Scope("us-east-1", "000000000000"), "me", Role.ADMIN)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    make_sqlite_store(tmp_path)
    opened = open_store(Settings(home=tmp_path))
    yield opened
    opened.close()


def write(store: Store, name: str) -> None:
    with store.open_unit(ME) as unit:
        create_card(unit, name, "{}", Status.DRAFT)


def names(store: Store, *wanted: str) -> list[str]:
    with store.open_unit(ME, writes=False) as unit:
        return [name for name in wanted if unit.cards.find(name) is not None]


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def assert_that_all_may_write(store: Store, home: Path) -> None:
    other_thread = threading.Thread(target=write, args=(store, "thread"), daemon=True)
    other_thread.start()
    other_thread.join(10)
    assert not other_thread.is_alive()
    other = open_store(Settings(home=home))
    write(other, "elsewhere")
    other.close()
    assert names(store, "thread", "elsewhere") == ["thread", "elsewhere"]


@pytest.mark.parametrize(
    ("room", "moment"),
    [(SqliteDatabase, "check_schema"), (SqliteConnection, "run_deferred")],
    ids=["when the lock is taken", "before the commit"],
)
def test_an_interrupt_releases_the_lock_and_rolls_back(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: type, moment: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(room, moment, stopped)
        with pytest.raises(KeyboardInterrupt):
            write(store, "lost")
    assert_that_all_may_write(store, tmp_path)
    assert names(store, "lost") == []


def test_an_interrupt_in_a_unit_undoes_it(store: Store, tmp_path: Path) -> None:
    unit = store.open_unit(ME)
    create_card(unit, "lost", "{}", Status.DRAFT)
    unit.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert_that_all_may_write(store, tmp_path)
    assert names(store, "lost") == []


def test_an_interrupt_of_a_waiting_writer_blocks_no_other_writer(store: Store, tmp_path: Path) -> None:
    writer = store.database.writer  # type: ignore[attr-defined]  # of SQLite's database
    entered, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with store.open_unit(ME) as unit:
            create_card(unit, "held", "{}", Status.DRAFT)
            entered.set()
            go_on.wait(10)

    class Interrupted:
        """A lock whose waiting thread is interrupted after the other thread has released it."""

        def __init__(self, lock: threading.Lock) -> None:
            self.lock = lock

        def acquire(self) -> None:
            writer.turn = self.lock
            go_on.set()
            while self.lock.locked():
                pass
            raise KeyboardInterrupt

    holding = threading.Thread(target=hold, daemon=True)
    holding.start()
    assert entered.wait(10)
    turn = writer.turn
    writer.turn = Interrupted(turn)
    # What the holder releases is the real lock.
    with pytest.raises(KeyboardInterrupt):
        write(store, "lost")
    holding.join(10)
    assert not holding.is_alive()
    assert_that_all_may_write(store, tmp_path)
    assert names(store, "held", "lost") == ["held"]
