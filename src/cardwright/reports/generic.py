"""SageMaker's generic model card evaluation: ``{"metric_groups": [...]}`` in the form of the content schema.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-create.html

Metrics that fit the schema are kept unchanged. Others are repaired if their meaning is clear (a number as text, a type
that contradicts its value, a text that is too long), or else left out. The rest of their group stays.
"""

from collections.abc import Callable, Iterator
from typing import cast

from cardwright.reports.confusion_matrix import confusion_matrix
from cardwright.reports.cursor import Cursor, clean, shortened
from cardwright.reports.metric import (
    NOTES_LIMIT,
    SIDE_LIMIT,
    Number,
    as_number,
    bar_chart,
    fitted_name,
    fitted_text,
    fitted_texts,
    group,
    linear_graph,
    number,
    simple,
)
from cardwright.reports.translation import Document, Metric, MetricGroup

_SIMPLE_TYPES = ("number", "string", "boolean")
_AXES = ("x_axis_name", "y_axis_name")
_MEMBERS = {"name", "type", "value", "notes", *_AXES}
_LISTED_AXES = {("bar_chart", "x_axis_name"), ("matrix", "x_axis_name"), ("matrix", "y_axis_name")}


def recognises(document: Document) -> bool:
    """Whether the file has a list of metric groups."""
    return isinstance(document.get("metric_groups"), list)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return each group with the metrics that fit the schema."""
    groups: list[MetricGroup] = []
    for given, here in cursor.at("metric_groups").objects(document.get("metric_groups")):
        metric_data: list[Metric] = []
        for metric, metric_cursor in here.at("metric_data").objects(given.get("metric_data")):
            metric_data += _metric(metric, metric_cursor)
        _note_unknown_members(given, {"name", "metric_data"}, here)
        here.at("name").mark_used()
        groups.append(group(given.get("name", ""), metric_data, here))
    return groups


def _metric(metric: Document, cursor: Cursor) -> list[Metric]:
    cursor.mark_used()  # unknown members are noted one by one
    metric_type = metric.get("type")
    if isinstance(metric_type, str) and metric_type in _CHARTS:
        return _CHARTS[metric_type](metric, cursor)
    value = metric.get("value")
    if metric_type not in _SIMPLE_TYPES and not isinstance(value, (str, bool, int, float)):
        cursor.omit(f"left out: its type must be one of {', '.join((*_SIMPLE_TYPES, *_CHARTS))}")
        return []
    if metric_type == "number" and not isinstance(value, bool):
        built = number(metric.get("name", ""), value, cursor)
    else:
        built = simple(metric.get("name", ""), value, cursor)
    if built and built[0]["type"] != metric_type:
        cursor.at("type").note(f"the type does not fit the value; it is given as {built[0]['type']}")
    return [one | _rest(metric, str(one["type"]), cursor) for one in built]


def _line(metric: Document, cursor: Cursor) -> list[Metric]:
    points = [
        (point[0], point[1]) if isinstance(point, list) and len(point) == 2 else (None, None)
        for point in _listed(metric.get("value"))
    ]
    built = linear_graph(metric.get("name", ""), points, ("", ""), cursor)
    return [_without_axes(one) | _rest(metric, "linear_graph", cursor) for one in built]


def _bars(metric: Document, cursor: Cursor) -> list[Metric]:
    values, labels = _listed(metric.get("value")), metric.get("x_axis_name")
    labelled = isinstance(labels, list) and len(labels) == len(values)
    bars = zip(cast(list[object], labels) if labelled else [""] * len(values), values, strict=True)
    built = bar_chart(metric.get("name", ""), bars, "", cursor)
    rest = {key: value for key, value in metric.items() if not (labelled and key == "x_axis_name")}
    kept_axis = [{"x_axis_name": one["x_axis_name"]} if labelled else {} for one in built]
    return [
        _without_axes(one) | axis | _rest(rest, "bar_chart", cursor) for one, axis in zip(built, kept_axis, strict=True)
    ]


def _matrix(metric: Document, cursor: Cursor) -> list[Metric]:
    rows = [_listed(row) for row in _listed(metric.get("value"))]
    numbers: list[list[Number]] = [[cell for cell in map(as_number, row) if cell is not None] for row in rows]
    if not rows or not all(rows) or [len(row) for row in rows] != [len(row) for row in numbers]:
        cursor.omit("left out: a matrix needs rows of finite numbers, at least one row and one number")
        return []
    name = metric.get("name", "")
    if len(rows) > SIDE_LIMIT or max(map(len, rows)) > SIDE_LIMIT:
        labels = _shared_labels(metric, numbers)
        if labels is None:
            cursor.omit(f"left out: a card holds matrices of at most {SIDE_LIMIT} by {SIDE_LIMIT}")
            return []
        counts = {actual: dict(zip(labels, row, strict=True)) for actual, row in zip(labels, numbers, strict=True)}
        if metric.get("notes"):
            cursor.at("notes").omit("left out: the notes of the folded matrix explain the fold instead")
        _note_unknown_members(metric, _MEMBERS, cursor)
        return confusion_matrix(fitted_name(name, cursor), counts, cursor)
    built: Metric = {"name": fitted_name(name, cursor), "type": "matrix", "value": numbers}
    return [built | _rest(metric, "matrix", cursor)]


_CHARTS: dict[str, Callable[[Document, Cursor], list[Metric]]] = {
    "linear_graph": _line,
    "bar_chart": _bars,
    "matrix": _matrix,
}


def _shared_labels(metric: Document, rows: list[list[Number]]) -> list[str] | None:
    """Return the classes of a confusion matrix: square, with the same distinct labels on both axes."""
    labels = [str(label) for label in _listed(metric.get("x_axis_name"))]
    square = all(len(row) == len(rows) for row in rows)
    shared = metric.get("x_axis_name") == metric.get("y_axis_name")
    return labels if square and shared and len(set(labels)) == len(labels) == len(rows) else None


def _rest(metric: Document, metric_type: str, cursor: Cursor) -> Metric:
    """Return the optional members of a metric that have the form its type needs."""
    rest: Metric = {}
    notes = metric.get("notes")
    if isinstance(notes, str):
        if len(notes) > NOTES_LIMIT:
            cursor.at("notes").note(f"the notes are longer than {NOTES_LIMIT} characters; cut there")
        rest["notes"] = shortened(clean(notes), NOTES_LIMIT)
    elif notes is not None:
        cursor.at("notes").omit("left out: notes must be text")
    for axis, name in _given_axes(metric):
        here = cursor.at(axis)
        if (metric_type, axis) in _LISTED_AXES:
            if isinstance(name, list):
                rest[axis] = fitted_texts(cast(list[object], name), here)
            else:
                here.omit(f"left out: a {metric_type} needs a list of names here")
        elif isinstance(name, str):
            rest[axis] = fitted_text(name, here)
        else:
            here.omit(f"left out: a {metric_type} needs one name here")
    _note_unknown_members(metric, _MEMBERS, cursor)
    return rest


def _given_axes(metric: Document) -> Iterator[tuple[str, object]]:
    return ((axis, metric[axis]) for axis in _AXES if metric.get(axis) is not None)


def _without_axes(metric: Metric) -> Metric:
    return {key: value for key, value in metric.items() if key not in _AXES}


def _listed(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else []


def _note_unknown_members(given: Document, known: set[str], cursor: Cursor) -> None:
    for key in given:
        if key not in known:
            cursor.at(key).omit("left out: the content schema has no such member here")
