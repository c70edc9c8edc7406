"""Dry runs that are stored: some cards at a time, each once, also with two processes, on each engine."""

import pytest

from cardwright.actions import policy_dry_run
from cardwright.actions.cards import create_card
from cardwright.actions.policies import delete_policy, put_policy
from cardwright.actions.policy_runs import (
    begin_run,
    continue_run,
    failing_cards,
    find_run,
    newest_run,
    store_next,
    try_next,
)
from cardwright.core.card import Status
from cardwright.core.errors import Conflict, NotFound
from cardwright.core.policy_run import KEPT, STALLED, PolicyRun
from cardwright.storage.store import Store
from tests.storage.test_review_work import ANA, MEI, POLICY, content, store

__all__ = ["store"]  # the fixture

STRICTER = POLICY.replace("version: 1", "version: 2").replace("model_owner]", "model_owner, /business_details]")
NAMES = [f"card-{number:02}" for number in range(23)]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_dry_run, "AT_ONCE", 5)


@pytest.fixture
def begun(store: Store) -> PolicyRun:
    """A dry run over cards of which every second has no owner, and every fifth is not governed."""
    with store.open_unit(MEI) as unit:
        for number, name in enumerate(NAMES):
            risk = "Low" if number % 5 == 4 else "High"
            create_card(unit, name, content(risk, "x" if number % 2 else ""), Status.DRAFT)
    with store.open_unit(ANA) as unit:
        return begin_run(unit, put_policy(unit, STRICTER, activate=False))


def step(store: Store, run: PolicyRun) -> bool:
    with store.open_unit(MEI, writes=False) as unit:
        tried = try_next(unit, run.run_id)
    if tried is None:
        return False
    with store.open_unit(MEI) as unit:
        return store_next(unit, *tried)


def read(store: Store, run: PolicyRun) -> PolicyRun:
    with store.open_unit(MEI, writes=False) as unit:
        return find_run(unit, run.run_id, "risky")


def test_a_dry_run_reads_every_card_once_and_keeps_those_that_fail(store: Store, begun: PolicyRun) -> None:
    steps = 0
    while step(store, begun):
        steps += 1
        assert read(store, begun).counts.read == min(23, 5 * steps)
    run = read(store, begun)
    governed = [name for number, name in enumerate(NAMES) if number % 5 != 4]
    assert (steps, run.place, run.ended_at is not None) == (5, "card-19", True)
    assert (run.counts.read, run.counts.governed, run.counts.failing) == (23, len(governed), len(governed))
    assert run.counts.newly == sum(1 for number in range(23) if number % 5 != 4 and number % 2)
    assert run.counts.by_rule == {"owner-named": len(governed)}
    with store.open_unit(MEI, writes=False) as unit:
        cards = [card for part in range(1, run.parts + 1) for card in failing_cards(unit, run, part)]
    assert [card.name for card in cards] == governed
    assert {card.name: card.fails_today for card in cards} == {
        name: not number % 2 for number, name in enumerate(NAMES) if number % 5 != 4
    }
    assert cards[0].failed[0][0] == "owner-named"
    assert not step(store, begun)


def test_of_two_processes_that_try_the_same_cards_one_stores_them(store: Store, begun: PolicyRun) -> None:
    with store.open_unit(MEI, writes=False) as unit:
        first = try_next(unit, begun.run_id)
        second = try_next(unit, begun.run_id)
    assert first is not None
    assert second is not None
    with store.open_unit(MEI) as unit:
        assert store_next(unit, *first)
    with store.open_unit(MEI) as unit:
        assert not store_next(unit, *second)
    assert read(store, begun).counts.read == 5
    while step(store, begun):
        pass
    assert read(store, begun).counts.read == 23


def test_a_dry_run_that_stopped_is_continued_by_one_caller(store: Store, begun: PolicyRun) -> None:
    step(store, begun)
    stored = [begun]
    with store.open_unit(ANA) as unit, pytest.raises(Conflict, match="A dry run of risky, version 2, is in progress"):
        begin_run(unit, put_policy(unit, POLICY))
    later = read(store, begun).worked_at + STALLED + 1
    store.clock = lambda: later
    with store.open_unit(MEI) as unit:
        assert continue_run(unit, stored[0].run_id, "risky")
    with store.open_unit(MEI) as unit:
        assert not continue_run(unit, stored[0].run_id, "risky")
    while step(store, begun):
        pass
    assert read(store, begun).counts.read == 23


def test_a_step_ends_after_its_time_with_one_card_at_least(
    store: Store, begun: PolicyRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardwright.actions.policy_runs.STEP_SECONDS", -1)
    assert step(store, begun)
    assert read(store, begun).counts.read == 1
    steps = 1
    while step(store, begun):
        steps += 1
    assert (steps, read(store, begun).counts.read) == (23, 23)


def test_a_dry_run_is_of_one_version_and_is_deleted_after_its_time(store: Store, begun: PolicyRun) -> None:
    with store.open_unit(ANA) as unit:
        stored = put_policy(unit, POLICY)
        assert newest_run(unit, stored) is None
    with store.open_unit(ANA) as unit, pytest.raises(NotFound):
        find_run(unit, begun.run_id, "other")
    later = begun.begun_at + KEPT + 1
    store.clock = lambda: later
    with store.open_unit(ANA) as unit:
        again = begin_run(unit, stored)
        assert newest_run(unit, stored) == again
        with pytest.raises(NotFound, match="kept for 90 days"):
            find_run(unit, begun.run_id, "risky")


def test_a_dry_run_of_a_deleted_policy_stops(store: Store, begun: PolicyRun) -> None:
    with store.open_unit(ANA) as unit:
        delete_policy(unit, "risky")
    with pytest.raises(NotFound):
        step(store, begun)
