"""``verify`` names the record that was tampered with."""

import sqlite3
from pathlib import Path

import pytest

from cardwright.actions.cards import create_card, delete_card, update_card
from cardwright.app import open_store
from cardwright.core.card import Status
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.settings import Settings
from cardwright.storage.backup import BackupInvalid, restore_backup, write_backup
from cardwright.storage.verification import Verification

ACTOR = Actor(Scope("us-east-1", "123456789012"), "ann", Role.ADMIN)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    store = open_store(Settings(home=home))
    with store.open_unit(ACTOR) as unit:
        create_card(unit, "gone", "{}", Status.DRAFT)
    with store.open_unit(ACTOR) as unit:
        delete_card(unit, "gone")
    with store.open_unit(ACTOR) as unit:
        create_card(unit, "card", "{}", Status.DRAFT, [("owner", "ann")])
    for content, status in (("{ }", None), ("{  }", Status.APPROVED)):
        with store.open_unit(ACTOR) as unit:
            update_card(unit, "card", content, status)
    store.close()
    return home


def first_fault(home: Path) -> str | None:
    store = open_store(Settings(home=home))
    try:
        return next((fault.record for fault in list(Verification(store.database).faults())), None)
    finally:
        store.close()


CARD = "card_id = (SELECT card_id FROM cards)"


@pytest.mark.parametrize(
    ("sql", "record"),
    [
        ("UPDATE contents SET content = '{\"a\":1}' WHERE version = 2", "version 2"),
        ("UPDATE versions SET author = 'eve' WHERE version = 1", "version 1"),
        ("UPDATE versions SET status = 'Archived' WHERE version = 2", "version 2"),
        ("DELETE FROM versions WHERE version = 2", "version 2"),
        ("DELETE FROM versions WHERE version = 3", "version 3"),
        (f"DELETE FROM audit WHERE sequence = 2 AND {CARD}", "audit link 2"),
        (f"DELETE FROM audit WHERE sequence = 4 AND {CARD}", "audit link 4"),
        (f"DELETE FROM audit WHERE {CARD}", "audit link 1"),
        (f"UPDATE audit SET actor = 'eve' WHERE sequence = 3 AND {CARD}", "audit link 3"),
        ("UPDATE cards SET status = 'Draft'", "the card"),
        ("UPDATE cards SET model_name = 'x'", "the card"),
        ("DELETE FROM cards", "the card"),
        ("UPDATE tags SET tag_value = 'eve'", "tag owner"),
        ("DELETE FROM card_names", "the index of names"),
    ],
)
def test_a_change_behind_the_servers_back_is_named(home: Path, sql: str, record: str) -> None:
    connection = sqlite3.connect(home / "cardwright.db")
    connection.execute(sql)
    connection.commit()
    connection.close()
    assert first_fault(home) == record


def test_an_untouched_store_verifies_and_comes_back_from_its_backup(home: Path, tmp_path: Path) -> None:
    assert first_fault(home) is None
    store = open_store(Settings(home=home))
    write_backup(store, home, tmp_path / "backup")
    store.close()
    restore_backup(tmp_path / "backup", tmp_path / "back")
    assert first_fault(tmp_path / "back") is None
    (tmp_path / "backup").write_bytes((tmp_path / "backup").read_bytes()[:2000])
    with pytest.raises(BackupInvalid):
        restore_backup(tmp_path / "backup", tmp_path / "other")
    assert not (tmp_path / "other").exists()
