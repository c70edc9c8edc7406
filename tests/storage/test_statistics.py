"""The planner's statistics: a server stores them once its store has grown, while callers go on."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cardwright.actions.cards import create_card
from cardwright.core.card import Status
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.store import Store
from tests.waiting import wait_until

ME = Actor(Scope("us-east-1", "000000000000"), "me", Role.ADMIN)
LONG = json.dumps({"evaluation_details": [{"name": f"{n}", "evaluation_observation": "x" * 2000} for n in range(44)]})


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Store]:
    store = open_store(Settings(home=tmp_path))
    store.database.gather_commits()
    yield store
    store.close()


def create(store: Store, first: int, number: int, content: str) -> None:
    for index in range(first, first + number):
        with store.open_unit(ME) as unit:
            create_card(unit, f"card-{index}", content, Status.DRAFT)
        store.database.flush()
        assert unit.commitment is not None
        unit.commitment.settle()


def counted(home: Path) -> int | None:
    """Return the number of cards that the planner knows of; None without statistics."""
    with closing(sqlite3.connect(home / "cardwright.db")) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone() is None:
            return None
        row = connection.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'cards_name'").fetchone()
    return None if row is None else int(row[0].split()[0])


def test_a_server_stores_statistics_when_its_store_has_grown(serving: Store, tmp_path: Path) -> None:
    create(serving, 0, 16, "{}")
    assert counted(tmp_path) is None
    create(serving, 16, 64, LONG)  # 5.6 MB
    wait_until(lambda: counted(tmp_path) is not None)
    assert 16 < (counted(tmp_path) or 0) <= 80
    create(serving, 80, 128, LONG)
    wait_until(lambda: (counted(tmp_path) or 0) > 80)
