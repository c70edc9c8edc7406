"""What a review leaves behind: its decisions and its links in the card's audit chain, and its end."""

from collections.abc import Iterable, Sequence

from cardwright.actions.decisions import Decisions
from cardwright.actions.events import add_link
from cardwright.core.card import Card, Status
from cardwright.core.integrity.history import Event
from cardwright.core.review import Decision, PolicyMark, Review, ReviewState, Verdict, text_digest
from cardwright.storage.unit import Unit

_WITHDRAWING = frozenset({Status.DRAFT, Status.ARCHIVED})


def new_review(  # noqa: PLR0913 - the parts of a review
    unit: Unit,
    card: Card,
    policy: PolicyMark | None,
    *,
    requested_by: str | None = None,
    due_at: int | None = None,
    comment: str | None = None,
    renews: int | None = None,
) -> Review:
    """Return an open review of a card's newest version, not stored yet.

    Args:
        policy: the policy that governs the card.
        requested_by: the caller's name; None for a review that an approval makes, without a request.
        due_at: the time until which the review is wanted.
        renews: the review date of the approval that the review renews.
    """
    return Review(
        review_id=unit.new_id(),
        card_id=card.card_id,
        card_name=card.name,
        version=card.version,
        content_digest=card.content_digest,
        state=ReviewState.OPEN,
        policy=policy,
        requested_at=unit.now,
        requested_by=requested_by,
        due_at=due_at,
        comment=comment,
        renews=renews,
    )


def new_decision(  # noqa: PLR0913 - the parts of a decision
    unit: Unit,
    review: Review,
    decisions: Decisions,
    verdict: Verdict,
    *,
    user: str | None = None,
    comment: str | None = None,
    review_by: int | None = None,
) -> Decision:
    """Return the caller's next decision in a review, not stored yet.

    Args:
        decisions: the decisions about the card, and when users with the caller's name were deleted.
        user: the name of the person who calls; None for a program.
    """
    # The order of decisions and of deletions of users is that of their times, and clocks of servers differ.
    deleted = () if user is None else decisions.deletions_of(user)
    unit.not_before(max((*(one.decided_at for one in decisions.listed), *(at + 1 for at in deleted), 0)))
    return Decision(
        review_id=review.review_id,
        number=1 + len(decisions.of(review.review_id)),
        card_id=review.card_id,
        user=unit.actor.user if user is None else user,
        role=unit.actor.role,
        by_person=int(user is not None),
        verdict=verdict,
        content_digest=review.content_digest,
        comment=comment,
        review_by=review_by,
        decided_at=unit.now,
    )


def add_decision(  # noqa: PLR0913, PLR0917 - the parts of a decision
    unit: Unit, card: Card, decision: Decision, decisions: Decisions, policy: PolicyMark | None, version: int
) -> Card:
    """Store a decision with its link. Returns the card, to be stored by the caller."""
    unit.reviews.add_decision(decision)
    details = known_details(
        review=decision.review_id,
        number=decision.number,
        user=decision.user,
        by_person=bool(decision.by_person),
        verdict=decision.verdict,
        version=version,
        content_sha256=decision.content_digest,
        policy=policy_details(policy),
        comment_sha256=None if decision.comment is None else text_digest(decision.comment),
        review_by=decision.review_by,
        earlier_user_deleted=decisions.deleted_before(decision),
    )
    return add_link(unit, card, Event.REVIEW_DECIDED, details)


def request_details(review: Review, reviewers: Iterable[Sequence[str]]) -> dict[str, object]:
    """Return the details of the link that records a request."""
    return known_details(
        review=review.review_id,
        version=review.version,
        content_sha256=review.content_digest,
        policy=policy_details(review.policy),
        requested_by=review.requested_by,
        due=review.due_at,
        renews=review.renews,
        comment_sha256=None if review.comment is None else text_digest(review.comment),
        reviewers=[list(reviewer) for reviewer in reviewers],
    )


def review_details(review: Review, policy: PolicyMark | None, **more: object) -> dict[str, object]:
    """Return the details of a link about a review: which review, digest and policy, and more."""
    return known_details(
        review=review.review_id,
        version=review.version,
        content_sha256=review.content_digest,
        policy=policy_details(policy),
        **more,
    )


def end_with_content(unit: Unit, card: Card, review: Review | None) -> None:
    """End what new content of a card ends: its open review, and the approval of the content before."""
    if review is not None:
        unit.reviews.set_state(review.review_id, ReviewState.SUPERSEDED, unit.now)
    if card.status is Status.APPROVED:
        unit.reviews.end_approval(card.card_id, unit.now)


def end_with_status(unit: Unit, card: Card, status: Status, review: Review | None) -> None:
    """End what a new status of a card ends: Draft and Archived withdraw an open review, and an approval ends."""
    if review is not None and status in _WITHDRAWING:
        unit.reviews.set_state(review.review_id, ReviewState.WITHDRAWN, unit.now)
    if card.status is Status.APPROVED:
        unit.reviews.end_approval(card.card_id, unit.now)


def policy_details(policy: PolicyMark | None) -> dict[str, object] | None:
    """Return a version of a policy as the details of links name it."""
    return None if policy is None else {"name": policy.name, "version": policy.version, "sha256": policy.digest}


def known_details(**details: object) -> dict[str, object]:
    """Return details without those that have no value."""
    return {name: value for name, value in details.items() if value is not None}
