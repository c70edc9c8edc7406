"""The marks under the name of a card in a list: dates and requests that need a person."""

from typing import NamedTuple

from cardwright.console.wording import many
from cardwright.core.portfolio import DAY, ReviewMark
from cardwright.core.review import SOON, ReviewState


class Marker(NamedTuple):
    """One marker: its words, its icon and the class of its colour."""

    text: str
    icon: str
    style: str = ""


def marks_of(mark: ReviewMark, now: int, *, waits: bool) -> list[Marker]:
    """Return the markers of a card for a reader.

    Args:
        now: milliseconds since the epoch.
        waits: whether the card's review waits for the reader, as :func:`actions.review_work.waiting_among` says.
    """
    found = []
    if mark.due_at is not None and mark.due_at < now:
        late = (now - mark.due_at) // DAY
        words = f"Review {many(late, 'day')} overdue" if late else "Review overdue"
        found.append(Marker(words, "clock", "cw-mk-late"))
    elif mark.due_at is not None and mark.due_at - now < SOON:
        left = (mark.due_at - now) // DAY
        found.append(Marker(f"Review due in {many(left, 'day')}" if left else "Review due today", "due"))
    if waits:
        found.append(Marker("Waiting for you", "usercheck", "cw-mk-me"))
    if mark.state == ReviewState.CHANGES_REQUESTED:
        found.append(Marker("Changes requested", "back"))
    if mark.findings:
        found.append(Marker(many(mark.findings, "open finding"), "flag"))
    return found
