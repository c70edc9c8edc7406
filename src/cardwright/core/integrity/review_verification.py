"""Verify the stored reviews of a card against its audit chain."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from cardwright.core.integrity.replay import Problem
from cardwright.core.integrity.review_replay import ReviewReplay
from cardwright.core.review import CardApproval, Decision, Review, Reviewer, text_digest

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class ReviewHoldings:
    """The stored reviews of one card, by their keys.

    Attributes:
        reviewers: by review, with time and author of the assignment.
    """

    reviews: Mapping[str, Review] = field(default_factory=dict)
    decisions: Mapping[tuple[str, int], Decision] = field(default_factory=dict)
    reviewers: Mapping[tuple[str, Reviewer], tuple[int, str]] = field(default_factory=dict)
    approval: CardApproval | None = None

    @property
    def records(self) -> Iterator[str]:
        """The names of all records."""
        yield from map(_review, self.reviews)
        yield from map(_decision, self.decisions)
        yield from map(_assignment, self.reviewers)
        if self.approval is not None:
            yield "the approval"


def check_reviews(held: ReviewHoldings, expected: ReviewReplay) -> Iterator[Problem]:
    """Yield the differences between the stored reviews and a complete audit chain."""
    reviews = {key: _review_in_chain(review) for key, review in held.reviews.items()}
    yield from _compare(reviews, expected.reviews, _review)
    decisions = {key: _decision_in_chain(decision) for key, decision in held.decisions.items()}
    yield from _compare(decisions, expected.decisions, _decision)
    reviewers = {
        (review_id, reviewer): (at, by)
        for review_id, (names, at, by) in expected.reviewers.items()
        for reviewer in names
    }
    yield from _compare(held.reviewers, reviewers, _assignment)
    if held.approval != expected.approval:
        yield from _compare(
            {} if held.approval is None else {"": held.approval},
            {} if expected.approval is None else {"": expected.approval},
            lambda _: "the approval",
        )


def _compare(
    held: Mapping[_Key, object], expected: Mapping[_Key, object], name: Callable[[_Key], str]
) -> Iterator[Problem]:
    for key in [*expected, *(key for key in held if key not in expected)]:
        if key not in held:
            yield name(key), "is missing"
        elif key not in expected:
            yield name(key), "has no audit link"
        elif held[key] != expected[key]:
            yield name(key), "is another record than the audit chain's"


def _review(review_id: str) -> str:
    return f"review {review_id}"


def _decision(key: tuple[str, int]) -> str:
    return f"decision {key[1]} of review {key[0]}"


def _assignment(key: tuple[str, Reviewer]) -> str:
    return f"reviewer {key[1].name} of review {key[0]}"


def _review_in_chain(review: Review) -> Review:
    return review._replace(comment=_digest(review.comment))


def _decision_in_chain(decision: Decision) -> Decision:
    return decision._replace(comment=_digest(decision.comment), reason=_digest(decision.reason))


def _digest(text: str | None) -> str | None:
    return None if text is None else text_digest(text)
