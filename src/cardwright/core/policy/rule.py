"""Rules: what a check demands of a card, in eight kinds."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

import attrs

from cardwright.core.policy.selector import Selector


class Severity(StrEnum):
    """The weight of a failed rule."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def weight(self) -> int:
        return _WEIGHTS[self]


_WEIGHTS = {Severity.NOTE: 1, Severity.WARNING: 2, Severity.ERROR: 3}


class Against(StrEnum):
    """The version that a regression rule compares with."""

    APPROVED = "approved"
    PREVIOUS = "previous"


@attrs.frozen
class Require:
    """Each place has a value.

    Attributes:
        pointers: JSON Pointers into the content.
        min_length: characters that a text, or items that a list, must have.
    """

    pointers: tuple[str, ...]
    min_length: int = 1


@attrs.frozen
class OneOf:
    """At least one of the places has a value."""

    pointers: tuple[str, ...]


@attrs.frozen
class Schema:
    """The content follows a JSON Schema of draft 2020-12."""

    document: Mapping[str, object]


@attrs.frozen
class Metric:
    """Every metric with these names is within the limits, and there is at least one.

    Attributes:
        evaluation, group, name: patterns of names, with ``*`` and ``?``.
        at_least, at_most: the limits; at least one is given.
        within_days: the greatest age of the evaluation job; None for any age.
    """

    name: str
    evaluation: str = "*"
    group: str = "*"
    at_least: float | None = None
    at_most: float | None = None
    within_days: int | None = None


@attrs.frozen
class Regression:
    """No metric is worse than in the baseline by more than the tolerance.

    Attributes:
        metric, evaluation, group: patterns of names, with ``*`` and ``?``.
        against: the version to compare with, unless the caller names one.
        tolerance_relative: share of the baseline's value that a metric may lose.
        tolerance_absolute: amount that a metric may lose; the greater tolerance counts.
        direction: ``higher`` or ``lower``; None reads it from the objective and the metric's name.
    """

    metric: str = "*"
    evaluation: str = "*"
    group: str = "*"
    against: Against = Against.APPROVED
    tolerance_relative: float = 0.0
    tolerance_absolute: float = 0.0
    direction: str | None = None


@attrs.frozen
class Freshness:
    """A date is not too old: that of the evaluation jobs, of a place in the content, or of a kind of evidence.

    Attributes:
        max_days: the greatest age.
        evaluation: pattern of names of evaluation jobs.
        pointer: JSON Pointer to a date in the content.
        evidence: kind of evidence.
    """

    max_days: int
    evaluation: str | None = None
    pointer: str | None = None
    evidence: str | None = None


@attrs.frozen
class Forbid:
    """No text of the content matches a regular expression of Rust's ``regex``, which takes linear time."""

    pattern: str


@attrs.frozen
class Evidence:
    """The card has evidence of a kind.

    Attributes:
        kind: kind of evidence, such as ``instructions``.
        count: how many pieces the card needs.
        max_days: the greatest age of a piece that counts; None for any age.
    """

    kind: str
    count: int = 1
    max_days: int | None = None


Demand: TypeAlias = Require | OneOf | Schema | Metric | Regression | Freshness | Forbid | Evidence


@attrs.frozen
class Rule:
    """One rule of a policy.

    Attributes:
        id: lower-case letters, digits and hyphens; unique in the policy.
        severity: the weight of a failure.
        demand: what the card must satisfy.
        when: the cards that the rule applies to.
        title, why, fix: words for people; may be empty.
    """

    id: str
    severity: Severity
    demand: Demand
    when: Selector = attrs.Factory(Selector)
    title: str = ""
    why: str = ""
    fix: str = ""
