"""Ask for reviews of cards, assign reviewers, and list reviews and approvals."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cardwright.actions.approval import standing_of
from cardwright.actions.approvers import caller_name
from cardwright.actions.card_status import add_status
from cardwright.actions.cards import find_card, lock_card
from cardwright.actions.decisions import decisions_of
from cardwright.actions.events import add_link
from cardwright.actions.governance import Governance, governance_of, subject_of
from cardwright.actions.policies import active_policies
from cardwright.actions.review_record import new_review, request_details, review_details
from cardwright.actions.reviewed_card import refuse_without_review
from cardwright.core.access_keys import is_user
from cardwright.core.card import Card, Status
from cardwright.core.errors import CardArchived, NotFound
from cardwright.core.integrity.history import Event
from cardwright.core.listing import Page
from cardwright.core.people import Role
from cardwright.core.policy.missing import Lack, in_words
from cardwright.core.review import (
    SOON,
    ApprovalQuery,
    CardApproval,
    Decision,
    Review,
    Reviewer,
    ReviewerKind,
    ReviewIsOpen,
    ReviewMoved,
    ReviewQuery,
    check_due,
    check_reviewers,
    check_text,
)
from cardwright.storage.unit import Unit


class ReviewDetails(NamedTuple):
    """A review with its reviewers and decisions.

    Attributes:
        lacks: what the approval lacks; empty for a review that has ended.
    """

    review: Review
    reviewers: Sequence[Reviewer]
    decisions: Sequence[Decision]
    lacks: tuple[Lack, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What the approval lacks, in the words of the API."""
        return in_words(self.lacks)


def request_review(  # noqa: PLR0913 - the parts of a request
    unit: Unit,
    name: str,
    *,
    reviewers: Sequence[str] = (),
    due_at: int | None = None,
    comment: str | None = None,
    content_digest: str | None = None,
) -> tuple[Review, Status]:
    """Ask for a review of a card's newest content. Returns the review and the card's status.

    The card becomes PendingReview, unless it is Approved: then its content is reviewed again, and it stays Approved.

    Args:
        reviewers: names of people, or of groups of the card's policy.
        due_at: the time until which the review is wanted.
        content_digest: the content that the caller knows.

    Raises:
        CardMissing, Denied: the card does not exist, or the role may not write.
        ReviewMoved: the card's content has changed.
        Conflict: the card has an open review.
        Invalid: the card is Archived, a reviewer is unknown, the due date has passed, or the comment is too long.
    """
    unit.actor.require(Role.AUTHOR, "RequestReview", unit.actor.scope.card_arn(name))
    checked_comment = check_text(comment)
    card = lock_card(unit, name)
    _check_digest(card, content_digest)
    if card.status is Status.ARCHIVED:
        raise CardArchived("set another status before you ask for a review")
    governed = governance_of(unit, card)
    if governed.review is not None:
        raise ReviewIsOpen(name, governed.review.review_id)
    last = unit.reviews.approval(card.card_id)
    renewed = last is not None and last.ended_at is None and card.status is Status.APPROVED
    review = new_review(
        unit,
        card,
        governed.mark,
        requested_by=caller_name(unit),
        due_at=check_due(due_at, unit.now),
        comment=checked_comment,
        renews=last.review_by if last is not None and renewed else None,
    )
    wanted = _reviewers(unit, governed, reviewers)
    unit.reviews.insert(review)
    unit.reviews.assign(review, wanted, unit.now, caller_name(unit))
    card = add_link(unit, card, Event.REVIEW_REQUESTED, request_details(review, wanted))
    if card.status not in {Status.APPROVED, Status.PENDING_REVIEW}:
        card = add_status(unit, card, Status.PENDING_REVIEW)
    unit.cards.update(card, None)
    return review, card.status


def assign_reviewers(
    unit: Unit, name: str, reviewers: Sequence[str], *, review_id: str | None = None
) -> tuple[Review, Sequence[Reviewer]]:
    """Replace the reviewers of a card's open review. Returns the review and its reviewers.

    Raises:
        CardMissing, NotFound: no such card, or it has no such open review.
        Denied: the role may not write.
        Invalid: a reviewer is unknown.
    """
    unit.actor.require(Role.AUTHOR, "AssignReviewers", unit.actor.scope.card_arn(name))
    card = lock_card(unit, name)
    governed = governance_of(unit, card)
    review = governed.review
    if review is None or review_id not in {None, review.review_id}:
        refuse_without_review(name)
    wanted = _reviewers(unit, governed, reviewers)
    by = caller_name(unit)
    unit.reviews.assign(review, wanted, unit.now, by)
    details = review_details(review, governed.mark, reviewers=[list(one) for one in wanted], by=by)
    unit.cards.update(add_link(unit, card, Event.REVIEWERS_ASSIGNED, details), None)
    return review, wanted


def list_reviews(
    unit: Unit, query: ReviewQuery, *, assigned_to_me: bool = False, requested_by_me: bool = False
) -> Page[Review]:
    """Return a page of reviews, newest request first.

    Args:
        assigned_to_me: only reviews that ask the caller, or a group of an active policy that has the caller.
        requested_by_me: only reviews that the caller requested.
    """
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    me = caller_name(unit)
    if assigned_to_me:
        query = replace(query, assigned_to=reviewers_of(unit, me))
    if requested_by_me:
        query = replace(query, requested_by=me)
    found = unit.reviews.list(replace(query, limit=query.limit + 1))
    items = found[: query.limit]
    return Page(items, items[-1].position if len(found) > query.limit else None)


def describe_review(unit: Unit, review_id: str) -> ReviewDetails:
    """Return a review with its reviewers, its decisions, and what the approval lacks.

    Raises:
        NotFound: no such review.
    """
    unit.actor.require(Role.VIEWER, "DescribeReview", "*")
    review = unit.reviews.find(review_id)
    if review is None:
        raise NotFound(f"There is no review {review_id}")
    card = unit.cards.find(review.card_name)
    decisions = decisions_of(unit, review.card_id)
    lacks: tuple[Lack, ...] = ()
    if review.is_open and card is not None:
        lacks = standing_of(unit, governance_of(unit, card), subject_of(unit, card), decisions).lacks
    return ReviewDetails(review, unit.reviews.reviewers(review_id), decisions.of(review_id), lacks)


def list_approvals(unit: Unit, query: ApprovalQuery) -> Page[CardApproval]:
    """Return a page of the approvals that have a review date, next date first."""
    unit.actor.require(Role.VIEWER, "ListApprovals", "*")
    at = (0, "") if query.after is None else (int(query.after[0]), str(query.after[1]))
    found = unit.reviews.approvals(query.due, unit.now, SOON, at, query.limit + 1)
    items = found[: query.limit]
    return Page(items, items[-1].position if len(found) > query.limit else None)


def describe_approval(unit: Unit, name: str) -> CardApproval | None:
    """Return the last approval of a card that a review completed, or None.

    Raises:
        CardMissing: the card does not exist.
    """
    return unit.reviews.approval(find_card(unit, name, "ListApprovals").card_id)


def reviewers_of(unit: Unit, name: str) -> tuple[Reviewer, ...]:
    """Return a person, and the groups that have this person, as reviewers.

    They are groups of active policies, and groups of the account whose name no active policy uses.
    """
    listed = [(group, people) for policy in active_policies(unit) for group, people in policy.reviewers.items()]
    groups = {group for group, people in listed if name.lower() in {person.lower() for person in people}}
    own = unit.users.groups(name) if is_user(name) else ()
    groups |= {*own} - {group for group, _ in listed}
    return (Reviewer(ReviewerKind.PERSON, name), *(Reviewer(ReviewerKind.GROUP, group) for group in sorted(groups)))


def _reviewers(unit: Unit, governed: Governance, names: Sequence[str]) -> tuple[Reviewer, ...]:
    people = {}
    for name in names:
        user = None if name in governed.groups else unit.users.find(name)
        if user is not None and user.disabled_at is None:
            people[name.lower()] = user.name
    others = [name for name in names if name not in governed.groups and name.lower() not in people]
    account_groups = unit.users.members(others) if others else {}
    return check_reviewers(names, people, {*governed.groups, *account_groups})


def _check_digest(card: Card, known: str | None) -> None:
    if known not in {None, card.content_digest}:
        raise ReviewMoved(card.name, card.version, card.content_digest)
