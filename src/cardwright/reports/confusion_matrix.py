"""Translates confusion matrices. Small ones are kept; large ones are folded to fit the content schema.

The schema allows at most 20 by 20. A larger matrix keeps the nineteen classes with most samples and sums the others
in one row and one column, so that every count stays in the total. Recall and precision of each class become bar
charts, which have no limit, so that small classes stay visible. A crop would lose counts, and a heat map of a hundred
classes is harder to read than bars.
"""

from collections.abc import Mapping, Sequence

from cardwright.reports import matrix_forms
from cardwright.reports.cursor import Cursor
from cardwright.reports.matrix_forms import ByClass, Counts
from cardwright.reports.metric import SIDE_LIMIT, Number, as_number, bar_chart, fitted_name, fitted_texts
from cardwright.reports.translation import Metric


def confusion_matrix(name: str, given: object, cursor: Cursor, classes: Sequence[str] | None = None) -> list[Metric]:
    """Translate a confusion matrix, in any form that tools write, to metrics.

    Rows are the actual classes (``x_axis_name``), columns the predicted ones (``y_axis_name``), as in SageMaker's
    translation. More than 20 classes give three metrics: the folded matrix, recall by class, and precision by class.
    Counts by class without a matrix give one bar chart for each count.

    Args:
        classes: the names of the classes, if the report gives them next to the matrix.
    """
    counts = matrix_forms.read_matrix(given, classes, cursor)
    if counts is None:
        return []
    if isinstance(counts, ByClass):
        return _bars_by_class(name, counts, cursor)
    predicted = list(dict.fromkeys(label for row in counts.values() for label in row))
    if not predicted:
        cursor.omit("left out: it is empty")
        return []
    _note_gaps(counts, predicted, cursor)
    if len(counts) <= SIDE_LIMIT and len(predicted) <= SIDE_LIMIT:
        return [_matrix(name, counts, predicted, cursor)]
    return _folded(name, counts, predicted, cursor)


def _bars_by_class(name: str, found: ByClass, cursor: Cursor) -> list[Metric]:
    charts: list[Metric] = []
    for what, values in found.series.items():
        title = f"{name} - {what} by class" if what else name
        charts += bar_chart(title, values, what or "value", cursor)
    return charts


def _note_gaps(counts: Counts, predicted: list[str], cursor: Cursor) -> None:
    """Note missing cells. They stay missing: filled in, a small report of many classes takes gigabytes."""
    gaps = len(counts) * len(predicted) - sum(map(len, counts.values()))
    if gaps:
        cursor.note(f"{gaps} cells are not in the report; they are 0 here")


def _matrix(name: str, counts: Mapping[str, Mapping[str, Number]], predicted: list[str], cursor: Cursor) -> Metric:
    return {
        "name": fitted_name(name, cursor),
        "type": "matrix",
        "value": [[row.get(label, 0) for label in predicted] for row in counts.values()],
        "x_axis_name": fitted_texts(list(counts), cursor),
        "y_axis_name": fitted_texts(predicted, cursor),
    }


def _folded(name: str, counts: Counts, predicted: list[str], cursor: Cursor) -> list[Metric]:
    samples = {actual: sum(row.values()) for actual, row in counts.items()}
    predictions: dict[str, Number] = dict.fromkeys(predicted, 0)
    for row in counts.values():
        for label, count in row.items():
            predictions[label] += count
    actual_folds = _fold_map(list(counts), samples, predictions)
    predicted_folds = _fold_map(predicted, samples, predictions)
    folded = _sums(counts, actual_folds, predicted_folds)
    charts = _by_class(name, counts, (samples, predictions), cursor)
    if folded is None:
        cursor.note("the matrix was left out: its sums are beyond the range of numbers")
        return charts
    reason = (
        f"{len(counts)} by {len(predicted)} classes are more than the {SIDE_LIMIT} by {SIDE_LIMIT} "
        f"a card can hold: the {SIDE_LIMIT - 1} classes with most samples are shown, the others are summed"
    )
    cursor.note(f"{reason}; recall and precision of every class are given as bar charts")
    return [_matrix(name, folded, _in_order(predicted_folds), cursor) | {"notes": f"{reason}."}, *charts]


def _fold_map(labels: list[str], samples: Mapping[str, Number], predictions: Mapping[str, Number]) -> dict[str, str]:
    """Map each label to itself, or to the fold of all labels beyond the nineteen largest."""
    if len(labels) <= SIDE_LIMIT:
        return {label: label for label in labels}
    by_size = sorted(labels, key=lambda label: (-samples.get(label, 0), -predictions.get(label, 0)))
    largest = set(by_size[: SIDE_LIMIT - 1])
    other = f"other ({len(labels) - len(largest)} classes)"
    while other in largest:
        other += " "
    return {label: label if label in largest else other for label in labels}


def _in_order(folds: Mapping[str, str]) -> list[str]:
    """Return the kept labels in the report's order, then the fold."""
    staying = [label for label, fold in folds.items() if label == fold]
    return list(dict.fromkeys([*staying, *folds.values()]))


def _sums(counts: Counts, actual_folds: Mapping[str, str], predicted_folds: Mapping[str, str]) -> Counts | None:
    columns = _in_order(predicted_folds)
    folded: Counts = {fold: dict.fromkeys(columns, 0) for fold in _in_order(actual_folds)}
    for actual, row in counts.items():
        target = folded[actual_folds[actual]]
        for label, count in row.items():
            sum_so_far = as_number(target[predicted_folds[label]] + count)
            if sum_so_far is None:
                return None
            target[predicted_folds[label]] = sum_so_far
    return folded


def _by_class(
    name: str, counts: Counts, totals: tuple[Mapping[str, Number], Mapping[str, Number]], cursor: Cursor
) -> list[Metric]:
    samples, predictions = totals
    charts: list[Metric] = []
    for measure, total in (("recall", samples), ("precision", predictions)):
        shares = [(label, _share(counts, label, total) if label in predictions else None) for label in total]
        charts += bar_chart(f"{name} - {measure} by class", shares, measure, cursor.at(measure))
    return charts


def _share(counts: Counts, label: str, total: Mapping[str, Number]) -> float | None:
    return counts[label].get(label, 0) / total[label] if label in counts and total[label] > 0 else None
