"""Ask for reviews of cards, decide them, dismiss decisions, assign reviewers, and list reviews and approvals.

A decision and what follows from it (the approval, the card's status) are one unit of work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, NoReturn

import orjson

from cardwright.actions.approval import (
    Governance,
    Subject,
    add_decision,
    approvals_in,
    caller_as_approver,
    check_in_time,
    complete,
    governance_of,
    groups_of_person,
    insiders_of,
    new_decision,
    person_of,
    refuse_late,
    request_details,
    review_details,
    standing_of,
    subject_of,
)
from cardwright.actions.card_chain import add_link, add_status
from cardwright.actions.cards import update_card
from cardwright.actions.deciders import deciders_of
from cardwright.actions.history import audit_trail
from cardwright.actions.policies import active_policies
from cardwright.actions.review_withdrawal import is_of_request, withdraw_request
from cardwright.core.access_keys import is_user
from cardwright.core.card import UNSAID_APPROVAL, Card, Status, check_comment
from cardwright.core.errors import CardMissing, Conflict, Denied, Invalid, NotFound
from cardwright.core.integrity.history import Event
from cardwright.core.listing import Page
from cardwright.core.people import Interface, Role
from cardwright.core.policy.approval import AfterExpiry
from cardwright.core.policy.requirements import Standing, is_named, may_count
from cardwright.core.review import (
    SOON,
    ApprovalQuery,
    CardApproval,
    Decision,
    Review,
    Reviewer,
    ReviewerKind,
    ReviewMoved,
    ReviewQuery,
    ReviewState,
    Verdict,
    check_due,
    check_review_by,
    check_reviewers,
    check_text,
    effective,
    open_state,
    text_digest,
)
from cardwright.core.users import User
from cardwright.storage.unit import Unit

_NEEDS_TEXT = {
    Verdict.REQUEST_CHANGES: "To request changes, add a comment that names what should change",
    Verdict.COMMENT: "A comment needs a text",
}


class Outcome(NamedTuple):
    """The result of a decision.

    Attributes:
        number: of the decision within the review; 0 for a withdrawn request without a comment.
        missing: what the approval still lacks; empty once it is complete.
    """

    review: Review
    number: int
    status: Status
    missing: tuple[str, ...]


class ReviewDetails(NamedTuple):
    """A review with its reviewers and decisions.

    Attributes:
        missing: what the approval lacks; empty for a review that has ended.
    """

    review: Review
    reviewers: Sequence[Reviewer]
    decisions: Sequence[Decision]
    missing: tuple[str, ...]


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
        ReviewMoved: the card has another content.
        Conflict: the card has an open review.
        Invalid: the card is Archived, a reviewer is unknown, the due date has passed, or the comment is too long.
    """
    unit.actor.require(Role.AUTHOR, "RequestReview", unit.actor.scope.card_arn(name))
    said = check_text(comment)
    card = _locked(unit, name)
    _check_digest(card, content_digest)
    if card.status is Status.ARCHIVED:
        raise Invalid("Model Card is in Archived state: set another status before you ask for a review")
    governed = governance_of(unit, card)
    if governed.review is not None:
        raise Conflict(f"Modelcard {name} has an open review of this content: {governed.review.review_id}")
    last = unit.reviews.approval(card.card_id)
    renewed = last is not None and last.ended_at is None and card.status is Status.APPROVED
    review = Review(
        review_id=unit.new_id(),
        card_id=card.card_id,
        card_name=card.name,
        version=card.version,
        content_digest=card.content_digest,
        state=ReviewState.OPEN,
        policy=governed.mark,
        requested_at=unit.now,
        requested_by=_caller(unit, person_of(unit)),
        due_at=check_due(due_at, unit.now),
        comment=said,
        renews=last.review_by if last is not None and renewed else None,
    )
    wanted = _reviewers(unit, governed, reviewers)
    unit.reviews.insert(review)
    unit.reviews.assign(review, wanted, unit.now, _caller(unit, person_of(unit)))
    card = add_link(unit, card, Event.REVIEW_REQUESTED, request_details(review, wanted))
    if card.status not in {Status.APPROVED, Status.PENDING_REVIEW}:
        card = add_status(unit, card, Status.PENDING_REVIEW)
    unit.cards.update(card, None)
    return review, card.status


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
        ReviewMoved: the card or the review has another content.
        Denied: the decision would not count, because of the caller's role or part in the card.
        Conflict: the review has ended.
        Invalid: a comment is missing or too long, the date is not allowed, there is no decision to withdraw, or the
            required checks take too long. The console withdraws an approval with a comment only.
    """
    unit.actor.require(Role.VIEWER, "DecideReview", unit.actor.scope.card_arn(name))
    said = check_text(comment)
    if said is None and verdict in _NEEDS_TEXT:
        raise Invalid(_NEEDS_TEXT[verdict])
    if review_by is not None and verdict is not Verdict.APPROVE:
        raise Invalid("ReviewBy goes with an approval alone")
    if whole_request is not None and verdict is not Verdict.WITHDRAW:
        raise Invalid("WithdrawRequest goes with a withdrawal alone")
    card = _locked(unit, name)
    governed = governance_of(unit, card)
    governed = governed._replace(review=_review_to_decide(unit, card, governed, review_id, verdict))
    review = governed.review
    assert review is not None  # noqa: S101 - it was found
    if content_digest != review.content_digest or content_digest != card.content_digest:
        raise ReviewMoved(name, card.version, card.content_digest)
    person = person_of(unit)
    decisions = unit.reviews.decisions(card.card_id)
    if verdict is Verdict.WITHDRAW and is_of_request(unit, review, decisions, whole_request):
        card, review, number = withdraw_request(unit, governed, card, decisions, said)
        unit.cards.update(card, None)
        return Outcome(review, number, card.status, ())
    check_right(unit, governed, card, verdict, person)
    if verdict is Verdict.APPROVE:
        review_by = check_review_by(review_by, unit.now, governed.approval.valid_for_days)
    if verdict is Verdict.WITHDRAW:
        mine = _check_withdrawal(unit, review, decisions, _caller(unit, person))
        if said is None and mine.verdict == Verdict.APPROVE and unit.actor.interface is Interface.CONSOLE:
            raise Invalid(UNSAID_APPROVAL)
    user = None if person is None else person.name
    decision = new_decision(unit, review, decisions, verdict, user=user, comment=said, review_by=review_by)
    card = add_decision(unit, card, decision, governed.mark, review.version)
    card, review, found = _follow(unit, governed, card, [*decisions, decision], decision)
    unit.cards.update(card, None)
    return Outcome(review, decision.number, card.status, found.missing)


def dismiss_decision(unit: Unit, name: str, review_id: str, number: int, reason: str | None) -> Outcome:
    """Dismiss another person's decision with a reason. A request for changes then no longer blocks.

    Raises:
        CardMissing, NotFound: no such card, review or decision.
        Denied: the role does not include approver, or the caller is a program, an author of the content or the person
            who asked.
        Conflict: the decision counts no more.
        Invalid: the reason is missing, or the decision is the caller's own.
    """
    unit.actor.require(Role.APPROVER, "DismissDecision", unit.actor.scope.card_arn(name))
    why = check_text(reason, "A reason")
    if why is None:
        raise Invalid("To dismiss a decision, give a reason")
    card = _locked(unit, name)
    governed = governance_of(unit, card)
    review = _found(unit, card, review_id)
    decisions = unit.reviews.decisions(card.card_id)
    decision = next((one for one in decisions if (one.review_id, one.number) == (review_id, number)), None)
    if decision is None:
        raise NotFound(f"The review {review_id} has no decision {number}")
    _check_dismissal(unit, governed, card, review, decision, decisions)
    dismissed = decision._replace(dismissed_at=unit.now, dismissed_by=_caller(unit, person_of(unit)), reason=why)
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
    decided = [dismissed if one is decision else one for one in decisions]
    card, open_review, found = _settle(unit, governed, card, decided)
    unit.cards.update(card, None)
    return Outcome(review if open_review is None else open_review, number, card.status, found.missing)


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
    card = _locked(unit, name)
    governed = governance_of(unit, card)
    review = governed.review
    if review is None or review_id not in {None, review.review_id}:
        _no_review(name)
    wanted = _reviewers(unit, governed, reviewers)
    by = _caller(unit, person_of(unit))
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
    me = _caller(unit, person_of(unit))
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
    decisions = unit.reviews.decisions(review.card_id)
    missing: tuple[str, ...] = ()
    if review.is_open and card is not None:
        missing = standing_of(unit, governance_of(unit, card), subject_of(unit, card), decisions).missing
    mine = [one for one in decisions if one.review_id == review_id]
    return ReviewDetails(review, unit.reviews.reviewers(review_id), mine, missing)


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
    unit.actor.require(Role.VIEWER, "ListApprovals", unit.actor.scope.card_arn(name))
    card = unit.cards.find(name)
    if card is None:
        raise CardMissing(name)
    return unit.reviews.approval(card.card_id)


def reviewers_of(unit: Unit, name: str) -> tuple[Reviewer, ...]:
    """Return a person, and the groups that have this person, as reviewers.

    They are groups of active policies, and groups of the account whose name no active policy uses.
    """
    listed = [(group, people) for policy in active_policies(unit) for group, people in policy.reviewers.items()]
    groups = {group for group, people in listed if name.lower() in {person.lower() for person in people}}
    own = unit.users.groups(name) if is_user(name) else ()
    groups |= {*own} - {group for group, _ in listed}
    return (Reviewer(ReviewerKind.PERSON, name), *(Reviewer(ReviewerKind.GROUP, group) for group in sorted(groups)))


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


def undo_status(unit: Unit, name: str, status: Status, comment: str | None = None) -> bool:
    """Undo the caller's last change of a card's status. An approval is withdrawn with events of its own.

    Returns False, without a change, unless the last event of the card is that the caller changed ``status`` into the
    status that the card has.

    Raises:
        CardMissing, Denied, Invalid: as :func:`cardwright.actions.cards.update_card`; a policy holds for an undo too.
        Invalid: the comment is too long, or the console takes an approval away without one.
    """
    unit.actor.require(Role.VIEWER, "UpdateModelCard", unit.actor.scope.card_arn(name))
    said = check_comment(comment)
    card = _locked(unit, name)
    if not _changed_last(unit, card, status):
        return False
    last = unit.reviews.approval(card.card_id)
    if card.status is Status.APPROVED and last is not None and last.ended_at is None:
        review = _found(unit, card, last.review_id)
        decisions = _of(unit.reviews.decisions(card.card_id), review)
        me = _caller(unit, person_of(unit))
        people = deciders_of(unit, decisions, me)
        mine = effective(decisions, people.of).get(people.now(me))
        if mine is not None and not unit.reviews.governed(card.card_id)[1]:
            decide_review(unit, name, Verdict.WITHDRAW, card.content_digest, review_id=review.review_id, comment=said)
    update_card(unit, name, None, status, comment=said)
    return True


def _changed_last(unit: Unit, card: Card, before: Status) -> bool:
    """Whether the last event of a card is that the caller changed its status from ``before`` to what it is."""
    last = audit_trail(unit, card.name, limit=1)[0]
    if last.actor != unit.actor.user or last.event != Event.STATUS:
        return False
    details = orjson.loads(last.details)
    return (details["from"], details["to"]) == (before, card.status)


def settle_review(unit: Unit, name: str) -> Status:
    """Approve a card whose open review has approvals, when nothing is missing any more. Returns the card's status.

    For actions that remove what blocked an approval.

    Raises:
        CardMissing: the card does not exist.
    """
    card = _locked(unit, name)
    governed = governance_of(unit, card)
    if governed.review is not None:
        card, _, _ = _settle(unit, governed, card, unit.reviews.decisions(card.card_id))
        unit.cards.update(card, None)
    return card.status


def _follow(
    unit: Unit, governed: Governance, card: Card, decisions: Sequence[Decision], decision: Decision
) -> tuple[Card, Review, Standing]:
    """Do what follows from a decision. Returns the card, the review and what is missing."""
    review = governed.review
    assert review is not None  # noqa: S101 - a decision belongs to a review
    if review.is_open:
        card, settled, found = _settle(unit, governed, card, decisions, alone=decision.verdict == Verdict.APPROVE)
        return card, settled or review, found
    found = standing_of(unit, governed, subject_of(unit, card), decisions)
    if decision.verdict == Verdict.WITHDRAW and found.missing:
        card = add_link(unit, card, Event.APPROVAL_WITHDRAWN, review_details(review, governed.mark, user=decision.user))
        review = review._replace(state=_open_state(unit, review, decisions), ended_at=None)
        unit.reviews.end_approval(card.card_id, unit.now)
        unit.reviews.set_state(review.review_id, review.state, None)
        card = add_status(unit, card, Status.PENDING_REVIEW)
    return card, review, found


def _settle(
    unit: Unit, governed: Governance, card: Card, decisions: Sequence[Decision], *, alone: bool = False
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
    approved = alone or bool(approvals_in(unit, decisions, review.review_id))
    if approved:
        refuse_late(governed, subject, found, check)
    if not found.missing and approved:
        card = complete(unit, governed, subject, found, decisions)
        if card.status is not Status.APPROVED:
            card = add_status(unit, card, Status.APPROVED, review=review.review_id)
        return card, review._replace(state=ReviewState.APPROVED, ended_at=unit.now), found
    state = _open_state(unit, review, decisions)
    if state != review.state:
        unit.reviews.set_state(review.review_id, state, None)
    return card, review._replace(state=state), found


def _of(decisions: Iterable[Decision], review: Review) -> list[Decision]:
    return [one for one in decisions if one.review_id == review.review_id]


def check_right(unit: Unit, governed: Governance, card: Card, verdict: Verdict, person: User | None) -> None:
    """Raise :class:`Denied` unless the caller may decide like that in a review."""
    if verdict is Verdict.WITHDRAW:
        return
    if verdict is Verdict.COMMENT:
        if not unit.actor.role.includes(Role.AUTHOR) and not _is_asked(unit, governed, person):
            unit.actor.require(Role.AUTHOR, "DecideReview", unit.actor.scope.card_arn(card.name))
        return
    if governed.policy is not None and person is None:
        _deny(unit, card, f"{unit.actor.user} is not a person of the account: decisions of programs do not count")
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
        _deny(
            unit,
            card,
            f"the review policy {governed.policy.name} has no requirement for {person.name} with the role"
            f" {approver.role}",
        )
    elif not may_count(approval, approver, groups, insiders):
        _deny(
            unit,
            card,
            f"the review policy {governed.policy.name} asks for independent approvals: authors since the last approved"
            " version and the person who asked for the review do not count",
        )


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


def _open_state(unit: Unit, review: Review, decisions: Iterable[Decision]) -> ReviewState:
    mine = _of(decisions, review)
    return open_state(mine, deciders_of(unit, mine).of)


def _check_withdrawal(unit: Unit, review: Review, decisions: Sequence[Decision], user: str) -> Decision:
    """Return the decision that a withdrawal takes back."""
    mine = _of(decisions, review)
    people = deciders_of(unit, mine, user)
    decision = effective(mine, people.of).get(people.now(user))
    if decision is None:
        request = ". To withdraw the request, set WithdrawRequest" if review.is_open else ""
        raise Invalid(f"{user} has no decision in this review to withdraw{request}")
    return decision


def _check_dismissal(  # noqa: PLR0913, PLR0917 - the decision and its surroundings
    unit: Unit, governed: Governance, card: Card, review: Review, decision: Decision, decisions: Sequence[Decision]
) -> None:
    person = person_of(unit)
    name = _caller(unit, person)
    people = deciders_of(unit, decisions, name)
    if people.of(decision) == people.now(name):
        raise Invalid("This decision is your own: withdraw it instead")
    if governed.policy is not None:
        if person is None:
            _deny(unit, card, f"{unit.actor.user} is not a person of the account", "DismissDecision")
        if name.lower() in insiders_of(unit, card, review) | insiders_of(unit, card, governed.review):
            _deny(
                unit,
                card,
                "authors since the last approved version and the person who asked do not dismiss decisions",
                "DismissDecision",
            )
    standing = effective(decisions, people.of).get(people.of(decision))
    if standing != decision or (decision.verdict == Verdict.APPROVE and not review.is_open):
        raise Conflict("The decision does not count any more")


def _review_to_decide(unit: Unit, card: Card, governed: Governance, review_id: str | None, verdict: Verdict) -> Review:
    """Return the review that a decision is about: the open one, or for a withdrawal the one that approved the card."""
    review = governed.review
    if review is not None and review_id in {None, review.review_id}:
        return review
    last = unit.reviews.approval(card.card_id)
    approved = verdict is Verdict.WITHDRAW and review is None and last is not None and last.ended_at is None
    if approved and last is not None and review_id in {None, last.review_id}:
        return _found(unit, card, last.review_id)
    if review_id is None:
        _no_review(card.name)
    ended = _found(unit, card, review_id)
    raise Conflict(f"The review of version {ended.version} has ended: it is {ended.state}")


def _found(unit: Unit, card: Card, review_id: str) -> Review:
    review = unit.reviews.find(review_id)
    if review is None or review.card_id != card.card_id:
        raise NotFound(f"Modelcard {card.name} has no review {review_id}")
    return review


def _reviewers(unit: Unit, governed: Governance, names: Sequence[str]) -> tuple[Reviewer, ...]:
    people = {}
    for name in names:
        user = None if name in governed.groups else unit.users.find(name)
        if user is not None and user.disabled_at is None:
            people[name.lower()] = user.name
    others = [name for name in names if name not in governed.groups and name.lower() not in people]
    account_groups = unit.users.members(others) if others else {}
    return check_reviewers(names, people, {*governed.groups, *account_groups})


def _caller(unit: Unit, person: User | None) -> str:
    return unit.actor.user if person is None else person.name


def _locked(unit: Unit, name: str) -> Card:
    card = unit.cards.lock(name)
    if card is None:
        raise CardMissing(name)
    return card


def _check_digest(card: Card, known: str | None) -> None:
    if known not in {None, card.content_digest}:
        raise ReviewMoved(card.name, card.version, card.content_digest)


def _deny(unit: Unit, card: Card, because: str, action: str = "DecideReview") -> NoReturn:
    scope, user = unit.actor.scope, unit.actor.user
    raise Denied(
        f"User: {scope.user_arn(user)} is not authorized to perform: sagemaker:{action} on resource:"
        f" {scope.card_arn(card.name)} because {because}"
    )


def _no_review(name: str) -> NoReturn:
    raise NotFound(f"Modelcard {name} has no open review: ask for one with RequestReview")
