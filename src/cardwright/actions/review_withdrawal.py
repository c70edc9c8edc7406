"""Withdraw the request for a review of a card: the person who asked can, and approvers."""

from cardwright.actions.approvers import caller_name, person_of
from cardwright.actions.card_status import add_status
from cardwright.actions.decisions import Decisions
from cardwright.actions.events import add_link
from cardwright.actions.governance import Governance
from cardwright.actions.review_record import add_decision, new_decision, review_details
from cardwright.core.card import Card, Status
from cardwright.core.errors import Conflict
from cardwright.core.integrity.history import Event
from cardwright.core.people import Role
from cardwright.core.review import Review, ReviewState, Verdict
from cardwright.core.users import user_key
from cardwright.storage.unit import Unit


def is_of_request(unit: Unit, review: Review, decisions: Decisions, whole_request: bool | None) -> bool:
    """Whether a withdrawal of the caller is of the request for review, and not of a decision.

    A caller who decided in the review must ask for it: a client that sends the withdrawal of a decision twice does not
    withdraw the request.
    """
    if whole_request is not None:
        return whole_request
    if not review.is_open:
        return False
    me = caller_name(unit)
    mine = decisions.of(review.review_id)
    return not any(decisions.is_by(one, me) and one.verdict != Verdict.COMMENT for one in mine)


def withdraw_request(
    unit: Unit, governed: Governance, card: Card, decisions: Decisions, comment: str | None
) -> tuple[Card, Review, int]:
    """End an open review, and make a card in PendingReview a Draft.

    Returns:
        The card, to be stored by the caller, the review, and the number of the comment; 0 without a comment.

    Raises:
        Denied: the caller did not ask for the review, and is not an approver.
        Conflict: the review has ended.
    """
    review, person = governed.review, person_of(unit)
    assert review is not None  # noqa: S101 - it was found
    if not review.is_open:
        raise Conflict(f"The review of version {review.version} has ended: it is {review.state}")
    unit.actor.require(_needed(unit, review), "DecideReview", unit.actor.scope.card_arn(card.name))
    number = 0
    if comment is not None:
        user = None if person is None else person.name
        decision = new_decision(unit, review, decisions, Verdict.COMMENT, user=user, comment=comment)
        card, number = add_decision(unit, card, decision, decisions, governed.mark, review.version), decision.number
    details = review_details(review, governed.mark, by=caller_name(unit))
    card = add_link(unit, card, Event.REVIEW_WITHDRAWN, details)
    unit.reviews.set_state(review.review_id, ReviewState.WITHDRAWN, unit.now)
    if card.status is Status.PENDING_REVIEW:
        card = add_status(unit, card, Status.DRAFT, review=review.review_id)
    return card, review._replace(state=ReviewState.WITHDRAWN, ended_at=unit.now), number


def may_withdraw_request(unit: Unit, review: Review) -> bool:
    """Whether the caller may withdraw the request for an open review."""
    return review.is_open and unit.actor.role.includes(_needed(unit, review))


def _needed(unit: Unit, review: Review) -> Role:
    return Role.AUTHOR if _asked_for(unit, review) else Role.APPROVER


def _asked_for(unit: Unit, review: Review) -> bool:
    """Whether the caller asked for a review."""
    me = caller_name(unit)
    if review.requested_by is None or review.requested_by.lower() != me.lower():
        return False
    return not unit.account_events.has_deleted_user(user_key(me), review.requested_at)
