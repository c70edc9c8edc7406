"""The history of a finding in words: what each link of the chain changed, from the records before and after."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cardwright.console.finding_words import CATEGORIES, SEVERITIES, STATES
from cardwright.core.integrity.history import AuditLink, Event, details_of

Record = Mapping[str, Any]


class HistoryEntry(NamedTuple):
    """One entry of a finding's history.

    Attributes:
        actor: who did it.
        words: what, without the name; a sentence after the name.
        changes: what changed, one part each.
    """

    link: AuditLink
    actor: str
    words: str
    changes: Sequence[str] = ()


def history_of(
    links: Sequence[AuditLink], date: Callable[[int], str], name: Callable[[str], str]
) -> list[HistoryEntry]:
    """Return the history of a finding, newest first.

    Args:
        links: the links about the finding, newest first.
        date: returns a time in words.
        name: returns the name of a person for a page.
    """
    entries: list[HistoryEntry] = []
    before: Record = {}
    for link in reversed(links):
        details = details_of(link)
        changes: Sequence[str] = ()
        if link.event in _OF_FINDING:
            changes = _changes(before, details, date, name) if before else ()
            before = details
        words = _words(link.event, details, date)
        if changes or link.event != Event.FINDING_CHANGED:
            entries.append(HistoryEntry(link, link.actor, words, changes))
    return entries[::-1]


_OF_FINDING = frozenset(
    {Event.FINDING_OPENED, Event.FINDING_CHANGED, Event.FINDING_ENDED, Event.FINDING_REOPENED}
)  # fmt: skip
_WORDS: Mapping[str, str] = {
    Event.FINDING_OPENED: "opened the finding, severity {severity}",
    Event.FINDING_CHANGED: "changed the finding",
    Event.FINDING_ENDED: "ended the finding",
    Event.FINDING_REOPENED: "opened the finding again",
    Event.EVIDENCE_ADDED: "added the evidence {name}",
    Event.WAIVER_REQUESTED: "asked for a waiver until {until}",
    Event.WAIVER_GRANTED: "granted the waiver until {until}",
    Event.WAIVER_REVOKED: "ended the waiver",
}


def _words(event: str, details: Record, date: Callable[[int], str]) -> str:
    until = details.get("expires_at")
    return _WORDS.get(event, event).format(
        severity=_word(SEVERITIES, details.get("severity")),
        name=details.get("name", ""),
        until=date(until) if isinstance(until, int) else "a date",
    )


def _changes(before: Record, after: Record, date: Callable[[int], str], name: Callable[[str], str]) -> list[str]:
    """What differs between two records of a finding."""

    def due(value: Any) -> str:
        return date(value) if isinstance(value, int) else "no date"

    def owner(value: Any) -> str:
        return name(str(value)) if value else "no one"

    words: Mapping[str, Callable[[Any], str]] = _MEMBERS | {"due_at": due, "owner": owner}
    changes = [
        f"{_LABELS[member]}: {word(before.get(member))} to {word(after.get(member))}"
        for member, word in words.items()
        if before.get(member) != after.get(member)
    ]
    if after.get("resolution_sha256") not in {None, before.get("resolution_sha256")}:
        changes.append("Resolution written")
    return changes


_LABELS = {"state": "State", "severity": "Severity", "category": "Category", "owner": "Owner", "due_at": "Due"}
_MEMBERS: dict[str, Callable[[Any], str]] = {
    "state": lambda value: _word(STATES, value),
    "severity": lambda value: _word(SEVERITIES, value),
    "category": lambda value: CATEGORIES.get(value, str(value)).lower(),
}


def _word(words: Mapping[str, tuple[str, str]], value: Any) -> str:
    return words.get(value, (str(value),))[0].lower()
