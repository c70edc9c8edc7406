"""Reviews of cards: requests, decisions, assigned reviewers, and the approvals that result.

Everything is bound to the SHA-256 of one content. Times are milliseconds since the epoch.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from cardwright.core.card import Card
from cardwright.core.errors import Conflict, DateRefused, Invalid, NotFound
from cardwright.core.listing import ListQuery, Position

DAY = 86_400_000
"""Milliseconds of a day."""

SOON = 30 * DAY
"""The time before its review date in which an approval is due."""

MOST_DAYS = 36_500
"""The longest lifetime of an approval in days, and the largest number of days in a policy: a hundred years."""

LONGEST_TEXT = 4000
"""Characters of a comment or a reason."""

MAX_REVIEWERS = 50
"""People and groups that one review may have."""


class ReviewState(StrEnum):
    """The state of a review. The first two are open."""

    OPEN = "Open"
    CHANGES_REQUESTED = "ChangesRequested"
    APPROVED = "Approved"
    WITHDRAWN = "Withdrawn"
    SUPERSEDED = "Superseded"
    LAPSED = "Lapsed"


class Verdict(StrEnum):
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    COMMENT = "comment"
    WITHDRAW = "withdraw"


class ReviewerKind(StrEnum):
    PERSON = "person"
    GROUP = "group"


class Due(StrEnum):
    """How near the review date of an approved card is."""

    DUE = "due"
    OVERDUE = "overdue"
    EXPIRED = "expired"


class PolicyMark(NamedTuple):
    """One version of a policy, as records name it."""

    name: str
    version: int
    digest: str


class Reviewer(NamedTuple):
    """A person or a group of the policy who is asked to review."""

    kind: ReviewerKind
    name: str


class Review(NamedTuple):
    """A request to review one content of a card.

    Attributes:
        content_digest: SHA-256 of the content.
        state: a :class:`ReviewState`.
        policy: the policy that governed the card at the request; None without one.
        requested_by: None for a review that began with an approval through ``UpdateModelCard``.
        due_at: the time until which the review is wanted.
        ended_at: None while the review is open.
        renews: the review date before this review, of a card that was approved with the same content already.
    """

    review_id: str
    card_id: str
    card_name: str
    version: int
    content_digest: str
    state: str
    policy: PolicyMark | None
    requested_at: int
    requested_by: str | None
    due_at: int | None
    comment: str | None
    ended_at: int | None = None
    renews: int | None = None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def is_overdue(self, now: int) -> bool:
        """Whether the review is open and its due date has passed."""
        return self.is_open and self.due_at is not None and self.due_at < now

    @property
    def position(self) -> Position:
        return (self.requested_at, self.review_id)


class WorkItem(NamedTuple):
    """A review in a list of work, with the status and the risk rating of its card."""

    review: Review
    status: str
    risk_rating: str | None


class Base(NamedTuple):
    """The version that the version of a review is compared with: the last approved one, else the one before it."""

    number: int
    content_digest: str


class Decision(NamedTuple):
    """What one user decided in a review.

    Attributes:
        number: 1, 2, 3 ... within the review.
        user: the user name.
        role: the user's role at that time.
        by_person: 1 for a person of the account, 0 for a program.
        review_by: the review date that an approval gives the card.
        dismissed_at, dismissed_by, reason: set when another person dismissed the decision.
    """

    review_id: str
    number: int
    card_id: str
    user: str
    role: str
    by_person: int
    verdict: str
    content_digest: str
    comment: str | None
    review_by: int | None
    decided_at: int
    dismissed_at: int | None = None
    dismissed_by: str | None = None
    reason: str | None = None


PersonOf: TypeAlias = Callable[[Decision], str]
"""Returns the :func:`person_id` of the person who decided."""


class CardApproval(NamedTuple):
    """The last approval of a card through a review.

    Attributes:
        review_id: the review that was completed.
        policy: the policy whose requirements were met; None without one.
        held_by: the name of the policy that applied to the approved content: it governs the card until the next
            approval.
        review_by: the date of the next review; None without one.
        expires_at: the end of the grace period after that date; None without one.
        after_expiry: what happens then, see :class:`core.policy.approval.AfterExpiry`; None without a policy.
        ended_at: when the card left Approved, or its content changed.
    """

    card_id: str
    card_name: str
    version: int
    content_digest: str
    review_id: str
    policy: PolicyMark | None
    held_by: str | None
    approved_at: int
    review_by: int | None
    expires_at: int | None
    after_expiry: str | None
    ended_at: int | None = None

    def due(self, now: int) -> Due | None:
        """How near the review date is; None when it is far away, absent, or the approval has ended."""
        if self.review_by is None or self.ended_at is not None:
            return None
        if now < self.review_by:
            return Due.DUE if now >= self.review_by - SOON else None
        return Due.EXPIRED if self.expires_at is not None and now >= self.expires_at else Due.OVERDUE

    @property
    def position(self) -> Position:
        return (self.review_by or 0, self.card_id)


class ExpiredApproval(NamedTuple):
    """An approval of any account whose grace period has passed."""

    account: str
    card_id: str
    card_name: str


class NoOpenReview(NotFound):
    """The card has no open review."""

    def __init__(self, card: str) -> None:
        super().__init__(f"Modelcard {card} has no open review: ask for one with RequestReview")
        self.card = card


class ReviewIsOpen(Conflict):
    """The content has an open review already."""

    def __init__(self, card: str, review_id: str) -> None:
        super().__init__(f"Modelcard {card} has an open review of this content: {review_id}")


class ReviewMoved(Conflict):
    """The content under review differs from the one that the caller decided about.

    Attributes:
        version, content_digest: the newest version of the card, and the digest of its content.
    """

    def __init__(self, name: str, version: int, content_digest: str) -> None:
        super().__init__(
            f"Modelcard {name} has version {version} with the content digest {content_digest} now: read it, and decide"
            " about that digest"
        )
        self.version = version
        self.content_digest = content_digest


class ReviewSuperseded(Conflict):
    """New content has ended the review that a decision is about.

    Attributes:
        ended, by: the version under review, and the version that superseded it.
        author: who saved that version; None where its record is gone.
        version, content_digest: the newest version of the card, and the digest of its content.
        open_review: the open review of that content; None without one.
    """

    def __init__(self, ended: Review, author: str | None, card: Card, open_review: str | None) -> None:
        self.ended, self.by, self.author = ended.version, ended.version + 1, author
        self.version, self.content_digest = card.version, card.content_digest
        self.open_review = open_review
        saved = f"version {self.by} was saved" if author is None else f"{author} saved version {self.by}"
        following = (
            f"No review of version {self.version} is open: ask for one with RequestReview"
            if open_review is None
            else f"The open review is {open_review}, of version {self.version} with the content digest"
            f" {self.content_digest}: read it, and decide about that digest"
        )
        super().__init__(f"The review of version {self.ended} of Modelcard {card.name} has ended: {saved}. {following}")


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """Filters of a list of reviews, newest request first.

    Attributes:
        assigned_to: only reviews that have one of these reviewers: one person, and groups.
        requested_by: only those that this user requested.
        card_id: only those of one card.
        states: only those in one of these states.
        overdue_at: only open ones whose due date is before this time.
        at: the position that the page begins after, or ends before when ``backwards``.
    """

    limit: int = 100
    at: Position | None = None
    backwards: bool = False
    assigned_to: Sequence[Reviewer] | None = None
    requested_by: str | None = None
    card_id: str | None = None
    states: Sequence[str] = ()
    overdue_at: int | None = None


@dataclass(frozen=True, slots=True)
class ApprovalQuery(ListQuery):
    """Filters of a list of approvals, next review date first.

    Attributes:
        due: only those that are due, overdue or expired.
    """

    due: Due | None = None


def check_text(text: str | None, what: str = "A comment", longest: int = LONGEST_TEXT) -> str | None:
    """Return a comment or a reason as it is stored; None when it is empty.

    Raises:
        Invalid: it is too long.
    """
    kept = (text or "").replace("\r\n", "\n").replace("\x00", "\ufffd").strip()
    if len(kept) > longest:
        raise Invalid(f"{what} has at most {longest:,} characters, and this one has {len(kept):,}")
    return kept or None


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text, which the audit chain has in its place."""
    return hashlib.sha256(text.encode()).hexdigest()


def person_id(user: str, deleted_at: int | None = None) -> str:
    """Return what distinguishes a person from an earlier one of the same name.

    Args:
        deleted_at: the last time that a user of this name was deleted; None if none was.
    """
    return user.lower() if deleted_at is None else f"{user.lower()} after {deleted_at}"


def by_name(decision: Decision) -> str:
    """The person who decided, where no user was ever deleted."""
    return person_id(decision.user)


def effective(decisions: Iterable[Decision], person_of: PersonOf = by_name) -> dict[str, Decision]:
    """Return the decision of each person that counts: the last one that is neither a comment nor dismissed.

    A withdrawal takes back the decision before it. ``decisions`` come in the order of their times.

    Args:
        person_of: the person who decided, as :func:`person_id` returns it.
    """
    standing: dict[str, Decision] = {}
    for decision in decisions:
        if decision.verdict == Verdict.COMMENT:
            continue
        person = person_of(decision)
        standing.pop(person, None)
        if decision.verdict != Verdict.WITHDRAW and decision.dismissed_at is None:
            standing[person] = decision
    return standing


def objections(decisions: Iterable[Decision], person_of: PersonOf = by_name) -> list[Decision]:
    """Return the requests for changes that block an approval, of all reviews of a card."""
    return [one for one in effective(decisions, person_of).values() if one.verdict == Verdict.REQUEST_CHANGES]


def open_state(decisions: Iterable[Decision], person_of: PersonOf = by_name) -> ReviewState:
    """Return the state of an open review with these decisions."""
    return ReviewState.CHANGES_REQUESTED if objections(decisions, person_of) else ReviewState.OPEN


def check_review_by(asked: int | None, now: int, valid_for_days: int | None) -> int | None:
    """Return the review date of an approval: the date asked for, by default the latest that the policy allows.

    Raises:
        Invalid: the date has passed, or is later than the policy allows.
    """
    latest = None if valid_for_days is None else now + valid_for_days * DAY
    if asked is None:
        return latest
    if asked <= now:
        raise DateRefused("ReviewBy", "has passed: an approval needs a review date in the future")
    if latest is not None and asked > latest:
        raise DateRefused(
            "ReviewBy", f"is later than the policy allows: an approval is valid for {valid_for_days} days"
        )
    if asked > now + MOST_DAYS * DAY:
        raise DateRefused("ReviewBy", f"is too late: a review date is at most {MOST_DAYS:,} days ahead")
    return asked


def check_due(due_at: int | None, now: int) -> int | None:
    """Return the due date of a review. Raises :class:`Invalid` when it has passed."""
    if due_at is not None and due_at <= now:
        raise DateRefused("DueTime", "has passed: a review needs a due date in the future")
    return due_at


def check_reviewers(names: Sequence[str], people: dict[str, str], groups: Iterable[str]) -> tuple[Reviewer, ...]:
    """Resolve names to reviewers. A group takes precedence over a person of the same name.

    Args:
        people: the names of the people of the account, by their keys.
        groups: the groups of the policy and the account.

    Raises:
        Invalid: a name is neither a person nor a group, or there are too many.
    """
    known = frozenset(groups)
    found: dict[Reviewer, None] = {}
    for name in names:
        if name in known:
            found[Reviewer(ReviewerKind.GROUP, name)] = None
        elif name.lower() in people:
            found[Reviewer(ReviewerKind.PERSON, people[name.lower()])] = None
        else:
            raise Invalid(f"{name} is neither a person of the account nor a group of the policy or the account")
    if len(found) > MAX_REVIEWERS:
        raise Invalid(f"A review has at most {MAX_REVIEWERS} reviewers, and this one has {len(found)}")
    return tuple(sorted(found))
