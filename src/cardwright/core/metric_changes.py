"""Metrics and charts of paired evaluation jobs: what became better, what became worse, and by how much."""

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cardwright.core.directions import Direction, direction_of
from cardwright.core.measures import Measure, is_number, measures_of
from cardwright.core.pairing import Job, JobPair
from cardwright.core.periods import without_period

_SIMPLE = frozenset({"number", "string", "boolean"})


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A metric of one or both sides.

    Attributes:
        pair: the evaluation jobs that it belongs to.
        before_deviation, after_deviation: the standard deviations; None where none is given.
        difference: after minus before; None unless both are numbers.
        relative: the change as a share of the value before; for metrics where 0 is best, the change of the distance
            from 0. Infinite after a value of 0. None without a difference.
        within: whether the change is smaller than the larger deviation. Such a change counts as the same.
    """

    pair: JobPair
    group: str
    name: str
    before: object
    after: object
    direction: Direction
    verdict: Verdict
    before_deviation: float | None = None
    after_deviation: float | None = None
    difference: float | None = None
    relative: float | None = None
    within: bool = False

    @property
    def evaluation(self) -> str:
        """The stored name of the evaluation job; of two, the second's."""
        return self.pair.stored_name


@dataclass(frozen=True, slots=True)
class ChartPair:
    """A chart of one or both sides: the metrics as the contents have them."""

    pair: JobPair
    group: str
    name: str
    kind: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None

    @property
    def evaluation(self) -> str:
        return self.pair.stored_name

    @property
    def same(self) -> bool:
        return self.before == self.after


def changes_of(pairs: Iterable[JobPair], objective: object) -> tuple[list[MetricChange], list[ChartPair]]:
    """Compare the metrics and charts of paired jobs. ``objective`` is the card's objective function."""
    metrics: list[MetricChange] = []
    directions: dict[tuple[str, str], Direction] = {}
    charts: list[ChartPair] = []
    for pair in pairs:
        for one, other in _matched(pair):
            measure = other or one
            if measure is None:
                continue
            kinds = {str(item.stored["type"]) for item in (one, other) if item is not None}
            if kinds & _SIMPLE:
                key = (measure.name, measure.group)
                if key not in directions:
                    directions[key] = direction_of(*key, objective)
                # Yes, no and words are not higher or lower, whatever the name says: "Latency budget met" is true.
                direction = directions[key] if "number" in kinds else Direction.UNKNOWN
                metrics.append(_metric(pair, measure, one, other, direction))
            else:
                stored = [None if item is None else item.stored for item in (one, other)]
                charts.append(ChartPair(pair, measure.group, measure.name, "/".join(sorted(kinds)), *stored))
    return metrics, charts


def metrics_compared(one: Job, other: Job) -> int:
    """Return how many metrics of two jobs are compared when they are a pair. Charts do not count."""
    matched = ((mine, theirs) for mine, theirs in _matched(JobPair(one, other)) if mine and theirs)
    return sum(bool({str(measure.stored["type"]) for measure in both} & _SIMPLE) for both in matched)


def ranked(metrics: Iterable[MetricChange], *verdicts: Verdict, limit: int | None = None) -> list[MetricChange]:
    """Return the metrics of these verdicts, the largest relative change first."""
    found = [metric for metric in metrics if metric.verdict in verdicts and metric.difference is not None]
    return sorted(found, key=lambda metric: abs(metric.relative or 0), reverse=True)[:limit]


def _matched(pair: JobPair) -> Iterator[tuple[Measure | None, Measure | None]]:
    """Yield the metrics of two jobs by group, name and order. Groups may differ in date, quarter or version."""
    one, other = ([] if job is None else measures_of(job.value) for job in (pair.before, pair.after))
    partners = _partners(one, other, _key)
    rest = [measure for measure in other if id(measure) not in partners]
    if rest:
        partners |= _partners(_left(one, partners), rest, _lenient_key)
    for measure in other:
        yield partners.get(id(measure)), measure
    yield from ((measure, None) for measure in _left(one, partners))


def _left(one: Sequence[Measure], partners: Mapping[int, Measure]) -> list[Measure]:
    """The metrics of the first job without a partner."""
    taken = {id(old) for old in partners.values()}
    return [measure for measure in one if id(measure) not in taken]


def _partners(
    one: Sequence[Measure], other: Sequence[Measure], key: Callable[[Measure], Hashable]
) -> dict[int, Measure]:
    """Map each metric of the second job, by identity, to the first's metric of the same key."""
    known = {key(measure): measure for measure in reversed(one)}
    found = {}
    for measure in other:
        old = known.pop(key(measure), None)
        if old is not None:
            found[id(measure)] = old
    return found


def _key(measure: Measure) -> tuple[str, str, int]:
    return measure.group, measure.name, measure.number


def _lenient_key(measure: Measure) -> tuple[str, str, int]:
    return without_period(measure.group), measure.name, measure.number


def _metric(
    pair: JobPair, measure: Measure, one: Measure | None, other: Measure | None, direction: Direction
) -> MetricChange:
    before, after = (None if item is None else item.stored.get("value") for item in (one, other))
    deviations = (_deviation(one), _deviation(other))
    difference = relative = None
    within = False
    if one is None or other is None:
        verdict = Verdict.NEW if one is None else Verdict.GONE
    elif not (is_number(before) and is_number(after)):
        verdict = Verdict.SAME if before == after and type(before) is type(after) else Verdict.UNKNOWN
    else:
        difference = _finite(float(after) - float(before))
        relative = _relative(float(before), float(after), direction)
        within = _is_within(difference, *deviations)
        verdict = Verdict.SAME if within else _verdict(before, after, direction)
    return MetricChange(
        pair, measure.group, measure.name, before, after, direction, verdict, *deviations, difference, relative, within
    )


def _deviation(measure: Measure | None) -> float | None:
    return None if measure is None else measure.deviation


def _is_within(difference: float | None, *deviations: float | None) -> bool:
    return bool(difference) and abs(difference or 0) < max(deviation or 0 for deviation in deviations)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _relative(before: float, after: float, direction: Direction) -> float:
    zero = direction is Direction.ZERO
    one, other = (abs(before), abs(after)) if zero else (before, after)
    if one == other:
        return 0.0
    return (other - one) / abs(one) if one else math.copysign(math.inf, other - one)


def _verdict(before: float, after: float, direction: Direction) -> Verdict:
    if before == after:
        return Verdict.SAME
    if direction is Direction.UNKNOWN:
        return Verdict.UNKNOWN
    if direction in {Direction.ZERO, Direction.ONE}:
        goal = 0 if direction is Direction.ZERO else 1
        nearer = abs(before - goal) - abs(after - goal)
        return Verdict.SAME if nearer == 0 else Verdict.BETTER if nearer > 0 else Verdict.WORSE
    higher = after > before
    return Verdict.BETTER if higher is (direction is Direction.HIGHER) else Verdict.WORSE
