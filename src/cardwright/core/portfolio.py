"""The portfolio: filtered lists of cards, and their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.listing import Position
from cardwright.core.review import Reviewer

SEARCHED = 2_000
"""Maximum number of cards that a search by words alone returns on SQLite, last changed first: it bounds the cost of a
common word. With another filter, words find all cards."""

UNTOUCHED_DAYS = 180
"""Days without a change after which a card deserves a review."""

DAY = 24 * 60 * 60 * 1000
"""Milliseconds in a day."""


ANY_FINDING = 2**62
"""A due date after all others: findings without a due date count as well."""


ME = "me"
"""The caller, as filters name a person: an address with it shows every reader their own cards."""


class PortfolioSort(StrEnum):
    """The orders of the list; each ends with the card's identifier, so that no two positions are equal."""

    CHANGED = "changed"
    OLDEST = "oldest"
    NAME = "name"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class PortfolioQuery:
    """Filters and order of the list.

    Attributes:
        text: words, each the beginning of a word of the card; or a part of the card's name.
        status, risk: any of these values; ``Unknown`` includes cards without a rating.
        owner, group, model: exactly this owner, model package group, or model name or identifier.
        changed_after, changed_before: exclusive bounds of the last change, milliseconds since the epoch.
        unevaluated: only cards without an evaluation.
        tags: keys with a value, or None for any value; a card has all of them.
        reviewer: only cards with an open review that asks this person, a group of this name, or a group of the person.
        reviewers: the reviewers that the action finds for ``reviewer``.
        waiting: only cards whose review waits for the caller.
        waiting_cards: the cards that the action finds for ``waiting``.
        author: only cards of which this person wrote a version; ``ME`` for the caller.
        due_after, due_before: bounds of the due date of a card's open review, or of its next review.
        findings_before: only cards with an open finding whose due date is before this time; ``ANY_FINDING`` for any.
        after, before: the position after which the page begins, or before which it ends.
    """

    text: str = ""
    status: Sequence[str] = ()
    risk: Sequence[str] = ()
    owner: str | None = None
    group: str | None = None
    model: str | None = None
    changed_after: int | None = None
    changed_before: int | None = None
    unevaluated: bool = False
    tags: Sequence[tuple[str, str | None]] = ()
    reviewer: str | None = None
    reviewers: Sequence[Reviewer] = ()
    waiting: bool = False
    waiting_cards: Sequence[str] = ()
    author: str | None = None
    due_after: int | None = None
    due_before: int | None = None
    findings_before: int | None = None
    sort: PortfolioSort = PortfolioSort.CHANGED
    limit: int = 25
    after: Position | None = None
    before: Position | None = None

    @property
    def filtered(self) -> bool:
        """Whether the query has any filter."""
        wanted = (self.text, self.status, self.risk, self.owner, self.group, self.model, self.unevaluated)
        bounds = (self.changed_after, self.changed_before, self.due_after, self.due_before, self.findings_before)
        people = (self.reviewer, self.waiting, self.author)
        return any((*wanted, self.tags, *people)) or any(bound is not None for bound in bounds)


class PortfolioRow(NamedTuple):
    """One card in the list. Times are milliseconds since the epoch."""

    card_id: str
    name: str
    status: str
    version: int
    created_at: int
    modified_at: int
    modified_by: str
    risk_rating: str | None
    model_name: str | None
    model_package_group_name: str | None
    description: str | None
    owner: str | None
    evaluations: int


class ReviewMark(NamedTuple):
    """What a list shows about the reviews of a card. Times are milliseconds since the epoch.

    Attributes:
        state: the state of the open review; None without an open review.
        due_at: the due date of the open review, else the date of the next review.
        findings: the number of open findings.
    """

    state: str | None = None
    due_at: int | None = None
    findings: int = 0


class ModelCardLine(NamedTuple):
    """A card with the keys that connect it to models and model packages. Keys: ``core.card.model_key``."""

    name: str
    status: str
    model_key: str | None
    package_key: str | None
    model_name: str | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The totals: numbers of cards by status and rating, of cards that deserve a review, and names for the filters."""

    by_status: dict[str, int]
    by_risk: dict[str, int]
    unevaluated: int
    untouched: int
    overdue: int
    owners: Sequence[str]
    groups: Sequence[str]
    models: Sequence[str]
    tag_keys: Sequence[str] = ()

    @property
    def cards(self) -> int:
        return sum(self.by_status.values())


def position_of(row: PortfolioRow, sort: PortfolioSort) -> Position:
    """Return the position of a row in that order."""
    if sort is PortfolioSort.NAME:
        return (row.name, row.card_id)
    return (row.created_at if sort is PortfolioSort.CREATED else row.modified_at, row.card_id)
