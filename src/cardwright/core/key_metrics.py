"""Key metrics: what a reader looks at first in each evaluation job."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardwright.core.comparison import Comparison, MetricChange, Verdict
from cardwright.core.directions import Direction, direction_of
from cardwright.core.json_value import is_json_number, list_at, number_at, object_at, objects_at, text_at

METRIC_LIMIT = 3
_DEVIATION, _BASELINE = " - standard_deviation", "_best_constant_classifier"
_ROUTINE = re.compile(r"support|count|samples|threshold|std|stddev|stderr|.*_(count|samples|threshold)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EvaluationKind:
    """A kind of evaluation job: the names of its metric groups, and the metrics that readers expect first.

    Attributes:
        metrics: patterns of metric names, most important first; empty for the largest values instead.
    """

    title: str
    groups: re.Pattern[str]
    metrics: tuple[re.Pattern[str], ...] = ()


def _named(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_AREA, _F1 = r"(roc.?)?auc([ _]score)?|auroc|area under.*", r"(weighted_|macro_)?f_?1([ _-]score)?"
KINDS = (
    EvaluationKind(
        "Binary classification",
        re.compile(r"binary_classification_metrics", re.IGNORECASE),
        _named(_AREA, "precision", "recall", _F1, "accuracy"),
    ),
    EvaluationKind(
        "Multiclass classification",
        re.compile(r"multiclass_classification_metrics|classification_report", re.IGNORECASE),
        _named("accuracy", _F1, "(weighted_|macro_)?recall", "(weighted_|macro_)?precision"),
    ),
    EvaluationKind(
        "Regression",
        re.compile(r"regression_metrics", re.IGNORECASE),
        _named("rmse", "mae", r"r_?2|r2_score|r_squared", "mse"),
    ),
    EvaluationKind(
        "Bias report", re.compile(r"(pre|post)_training_bias.*|.*bias_metrics.*", re.IGNORECASE | re.DOTALL)
    ),
    EvaluationKind("Explainability report", re.compile(r"explanations.*|.*shap.*", re.IGNORECASE | re.DOTALL)),
)
CUSTOM = EvaluationKind(
    "Custom metrics", re.compile(""), _named(_AREA, "accuracy", _F1, "precision", "recall", "rmse", "mae")
)


@dataclass(frozen=True, slots=True)
class KeyMetric:
    """One number of a job, with its deviation and its change against another version, if any.

    Attributes:
        trend: its values in the last versions, oldest first and None where it is missing; empty where not asked for.
    """

    group: str
    name: str
    value: int | float
    deviation: int | float | None = None
    change: MetricChange | None = None
    trend: tuple[int | float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class JobSummary:
    """An evaluation job in one row: its kind, the size of its results, and at most three key metrics."""

    kind: str
    charts: int
    numbers: int
    metrics: tuple[KeyMetric, ...]


def summaries(content: object, comparison: Comparison | None = None) -> list[JobSummary]:
    """Return a summary of each evaluation job of a parsed content, in stored order.

    Args:
        comparison: of an earlier content with this one; it gives each metric its change.
    """
    changes = _changes(comparison)
    facet = _objective_metric(content)
    return [_summary(job, facet, changes) for job in list_at(content, "evaluation_details")]


def result_counts(comparison: Comparison) -> Mapping[Verdict, int]:
    """Count results by verdict, without deviations and results of the best constant classifier."""
    counts = dict.fromkeys(Verdict, 0)
    for item in comparison.metrics:
        if is_result(item.name):
            counts[item.verdict] += 1
    return counts


def is_result(name: str) -> bool:
    """Whether a metric is a result, not a deviation of another metric or the best constant classifier's."""
    return not name.endswith((_DEVIATION, _BASELINE))


Changes = Mapping[tuple[str, str, str], "deque[MetricChange]"]


def _changes(comparison: Comparison | None) -> Changes:
    """The changes by name; those of equal names in stored order."""
    found: dict[tuple[str, str, str], deque[MetricChange]] = defaultdict(deque)
    for item in comparison.metrics if comparison else ():
        if item.verdict is not Verdict.GONE:
            found[item.evaluation, item.group, item.name].append(item)
    return found


def _summary(job: object, facet: str, changes: Changes) -> JobSummary:
    groups = objects_at(job, "metric_groups")
    kind = _kind(groups)
    metrics = [item for group in groups for item in _numbers(_name(job), group, changes)]
    if kind.title == "Explainability report":
        metrics += [item for group in groups if not _name(group).endswith("pdp") for item in _bars(group)]
    charts = sum(_is_chart(metric) for group in groups for metric in list_at(group, "metric_data"))
    results = [item for item in metrics if is_result(item.name)]
    return JobSummary(kind.title, charts, len(metrics), tuple(_chosen(kind, results, facet)))


def _kind(groups: Sequence[Mapping[str, object]]) -> EvaluationKind:
    names = [_name(group) for group in groups]
    return next((kind for kind in KINDS if any(kind.groups.fullmatch(name) for name in names)), CUSTOM)


def _chosen(kind: EvaluationKind, metrics: Sequence[KeyMetric], facet: str) -> list[KeyMetric]:
    """The metrics of the objective, then the usual ones of the kind, then the first of the rest."""
    chosen = [item for item in metrics if facet and facet in item.name.lower().replace("-", "_")]
    for pattern in kind.metrics:
        chosen += [item for item in metrics if pattern.fullmatch(item.name)]
    if not kind.metrics:
        chosen += sorted(metrics, key=_distance, reverse=True)
    chosen += [item for item in metrics if not _ROUTINE.fullmatch(item.name)]
    unique = {(item.group, item.name): item for item in reversed(chosen)}
    order = list(dict.fromkeys((item.group, item.name) for item in chosen))
    if kind.metrics:  # the AUC of each part of the data comes after the other usual metrics of the whole
        firsts = {name: (group, name) for group, name in reversed(order)}
        order.sort(key=lambda key: firsts[key[1]] != key)
    return [unique[key] for key in order][:METRIC_LIMIT]


def _distance(metric: KeyMetric) -> float:
    """How far a bias metric is from equal treatment; the size of any other number."""
    goal = 1.0 if direction_of(metric.name, metric.group) is Direction.ONE else 0.0
    return abs(metric.value - goal)


def _numbers(job: str, group: Mapping[str, object], changes: Changes) -> Iterator[KeyMetric]:
    stored = [(_name(metric), number_at(metric, "value")) for metric in objects_at(group, "metric_data")]
    values = {name: value for name, value in stored if value is not None}
    for name, value in stored:
        known = changes.get((job, _name(group), name))
        change = known.popleft() if known else None
        if value is not None:
            yield KeyMetric(_name(group), name, value, values.get(name + _DEVIATION), change)


def _bars(group: Mapping[str, object]) -> Iterator[KeyMetric]:
    """The bars of a group's bar charts, as features with their strength."""
    for metric in objects_at(group, "metric_data"):
        names, values = list_at(metric, "x_axis_name"), list_at(metric, "value")
        if metric.get("type") == "bar_chart" and len(names) == len(values):
            for name, value in zip(names, values, strict=True):
                if isinstance(name, str) and is_json_number(value):
                    yield KeyMetric(_name(group), name, value)


def _is_chart(metric: object) -> bool:
    return text_at(metric, "type") in {"bar_chart", "linear_graph", "matrix"}


def _name(value: object) -> str:
    return text_at(value, "name") or ""


def _objective_metric(content: object) -> str:
    """The metric that the objective function names, as part of names of metrics; empty when it names none."""
    members = object_at(content, "training_details")
    for key in ("objective_function", "function"):
        members = object_at(members, key) if isinstance(members.get(key), dict) else members
    facet = text_at(members, "facet") or ""
    return facet.strip().lower().replace("-", "_").replace(" ", "_")
