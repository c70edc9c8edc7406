"""Undo a change of a card's status."""

import orjson

from cardwright.actions.approvers import caller_name
from cardwright.actions.cards import lock_card, update_card
from cardwright.actions.decisions import decisions_of
from cardwright.actions.history import audit_trail
from cardwright.actions.review_decisions import decide_review
from cardwright.actions.reviewed_card import review_of
from cardwright.core.card import Card, Status, check_comment
from cardwright.core.integrity.history import Event
from cardwright.core.people import Role
from cardwright.core.review import Verdict
from cardwright.storage.unit import Unit


def undo_status(unit: Unit, name: str, status: Status, comment: str | None = None) -> bool:
    """Undo the caller's last change of a card's status. An approval is withdrawn with events of its own.

    Returns False, without a change, unless the last event of the card is that the caller changed ``status`` into the
    status that the card has.

    Raises:
        CardMissing, Denied, Invalid: as :func:`cardwright.actions.cards.update_card`; a policy holds for an undo too.
        Invalid: the comment is too long, or the console ends an approval without one.
    """
    unit.actor.require(Role.VIEWER, "UpdateModelCard", unit.actor.scope.card_arn(name))
    checked_comment = check_comment(comment)
    card = lock_card(unit, name)
    if not _changed_last(unit, card, status):
        return False
    last = unit.reviews.approval(card.card_id)
    if card.status is Status.APPROVED and last is not None and last.ended_at is None:
        review = review_of(unit, card, last.review_id)
        mine = decisions_of(unit, card.card_id).counting(review.review_id, caller_name(unit))
        if mine is not None and not unit.reviews.governed(card.card_id)[1]:
            decide_review(
                unit, name, Verdict.WITHDRAW, card.content_digest, review_id=review.review_id, comment=checked_comment
            )
    update_card(unit, name, None, status, comment=checked_comment)
    return True


def _changed_last(unit: Unit, card: Card, before: Status) -> bool:
    """Whether the last event of a card is that the caller changed its status from ``before`` to what it is."""
    last = audit_trail(unit, card.name, limit=1)[0]
    if last.actor != unit.actor.user or last.event != Event.STATUS:
        return False
    details = orjson.loads(last.details)
    return (details["from"], details["to"]) == (before, card.status)
