"""The rule engine: checks one version of a card against the rules of a policy.

It is pure: everything that a rule reads is in the :class:`Subject`. One function for each kind of rule makes a judge,
which lists what it finds. Equal input gives equal results.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import attrs

from cardwright.core.pairing import JobPair
from cardwright.core.policy import rule as kinds
from cardwright.core.policy.check_visit import Found, Judge, Visit
from cardwright.core.policy.evaluation_judges import judge_evidence, judge_freshness, judge_metric, judge_regression
from cardwright.core.policy.pointers import ordered
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import LATE, CardCheck, Compared, JobPairing, Outcome, Result
from cardwright.core.policy.rule import Rule
from cardwright.core.policy.subject import Subject
from cardwright.core.policy.value_judges import judge_forbid, judge_one_of, judge_require, judge_schema


class Checker:
    """A policy with its rules ready to run. It can be shared between threads.

    Args:
        policy: the policy, as :func:`~cardwright.core.policy.reading.read_policy` returns it.
        named: returns the name of a metric as readers know it; the stored name by default.
    """

    def __init__(self, policy: ReviewPolicy, named: Callable[[str], str] = str) -> None:
        self.policy = policy
        self._named = lru_cache(maxsize=1024)(named)
        self._judges = tuple((rule, _MAKERS[type(rule.demand)](rule.demand)) for rule in policy.rules)

    def check(self, subject: Subject, is_late: Callable[[], bool] = lambda: False) -> CardCheck:
        """Check one version of a card. The policy's ``applies_to`` is not asked: the caller has chosen the policy.

        Args:
            is_late: whether the time for the check is over. The rules that are left have the outcome ``error``.
        """
        visit = Visit(subject, self._named)
        facts = subject.facts
        results: list[Result] = []
        for rule, judge in self._judges:
            if is_late():
                results.append(_result(rule, Outcome.ERROR, Found(False, "", LATE)))
            elif rule.when.selects(facts):
                results += _judged(rule, judge, visit)
            else:
                results.append(_result(rule, Outcome.SKIPPED, Found(None, "", "The rule does not apply to this card")))
        card = attrs.evolve(subject.card, content=None)  # so that the results of many cards fit into memory
        return CardCheck(card, tuple(results), _comparisons(visit))


def _judged(rule: Rule, judge: Judge, visit: Visit) -> Iterator[Result]:
    try:
        found = list(judge(visit))
    except Exception as error:  # noqa: BLE001 - reported as an outcome; one rule must not hide the others
        yield _result(rule, Outcome.ERROR, Found(False, "", f"The rule could not run: {type(error).__name__}"))
        return
    for item in sorted(found, key=lambda one: ordered(one.pointer)) if len(found) > 1 else found:
        outcome = Outcome.SKIPPED if item.good is None else Outcome.PASS if item.good else Outcome.FAIL
        reason = visit.subject.waivers.get(rule.id) if outcome is Outcome.FAIL else None
        if reason is not None:
            yield _result(rule, Outcome.WAIVED, item, reason)
        else:
            yield _result(rule, outcome, item)


def _result(rule: Rule, outcome: Outcome, found: Found, reason: str = "") -> Result:
    fix = rule.fix if outcome in {Outcome.FAIL, Outcome.ERROR, Outcome.WAIVED} else ""
    return Result(rule.id, rule.severity, outcome, found.pointer, found.message, fix, found.value, reason)


def _comparisons(visit: Visit) -> tuple[Compared, ...]:
    found = []
    for against, compared in visit.changes.items():
        if compared is not None:
            baseline, pairs, _ = compared
            words = visit.subject.baselines.named or str(against)
            found.append(Compared(words, baseline.version, tuple(map(_pairing, pairs))))
    return tuple(sorted(set(found), key=lambda one: one.against))


def _pairing(pair: JobPair) -> JobPairing:
    before, after = (None if job is None else job.name for job in (pair.before, pair.after))
    return JobPairing(before, after, pair.reason)


_MAKERS: Mapping[type, Callable[[Any], Judge]] = {
    kinds.Require: judge_require,
    kinds.OneOf: judge_one_of,
    kinds.Schema: judge_schema,
    kinds.Metric: judge_metric,
    kinds.Regression: judge_regression,
    kinds.Freshness: judge_freshness,
    kinds.Forbid: judge_forbid,
    kinds.Evidence: judge_evidence,
}
