"""Each operation takes a fixed number of round trips to PostgreSQL, and what is sent together fails together."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.waiting import Ready

from cardwright.actions import cards, tags
from cardwright.actions.access_keys import create_key, revoke_key
from cardwright.core.card import Status
from cardwright.core.errors import Conflict, Unavailable
from cardwright.core.listing import CardQuery
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.engines.postgres_connection import WatchedConnection
from cardwright.storage.store import Store
from cardwright.storage.unit import Unit
from tests.stores import empty_store

ME = Actor(Scope("us-east-1", "000000000000"), "root", Role.ADMIN)
OTHER_CONTENT = '{"intended_uses": {"purpose_of_model": "credit"}}'


class RoundTrips:
    """Counts the waits for an answer of all connections to PostgreSQL."""

    def __init__(self) -> None:
        self.count = 0

    def counted(self, gen: Any) -> Any:
        """Yield as a wait does. A wait that the server need not answer never becomes ready to read."""
        has_read = False
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not has_read and ready & Ready.R:
                    has_read = True
                    self.count += 1
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


@pytest.fixture
def store(new_store: Settings) -> Iterator[Store]:
    store = open_store(new_store)
    yield store
    store.close()


@pytest.fixture
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return empty_store(request, "postgresql", tmp_path)


@pytest.fixture
def trips(store: Store, monkeypatch: pytest.MonkeyPatch) -> RoundTrips:
    trips, wait = RoundTrips(), WatchedConnection.watched
    monkeypatch.setattr(WatchedConnection, "watched", lambda self, gen: wait(self, trips.counted(gen)))
    return trips


def done(store: Store, verb: Callable[[Unit], Any], *, writes: bool = True, actor: Actor = ME) -> Any:
    with store.open_unit(actor, writes=writes) as unit:
        return verb(unit)


def created(name: str) -> Callable[[Unit], str]:
    return lambda unit: cards.create_card(unit, name, "{}", Status.DRAFT, [("team", "risk"), ("cost", "1")])


OPERATIONS: dict[str, tuple[int, bool, Callable[[Unit], Any]]] = {
    "describe": (1, False, lambda unit: cards.describe_card(unit, "fraud")),
    "describe, kept": (1, False, lambda unit: cards.audit_digest(unit, "fraud")),
    "list": (1, False, lambda unit: cards.list_cards(unit, CardQuery(limit=100))),
    # BEGIN, the card with its conflict check, everything else together with COMMIT
    "create": (3, True, created("other")),
    # BEGIN, the lock of the card, its review policies, another card of the model, everything else together with COMMIT
    "update": (5, True, lambda unit: cards.update_card(unit, "fraud", OTHER_CONTENT, None)),
    # BEGIN, the lock of the card, its review policies, everything else together with COMMIT
    "status": (4, True, lambda unit: cards.update_card(unit, "fraud", None, Status.PENDING_REVIEW)),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_takes_a_fixed_number_of_round_trips(store: Store, trips: RoundTrips, operation: str) -> None:
    wanted, writes, verb = OPERATIONS[operation]
    done(store, created("fraud"))
    trips.count = 0
    done(store, verb, writes=writes)
    assert trips.count == wanted


def test_what_is_sent_together_is_stored_together(store: Store) -> None:
    done(store, created("fraud"))
    done(store, lambda unit: cards.update_card(unit, "fraud", OTHER_CONTENT, Status.PENDING_REVIEW))
    assert done(store, lambda unit: tags.list_tags(unit, ME.scope.card_arn("fraud")), writes=False)
    found = done(store, lambda unit: cards.describe_card(unit, "fraud"), writes=False)
    assert (found.version, found.content, found.status) == (2, OTHER_CONTENT, Status.PENDING_REVIEW)


def test_a_statement_sees_those_that_were_sent_before_it(store: Store) -> None:
    def verb(unit: Unit) -> object:
        created("fraud")(unit)
        return cards.describe_card(unit, "fraud").content

    assert done(store, verb) == "{}"


@pytest.mark.parametrize("count", [1, 3])
def test_an_error_of_what_is_sent_together_rolls_back_everything(store: Store, count: int) -> None:
    def verb(unit: Unit) -> None:
        created("fraud")(unit)
        unit.tags.keys_in_use()  # runs what waits
        for _ in range(count):
            unit.connection.send("INSERT INTO store VALUES (1, 'x', 'y', 0)", {})

    with pytest.raises(Conflict):
        done(store, verb)
    assert not done(store, lambda unit: cards.list_cards(unit, CardQuery(limit=10)), writes=False).items
    done(store, created("fraud"))  # the connection works


def test_a_connection_lost_before_what_waits_is_sent_stores_nothing(store: Store, new_store: Settings) -> None:
    def verb(unit: Unit) -> None:
        created("fraud")(unit)
        (pid,) = unit.connection.row("SELECT pg_backend_pid()", {}) or ()
        created("other")(unit)
        with psycopg.connect(str(new_store.database_url), autocommit=True) as operator:
            operator.execute("SELECT pg_terminate_backend(%s)", [pid])

    with pytest.raises(Unavailable, match="may or may not be complete"):
        done(store, verb)
    assert not done(store, lambda unit: cards.list_cards(unit, CardQuery(limit=10)), writes=False).items


def test_an_access_key_is_read_once_a_second(store: Store, trips: RoundTrips) -> None:
    key = done(store, lambda unit: create_key(unit, "robot", Role.VIEWER))
    account, key_id = ME.scope.account, key.access_key_id
    trips.count = 0
    assert [store.find_access_key(account, key_id) for _ in range(3)] == [key] * 3
    assert trips.count == 1
    done(store, lambda unit: revoke_key(unit, key_id))
    found = store.find_access_key(account, key_id)
    assert found is not None
    assert found.revoked_at is not None
