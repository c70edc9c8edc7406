"""The rows of a comparison: gains and losses, metrics by evaluation job, and the words about a pair."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cardwright.console.compare.address import Address
from cardwright.console.wording import figure
from cardwright.core.comparison import Comparison
from cardwright.core.directions import Direction, is_objective
from cardwright.core.measures import is_number
from cardwright.core.metric_changes import MetricChange, Verdict, metrics_compared, ranked
from cardwright.core.pairing import Job, JobPair, evaluation_jobs, kind_of
from cardwright.formats.metric_names import readable, readable_names
from cardwright.formats.numbers import MINUS, NARROW, column_places, difference, percent, rounded_to
from cardwright.formats.wording import GROUPS, in_words, names_facet

DIRECTIONS = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.ZERO: "Closer to 0 is better",
    Direction.ONE: "Closer to 1 is better",
    Direction.UNKNOWN: "Direction unknown",
}
_BAR = 69  # half of a bar's width
_RANKED = 5  # gains and losses
_MOVES = 3  # changes on the page of a card
_FEW = 12  # rows up to which all jobs are open
_WORDS = {Verdict.NEW: "new", Verdict.GONE: "gone", Verdict.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Row:
    """A metric, ready to print.

    Attributes:
        size: the length of its bar.
        place: its evaluation job, with its metric group where that names a facet or two rows would read the same.
    """

    change: MetricChange
    name: str
    direction: str
    before: str | None
    before_deviation: str
    after: str | None
    after_deviation: str
    difference: str
    relative: str
    size: float
    place: str = ""

    @property
    def verdict(self) -> str:
        return self.change.verdict.value

    @property
    def left(self) -> float:
        """Where a bar to the left begins."""
        return _BAR - self.size


@dataclass(frozen=True, slots=True)
class JobRows:
    """The metrics of a pair of evaluation jobs.

    Attributes:
        groups: the shown rows by metric group, with the group's title; empty where one group needs none.
        counts: the number of metrics of each verdict that is not better or worse, in words.
        mark: the pair as :attr:`Address.change` names it.
    """

    pair: JobPair
    kind: str
    groups: Sequence[tuple[str, Sequence[Row]]]
    better: int
    worse: int
    counts: str
    within_hidden: int
    is_open: bool
    mark: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Option:
    """A possible partner of a job."""

    name: str
    about: str
    is_current: bool


def is_shown(metric: MetricChange, show: str) -> bool:
    """Whether a metric is among those that the switch shows."""
    if show == "all":
        return True
    return metric.verdict is Verdict.WORSE if show == "worse" else metric.verdict is not Verdict.SAME


def top_rows(found: Comparison) -> tuple[list[Row], list[Row]]:
    """The largest gains and losses, with bars of at most 100. Two names of one quantity, such as recall, count once."""
    gains, losses = (_distinct(ranked(found.metrics, verdict))[:_RANKED] for verdict in (Verdict.BETTER, Verdict.WORSE))
    rows = _rows_together([*gains, *losses])
    return rows[: len(gains)], rows[len(gains) :]


def three_moves(found: Comparison) -> list[Row]:
    """The changes to show first: the objective's metric, then the largest of all gains and losses, losses first."""
    goal = [metric for metric in found.metrics if _is_moved(metric) and is_objective(metric.name, found.objective)][:1]
    moves = _distinct([*goal, *ranked(found.metrics, Verdict.BETTER, Verdict.WORSE)])[:_MOVES]
    rest = sorted(moves[len(goal) :], key=lambda metric: metric.verdict is not Verdict.WORSE)
    return _rows_together([*goal, *rest])


def _is_moved(metric: MetricChange) -> bool:
    return bool(metric.difference) and metric.verdict is not Verdict.SAME


def _rows_together(metrics: Sequence[MetricChange]) -> list[Row]:
    """The rows of metrics of several jobs and groups, with bars of at most 100."""
    names = readable_names(metric.name for metric in metrics)
    largest = _largest(metrics)
    read = Counter((names[metric.name], metric.pair.name) for metric in metrics)
    rows = []
    for metric in metrics:
        name, place = names[metric.name], metric.pair.name
        if read[name, place] > 1 or names_facet(metric.group):
            place = f"{place}, {in_words(metric.group, GROUPS) or metric.group}"
        rows.append(replace(_row(metric, name, largest, 100), place=place))
    return rows


def _distinct(metrics: Iterable[MetricChange]) -> list[MetricChange]:
    known: dict[tuple[int, str, object, object], MetricChange] = {}
    for metric in metrics:
        known.setdefault((id(metric.pair), readable(metric.name), metric.before, metric.after), metric)
    return list(known.values())


def _largest(metrics: Iterable[MetricChange]) -> float:
    """The largest finite relative change, which fills its bar. A change from 0 has no size and fills its bar too."""
    sizes = (abs(metric.relative) for metric in metrics if metric.relative and math.isfinite(metric.relative))
    return max(sizes, default=1.0)


def jobs_of(found: Comparison, address: Address) -> list[JobRows]:
    """The metrics by evaluation job: those that the switch shows, and the numbers of all."""
    shown = [metric for metric in found.metrics if is_shown(metric, address.show)]
    by_pair: dict[int, list[MetricChange]] = {id(pair): [] for pair in found.pairs}
    for metric in found.metrics:
        by_pair[id(metric.pair)].append(metric)
    few = address.show == "worse" or len(shown) <= _FEW
    jobs: list[JobRows] = []
    first = True
    for number, pair in enumerate(found.pairs):
        rows = [metric for metric in by_pair[id(pair)] if is_shown(metric, address.show)]
        if not rows and address.show == "worse":
            continue
        mark = _mark(pair)
        opened = (bool(rows) and (few or first)) or mark == address.change
        first = first and not rows
        jobs.append(_job(pair, by_pair[id(pair)], rows, opened, mark, f"job-{number + 1}"))
    return jobs


def options_of(pair: JobPair, found: Comparison, before: object, after: object) -> list[Option]:
    """The jobs of the other side that a job may be paired with: those without a pair first, then the most similar."""
    job = pair.after or pair.before
    if job is None:
        return []
    others = evaluation_jobs(before if pair.after else after)
    partner = pair.before if pair.after else None
    mine = kind_of(job.value)
    common = {other.position: metrics_compared(job, other) for other in others}
    taken = {
        (one.before if pair.after else one.after).position: one.name
        for one in found.pairs
        if one.before and one.after and one is not pair
    }
    current = None if partner is None else partner.position
    ordered = sorted(
        others,
        key=lambda other: (
            other.position != current,
            other.position in taken,
            other.name not in pair.candidates,
            kind_of(other.value) != mine,
            -common[other.position],
        ),
    )
    return [
        Option(
            other.name,
            _about(other, mine, common[other.position], pair, taken.get(other.position)),
            other.position == current,
        )
        for other in ordered
    ]


def without_pairs(found: Comparison) -> bool:
    """Whether there are evaluation jobs, and each of them is on one side only."""
    return bool(found.pairs) and not any(pair.before and pair.after for pair in found.pairs)


def pairing_address(found: Comparison, address: Address) -> str | None:
    """The address of the first job with its form of pairs open; None where one side has no jobs to choose from."""
    if not (any(pair.before for pair in found.pairs) and any(pair.after for pair in found.pairs)):
        return None
    return address.to("job-1", show="changed", change=_mark(found.pairs[0]))


def find_pair(found: Comparison, mark: str) -> JobPair | None:
    return next((pair for pair in found.pairs if mark and _mark(pair) == mark), None)


def _mark(pair: JobPair) -> str:
    if pair.after is not None:
        return f"b:{pair.after.position}"
    return f"a:{pair.before.position}" if pair.before else ""


def _about(other: Job, kind: str, common: int, pair: JobPair, taken: str | None) -> str:
    same = "Same kind" if kind_of(other.value) == kind else kind_of(other.value)
    fits = " Fits equally well." if other.name in pair.candidates else ""
    loses = "" if taken is None else f" {taken} loses this pair."
    return f"{same}. {common} {'metric' if common == 1 else 'metrics'} in common.{fits}{loses}"


def _job(  # noqa: PLR0913, PLR0917 - the parts of a job
    pair: JobPair, metrics: Sequence[MetricChange], shown: Sequence[MetricChange], opened: bool, mark: str, anchor: str
) -> JobRows:
    counts = {verdict: sum(metric.verdict is verdict for metric in metrics) for verdict in Verdict}
    within = sum(metric.within for metric in metrics)
    words = [f"{counts[verdict]} {word}" for verdict, word in _WORDS.items() if counts[verdict]]
    same = counts[Verdict.SAME] - within
    words += [f"{same} same"] if same else []
    words += [f"{within} within ±"] if within else []
    hidden = within - sum(metric.within for metric in shown)
    job = pair.after or pair.before
    return JobRows(
        pair=pair,
        kind=kind_of(job.value) if job else "",
        groups=_groups(shown, metrics),
        better=counts[Verdict.BETTER],
        worse=counts[Verdict.WORSE],
        counts=", ".join(words) or ("no metrics" if not metrics else ""),
        within_hidden=hidden,
        is_open=opened,
        mark=mark,
        anchor=anchor,
    )


def _groups(shown: Sequence[MetricChange], metrics: Iterable[MetricChange]) -> list[tuple[str, list[Row]]]:
    """The rows of the shown metrics, by group. Names that occur twice in a group show their stored names."""
    stored: dict[str, list[str]] = {}
    for metric in metrics:
        stored.setdefault(metric.group, []).append(metric.name)
    names = {group: readable_names(some) for group, some in stored.items()}
    largest = _largest(shown)
    groups: dict[str, list[Row]] = {}
    for metric in shown:
        row = _row(metric, names[metric.group][metric.name], largest, _BAR)
        groups.setdefault(metric.group, []).append(row)
    if len(groups) == 1:
        return [("", rows) for rows in groups.values()]
    return [(in_words(name, GROUPS) or name, rows) for name, rows in groups.items()]


def _row(metric: MetricChange, name: str, largest: float, length: float) -> Row:
    before, after = metric.before, metric.after
    places = column_places([value for value in (before, after) if is_number(value)] or [0])
    changed = difference(before, after) if is_number(before) and is_number(after) else None
    return Row(
        change=metric,
        name=name,
        direction=DIRECTIONS[metric.direction],
        before=_value(before, places),
        before_deviation=_deviation(metric.before_deviation, places),
        after=_value(after, places),
        after_deviation=_deviation(metric.after_deviation, places),
        difference=changed or "–",
        relative=_relative(metric.relative),
        size=_size(metric.relative, largest, length),
    )


def _value(value: object, places: int) -> str | None:
    if value is None:
        return None
    return rounded_to(value, places) if is_number(value) else figure(value)


def _deviation(deviation: float | None, places: int) -> str:
    return "" if deviation is None else f"±{NARROW}{rounded_to(deviation, places)}"


def _relative(relative: float | None) -> str:
    if relative is None or relative == 0:
        return "–" if relative is None else percent(0)
    if math.isinf(relative):
        return "from 0"
    return f"{MINUS if relative < 0 else '+'}{percent(abs(relative))}"


def _size(relative: float | None, largest: float, length: float) -> float:
    if not relative:
        return 0
    return round(min(length, max(1.5, length * abs(relative) / largest)), 1)
