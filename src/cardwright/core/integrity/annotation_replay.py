"""Replay of annotation events: the findings, evidence, waivers and comments that a card must have.

Each link has the complete record after its event, so the last link of a record decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardwright.core.annotations import Noun
from cardwright.core.integrity.history import Event

ADDING: Mapping[str, Noun] = {
    Event.FINDING_OPENED: Noun.FINDING,
    Event.EVIDENCE_ADDED: Noun.EVIDENCE,
    Event.WAIVER_REQUESTED: Noun.WAIVER,
    Event.COMMENT_ADDED: Noun.COMMENT,
}
"""The events that add a record, with its kind."""

CHANGING: Mapping[str, Noun] = {
    Event.FINDING_CHANGED: Noun.FINDING,
    Event.FINDING_ENDED: Noun.FINDING,
    Event.FINDING_REOPENED: Noun.FINDING,
    Event.WAIVER_GRANTED: Noun.WAIVER,
    Event.WAIVER_REVOKED: Noun.WAIVER,
    Event.COMMENT_RESOLVED: Noun.COMMENT,
    Event.COMMENT_REOPENED: Noun.COMMENT,
}
"""The events that change a record, with its kind."""

_INTERFACE = "through"  # the interface of the request, in the details of every link

Key = tuple[Noun, str]


@dataclass(slots=True)
class AnnotationReplay:
    """The records after the events so far, as :func:`core.annotations.chained` returns them."""

    records: dict[Key, Mapping[str, object]] = field(default_factory=dict)

    def follow(self, event: str, details: Mapping[str, object]) -> str | None:
        """Apply an event. Returns its problem."""
        noun = ADDING.get(event) or CHANGING[event]
        key = noun, str(details[f"{noun}_id"])
        known = key in self.records
        self.records[key] = {name: value for name, value in details.items() if name != _INTERFACE}
        if known and event in ADDING:
            return f"adds a {noun} that exists already"
        return None if known or event in ADDING else f"changes a {noun} that no event adds"
