"""A store of revision 0008 upgrades without loss, and a store of an unknown revision is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.actions.cards import describe_card
from cardwright.actions.export_jobs import list_export_jobs
from cardwright.actions.history import list_deleted
from cardwright.actions.portfolio import browse_cards, index_words
from cardwright.actions.search import search_cards
from cardwright.actions.users import list_users
from cardwright.core.card import Status
from cardwright.core.errors import Unavailable
from cardwright.core.export_job import ExportQuery, ExportStatus
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.portfolio import PortfolioQuery
from cardwright.core.search import Expression, Filter, SearchQuery
from cardwright.server.stores import migrate, open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store
from tests.storage.older import restore
from tests.storage.test_schema import execute

ME = Actor(Scope("us-east-1", "000000000000"), "ann", Role.ADMIN)
WORDS = ("waste sorter", "wast sort")


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = None if request.param == "sqlite" else request.getfixturevalue("new_database")
    settings = Settings(home=tmp_path / "home", database_url=url)
    restore(settings)
    return settings


@pytest.fixture
def upgraded(settings: Settings) -> Iterator[Store]:
    migrate(settings)
    store = open_store(settings)
    yield store
    store.close()


def test_an_upgraded_store_verifies(upgraded: Store) -> None:
    assert list(Verification(upgraded.database).faults()) == []


def test_an_upgrade_stores_statistics_for_the_planner(settings: Settings) -> None:
    migrate(settings)
    tables = {
        "sqlite": "SELECT DISTINCT tbl FROM sqlite_stat1",
        "postgresql": "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = current_schema()",
    }
    found = {row[0] for row in execute(settings, tables["postgresql" if settings.database_url else "sqlite"])}
    assert {"cards", "audit", "resources"} <= found


def test_an_upgraded_store_has_its_cards_users_and_export_jobs(upgraded: Store) -> None:
    with upgraded.open_unit(ME, writes=False) as unit:
        alone = describe_card(unit, "alone")
        jobs = list_export_jobs(unit, "alone", ExportQuery()).items
        users = [(user.name, user.role) for user in list_users(unit)]
        page, number = browse_cards(unit, PortfolioQuery())
    assert (alone.version, alone.status) == (2, Status.PENDING_REVIEW)
    assert json.loads(alone.content) == {"model_overview": {"model_owner": "Zoë"}}
    assert [(job.name, job.status) for job in jobs] == [("first", ExportStatus.COMPLETED)]
    assert users == [("mei", Role.APPROVER)]
    assert number == len(page.items) == 8


def test_an_upgraded_store_finds_the_cards_of_a_group(upgraded: Store) -> None:
    wanted = Expression(filters=[Filter("ModelPackageGroupName", value="fraud")])
    with upgraded.open_unit(ME, writes=False) as unit:
        hits = search_cards(unit, SearchQuery(wanted)).page.items
    assert sorted(hit.name for hit in hits) == ["by-arn", "by-model-id"]


def test_an_upgraded_store_lists_the_cards_deleted_before(upgraded: Store) -> None:
    with upgraded.open_unit(ME, writes=False) as unit:
        assert [card.name for card in list_deleted(unit, limit=10).items] == ["gone"]


def test_an_upgraded_store_finds_words_and_their_beginnings(upgraded: Store) -> None:
    with upgraded.open_unit(ME) as unit:
        index_words(unit, 100)
    with upgraded.open_unit(ME, writes=False) as unit:
        found = {text: [row.name for row in browse_cards(unit, PortfolioQuery(text=text))[0].items] for text in WORDS}
    assert found == {text: ["waste-sorter-vision"] for text in WORDS}


def test_a_store_of_an_unknown_schema_is_refused_and_unchanged(settings: Settings) -> None:
    """Nothing leads from revisions before the first one, which only development stores have."""
    execute(settings, "UPDATE alembic_version SET version_num = '0005'")
    with pytest.raises(Unavailable, match=r"has schema 0005, which cannot be migrated: .* from schema 0008 on"):
        migrate(settings)
    assert execute(settings, "SELECT version_num FROM alembic_version") == [("0005",)]
