"""The rule engine: checks one version of a card against the rules of a policy.

It is pure: everything that a rule reads is in the :class:`Subject`. One function for each kind of rule makes a judge,
which lists what it finds. Equal input gives equal results.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import attrs

from cardwright.core.directions import Direction
from cardwright.core.measures import is_number, measures_of
from cardwright.core.metric_changes import MetricChange, Verdict, changes_of
from cardwright.core.pairing import Job, JobPair, evaluation_jobs, pair_jobs
from cardwright.core.places import escaped
from cardwright.core.policy import rule as kinds
from cardwright.core.policy.compiled import clean_check, finder, schema_check
from cardwright.core.policy.dates import DAY, age_fault, date_of_job, day, read_date
from cardwright.core.policy.pointers import MISSING, ordered, pointer_to, value_at
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import LATE, CardCheck, Compared, JobPairing, Outcome, Result
from cardwright.core.policy.rule import Against, Rule
from cardwright.core.policy.selector import matches
from cardwright.core.policy.subject import CardVersion, Subject

_EVALUATIONS = "/evaluation_details"
_LISTED = 50  # results of one schema rule; a card that breaks it in more places needs no longer list
_ROUNDING = 1e-9  # share of a value: 0.99 * 0.93 is not exactly 0.9207


@attrs.frozen
class Found:
    """What a judge finds at one place. ``good`` is None where there is nothing to judge."""

    good: bool | None
    pointer: str
    message: str
    value: Any = None


@attrs.frozen
class _Metric:
    """A metric of an evaluation job, without the deviations, and its JSON Pointer."""

    group: str
    name: str
    value: Any
    pointer: str


@attrs.define
class _Visit:
    """A check of one card: the subject, and what several rules share."""

    subject: Subject
    named: Callable[[str], str]
    jobs: tuple[Job, ...] = attrs.field(
        init=False, default=attrs.Factory(lambda self: evaluation_jobs(self.subject.card.content), takes_self=True)
    )
    metrics: dict[int, "list[_Metric]"] = attrs.Factory(dict)
    changes: dict[Against, tuple[CardVersion, list[JobPair], list[MetricChange]] | None] = attrs.Factory(dict)

    def metrics_of(self, job: Job) -> "list[_Metric]":
        """Return the metrics of a job of the card, with their pointers."""
        if job.position not in self.metrics:
            places = _places(job)
            found = [
                _Metric(one.group, one.name, one.stored.get("value"), places[id(one.stored)])
                for one in measures_of(job.value)
            ]
            self.metrics[job.position] = found
        return self.metrics[job.position]

    def jobs_named(self, glob: str) -> list[Job]:
        """Return the jobs whose names fit a pattern."""
        return [job for job in self.jobs if _fits(glob, str(job.value.get("name", "")))]

    def changes_since(self, against: Against) -> tuple[CardVersion, list[JobPair], list[MetricChange]] | None:
        """Return the baseline, the pairs of jobs and the changes of metrics; None without a baseline."""
        if against not in self.changes:
            self.changes[against] = self._compare(against)
        return self.changes[against]

    def _compare(self, against: Against) -> tuple[CardVersion, list[JobPair], list[MetricChange]] | None:
        baselines = self.subject.baselines
        baseline = baselines.approved if against is Against.APPROVED else baselines.previous
        if baseline is None:
            return None
        content = self.subject.card.content
        pairs = pair_jobs(baseline.content, content, (), self.subject.choices)
        objective = _objective(content) or _objective(baseline.content)
        return baseline, pairs, changes_of(pairs, objective)[0]


Judge: TypeAlias = Callable[[_Visit], Iterable[Found]]


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
        visit = _Visit(subject, self._named)
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


def _judged(rule: Rule, judge: Judge, visit: _Visit) -> Iterator[Result]:
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


def _comparisons(visit: _Visit) -> tuple[Compared, ...]:
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


# Places with values


def _require(demand: kinds.Require) -> Judge:
    def judge(visit: _Visit) -> Iterator[Found]:
        for pointer in demand.pointers:
            fault = gap(value_at(visit.subject.card.content, pointer), demand.min_length)
            yield Found(fault is None, pointer, f"{pointer} {fault or 'has a value'}")

    return judge


def _one_of(demand: kinds.OneOf) -> Judge:
    def judge(visit: _Visit) -> Iterator[Found]:
        content = visit.subject.card.content
        found = next((place for place in demand.pointers if gap(value_at(content, place)) is None), None)
        if found is None:
            yield Found(False, demand.pointers[0], f"None of these has a value: {', '.join(demand.pointers)}")
        else:
            yield Found(True, found, f"{found} has a value")

    return judge


def gap(value: Any, least: int = 1) -> str | None:
    """Return why a value counts as missing, such as ``is empty``; None for a value."""
    if value is MISSING or value is None:
        return "is missing"
    if isinstance(value, str):
        value = value.strip()
    if isinstance(value, str | list | dict) and len(value) < least:
        unit = "characters" if isinstance(value, str) else "items"
        return "is empty" if not value else f"has {len(value)} {unit}; at least {least} are required"
    return None


def _schema(demand: kinds.Schema) -> Judge:
    breaches = schema_check(demand.document)

    def judge(visit: _Visit) -> Iterator[Found]:
        found = breaches(visit.subject.card.content)
        for breach in found[:_LISTED]:
            yield Found(False, pointer_to(breach.path), breach.message)
        if len(found) > _LISTED:
            yield Found(False, "", f"{len(found) - _LISTED} more places break the schema")
        if not found:
            yield Found(True, "", "The content follows the schema")

    return judge


def _forbid(demand: kinds.Forbid) -> Judge:
    is_found, is_clean = finder(demand.pattern), clean_check(demand.pattern)

    def judge(visit: _Visit) -> Iterator[Found]:
        found = list(_matching("", visit.subject.card.content, is_found, is_clean))
        for pointer in found:
            yield Found(False, pointer, f"The text matches the forbidden expression {demand.pattern}")
        if not found:
            yield Found(True, "", f"No text matches the forbidden expression {demand.pattern}")

    return judge


def _matching(
    pointer: str, value: Any, is_found: Callable[[str], bool], is_clean: Callable[[Any], bool]
) -> Iterator[str]:
    """Yield the pointers of texts that match. Clean parts of the content are passed over as a whole."""
    if isinstance(value, str):
        if is_found(value):
            yield pointer
        return
    if is_clean(value):
        return
    children: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in children:
        if isinstance(child, str | dict | list):
            yield from _matching(f"{pointer}/{escaped(str(key))}", child, is_found, is_clean)


# Evaluation jobs and metrics


@lru_cache(maxsize=8192)
def _fits(glob: str, name: str) -> bool:
    """Whether a name fits a pattern. The names of metrics and evaluations fit in any case."""
    return glob == "*" or matches(glob.lower(), name.lower())


def _metric(demand: kinds.Metric) -> Judge:
    def judge(visit: _Visit) -> Iterator[Found]:
        nothing = True
        for job in visit.jobs_named(demand.evaluation):
            numbers = [metric for metric in visit.metrics_of(job) if _is_meant(metric, demand)]
            for metric in numbers:
                nothing = False
                fault = _limit_fault(metric.value, demand)
                words = f"{visit.named(metric.name)} is {_shown(metric.value)}{fault or ''} ({job.name})"
                yield Found(fault is None, metric.pointer, words, metric.value)
            if demand.within_days is not None and numbers:
                yield from _aged(job, demand.within_days, visit)
        if nothing:
            where = "" if demand.evaluation == "*" else f" in an evaluation named {demand.evaluation}"
            yield Found(False, _EVALUATIONS, f"There is no number named {demand.name}{where}")

    return judge


def _is_meant(metric: _Metric, demand: kinds.Metric) -> bool:
    return is_number(metric.value) and _fits(demand.group, metric.group) and _fits(demand.name, metric.name)


def _places(job: Job) -> Mapping[int, str]:
    """Return the pointers of a job's metrics by identity."""
    start = f"{_EVALUATIONS}/{job.position}/metric_groups"
    groups = job.value.get("metric_groups")
    return {
        id(metric): f"{start}/{index}/metric_data/{number}"
        for index, group in enumerate(groups if isinstance(groups, list) else ())
        if isinstance(group, dict) and isinstance(group.get("metric_data"), list)
        for number, metric in enumerate(group["metric_data"])
    }


def _limit_fault(value: float, demand: kinds.Metric) -> str | None:
    if demand.at_least is not None and value < demand.at_least:
        return f"; at least {_shown(demand.at_least)} is required"
    if demand.at_most is not None and value > demand.at_most:
        return f"; at most {_shown(demand.at_most)} is allowed"
    return None


def _aged(job: Job, max_days: int, visit: _Visit) -> Iterator[Found]:
    moment = date_of_job(job.value, visit.subject.job_times)
    fault = age_fault(moment, visit.subject.now, max_days)
    dated = None if moment is None else day(moment)
    yield Found(fault is None, f"{_EVALUATIONS}/{job.position}", f"{job.name} {fault or f'is dated {dated}'}", dated)


def _regression(demand: kinds.Regression) -> Judge:
    def judge(visit: _Visit) -> Iterator[Found]:
        compared = visit.changes_since(demand.against)
        if compared is None:
            words = visit.subject.baselines.named or demand.against
            yield Found(None, _EVALUATIONS, f"There is no {words} version to compare with")
            return
        baseline, _, changes = compared
        named = [change for change in changes if _concerns(demand, change)]
        found = [item for change in named for item in _change(demand, change, visit)]
        yield from found
        if not found:
            where = f" of version {baseline.version}" if baseline.version else ""
            yield Found(None, _EVALUATIONS, f"No metric can be compared with the evaluations{where}")

    return judge


def _concerns(demand: kinds.Regression, change: MetricChange) -> bool:
    return (
        _fits(demand.metric, change.name)
        and _fits(demand.group, change.group)
        and _fits(demand.evaluation, str(change.pair.after.value.get("name", "")) if change.pair.after else "")
    )


def _change(demand: kinds.Regression, change: MetricChange, visit: _Visit) -> Iterator[Found]:
    if change.difference is None or change.pair.after is None:
        return
    name = visit.named(change.name)
    pointer = _place_of(change, visit)
    old, new = _shown_pair(change.before, change.after)
    direction = Direction(demand.direction) if demand.direction else change.direction
    change_of_values = {"before": change.before, "after": change.after, "pairing": change.pair.reason}
    if direction is Direction.UNKNOWN:
        yield Found(
            None, pointer, f"{name} {old} -> {new}, no direction is known ({change.evaluation})", change_of_values
        )
        return
    loss = _loss(change.before, change.after, direction)
    scale = max(abs(change.before), abs(change.after))
    tolerance = max(demand.tolerance_absolute, demand.tolerance_relative * abs(change.before)) + _ROUNDING * scale
    good = loss <= tolerance or change.within
    word = _verdict(loss, change, good)
    yield Found(good, pointer, f"{name} {old} -> {new}, {word} ({change.evaluation})", change_of_values)


def _loss(before: float, after: float, direction: Direction) -> float:
    """Return how much worse a value is; negative if it is better."""
    if direction is Direction.HIGHER:
        return before - after
    if direction is Direction.LOWER:
        return after - before
    goal = 0 if direction is Direction.ZERO else 1
    return abs(after - goal) - abs(before - goal)


def _verdict(loss: float, change: MetricChange, good: bool) -> str:
    if loss == 0:
        return str(Verdict.SAME)
    if change.within:
        return "within the deviation"
    return str(Verdict.BETTER) if loss < 0 else "worse, within the tolerance" if good else str(Verdict.WORSE)


def _place_of(change: MetricChange, visit: _Visit) -> str:
    job = change.pair.after
    if job is None:
        return _EVALUATIONS
    sought = (change.group, change.name, change.after)
    places = (one.pointer for one in visit.metrics_of(job) if (one.group, one.name, one.value) == sought)
    return next(places, f"{_EVALUATIONS}/{job.position}")


def _objective(content: Any) -> Any:
    training = content.get("training_details") if isinstance(content, dict) else None
    return training.get("objective_function") if isinstance(training, dict) else None


# Dates and evidence


def _freshness(demand: kinds.Freshness) -> Judge:
    def judge(visit: _Visit) -> Iterator[Found]:
        if demand.evaluation is not None:
            jobs = visit.jobs_named(demand.evaluation)
            for job in jobs:
                yield from _aged(job, demand.max_days, visit)
            if not jobs:
                yield Found(False, _EVALUATIONS, f"There is no evaluation named {demand.evaluation}")
        elif demand.pointer is not None:
            value = value_at(visit.subject.card.content, demand.pointer)
            yield _dated(demand.pointer, demand.pointer, read_date(value), demand.max_days, visit)
        else:
            times = [proof.at for proof in visit.subject.evidence if proof.kind == demand.evidence]
            yield _dated("", f"The evidence {demand.evidence}", max(times, default=None), demand.max_days, visit)

    return judge


def _dated(pointer: str, what: str, moment: int | None, max_days: int, visit: _Visit) -> Found:
    fault = age_fault(moment, visit.subject.now, max_days)
    dated = None if moment is None else day(moment)
    return Found(fault is None, pointer, f"{what} {fault or f'is dated {dated}'}", dated)


def _evidence(demand: kinds.Evidence) -> Judge:
    def judge(visit: _Visit) -> Iterator[Found]:
        oldest = None if demand.max_days is None else visit.subject.now - demand.max_days * DAY
        count = sum(
            proof.kind == demand.kind and (oldest is None or proof.at >= oldest) for proof in visit.subject.evidence
        )
        age = "" if demand.max_days is None else f", at most {demand.max_days} days old"
        words = f"{count} of {demand.count} required pieces of evidence of the kind {demand.kind}{age}"
        yield Found(count >= demand.count, "", f"The card has {words}", count)

    return judge


def _shown(value: float) -> str:
    """Return a number with four decimals below 1 and six significant digits above."""
    if isinstance(value, int):
        return str(value)
    if abs(value) >= 1:
        return f"{value:.6g}"
    return f"{round(value, 4):g}" if abs(value) >= 0.001 or value == 0 else f"{value:.4g}"


def _shown_pair(one: float, other: float) -> tuple[str, str]:
    """Return two numbers, exactly where rounding would make them equal."""
    short = _shown(one), _shown(other)
    return (repr(one), repr(other)) if short[0] == short[1] and one != other else short


_MAKERS: Mapping[type, Callable[[Any], Judge]] = {
    kinds.Require: _require,
    kinds.OneOf: _one_of,
    kinds.Schema: _schema,
    kinds.Metric: _metric,
    kinds.Regression: _regression,
    kinds.Freshness: _freshness,
    kinds.Forbid: _forbid,
    kinds.Evidence: _evidence,
}
