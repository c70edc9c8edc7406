"""Confusion matrices: small ones as they are, large ones folded to what the content schema can hold.

The schema stops at 20 by 20. A larger matrix keeps the nineteen classes with most samples, the rest summed in
one row and one column, so that every count is still in the total; recall and precision of each class stand
beside it as bar charts, which have no limit, so that nothing about a small class is lost. A crop would lose
counts silently, and a heat map of a hundred classes tells a reader less than its bars.
"""

from collections.abc import Mapping, Sequence

from cardwright.reports import matrix_forms
from cardwright.reports.matrix_forms import ByClass, Counts
from cardwright.reports.metric import SIDE_LIMIT, Number, as_number, bar_chart, fitted_name, fitted_texts
from cardwright.reports.place import Place
from cardwright.reports.translation import Metric


def confusion_matrix(name: str, given: object, place: Place, classes: Sequence[str] | None = None) -> list[Metric]:
    """A confusion matrix, in any of the forms that tools write, as metrics.

    Rows are the actual classes (``x_axis_name``), columns the predicted ones (``y_axis_name``), as in SageMaker's
    translation. Beyond 20 classes it gives three metrics: the folded matrix, recall and precision by class. Where
    the report has counts by class and no matrix, it gives a bar chart for each count.

    Args:
        classes: the names of the classes, where the report gives them beside the matrix.
    """
    counts = matrix_forms.found(given, classes, place)
    if counts is None:
        return []
    if isinstance(counts, ByClass):
        return _bars_by_class(name, counts, place)
    predicted = list(dict.fromkeys(label for row in counts.values() for label in row))
    if not predicted:
        place.omit("left out: it is empty")
        return []
    _fill_gaps(counts, predicted, place)
    if len(counts) <= SIDE_LIMIT and len(predicted) <= SIDE_LIMIT:
        return [_matrix(name, counts, predicted, place)]
    return _folded(name, counts, predicted, place)


def _bars_by_class(name: str, found: ByClass, place: Place) -> list[Metric]:
    charts: list[Metric] = []
    for what, values in found.series.items():
        title = f"{name} - {what} by class" if what else name
        charts += bar_chart(title, values, what or "value", place)
    return charts


def _fill_gaps(counts: Counts, predicted: list[str], place: Place) -> None:
    gaps = 0
    for row in counts.values():
        gaps += len(predicted) - len(row)
        for label in predicted:
            row.setdefault(label, 0)
    if gaps:
        place.note(f"{gaps} cells are not in the report; 0 stands for them")


def _matrix(name: str, counts: Mapping[str, Mapping[str, Number]], predicted: list[str], place: Place) -> Metric:
    return {
        "name": fitted_name(name, place),
        "type": "matrix",
        "value": [[row[label] for label in predicted] for row in counts.values()],
        "x_axis_name": fitted_texts(list(counts), place),
        "y_axis_name": fitted_texts(predicted, place),
    }


def _folded(name: str, counts: Counts, predicted: list[str], place: Place) -> list[Metric]:
    samples = {actual: sum(row.values()) for actual, row in counts.items()}
    predictions = {label: sum(row[label] for row in counts.values()) for label in predicted}
    actual_folds = _folds(list(counts), samples, predictions)
    predicted_folds = _folds(predicted, samples, predictions)
    folded = _sums(counts, actual_folds, predicted_folds)
    charts = _by_class(name, counts, (samples, predictions), place)
    if folded is None:
        place.note("the matrix was left out: its sums are beyond the range of numbers")
        return charts
    reason = (
        f"{len(counts)} by {len(predicted)} classes are more than the {SIDE_LIMIT} by {SIDE_LIMIT} "
        f"a card can hold: the {SIDE_LIMIT - 1} classes with most samples are shown, the others are summed"
    )
    place.note(f"{reason}; recall and precision of every class are given as bar charts")
    return [_matrix(name, folded, _in_order(predicted_folds), place) | {"notes": f"{reason}."}, *charts]


def _folds(labels: list[str], samples: Mapping[str, Number], predictions: Mapping[str, Number]) -> dict[str, str]:
    """Where each label goes: to itself, or to the one fold of those beyond the nineteen largest."""
    if len(labels) <= SIDE_LIMIT:
        return {label: label for label in labels}
    by_size = sorted(labels, key=lambda label: (-samples.get(label, 0), -predictions.get(label, 0)))
    largest = set(by_size[: SIDE_LIMIT - 1])
    other = f"other ({len(labels) - len(largest)} classes)"
    while other in largest:
        other += " "
    return {label: label if label in largest else other for label in labels}


def _in_order(folds: Mapping[str, str]) -> list[str]:
    """The labels that stay, in the report's order, and the fold of the others last."""
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
    name: str, counts: Counts, totals: tuple[Mapping[str, Number], Mapping[str, Number]], place: Place
) -> list[Metric]:
    samples, predictions = totals
    charts: list[Metric] = []
    for measure, total in (("recall", samples), ("precision", predictions)):
        shares = [(label, _share(counts, label, total)) for label in total]
        charts += bar_chart(f"{name} - {measure} by class", shares, measure, place.at(measure))
    return charts


def _share(counts: Counts, label: str, total: Mapping[str, Number]) -> float | None:
    hits = counts.get(label, {}).get(label)
    return hits / total[label] if hits is not None and total[label] > 0 else None
