"""Due dates and review dates: days of the reader's zone, in forms and in words."""

import datetime
from typing import NamedTuple

from flask import request
from markupsafe import Markup

from cardwright.console.wording import many, time_tag, zone
from cardwright.core.errors import Invalid
from cardwright.core.review import DAY
from cardwright.core.times import read_time

_WEEK = 7


class Days(NamedTuple):
    """Dates as one reader sees them, at one time."""

    tz: datetime.tzinfo
    now: int

    def date(self, at: int) -> datetime.date:
        return datetime.datetime.fromtimestamp(at / 1000, self.tz).date()

    def field(self, at: int | None) -> str:
        """The value of an ``input`` of the type ``date``."""
        return "" if at is None else self.date(at).isoformat()

    def word(self, at: int) -> Markup:
        """``in 2 days``, ``yesterday``, or the date for what is farther away than a week."""
        return time_tag(at, self._near(at))

    def full(self, at: int) -> Markup:
        """``Thursday, 30 July 2026``."""
        day = self.date(at)
        return time_tag(at, f"{day:%A}, {day.day} {day:%B %Y}")

    def until(self, at: int) -> int:
        """The days from now until a time; negative when it has passed."""
        return (self.date(at) - self.date(self.now)).days

    def _near(self, at: int) -> str:
        days = self.until(at)
        if days in _NEAR:
            return "earlier today" if days == 0 and at < self.now else _NEAR[days]
        if 0 < days <= _WEEK:
            return f"in {days} days"
        if days < 0 and days > -30:
            return f"{-days} days ago"
        day = self.date(at)
        year = "" if day.year == self.date(self.now).year else f" {day.year}"
        return f"{day.day} {day:%B}{year}"


_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def days_of_reader(now: int) -> Days:
    """Dates as the reader of this page sees them."""
    return Days(zone(request.cookies.get("cw_zone")), now)


def due_date(text: str, days: Days) -> int | None:
    """The end of a day that was entered; None for an empty text. Raises ``Invalid``."""
    if not text.strip():
        return None
    try:
        return read_time(text, days.tz, ends=True) - 1
    except Invalid:
        raise Invalid(f"{text[:40]!r} is not a date: write a date such as 2026-07-28") from None


def review_date(text: str, days: Days, valid_for_days: int | None) -> int | None:
    """The review date of an approval that was entered; None for the latest one that the policy allows.

    The end of the last day may be later than the policy's limit, which ends at the time of the approval.
    """
    at = due_date(text, days)
    if at is None or valid_for_days is None:
        return at
    latest = days.now + valid_for_days * DAY
    return None if at > latest and days.date(at) == days.date(latest) else at


def waiting(since: int, now: int) -> str:
    """``9 days``, ``2 hours``: how long a review waits."""
    seconds = max(0, now - since) // 1000
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return str(many(seconds // size, name))
    return "just asked"
