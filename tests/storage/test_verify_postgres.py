"""``verify`` on PostgreSQL."""

from pathlib import Path

import psycopg

from cardwright.actions.cards import create_card, update_card
from cardwright.app import migrate, open_store
from cardwright.core.card import Status
from cardwright.settings import Settings
from cardwright.storage.verification import Verification
from tests.storage.test_verify import ACTOR


def test_a_changed_content_is_named_and_an_untouched_store_verifies(new_database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=new_database)
    migrate(settings)
    store = open_store(settings)
    with store.open_unit(ACTOR) as unit:
        create_card(unit, "card", "{}", Status.DRAFT, [("owner", "ann")])
    with store.open_unit(ACTOR) as unit:
        update_card(unit, "card", "{ }", Status.APPROVED)
    assert list(Verification(store.database).faults()) == []
    with psycopg.connect(new_database) as connection:
        connection.execute("UPDATE contents SET content = '{  }' WHERE version = 1")
    assert [fault.record for fault in Verification(store.database).faults()] == ["version 1"]
    store.close()
