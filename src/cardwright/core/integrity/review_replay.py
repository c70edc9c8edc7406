"""Replay of the review events in a card's audit chain: the reviews, decisions and approval that the card must have.

The chain has the SHA-256 of comments and reasons in place of their texts; so have the records here.
"""

from dataclasses import dataclass, field

from cardwright.core.card import Status
from cardwright.core.integrity.history import AuditLink
from cardwright.core.integrity.link_details import Details
from cardwright.core.review import (
    CardApproval,
    Decision,
    PolicyMark,
    Review,
    Reviewer,
    ReviewerKind,
    ReviewState,
    open_state,
    person_id,
)


@dataclass(slots=True)
class ReviewReplay:
    """The state after the events so far.

    Attributes:
        reviews: by identifier.
        decisions: by review and number, in their order.
        deletions: when the last user of a decision's name was deleted before it, by review and number.
        reviewers: by review, with time and author of the assignment.
        approval: the last approval that a review completed.
    """

    reviews: dict[str, Review] = field(default_factory=dict)
    decisions: dict[tuple[str, int], Decision] = field(default_factory=dict)
    deletions: dict[tuple[str, int], int | None] = field(default_factory=dict)
    reviewers: dict[str, tuple[frozenset[Reviewer], int, str]] = field(default_factory=dict)
    approval: CardApproval | None = None

    def requested(self, link: AuditLink, details: Details) -> str | None:
        again = details.text("review") in self.reviews
        self.reviews[details.text("review")] = Review(
            review_id=details.text("review"),
            card_id=link.card_id,
            card_name=link.name,
            version=details.number("version"),
            content_digest=details.text("content_sha256"),
            state=ReviewState.OPEN,
            policy=_policy(details),
            requested_at=link.at,
            requested_by=details.text_or_none("requested_by"),
            due_at=details.number_or_none("due"),
            comment=details.text_or_none("comment_sha256"),
            renews=details.number_or_none("renews"),
        )
        self.reviewers[details.text("review")] = _assignment(link, details, details.text_or_none("requested_by"))
        return "requests a review that exists already" if again else None

    def assigned(self, link: AuditLink, details: Details) -> str | None:
        self.reviewers[details.text("review")] = _assignment(link, details, details.text("by"))
        return self._unknown(details)

    def decided(self, link: AuditLink, details: Details) -> str | None:
        review_id, number = details.text("review"), details.number("number")
        expected = 1 + sum(1 for review, _ in self.decisions if review == review_id)
        self.decisions[review_id, number] = Decision(
            review_id=review_id,
            number=number,
            card_id=link.card_id,
            user=details.text("user"),
            role=link.role,
            by_person=int(details.flag("by_person")),
            verdict=details.text("verdict"),
            content_digest=details.text("content_sha256"),
            comment=details.text_or_none("comment_sha256"),
            review_by=details.number_or_none("review_by"),
            decided_at=link.at,
        )
        self.deletions[review_id, number] = details.number_or_none("earlier_user_deleted")
        self._set_open_state(review_id)
        if number != expected:
            return f"records decision {number} where decision {expected} comes next"
        return self._unknown(details)

    def dismissed(self, link: AuditLink, details: Details) -> str | None:
        key = details.text("review"), details.number("number")
        self.decisions[key] = self.decisions[key]._replace(
            dismissed_at=link.at, dismissed_by=details.text("by"), reason=details.text("reason_sha256")
        )
        self._set_open_state(details.text("review"))
        return self._unknown(details)

    def completed(self, link: AuditLink, details: Details) -> str | None:
        self.approval = CardApproval(
            card_id=link.card_id,
            card_name=link.name,
            version=details.number("version"),
            content_digest=details.text("content_sha256"),
            review_id=details.text("review"),
            policy=_policy(details),
            held_by=details.text_or_none("held_by"),
            approved_at=link.at,
            review_by=details.number_or_none("review_by"),
            expires_at=details.number_or_none("expires_at"),
            after_expiry=details.text_or_none("after_expiry"),
        )
        self._set(details.text("review"), ReviewState.APPROVED, link.at)
        return self._unknown(details)

    def request_withdrawn(self, link: AuditLink, details: Details) -> str | None:
        self._set(details.text("review"), ReviewState.WITHDRAWN, link.at)
        return self._unknown(details)

    def withdrawn(self, link: AuditLink, details: Details) -> str | None:
        self._end_approval(link.at)
        review = self.reviews[details.text("review")]
        self.reviews[review.review_id] = review._replace(ended_at=None)
        self._set_open_state(review.review_id)
        return None

    def expired(self, link: AuditLink, details: Details) -> str | None:
        self._end_approval(link.at)
        review = self.reviews[details.text("review")]
        self._set(review.review_id, ReviewState.LAPSED, review.ended_at)
        return None

    def content_changed(self, link: AuditLink, status: str) -> None:
        """Follow a new version of a card with a status."""
        self._end_open(ReviewState.SUPERSEDED, link.at)
        if status == Status.APPROVED:
            self._end_approval(link.at)

    def status_changed(self, link: AuditLink, before: str, after: str) -> None:
        """Follow a change of the card's status."""
        if after in {Status.DRAFT, Status.ARCHIVED}:
            self._end_open(ReviewState.WITHDRAWN, link.at)
        if before == Status.APPROVED and after != Status.APPROVED:
            self._end_approval(link.at)

    def _end_open(self, state: ReviewState, at: int) -> None:
        for review in list(self.reviews.values()):
            if review.is_open:
                self._set(review.review_id, state, at)

    def _end_approval(self, at: int) -> None:
        if self.approval is not None and self.approval.ended_at is None:
            self.approval = self.approval._replace(ended_at=at)

    def _set(self, review_id: str, state: str, ended_at: int | None) -> None:
        if review_id in self.reviews:
            self.reviews[review_id] = self.reviews[review_id]._replace(state=state, ended_at=ended_at)

    def _set_open_state(self, review_id: str) -> None:
        if review_id in self.reviews and self.reviews[review_id].is_open:
            mine = [decision for (review, _), decision in self.decisions.items() if review == review_id]
            self._set(review_id, open_state(mine, self._person), None)

    def _person(self, decision: Decision) -> str:
        return person_id(decision.user, self.deletions.get((decision.review_id, decision.number)))

    def _unknown(self, details: Details) -> str | None:
        return None if details.text("review") in self.reviews else "is about a review that no event requests"


def _policy(details: Details) -> PolicyMark | None:
    policy = details.inner("policy")
    return None if policy is None else PolicyMark(policy.text("name"), policy.number("version"), policy.text("sha256"))


def _assignment(link: AuditLink, details: Details, by: str | None) -> tuple[frozenset[Reviewer], int, str]:
    reviewers = frozenset(Reviewer(ReviewerKind(kind), name) for kind, name in details.pairs("reviewers"))
    return reviewers, link.at, str(by)
