"""Evaluates predictions with scikit-learn, which is imported at the first call.

Metrics have the names that SageMaker's Model Monitor uses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from numbers import Real
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cardwright import reports
from cardwright.core.errors import ScikitLearnMissing
from cardwright.model_card.group_metrics import (
    metric_groups,
    metrics_of_groups,
    regression_metrics,
    sensitive_columns,
)
from cardwright.model_card.service import logger
from cardwright.reports.cursor import Cursor, Omissions
from cardwright.reports.metric import linear_graph

if TYPE_CHECKING:
    import numpy as np

Task: TypeAlias = Literal["binary", "multiclass", "regression"]

Array: TypeAlias = "np.ndarray"
"""An array of numpy, which is imported at the first call."""

_TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")
_BINARY = 2  # classes
_CURVE_POINTS = 100
_MAX_CURVES = 20
_ROC = ("false_positive_rates", "true_positive_rates")
_RECALL = ("recalls", "precisions")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The metric groups of predictions, and the task of the evaluation.

    Attributes:
        guessed: whether the task was guessed from the values.
    """

    metric_groups: list[dict[str, Any]]
    task: Task
    guessed: bool


def evaluate(
    y_true: Iterable[object], y_pred: Iterable[object], y_score: object, task: Task | None, sensitive: object = None
) -> Evaluation:
    """Return the metric groups of predictions; see ``EvaluationJob.from_predictions``.

    Raises:
        ValueError: there are no values, lengths differ, scores are given for regression, or values do not match the
            task.
        ImportError: scikit-learn is not installed.
    """
    load_scikit_learn()
    if task is not None and task not in _TASKS:
        raise ValueError(f"task should be one of {', '.join(_TASKS)} or None, not {task!r}")
    truth, guess = _values(y_true, "y_true"), _values(y_pred, "y_pred")
    chosen = task or _guessed_task(truth, guess, y_score is not None)
    if chosen == "regression":
        if y_score is not None:
            raise ValueError("y_score is allowed for classes only; y_true holds numbers")
        groups = _translated(
            {"regression_metrics": regression_metrics(_numbers(truth, "y_true"), _numbers(guess, "y_pred"))}
        )
    else:
        _check_classes(truth, guess)
        groups = _classification(truth, guess, y_score, chosen == "binary")
    if sensitive is not None:
        groups += _of_each_group(truth, guess, y_score, chosen, sensitive)
    return Evaluation(groups, chosen, guessed=task is None)


def _of_each_group(truth: Array, guess: Array, y_score: object, task: Task, sensitive: object) -> list[dict[str, Any]]:
    columns = sensitive_columns(sensitive, len(truth))
    return [
        group
        for feature, labels in columns.items()
        for group in metric_groups(feature, metrics_of_groups(truth, guess, y_score, labels, task))
    ]


def _values(values: Iterable[object], name: str) -> Array:
    import numpy as np

    listed = values if hasattr(values, "__len__") else list(values)
    found = np.asarray(listed)
    if found.size == 0:
        raise ValueError(f"{name} is empty: there are no predictions to evaluate")
    # numpy makes the text "nan" of a NaN among texts
    missing = sum(map(_is_missing, listed if isinstance(listed, (list, tuple)) else found.ravel()))
    if missing:
        raise ValueError(f"{name} has {missing} missing values (None or NaN): leave those predictions out")
    if found.dtype == object and all(isinstance(value, (Real, Decimal)) for value in found.ravel()):
        found = found.astype(float)
    return found.ravel() if found.ndim == 2 and found.shape[1] == 1 else found


def _is_missing(value: object) -> bool:
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, float) and isnan(value))


def _kinds(truth: Array, guess: Array) -> tuple[str, str]:
    from sklearn.utils.multiclass import type_of_target

    return type_of_target(truth, input_name="y_true"), type_of_target(guess, input_name="y_pred")


def _guessed_task(truth: Array, guess: Array, has_scores: bool) -> Task:
    """Guess the task from the values. Whole numbers may be classes or quantities."""
    true_kind, guess_kind = _kinds(truth, guess)
    if true_kind == "continuous" or (true_kind == "multiclass" and guess_kind == "continuous"):
        return "regression"
    if not has_scores and {true_kind, guess_kind} <= {"binary", "multiclass"} and _look_like_quantities(truth, guess):
        return "regression"
    from sklearn.utils.multiclass import unique_labels

    is_class = {true_kind, guess_kind} <= {"binary", "multiclass"}
    return "binary" if is_class and len(unique_labels(truth, guess)) <= _BINARY else "multiclass"


def _look_like_quantities(truth: Array, guess: Array) -> bool:
    """Whether most predicted whole numbers are not in the truth. A classifier predicts existing classes."""
    if truth.dtype.kind not in "iuf" or guess.dtype.kind not in "iuf":
        return False
    true_values, guessed_values = set(truth.tolist()), set(guess.tolist())
    return len(true_values) > _BINARY and 2 * len(guessed_values - true_values) > len(guessed_values)


def _numbers(values: Array, name: str) -> Array:
    if values.dtype.kind not in "iufb" or values.ndim != 1:
        raise ValueError(f"{name} should be one number for each prediction for task='regression'")
    return values.astype(float)


def _check_classes(truth: Array, guess: Array) -> None:
    true_kind, guess_kind = _kinds(truth, guess)
    if guess_kind == "continuous" and true_kind != "continuous":
        raise ValueError("y_pred holds numbers where y_true holds classes: give predicted classes, scores as y_score")
    if not {true_kind, guess_kind} <= {"binary", "multiclass"}:
        raise ValueError(f"y_true and y_pred should each be classes or numbers, not {true_kind} and {guess_kind}")


def _classification(y_true: Array, y_pred: Array, y_score: object, binary: bool) -> list[dict[str, Any]]:
    from sklearn import metrics
    from sklearn.utils.multiclass import unique_labels

    labels = unique_labels(y_true, y_pred)
    if binary and len(labels) > _BINARY:
        raise ValueError(f"task='binary' is for two classes, and there are {len(labels)}: use task='multiclass'")
    averaging = {"average": "binary", "pos_label": labels[-1]} if binary else {"average": "weighted"}
    scores = metrics.precision_recall_fscore_support(y_true, y_pred, zero_division=0, **averaging)[:3]
    prefix = "" if binary else "weighted_"
    counts = metrics.confusion_matrix(y_true, y_pred, labels=labels).tolist()
    found: dict[str, object] = {
        "confusion_matrix": {
            str(actual): dict(zip(map(str, labels), row, strict=True))
            for actual, row in zip(labels, counts, strict=True)
        },
        "accuracy": float(metrics.accuracy_score(y_true, y_pred)),
    }
    found |= {prefix + name: float(value) for name, value in zip(("precision", "recall", "f1"), scores, strict=True)}
    columns = [] if y_score is None else list(_score_columns(y_true, y_score, labels, binary))
    areas = [float(metrics.roc_auc_score(positive, column)) for _, positive, column in columns]
    if areas:
        found["auc"] = sum(areas) / len(areas)
    section = "binary_classification_metrics" if binary else "multiclass_classification_metrics"
    (group,) = _translated({section: found})
    if len(columns) > _MAX_CURVES:
        logger.warning("The curves of %s classes were left out: a card holds %s", len(columns), _MAX_CURVES)
        return [group]
    for label, positive, column in columns:
        group["metric_data"] += _curves("" if binary else f" - class={label}", positive, column)
    return [group]


def _score_columns(
    y_true: Array, y_score: object, labels: Array, binary: bool
) -> Iterator[tuple[object, Array, Array]]:
    """Yield each class with positive and negative samples: its label, its members, and the scores for it."""
    import numpy as np

    truth, scores = np.asarray(y_true), np.asarray(y_score, dtype=float)
    wanted = f"({len(truth)},) or ({len(truth)}, 2)" if binary else f"({len(truth)}, {len(labels)})"
    if binary and scores.ndim == 2 and scores.shape[1] <= 2:
        scores = scores[:, -1]
    if scores.shape != ((len(truth),) if binary else (len(truth), len(labels))):
        raise ValueError(f"y_score should be of shape {wanted}, not {scores.shape}")
    columns = [(labels[-1], scores)] if binary else list(zip(labels, scores.T, strict=True))
    for label, column in columns:
        positive = truth == label
        if positive.all() or not positive.any():
            logger.warning("The curves of one class were left out: y_true holds only members of it, or none")
        else:
            yield label, positive, column


def _curves(suffix: str, positive: Array, scores: Array) -> list[dict[str, Any]]:
    from sklearn import metrics

    false_positives, true_positives, _ = metrics.roc_curve(positive, scores)
    precisions, recalls, _ = metrics.precision_recall_curve(positive, scores)
    cursor = Cursor(Omissions())
    roc = linear_graph(
        "receiver_operating_characteristic_curve" + suffix, _points(false_positives, true_positives), _ROC, cursor
    )
    recall = linear_graph("precision_recall_curve" + suffix, _points(recalls, precisions), _RECALL, cursor)
    return [*roc, *recall]


def _points(xs: Array, ys: Array) -> list[tuple[float, float]]:
    """Thin a curve to at most 100 points, with both ends."""
    last = len(xs) - 1
    kept = range(last + 1) if last < _CURVE_POINTS else (round(i * last / (_CURVE_POINTS - 1)) for i in range(100))
    return [(round(float(xs[i]), 6), round(float(ys[i]), 6)) for i in kept]


def _translated(report: dict[str, object]) -> list[dict[str, Any]]:
    return reports.read_report(report).metric_groups


def load_scikit_learn() -> ModuleType:
    """Import scikit-learn. Raises ScikitLearnMissing, an ImportError that names the extra."""
    try:
        import sklearn
    except ImportError:
        raise ScikitLearnMissing from None
    found: ModuleType = sklearn
    return found
