"""Judges of evaluations: rules of the kinds ``metric``, ``regression``, ``freshness`` and ``evidence``."""

from collections.abc import Iterator

from cardwright.core.directions import Direction
from cardwright.core.field_names import name_of_place, sentence
from cardwright.core.measures import is_number
from cardwright.core.metric_changes import MetricChange, Verdict
from cardwright.core.pairing import Job
from cardwright.core.policy import rule as kinds
from cardwright.core.policy.check_visit import EVALUATIONS, Found, Judge, PlacedMetric, Visit, fits
from cardwright.core.policy.dates import DAY, age_fault, date_of_job, day, read_date
from cardwright.core.policy.pointers import value_at

_ROUNDING = 1e-9  # share of a value: 0.99 * 0.93 is not exactly 0.9207


def judge_metric(demand: kinds.Metric) -> Judge:
    """Return the judge of whether metrics are within limits."""

    def judge(visit: Visit) -> Iterator[Found]:
        nothing = True
        for job in visit.jobs_named(demand.evaluation):
            numbers = [metric for metric in visit.metrics_of(job) if _is_meant(metric, demand)]
            for metric in numbers:
                nothing = False
                fault = _limit_fault(metric.value, demand)
                words = f"{visit.named(metric.name)} is {_shown(metric.value)} ({job.name}){fault or ''}"
                yield Found(fault is None, metric.pointer, words, metric.value)
            if demand.within_days is not None and numbers:
                yield from _aged(job, demand.within_days, visit)
        if nothing:
            where = "" if demand.evaluation == "*" else f" in an evaluation named {demand.evaluation}"
            yield Found(False, EVALUATIONS, f"There is no number named {demand.name}{where}")

    return judge


def _is_meant(metric: PlacedMetric, demand: kinds.Metric) -> bool:
    return is_number(metric.value) and fits(demand.group, metric.group) and fits(demand.name, metric.name)


def _limit_fault(value: float, demand: kinds.Metric) -> str | None:
    if demand.at_least is not None and value < demand.at_least:
        return f", and at least {_shown(demand.at_least)} is required"
    if demand.at_most is not None and value > demand.at_most:
        return f", and at most {_shown(demand.at_most)} is allowed"
    return None


def _aged(job: Job, max_days: int, visit: Visit) -> Iterator[Found]:
    moment = date_of_job(job.value, visit.subject.job_times)
    fault = age_fault(moment, visit.subject.now, max_days)
    dated = None if moment is None else day(moment)
    yield Found(fault is None, f"{EVALUATIONS}/{job.position}", f"{job.name} {fault or f'is dated {dated}'}", dated)


def judge_regression(demand: kinds.Regression) -> Judge:
    """Return the judge of whether no metric is worse than in the baseline."""

    def judge(visit: Visit) -> Iterator[Found]:
        compared = visit.changes_since(demand.against)
        if compared is None:
            words = visit.subject.baselines.named or demand.against
            yield Found(None, EVALUATIONS, f"There is no {words} version to compare with")
            return
        baseline, _, changes = compared
        named = [change for change in changes if _concerns(demand, change)]
        found = [item for change in named for item in _change(demand, change, visit)]
        yield from found
        if not found:
            where = f" of version {baseline.version}" if baseline.version else ""
            yield Found(None, EVALUATIONS, f"No metric can be compared with the evaluations{where}")

    return judge


def _concerns(demand: kinds.Regression, change: MetricChange) -> bool:
    return (
        fits(demand.metric, change.name)
        and fits(demand.group, change.group)
        and fits(demand.evaluation, str(change.pair.after.value.get("name", "")) if change.pair.after else "")
    )


def _change(demand: kinds.Regression, change: MetricChange, visit: Visit) -> Iterator[Found]:
    before, after = change.before, change.after
    if not (is_number(before) and is_number(after)) or change.pair.after is None or change.difference is None:
        return
    name = visit.named(change.name)
    pointer = _place_of(change, visit)
    old, new = _shown_pair(before, after)
    direction = Direction(demand.direction) if demand.direction else change.direction
    change_of_values = {"before": before, "after": after, "pairing": change.pair.reason}
    if direction is Direction.UNKNOWN:
        yield Found(
            None, pointer, f"{name} {old} -> {new}, no direction is known ({change.evaluation})", change_of_values
        )
        return
    loss = _loss(before, after, direction)
    scale = max(abs(before), abs(after))
    tolerance = max(demand.tolerance_absolute, demand.tolerance_relative * abs(before)) + _ROUNDING * scale
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


def _place_of(change: MetricChange, visit: Visit) -> str:
    job = change.pair.after
    if job is None:
        return EVALUATIONS
    sought = (change.group, change.name, change.after)
    places = (one.pointer for one in visit.metrics_of(job) if (one.group, one.name, one.value) == sought)
    return next(places, f"{EVALUATIONS}/{job.position}")


def judge_freshness(demand: kinds.Freshness) -> Judge:
    """Return the judge of whether a date is recent."""

    def judge(visit: Visit) -> Iterator[Found]:
        if demand.evaluation is not None:
            jobs = visit.jobs_named(demand.evaluation)
            for job in jobs:
                yield from _aged(job, demand.max_days, visit)
            if not jobs:
                yield Found(False, EVALUATIONS, f"There is no evaluation named {demand.evaluation}")
        elif demand.pointer is not None:
            value = value_at(visit.subject.card.content, demand.pointer)
            name = name_of_place(visit.subject.card.content, demand.pointer)
            yield _dated(demand.pointer, name, read_date(value), demand.max_days, visit)
        else:
            times = [proof.at for proof in visit.subject.evidence if proof.kind == demand.evidence]
            yield _dated("", f"The evidence {demand.evidence}", max(times, default=None), demand.max_days, visit)

    return judge


def _dated(pointer: str, what: str, moment: int | None, max_days: int, visit: Visit) -> Found:
    fault = age_fault(moment, visit.subject.now, max_days)
    dated = None if moment is None else day(moment)
    return Found(fault is None, pointer, sentence(what, fault or f"is dated {dated}"), dated)


def judge_evidence(demand: kinds.Evidence) -> Judge:
    """Return the judge of whether the card has evidence."""

    def judge(visit: Visit) -> Iterator[Found]:
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
