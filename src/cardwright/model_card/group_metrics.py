"""Metrics of predictions for each group of people or things, such as each value of a sensitive feature."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardwright.model_card.service import logger
from cardwright.reports.cursor import shortened

if TYPE_CHECKING:
    import numpy as np

_MAX_GROUPS = 20
_NAME_LENGTH = 63
_COUNT = "count"

Groups = Mapping[str, Mapping[str, float]]
"""Numbers by metric, by group."""


def sensitive_columns(sensitive: object, length: int) -> dict[str, list[str]]:
    """Return the label of each prediction, by feature.

    Args:
        sensitive: a mapping of names to values, a table, or one column; values count as labels.
        length: the number of predictions.

    Raises:
        ValueError: a column has another length.
    """
    labels = {name: [_label(value) for value in values] for name, values in _columns(sensitive)}
    for name, values in labels.items():
        if len(values) != length:
            raise ValueError(f"sensitive {name!r} has {len(values)} values for {length} predictions")
    return labels


def _columns(sensitive: Any) -> Iterator[tuple[str, Iterable[object]]]:  # a table, a mapping or a column
    if hasattr(sensitive, "columns"):
        yield from ((str(name), sensitive[name]) for name in sensitive.columns)
    elif isinstance(sensitive, Mapping):
        yield from ((str(name), values) for name, values in sensitive.items())
    else:
        yield str(getattr(sensitive, "name", None) or "sensitive"), sensitive


def metrics_of_groups(
    y_true: "np.ndarray", y_pred: "np.ndarray", y_score: object, labels: Sequence[str], task: str
) -> Groups:
    """Return the metrics of each group, the largest groups first."""
    import numpy as np

    truth, guess, groups = np.asarray(y_true), np.asarray(y_pred), np.asarray(labels)
    scores = None if y_score is None else np.asarray(y_score, dtype=float)
    found, counts = np.unique(groups, return_counts=True)
    order = sorted(zip(found.tolist(), counts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    if len(order) > _MAX_GROUPS:
        logger.warning("%s of %s groups were left out: the smallest", len(order) - _MAX_GROUPS, len(order))
    positive = max(np.unique(np.concatenate([truth, guess])).tolist()) if task == "binary" else None
    result: dict[str, dict[str, float]] = {}
    for label, count in order[:_MAX_GROUPS]:
        rows = groups == label
        chosen = None if scores is None else scores[rows]
        result[label] = {_COUNT: count, **_metrics(truth[rows], guess[rows], chosen, task, positive)}
    return result


def metric_groups(feature: str, groups: Groups) -> list[dict[str, object]]:
    """Return metric groups of the content schema: one that compares the groups, then one for each group."""
    names = list(dict.fromkeys(name for metrics in groups.values() for name in metrics))
    compared = [metric for name in names for metric in _comparison(name, groups)]
    each: list[dict[str, object]] = [
        {
            "name": shortened(f"{feature} = {label}", _NAME_LENGTH),
            "metric_data": [{"name": name, "type": "number", "value": value} for name, value in metrics.items()],
        }
        for label, metrics in groups.items()
    ]
    return [{"name": shortened(f"by {feature}", _NAME_LENGTH), "metric_data": compared}, *each]


def _comparison(name: str, groups: Groups) -> Iterator[dict[str, object]]:
    values = {label: metrics[name] for label, metrics in groups.items() if name in metrics}
    yield {
        "name": name,
        "type": "bar_chart",
        "value": list(values.values()),
        "x_axis_name": [shortened(label, _NAME_LENGTH) for label in values],
        "y_axis_name": name,
    }
    if name != _COUNT and len(values) > 1:
        notes = f"highest minus lowest of {len(values)} groups"
        difference = max(values.values()) - min(values.values())
        yield {"name": f"{name}_difference", "type": "number", "value": difference, "notes": notes}


def _metrics(
    truth: "np.ndarray", guess: "np.ndarray", scores: "np.ndarray | None", task: str, positive: object
) -> dict[str, float]:
    if task == "regression":
        return regression_metrics(truth.astype(float), guess.astype(float))
    from sklearn import metrics

    found = {"accuracy": float(metrics.accuracy_score(truth, guess))}
    if task == "multiclass":
        averaged = metrics.precision_recall_fscore_support(truth, guess, zero_division=0, average="weighted")[:3]
        names = ("weighted_precision", "weighted_recall", "weighted_f1")
        return found | {name: float(value) for name, value in zip(names, averaged, strict=True)}
    return found | _binary(truth == positive, guess == positive, scores)


def regression_metrics(y_true: "np.ndarray", y_pred: "np.ndarray") -> dict[str, float]:
    """Return the errors of predicted numbers, and R² of two or more."""
    from sklearn import metrics

    mse = float(metrics.mean_squared_error(y_true, y_pred))
    found = {"mae": float(metrics.mean_absolute_error(y_true, y_pred)), "mse": mse, "rmse": mse**0.5}
    return found | ({"r2": float(metrics.r2_score(y_true, y_pred))} if len(y_true) > 1 else {})


def _binary(truth: "np.ndarray", guess: "np.ndarray", scores: "np.ndarray | None") -> dict[str, float]:
    """Return rates of a group. A rate whose denominator is zero is absent."""
    from sklearn import metrics

    hits, positives, chosen = int((truth & guess).sum()), int(truth.sum()), int(guess.sum())
    negatives, false_alarms = len(truth) - positives, chosen - hits
    fractions = {
        "precision": (hits, chosen),
        "recall": (hits, positives),
        "f1": (2 * hits, positives + chosen),
        "selection_rate": (chosen, len(truth)),
        "false_positive_rate": (false_alarms, negatives),
        "false_negative_rate": (positives - hits, positives),
    }
    found = {name: part / whole for name, (part, whole) in fractions.items() if whole}
    if scores is not None and positives and negatives:
        column = scores[:, -1] if scores.ndim == 2 else scores
        found["auc"] = float(metrics.roc_auc_score(truth, column))
    return found


def _label(value: object) -> str:
    missing = value is None or type(value).__name__ in {"NAType", "NaTType"} or value != value  # noqa: PLR0124 - NaN
    return "(missing)" if missing else str(value)
