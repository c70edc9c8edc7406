"""Approvals: how far one is, and its completion once the requirements are met.

All writes happen in the caller's unit of work: an approval is stored with its decisions and the card's status, or not
at all.
"""

from collections.abc import Sequence

from cardwright.actions.approvers import approver_of, caller_name, insiders_of, person_of
from cardwright.actions.blockers import ApprovalCheck, blockers_of, check_in_time, refuse_late
from cardwright.actions.decisions import Decisions, decisions_of
from cardwright.actions.events import add_link
from cardwright.actions.governance import Governance, Subject
from cardwright.actions.review_record import (
    add_decision,
    known_details,
    new_decision,
    new_review,
    policy_details,
    request_details,
)
from cardwright.core.card import Card
from cardwright.core.errors import Denied
from cardwright.core.integrity.history import Event
from cardwright.core.policy.missing import Lack, LackingPerson, in_words
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.requirements import Standing, standing
from cardwright.core.review import DAY, CardApproval, ReviewState, Verdict, check_review_by
from cardwright.core.users import User
from cardwright.storage.unit import Unit


class ApprovalIncomplete(Denied):
    """The requirements of a review policy are not met.

    Attributes:
        lacks: what is missing.
    """

    def __init__(self, message: str, lacks: Sequence[Lack]) -> None:
        super().__init__(message)
        self.lacks = tuple(lacks)


def standing_of(
    unit: Unit,
    governance: Governance,
    subject: Subject,
    decisions: Decisions,
    *,
    check: ApprovalCheck | None = None,
) -> Standing:
    """Return how far the approval of a content is.

    Args:
        check: the outcome of the required checks, if the caller has it.
    """
    review = governance.review
    approvers = (
        approver_of(unit, governance, decision, has_left=decisions.has_left(decision))
        for decision in decisions.approvals(None if review is None else review.review_id)
    )
    return standing(
        governance.approval,
        [one for one in approvers if one is not None],
        groups=governance.groups,
        insiders=insiders_of(unit, subject.card, review),
        blockers=blockers_of(unit, governance, subject, decisions, check=check),
    )


def approve_directly(unit: Unit, governance: Governance, subject: Subject, action: str) -> Card:
    """Record the caller's own approval and complete the review with it. Returns the card, to be stored by the caller.

    This is what ``UpdateModelCard`` to Approved means where a policy or a review governs the card.

    Raises:
        ApprovalIncomplete: the approval does not meet all requirements. Nothing is recorded.
    """
    card = subject.card
    person = person_of(unit)
    review = governance.review or new_review(unit, card, governance.mark)
    decisions = decisions_of(unit, card.card_id, caller_name(unit))
    decision = None
    if person is not None:
        review_by = check_review_by(None, unit.now, governance.approval.valid_for_days)
        decision = new_decision(unit, review, decisions, Verdict.APPROVE, user=person.name, review_by=review_by)
    elif governance.policy is None:
        decision = new_decision(unit, review, decisions, Verdict.APPROVE)
    decided = decisions if decision is None else decisions.plus(decision)
    check = check_in_time(unit, governance, subject)
    found = standing_of(unit, governance._replace(review=review), subject, decided, check=check)
    refuse_late(governance, subject, found, check)
    if governance.policy is not None and found.lacks:
        _refuse(unit, governance.policy, subject.card, found, action, person)
    if governance.review is None:
        unit.reviews.insert(review)
        card = add_link(unit, card, Event.REVIEW_REQUESTED, request_details(review, ()) | {"direct": True})
    if decision is not None:
        card = add_decision(unit, card, decision, decided, governance.mark, review.version)
    return complete(unit, governance._replace(review=review), subject._replace(card=card), found, decided)


def refuse_incomplete(unit: Unit, governance: Governance, subject: Subject, action: str) -> None:
    """Raise :class:`ApprovalIncomplete` if a policy governs a card and its requirements are not met.

    For callers whose role may not set Approved: they learn what is missing, as all others do.
    """
    if governance.policy is None:
        return
    decisions = decisions_of(unit, subject.card.card_id)
    found = standing_of(unit, governance, subject, decisions)
    if found.lacks:
        _refuse(unit, governance.policy, subject.card, found, action, person_of(unit))


def complete(unit: Unit, governance: Governance, subject: Subject, found: Standing, decisions: Decisions) -> Card:
    """Store the approval of a review whose requirements are met. Returns the card, to be stored by the caller.

    The caller sets the status in the same unit of work.
    """
    review, card, approval = governance.review, subject.card, governance.approval
    assert review is not None  # noqa: S101 - an approval completes a review
    approvals = decisions.approvals(review.review_id)
    counted = {one.person for one in found.met}
    dates = [one.review_by for one in approvals if one.review_by is not None and one.user.lower() in counted]
    latest = None if approval.valid_for_days is None else unit.now + approval.valid_for_days * DAY
    review_by = min([*dates, *([] if latest is None else [latest])], default=None)
    expires = review_by is not None and governance.policy is not None
    last = unit.reviews.approval(card.card_id)
    renewed = last is not None and last.ended_at is None and last.content_digest == card.content_digest
    held = governance.policy if renewed else governance.chosen
    stored = CardApproval(
        card_id=card.card_id,
        card_name=card.name,
        version=card.version,
        content_digest=card.content_digest,
        review_id=review.review_id,
        policy=governance.mark,
        held_by=None if held is None else held.name,
        approved_at=unit.now,
        review_by=review_by,
        expires_at=review_by + approval.grace_days * DAY if expires and review_by is not None else None,
        after_expiry=approval.after_expiry if expires else None,
    )
    details = known_details(
        review=review.review_id,
        version=card.version,
        content_sha256=card.content_digest,
        policy=policy_details(governance.mark),
        held_by=stored.held_by,
        review_by=stored.review_by,
        expires_at=stored.expires_at,
        after_expiry=stored.after_expiry,
        renews=review.renews,
        met=[list(one) for one in found.met],
    )
    card = add_link(unit, card, Event.REVIEW_COMPLETED, details)
    unit.reviews.put_approval(stored)
    unit.reviews.set_state(review.review_id, ReviewState.APPROVED, unit.now)
    return card


def _refuse(  # noqa: PLR0913, PLR0917 - the parts of the message
    unit: Unit, policy: ReviewPolicy, card: Card, found: Standing, action: str, person: User | None
) -> None:
    lacks = list(found.lacks)
    if person is None and any(requirement.count for requirement in policy.approval.approvals):
        lacks.append(LackingPerson(unit.actor.user))
    because = (
        f"the review policy {policy.name}, version {policy.version}, is not met for version {card.version} of the card."
        f" Missing: {'; '.join(in_words(lacks))}"
    )
    raise ApprovalIncomplete(unit.actor.refusal(action, unit.actor.scope.card_arn(card.name), because), lacks)
