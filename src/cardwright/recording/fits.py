"""Reads what a fitted model says about its training: class, parameters, data, classes, curves, cross-validation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from cardwright.model_card.estimator import class_name, training_details
from cardwright.model_card.service import logger
from cardwright.recording.datasets import Dataset, dataset

_LISTED_CLASSES = 10
_CURVES = {"loss_curve_": "loss", "validation_scores_": "validation_score", "train_score_": "train_score"}
"""Attributes of scikit-learn's estimators with one number for each iteration, and the names of their curves."""


@attrs.frozen
class Fit:
    """A fit of a model.

    Attributes:
        model: the module and class of the model.
        algorithm: the class of the innermost estimator, such as that of a pipeline's last step.
        details: its ``training_details`` members.
        kind: ``classifier``, ``regressor`` or ``other``.
        classes: the classes of a classifier.
        target: the name of the predicted column, if the data has one.
        datasets: the data that it was fitted with.
        curves: a number for each iteration, by name.
        evaluations: ``evaluation_details`` items, such as that of a cross-validation.
        predicts: whether the model predicts. A scaler does not.
        seconds: the duration of the fit.
    """

    model: str
    algorithm: str
    details: Mapping[str, Any]
    kind: str
    classes: tuple[str, ...] = ()
    target: str | None = None
    datasets: tuple[Dataset, ...] = ()
    curves: Mapping[str, Sequence[float]] = attrs.Factory(dict)
    evaluations: tuple[Mapping[str, object], ...] = ()
    predicts: bool = True
    seconds: float = 0.0


def read_fit(model: object, features: object = None, target: object = None, seconds: float = 0.0) -> Fit:
    """Read a fitted model, and the data that it was fitted with.

    Raises:
        TypeError: the model is not an estimator or a Booster.
        sklearn.exceptions.NotFittedError: the model is not fitted.
        ImportError: scikit-learn is needed but not installed.
    """
    details = training_details(model)
    named = getattr(target, "name", None)
    return Fit(
        model=class_name(model),
        algorithm=class_name(_innermost(model)).rpartition(".")[2],
        details=details,
        kind=_kind(model),
        classes=tuple(str(label) for label in _classes(model)),
        target=None if named is None else str(named),
        datasets=tuple(_datasets(model, features, target)),
        curves=dict(_curves(model)),
        evaluations=tuple(_cross_validation(model)),
        predicts=hasattr(model, "predict") or hasattr(type(model), "predict"),
        seconds=seconds,
    )


def _innermost(model: object) -> object:
    """Return the estimator that predicts inside pipelines and searches."""
    for name in ("best_estimator_", "regressor_"):
        inner = getattr(model, name, None)
        if hasattr(inner, "get_params"):
            return _innermost(inner)
    steps = getattr(model, "steps", None)
    if steps and hasattr(steps[-1][-1], "get_params"):
        return _innermost(steps[-1][-1])
    return model


def _kind(model: object) -> str:
    try:
        from sklearn.base import is_classifier, is_regressor
    except ImportError:
        return "other"
    try:
        return "classifier" if is_classifier(model) else "regressor" if is_regressor(model) else "other"
    except (AttributeError, TypeError):  # a Booster has no tags
        return "other"


def _classes(model: object) -> Sequence[object]:
    try:
        found = getattr(model, "classes_", None)
    except (AttributeError, ValueError):
        return ()
    if (
        found is None
        or getattr(found, "ndim", 1) != 1
        or any(hasattr(one, "__len__") and not isinstance(one, str) for one in found)
    ):
        return ()  # of several outputs
    return list(found)


def _datasets(model: object, features: object, target: object) -> Iterator[Dataset]:
    for name, data in (("X", features), ("y", target)):
        if data is not None:
            yield dataset(data, f"{name} of {type(model).__name__}.fit")


def _curves(model: object) -> Iterator[tuple[str, Sequence[float]]]:
    inner = _innermost(model)
    for data, metrics in (_evaluated(inner) or {}).items():
        for name, values in metrics.items():
            yield f"{data} {name}", [float(value) for value in values]
    for attribute, name in _CURVES.items():
        rounds = getattr(inner, attribute, None)
        if rounds is not None and len(rounds) and getattr(rounds, "ndim", 1) == 1:
            yield name, [float(value) for value in rounds]


def _evaluated(model: object) -> Mapping[str, Mapping[str, Sequence[float]]] | None:
    """Return the results of each boosting round, by dataset and metric."""
    found = (
        vars(model).get("evals_result_", getattr(model, "_evals_result", None)) if hasattr(model, "__dict__") else {}
    )
    return found if isinstance(found, Mapping) else None


def _cross_validation(model: object) -> Iterator[Mapping[str, object]]:
    """Yield the evaluation of a search: the mean score of its best parameters over the folds."""
    results, best = getattr(model, "cv_results_", None), getattr(model, "best_index_", None)
    if results is None or best is None:
        return
    scoring, folds = getattr(model, "scoring", None), getattr(model, "n_splits_", None)
    metrics = []
    for name in (key for key in results if key.startswith("mean_test_")):
        scorer = name.removeprefix("mean_test_")
        shown = scoring if scorer == "score" and isinstance(scoring, str) else scorer
        spread = float(results[f"std_test_{scorer}"][best])
        notes = f"mean of {folds} folds, standard deviation {spread:.4g}"
        metrics.append({"name": shown, "type": "number", "value": float(results[name][best]), "notes": notes})
    usable = [metric for metric in metrics if metric["value"] == metric["value"]]
    if len(usable) < len(metrics):
        logger.warning("Scores of the cross-validation that are not numbers were left out")
    if usable:
        name = f"Cross-validation of {type(model).__name__}"
        yield {"name": name[:63], "metric_groups": [{"name": "cross_validation", "metric_data": usable}]}


def described_classes(classes: Sequence[str]) -> str:
    """Return the number of classes, and their names if they are few."""
    listed = f" ({', '.join(classes)})" if len(classes) <= _LISTED_CLASSES else ""
    return f"{len(classes)} classes{listed}"
