"""Findings: what is wrong with a card, or limits it, with a severity, an owner and a due date.

A finding follows its card through the versions until it ends: closed, or invalid. Times are milliseconds since the
epoch. Overdue and an expired acceptance are computed, never stored.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.card import Card
from cardwright.core.errors import DateRefused, Invalid
from cardwright.core.listing import Position
from cardwright.core.policy.approval import FindingSeverity
from cardwright.core.policy.rule import Severity as RuleSeverity
from cardwright.core.review import DAY

Severity = FindingSeverity

LONGEST_TITLE = 200
"""Characters of a title."""

DUE_DAYS = {Severity.CRITICAL: 7, Severity.HIGH: 30, Severity.MEDIUM: 90, Severity.LOW: 180, Severity.INFO: None}
"""Days until a finding is due, by severity; None for no date."""

NO_DATE = 2**62
"""The place of a finding without a due date among the due dates: after all others."""

GRAVE = frozenset({Severity.CRITICAL, Severity.HIGH})
"""The severities whose findings their owner cannot end."""

OF_RULE = {
    RuleSeverity.ERROR: Severity.HIGH,
    RuleSeverity.WARNING: Severity.MEDIUM,
    RuleSeverity.NOTE: Severity.LOW,
}
"""The severity of a finding about a failed rule."""


class FindingKind(StrEnum):
    ISSUE = "issue"
    """Something to correct."""
    LIMITATION = "limitation"
    """Something that users must know. It is printed with the card."""
    EXCEPTION = "exception"
    """A deviation from a policy."""


class Category(StrEnum):
    DATA = "data"
    PERFORMANCE = "performance"
    FAIRNESS = "fairness"
    DOCUMENTATION = "documentation"
    SECURITY = "security"
    LEGAL = "legal"
    MONITORING = "monitoring"
    OTHER = "other"


class Source(StrEnum):
    REVIEW = "review"
    POLICY = "policy"
    IMPORT = "import"
    MONITORING = "monitoring"
    AUDIT = "audit"


class FindingState(StrEnum):
    """The state of a finding. The last two end it."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    REMEDIATED = "remediated"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    INVALID = "invalid"


ENDING = frozenset({FindingState.CLOSED, FindingState.INVALID})

_MOVES = {
    FindingState.OPEN: {FindingState.IN_PROGRESS, FindingState.REMEDIATED, *ENDING},
    FindingState.IN_PROGRESS: {FindingState.OPEN, FindingState.REMEDIATED, *ENDING},
    FindingState.REMEDIATED: {FindingState.OPEN, FindingState.IN_PROGRESS, *ENDING},
    FindingState.ACCEPTED: {FindingState.OPEN, FindingState.IN_PROGRESS, FindingState.REMEDIATED, *ENDING},
    FindingState.CLOSED: {FindingState.OPEN},
    FindingState.INVALID: {FindingState.OPEN},
}


class Finding(NamedTuple):
    """One finding.

    Attributes:
        rule: the rule of a policy whose failed check this is; None for another source.
        owner: the person who answers for it.
        former_owners: the people who owned it before, as a JSON list of user names in lower case.
        version, content_digest: the newest version when it was opened.
        accepted_until: when the waiver of an accepted finding expires.
        accepted_digest: the content that the waiver covers; None for all contents.
        ended_at, ended_by: set while it is closed or invalid.
        fixed_version: the newest version when it ended.
        spans: as a JSON list, the versions ``[from, to]`` in which it was open; see :func:`is_in_version`.
    """

    finding_id: str
    card_id: str
    kind: str
    severity: str
    category: str
    source: str
    title: str
    text: str | None
    pointer: str | None
    rule: str | None
    owner: str | None
    former_owners: str
    due_at: int | None
    state: str
    version: int
    content_digest: str
    opened_at: int
    opened_by: str
    changed_at: int
    changed_by: str
    resolution: str | None
    accepted_until: int | None
    accepted_digest: str | None
    ended_at: int | None
    ended_by: str | None
    fixed_version: int | None
    spans: str

    def state_at(self, now: int, content_digest: str) -> FindingState:
        """Return the state at a time, on a card with a content.

        An accepted finding is open again once its waiver has expired, or no longer covers the content.
        """
        if self.state != FindingState.ACCEPTED:
            return FindingState(self.state)
        covered = self.accepted_digest in {None, content_digest}
        return FindingState.ACCEPTED if covered and (self.accepted_until or 0) > now else FindingState.OPEN

    def is_overdue(self, now: int, content_digest: str) -> bool:
        """Whether the due date of a finding has passed that is neither ended nor accepted."""
        late = self.due_at is not None and self.due_at < now
        return late and self.ended_at is None and self.state_at(now, content_digest) is not FindingState.ACCEPTED

    @property
    def is_grave(self) -> bool:
        return self.severity in GRAVE

    @property
    def position(self) -> Position:
        return (self.opened_at, self.finding_id)


class NamedFinding(NamedTuple):
    """A finding with the name and the content of its card."""

    finding: Finding
    card_name: str
    card_digest: str

    def state_at(self, now: int) -> FindingState:
        return self.finding.state_at(now, self.card_digest)

    def is_overdue(self, now: int) -> bool:
        return self.finding.is_overdue(now, self.card_digest)


@dataclass(frozen=True, slots=True)
class FindingQuery:
    """Filters of a list of findings, last opened first.

    Attributes:
        at: the position that the page begins after, or ends before when ``backwards``.
        states: only those in one of these states at ``now``.
        running: only those that have not ended.
        overdue: only those that are overdue at ``now``.
        waiver_requested: only those with a request for a waiver that waits for a second person at ``now``.
        waiver_ends: only those whose waiver ends within :data:`ENDING_SOON` after ``now``.
        blocking: only those that keep a card under review from approval, by :attr:`blocked_by`.
        blocked_by: what blocks an approval: each name of a policy, a slash and a severity.
        words: only those with each of these words, or parts of words, in the title, the text, the owner or the name of
            the card; at most :data:`MOST_WORDS`.
        by_severity: most severe first instead, then the earliest due date; see :meth:`position`.
    """

    limit: int = 100
    at: Position | None = None
    backwards: bool = False
    now: int = 0
    card_id: str | None = None
    kind: str | None = None
    owner: str | None = None
    states: Sequence[str] = ()
    severities: Sequence[str] = ()
    running: bool = False
    overdue: bool = False
    waiver_requested: bool = False
    waiver_ends: bool = False
    blocking: bool = False
    blocked_by: Sequence[str] = ()
    words: Sequence[str] = ()
    by_severity: bool = False

    def position(self, finding: Finding) -> Position:
        """Return the position of a finding in the list."""
        if not self.by_severity:
            return finding.position
        rank = list(Severity).index(Severity(finding.severity))
        return (rank, NO_DATE if finding.due_at is None else finding.due_at, finding.finding_id)


ENDING_SOON = 30 * DAY
"""The time before its end in which a waiver is about to end."""

MOST_WORDS = 8
"""Words of one search."""

COUNTED = 1_000
"""Findings are counted up to this number, for each count; a larger number is reported as "more than"."""


LOOKED_AT = 500
"""Accepted findings, and open reviews, that :class:`PressingCounts` look at."""


class FindingCounts(NamedTuple):
    """How many findings have not ended, each counted up to :data:`COUNTED` + 1.

    Attributes:
        cards: the cards with a finding, among the findings that were counted.
        grave: the critical and high findings.
        remediated: the findings that wait for a person who verifies and closes them.
        waiver_requested: the findings with a request for a waiver.
        mine: the findings whose owner is the caller.
    """

    running: int
    cards: int
    grave: int
    overdue: int
    remediated: int
    waiver_requested: int
    mine: int


class PressingCounts(NamedTuple):
    """How many findings will soon be open again, and how many keep a card from approval.

    Attributes:
        waiver_ends: among the first :data:`LOOKED_AT` accepted findings, those whose waiver ends soon.
        blocking: the findings on the cards of the first :data:`LOOKED_AT` open reviews.
    """

    waiver_ends: int
    blocking: int


def due_of(severity: str, asked: int | None, now: int) -> int | None:
    """Return the due date of a new finding: the date asked for, by default that of its severity.

    Raises:
        Invalid: the date has passed.
    """
    if asked is None:
        days = DUE_DAYS[Severity(severity)]
        return None if days is None else now + days * DAY
    if asked <= now:
        raise DateRefused("DueTime", "has passed: a finding needs a due date in the future")
    return asked


def moved(  # noqa: PLR0913 - the move and its surroundings
    finding: Finding, state: FindingState, resolution: str | None, card: Card, *, now: int, by: str
) -> Finding:
    """Return a finding in another state. The resolution stays unless another one is given.

    Raises:
        Invalid: the state does not follow the present one, it needs a waiver, or an end lacks a resolution.
    """
    before, version = finding.state_at(now, card.content_digest), card.version
    if state is FindingState.ACCEPTED:
        raise Invalid("A finding becomes accepted when a waiver for it is granted: ask for one with PutWaiver")
    if state is not before and state not in _MOVES[before]:
        following = ", ".join(following_states(before))
        raise Invalid(f"A finding that is {before} cannot become {state}: it can become {following}")
    kept_resolution = finding.resolution if resolution is None else resolution
    if state in ENDING and kept_resolution is None:
        raise Invalid(f"To make a finding {state}, add a resolution that says what was done, or why it is not a fault")
    ended = state in ENDING
    kept = finding._replace(state=state, resolution=kept_resolution, accepted_until=None, accepted_digest=None)
    if ended and finding.ended_at is None:
        spans = [*_spans(finding)[:-1], (_spans(finding)[-1][0], version)]
        return kept._replace(ended_at=now, ended_by=by, fixed_version=version, spans=json.dumps(spans))
    if not ended and finding.ended_at is not None:
        *before_it, last = _spans(finding)
        again = [(last[0], None)] if last[1] == version else [last, (version, None)]
        spans = [*before_it, *again]
        return kept._replace(ended_at=None, ended_by=None, fixed_version=None, spans=json.dumps(spans))
    return kept


def following_states(state: FindingState) -> Sequence[FindingState]:
    """Return the states that a finding in a state can move to without a waiver."""
    return [one for one in FindingState if one in _MOVES[state]]


def first_span(version: int) -> str:
    """Return the spans of a finding that was just opened."""
    return json.dumps([[version, None]])


def is_in_version(finding: Finding, version: int) -> bool:
    """Whether a finding was open when a version was replaced by the next one, or is open now for the newest.

    The answer for a version never changes once a newer version exists: what is opened, ended or reopened later counts
    for that version and later ones.
    """
    return any(begin <= version and (end is None or version < end) for begin, end in _spans(finding))


def accepted(finding: Finding, until: int, content_digest: str | None) -> Finding:
    """Return a finding that a waiver accepts until a time.

    Args:
        content_digest: the content that the waiver covers; None for all contents.

    Raises:
        Invalid: the finding has ended.
    """
    if finding.ended_at is not None:
        raise Invalid(f"The finding is {finding.state}: there is nothing to waive")
    return finding._replace(state=FindingState.ACCEPTED, accepted_until=until, accepted_digest=content_digest)


def owned_by(finding: Finding, owner: str | None) -> Finding:
    """Return a finding with another owner; it remembers those before."""
    if finding.owner is None or owner == finding.owner:
        return finding._replace(owner=owner)
    former = dict.fromkeys([*json.loads(finding.former_owners), finding.owner.lower()])
    return finding._replace(owner=owner, former_owners=json.dumps(list(former)))


def owners_of(finding: Finding) -> frozenset[str]:
    """Return the user names, in lower case, of the owner and of earlier owners."""
    present = [] if finding.owner is None else [finding.owner.lower()]
    return frozenset([*json.loads(finding.former_owners), *present])


def is_lower(severity: str, than: str) -> bool:
    """Whether a severity is lower than another."""
    order = list(Severity)
    return order.index(Severity(severity)) > order.index(Severity(than))


def _spans(finding: Finding) -> list[tuple[int, int | None]]:
    spans: list[tuple[int, int | None]] = [(begin, end) for begin, end in json.loads(finding.spans)]
    return spans
