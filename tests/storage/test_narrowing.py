"""Lists by a part of a name are the same whichever way their pages are read."""

import dataclasses
from collections.abc import Iterator
from itertools import product

import pytest

from cardwright.actions.cards import create_card, list_cards
from cardwright.core.card import Status
from cardwright.core.listing import CardQuery, CardSort
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.storage.store import Store
from tests.stores import empty_store

ME = Actor(Scope("us-east-1", "000000000000"), "me", Role.ADMIN, authenticated=True)
STATUSES = (Status.DRAFT, Status.PENDING_REVIEW)
# Parts of all names, of scattered ones, of some created together, of one, and of none.
PARTS = ("card", "odd", "late", "card-17", "missing", "17")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with 40 cards, whose order by name differs from that of time."""
    store = open_store(empty_store(request, request.param, tmp_path_factory.mktemp("narrowing")))
    for number in range(40):
        with store.open_unit(ME) as unit:
            create_card(unit, name_of(number), "{}", STATUSES[number % 3 == 0])
    yield store
    store.close()


def name_of(number: int) -> str:
    kinds = ("-odd" if number % 2 else "") + ("-late" if number >= 30 else "")
    return f"{'zyxw'[number % 4]}-Card-{number}{kinds}"


def pages(store: Store, query: CardQuery) -> list[str]:
    found: list[str] = []
    with store.open_unit(ME, writes=False) as unit:
        while True:
            page = list_cards(unit, query)
            found += [card.name for card in page.items]
            if page.position is None:
                return found
            query = dataclasses.replace(query, after=page.position)


@pytest.mark.parametrize(
    "bounds",
    [(2, 3, 9, 12), (1, 0, 1, 0), (1, 0, 40, 0), (1, 0, 1, 40), (2_000, 200, 20_000, 5_000)],
)
def test_each_way_to_read_a_list_gives_the_same_pages(
    store: Store, monkeypatch: pytest.MonkeyPatch, bounds: tuple[int, int, int, int]
) -> None:
    for name, rows in zip(("WALKED", "HANDFUL", "WALKED_ON", "FEW"), bounds, strict=True):
        monkeypatch.setattr(f"cardwright.storage.cards.{name}", rows)
    by_time = [(name_of(number), STATUSES[number % 3 == 0]) for number in range(40)]
    for part, sort, descending, status, limit in product(PARTS, CardSort, (False, True), (None, *STATUSES), (1, 3, 50)):
        wanted = [name for name, its in by_time if part in name.lower() and status in {None, its}]
        wanted = sorted(wanted) if sort is CardSort.NAME else wanted
        query = CardQuery(name_contains=part, sort_by=sort, descending=descending, status=status, limit=limit)
        assert pages(store, query) == (wanted[::-1] if descending else wanted), query
