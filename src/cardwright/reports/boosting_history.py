"""Evaluation history of gradient boosting: ``evals_result`` of XGBoost and LightGBM, and their cross-validation.

https://xgboost.readthedocs.io/en/stable/python/python_api.html

One group for each data set with a graph over the iterations for each metric. Cross-validation (``xgb.cv``, ``lgb.cv``)
is one group; mean and standard deviation are separate graphs.
"""

import re
from typing import cast

from cardwright.reports import sklearn_report
from cardwright.reports.cursor import Cursor
from cardwright.reports.curve_lists import curve, is_curve
from cardwright.reports.metric import group
from cardwright.reports.metric_names import names_a_metric, names_a_split
from cardwright.reports.translation import Document, MetricGroup

_SET = re.compile(r"validation_\d+|valid_\d+|learn|training|train|eval(uation)?|test|dtrain|dvalid|dtest|watch.*")
_OF_FOLDS = re.compile(r"(.+)-(mean|std|stdv)")
_X_AXIS = "iteration"


def recognises(document: Document) -> bool:
    """Whether the file has curves by data set and metric, or the mean and deviation of folds."""
    found = _is_by_set(document) or _is_cross_validation(document)
    return found and not sklearn_report.recognises(document)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the data sets in the order of the file."""
    if _is_cross_validation(document):
        curves = [
            one for name, value, here in cursor.members(document) for one in curve(name, value, _axes(name), here)
        ]
        return [group("cross-validation", curves, cursor)]
    groups: list[MetricGroup] = []
    for data_set, metrics, here in cursor.members(document):
        if not isinstance(metrics, dict):
            continue
        curves = [
            one
            for name, value, place in here.members(cast(Document, metrics))
            for one in curve(f"{data_set} - {name}", value, _axes(name), place)
        ]
        groups += [group(data_set, curves, here)] if curves else []
    return groups


def _axes(name: str) -> tuple[str, str]:
    return _X_AXIS, name


def _is_by_set(document: Document) -> bool:
    sets = {name: value for name, value in document.items() if isinstance(value, dict)}
    if not sets or len(sets) < len(document):
        return False
    lists = [value for metrics in sets.values() for value in metrics.values()]
    names = {name for metrics in sets.values() for name in metrics}
    if {"precision", "recall"} <= names or names & {"fpr", "tpr"}:
        return False  # values by class, or points of a curve
    named = any(_SET.fullmatch(name) or names_a_split(name) for name in sets) or any(map(names_a_metric, names))
    return named and bool(lists) and all(isinstance(value, list) and is_curve(value) for value in lists)


def _is_cross_validation(document: Document) -> bool:
    pairs = {name: match for name in document if (match := _OF_FOLDS.fullmatch(name))}
    if not pairs or not all(is_curve(document[name]) for name in pairs):
        return False
    return any(match[2] == "mean" for match in pairs.values()) and any(match[2] != "mean" for match in pairs.values())
