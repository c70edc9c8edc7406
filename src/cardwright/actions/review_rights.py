"""Who may decide in a review, and who may dismiss a decision."""

from typing import NoReturn

from cardwright.actions.approvers import caller_as_approver, insiders_of, name_of, person_of
from cardwright.actions.decisions import Decisions
from cardwright.actions.governance import Governance, groups_of_person
from cardwright.core.card import Card
from cardwright.core.errors import Conflict, Invalid
from cardwright.core.people import Role
from cardwright.core.policy.requirements import FillsNoRequirement, NotIndependent, is_named, may_count
from cardwright.core.review import Decision, Review, ReviewerKind, Verdict
from cardwright.core.users import User
from cardwright.storage.unit import Unit


def check_right(unit: Unit, governed: Governance, card: Card, verdict: Verdict, person: User | None) -> None:
    """Raise :class:`Denied` unless the caller may decide like that in a review."""
    if verdict is Verdict.WITHDRAW:
        return
    if verdict is Verdict.COMMENT:
        if not unit.actor.role.includes(Role.AUTHOR) and not _is_asked(unit, governed, person):
            unit.actor.require(Role.AUTHOR, "DecideReview", unit.actor.scope.card_arn(card.name))
        return
    if governed.policy is not None and person is None:
        deny(unit, card, f"{unit.actor.user} is not a person of the account: decisions of programs do not count")
    if verdict is Verdict.REQUEST_CHANGES:
        if not unit.actor.role.includes(Role.APPROVER) and not _is_asked(unit, governed, person):
            unit.actor.require(Role.APPROVER, "DecideReview", unit.actor.scope.card_arn(card.name))
        return
    _check_approval(unit, governed, card, person)


def _check_approval(unit: Unit, governed: Governance, card: Card, person: User | None) -> None:
    if governed.policy is None or person is None:
        unit.actor.require(Role.APPROVER, "DecideReview", unit.actor.scope.card_arn(card.name))
        return
    approver = caller_as_approver(unit, person)
    approval, groups = governed.approval, governed.groups
    insiders = insiders_of(unit, card, governed.review)
    if not approval.approvals:
        unit.actor.require(Role.APPROVER, "DecideReview", unit.actor.scope.card_arn(card.name))
    elif not may_count(approval, approver, groups):
        policy = governed.policy.name
        deny(unit, card, FillsNoRequirement(policy, person.name, approver.role, approval.approvals))
    elif not may_count(approval, approver, groups, insiders):
        deny(unit, card, NotIndependent(governed.policy.name))


def _is_asked(unit: Unit, governed: Governance, person: User | None) -> bool:
    """Whether a requirement names a person, or the review asks the person."""
    if person is None:
        return False
    if is_named(governed.approval, person.name.lower(), governed.groups):
        return True
    review = governed.review
    asked = () if review is None else unit.reviews.reviewers(review.review_id)
    groups = groups_of_person(unit, governed, person)
    return any(one.name == person.name if one.kind is ReviewerKind.PERSON else one.name in groups for one in asked)


def check_dismissal(  # noqa: PLR0913, PLR0917 - the decision and its surroundings
    unit: Unit, governed: Governance, card: Card, review: Review, decision: Decision, decisions: Decisions
) -> None:
    """Raise the reason why the caller may not dismiss a decision.

    Raises:
        Denied: the caller is a program, an author of the content or the person who asked.
        Invalid: the decision is the caller's own.
        Conflict: the decision does not count any more.
    """
    person = person_of(unit)
    name = name_of(unit, person)
    if decisions.is_by(decision, name):
        raise Invalid("This decision is your own: withdraw it instead")
    if governed.policy is not None:
        if person is None:
            deny(unit, card, f"{unit.actor.user} is not a person of the account", "DismissDecision")
        if name.lower() in insiders_of(unit, card, review) | insiders_of(unit, card, governed.review):
            deny(
                unit,
                card,
                "authors since the last approved version and the person who asked do not dismiss decisions",
                "DismissDecision",
            )
    if not decisions.counts(decision) or (decision.verdict == Verdict.APPROVE and not review.is_open):
        raise Conflict("The decision does not count any more")


def deny(unit: Unit, card: Card, because: object, action: str = "DecideReview") -> NoReturn:
    """Raise :class:`Denied` with a reason."""
    unit.actor.deny(action, unit.actor.scope.card_arn(card.name), because)
