"""Pairs of evaluation jobs that are stored with a card."""

import json

import pytest

from cardwright.actions.cards import create_card, delete_card, describe_card, find_card, update_card
from cardwright.actions.evaluation_pairs import JobOf, forget_pair, keep_pair, kept_pairs
from cardwright.actions.history import audit_trail
from cardwright.core.card import Status
from cardwright.core.errors import CardMissing, Denied, Invalid
from cardwright.core.integrity.history import details_of
from cardwright.core.people import Role
from tests.actions.conftest import Verbs, actor

AUTHOR, VIEWER = actor(Role.AUTHOR), actor(Role.VIEWER)


def evaluated(*names: str) -> str:
    return json.dumps({"evaluation_details": [{"name": name} for name in names]})


@pytest.fixture(autouse=True)
def card(verbs: Verbs) -> None:
    verbs.run(AUTHOR, create_card, "fraud", evaluated("Old", "Both"), Status.DRAFT)
    verbs.run(AUTHOR, update_card, "fraud", evaluated("New", "Both", "Newer"), None)


def kept(verbs: Verbs) -> list[tuple[str, str | None]]:
    return [(choice.before, choice.after) for choice in verbs.run(VIEWER, kept_pairs, "fraud")]


def test_a_pair_is_kept_with_its_event_and_changes_no_content(verbs: Verbs) -> None:
    before = verbs.run(VIEWER, find_card, "fraud")
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(2, "New"), JobOf(1, "Old"))
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(1, "Old"), JobOf(2, "New"))
    assert kept(verbs) == [("Old", "New")]
    after = verbs.run(VIEWER, find_card, "fraud")
    assert (after.version, after.content_digest, after.modified_at) == (2, before.content_digest, before.modified_at)
    newest, *_ = verbs.run(VIEWER, audit_trail, "fraud")
    assert (newest.event, details_of(newest)) == (
        "paired",
        {"before": "Old", "after": "New", "between_versions": [1, 2]},
    )
    assert after.audit_sequence == before.audit_sequence + 1


def test_a_new_choice_replaces_those_that_contradict_it(verbs: Verbs) -> None:
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(2, "New"), None)
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(1, "Old"), JobOf(2, "New"))
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(1, "Old"), JobOf(2, "Newer"))
    assert kept(verbs) == [("Old", "Newer")]
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(2, "Newer"), None)
    assert kept(verbs) == [("Newer", None)]


def test_a_forgotten_pair_leaves_an_event(verbs: Verbs) -> None:
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(1, "Old"), JobOf(2, "New"))
    verbs.run(AUTHOR, forget_pair, "fraud", "New")
    assert kept(verbs) == []
    assert [link.event for link in verbs.run(VIEWER, audit_trail, "fraud")][:2] == ["unpaired", "paired"]
    with pytest.raises(Invalid, match='no pair of the evaluation job "New"'):
        verbs.run(AUTHOR, forget_pair, "fraud", "New")


@pytest.mark.parametrize(
    ("one", "other", "problem"),
    [
        (JobOf(1, "Odl"), JobOf(2, "New"), 'The older version does not have the evaluation job "Odl". It has "Both"'),
        (JobOf(1, "Old"), JobOf(2, "Nwe"), 'The newer version does not have the evaluation job "Nwe"'),
        (JobOf(1, "Both"), JobOf(2, "Both"), "equal name are paired already"),
        (JobOf(2, "New"), JobOf(2, "Newer"), "name two versions"),
        (JobOf(2, "Other"), None, 'Neither version has the evaluation job "Other"'),
    ],
)
def test_a_wrong_pair_is_refused_and_nothing_is_kept(
    verbs: Verbs, one: JobOf, other: JobOf | None, problem: str
) -> None:
    with pytest.raises(Invalid, match=problem):
        verbs.run(AUTHOR, keep_pair, "fraud", one, other)
    assert kept(verbs) == []
    assert len(verbs.run(VIEWER, audit_trail, "fraud")) == 2


def test_jobs_that_exist_side_by_side_are_not_paired(verbs: Verbs) -> None:
    verbs.run(AUTHOR, update_card, "fraud", evaluated("New", "Newer"), None)
    with pytest.raises(Invalid, match="Both versions have both jobs"):
        verbs.run(AUTHOR, keep_pair, "fraud", JobOf(2, "New"), JobOf(3, "Newer"))


def test_viewers_read_pairs_only_and_a_deleted_card_leaves_none(verbs: Verbs) -> None:
    with pytest.raises(Denied):
        verbs.run(VIEWER, keep_pair, "fraud", JobOf(1, "Old"), JobOf(2, "New"))
    verbs.run(AUTHOR, keep_pair, "fraud", JobOf(1, "Old"), JobOf(2, "New"))
    with pytest.raises(Denied):
        verbs.run(VIEWER, forget_pair, "fraud", "Old")
    with pytest.raises(CardMissing, match="does not exist"):
        verbs.run(AUTHOR, keep_pair, "fraud", JobOf(7, "Old"), JobOf(2, "New"))
    verbs.run(AUTHOR, delete_card, "fraud")
    verbs.run(AUTHOR, create_card, "fraud", evaluated("Old"), Status.DRAFT)
    assert kept(verbs) == []
    assert verbs.run(VIEWER, describe_card, "fraud").version == 1
