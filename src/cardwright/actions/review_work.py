"""Read what reviews ask of a person: lists of work, and how far the review of a card is."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardwright.actions.approval import standing_of
from cardwright.actions.approvers import caller_name, insiders_of, person_of
from cardwright.actions.blockers import ApprovalCheck, check_of
from cardwright.actions.cards import find_card
from cardwright.actions.decisions import Decisions, decisions_of
from cardwright.actions.governance import Governance, governance_of, subject_of
from cardwright.actions.review_rights import check_right
from cardwright.actions.reviews import reviewers_of
from cardwright.core.card import Card, Status
from cardwright.core.errors import Denied
from cardwright.core.people import Role
from cardwright.core.policy.approval import Requirement
from cardwright.core.policy.missing import Lack
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.requirements import Approver, in_places, may_fill
from cardwright.core.review import (
    DAY,
    Base,
    CardApproval,
    Decision,
    Review,
    Reviewer,
    ReviewerKind,
    ReviewQuery,
    Verdict,
    WorkItem,
    effective,
)
from cardwright.storage.unit import Unit

REVIEW_LIMIT = 1000
"""Reviews that a list of work holds."""

_RECENT = 30 * DAY


class RequirementProgress(NamedTuple):
    """A requirement of a policy, with the people who meet it.

    Attributes:
        lacking: the approvals that are missing.
        mine: whether the caller can fill it.
    """

    requirement: Requirement
    met: Sequence[str]
    lacking: int
    mine: bool


class CardReview(NamedTuple):
    """How far the review of a card is, and what the caller may do.

    Attributes:
        policy: the policy that governs the card; None without one.
        review: the open review; None without one.
        requirements: those of the policy, each with the people who meet it.
        lacks: what an approval lacks; empty without an open review and a policy.
        check: the outcome of the required checks; None without a policy.
        decisions: the decisions in the open review, oldest first.
        objections: requests for changes that block an approval, also from earlier reviews.
        approval: the last approval through a review.
        approvers: the people whose approvals count in that review.
        mine: the caller's decision that counts, in the open review.
        why_not: the reason why the caller cannot approve; None if the caller can.
        may_return: whether the caller may request changes.
    """

    card: Card
    policy: ReviewPolicy | None
    review: Review | None = None
    reviewers: Sequence[Reviewer] = ()
    requirements: Sequence[RequirementProgress] = ()
    lacks: Sequence[Lack] = ()
    check: ApprovalCheck | None = None
    decisions: Sequence[Decision] = ()
    objections: Sequence[Decision] = ()
    approval: CardApproval | None = None
    approvers: Sequence[str] = ()
    mine: Decision | None = None
    why_not: object = None
    may_return: bool = False

    @property
    def is_periodic(self) -> bool:
        """Whether the open review is about a content that is approved already."""
        return self.review is not None and self.card.status is Status.APPROVED

    @property
    def approvals(self) -> tuple[int, int]:
        """The approvals that count, and those that are needed."""
        needed = sum(progress.requirement.count for progress in self.requirements)
        return needed - sum(progress.lacking for progress in self.requirements), needed


class Work(NamedTuple):
    """The reviews that concern a person."""

    waiting: Sequence[WorkItem]
    sent_back: Sequence[WorkItem]
    requested: Sequence[WorkItem]
    decided: int


def count_waiting(unit: Unit) -> int:
    """Count the reviews that wait for the caller; one statement without groups, and at most :data:`REVIEW_LIMIT`."""
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    return unit.review_work.count_waiting(_me(unit), anyone=_is_approver(unit), limit=REVIEW_LIMIT)


def waiting_cards(unit: Unit) -> list[str]:
    """Return the identifiers of the cards whose reviews wait for the caller; at most :data:`REVIEW_LIMIT`."""
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    items = unit.review_work.waiting(_me(unit), anyone=_is_approver(unit), limit=REVIEW_LIMIT)
    return [item.review.card_id for item in items]


def waiting_among(unit: Unit, card_ids: Sequence[str]) -> set[str]:
    """Return those of a few cards whose reviews wait for the caller."""
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    return unit.review_work.waiting_among(_me(unit), card_ids, anyone=_is_approver(unit))


def my_work(unit: Unit) -> Work:
    """Return the reviews that wait for the caller, that came back and that the caller asked for, and decisions."""
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    me, work, since = _me(unit), unit.review_work, unit.now - _RECENT
    name = me[0].name
    return Work(
        work.waiting(me, anyone=_is_approver(unit), limit=REVIEW_LIMIT),
        work.sent_back(name, REVIEW_LIMIT),
        work.requested(name, since, REVIEW_LIMIT),
        work.count_decided(name, since),
    )


def queue_since(unit: Unit, at: int) -> Sequence[tuple[WorkItem, Decision | None]]:
    """Return the reviews that waited for the caller at a time, each with what the caller decided since.

    The most urgent ones come first, and their order stays the same.
    """
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    items = unit.review_work.waited(_me(unit), at, anyone=_is_approver(unit), limit=REVIEW_LIMIT)
    decided: dict[str, list[Decision]] = {}
    for decision in unit.review_work.decisions_of(caller_name(unit), at):
        decided.setdefault(decision.review_id, []).append(decision)
    counting = [effective(decided.get(item.review.review_id, ())) for item in items]
    return [(item, next(iter(one.values()), None)) for item, one in zip(items, counting, strict=True)]


def reviewers_by_review(unit: Unit, reviews: Sequence[Review]) -> Mapping[str, Sequence[Reviewer]]:
    """Return the people and groups who are asked, by review."""
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    return unit.reviews.reviewers_of([review.review_id for review in reviews]) if reviews else {}


def bases_of(unit: Unit, reviews: Sequence[Review]) -> Mapping[str, Base]:
    """Return the versions that reviews compare theirs with, by review; first versions are left out. One statement."""
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    return unit.review_work.bases([review.review_id for review in reviews]) if reviews else {}


def sides_of(unit: Unit, reviews: Sequence[Review]) -> Mapping[str, tuple[str, str]]:
    """Return the contents that reviews compare, by review: that of the base, and their own. One statement."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    return unit.review_work.sides([review.review_id for review in reviews]) if reviews else {}


def describe_card_review(unit: Unit, name: str) -> CardReview:
    """Return how far the review of a card is. Few statements when nothing governs it.

    Raises:
        CardMissing: the card does not exist.
    """
    card = find_card(unit, name, "ListReviews")
    governed = governance_of(unit, card)
    approval = unit.reviews.approval(card.card_id)
    decisions = decisions_of(unit, card.card_id)
    approvers = [one.user for one in decisions.approvals(None if approval is None else approval.review_id)]
    if governed.policy is None and governed.review is None:
        return CardReview(card, None, approval=approval, approvers=approvers, objections=decisions.objections())
    return _described(unit, card, governed, decisions)._replace(approval=approval, approvers=approvers)


def asked_before(unit: Unit, card: Card, policy: ReviewPolicy | None) -> list[str]:
    """Return whom the last review of a card asked, in the order of a policy's requirements.

    People and groups that are gone are left out.
    """
    unit.actor.require(Role.VIEWER, "ListReviews", unit.actor.scope.card_arn(card.name))
    last = unit.reviews.list(ReviewQuery(limit=1, card_id=card.card_id))
    asked = unit.reviews.reviewers(last[0].review_id) if last else ()
    listed = {} if policy is None else policy.reviewers
    groups = {*listed, *unit.users.members([one.name for one in asked if one.kind is ReviewerKind.GROUP])}
    names = [one.name for one in asked if one.name in groups or _is_active(unit, one.name)]
    return in_places(() if policy is None else policy.approval.approvals, listed, names)


def _is_active(unit: Unit, name: str) -> bool:
    user = unit.users.find(name)
    return user is not None and user.disabled_at is None


def _described(unit: Unit, card: Card, governed: Governance, decisions: Decisions) -> CardReview:
    review, subject = governed.review, subject_of(unit, card)
    check = None if governed.policy is None else check_of(unit, governed.policy, subject)
    found = standing_of(unit, governed, subject, decisions, check=check)
    return CardReview(
        card,
        governed.policy,
        review,
        () if review is None else unit.reviews.reviewers(review.review_id),
        _progress(unit, card, governed, [(one.requirement, one.person) for one in found.met]),
        found.lacks,
        check,
        () if review is None else decisions.of(review.review_id),
        decisions.objections(),
        mine=None if review is None else decisions.counting(review.review_id, caller_name(unit)),
        why_not=None if review is None else _why_not(unit, governed, card, Verdict.APPROVE),
        may_return=review is not None and _why_not(unit, governed, card, Verdict.REQUEST_CHANGES) is None,
    )


def _progress(
    unit: Unit, card: Card, governed: Governance, met: Sequence[tuple[int, str]]
) -> list[RequirementProgress]:
    person = person_of(unit)
    insiders = insiders_of(unit, card, governed.review)
    me = None if person is None else Approver(person.name.lower(), unit.actor.role)
    progress = []
    for number, requirement in enumerate(governed.approval.approvals):
        people = [name for met_number, name in met if met_number == number]
        fits = me is not None and may_fill(requirement, me, governed.groups, insiders)
        progress.append(RequirementProgress(requirement, people, requirement.count - len(people), fits))
    return progress


def _why_not(unit: Unit, governed: Governance, card: Card, verdict: Verdict) -> object:
    """Return the reason why a decision of the caller would be refused; None if it would be recorded."""
    try:
        check_right(unit, governed, card, verdict, person_of(unit))
    except Denied as error:
        return error.reason
    return None


def _me(unit: Unit) -> Sequence[Reviewer]:
    return reviewers_of(unit, caller_name(unit))


def _is_approver(unit: Unit) -> bool:
    return unit.actor.role.includes(Role.APPROVER)
