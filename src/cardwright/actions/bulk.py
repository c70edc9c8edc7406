"""One action on several cards: each card in a unit of its own, so that one refusal stops no other card.

A rehearsal runs the action itself and rolls it back: the reasons that it gives are those that the action would give.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from cardwright.actions.approvers import caller_name
from cardwright.actions.cards import describe_card, find_card, review_card, update_card
from cardwright.actions.decisions import decisions_of
from cardwright.actions.review_decisions import decide_review
from cardwright.actions.reviews import request_review
from cardwright.actions.tags import add_tags
from cardwright.core import content as contents
from cardwright.core.card import Status
from cardwright.core.errors import CardwrightError, Conflict, Invalid
from cardwright.core.json_value import object_at
from cardwright.core.policy.missing import Lack
from cardwright.core.review import ReviewMoved, Verdict
from cardwright.core.rewriting import rewritten
from cardwright.storage.unit import Unit

MAX_CARDS = 500
"""Cards of one action."""

OpenUnit = Callable[[], AbstractContextManager[Unit]]


class Chosen(NamedTuple):
    """A chosen card, with the content that the person saw; None when that does not matter."""

    name: str
    content_digest: str | None = None


class ChangedCard(NamedTuple):
    """A card that the action changed.

    Attributes:
        before: its status before.
        lacks: what is still missing, such as another approval.
    """

    name: str
    before: str
    lacks: Sequence[Lack] = ()


class LeftOut(NamedTuple):
    """A card that the action left unchanged, and the error that stopped it."""

    name: str
    error: CardwrightError


Verb = Callable[[Unit, Chosen], Sequence[Lack]]
"""Changes one card. Returns what is still missing."""


class _Rehearsed(Exception):
    """Rolls a rehearsal back."""


def run(open_unit: OpenUnit, cards: Sequence[Chosen], verb: Verb) -> tuple[list[ChangedCard], list[LeftOut]]:
    """Run an action on each card. Returns the changed cards and those left out."""
    return _each(open_unit, cards, verb, keep=True)


def rehearse(open_unit: OpenUnit, cards: Sequence[Chosen], verb: Verb) -> tuple[list[ChangedCard], list[LeftOut]]:
    """Return what :func:`run` would do, without a change."""
    return _each(open_unit, cards, verb, keep=False)


def _each(
    open_unit: OpenUnit, cards: Sequence[Chosen], verb: Verb, *, keep: bool
) -> tuple[list[ChangedCard], list[LeftOut]]:
    done: list[ChangedCard] = []
    left_out: list[LeftOut] = []
    for card in cards:
        try:
            with open_unit() as unit:
                done.append(_one(unit, card, verb))
                if not keep:
                    raise _Rehearsed  # noqa: TRY301 - the unit rolls back on its way
        except _Rehearsed:
            continue
        except CardwrightError as error:
            left_out.append(LeftOut(card.name, error))
    return done, left_out


def archive(comment: str | None) -> Verb:
    """Archive cards, with a comment that an approved one needs."""

    def verb(unit: Unit, card: Chosen) -> Sequence[Lack]:
        if find_card(unit, card.name).status is Status.ARCHIVED:
            raise Conflict("It is archived already")
        review_card(unit, card.name, Status.ARCHIVED, comment)
        return ()

    return verb


def tag(key: str, value: str) -> Verb:
    """Give cards a tag."""

    def verb(unit: Unit, card: Chosen) -> Sequence[Lack]:
        arn = unit.actor.scope.card_arn(card.name)
        find_card(unit, card.name)
        add_tags(unit, arn, [(key, value)])
        return ()

    return verb


def set_owner(owner: str) -> Verb:
    """Give cards an owner: a new version of each, with nothing else changed."""

    def verb(unit: Unit, card: Chosen) -> Sequence[Lack]:
        described = describe_card(unit, card.name)
        value = object_at(contents.parse(described.content))
        overview = object_at(value, "model_overview")
        if overview.get("model_owner") == owner:
            raise Conflict("It has this owner already")
        changed = {**value, "model_overview": {**overview, "model_owner": owner}}
        text = rewritten(described.content, changed)
        note = f"Owner set to {owner}"[:_NOTE]
        update_card(unit, card.name, text, None, note=note, based_on=described.version)
        return ()

    return verb


def ask_for_review(reviewers: Sequence[str], due_at: int | None) -> Verb:
    """Ask for a review of cards."""

    def verb(unit: Unit, card: Chosen) -> Sequence[Lack]:
        if unit.reviews.open(find_card(unit, card.name).card_id) is not None:
            raise Conflict("It has an open review already")
        request_review(unit, card.name, reviewers=reviewers, due_at=due_at, content_digest=card.content_digest)
        return ()

    return verb


def approve(unit: Unit, card: Chosen) -> Sequence[Lack]:
    """Approve the content of a card that the person saw."""
    found = find_card(unit, card.name)
    if card.content_digest is None:
        raise Invalid("The request does not say which content it approves")
    if card.content_digest != found.content_digest:
        raise ReviewMoved(card.name, found.version, found.content_digest)
    review = unit.reviews.open(found.card_id)
    if review is None:
        if found.status is Status.APPROVED:
            raise Conflict("It is approved already")
        if found.status is not Status.PENDING_REVIEW:
            raise Invalid("It is not under review: ask for a review first")
        review_card(unit, card.name, Status.APPROVED, None, was=Status.PENDING_REVIEW)
        return ()
    me = caller_name(unit)
    mine = decisions_of(unit, found.card_id, me).counting(review.review_id, me)
    if mine is not None and mine.verdict == Verdict.APPROVE:
        raise Conflict("You approved it already")
    outcome = decide_review(unit, card.name, Verdict.APPROVE, card.content_digest)
    return outcome.lacks


_NOTE = 200  # characters of the note of a version


def _one(unit: Unit, card: Chosen, verb: Verb) -> ChangedCard:
    before = find_card(unit, card.name).status
    return ChangedCard(card.name, str(before), verb(unit, card))
