"""Exports of several cards as one zip file: their cards and documents, on each engine, through the actions."""

from collections.abc import Iterator

import pytest

from cardwright.actions.archives import (
    begin_archive,
    continue_archive,
    documents_of,
    find_archive,
    store_document,
)
from cardwright.core.archive import KEPT, MAX_CARDS, STALLED, ArchiveLine
from cardwright.core.errors import Invalid, NotFound
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from tests.actions.conftest import Verbs

HERE = Scope("us-east-1", "000000000000")
ANA = Actor(HERE, "ana", Role.VIEWER)
BEN = Actor(HERE, "ben", Role.ADMIN)
ABROAD = Actor(Scope("us-east-1", "111111111111"), "ana", Role.ADMIN)
DOCUMENT = bytes(range(256))


class Archives(Verbs):
    """Runs the actions on archives."""

    def begin(self, *names: str) -> str:
        return self.run(ANA, begin_archive, "pdf", names).archive_id

    def documents(self, archive_id: str, caller: Actor = ANA) -> list[tuple[str, bytes]]:
        return self.run(caller, lambda unit: list(documents_of(unit, archive_id)))


@pytest.fixture
def archives(store_settings: Settings) -> Iterator[Archives]:
    store = open_store(store_settings)
    yield Archives(store)
    store.close()


def test_documents_are_read_back_by_name_and_a_card_left_out_says_why(archives: Archives) -> None:
    begun = archives.begin("b", "a", "c", "b")
    lines = archives.run(ANA, find_archive, begun)[1]
    assert [(line.card_name, line.waits) for line in lines] == [("a", True), ("b", True), ("c", True)]
    assert archives.documents(begun) == []
    archives.now += 5
    assert archives.run(ANA, store_document, begun, ArchiveLine("b", "b.pdf", None), DOCUMENT)
    assert archives.run(ANA, store_document, begun, ArchiveLine("a", None, "The card was deleted"), None)
    archive, lines = archives.run(ANA, find_archive, begun)
    assert (archive.user, archive.format, archive.worked_at - archive.created_at) == ("ana", "pdf", 5)
    assert lines == [
        ArchiveLine("a", None, "The card was deleted"),
        ArchiveLine("b", "b.pdf", None),
        ArchiveLine("c", None, None),
    ]
    assert archives.documents(begun) == [("b.pdf", DOCUMENT)]


def test_an_archive_belongs_to_the_person_who_began_it(archives: Archives) -> None:
    begun = archives.begin("a")
    for other in (BEN, ABROAD):
        for verb in (find_archive, continue_archive):
            with pytest.raises(NotFound, match="There is no such export"):
                archives.run(other, verb, begun)
        with pytest.raises(NotFound):
            archives.documents(begun, other)
    assert not archives.run(ABROAD, store_document, begun, ArchiveLine("a", "a.pdf", None), DOCUMENT)
    assert archives.documents(begun) == []


def test_one_process_continues_an_archive_that_has_stopped(archives: Archives) -> None:
    begun = archives.begin("a")
    archives.now += STALLED
    assert not archives.run(ANA, continue_archive, begun)
    archives.now += 1
    assert [archives.run(ANA, continue_archive, begun) for _ in range(2)] == [True, False]
    archives.run(ANA, store_document, begun, ArchiveLine("a", "a.pdf", None), DOCUMENT)
    archives.now += STALLED + 1
    assert not archives.run(ANA, continue_archive, begun)


def test_an_archive_is_kept_for_a_day_and_deleted_with_the_next_one(archives: Archives) -> None:
    old = archives.begin("a")
    archives.now += KEPT
    young = archives.begin("a")
    archives.run(ANA, find_archive, old)
    archives.now += 1
    archives.begin("a")
    with pytest.raises(NotFound, match="kept for a day"):
        archives.run(ANA, find_archive, old)
    assert not archives.run(ANA, store_document, old, ArchiveLine("a", "a.pdf", None), DOCUMENT)
    archives.run(ANA, find_archive, young)


def test_an_archive_has_a_limited_number_of_cards_each_once(archives: Archives) -> None:
    for names in ((), [f"card-{number}" for number in range(MAX_CARDS + 1)]):
        with pytest.raises(Invalid, match=f"An export has 1 to 500 cards, and this one has {len(names)}"):
            archives.begin(*names)
    assert len(archives.run(ANA, find_archive, archives.begin(*["card"] * (MAX_CARDS + 1)))[1]) == 1
