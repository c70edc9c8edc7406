"""Dates in card content, and their age."""

import datetime
import re
from collections.abc import Mapping

DAY = 86_400_000
"""Milliseconds."""

_KEYS = frozenset(
    {"date", "evaluation_date", "evaluated", "evaluated_at", "evaluated_on", "report_date", "run_date", "timestamp"}
    | {"time", "created", "created_at", "finished", "finished_at", "end_time", "measured_at"}
)


def read_date(value: object) -> int | None:
    """Return the time of an ISO 8601 date or time in milliseconds since the epoch; UTC unless it names a zone."""
    if not isinstance(value, str) or not 8 <= len(value.strip()) <= 40:
        return None
    try:
        moment = datetime.datetime.fromisoformat(value.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def date_of_job(job: Mapping[str, object], job_times: Mapping[str, int]) -> int | None:
    """Return when an evaluation job ended: from the registry by the job's ARN, else from a date in its metadata."""
    arn = job.get("evaluation_job_arn")
    if isinstance(arn, str) and arn in job_times:
        return job_times[arn]
    metadata = job.get("metadata")
    for key, value in metadata.items() if isinstance(metadata, dict) else ():
        if re.sub(r"[^a-z]+", "_", str(key).lower()).strip("_") in _KEYS:
            found = read_date(value)
            if found is not None:
                return found
    return None


def day(moment: int) -> str:
    """Return the date of a time, in UTC."""
    return (
        (datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(milliseconds=moment))
        .date()
        .isoformat()
    )


def age_fault(moment: int | None, now: int, max_days: int) -> str | None:
    """Return what is wrong with a date, in words; None if it is at most ``max_days`` old."""
    if moment is None:
        return "has no date"
    days = (now - moment) / DAY
    if days < -1:
        return f"is dated {day(moment)}, in the future"
    return f"is {int(days)} days old, and at most {max_days} are allowed" if days > max_days else None
