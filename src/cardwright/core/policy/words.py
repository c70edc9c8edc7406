"""Rules in words, for readers who do not see the file."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from cardwright.core.annotations import LONGEST_POINTER
from cardwright.core.field_names import name_of_place, sentence
from cardwright.core.finding import LONGEST_TITLE
from cardwright.core.policy import rule as kinds
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import Result
from cardwright.core.policy.rule import Rule
from cardwright.core.review import LONGEST_TEXT


def title_of(rule: Rule) -> str:
    """Return the rule's title; without one, the sentence that describes it."""
    return rule.title.strip() or sentence_of(rule)


class FindingWords(NamedTuple):
    """What a finding about a failed check says."""

    title: str
    text: str
    pointer: str | None


def finding_words(policy: ReviewPolicy, result: Result) -> FindingWords:
    """Return title, text and place of a finding about a failed check, within the limits of findings."""
    rule = policy.rule(result.rule)
    title = rule.title if rule is not None and rule.title else f"Check {result.rule} fails"
    text = f"{result.message}\n\nPolicy {policy.name}, version {policy.version}. {result.fix}".strip()
    pointer = result.pointer if 0 < len(result.pointer) <= LONGEST_POINTER else None
    shown = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
    return FindingWords(shown, text[:LONGEST_TEXT], pointer)


def sentence_of(rule: Rule) -> str:
    """Return what a rule demands, as one sentence."""
    return _SENTENCES[type(rule.demand)](rule.demand)


def kind_of(rule: Rule) -> str:
    """Return the kind of a rule, as policy files name it."""
    return _KINDS[type(rule.demand)]


def _metric(demand: kinds.Metric) -> str:
    minimum = None if demand.at_least is None else f"at least {demand.at_least:g}"
    maximum = None if demand.at_most is None else f"at most {demand.at_most:g}"
    limits = " and ".join(limit for limit in (minimum, maximum) if limit)
    return f"The metric {demand.name} is {limits}"


def _regression(demand: kinds.Regression) -> str:
    which = "No metric" if demand.metric == "*" else f"No metric {demand.metric}"
    return f"{which} is worse than in the {demand.against} version"


def _freshness(demand: kinds.Freshness) -> str:
    if demand.pointer is not None:
        what = name_of_place(None, demand.pointer)
    else:
        what = f"evidence {demand.evidence}" if demand.evidence else f"evaluations {demand.evaluation}"
    return f"The date of {what} is at most {demand.max_days} days old"


def _require(demand: kinds.Require) -> str:
    if len(demand.pointers) == 1:
        return sentence(name_of_place(None, demand.pointers[0]), "has a value")
    return f"Each of these has a value: {_named(demand.pointers)}"


def _named(pointers: Iterable[str]) -> str:
    return ", ".join(name_of_place(None, pointer) for pointer in pointers)


_SENTENCES: Mapping[type, Callable[[Any], str]] = {
    kinds.Require: _require,
    kinds.OneOf: lambda demand: f"One of these has a value: {_named(demand.pointers)}",
    kinds.Schema: lambda _: "The content follows the schema of the rule",
    kinds.Metric: _metric,
    kinds.Regression: _regression,
    kinds.Freshness: _freshness,
    kinds.Forbid: lambda demand: f"No text matches {demand.pattern}",
    kinds.Evidence: lambda demand: f"The card has evidence of the kind {demand.kind}",
}
_KINDS: Mapping[type, str] = {
    kinds.Require: "require",
    kinds.OneOf: "one_of",
    kinds.Schema: "schema",
    kinds.Metric: "metric",
    kinds.Regression: "regression",
    kinds.Freshness: "freshness",
    kinds.Forbid: "forbid",
    kinds.Evidence: "evidence",
}
