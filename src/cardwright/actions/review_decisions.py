"""Decide reviews, and dismiss decisions.

A decision and what follows from it (the approval, the card's status) are one unit of work.
"""

from typing import NamedTuple

from cardwright.actions.approvers import caller_name, name_of, person_of
from cardwright.actions.cards import lock_card
from cardwright.actions.decisions import Decisions, decisions_of
from cardwright.actions.events import add_link
from cardwright.actions.governance import Governance, governance_of
from cardwright.actions.late_decisions import refuse_superseded, too_late
from cardwright.actions.review_record import add_decision, new_decision, review_details
from cardwright.actions.review_rights import check_dismissal, check_right
from cardwright.actions.review_settlement import follow, settle
from cardwright.actions.review_withdrawal import is_of_request, withdraw_request
from cardwright.actions.reviewed_card import refuse_without_review, review_of
from cardwright.core.card import UNSAID_APPROVAL, Card, Status
from cardwright.core.errors import Invalid, NotFound
from cardwright.core.integrity.history import Event
from cardwright.core.people import Interface, Role
from cardwright.core.policy.missing import Lack, in_words
from cardwright.core.review import Decision, Review, ReviewMoved, Verdict, check_review_by, check_text, text_digest
from cardwright.storage.unit import Unit

_NEEDS_TEXT = {
    Verdict.REQUEST_CHANGES: "To send a card back, add a comment that names what should change",
    Verdict.COMMENT: "A comment needs a text",
}


class Outcome(NamedTuple):
    """The result of a decision.

    Attributes:
        number: of the decision within the review; 0 for a withdrawn request without a comment.
        lacks: what the approval still lacks; empty once it is complete.
    """

    review: Review
    number: int
    status: Status
    lacks: tuple[Lack, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What the approval lacks, in the words of the API."""
        return in_words(self.lacks)


def decide_review(  # noqa: PLR0913 - the parts of a decision
    unit: Unit,
    name: str,
    verdict: Verdict,
    content_digest: str,
    *,
    review_id: str | None = None,
    comment: str | None = None,
    review_by: int | None = None,
    whole_request: bool | None = None,
) -> Outcome:
    """Record the caller's decision, and approve the card when the last requirement is met.

    A decision may be recorded while a check fails. A withdrawal takes back the caller's last decision; when it takes
    back an approval that the card has, the card becomes PendingReview and its review is open again.

    The person who asked, and approvers, can withdraw the whole request: the review ends, and a card in PendingReview
    becomes Draft. An approved card under periodic review stays Approved.

    Args:
        content_digest: the content that the caller decides about.
        review_id: the review; by default the open one, or for a withdrawal the one that approved the card.
        review_by: the date of the next review, for an approval; by default the latest that the policy allows.
        whole_request: whether a withdrawal is of the request. By default it is when the caller has not approved or
            requested changes in this open review.

    Raises:
        CardMissing, NotFound: no such card, or it has no such review.
        ReviewMoved: the content of the card or of the review has changed.
        ReviewSuperseded: new content has ended the review of that content.
        Denied: the decision would not count, because of the caller's role or part in the card.
        Conflict: the review has ended.
        Invalid: a comment is missing or too long, the date is not allowed, there is no decision to withdraw, or the
            required checks take too long. The console withdraws an approval with a comment only.
    """
    unit.actor.require(Role.VIEWER, "DecideReview", unit.actor.scope.card_arn(name))
    checked_comment = check_text(comment)
    if checked_comment is None and verdict in _NEEDS_TEXT:
        raise Invalid(_NEEDS_TEXT[verdict])
    if review_by is not None and verdict is not Verdict.APPROVE:
        raise Invalid("ReviewBy goes with an approval alone")
    if whole_request is not None and verdict is not Verdict.WITHDRAW:
        raise Invalid("WithdrawRequest goes with a withdrawal alone")
    card = lock_card(unit, name)
    governed = governance_of(unit, card)
    review = _review_to_decide(unit, card, governed, review_id, content_digest, verdict)
    governed = governed._replace(review=review)
    if content_digest != review.content_digest or content_digest != card.content_digest:
        raise ReviewMoved(name, card.version, card.content_digest)
    person = person_of(unit)
    decisions = decisions_of(unit, card.card_id, name_of(unit, person))
    if verdict is Verdict.WITHDRAW and is_of_request(unit, review, decisions, whole_request):
        card, review, number = withdraw_request(unit, governed, card, decisions, checked_comment)
        unit.cards.update(card, None)
        return Outcome(review, number, card.status, ())
    check_right(unit, governed, card, verdict, person)
    if verdict is Verdict.APPROVE:
        review_by = check_review_by(review_by, unit.now, governed.approval.valid_for_days)
    if verdict is Verdict.WITHDRAW:
        mine = _check_withdrawal(review, decisions, name_of(unit, person))
        if checked_comment is None and mine.verdict == Verdict.APPROVE and unit.actor.interface is Interface.CONSOLE:
            raise Invalid(UNSAID_APPROVAL)
    user = None if person is None else person.name
    decision = new_decision(unit, review, decisions, verdict, user=user, comment=checked_comment, review_by=review_by)
    decided = decisions.plus(decision)
    card = add_decision(unit, card, decision, decided, governed.mark, review.version)
    card, review, found = follow(unit, governed, card, decided, decision)
    unit.cards.update(card, None)
    return Outcome(review, decision.number, card.status, found.lacks)


def dismiss_decision(unit: Unit, name: str, review_id: str, number: int, reason: str | None) -> Outcome:
    """Dismiss another person's decision with a reason. A request for changes then no longer blocks.

    Raises:
        CardMissing, NotFound: no such card, review or decision.
        Denied: the role does not include approver, or the caller is a program, an author of the content or the person
            who asked.
        Conflict: the decision no longer counts.
        Invalid: the reason is missing, or the decision is the caller's own.
    """
    unit.actor.require(Role.APPROVER, "DismissDecision", unit.actor.scope.card_arn(name))
    why = check_text(reason, "A reason")
    if why is None:
        raise Invalid("To dismiss a decision, give a reason")
    card = lock_card(unit, name)
    governed = governance_of(unit, card)
    review = review_of(unit, card, review_id)
    decisions = decisions_of(unit, card.card_id)
    decision = next((one for one in decisions.listed if (one.review_id, one.number) == (review_id, number)), None)
    if decision is None:
        raise NotFound(f"The review {review_id} has no decision {number}")
    check_dismissal(unit, governed, card, review, decision, decisions)
    dismissed = decision._replace(dismissed_at=unit.now, dismissed_by=caller_name(unit), reason=why)
    unit.reviews.dismiss(dismissed)
    details = review_details(
        review,
        governed.mark,
        number=number,
        user=decision.user,
        by=dismissed.dismissed_by,
        reason_sha256=text_digest(why),
    )
    card = add_link(unit, card, Event.DECISION_DISMISSED, details)
    card, open_review, found = settle(unit, governed, card, decisions.changed(decision, dismissed))
    unit.cards.update(card, None)
    return Outcome(review if open_review is None else open_review, number, card.status, found.lacks)


def _check_withdrawal(review: Review, decisions: Decisions, user: str) -> Decision:
    """Return the decision that a withdrawal takes back."""
    decision = decisions.counting(review.review_id, user)
    if decision is None:
        request = ". To withdraw the request, set WithdrawRequest" if review.is_open else ""
        raise Invalid(f"{user} has no decision in this review to withdraw{request}")
    return decision


def _review_to_decide(  # noqa: PLR0913, PLR0917 - the decision and its surroundings
    unit: Unit, card: Card, governed: Governance, review_id: str | None, content_digest: str, verdict: Verdict
) -> Review:
    """Return the review that a decision is about: the open one, or for a withdrawal the one that approved the card."""
    review = governed.review
    if review_id is None and content_digest != card.content_digest:  # new content ended the review that is meant
        refuse_superseded(unit, card, content_digest, review)
        raise ReviewMoved(card.name, card.version, card.content_digest)
    if review is not None and review_id in {None, review.review_id}:
        return review
    last = unit.reviews.approval(card.card_id)
    approved = verdict is Verdict.WITHDRAW and review is None and last is not None and last.ended_at is None
    if approved and last is not None and review_id in {None, last.review_id}:
        return review_of(unit, card, last.review_id)
    if review_id is None:
        refuse_without_review(card.name)
    raise too_late(unit, card, review_of(unit, card, review_id), review)
