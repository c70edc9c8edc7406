"""Metrics that a script wrote: names and values, flat or in sections, with class reports, matrices and curves.

There is no specification of such files. So the file is recognised only when no other kind recognises it and a name
says that it is a metric (``accuracy``, ``val_rmse``). Top-level values are the group ``metrics``; each section is a
group. A section holds numbers, an estimate (``{"value", "std"}``), a number for each class, a classification report, a
confusion matrix or a curve. Values that describe the run (``epoch``, ``seed``, texts) are facts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import cast

from cardwright.reports import sklearn_report
from cardwright.reports.confusion_matrix import confusion_matrix
from cardwright.reports.cursor import Cursor
from cardwright.reports.curve_lists import is_curve
from cardwright.reports.matrix_forms import Labels, labels_in
from cardwright.reports.metric import as_number, bar_chart, fitted_name, group, linear_graph, number
from cardwright.reports.metric_names import (
    describes_the_run,
    names_a_count,
    names_a_metric,
    names_a_part,
    names_a_split,
    names_the_run,
)
from cardwright.reports.translation import ROWS, Document, Metric, MetricGroup

_TOP = "metrics"
_MATRICES = ("confusion_matrix", "confusionmatrix", "confusion-matrix", "conf_matrix", "cm")
# Curves by their members: those of the x axis, those of the y axis.
_CURVES: Sequence[tuple[Sequence[str], Sequence[str]]] = (
    (("fpr", "false_positive_rate", "false_positive_rates"), ("tpr", "true_positive_rate", "true_positive_rates")),
    (("recall", "recalls", "rec"), ("precision", "precisions", "prec")),
    (("prob_pred", "mean_predicted_value"), ("prob_true", "fraction_of_positives")),
    (("x",), ("y",)),
)
_LABELS = ("labels", "classes", "class_names", "label_names", "target_names", "categories")
_IMPORTANCE = re.compile(r"importances?|coefficients?|\bcoefs?\b|shap", re.IGNORECASE)
_KNOWN_SHARE = 4  # at least every fourth number has the name of a metric
_LONGEST = 1000  # values of a list that becomes bars
_MOST_NUMBERS = 5000  # a file with more is not written by hand, and names take time to read
_DEEPEST = 4


def recognises(document: Document) -> bool:
    """Whether enough numbers, at the top or in the sections, have names of metrics. Other kinds come first."""
    if ROWS in document or any(name.startswith("_") for name in document):
        return False
    sections = [cast(Document, value) for name, value in document.items() if _holds_metrics(name, value)]
    members = (member for section in (document, *sections) for member in section.items())
    if _is_curve_alone(document) or any(_is_special(name, value) for name, value in members):
        return True
    of_sections = (name for section in (document, *sections) for name in _numbers(section))
    of_parts = (name for holder in (document, *sections) for name, value in holder.items() for _ in _parts(name, value))
    numbers = list(islice(chain(of_sections, of_parts), _MOST_NUMBERS + 1))
    if len(numbers) > _MOST_NUMBERS:
        return False
    known = [name for name in numbers if names_a_metric(name)]
    return bool(known) and _KNOWN_SHARE * len(known) >= len(numbers)


def has_number(document: Document) -> bool:
    """Whether the file holds a number, at the top or in a section; for a caller who names the kind."""
    if ROWS in document:
        return False
    values = [*document.values()]
    values += [inner for value in values if isinstance(value, dict) for inner in value.values()]
    return any(as_number(value) is not None or _is_list_of_numbers(value) for value in values)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the group of top-level values, then a group for each section."""
    about = {name: value for name, value in document.items() if _describes_the_run(name, value)}
    for name, value in about.items():
        cursor.at(name).add_fact(value)
    document = {name: value for name, value in document.items() if name not in about}
    sections = {name: value for name, value in document.items() if _is_section(name, value)}
    top = {name: value for name, value in document.items() if name not in sections}
    metric_data = list(_metrics(top, cursor))
    groups = [group("top level" if _TOP in sections else _TOP, metric_data, cursor)] if metric_data else []
    for name, section in sections.items():
        groups += _section(name, cast(Document, section), cursor.at(name))
    return groups


def _holds_metrics(name: str, value: object) -> bool:
    """Whether the member is an object whose numbers have names of their own."""
    return isinstance(value, dict) and not _describes_the_run(name, value) and next(_parts(name, value), None) is None


def _describes_the_run(name: str, value: object) -> bool:
    """Whether the member is a section such as ``params``, without the name of a metric in it."""
    return isinstance(value, dict) and describes_the_run(name) and not any(map(names_a_metric, value))


def _numbers(holder: Document) -> Iterator[str]:
    for name, value in holder.items():
        if as_number(value) is not None and not names_the_run(name) and not names_a_count(name):
            yield name


def _parts(name: str, value: object) -> Iterator[object]:
    """Yield the numbers by class, and the parts of an estimate, which have the name of their metric."""
    if isinstance(value, dict) and names_a_metric(name) and not any(map(names_a_metric, value)):
        yield from (inner for inner in value.values() if as_number(inner) is not None)


def _is_curve_alone(document: Document) -> bool:
    axes = _curve_of(document)
    return axes is not None and axes[0] != "x" and all(name in axes or "thresh" in name.lower() for name in document)


def _is_special(name: str, value: object) -> bool:
    """Whether the member is a classification report or a matrix that :func:`confusion_matrix` can read."""
    if isinstance(value, dict) and sklearn_report.recognises(cast(Document, value)):
        return True
    return name.lower() in _MATRICES and isinstance(value, (dict, list)) and bool(value)


def _is_section(name: str, value: object) -> bool:
    """Whether the member is an object of metrics, and not the parts of a single metric."""
    if not isinstance(value, dict) or not value or name.lower() in _MATRICES:
        return False
    members = cast(Document, value)
    return not (_is_estimate(members) or _curve_of(members) or _is_by_class(name, members))


def _is_estimate(members: Document) -> bool:
    others = {name: value for name, value in members.items() if not names_a_part(name)}
    return len(others) < len(members) and not any(
        names_a_metric(name) or isinstance(value, (dict, list)) for name, value in others.items()
    )


def _is_by_class(name: str, members: Document) -> bool:
    """Whether a metric has a number for each of its classes or groups, which are not metrics themselves."""
    if any(isinstance(value, (dict, list)) for value in members.values()):
        return False
    if all(names_a_split(inner) for inner in members) or _IMPORTANCE.search(name):
        return True
    return names_a_metric(name) and not any(names_a_metric(inner) for inner in members)


def _section(name: str, section: Document, cursor: Cursor, depth: int = 1) -> Iterator[MetricGroup]:
    if sklearn_report.recognises(section):
        yield group(name, sklearn_report.metrics(section, cursor), cursor)
        return
    inner = {key: value for key, value in section.items() if _is_section(key, value)}
    metric_data = list(_metrics({key: value for key, value in section.items() if key not in inner}, cursor))
    if metric_data:
        yield group(name, metric_data, cursor)
    for key, value in inner.items() if depth < _DEEPEST else ():
        yield from _section(f"{name} - {key}", cast(Document, value), cursor.at(key), depth + 1)


def _metrics(members: Document, cursor: Cursor) -> Iterator[Metric]:
    labels = labels_in(members, cursor, _LABELS)
    axes = _curve_of(members) or ()
    if axes:
        lists: Document = {axis: members[axis] for axis in axes}
        yield from _curve(f"{axes[1]} by {axes[0]}", lists, (axes[0], axes[1]), cursor)
    for name, value, here in cursor.members(members):
        if name in axes or (axes and isinstance(value, list)) or (labels is not None and here == labels.cursor):
            continue  # thresholds of a curve are reported as left out
        made = list(_metric(name, value, here, labels))
        if labels is not None:
            labels.mark_used_if_shown(_labels_shown(made))
        yield from made


def _metric(name: str, value: object, cursor: Cursor, labels: Labels | None) -> Iterator[Metric]:
    classes = labels.names if labels else None
    if name.lower() in _MATRICES and isinstance(value, (dict, list)):
        yield from confusion_matrix(name, value, cursor, classes)
    elif isinstance(value, dict):
        yield from _of_object(name, cast(Document, value), cursor)
    elif isinstance(value, list):
        yield from _of_list(name, cast(list[object], value), cursor, classes)
    elif names_the_run(name) or isinstance(value, bool) or _is_word(name, value):
        cursor.add_fact(value)
    else:
        yield from number(name, value, cursor)


def _is_word(name: str, value: object) -> bool:
    """Whether a value is a text about the run: not a number, not a missing number, and not the text of a metric."""
    if not isinstance(value, str) or as_number(value) is not None or names_a_metric(name):
        return False
    return value.strip().lower() not in {"nan", "inf", "-inf", "infinity", "-infinity"}


def _of_object(name: str, members: Document, cursor: Cursor) -> Iterator[Metric]:
    axes = _curve_of(members)
    if axes is not None:
        yield from _curve(name, members, axes, cursor)
    elif _is_estimate(members):
        for part, value, here in cursor.members(members):
            if isinstance(value, (dict, list)):
                yield from _interval(f"{name} - {part}", value, here)
            elif _is_word(part, value):
                here.add_fact(value)
            else:
                whole = part.lower() in ("value", "values")
                yield from number(name if whole else f"{name} - {part}", value, here)
    elif any(names_a_split(part) for part in members):
        for part, value, here in cursor.members(members):
            yield from number(f"{name} - {part}", value, here)
    else:
        cursor.mark_used()
        yield from bar_chart(name, list(members.items()), name, cursor)


def _interval(name: str, value: object, cursor: Cursor) -> Iterator[Metric]:
    if isinstance(value, list) and len(value) == 2:
        for bound, inner, index in (("lower", value[0], 0), ("upper", value[1], 1)):
            if not isinstance(inner, (dict, list)):
                yield from number(f"{name} - {bound}", inner, cursor.at(index))


def _of_list(name: str, values: list[object], cursor: Cursor, classes: Sequence[str] | None) -> Iterator[Metric]:
    if not _is_list_of_numbers(values):
        return  # it is reported as left out
    cursor.mark_used()
    named = classes is not None and len(classes) == len(values)
    if not named:
        cursor.note("the report does not name the values; their positions 0, 1, ... are used as names")
    labels = classes if named and classes is not None else [str(index) for index in range(len(values))]
    yield from bar_chart(name, zip(labels, values, strict=True), name, cursor)


def _is_list_of_numbers(value: object) -> bool:
    return isinstance(value, list) and len(value) <= _LONGEST and is_curve(value)


def _curve_of(members: Mapping[str, object]) -> tuple[str, str] | None:
    """Return the members that are the axes of a curve: two lists of numbers."""
    for x_names, y_names in _CURVES:
        found = [
            next((name for name in names if isinstance(members.get(name), list)), None) for names in (x_names, y_names)
        ]
        x, y = found
        if x is not None and y is not None:
            return x, y
    return None


def _curve(name: str, members: Document, axes: tuple[str, str], cursor: Cursor) -> list[Metric]:
    xs, ys = (cast(list[object], members[axis]) for axis in axes)
    if len(xs) != len(ys):
        cursor.note(f"{len(xs)} {axes[0]} for {len(ys)} {axes[1]}: those without a partner were left out")
    for axis, values in zip(axes, (xs, ys), strict=True):
        cursor.at(axis).mark_first_used(values, min(len(xs), len(ys)))
    metric_data = linear_graph(name, zip(xs, ys, strict=False), axes, cursor)
    for part, value, here in cursor.members(members):
        if part not in axes and not isinstance(value, (dict, list)):
            metric_data += number(fitted_name(f"{name} - {part}", here), value, here)
    return metric_data


def _labels_shown(metrics: list[Metric]) -> Iterator[str]:
    for metric in metrics:
        axis = metric.get("x_axis_name")
        yield from cast(list[str], axis) if isinstance(axis, list) else ()
