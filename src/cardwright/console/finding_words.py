"""The words, icons and classes of findings and waivers on pages."""

from collections.abc import Mapping
from typing import NamedTuple

from cardwright.core.field_names import name_of_place
from cardwright.core.fields import SECTIONS
from cardwright.core.finding import Category, FindingKind, FindingState, Severity, Source
from cardwright.core.policy.pointers import Stray, parts
from cardwright.core.waiver import WaiverState

SEVERITIES: Mapping[str, tuple[str, str]] = {
    Severity.CRITICAL: ("Critical", "octagon"),
    Severity.HIGH: ("High", "up2"),
    Severity.MEDIUM: ("Medium", "up1"),
    Severity.LOW: ("Low", "minus"),
    Severity.INFO: ("Info", "info"),
}
"""By the word of the API: the word people read, and its arrowhead."""

SEVERITY_WORDS: Mapping[str, str] = {severity: word for severity, (word, _) in SEVERITIES.items()}

STATES: Mapping[str, tuple[str, str]] = {
    FindingState.OPEN: ("Open", "circle"),
    FindingState.IN_PROGRESS: ("In progress", "half"),
    FindingState.REMEDIATED: ("Remediated", "progress"),
    FindingState.ACCEPTED: ("Waived", "shield"),
    FindingState.CLOSED: ("Closed", "approved"),
    FindingState.INVALID: ("Not a fault", "ban"),
}
"""Likewise for states, with the circle that fills."""

MOVES: Mapping[str, str] = {
    FindingState.OPEN: "Open again",
    FindingState.IN_PROGRESS: "Start work",
    FindingState.REMEDIATED: "Mark as remediated",
    FindingState.CLOSED: "Close",
    FindingState.INVALID: "Mark as not a fault",
}
"""The button that moves a finding to a state. A waiver accepts, no button does."""

KINDS: Mapping[str, str] = {
    FindingKind.ISSUE: "Issue",
    FindingKind.LIMITATION: "Limitation",
    FindingKind.EXCEPTION: "Exception",
}
KIND_HINTS: Mapping[str, str] = {
    FindingKind.ISSUE: "Something to correct",
    FindingKind.LIMITATION: "Users must know it; printed with the card",
    FindingKind.EXCEPTION: "A deviation from a policy",
}
CATEGORIES: Mapping[str, str] = {category: category.value.capitalize() for category in Category}
SOURCES: Mapping[str, str] = {
    Source.REVIEW: "from a review",
    Source.POLICY: "from a failed check",
    Source.IMPORT: "from an import",
    Source.MONITORING: "from monitoring",
    Source.AUDIT: "from an audit",
}
EVIDENCE_KINDS = ("minutes", "report", "instructions", "test-results", "document")
"""Kinds of evidence that a form offers; others are possible."""
WAIVERS: Mapping[str, str] = {
    WaiverState.REQUESTED: "Waiver requested",
    WaiverState.ACTIVE: "Waiver granted",
    WaiverState.EXPIRED: "Waiver expired",
    WaiverState.REVOKED: "Waiver revoked",
}


class CardField(NamedTuple):
    """A field of a card: its words, and the anchor on the card's page; None when the page has none."""

    words: str
    anchor: str | None


def field_of(pointer: str) -> CardField:
    """Return the field that a JSON Pointer names, in the words of the card's page."""
    try:
        first, *_ = parts(pointer)
    except Stray:
        return CardField(pointer, None)
    section = next((one for one in SECTIONS if one.name == first), None)
    return CardField(pointer, None) if section is None else CardField(name_of_place({}, pointer), section.id)
