"""SageMaker Model Monitor model quality (``statistics.json``): regression, binary and multiclass classification.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html

Translated name for name as SageMaker's SDK does. The SDK reads only the first section of a file; this kind reads all.
Evaluation steps of pipelines often write such files without ``standard_deviation``, or with numbers as text. The SDK
refuses those; here the values are kept and the gaps are noted. A metric by class (``accuracy_per_class``) becomes a
bar chart.
"""

from collections.abc import Callable, Iterator
from typing import cast

from cardwright.reports import sklearn_report
from cardwright.reports.confusion_matrix import confusion_matrix
from cardwright.reports.cursor import Cursor
from cardwright.reports.matrix_forms import labels_in
from cardwright.reports.metric import as_number, bar_chart, fitted_name, group, linear_graph, number
from cardwright.reports.translation import Document, Metric, MetricGroup

REGRESSION = "regression_metrics"
BINARY = "binary_classification_metrics"
MULTICLASS = "multiclass_classification_metrics"
_SECTIONS = (REGRESSION, BINARY, MULTICLASS)
_ABOUT_THE_RUN = ("version", "dataset")  # members that Model Monitor writes into every file


def has(*sections: str) -> Callable[[Document], bool]:
    """Return a test for files with at least one of the sections."""
    return lambda document: any(isinstance(document.get(section), dict) for section in sections)


def has_several(document: Document) -> bool:
    """Whether a file holds more than one of the three sections."""
    return sum(isinstance(document.get(section), dict) for section in _SECTIONS) > 1


def read_from(*sections: str) -> Callable[[Document, Cursor], list[MetricGroup]]:
    """Return a reader of these sections, in the order of the file. Other sections are noted."""

    def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
        groups: list[MetricGroup] = []
        for section, metrics, here in cursor.members(document):
            if section in sections:
                metric_data = list(_metrics(metrics, here))
                groups += [group(section, metric_data, here)] if metric_data else []
            elif section in _SECTIONS:
                here.omit("left out: the given kind does not read this section")
            elif section in _ABOUT_THE_RUN:
                here.add_fact(metrics)
        return groups

    return read


def _metrics(metrics: object, cursor: Cursor) -> Iterator[Metric]:
    labels = labels_in(cast(Document, metrics), cursor) if isinstance(metrics, dict) else None
    classes = labels.names if labels else _classes_of_matrix(metrics)
    for name, value, here in cursor.members(metrics):
        if labels is None or here != labels.cursor:
            made = list(_metric(name, value, here, classes))
            yield from made
            if labels:
                labels.mark_used_if_shown(_labels_shown(made))


def _classes_of_matrix(metrics: object) -> list[str] | None:
    """The classes that a confusion matrix ``{actual: {predicted: count}}`` of the section names."""
    for name, matrix in metrics.items() if isinstance(metrics, dict) else ():
        rows = list(matrix.values()) if name.lower() in _MATRICES and isinstance(matrix, dict) else []
        if rows and all(isinstance(row, dict) and row.keys() == matrix.keys() for row in rows):
            return list(matrix)
    return None


def _metric(name: str, value: object, cursor: Cursor, classes: list[str] | None) -> Iterator[Metric]:
    if name.lower() in _MATRICES:
        yield from confusion_matrix(name, value, cursor, classes)
    elif name in _CURVES:
        yield from _curve(name, value, cursor)
    elif isinstance(value, dict) and sklearn_report.recognises(cast(Document, value)):
        for metric in sklearn_report.metrics(cast(Document, value), cursor):
            yield metric | {"name": fitted_name(f"{name} - {metric['name']}", cursor)}
    elif _is_by_class(name, value, classes):
        yield from _by_class(name, value, classes, cursor)
    else:
        yield from _estimate(name, value, cursor)


def _labels_shown(metrics: list[Metric]) -> Iterator[str]:
    for metric in metrics:
        axis = metric.get("x_axis_name")
        yield from cast(list[str], axis) if isinstance(axis, list) else ()


_MATRICES = ("confusion_matrix", "confusionmatrix", "confusion-matrix", "conf_matrix")
_CURVES = {
    "receiver_operating_characteristic_curve": ("false_positive_rates", "true_positive_rates"),
    "precision_recall_curve": ("recalls", "precisions"),
}


def _curve(name: str, curve: object, cursor: Cursor) -> list[Metric]:
    axes = _CURVES[name]
    xs, ys = (curve.get(axis) if isinstance(curve, dict) else None for axis in axes)
    if not isinstance(xs, list) or not isinstance(ys, list):
        cursor.omit(f"left out: a list of {axes[0]} and a list of {axes[1]} were expected here")
        return []
    if len(xs) != len(ys):
        cursor.note(f"{len(xs)} {axes[0]} for {len(ys)} {axes[1]}: those without a partner were left out")
    for axis, values in zip(axes, (xs, ys), strict=True):
        cursor.at(axis).mark_first_used(cast(list[object], values), min(len(xs), len(ys)))
    return linear_graph(name, zip(cast(list[object], xs), cast(list[object], ys), strict=False), axes, cursor)


def _is_by_class(name: str, value: object, classes: list[str] | None) -> bool:
    """Whether the metric has a number for each class: by its name, or because its members are the report's classes."""
    if isinstance(value, list):
        return classes is not None and len(value) == len(classes)
    if not isinstance(value, dict) or not value or {"value", "standard_deviation"} & value.keys():
        return False
    numbers = any(as_number(member) is not None for member in value.values())
    return numbers and (value.keys() == set(classes or ()) or any(word in name.lower() for word in _BY_CLASS))


_BY_CLASS = ("class", "label", "category")


def _by_class(name: str, value: object, classes: list[str] | None, cursor: Cursor) -> list[Metric]:
    cursor.mark_used()
    if isinstance(value, dict):
        return bar_chart(name, list(value.items()), name, cursor)
    return bar_chart(name, zip(classes or (), cast(list[object], value), strict=True), name, cursor)


def _estimate(name: str, estimate: object, cursor: Cursor) -> Iterator[Metric]:
    if not isinstance(estimate, dict):
        yield from number(name, estimate, cursor)
        return
    members = cast(Document, estimate)
    if members and not {"value", "standard_deviation"} & members.keys():
        return  # it is not an estimate: a warning names its members as left out
    if "value" in members:
        yield from number(name, members["value"], cursor.at("value"))
    else:
        cursor.at("value").omit("left out: the report gives no value")
    deviation = cursor.at("standard_deviation")
    if "standard_deviation" not in members:
        deviation.omit("left out: the report does not give it")
    elif members["standard_deviation"] == "NaN":
        deviation.omit("left out: it is NaN, which Model Monitor writes for fewer than 200 samples")
    else:
        yield from number(f"{name} - standard_deviation", members["standard_deviation"], deviation)
