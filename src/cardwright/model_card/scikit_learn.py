"""What scikit-learn knows of a model: its class and hyperparameters, and how good its predictions are.

scikit-learn is imported here only, when one of the two functions is called. Metrics bear the names that
SageMaker's Model Monitor gives them.
"""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from cardwright import reports
from cardwright.model_card.schema_constraints import USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE
from cardwright.model_card.service import logger
from cardwright.reports.metric import linear_graph
from cardwright.reports.place import Omissions, Place, shortened

_VALUE_LENGTH = 255
_CURVE_POINTS = 100
_MOST_CURVES = 20
_ROC = ("false_positive_rates", "true_positive_rates")
_RECALL = ("recalls", "precisions")


def training_details(estimator: Any) -> dict[str, Any]:
    """Return the ``training_details`` members of a fitted estimator.

    Raises:
        TypeError: not a scikit-learn estimator.
        sklearn.exceptions.NotFittedError: it is not fitted yet.
        ImportError: scikit-learn is not installed.
    """
    sklearn = _scikit_learn()
    if isinstance(estimator, type) or not (hasattr(estimator, "get_params") and hasattr(estimator, "fit")):
        raise TypeError(f"A fitted scikit-learn estimator is expected, not {type(estimator)}")
    from sklearn.utils.validation import check_is_fitted  # noqa: PLC0415 - for those who ask

    check_is_fitted(estimator)
    parameters = {"estimator": _class_name(estimator)}
    parameters |= {name: _parameter(value) for name, value in sorted(estimator.get_params(deep=True).items())}
    if len(parameters) > USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE:
        left = len(parameters) - USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE
        logger.warning("%s hyperparameters were left out: a card holds 100 and the estimator has more", left)
    kept = list(parameters.items())[:USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE]
    return {
        "training_observations": f"Trained with {_class_name(estimator)} of scikit-learn {sklearn.__version__}.",
        "training_job_details": {
            "user_provided_hyper_parameters": [{"name": name, "value": value} for name, value in kept]
        },
    }


def metric_groups(y_true: Any, y_pred: Any, y_score: Any = None) -> list[dict[str, Any]]:
    """Return the metric groups of predictions; see ``EvaluationJob.from_predictions``.

    Raises:
        ValueError: lengths that do not fit, scores for numbers, or a target that is neither.
        ImportError: scikit-learn is not installed.
    """
    _scikit_learn()
    from sklearn.utils.multiclass import type_of_target  # noqa: PLC0415 - for those who ask

    truth, guess = type_of_target(y_true, input_name="y_true"), type_of_target(y_pred, input_name="y_pred")
    if truth == "continuous" or (truth == "multiclass" and guess == "continuous"):
        if y_score is not None:
            raise ValueError("y_score is for classes; y_true holds numbers")
        return _translated({"regression_metrics": _regression(y_true, y_pred)})
    if guess == "continuous":
        raise ValueError("y_pred holds numbers where y_true holds classes: give predicted classes, scores as y_score")
    if not {truth, guess} <= {"binary", "multiclass"}:
        raise ValueError(f"y_true and y_pred should each be classes or numbers, not {truth} and {guess}")
    return _classification(y_true, y_pred, y_score)


def _regression(y_true: Any, y_pred: Any) -> dict[str, float]:
    from sklearn import metrics  # noqa: PLC0415 - for those who ask

    mse = float(metrics.mean_squared_error(y_true, y_pred))
    found = {"mae": float(metrics.mean_absolute_error(y_true, y_pred)), "mse": mse, "rmse": mse**0.5}
    return found | ({"r2": float(metrics.r2_score(y_true, y_pred))} if len(y_true) > 1 else {})


def _classification(y_true: Any, y_pred: Any, y_score: Any) -> list[dict[str, Any]]:
    from sklearn import metrics  # noqa: PLC0415 - for those who ask
    from sklearn.utils.multiclass import unique_labels  # noqa: PLC0415 - for those who ask

    labels = unique_labels(y_true, y_pred)
    binary = len(labels) <= 2
    averaging = {"average": "binary", "pos_label": labels[-1]} if binary else {"average": "weighted"}
    scores = metrics.precision_recall_fscore_support(y_true, y_pred, zero_division=0, **averaging)[:3]
    prefix = "" if binary else "weighted_"
    counts = metrics.confusion_matrix(y_true, y_pred, labels=labels).tolist()
    found: dict[str, Any] = {
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
    if len(columns) > _MOST_CURVES:
        logger.warning("The curves of %s classes were left out: a card holds %s", len(columns), _MOST_CURVES)
        return [group]
    for label, positive, column in columns:
        group["metric_data"] += _curves("" if binary else f" - class={label}", positive, column)
    return [group]


def _score_columns(y_true: Any, y_score: Any, labels: Any, binary: bool) -> Iterator[tuple[Any, Any, Any]]:
    """Each class that has both members and others: its label, who is a member, and the scores for it."""
    import numpy as np  # noqa: PLC0415 - comes with scikit-learn

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


def _curves(suffix: str, positive: Any, scores: Any) -> list[dict[str, Any]]:
    from sklearn import metrics  # noqa: PLC0415 - for those who ask

    false_positives, true_positives, _ = metrics.roc_curve(positive, scores)
    precisions, recalls, _ = metrics.precision_recall_curve(positive, scores)
    place = Place(Omissions())
    roc = linear_graph(
        "receiver_operating_characteristic_curve" + suffix, _points(false_positives, true_positives), _ROC, place
    )
    recall = linear_graph("precision_recall_curve" + suffix, _points(recalls, precisions), _RECALL, place)
    return [*roc, *recall]


def _points(xs: Any, ys: Any) -> list[tuple[float, float]]:
    """At most a hundred points of a curve, its ends among them."""
    last = len(xs) - 1
    kept = range(last + 1) if last < _CURVE_POINTS else (round(i * last / (_CURVE_POINTS - 1)) for i in range(100))
    return [(round(float(xs[i]), 6), round(float(ys[i]), 6)) for i in kept]


def _translated(report: dict[str, Any]) -> list[dict[str, Any]]:
    return reports.read_report(report).metric_groups


def _parameter(value: Any) -> str:
    is_estimator = hasattr(value, "get_params") and not isinstance(value, type)
    return shortened(_class_name(value) if is_estimator else str(value), _VALUE_LENGTH)


def _class_name(estimator: Any) -> str:
    """Module and class, without the private modules between: ``sklearn.linear_model.LogisticRegression``."""
    parts = [part for part in type(estimator).__module__.split(".") if not part.startswith("_")]
    return ".".join([*parts, type(estimator).__qualname__])


def _scikit_learn() -> ModuleType:
    try:
        import sklearn  # noqa: PLC0415 - for those who ask
    except ImportError:
        raise ImportError('scikit-learn is needed for this: pip install "cardwright[scikit-learn]"') from None
    found: ModuleType = sklearn
    return found
