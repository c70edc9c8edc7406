"""``verify`` reads the rows of several cards with one statement, and finds what reading them one by one finds."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardwright.actions.cards import create_card, delete_card, update_card
from cardwright.core.card import Status
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings
from cardwright.storage.engines.database import Parameters
from cardwright.storage.engines.sqlite_connection import SqliteConnection
from cardwright.storage.integrity import card_verification
from cardwright.storage.integrity.card_rows import CardRows
from cardwright.storage.integrity.shares import Counts
from cardwright.storage.integrity.verification import CARDS_AHEAD, Verification
from tests.storage.test_verify import ACTOR, tamper
from tests.stores import make_sqlite_store

CARDS = 8
TABLES = [value for value in vars(card_verification).values() if isinstance(value, CardRows)]
CHANGES = (
    "UPDATE contents SET content = '{  }' WHERE version = 2",
    "DELETE FROM contents WHERE version = 3",
    "UPDATE audit SET actor = 'eve' WHERE sequence = 2",
    "DELETE FROM tags WHERE tag_key = 'key-1'",
    "DELETE FROM card_texts WHERE card_id IN (SELECT card_id FROM cards WHERE name > 'card-3')",
    "DELETE FROM cards WHERE name = 'card-4'",
    "INSERT INTO contents SELECT account_id, card_id, 9, content FROM contents WHERE version = 1",
)


@pytest.fixture
def settings(store_settings: Settings) -> Settings:
    """A store of cards with one to four versions and tags, and a deleted card in the middle."""
    with closing(open_existing_store(store_settings)) as store, store.open_unit(ACTOR) as unit:
        for number in range(CARDS):
            tags = [(f"key-{tag}", "x") for tag in range(number % 4)]
            create_card(unit, f"card-{number}", "{}", Status.DRAFT, tags)
            for version in range(number % 4):
                update_card(unit, f"card-{number}", f'{{"additional_information": {{}}{" " * version}}}', None)
        delete_card(unit, "card-3")
    return store_settings


def verified(settings: Settings) -> tuple[list[str], Counts]:
    with closing(open_existing_store(settings, writes=False)) as store:
        walk = Verification(store.database)
        return [str(fault) for fault in walk.faults()], walk.counts


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 8])
def test_statements_of_any_size_find_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    sound = verified(settings)
    assert sound[0] == []
    assert (sound[1].cards, sound[1].versions) == (CARDS - 1, 1 + 2 + 3 + 1 + 2 + 3 + 4)
    with monkeypatch.context() as patched:
        for table in TABLES:
            patched.setattr(table, "at_once", at_once)
        assert verified(settings) == sound
    for change in CHANGES:
        tamper(settings, change)
        faulty = verified(settings)
        assert faulty[0]
        with monkeypatch.context() as patched:
            for table in TABLES:
                patched.setattr(table, "at_once", at_once)
            assert verified(settings) == faulty


def count_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that SQLite's connections run from now on."""
    statements: list[str] = []

    def counted(run: Callable[..., Any]) -> Callable[..., Any]:
        def run_and_count(connection: SqliteConnection, sql: str, parameters: Parameters) -> object:
            statements.append(sql)
            return run(connection, sql, parameters)

        return run_and_count

    for name in ("rows", "row"):
        monkeypatch.setattr(SqliteConnection, name, counted(getattr(SqliteConnection, name)))
    return statements


def test_a_statement_reads_a_table_for_several_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_sqlite_store(tmp_path)
    with closing(open_existing_store(Settings(home=tmp_path))) as store:
        with store.open_unit(ACTOR) as unit:
            for number in range(2 * CARDS_AHEAD):
                create_card(unit, f"card-{number}", "{}", Status.DRAFT)
        statements = count_statements(monkeypatch)
        assert [*Verification(store.database).faults()] == []
    assert len(statements) < 2 * CARDS_AHEAD
