"""The list of findings in the address: filters and place, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from flask import url_for
from werkzeug.datastructures import MultiDict

from cardwright.console.address_values import clean, with_values
from cardwright.console.finding_words import KINDS, SEVERITIES, STATES
from cardwright.console.query import Chip
from cardwright.core.finding import GRAVE, MOST_WORDS, FindingQuery, FindingState

PAGE = 25
"""Findings of one page."""

POSITION = (int, int, str)
"""The types of a place in the list."""

GRAVE_WORD = "grave"
"""The filter for critical and high findings."""

STATE_CHOICES: Mapping[str, str] = {
    "": "Not ended",
    **{state: word for state, (word, _) in STATES.items()},
    "all": "Any state",
}
SEVERITY_CHOICES: Mapping[str, str] = {
    "": "Any severity",
    GRAVE_WORD: "Critical or high",
    **{severity: word for severity, (word, _) in SEVERITIES.items()},
}
KIND_CHOICES: Mapping[str, str] = {"": "Any kind", **KINDS}

_LONGEST = 100  # characters of a name
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "state": STATE_CHOICES,
    "severity": SEVERITY_CHOICES,
    "kind": KIND_CHOICES,
    "overdue": {"": "", "1": "Overdue"},
    "waiver": {"": "", "requested": "Waiver requested", "ends": "Waiver ends within 30 days"},
    "blocking": {"": "", "1": "Blocking an approval"},
}
_LABELS: Mapping[str, str] = {
    "state": "State: ",
    "severity": "Severity: ",
    "kind": "Kind: ",
    "owner": "Owner: ",
    "card": "Card: ",
    "q": "Text: ",
}


@dataclass(frozen=True, slots=True)
class FindingList:
    """The state of the list, read from the query string. Unknown values are ignored, so that no address fails.

    Attributes:
        state: a key of ``STATE_CHOICES``; empty for those that have not ended.
        q: the words of a search.
        overdue, blocking: ``1``, or empty.
        waiver: ``requested``, ``ends``, or empty.
        after, before: the page's position.
    """

    state: str = ""
    severity: str = ""
    kind: str = ""
    owner: str = ""
    card: str = ""
    q: str = ""
    overdue: str = ""
    waiver: str = ""
    blocking: str = ""
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, args: "MultiDict[str, str]") -> "FindingList":
        given = {one.name: clean(args.get(one.name, "")) for one in fields(cls)}
        names = {name: given[name][:_LONGEST] for name in ("owner", "card", "q")}
        known = {name: given[name] if given[name] in choices else "" for name, choices in _CHOICES.items()}
        return cls(**given | names | known)

    def query(self, limit: int = PAGE) -> FindingQuery:
        """Return the query, without the card and the place."""
        chosen = sorted(GRAVE) if self.severity == GRAVE_WORD else [self.severity] if self.severity else []
        return FindingQuery(
            limit=limit,
            kind=self.kind or None,
            owner=self.owner or None,
            states=() if self.state in {"", "all"} else (FindingState(self.state).value,),
            severities=tuple(str(one) for one in chosen),
            running=not self.state,
            overdue=bool(self.overdue),
            waiver_requested=self.waiver == "requested",
            waiver_ends=self.waiver == "ends",
            blocking=bool(self.blocking),
            words=self.q.split()[:MOST_WORDS],
            by_severity=True,
        )

    def address(self, finding: str | None = None, **changes: str) -> str:
        """Return the address of the list, or of one of its findings, with some of its state changed.

        Pages begin again unless their place is among the changes.
        """
        state = replace(self, **{"after": "", "before": "", **changes})
        given = [(one.name, getattr(state, one.name)) for one in fields(state)]
        path = url_for("findings.index") if finding is None else url_for("findings.show", finding_id=finding)
        return with_values(path, given)

    def here(self, finding: str | None = None) -> str:
        """Return the address of this page of the list, with a finding next to it."""
        return self.address(finding, after=self.after, before=self.before)

    @property
    def query_text(self) -> str:
        """The query of this page of the list, with its question mark; empty without filters."""
        return self.here().removeprefix(url_for("findings.index"))

    def chips(self) -> list[Chip]:
        """The filters that are set."""
        chips = []
        for one in fields(self):
            value = getattr(self, one.name)
            if not value or one.name in {"after", "before"}:
                continue
            word = _LABELS.get(one.name, "") + _CHOICES.get(one.name, {}).get(value, value)
            chips.append(Chip(word, f"Remove the filter {word}", self.address(**{one.name: ""})))
        return chips
