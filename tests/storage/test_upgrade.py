"""A store of revision 0008 upgrades without loss: its cards find their groups, and its deleted cards are listed."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from cardwright.actions.cards import create_card, delete_card, describe_card
from cardwright.actions.history import list_deleted
from cardwright.actions.search import search_cards
from cardwright.core.card import Status
from cardwright.core.search import Expression, Filter, SearchQuery
from cardwright.server.stores import migrate, open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from tests.storage.test_verify import ACTOR

_ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/{}/{}"
_CONTENTS = {
    "by-arn": {"model_package_details": {"model_package_arn": _ARN.format("fraud", 1)}},
    "by-model-id": {"model_overview": {"model_id": _ARN.format("fraud", 2)}},
    "by-name": {"model_package_details": {"model_package_group_name": "fraud"}},
    "no-version": {"model_package_details": {"model_package_arn": _ARN.format("fraud", "x")}},
    "alone": {},
}
_BACK_TO_0008 = (
    "DROP INDEX audit_deleted",
    "DROP INDEX audit_deleted_name",
    "ALTER TABLE cards DROP COLUMN kms_key_id",
    "ALTER TABLE export_jobs DROP COLUMN failing_since",
    "DROP INDEX cards_status_risk",
    "DROP INDEX tags_value",
    "CREATE INDEX tags_key ON tags (account_id, tag_key)",
    "UPDATE cards SET model_package_group_name = NULL WHERE name IN ('by-arn', 'by-model-id')",
    "UPDATE alembic_version SET version_num = '0008'",
)
_OWN_INDEX = {"sqlite": "DROP TABLE card_metadata", "postgresql": "DROP INDEX cards_metadata_trigrams"}


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A store as revision 0008 left it."""
    url = None if request.param == "sqlite" else request.getfixturevalue("new_database")
    settings = Settings(home=tmp_path / "home", database_url=url)
    migrate(settings)
    store = open_store(settings)
    for name, content in _CONTENTS.items():
        with store.open_unit(ACTOR) as unit:
            create_card(unit, name, json.dumps(content), Status.DRAFT)
    with store.open_unit(ACTOR) as unit:
        create_card(unit, "gone", "{}", Status.DRAFT)
    with store.open_unit(ACTOR) as unit:
        delete_card(unit, "gone")
    store.close()
    address = f"sqlite:///{settings.home / 'cardwright.db'}" if url is None else url.replace("://", "+psycopg://")
    with sa.create_engine(address, poolclass=sa.NullPool).begin() as connection:
        for statement in (*_BACK_TO_0008, _OWN_INDEX[request.param]):
            connection.exec_driver_sql(statement)
    return settings


def test_an_old_store_finds_the_cards_of_a_group_and_its_deleted_cards(old: Settings) -> None:
    migrate(old)
    store = open_store(old)
    with store.open_unit(ACTOR, writes=False) as unit:
        wanted = Expression(filters=[Filter("ModelPackageGroupName", value="fraud")])
        hits = search_cards(unit, SearchQuery(wanted)).page.items
        assert sorted(hit.name for hit in hits) == ["by-arn", "by-model-id", "by-name"]
        assert [(card.name, card.deleted_by) for card in list_deleted(unit, limit=10).items] == [("gone", "ann")]
        for name, content in _CONTENTS.items():
            assert json.loads(describe_card(unit, name).content) == content
    assert list(Verification(store.database).faults()) == []
    store.close()
