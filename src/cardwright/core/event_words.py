"""The words for events: what was done, and what else is known of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from cardwright.core.field_names import name_of_place
from cardwright.core.integrity.history import Event
from cardwright.core.people import Role
from cardwright.core.review import Verdict

_WORDS = {"PendingReview": "Pending review"}
_SHOWN = 12  # digits of a digest in a sentence


def status_words(details: Mapping[str, object]) -> str:
    """Return the words for a change of status.

    Authors do not send cards back: a card that an author makes a draft again was withdrawn.

    Args:
        details: the details of the event, with the role of its actor. A draft that follows from a withdrawn request
            names its review; ``withdrawn`` is set when the person who had asked for the review made it a draft.
    """
    before, after = str(details.get("from")), str(details.get("to"))
    if (before, after) == ("PendingReview", "Draft"):
        if "review" in details:
            return "Returned to draft"
        return (
            REQUEST_WITHDRAWN if "withdrawn" in details or details.get("role") == Role.AUTHOR else "Sent back to draft"
        )
    if (before, after) == ("Approved", "PendingReview"):
        return "Returned to review"
    return _STATUSES.get(after, after)


REQUEST_WITHDRAWN = "Request withdrawn"

_STATUSES = {
    "Draft": "Reopened as draft",
    "PendingReview": "Sent for review",
    "Approved": "Approved",
    "Archived": "Archived",
}


def _status(details: Mapping[str, object]) -> tuple[str, str]:
    return status_words(details), str(details.get("comment") or "")


def _pairs(details: Mapping[str, object]) -> str:
    return ", ".join(f"{pair[0]}={pair[1]}" for pair in _listed(details) if isinstance(pair, list) and len(pair) > 1)


def _listed(details: Mapping[str, object]) -> list[object]:
    found = details.get("tags")
    return found if isinstance(found, list) else []


def _pair(details: Mapping[str, object]) -> str:
    after = details.get("after")
    return f"{details.get('before')} with {'no job' if after is None else after}"


def _exported(details: Mapping[str, object]) -> tuple[str, str]:
    digest = str(details.get("sha256") or "")[:_SHOWN]
    size = details.get("bytes")
    shown = f"{size:,} bytes, SHA-256 {digest}" if isinstance(size, int) else ""
    return "Exported as PDF", shown


def _imported(details: Mapping[str, object]) -> tuple[str, str]:
    digest, name = str(details.get("source_sha256") or "")[:_SHOWN], str(details.get("file") or "")
    facts = (str(details.get("format") or ""), name, f"SHA-256 {digest}")
    return f"Imported version {details.get('version')} from a file", ", ".join(one for one in facts if one)


def _deleted(details: Mapping[str, object]) -> tuple[str, str]:
    versions, status = details.get("versions"), str(details.get("status") or "")
    count = "1 version" if versions == 1 else f"{versions} versions"
    return "Deleted the card", f"{count}, was {_WORDS.get(status, status)}; its history is kept"


ANNOTATIONS: Mapping[str, str] = {
    Event.FINDING_OPENED: "Finding opened: {title} ({severity})",
    Event.FINDING_CHANGED: "Finding changed: {title} ({state})",
    Event.FINDING_ENDED: "Finding {state}: {title}",
    Event.FINDING_REOPENED: "Finding reopened: {title}",
    Event.EVIDENCE_ADDED: "Evidence added: {name}",
    Event.WAIVER_REQUESTED: "Waiver of {subject} requested",
    Event.WAIVER_GRANTED: "Waiver of {subject} granted",
    Event.WAIVER_REVOKED: "Waiver of {subject} revoked",
    Event.COMMENT_ADDED: "Comment on {pointer}",
    Event.COMMENT_RESOLVED: "Comment on {pointer} resolved",
    Event.COMMENT_REOPENED: "Comment on {pointer} reopened",
}
"""The words for events of findings, evidence, waivers and comments."""


def annotation_words(event: str, details: Mapping[str, object]) -> str:
    """Return the words for an event in :data:`ANNOTATIONS`. Members that the details lack are empty."""
    subject = f"the check {details['rule']}" if "rule" in details else "a finding"
    words = defaultdict(str, subject=subject, **{name: str(value) for name, value in details.items()})
    words["state"] = words["state"].replace("_", " ")
    if "pointer" in details:
        pointer = str(details["pointer"])
        words["pointer"] = name_of_place({}, pointer) if pointer else "the whole card"
    return ANNOTATIONS[event].format_map(words)


def _annotated(event: str) -> Callable[[Mapping[str, object]], tuple[str, str]]:
    return lambda details: (annotation_words(event, details), "")


_VERDICTS: Mapping[str, str] = {
    Verdict.APPROVE: "Approved version {}",
    Verdict.REQUEST_CHANGES: "Requested changes of version {}",
    Verdict.COMMENT: "Commented on version {}",
    Verdict.WITHDRAW: "Withdrew the decision on version {}",
}


def _decided(details: Mapping[str, object]) -> tuple[str, str]:
    words = _VERDICTS.get(str(details.get("verdict")), "Decided about version {}")
    return words.format(details.get("version")), f"SHA-256 {str(details.get('content_sha256'))[:_SHOWN]}"


def _requested(details: Mapping[str, object]) -> tuple[str, str]:
    return f"Asked for a review of version {details.get('version')}", _reviewers(details)


def _reviewers(details: Mapping[str, object]) -> str:
    found = details.get("reviewers")
    return ", ".join(str(one[-1]) for one in found if isinstance(one, list) and one) if isinstance(found, list) else ""


def _completed(details: Mapping[str, object]) -> tuple[str, str]:
    policy, words = details.get("policy"), f"Completed the review of version {details.get('version')}"
    if not isinstance(policy, dict):
        return words, ""
    return words, f"under the policy {policy.get('name')}, version {policy.get('version')}"


SENTENCES: Mapping[str, Callable[[Mapping[str, object]], tuple[str, str]]] = {
    Event.CREATED: lambda details: (
        "Created the card",
        f"as {_WORDS.get(str(details.get('status')), str(details.get('status')))}",
    ),
    Event.CONTENT: lambda details: (f"Saved version {details.get('version')}", ""),
    Event.STATUS: _status,
    Event.TAGGED: lambda details: ("Set tags", _pairs(details)),
    Event.UNTAGGED: lambda details: ("Removed tags", ", ".join(map(str, _listed(details)))),
    Event.PAIRED: lambda details: ("Paired evaluation jobs", _pair(details)),
    Event.UNPAIRED: lambda details: ("Removed a pair of evaluation jobs", str(details.get("job") or "")),
    Event.IMPORTED: _imported,
    Event.EXPORT_STARTED: lambda details: ("Started an export", str(details.get("job") or "")),
    Event.EXPORTED: _exported,
    Event.EXPORT_FAILED: lambda details: ("Export failed", str(details.get("reason") or "")),
    **{event: _annotated(event) for event in ANNOTATIONS},
    Event.REVIEW_REQUESTED: _requested,
    Event.REVIEWERS_ASSIGNED: lambda details: ("Set the reviewers", _reviewers(details)),
    Event.REVIEW_DECIDED: _decided,
    Event.DECISION_DISMISSED: lambda details: (f"Dismissed the decision of {details.get('user')}", ""),
    Event.REVIEW_COMPLETED: _completed,
    Event.REVIEW_WITHDRAWN: lambda details: (
        f"Withdrew the request for a review of version {details.get('version')}",
        "",
    ),
    Event.APPROVAL_WITHDRAWN: lambda details: ("Approval withdrawn", f"version {details.get('version')}"),
    Event.APPROVAL_EXPIRED: lambda details: ("Approval expired", f"version {details.get('version')}"),
    Event.DELETED: _deleted,
}
"""By event of a card: a function from its details to what was done, and what else is known of it."""
