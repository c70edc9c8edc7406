"""SageMaker's generic model card evaluation: ``{"metric_groups": [...]}`` in the words of the content schema
itself.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-create.html

What fits the schema comes out as it went in. What does not is mended where its meaning is plain (a number as
text, a type that contradicts its value, a text too long) and otherwise left out alone; the groups around it
stay.
"""

from collections.abc import Callable, Iterator
from typing import cast

from cardwright.reports.confusion_matrix import confusion_matrix
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
from cardwright.reports.place import Place, clean, shortened
from cardwright.reports.translation import Document, Metric, MetricGroup

_SIMPLE_TYPES = ("number", "string", "boolean")
_AXES = ("x_axis_name", "y_axis_name")
_MEMBERS = {"name", "type", "value", "notes", *_AXES}
_LISTED_AXES = {("bar_chart", "x_axis_name"), ("matrix", "x_axis_name"), ("matrix", "y_axis_name")}


def recognises(document: Document) -> bool:
    """The file has a list of metric groups."""
    return isinstance(document.get("metric_groups"), list)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """Each group with those of its metrics that fit the schema."""
    groups: list[MetricGroup] = []
    for given, here in place.at("metric_groups").objects(document.get("metric_groups")):
        metric_data: list[Metric] = []
        for metric, metric_place in here.at("metric_data").objects(given.get("metric_data")):
            metric_data += _metric(metric, metric_place)
        _note_strangers(given, {"name", "metric_data"}, here)
        here.at("name").take()
        groups.append(group(given.get("name", ""), metric_data, here))
    return groups


def _metric(metric: Document, place: Place) -> list[Metric]:
    place.take()  # strangers among its members are noted one by one
    metric_type = metric.get("type")
    if isinstance(metric_type, str) and metric_type in _CHARTS:
        return _CHARTS[metric_type](metric, place)
    value = metric.get("value")
    if metric_type not in _SIMPLE_TYPES and not isinstance(value, (str, bool, int, float)):
        place.omit(f"left out: its type must be one of {', '.join((*_SIMPLE_TYPES, *_CHARTS))}")
        return []
    if metric_type == "number" and not isinstance(value, bool):
        built = number(metric.get("name", ""), value, place)
    else:
        built = simple(metric.get("name", ""), value, place)
    if built and built[0]["type"] != metric_type:
        place.at("type").note(f"the type does not fit the value, which is a {built[0]['type']} and given as such")
    return [one | _rest(metric, str(one["type"]), place) for one in built]


def _line(metric: Document, place: Place) -> list[Metric]:
    points = [
        (point[0], point[1]) if isinstance(point, list) and len(point) == 2 else (None, None)
        for point in _listed(metric.get("value"))
    ]
    built = linear_graph(metric.get("name", ""), points, ("", ""), place)
    return [_without_axes(one) | _rest(metric, "linear_graph", place) for one in built]


def _bars(metric: Document, place: Place) -> list[Metric]:
    values, labels = _listed(metric.get("value")), metric.get("x_axis_name")
    labelled = isinstance(labels, list) and len(labels) == len(values)
    bars = zip(cast(list[object], labels) if labelled else [""] * len(values), values, strict=True)
    built = bar_chart(metric.get("name", ""), bars, "", place)
    rest = {key: value for key, value in metric.items() if not (labelled and key == "x_axis_name")}
    kept_axis = [{"x_axis_name": one["x_axis_name"]} if labelled else {} for one in built]
    return [
        _without_axes(one) | axis | _rest(rest, "bar_chart", place) for one, axis in zip(built, kept_axis, strict=True)
    ]


def _matrix(metric: Document, place: Place) -> list[Metric]:
    rows = [_listed(row) for row in _listed(metric.get("value"))]
    numbers: list[list[Number]] = [[cell for cell in map(as_number, row) if cell is not None] for row in rows]
    if not rows or not all(rows) or [len(row) for row in rows] != [len(row) for row in numbers]:
        place.omit("left out: it takes rows of finite numbers, at least one of each")
        return []
    name = metric.get("name", "")
    if len(rows) > SIDE_LIMIT or max(map(len, rows)) > SIDE_LIMIT:
        labels = _shared_labels(metric, numbers)
        if labels is None:
            place.omit(f"left out: a card holds matrices of at most {SIDE_LIMIT} by {SIDE_LIMIT}")
            return []
        counts = {actual: dict(zip(labels, row, strict=True)) for actual, row in zip(labels, numbers, strict=True)}
        if metric.get("notes"):
            place.at("notes").omit("left out: the notes of the folded matrix say how it was folded")
        _note_strangers(metric, _MEMBERS, place)
        return confusion_matrix(fitted_name(name, place), counts, place)
    built: Metric = {"name": fitted_name(name, place), "type": "matrix", "value": numbers}
    return [built | _rest(metric, "matrix", place)]


_CHARTS: dict[str, Callable[[Document, Place], list[Metric]]] = {
    "linear_graph": _line,
    "bar_chart": _bars,
    "matrix": _matrix,
}


def _shared_labels(metric: Document, rows: list[list[Number]]) -> list[str] | None:
    """The classes of a confusion matrix: a square one with the same distinct labels on both axes."""
    labels = [str(label) for label in _listed(metric.get("x_axis_name"))]
    square = all(len(row) == len(rows) for row in rows)
    shared = metric.get("x_axis_name") == metric.get("y_axis_name")
    return labels if square and shared and len(set(labels)) == len(labels) == len(rows) else None


def _rest(metric: Document, metric_type: str, place: Place) -> Metric:
    """The optional members of a metric, as far as they have the form its type asks for."""
    rest: Metric = {}
    notes = metric.get("notes")
    if isinstance(notes, str):
        if len(notes) > NOTES_LIMIT:
            place.at("notes").note(f"the notes are longer than {NOTES_LIMIT} characters; cut there")
        rest["notes"] = shortened(clean(notes), NOTES_LIMIT)
    elif notes is not None:
        place.at("notes").omit("left out: notes are text")
    for axis, name in _given_axes(metric):
        here = place.at(axis)
        if (metric_type, axis) in _LISTED_AXES:
            if isinstance(name, list):
                rest[axis] = fitted_texts(cast(list[object], name), here)
            else:
                here.omit(f"left out: a {metric_type} takes a list of names here")
        elif isinstance(name, str):
            rest[axis] = fitted_text(name, here)
        else:
            here.omit(f"left out: a {metric_type} takes one name here")
    _note_strangers(metric, _MEMBERS, place)
    return rest


def _given_axes(metric: Document) -> Iterator[tuple[str, object]]:
    return ((axis, metric[axis]) for axis in _AXES if metric.get(axis) is not None)


def _without_axes(metric: Metric) -> Metric:
    return {key: value for key, value in metric.items() if key not in _AXES}


def _listed(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else []


def _note_strangers(given: Document, known: set[str], place: Place) -> None:
    for key in given:
        if key not in known:
            place.at(key).omit("left out: the content schema has no such member here")
