"""The expiry of approvals: a card leaves Approved once its review date and the grace period have passed."""

from cardwright.actions.card_status import add_status
from cardwright.actions.events import add_link
from cardwright.actions.review_record import review_details
from cardwright.core.card import Status
from cardwright.core.integrity.history import Event
from cardwright.core.policy.approval import AfterExpiry
from cardwright.core.review import ReviewState
from cardwright.storage.unit import Unit


def expire_card(unit: Unit, name: str, card_id: str) -> bool:
    """Move a card to PendingReview when its approval has expired. False, without a change, when it has not.

    Of several servers that try at once, one moves the card.
    """
    card = unit.cards.lock(name)
    if card is None or card.card_id != card_id or card.status is not Status.APPROVED:
        return False
    last = unit.reviews.approval(card_id)
    if last is None or last.ended_at is not None or last.after_expiry != AfterExpiry.PENDING_REVIEW:
        return False
    if last.expires_at is None or last.expires_at > unit.now:
        return False
    review = unit.reviews.find(last.review_id)
    if review is not None:
        details = review_details(review, last.policy, review_by=last.review_by)
        card = add_link(unit, card, Event.APPROVAL_EXPIRED, details)
        unit.reviews.set_state(review.review_id, ReviewState.LAPSED, review.ended_at)
    unit.reviews.end_approval(card_id, unit.now)
    unit.cards.update(add_status(unit, card, Status.PENDING_REVIEW), None)
    return True
