"""Compare two contents: texts word by word, lists and values, metrics with their direction, and charts.

Evaluation jobs are paired by :func:`~cardwright.core.pairing.pair_jobs`, metric groups and metrics of a pair by name.
Other values are matched by their path.
"""

import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeGuard

from cardwright.core.directions import Direction
from cardwright.core.json_value import is_json_number, value_at
from cardwright.core.metric_changes import ChartPair, MetricChange, Verdict, changes_of, ranked
from cardwright.core.pairing import Choice, JobPair, KeptChoice, pair_jobs

__all__ = ["ChartPair", "Choice", "Direction", "MetricChange", "Verdict"]

Path: TypeAlias = tuple[str, ...]

_TOKENS = re.compile(r"\w+(?:[.,:/'\u2019-]\w+)*|\s+|[^\w\s]")
_MAX_TOKENS = 4_000  # longer texts count as rewritten: a comparison by words costs the product of both lengths
_PROSE = 60  # characters from which a text is compared word by word
_RANKED = 5  # gains and losses


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
    before: object
    after: object
    kept: tuple[object, ...] = ()
    inserted: tuple[object, ...] = ()
    deleted: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two contents, and the comparison of all their metrics and charts.

    Attributes:
        pairs: the evaluation jobs, those of the second content first.
        same_texts: the texts that did not change, by path.
        same_values: the number of values and lists that did not change.
        objective: the objective function of the second content, else of the first, as stored.
    """

    texts: tuple[TextChange, ...]
    values: tuple[ValueChange, ...]
    pairs: tuple[JobPair, ...]
    metrics: tuple[MetricChange, ...]
    charts: tuple[ChartPair, ...]
    same_texts: tuple[tuple[Path, str], ...] = ()
    same_values: int = 0
    objective: object = None

    def count(self, verdict: Verdict) -> int:
        return sum(metric.verdict is verdict for metric in self.metrics)

    @property
    def within(self) -> int:
        """The number of metrics whose change is smaller than their deviation."""
        return sum(metric.within for metric in self.metrics)

    @property
    def gains(self) -> list[MetricChange]:
        """The five largest improvements by relative change."""
        return ranked(self.metrics, Verdict.BETTER, limit=_RANKED)

    @property
    def losses(self) -> list[MetricChange]:
        """The five largest losses by relative change."""
        return ranked(self.metrics, Verdict.WORSE, limit=_RANKED)

    @property
    def equal(self) -> bool:
        """Whether both contents are equal."""
        metrics = all(metric.verdict is Verdict.SAME and not metric.within for metric in self.metrics)
        deviations = all(metric.before_deviation == metric.after_deviation for metric in self.metrics)
        jobs = all(pair.before and pair.after for pair in self.pairs)
        return not (self.texts or self.values) and metrics and deviations and jobs and not self.changed_charts

    @property
    def changed_charts(self) -> tuple[ChartPair, ...]:
        return tuple(chart for chart in self.charts if not chart.same)


def compare(
    before: object, after: object, *, by_hand: Sequence[Choice] = (), stored: Sequence[Choice | KeptChoice] = ()
) -> Comparison:
    """Compare two parsed contents of any shape.

    Args:
        before, after: the parsed contents.
        by_hand, stored: pairs of evaluation jobs, as :func:`~cardwright.core.pairing.pair_jobs` takes them.
    """
    pairs = pair_jobs(before, after, by_hand, stored)
    texts: list[TextChange] = []
    values: list[ValueChange] = []
    same_texts: list[tuple[Path, str]] = []
    same_values = 0
    for path, one, other in _leaves((), *_without_metrics(before, after, pairs)):
        if one != other or (type(one) is not type(other) and not (is_json_number(one) and is_json_number(other))):
            change = _change(path, one, other)
            texts.append(change) if isinstance(change, TextChange) else values.append(change)
        elif isinstance(one, str) and _is_prose(one):
            same_texts.append((path, one))
        else:
            same_values += one is not None
    objective = _objective(after) or _objective(before)
    metrics, charts = changes_of(pairs, objective)
    return Comparison(
        tuple(texts),
        tuple(values),
        tuple(pairs),
        tuple(metrics),
        tuple(charts),
        tuple(same_texts),
        same_values,
        objective,
    )


def as_document(comparison: Comparison) -> dict[str, object]:
    """Return a comparison as data for JSON."""
    return {
        "equal": comparison.equal,
        "counts": {
            **{str(verdict): comparison.count(verdict) for verdict in Verdict},
            "within_deviation": comparison.within,
        },
        "pairs": [_pair_document(pair) for pair in comparison.pairs],
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
        "metrics": [_metric_document(item) for item in comparison.metrics],
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


def _pair_document(pair: JobPair) -> dict[str, object]:
    return {
        "before": pair.before and pair.before.name,
        "after": pair.after and pair.after.name,
        "paired_by": pair.how and str(pair.how),
        "reason": pair.reason,
        "candidates": list(pair.candidates),
    }


def _metric_document(metric: MetricChange) -> dict[str, object]:
    relative = metric.relative
    return {
        "evaluation": metric.evaluation,
        "group": metric.group,
        "name": metric.name,
        "before": metric.before,
        "before_deviation": metric.before_deviation,
        "after": metric.after,
        "after_deviation": metric.after_deviation,
        "difference": metric.difference,
        "relative": relative if relative is not None and math.isfinite(relative) else None,
        "direction": str(metric.direction),
        "verdict": str(metric.verdict),
        "within_deviation": metric.within,
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


def _without_metrics(before: object, after: object, pairs: Sequence[JobPair]) -> Iterator[object]:
    """Yield both contents without metric groups, with each pair of evaluation jobs under one name."""
    names: dict[int, str] = {}
    taken: dict[str, None] = {}
    for pair in pairs:
        names[id(pair)] = _free(taken, pair.name)
        taken[names[id(pair)]] = None
    for side, content in (("before", before), ("after", after)):
        if not isinstance(content, dict):
            yield {}
        elif not isinstance(content.get("evaluation_details"), list):
            yield content
        else:
            jobs = {names[id(pair)]: _rest(pair, side) for pair in pairs if getattr(pair, side) is not None}
            yield {**content, "evaluation_details": jobs}


def _rest(pair: JobPair, side: str) -> dict[str, object]:
    """Return the members of a job without its metrics, and its name only where the other job has another one."""
    job = pair.before if side == "before" else pair.after
    members = dict(job.value) if job else {}
    renamed = pair.before and pair.after and pair.before.value.get("name") != pair.after.value.get("name")
    return {key: value for key, value in members.items() if key != "metric_groups" and (key != "name" or renamed)}


def _free(taken: Mapping[str, object], name: str) -> str:
    number = 1
    while (f"{name} ({number})" if number > 1 else name) in taken:
        number += 1
    return f"{name} ({number})" if number > 1 else name


def _leaves(path: Path, before: object, after: object) -> Iterator[tuple[Path, object, object]]:
    before, after = _by_name(before), _by_name(after)
    if isinstance(before, dict) or isinstance(after, dict):
        one = before if isinstance(before, dict) else {}
        other = after if isinstance(after, dict) else {}
        for key in dict.fromkeys((*one, *other)):
            yield from _leaves((*path, key), one.get(key), other.get(key))
    else:
        yield path, before, after


def _by_name(value: object) -> object:
    """Return a list of named rows, such as hyperparameters, by name; any other value unchanged."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return value
    if not all(isinstance(item.get("name"), str) and len(item) > 1 for item in value):
        return value
    named: dict[str, object] = {}
    for item in value:
        named[_free(named, item["name"])] = {key: member for key, member in item.items() if key != "name"}
    return named


def _change(path: Path, before: object, after: object) -> TextChange | ValueChange:
    if isinstance(before, list) or isinstance(after, list):
        one, other = before or [], after or []
        one, other = one if isinstance(one, list) else [one], other if isinstance(other, list) else [other]
        kept = tuple(item for item in other if item in one)
        inserted = tuple(item for item in other if item not in one)
        deleted = tuple(item for item in one if item not in other)
        return ValueChange(path, before, after, kept, inserted, deleted)
    if (_is_prose(before) or _is_prose(after)) and _is_text(before) and _is_text(after):
        return TextChange(path, before, after, word_changes(before or "", after or ""))
    return ValueChange(path, before, after)


def _is_text(value: object) -> TypeGuard[str | None]:
    return value is None or isinstance(value, str)


def _is_prose(value: object) -> bool:
    """Whether a value is compared word by word: a long text, and not a long address."""
    return isinstance(value, str) and len(value) >= _PROSE and len(value.split(maxsplit=1)) > 1


def _objective(content: object) -> object:
    return value_at(content, "training_details", "objective_function")
