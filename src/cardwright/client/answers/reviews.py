"""Answers of Cardwright's own operations on reviews, approvals and review policies."""

import datetime
from typing import NotRequired, TypedDict

from cardwright.client.answers.answer import Answer, Page


class Reviewer(TypedDict):
    """A person or a group that reviews."""

    Kind: str
    Name: str


class Review(TypedDict):
    """A review of a card."""

    ReviewId: str
    ModelCardName: str
    ModelCardArn: str
    ModelCardVersion: int
    ContentDigest: str
    State: str
    PolicyName: NotRequired[str]
    PolicyVersion: NotRequired[int]
    PolicyDigest: NotRequired[str]
    RequestedTime: datetime.datetime
    RequestedBy: NotRequired[str]
    DueTime: NotRequired[datetime.datetime]
    Overdue: bool
    Comment: NotRequired[str]
    EndTime: NotRequired[datetime.datetime]
    PreviousReviewBy: NotRequired[datetime.datetime]
    Reviewers: list[Reviewer]


class Decision(TypedDict):
    """A decision in a review."""

    DecisionNumber: int
    UserName: str
    Role: str
    Decision: str
    ContentDigest: str
    Comment: NotRequired[str]
    ReviewBy: NotRequired[datetime.datetime]
    DecisionTime: datetime.datetime
    DismissedTime: NotRequired[datetime.datetime]
    DismissedBy: NotRequired[str]
    Reason: NotRequired[str]


class RequestReviewAnswer(Answer):
    """The answer of RequestReview."""

    ModelCardArn: str
    ReviewId: str
    ModelCardVersion: int
    ContentDigest: str
    ModelCardStatus: str


class DecideReviewAnswer(Answer):
    """The answer of DecideReview."""

    ModelCardArn: str
    ReviewId: str
    DecisionNumber: NotRequired[int]
    State: str
    ModelCardStatus: str
    Missing: list[str]


class DismissDecisionAnswer(Answer):
    """The answer of DismissDecision."""

    ModelCardArn: str
    ReviewId: str
    State: str
    ModelCardStatus: str
    Missing: list[str]


class AssignReviewersAnswer(Answer):
    """The answer of AssignReviewers."""

    ModelCardArn: str
    ReviewId: str
    Reviewers: list[Reviewer]


class DescribeReviewAnswer(Answer):
    """The answer of DescribeReview."""

    Review: Review
    Decisions: list[Decision]
    Missing: list[str]


class ReviewsPage(Page):
    """A page of reviews."""

    Reviews: list[Review]


class ModelCardApproval(TypedDict):
    """The approval of a card."""

    ModelCardName: str
    ModelCardArn: str
    ModelCardVersion: int
    ContentDigest: str
    ReviewId: str
    PolicyName: NotRequired[str]
    PolicyVersion: NotRequired[int]
    PolicyDigest: NotRequired[str]
    ApprovedTime: datetime.datetime
    ReviewBy: NotRequired[datetime.datetime]
    ExpiryTime: NotRequired[datetime.datetime]
    AfterExpiry: NotRequired[str]
    Due: NotRequired[str]
    EndTime: NotRequired[datetime.datetime]


class ApprovalsPage(Page):
    """A page of approvals."""

    Approvals: list[ModelCardApproval]


class ReviewPolicySummary(TypedDict):
    """A stored version of a review policy."""

    PolicyName: str
    PolicyVersion: int
    PolicyDigest: str
    Active: bool
    StoredTime: NotRequired[datetime.datetime]
    StoredBy: NotRequired[str]
    ActivatedTime: NotRequired[datetime.datetime]


class PolicyAnswer(Answer):
    """One version of a review policy."""

    ReviewPolicy: ReviewPolicySummary


class DeleteReviewPolicyAnswer(Answer):
    """The answer of DeleteReviewPolicy."""

    PolicyName: str
    DeletedVersions: int


class DescribeReviewPolicyAnswer(Answer):
    """The answer of DescribeReviewPolicy."""

    ReviewPolicy: ReviewPolicySummary
    PolicyDocument: str


class ReviewPoliciesPage(Page):
    """A page of review policies."""

    ReviewPolicies: list[ReviewPolicySummary]


class CheckedJobPair(TypedDict):
    """A pair of evaluation jobs that a check compared."""

    Before: NotRequired[str]
    After: NotRequired[str]
    Reason: str


class CheckComparison(TypedDict):
    """The version that a check compared with, and the pairs of its evaluation jobs."""

    Against: str
    ModelCardVersion: int
    EvaluationJobs: list[CheckedJobPair]


class CheckResult(TypedDict):
    """What a check found for one rule."""

    RuleId: str
    Severity: str
    Outcome: str
    Pointer: str
    Message: str
    Fix: str
    Value: NotRequired[str]
    WaiverReason: NotRequired[str]


class CheckModelCardAnswer(Answer):
    """The check of a card under a policy."""

    ModelCardArn: str
    ModelCardVersion: int
    ContentDigest: str
    PolicyName: str
    PolicyVersion: int
    PolicyDigest: str
    Outcome: str
    Results: list[CheckResult]
    Comparisons: list[CheckComparison]
