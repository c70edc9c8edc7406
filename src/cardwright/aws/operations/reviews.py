"""Cardwright's own operations on reviews and approvals of cards."""

from collections.abc import Iterable

from cardwright.actions import review_decisions
from cardwright.actions import reviews as actions
from cardwright.actions.cards import find_card
from cardwright.actions.review_work import reviewers_by_review
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.names import Scope
from cardwright.core.review import (
    ApprovalQuery,
    CardApproval,
    Decision,
    Due,
    PolicyMark,
    Review,
    Reviewer,
    ReviewQuery,
    ReviewState,
    Verdict,
)
from cardwright.storage.unit import Unit

_STATES = {ReviewState.OPEN: (ReviewState.OPEN, ReviewState.CHANGES_REQUESTED)}
"""What a filter by state lists, where it is more than that state."""


def request_review(unit: Unit, request: Members, _: Pager) -> Members:
    scope = unit.actor.scope
    name = scope.card_name(request["ModelCardName"])
    review, status = actions.request_review(
        unit,
        name,
        reviewers=request.get("Reviewers", ()),
        due_at=_milliseconds(request.get("DueTime")),
        comment=request.get("Comment"),
        content_digest=request.get("ContentDigest"),
    )
    return {
        "ModelCardArn": scope.card_arn(name),
        "ReviewId": review.review_id,
        "ModelCardVersion": review.version,
        "ContentDigest": review.content_digest,
        "ModelCardStatus": status,
    }


def decide_review(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    outcome = review_decisions.decide_review(
        unit,
        name,
        Verdict(request["Decision"]),
        request["ContentDigest"],
        review_id=request.get("ReviewId"),
        comment=request.get("Comment"),
        review_by=_milliseconds(request.get("ReviewBy")),
        whole_request=request.get("WithdrawRequest"),
    )
    return _outcome(unit.actor.scope, name, outcome) | _known(DecisionNumber=outcome.number or None)


def dismiss_decision(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    outcome = review_decisions.dismiss_decision(
        unit, name, request["ReviewId"], request["DecisionNumber"], request["Reason"]
    )
    return _outcome(unit.actor.scope, name, outcome)


def assign_reviewers(unit: Unit, request: Members, _: Pager) -> Members:
    scope = unit.actor.scope
    name = scope.card_name(request["ModelCardName"])
    review, reviewers = actions.assign_reviewers(unit, name, request["Reviewers"], review_id=request.get("ReviewId"))
    return {
        "ModelCardArn": scope.card_arn(name),
        "ReviewId": review.review_id,
        "Reviewers": [_reviewer(one) for one in reviewers],
    }


def list_reviews(unit: Unit, request: Members, pager: Pager) -> Members:
    named, state = request.get("ModelCardName"), request.get("State")
    card = None if named is None else find_card(unit, unit.actor.scope.card_name(named), "ListReviews")
    query = ReviewQuery(
        limit=request.get("MaxResults", 100),
        at=pager.position(),
        card_id=None if card is None else card.card_id,
        states=() if state is None else _STATES.get(ReviewState(state), (state,)),
        overdue_at=unit.now if request.get("Overdue") else None,
    )
    page = actions.list_reviews(
        unit,
        query,
        assigned_to_me=request.get("AssignedToMe", False),
        requested_by_me=request.get("RequestedByMe", False),
    )
    reviewers = reviewers_by_review(unit, page.items)
    answer: Members = {"Reviews": [_review(unit, review, reviewers.get(review.review_id, ())) for review in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def describe_review(unit: Unit, request: Members, _: Pager) -> Members:
    found = actions.describe_review(unit, request["ReviewId"])
    return {
        "Review": _review(unit, found.review, found.reviewers),
        "Decisions": [_decision(decision) for decision in found.decisions],
        "Missing": list(found.missing),
    }


def list_approvals(unit: Unit, request: Members, pager: Pager) -> Members:
    named, due = request.get("ModelCardName"), request.get("Due")
    wanted = None if due is None else Due(due)
    if named is not None:
        found = actions.describe_approval(unit, unit.actor.scope.card_name(named))
        kept = found is not None and wanted in {None, found.due(unit.now)}
        return {"Approvals": [_approval(unit, found)] if found is not None and kept else []}
    query = ApprovalQuery(limit=request.get("MaxResults", 100), after=pager.position(), due=wanted)
    page = actions.list_approvals(unit, query)
    answer: Members = {"Approvals": [_approval(unit, approval) for approval in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def _outcome(scope: Scope, name: str, outcome: review_decisions.Outcome) -> Members:
    return {
        "ModelCardArn": scope.card_arn(name),
        "ReviewId": outcome.review.review_id,
        "State": outcome.review.state,
        "ModelCardStatus": outcome.status,
        "Missing": list(outcome.missing),
    }


def _review(unit: Unit, review: Review, reviewers: Iterable[Reviewer]) -> Members:
    return _known(
        ReviewId=review.review_id,
        ModelCardName=review.card_name,
        ModelCardArn=unit.actor.scope.card_arn(review.card_name),
        ModelCardVersion=review.version,
        ContentDigest=review.content_digest,
        State=review.state,
        **_policy(review.policy),
        RequestedTime=review.requested_at / 1000,
        RequestedBy=review.requested_by,
        DueTime=_seconds(review.due_at),
        Overdue=review.is_overdue(unit.now),
        Comment=review.comment,
        EndTime=_seconds(review.ended_at),
        PreviousReviewBy=_seconds(review.renews),
        Reviewers=[_reviewer(one) for one in reviewers],
    )


def _reviewer(reviewer: Reviewer) -> Members:
    return {"Kind": reviewer.kind, "Name": reviewer.name}


def _decision(decision: Decision) -> Members:
    return _known(
        DecisionNumber=decision.number,
        UserName=decision.user,
        Role=decision.role,
        Decision=decision.verdict,
        ContentDigest=decision.content_digest,
        Comment=decision.comment,
        ReviewBy=_seconds(decision.review_by),
        DecisionTime=decision.decided_at / 1000,
        DismissedTime=_seconds(decision.dismissed_at),
        DismissedBy=decision.dismissed_by,
        Reason=decision.reason,
    )


def _approval(unit: Unit, approval: CardApproval) -> Members:
    return _known(
        ModelCardName=approval.card_name,
        ModelCardArn=unit.actor.scope.card_arn(approval.card_name),
        ModelCardVersion=approval.version,
        ContentDigest=approval.content_digest,
        ReviewId=approval.review_id,
        **_policy(approval.policy),
        ApprovedTime=approval.approved_at / 1000,
        ReviewBy=_seconds(approval.review_by),
        ExpiryTime=_seconds(approval.expires_at),
        AfterExpiry=approval.after_expiry,
        Due=approval.due(unit.now),
        EndTime=_seconds(approval.ended_at),
    )


def _policy(mark: PolicyMark | None) -> Members:
    if mark is None:
        return {}
    return {"PolicyName": mark.name, "PolicyVersion": mark.version, "PolicyDigest": mark.digest}


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _milliseconds(time: float | None) -> int | None:
    return None if time is None else int(time)


def _known(**members: object) -> Members:
    """Leave out members without a value."""
    return {name: value for name, value in members.items() if value is not None}
