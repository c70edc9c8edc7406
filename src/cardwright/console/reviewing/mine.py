"""My reviews: what waits for the reader, what came back, and what the reader asked for."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from cardwright.actions.review_work import (
    REVIEW_LIMIT,
    CardReview,
    Work,
    describe_card_review,
    my_work,
    reviewers_by_review,
)
from cardwright.console.address_values import with_values
from cardwright.console.context import of_application, page_context
from cardwright.console.dates import Days, days_of_reader
from cardwright.console.dates import waiting as waiting_words
from cardwright.console.filters import RISKS
from cardwright.console.query import whole_number
from cardwright.console.refusals import requirement_words
from cardwright.console.reviewing.row_changes import RowChange, RowChanges
from cardwright.console.reviewing.strip import waits_for
from cardwright.core.errors import CardMissing
from cardwright.core.review import Reviewer, WorkItem
from cardwright.storage.unit import Unit

PAGE = 25
"""Reviews of one page."""

_ASIDE = 5  # reviews of each list next to the table
_AGES = (("up to 2 days", 2), ("3 to 7", 7), ("8 to 14", 14), ("15 to 30", 30), ("over 30", 1_000_000))
_WEEK = 7

blueprint = Blueprint("my_reviews", __name__)

LISTS: Mapping[str, str] = {
    "waiting": "Waiting for me",
    "overdue": "Overdue",
    "week": "Due this week",
    "back": "Sent back to me",
    "asked": "Requested by me",
}
KINDS: Mapping[str, str] = {"": "All", "new": "New versions", "periodic": "Periodic"}


@dataclass(frozen=True, slots=True)
class WorkState:
    """The state of the page, read from the query string. Unknown values are ignored."""

    shown: str = "waiting"
    kind: str = ""
    risk: str = ""
    page: int = 1

    @classmethod
    def read(cls, args: "MultiDict[str, str]") -> "WorkState":
        shown, kind, risk = args.get("list", ""), args.get("kind", ""), args.get("risk", "")
        return cls(
            shown if shown in LISTS else "waiting",
            kind if kind in KINDS else "",
            risk if risk in RISKS else "",
            max(1, whole_number(args.get("page", "")) or 1),
        )

    def address(self, **changes: object) -> str:
        """The address of the page with some of its state changed; pages begin again."""
        state = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # fields of this class
        wanted = [
            ("list", "" if state.shown == "waiting" else state.shown),
            ("kind", state.kind),
            ("risk", state.risk),
            ("page", "" if state.page == 1 else str(state.page)),
        ]
        return with_values("/reviews", wanted)


class Line(NamedTuple):
    """One row of the table.

    Attributes:
        found: how far the review is; None when the card was deleted a moment ago.
        reviewers: who is asked.
        waits: how long it waits.
        role: the requirement that the reader can fill.
        change: what changed in its version; None for a first version, and where the page does not show it.
    """

    item: WorkItem
    found: CardReview | None
    reviewers: Sequence[Reviewer]
    waits: str
    role: str
    change: RowChange | None = None


@blueprint.get("/reviews")
def index() -> str:
    context, state = page_context(), WorkState.read(request.args)
    with context.reading() as unit:
        work, days = my_work(unit), days_of_reader(unit.now)
        lists = lists_of(work, days)
        chosen = [item for item in lists[state.shown] if is_wanted(item, state)]
        page = chosen[(state.page - 1) * PAGE : state.page * PAGE]
        changed = [item.review for item in page if item.review.is_open and not is_periodic(item)]
        changes = of_application(RowChanges).of(unit, changed)
        lines = [line._replace(change=changes.get(line.item.review.review_id)) for line in _lines(unit, page)]
        others = {name: _lines(unit, lists[name][:_ASIDE]) for name in ("back", "asked") if name != state.shown}
    return render_template(
        "reviews.html",
        state=state,
        lists=LISTS,
        kinds=KINDS,
        risks=RISKS,
        counts={name: len(items) for name, items in lists.items()},
        kind_counts={kind: sum(is_wanted(item, WorkState(kind=kind)) for item in lists[state.shown]) for kind in KINDS},
        groups=_grouped(lines, chosen, days),
        total=len(chosen),
        first=(state.page - 1) * PAGE + 1,
        pages=-(-len(chosen) // PAGE),
        others=others,
        ages=_ages(lists["waiting"], days),
        decided=work.decided,
        limit=REVIEW_LIMIT,
        days=days,
        me=context.user,
        waits_for=waits_for,
    )


def lists_of(work: Work, days: Days) -> Mapping[str, Sequence[WorkItem]]:
    """The lists of the page, by name."""
    dated = [(item, item.review.due_at) for item in work.waiting]
    return {
        "waiting": work.waiting,
        "overdue": [item for item, due in dated if due is not None and due < days.now],
        "week": [item for item, due in dated if due is not None and due >= days.now and days.until(due) <= _WEEK],
        "back": work.sent_back,
        "asked": work.requested,
    }


def is_wanted(item: WorkItem, state: WorkState) -> bool:
    """Whether a review passes the filters."""
    kind = "periodic" if is_periodic(item) else "new"
    return state.kind in {"", kind} and state.risk in {"", item.risk_rating or "Unknown"}


def is_periodic(item: WorkItem) -> bool:
    """Whether a review is about a content that is approved already."""
    return item.status == "Approved" and item.review.is_open


def group_of(item: WorkItem, days: Days) -> str:
    """The group of a review: by its due date."""
    due = item.review.due_at
    if due is None:
        return "Without a date"
    if due < days.now and item.review.is_open:
        return "Overdue"
    return "Due this week" if days.until(due) <= _WEEK else "Later"


def _grouped(lines: Sequence[Line], chosen: Sequence[WorkItem], days: Days) -> list[tuple[str, int, list[Line]]]:
    """The rows of a page by group, each with the number of all its reviews."""
    sizes: dict[str, int] = {}
    for item in chosen:
        name = group_of(item, days)
        sizes[name] = sizes.get(name, 0) + 1
    rows: dict[str, list[Line]] = {name: [] for name in sizes}
    for line in lines:
        rows[group_of(line.item, days)].append(line)
    return [(name, sizes[name], found) for name, found in rows.items() if found]


def _lines(unit: Unit, items: Sequence[WorkItem]) -> list[Line]:
    asked = reviewers_by_review(unit, [item.review for item in items])
    return [_line(unit, item, asked.get(item.review.review_id, ())) for item in items]


def _line(unit: Unit, item: WorkItem, reviewers: Sequence[Reviewer]) -> Line:
    found: CardReview | None = None
    if item.review.is_open:
        try:
            found = describe_card_review(unit, item.review.card_name)
        except CardMissing:
            found = None
    requirements = () if found is None else found.requirements
    role = next((requirement_words(one.requirement) for one in requirements if one.mine and one.lacking), "")
    return Line(item, found, reviewers, waiting_words(item.review.requested_at, unit.now), role)


def _ages(items: Sequence[WorkItem], days: Days) -> list[dict[str, Any]]:
    """How many reviews wait how long, with the share of the largest group."""
    ages = [(days.now - item.review.requested_at) // 86_400_000 for item in items]
    bounds = [-1, *(bound for _, bound in _AGES)]
    numbers = [sum(low < age <= high for age in ages) for low, high in itertools.pairwise(bounds)]
    longest = max(numbers, default=0) or 1
    return [
        {"word": word, "number": number, "share": round(100 * number / longest)}
        for (word, _), number in zip(_AGES, numbers, strict=True)
    ]
