"""Metrics by group of people: ``MetricFrame.by_group`` of fairlearn as JSON, alone or next to ``overall``.

https://fairlearn.org/main/user_guide/assessment/advanced_metricframe.html

One group with a bar chart over the groups for each metric. ``overall``, ``difference``, ``ratio``, ``group_min`` and
``group_max`` become groups of numbers. Differences are best at 0 and ratios at 1, and their names show it.
"""

from collections.abc import Mapping
from typing import cast

from cardwright.reports import boosting_history, keras_history, sklearn_report
from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, bar_chart, group, number, why_no_number
from cardwright.reports.metric_names import names_a_metric, names_a_part, names_a_split
from cardwright.reports.translation import Document, Metric, MetricGroup

_BY_GROUP = "by_group"
_SUMMARIES: Mapping[str, str] = {
    "overall": "{}",
    "difference": "{} - difference between groups",
    "ratio": "{} - ratio between groups",
    "group_min": "{} - lowest of the groups",
    "group_max": "{} - highest of the groups",
}
_RATES = ("selection_rate", "count", "mean_prediction", "prevalence", "base_rate", "positive_rate")


def recognises(document: Document) -> bool:
    """Whether the file has metrics with a number for each group, or a member that holds them."""
    inner = document.get(_BY_GROUP)
    rows = cast(Document, inner).values() if isinstance(inner, dict) else ()
    found = _is_split(inner) or any(isinstance(row, dict) for row in rows) or _is_frame(document)
    return found and not any(kind.recognises(document) for kind in (sklearn_report, boosting_history, keras_history))


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the metrics by group, then the summaries in the order of the file."""
    if _BY_GROUP not in document:
        return _by_group(document, cursor)
    groups = _by_group(document[_BY_GROUP], cursor.at(_BY_GROUP))
    for name, values, here in cursor.members(document):
        if name in _SUMMARIES:
            metric_data = _summary(name, values, here)
            groups += [group(name, metric_data, here)] if metric_data else []
        elif isinstance(values, str):
            here.add_fact(values)
    return groups


def _is_frame(document: object) -> bool:
    return _is_split(document) or _is_by_group(document)


def _is_by_group(document: object) -> bool:
    """Whether this is ``{metric: {group: number}}`` with the same groups for each metric, and metrics by name."""
    rows = list(cast(Document, document).items()) if isinstance(document, dict) else []
    if not rows or not all(isinstance(row, dict) and row for _, row in rows):
        return False
    names = list(cast(Document, rows[0][1]))
    if len(names) < 2 or any(cast(Document, row).keys() != set(names) for _, row in rows):
        return False
    numbers = [value for _, row in rows for value in cast(Document, row).values()]
    if any(isinstance(value, (dict, list, bool)) for value in numbers) or not any(map(_is_number, numbers)):
        return False
    of_metrics = any(names_a_metric(name) or name in _RATES for name, _ in rows)
    return of_metrics and not any(names_a_metric(name) or names_a_part(name) or names_a_split(name) for name in names)


def _is_number(value: object) -> bool:
    return as_number(value) is not None


def _is_split(document: object) -> bool:
    """Whether this is a data frame ``{columns, index, data}`` of metrics, with the groups as its index."""
    if not isinstance(document, dict):
        return False
    columns, index, data = (document.get(name) for name in ("columns", "index", "data"))
    if not isinstance(columns, list) or not isinstance(index, list) or not isinstance(data, list):
        return False
    if not columns or not all(isinstance(row, list) and len(row) == len(columns) for row in data):
        return False
    groups = {_label(label) for label in index}
    named = any(names_a_metric(name) or name in _RATES for name in columns if isinstance(name, str))
    positions = index == list(range(len(index)))
    return named and len(groups) == len(index) == len(data) > 1 and not positions


def _by_group(document: object, cursor: Cursor) -> list[MetricGroup]:
    metric_data: list[Metric] = []
    if isinstance(document, dict) and _is_split(document):
        metric_data = _split(cast(Document, document), cursor)
    elif isinstance(document, dict) and _is_turned(cast(Document, document)):
        metric_data = _turned(cast(Document, document), cursor)
    else:
        for name, row, here in cursor.members(document):
            if isinstance(row, dict):
                scalars = [(key, value) for key, value in row.items() if not isinstance(value, (dict, list))]
                for key, _ in scalars:
                    here.at(key).mark_used()
                metric_data += bar_chart(name, [(_label(key), value) for key, value in scalars], name, here)
            elif not isinstance(row, list):
                metric_data += number(name, row, here) if not isinstance(row, str) else []
    return [group("by group", metric_data, cursor)] if metric_data else []


def _is_turned(document: Document) -> bool:
    """Whether this is ``{group: {metric: number}}``, as a data frame is written by its index."""
    rows = [cast(Document, row) for row in document.values() if isinstance(row, dict)]
    of_metrics = any(names_a_metric(name) or name in _RATES for row in rows for name in row)
    return of_metrics and not any(names_a_metric(name) or name in _RATES for name in document)


def _turned(frame: Document, cursor: Cursor) -> list[Metric]:
    bars: dict[str, list[tuple[object, object]]] = {}
    for label, row, here in cursor.members(frame):
        for name, value, place in here.members(row):
            if as_number(value) is None:
                place.omit(f"left out: {why_no_number(value)}")
            else:
                place.mark_used()
                bars.setdefault(name, []).append((_label(label), value))
    return [metric for name, values in bars.items() for metric in bar_chart(name, values, name, cursor)]


def _split(frame: Document, cursor: Cursor) -> list[Metric]:
    columns, index, data = (cast(list[object], frame[name]) for name in ("columns", "index", "data"))
    for name in ("columns", "index"):
        cursor.at(name).mark_used()
    metric_data: list[Metric] = []
    for position, column in enumerate(columns):
        bars: list[tuple[object, object]] = []
        for number_of_row, (label, row) in enumerate(zip(index, data, strict=True)):
            value = cast(list[object], row)[position]
            if not isinstance(value, (dict, list)):
                cursor.at("data", number_of_row, position).mark_used()
                bars.append((_label(label), value))
        metric_data += bar_chart(str(column), bars, str(column), cursor.at("data"))
    return metric_data


def _label(label: object) -> str:
    """Return the name of a group; groups of several features are tuples or lists."""
    if isinstance(label, list):
        return ", ".join(str(part) for part in cast(list[object], label))
    text = str(label)
    if text.startswith("(") and text.endswith(")") and "'" in text:
        return ", ".join(part.strip().strip("'\"") for part in text[1:-1].rstrip(",").split(","))
    return text


def _summary(name: str, values: object, cursor: Cursor) -> list[Metric]:
    title = _SUMMARIES[name]
    if not isinstance(values, dict):
        return number(title.format("metric"), values, cursor) if not isinstance(values, list) else []
    metric_data: list[Metric] = []
    for metric, value, here in cursor.members(cast(Document, values)):
        if not isinstance(value, (dict, list)):
            metric_data += number(title.format(metric), value, here)
    return metric_data
