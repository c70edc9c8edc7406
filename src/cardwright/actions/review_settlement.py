"""What follows from decisions: the approval of a card, or the state of its open review."""

from cardwright.actions.approval import complete, standing_of
from cardwright.actions.blockers import check_in_time, refuse_late
from cardwright.actions.card_status import add_status
from cardwright.actions.cards import lock_card
from cardwright.actions.decisions import Decisions, decisions_of
from cardwright.actions.events import add_link
from cardwright.actions.governance import Governance, Subject, governance_of, subject_of
from cardwright.actions.review_record import review_details
from cardwright.core.card import Card, Status
from cardwright.core.integrity.history import Event
from cardwright.core.policy.requirements import Standing
from cardwright.core.review import Decision, Review, ReviewState, Verdict
from cardwright.storage.unit import Unit


def settle_review(unit: Unit, name: str) -> Status:
    """Approve a card whose open review has approvals, when nothing is missing any more. Returns the card's status.

    For actions that remove what blocked an approval.

    Raises:
        CardMissing: the card does not exist.
    """
    card = lock_card(unit, name)
    governed = governance_of(unit, card)
    if governed.review is not None:
        card, _, _ = settle(unit, governed, card, decisions_of(unit, card.card_id))
        unit.cards.update(card, None)
    return card.status


def follow(
    unit: Unit, governed: Governance, card: Card, decisions: Decisions, decision: Decision
) -> tuple[Card, Review, Standing]:
    """Do what follows from a decision. Returns the card, the review and what is missing."""
    review = governed.review
    assert review is not None  # noqa: S101 - a decision belongs to a review
    if review.is_open:
        card, settled, found = settle(unit, governed, card, decisions, alone=decision.verdict == Verdict.APPROVE)
        return card, settled or review, found
    found = standing_of(unit, governed, subject_of(unit, card), decisions)
    if decision.verdict == Verdict.WITHDRAW and found.lacks:
        card = add_link(unit, card, Event.APPROVAL_WITHDRAWN, review_details(review, governed.mark, user=decision.user))
        review = review._replace(state=decisions.state(review.review_id), ended_at=None)
        unit.reviews.end_approval(card.card_id, unit.now)
        unit.reviews.set_state(review.review_id, review.state, None)
        card = add_status(unit, card, Status.PENDING_REVIEW)
    return card, review, found


def settle(
    unit: Unit, governed: Governance, card: Card, decisions: Decisions, *, alone: bool = False
) -> tuple[Card, Review | None, Standing]:
    """Approve the card if the open review's requirements are met, else store the review's state.

    Args:
        alone: whether an approval was just given, which may be all that the policy asks for.

    Raises:
        ChecksTooSlow: the required checks take too long to tell.
    """
    review = governed.review
    if review is None:
        return card, None, Standing((), ())
    subject: Subject = subject_of(unit, card)
    check = check_in_time(unit, governed, subject)
    found = standing_of(unit, governed, subject, decisions, check=check)
    approved = alone or bool(decisions.approvals(review.review_id))
    if approved:
        refuse_late(governed, subject, found, check)
    if not found.lacks and approved:
        card = complete(unit, governed, subject, found, decisions)
        if card.status is not Status.APPROVED:
            card = add_status(unit, card, Status.APPROVED, review=review.review_id)
        return card, review._replace(state=ReviewState.APPROVED, ended_at=unit.now), found
    state = decisions.state(review.review_id)
    if state != review.state:
        unit.reviews.set_state(review.review_id, state, None)
    return card, review._replace(state=state), found
