"""Units without a savepoint: what fails before a change harms no other unit, and nothing is half written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.actions.cards import create_card, update_card
from cardwright.core.card import Status
from cardwright.core.errors import CardwrightError, Unavailable
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.store import Store
from cardwright.storage.unit import Unit

_SCOPE = Scope("us-east-1", "000000000000")
ME, VIEWER = Actor(_SCOPE, "me", Role.ADMIN), Actor(_SCOPE, "viewer", Role.VIEWER)
MODEL = '{"model_overview": {"model_id": "model-of-kept"}}'

REFUSED = {
    "a name that is taken": lambda unit: create_card(unit, "kept", "{}", Status.DRAFT),
    "a model that has a card": lambda unit: create_card(unit, "other", MODEL, Status.DRAFT),
    "a content that is invalid": lambda unit: create_card(unit, "other", '{"x": 1}', Status.DRAFT),
    "tags that are invalid": lambda unit: create_card(unit, "other", "{}", Status.DRAFT, [("aws:x", "y")]),
    "an update without a card": lambda unit: update_card(unit, "missing", "{}", None),
    "an update to a model that has a card": lambda unit: update_card(unit, "second", MODEL, None),
    "an update of an archived card": lambda unit: update_card(unit, "archived", MODEL, None),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(home=tmp_path))
    for name, content, status in (
        ("kept", MODEL, Status.DRAFT),
        ("second", "{}", Status.DRAFT),
        ("archived", "{}", Status.ARCHIVED),
    ):
        with opened.open_unit(ME) as unit:
            create_card(unit, name, content, status)
    opened.database.gather_commits()
    yield opened
    opened.close()


def has(store: Store, name: str) -> bool:
    with store.open_unit(ME, writes=False) as unit:
        return unit.cards.find(name) is not None


def created(store: Store, name: str) -> Unit:
    with store.open_unit(ME, undo=False) as unit:
        create_card(unit, name, "{}", Status.DRAFT)
    return unit


def fail_after_a_change(store: Store, *, undo: bool) -> None:
    with store.open_unit(ME, undo=undo) as unit:
        create_card(unit, "half", "{}", Status.DRAFT)
        raise ValueError("a bug")


@pytest.mark.parametrize("refusal", REFUSED)
@pytest.mark.parametrize("actor", [ME, VIEWER], ids=["admin", "viewer"])
def test_a_refused_create_or_update_leaves_its_batch_whole(store: Store, refusal: str, actor: Actor) -> None:
    before = created(store, "before")
    with pytest.raises(CardwrightError) as refused, store.open_unit(actor, undo=False) as unit:
        REFUSED[refusal](unit)
    assert not isinstance(refused.value, Unavailable)
    after = created(store, "after")
    store.database.flush()
    for unit in (before, after):
        assert unit.commitment is not None
        unit.commitment.settle()
    assert has(store, "before")
    assert has(store, "after")
    assert not has(store, "other")


def test_a_fault_after_a_change_undoes_its_batch_and_says_so(store: Store) -> None:
    before = created(store, "before")
    with pytest.raises(ValueError, match="a bug"):
        fail_after_a_change(store, undo=False)
    store.database.flush()
    assert before.commitment is not None
    with pytest.raises(Unavailable):
        before.commitment.settle()
    assert not has(store, "before")
    assert not has(store, "half")
    created(store, "next")
    store.database.flush()
    assert has(store, "next")


def test_a_unit_with_a_savepoint_fails_alone(store: Store) -> None:
    before = created(store, "before")
    with pytest.raises(ValueError, match="a bug"):
        fail_after_a_change(store, undo=True)
    store.database.flush()
    assert before.commitment is not None
    before.commitment.settle()
    assert has(store, "before")
    assert not has(store, "half")
