"""The console's words for statuses, times, sizes and events, and how numbers are written."""

import datetime
import re
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

import orjson
from markupsafe import Markup, escape

from cardwright.core.card_text import length_of_beginning, words_in
from cardwright.core.event_words import ANNOTATIONS, REQUEST_WITHDRAWN, annotation_words, status_words
from cardwright.core.integrity.history import AuditLink, Event, details_of
from cardwright.core.json_value import list_at, object_at
from cardwright.core.review import Verdict

STATUSES = {
    "Draft": ("Draft", "draft"),
    "PendingReview": ("Pending review", "pending"),
    "Approved": ("Approved", "approved"),
    "Archived": ("Archived", "archived"),
}
"""By the word of the API: the word people read, and the word of classes and icons."""

APPROVALS = {
    "Approved": ("Approved", "approved"),
    "PendingManualApproval": ("Pending approval", "pending"),
    "Rejected": ("Rejected", "error"),
}
"""Likewise for the approval of a model package."""
JOB_STATUSES = {
    "Completed": ("Completed", "check"),
    "Failed": ("Failed", "error"),
    "Stopped": ("Stopped", "minus"),
}
"""Likewise for a training or processing job."""
ROLES = {
    "viewer": ("Viewer", "a viewer", "Reads everything, changes nothing"),
    "author": ("Author", "an author", "Writes cards, sends them for review, archives them"),
    "approver": ("Approver", "an approver", "Also approves, and changes what is approved"),
    "admin": ("Administrator", "an administrator", "Also manages people and access keys"),
}
"""By the word of the API: the word people read, the same with its article, and what the role may do."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = ((60, 1, "second"), (_HOUR, _MINUTE, "minute"), (_DAY, _HOUR, "hour"), (30 * _DAY, _DAY, "day"))
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


def status_word(status: str) -> str:
    return STATUSES.get(status, (status, "draft"))[0]


def role_word(role: str) -> str:
    return ROLES.get(role, (role,))[0]


@lru_cache(maxsize=64)
def zone(name: str | None) -> datetime.tzinfo:
    """The reader's zone; UTC when the name says none."""
    if name and _ZONE.fullmatch(name):
        try:
            return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return datetime.UTC
    return datetime.UTC


def moment(milliseconds: int, tz: datetime.tzinfo) -> str:
    """``28 July 2026, 10:41``."""
    at = datetime.datetime.fromtimestamp(milliseconds / 1000, tz)
    return f"{at.day} {at:%B %Y, %H:%M}"


def utc(milliseconds: int) -> str:
    """``2026-07-28 09:41:07 UTC``."""
    return f"{datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"


def ago(milliseconds: int, now: int, tz: datetime.tzinfo) -> str:
    """``2 hours ago``, ``yesterday``; a date for what is older than a year."""
    seconds = max(0, (now - milliseconds) // 1000)
    if seconds < 45:
        return "just now"
    if _DAY <= seconds < 2 * _DAY:
        return "yesterday"
    for end, size, name in _STEPS:
        if seconds < end:
            return _many(seconds // size, name) + " ago"
    months = seconds // (30 * _DAY)
    if months < 12:
        return _many(months, "month") + " ago"
    at = datetime.datetime.fromtimestamp(milliseconds / 1000, tz)
    return f"{at.day} {at:%B %Y}"


def time_tag(milliseconds: int, text: str) -> Markup:
    """A time with its exact UTC on hover."""
    at = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        f"{at:%Y-%m-%dT%H:%M:%SZ}", utc(milliseconds), text
    )


def span(seconds: int) -> str:
    """``45 minutes``, ``12 hours``."""
    for name, length in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)):
        if seconds % length == 0:
            return _many(seconds // length, name)
    return _many(seconds, "second")


def size(number: int) -> str:
    """``3.4 KB``."""
    if number < 1000:
        return f"{number} bytes"
    if number < 1_000_000:
        return f"{number / 1000:.1f} KB"
    return f"{number / 1_000_000:.1f} MB"


def duration(seconds: int) -> str:
    """``42 seconds``, ``35 min``, ``11 h 45 min``."""
    if seconds < _MINUTE:
        return _many(seconds, "second")
    hours, minutes = divmod(seconds // _MINUTE, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


def shown_value(value: object) -> str | Markup:
    """A value of a list or a field, in one line."""
    if isinstance(value, dict) and "name" in value:
        rest = f"{value['name']} = {value.get('value', '')}"
        return f"{rest} ({value['notes']})" if value.get("notes") else rest
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return figure(value) if isinstance(value, bool) else str(value)


def figure(value: object) -> str:
    """A number as a table shows it: four decimals, a true minus sign; what is small or large in powers of ten."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "\u2212")
    if isinstance(value, float):
        if value and not 1e-4 <= abs(value) < 1e9:
            return f"{value:.4g}".replace("-", "\u2212")
        return f"{value:,.4f}".replace("-", "\u2212")
    return str(value)


def marked(text: str, words: Sequence[str]) -> Markup:
    """A text with the beginnings of words that were searched for marked; the words as the search index has them."""
    parts, end = [], 0
    for start, stop, there in words_in(text) if words else ():
        letters = max((len(word) for word in words if there.startswith(word)), default=0)
        if letters:
            to = start + length_of_beginning(text[start:stop], letters)
            parts += [escape(text[end:start]), Markup("<mark>{}</mark>").format(text[start:to])]
            end = to
    return Markup("").join([*parts, escape(text[end:])])


def found_in(text: str, part: str) -> Markup:
    """Return a name with each occurrence of the searched text marked."""
    start = text.lower().find(part.lower()) if part else -1
    if start < 0:
        return escape(text)
    end = start + len(part)
    return Markup("{}<mark>{}</mark>{}").format(text[:start], text[start:end], text[end:])


def event(link: AuditLink) -> tuple[str, str]:
    """Return a link of the audit chain in words, and the name of its mark."""
    details = details_of(link)
    if link.event == Event.CREATED:
        return f"Card created as {status_word(str(details.get('status', 'Draft'))).lower()}", "now"
    if link.event == Event.CONTENT:
        return f"Version {details.get('version')} saved", "now"
    if link.event == Event.STATUS:
        return status_words({"role": link.role, **details}), STATUSES.get(str(details.get("to")), ("", ""))[1]
    words = _EVENTS.get(link.event)
    return words(details) if words else {"deleted": "Card deleted"}.get(link.event, link.event), ""


def _tagged(details: Mapping[str, object]) -> str:
    return "Tags set: " + ", ".join(f"{key}={value}" for key, value in map(list_at, list_at(details, "tags")))


def _untagged(details: Mapping[str, object]) -> str:
    return "Tags removed: " + ", ".join(map(str, list_at(details, "tags")))


def _paired(details: Mapping[str, object]) -> str:
    before, after = details.get("before"), details.get("after")
    if after is None:
        return f"Evaluation job {before} set to have no partner"
    return f"Evaluation jobs paired: {before} with {after}"


def _unpaired(details: Mapping[str, object]) -> str:
    return f"Pair of the evaluation job {details.get('job')} forgotten"


_VERDICTS: Mapping[str, str] = {
    Verdict.APPROVE: "Approval of version {} recorded",
    Verdict.REQUEST_CHANGES: "Changes of version {} requested",
    Verdict.COMMENT: "Comment on version {}",
    Verdict.WITHDRAW: "Decision on version {} withdrawn",
}


def _decided(details: Mapping[str, object]) -> str:
    return _VERDICTS.get(str(details.get("verdict")), "Decision on version {}").format(details.get("version"))


def _completed(details: Mapping[str, object]) -> str:
    policy = object_at(details, "policy")
    under = f" under the policy {policy['name']}, version {policy['version']}" if policy else ""
    return f"Review of version {details.get('version')} completed{under}"


def _assigned(details: Mapping[str, object]) -> str:
    return f"Reviewers set: {', '.join(str(name) for _, name in map(list_at, list_at(details, 'reviewers'))) or 'none'}"


_EVENTS: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    Event.TAGGED: _tagged,
    Event.UNTAGGED: _untagged,
    Event.PAIRED: _paired,
    Event.UNPAIRED: _unpaired,
    Event.REVIEW_REQUESTED: lambda details: f"Review of version {details.get('version')} requested",
    Event.REVIEWERS_ASSIGNED: _assigned,
    Event.REVIEW_DECIDED: _decided,
    Event.DECISION_DISMISSED: lambda details: f"Decision of {details.get('user')} dismissed",
    Event.REVIEW_COMPLETED: _completed,
    **{event: partial(annotation_words, event) for event in ANNOTATIONS},
    Event.REVIEW_WITHDRAWN: lambda _: REQUEST_WITHDRAWN,
    Event.APPROVAL_WITHDRAWN: lambda _: "Approval withdrawn",
    Event.APPROVAL_EXPIRED: lambda _: "Approval expired",
    Event.IMPORTED: lambda details: f"Version {details.get('version')} imported from a {details.get('format')} file",
    Event.EXPORT_STARTED: lambda details: f"Export {details.get('job')} of version {details.get('version')} started",
    Event.EXPORTED: lambda details: f"Export {details.get('job')} of version {details.get('version')} written",
    Event.EXPORT_FAILED: lambda details: f"Export {details.get('job')} failed: {details.get('reason')}",
}


def comment(link: AuditLink) -> str:
    """Return the comment of a change of status; empty without one."""
    if link.event != Event.STATUS:
        return ""
    text: str = orjson.loads(link.details).get("comment", "")
    return text


def many(number: int, noun: str) -> str:
    """``1 card``, ``1,204 cards``."""
    return _many(number, noun)


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
