"""What a check finds: a result for each place that a rule judges."""

from collections.abc import Mapping
from enum import StrEnum

import attrs

from cardwright.core.policy.rule import Severity
from cardwright.core.policy.subject import CardVersion

LATE = "The rule did not run: the time is over"
"""The message of a rule that a check had no time for."""


class Outcome(StrEnum):
    """The outcome of a rule at one place.

    ``skipped``: the rule does not apply, or a regression rule has nothing to compare. It counts as passed.
    ``waived``: the rule failed, and a waiver accepts that. ``error``: the rule could not run; it counts as failed.
    """

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    WAIVED = "waived"
    ERROR = "error"
    SKIPPED = "skipped"

    @property
    def failed(self) -> bool:
        return self in {Outcome.FAIL, Outcome.ERROR}


@attrs.frozen
class Result:
    """One result.

    Attributes:
        rule: the rule's id.
        pointer: JSON Pointer into the content; empty for the whole card.
        message: one sentence about what was found.
        fix: the rule's words on what to do; empty unless the rule failed.
        value: the value that was judged, if it is a number, a date or a change.
        reason: the reason of the waiver.
    """

    rule: str
    severity: Severity
    outcome: Outcome
    pointer: str
    message: str
    fix: str = ""
    value: object = None
    reason: str = ""


@attrs.frozen
class JobPairing:
    """How an evaluation job was paired with one of the baseline; None for a job without a partner."""

    before: str | None
    after: str | None
    how: str


@attrs.frozen
class Compared:
    """A baseline that a regression rule compared with, and the pairs of evaluation jobs."""

    against: str
    version: int | None
    pairs: tuple[JobPairing, ...]


@attrs.frozen
class CardCheck:
    """The results of one card, in the order of the rules and then of the places.

    Attributes:
        card: the checked version, without its content.
        results: the results.
        comparisons: the versions that regression rules compared with.
    """

    card: CardVersion
    results: tuple[Result, ...]
    comparisons: tuple[Compared, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no rule of severity ``error`` failed."""
        return self.worst is not Severity.ERROR

    @property
    def worst(self) -> Severity | None:
        """The highest severity of a failed rule; None if none failed."""
        failed = (result.severity for result in self.results if result.outcome.failed)
        return max(failed, key=lambda severity: severity.weight, default=None)

    def passes(self, rule_id: str) -> bool:
        """Whether the card has passed a rule, or the rule was skipped or waived."""
        found = [result for result in self.results if result.rule == rule_id]
        return bool(found) and not any(result.outcome.failed for result in found)


def as_members(result: Result) -> Mapping[str, object]:
    """Return a result as data for JSON; ``value`` and ``reason`` only where it has them."""
    members: dict[str, object] = {
        "rule": result.rule,
        "severity": str(result.severity),
        "outcome": str(result.outcome),
        "pointer": result.pointer,
        "message": result.message,
        "fix": result.fix,
    }
    if result.value is not None:
        members["value"] = result.value
    if result.reason:
        members["reason"] = result.reason
    return members
