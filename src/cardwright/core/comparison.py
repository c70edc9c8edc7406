"""Compare two contents: texts word by word, lists and values, metrics with their direction, and charts.

Values are matched by their path. Evaluation jobs, metric groups and metrics are matched by name, and those of equal
name by their order.
"""

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from cardwright.core.directions import Direction, direction_of

Path: TypeAlias = tuple[str, ...]

_TOKENS = re.compile(r"\w+(?:[.,:/'\u2019-]\w+)*|\s+|[^\w\s]")
_MAX_TOKENS = 4_000  # longer texts count as rewritten: a comparison by words costs the product of both lengths
_SIMPLE = frozenset({"number", "string", "boolean"})
_PROSE = 60  # characters from which a text is compared word by word


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"
    NEW = "new"
    GONE = "gone"


class Word(StrEnum):
    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that changed, with its words in order; None for a side without text."""

    path: Path
    before: str | None
    after: str | None
    words: tuple[tuple[Word, str], ...]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A short value or a list that changed; ``kept``, ``inserted`` and ``deleted`` are the items of a list."""

    path: Path
    before: Any
    after: Any
    kept: tuple[Any, ...] = ()
    inserted: tuple[Any, ...] = ()
    deleted: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A metric of one or both sides. ``difference`` is after minus before; None unless both are numbers."""

    evaluation: str
    group: str
    name: str
    before: Any
    after: Any
    difference: float | None
    direction: Direction
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ChartPair:
    """A chart of one or both sides: the metrics as the contents have them."""

    evaluation: str
    group: str
    name: str
    kind: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def same(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two contents, and the comparison of all their metrics and charts."""

    texts: tuple[TextChange, ...]
    values: tuple[ValueChange, ...]
    metrics: tuple[MetricChange, ...]
    charts: tuple[ChartPair, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(metric.verdict is verdict for metric in self.metrics)

    @property
    def equal(self) -> bool:
        """Whether both contents are equal."""
        metrics = all(metric.verdict is Verdict.SAME for metric in self.metrics)
        return not (self.texts or self.values) and metrics and all(chart.same for chart in self.charts)


def compare(before: Any, after: Any) -> Comparison:
    """Compare two parsed contents of any shape."""
    texts: list[TextChange] = []
    values: list[ValueChange] = []
    for path, one, other in _differences((), _without_metrics(before), _without_metrics(after)):
        change = _change(path, one, other)
        texts.append(change) if isinstance(change, TextChange) else values.append(change)
    objective = _objective(after) or _objective(before)
    metrics: list[MetricChange] = []
    charts: list[ChartPair] = []
    for (evaluation, group, name, _), one, other in _pairs(_metrics(before), _metrics(after)):
        kinds = {str(item["type"]) for item in (one, other) if item is not None}
        if kinds & _SIMPLE:
            old, new = (None if item is None else item.get("value") for item in (one, other))
            direction = direction_of(name, group, objective)
            metrics.append(_metric(evaluation, group, name, old, new, direction, one is None, other is None))
        else:
            charts.append(ChartPair(evaluation, group, name, "/".join(sorted(kinds)), one, other))
    return Comparison(tuple(texts), tuple(values), tuple(metrics), tuple(charts))


def as_document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as data for JSON."""
    return {
        "equal": comparison.equal,
        "texts": [
            {
                "path": ".".join(item.path),
                "before": item.before,
                "after": item.after,
                "words": [{"change": str(change), "text": text} for change, text in item.words],
            }
            for item in comparison.texts
        ],
        "values": [
            {"path": ".".join(item.path), "before": item.before, "after": item.after} for item in comparison.values
        ],
        "metrics": [
            {
                "evaluation": item.evaluation,
                "group": item.group,
                "name": item.name,
                "before": item.before,
                "after": item.after,
                "difference": item.difference,
                "direction": str(item.direction),
                "verdict": str(item.verdict),
            }
            for item in comparison.metrics
        ],
        "charts": [
            {
                "evaluation": item.evaluation,
                "group": item.group,
                "name": item.name,
                "type": item.kind,
                "same": item.same,
                "before": item.before and item.before.get("value"),
                "after": item.after and item.after.get("value"),
            }
            for item in comparison.charts
        ],
    }


def word_changes(before: str, after: str) -> tuple[tuple[Word, str], ...]:
    """Return the words of two texts in one order, each kept, inserted or deleted."""
    one, other = _TOKENS.findall(before), _TOKENS.findall(after)
    if len(one) > _MAX_TOKENS or len(other) > _MAX_TOKENS:
        return ((Word.DELETED, before), (Word.INSERTED, after))
    words: list[tuple[Word, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            words.append((Word.KEPT, "".join(one[a:b])))
            continue
        words += [(Word.DELETED, "".join(one[a:b]))] if b > a else []
        words += [(Word.INSERTED, "".join(other[c:d]))] if d > c else []
    return tuple(words)


def _without_metrics(content: Any) -> Any:
    """Return content without metric groups, its evaluation jobs by name."""
    if not isinstance(content, dict):
        return {}
    jobs = content.get("evaluation_details")
    if not isinstance(jobs, list):
        return content
    named: dict[str, Any] = {}
    for job in jobs:
        if isinstance(job, dict):
            rest = {key: value for key, value in job.items() if key not in {"metric_groups", "name"}}
            named[_free(named, str(job.get("name", "")))] = rest
    return {**content, "evaluation_details": named}


def _free(taken: Mapping[str, Any], name: str) -> str:
    number = 1
    while (f"{name} ({number})" if number > 1 else name) in taken:
        number += 1
    return f"{name} ({number})" if number > 1 else name


def _differences(path: Path, before: Any, after: Any) -> Iterator[tuple[Path, Any, Any]]:
    before, after = _by_name(before), _by_name(after)
    if isinstance(before, dict) or isinstance(after, dict):
        one = before if isinstance(before, dict) else {}
        other = after if isinstance(after, dict) else {}
        for key in dict.fromkeys((*one, *other)):
            yield from _differences((*path, key), one.get(key), other.get(key))
    elif before != after or (type(before) is not type(after) and not _numbers(before, after)):
        yield path, before, after


def _by_name(value: Any) -> Any:
    """Return a list of named rows, such as hyperparameters, by name; any other value unchanged."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return value
    if not all(isinstance(item.get("name"), str) and len(item) > 1 for item in value):
        return value
    named: dict[str, Any] = {}
    for item in value:
        named[_free(named, item["name"])] = {key: member for key, member in item.items() if key != "name"}
    return named


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _change(path: Path, before: Any, after: Any) -> TextChange | ValueChange:
    if isinstance(before, list) or isinstance(after, list):
        one, other = before or [], after or []
        one, other = one if isinstance(one, list) else [one], other if isinstance(other, list) else [other]
        kept = tuple(item for item in other if item in one)
        inserted = tuple(item for item in other if item not in one)
        deleted = tuple(item for item in one if item not in other)
        return ValueChange(path, before, after, kept, inserted, deleted)
    texts = all(value is None or isinstance(value, str) for value in (before, after))
    if texts and max(len(before or ""), len(after or "")) >= _PROSE:
        return TextChange(path, before, after, word_changes(before or "", after or ""))
    return ValueChange(path, before, after)


def _metrics(content: Any) -> dict[tuple[str, str, str, int], Mapping[str, Any]]:
    """Return all metrics by evaluation job, group, name, and number among equal names."""
    found: dict[tuple[str, str, str, int], Mapping[str, Any]] = {}
    jobs = content.get("evaluation_details") if isinstance(content, dict) else None
    for job in jobs if isinstance(jobs, list) else []:
        for group in _list_in(job, "metric_groups"):
            for metric in _list_in(group, "metric_data"):
                if isinstance(metric, dict) and "type" in metric:
                    names = (str(job.get("name", "")), str(group.get("name", "")), str(metric.get("name", "")))
                    number = 0
                    while (*names, number) in found:
                        number += 1
                    found[*names, number] = metric
    return found


def _list_in(value: Any, key: str) -> list[Any]:
    items = value.get(key) if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def _pairs(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[tuple[Any, Any, Any]]:
    for key in dict.fromkeys((*after, *before)):
        yield key, before.get(key), after.get(key)


def _objective(content: Any) -> Any:
    training = content.get("training_details") if isinstance(content, dict) else None
    return training.get("objective_function") if isinstance(training, dict) else None


def _metric(  # noqa: PLR0913, PLR0917 - the columns of one row
    evaluation: str, group: str, name: str, before: Any, after: Any, direction: Direction, new: bool, gone: bool
) -> MetricChange:
    if new or gone:
        verdict = Verdict.NEW if new else Verdict.GONE
        return MetricChange(evaluation, group, name, before, after, None, direction, verdict)
    if not _numbers(before, after):
        verdict = Verdict.SAME if before == after and type(before) is type(after) else Verdict.UNKNOWN
        return MetricChange(evaluation, group, name, before, after, None, direction, verdict)
    difference = _finite(float(after) - float(before))
    return MetricChange(
        evaluation, group, name, before, after, difference, direction, _verdict(before, after, direction)
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


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
