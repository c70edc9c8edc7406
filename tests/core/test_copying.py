"""Rules for copying cards between stores."""

import itertools
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core.copying import Accepted, Action, CardState, Versions, copied_versions, plan

CARD = CardState(("a", "b", "c"), "Approved", {"team": "risk"})
KNOWN = Accepted(frozenset({"Draft"}), ({"team": "risk"}, {}))


def state(digests: str, status: str = "Approved", **tags: str) -> CardState:
    return CardState(tuple(digests), status, tags or {"team": "risk"})


def test_a_missing_card_is_created_with_all_versions_status_and_tags() -> None:
    found = plan("card", CARD, None)
    assert (found.action, found.missing, found.status, found.tags) == (
        Action.CREATE,
        (0, 1, 2),
        "Approved",
        {"team": "risk"},
    )
    assert plan("card", CARD, None, Versions.LATEST).missing == (2,)


def test_a_card_that_was_deleted_after_the_last_copy_is_a_conflict() -> None:
    assert plan("card", CARD, None, accepted=KNOWN).action is Action.CONFLICT
    assert plan("card", CARD, None, accepted=evolve(KNOWN, absent=True)).action is Action.CREATE


@pytest.mark.parametrize(
    ("target", "action", "missing"),
    [
        (state("abc"), Action.EQUAL, ()),
        (state("a"), Action.UPDATE, (1, 2)),
        (state("aab"), Action.UPDATE, (2,)),
        (state("c"), Action.EQUAL, ()),
        (state("b"), Action.UPDATE, (2,)),
        (state("abcd"), Action.CONFLICT, ()),
        (state("ba"), Action.CONFLICT, ()),
        (state("axc"), Action.CONFLICT, ()),
    ],
)
def test_versions_of_the_target_must_come_from_the_source(
    target: CardState, action: Action, missing: tuple[int, ...]
) -> None:
    found = plan("card", CARD, target)
    assert (found.action, found.missing) == (action, missing)


@pytest.mark.parametrize(
    ("target", "accepted", "action"),
    [
        (state("abc", "Draft"), None, Action.CONFLICT),
        (state("abc", "Draft"), KNOWN, Action.UPDATE),
        (state("abc", "Archived"), KNOWN, Action.CONFLICT),
        (state("abc", other="1"), None, Action.CONFLICT),
        (state("abc", "Draft", other="1"), KNOWN, Action.CONFLICT),
        (state("ab", "Draft"), None, Action.CONFLICT),
    ],
)
def test_a_status_or_tags_that_the_target_changed_are_a_conflict(
    target: CardState, accepted: Accepted | None, action: Action
) -> None:
    assert plan("card", CARD, target, accepted=accepted).action is action


def test_tags_that_the_source_lacks_are_removed_after_a_known_copy() -> None:
    known = Accepted(frozenset({"Approved"}), ({"old": "1", "team": "x"},))
    found = plan("card", CARD, state("abc", old="1", team="x"), accepted=known)
    assert (found.tags, found.removed_tags) == ({"team": "risk"}, ("old",))


def test_the_latest_version_alone_is_not_written_twice() -> None:
    returned = CardState(("a", "b", "a"), "Draft", {})
    assert plan("card", returned, CardState(("a",), "Draft", {}), Versions.LATEST).action is Action.EQUAL
    assert plan("card", returned, CardState(("a",), "Draft", {})).missing == (1, 2)


@given(st.lists(st.sampled_from("abc"), min_size=1), st.data())
def test_an_interrupted_copy_goes_on_after_its_last_version(source: list[str], data: Any) -> None:
    written = source[: data.draw(st.integers(1, len(source)))]
    copied = copied_versions(source, written)
    assert copied is not None
    assert _changes(written + source[copied:]) == _changes(source)


def _changes(digests: list[str]) -> list[str]:
    return [digest for digest, _ in itertools.groupby(digests)]


@pytest.mark.parametrize(
    ("target", "accepted", "action", "status", "arrives"),
    [
        (None, None, Action.CREATE, "PendingReview", "PendingReview"),
        (state("abc"), None, Action.EQUAL, None, "Approved"),
        (state("abc", "PendingReview"), None, Action.EQUAL, None, "PendingReview"),
        (state("abc", "Draft"), KNOWN, Action.UPDATE, "PendingReview", "PendingReview"),
        (state("abc", "Draft"), None, Action.CONFLICT, None, ""),
        (state("ab"), None, Action.UPDATE, "PendingReview", "PendingReview"),
        (state("abx"), None, Action.CONFLICT, None, ""),
    ],
)
def test_a_card_that_the_target_does_not_approve_arrives_as_pending_review(
    target: CardState | None, accepted: Accepted | None, action: Action, status: str | None, arrives: str
) -> None:
    found = plan("card", CARD, target, accepted=accepted, refusal="two people must approve")
    assert (found.action, found.status, found.arrives) == (action, status, arrives)
    assert bool(found.notes) is (arrives == "PendingReview")
    if action is Action.CONFLICT:
        assert found.reason == plan("card", CARD, target, accepted=accepted).reason


def test_a_card_that_is_not_approved_is_copied_as_it_is_under_a_policy() -> None:
    draft = evolve(CARD, status="Draft")
    assert plan("card", draft, None, refusal="two people must approve") == plan("card", draft, None)
