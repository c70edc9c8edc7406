"""One action on several cards: a refusal stops no other card, and a rehearsal says the same without a change."""

import json
from contextlib import AbstractContextManager

import pytest

from cardwright.actions import bulk
from cardwright.actions.bulk import ChangedCard, Chosen, Verb
from cardwright.actions.cards import create_card, describe_card, find_card, update_card
from cardwright.actions.tags import list_tags
from cardwright.console.refusals import words_of
from cardwright.core.card import Status
from cardwright.core.people import Actor, Role
from cardwright.storage.unit import Unit
from tests.actions.conftest import HERE, Verbs, actor

AUTHOR = actor(Role.AUTHOR)
APPROVER = actor(Role.APPROVER, "ravi")


@pytest.fixture
def cards(verbs: Verbs) -> Verbs:
    """The cards draft, review, approved and archived, named for their statuses."""
    statuses = {"draft": Status.DRAFT, "review": Status.PENDING_REVIEW, "approved": Status.APPROVED}
    for name, status in (statuses | {"archived": Status.ARCHIVED}).items():
        verbs.run(APPROVER, create_card, name, "{}", status)
    return verbs


def run(
    cards: Verbs, verb: Verb, *chosen: Chosen | str, caller: Actor = APPROVER
) -> tuple[list[ChangedCard], list[tuple[str, str]]]:
    """Rehearse an action, and then run it: both leave the same cards out, for the same reasons."""

    def opened() -> AbstractContextManager[Unit]:
        return cards.store.open_unit(caller)

    wanted = [Chosen(card) if isinstance(card, str) else card for card in chosen]
    before = [state(cards, card.name) for card in wanted if card.name != "missing"]
    rehearsed = bulk.rehearse(opened, wanted, verb)
    assert [state(cards, card.name) for card in wanted if card.name != "missing"] == before
    done, left_out = bulk.run(opened, wanted, verb)
    reasons, rehearsed_reasons = (
        [(one.name, words_of(one.error)) for one in ones] for ones in (left_out, rehearsed[1])
    )
    assert (rehearsed[0], rehearsed_reasons) == (done, reasons)
    return done, reasons


def state(cards: Verbs, name: str) -> tuple[int, str, str, dict[str, str]]:
    card = cards.run(APPROVER, describe_card, name)
    return card.version, str(card.status), card.content, tags_of(cards, name)


def tags_of(cards: Verbs, name: str) -> dict[str, str]:
    return dict(cards.run(APPROVER, list_tags, HERE.card_arn(name)))


def digest(cards: Verbs, name: str) -> str:
    return cards.run(APPROVER, find_card, name).content_digest


def test_cards_are_archived_and_one_that_is_archived_is_left_out(cards: Verbs) -> None:
    done, left_out = run(cards, bulk.archive("Replaced."), "draft", "archived", "missing", "approved")
    assert done == [ChangedCard("draft", "Draft"), ChangedCard("approved", "Approved")]
    archived, missing = left_out
    assert archived == ("archived", "It is archived already")
    assert missing == ("missing", "There is no card missing. It may have been deleted")
    assert {state(cards, name)[1] for name in ("draft", "approved", "archived")} == {"Archived"}


def test_an_author_who_may_not_approve_reads_the_reason_alone(cards: Verbs) -> None:
    done, ((name, reason),) = run(cards, bulk.approve, Chosen("review", digest(cards, "review")), caller=AUTHOR)
    assert (done, name, state(cards, "review")[1]) == ([], "review", "PendingReview")
    assert reason == "This needs the role approver, and you are an author"


def test_a_tag_is_given_to_each_card(cards: Verbs) -> None:
    done, left_out = run(cards, bulk.tag("team", "risk"), "draft", "review")
    assert [one.name for one in done] == ["draft", "review"]
    assert left_out == []
    assert [state(cards, name)[3] for name in ("draft", "review")] == [{"team": "risk"}] * 2


def test_an_owner_is_a_new_version_that_keeps_all_other_text(cards: Verbs) -> None:
    text = '{ "model_overview": {"model_version": 1.50}, "intended_uses": {"purpose_of_model": "é"} }'
    cards.run(AUTHOR, update_card, "draft", text, None)
    done, left_out = run(cards, bulk.set_owner("mei"), "draft", "review")
    assert [one.name for one in done] == ["draft", "review"]
    version, _, content, _ = state(cards, "draft")
    assert version == 3
    assert "1.50" in content
    assert json.loads(content) == json.loads(text) | {"model_overview": {"model_version": 1.5, "model_owner": "mei"}}
    assert left_out == []
    assert run(cards, bulk.set_owner("mei"), "draft") == ([], [("draft", "It has this owner already")])


def test_only_the_content_that_was_seen_is_approved(cards: Verbs) -> None:
    seen = digest(cards, "review")
    assert run(cards, bulk.approve, Chosen("review")) == (
        [], [("review", "The request does not say which content it approves")],
    )  # fmt: skip
    cards.run(AUTHOR, update_card, "review", '{"intended_uses": {}}', None)
    moved = [("review", "Its content changed: version 2 is the newest")]
    assert run(cards, bulk.approve, Chosen("review", seen)) == ([], moved)
    done, left_out = run(cards, bulk.approve, Chosen("review", digest(cards, "review")))
    assert (done, left_out) == ([ChangedCard("review", "PendingReview")], [])
    assert state(cards, "review")[1] == "Approved"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("approved", "It is approved already"), ("draft", "It is not under review: ask for a review first")],
)
def test_a_card_that_is_not_under_review_is_not_approved(cards: Verbs, name: str, reason: str) -> None:
    assert run(cards, bulk.approve, Chosen(name, digest(cards, name))) == ([], [(name, reason)])
