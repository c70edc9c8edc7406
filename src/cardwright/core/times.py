"""Times as people write them, and as exports print them."""

import datetime

from cardwright.core.errors import Invalid

_DATE = len("2026-07-28")


def read_time(text: str, zone: datetime.tzinfo = datetime.UTC, *, ends: bool = False) -> int:
    """Return a date or an ISO 8601 time as milliseconds since the epoch.

    Args:
        zone: the zone of a text that names none.
        ends: whether a date means its end: the beginning of the next day.

    Raises:
        Invalid: the text is neither.
    """
    try:
        at = datetime.datetime.fromisoformat(text.strip())
        if ends and len(text.strip()) <= _DATE:
            at += datetime.timedelta(days=1)
        return round((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Invalid(f"{text[:40]!r} is not a time: write a date such as 2026-07-28, or 2026-07-28T10:41Z") from None


def utc(milliseconds: int) -> str:
    """Return a time as ISO 8601 in UTC, with milliseconds."""
    at = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
