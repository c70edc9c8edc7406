"""What a policy demands of an approval: people, checks, a lifetime, and who may waive or delete."""

from enum import StrEnum

import attrs

from cardwright.core.people import Role


class AfterExpiry(StrEnum):
    """What happens to an approved card when its review date and the grace period have passed."""

    PENDING_REVIEW = "PendingReview"
    KEEP = "keep"


class Deletion(StrEnum):
    """Who may delete a card that was approved under the policy."""

    NONE = "none"
    APPROVER = "approver"
    AUTHOR = "author"


class FindingSeverity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@attrs.frozen
class Requirement:
    """Approvals that a card needs, from people of a role or of a group of reviewers: one of the two is given.

    Attributes:
        role: the lowest role of the people who count.
        reviewers: the group of the policy's ``reviewers`` whose people count.
        count: how many people must approve.
        independent: whether authors, the person who asked and people who count elsewhere are left out.
    """

    role: Role | None = None
    reviewers: str | None = None
    count: int = 1
    independent: bool = False


@attrs.frozen
class Waivers:
    """Who may waive a rule, and for how long.

    Attributes:
        by: a group of the policy's ``reviewers``, or the lowest role that may waive.
        max_days: the longest time that a waiver may last.
    """

    by: str
    max_days: int


@attrs.frozen
class Approval:
    """The demands on an approval.

    Attributes:
        approvals: the people who must approve; all requirements must be met.
        required_checks: ids of rules that must pass or be waived.
        valid_for_days: the lifetime of an approval; None without end.
        grace_days: days after the review date until ``after_expiry`` takes effect.
        after_expiry: what happens then.
        delete: who may delete a card that was approved.
        blocking_findings: severities of open findings that block an approval.
        waivers: who may waive a rule; None if no one may.
    """

    approvals: tuple[Requirement, ...] = ()
    required_checks: tuple[str, ...] = ()
    valid_for_days: int | None = None
    grace_days: int = 0
    after_expiry: AfterExpiry = AfterExpiry.PENDING_REVIEW
    delete: Deletion = Deletion.APPROVER
    blocking_findings: tuple[FindingSeverity, ...] = ()
    waivers: Waivers | None = None
