"""The ``metrics.json`` of an MLflow evaluation (``EvaluationResult.save``): one flat object of names and numbers.

https://mlflow.org/docs/latest/ml/evaluation/

One group with a number for each metric, under MLflow's own names (``accuracy_score``, ``toxicity/v1/mean``). Many tools
write flat objects of numbers. So the file is recognised only when MLflow's evaluators use one of its names, with or
without a prefix, and trainers or trackers use none. Name the kind to read a file with only custom metrics.
"""

import re

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, group, number
from cardwright.reports.metric_names import names_the_run
from cardwright.reports.translation import Document, Metric, MetricGroup

_EVALUATORS_NAMES = (
    "example_count",
    "accuracy_score",
    "recall_score",
    "precision_score",
    "f1_score",
    "log_loss",
    "roc_auc",
    "precision_recall_auc",
    "mean_absolute_error",
    "mean_squared_error",
    "root_mean_squared_error",
    "mean_absolute_percentage_error",
    "mean_on_target",
    "sum_on_target",
    "r2_score",
    "max_error",
    "exact_match/v1",
)
_OF_TEXTS = re.compile(r".*/v\d+/(mean|variance|p90|ratio|median|min|max)|(latency|token_count)/(mean|variance|p90)")
_NO_NUMBER_TEXT = frozenset({"nan", "inf", "-inf", "infinity", "-infinity", "na", "n/a", "none", "null", ""})


def is_flat(document: Document) -> bool:
    """Whether the file is an object of numbers. It may hold null and text, which some writers use for NaN."""
    values = document.values()
    return any(_is_number(value) for value in values) and not any(isinstance(value, (dict, list)) for value in values)


def recognises(document: Document) -> bool:
    """Whether the file is a flat object of numbers with at least one name that MLflow's evaluators use."""
    if not is_flat(document) or not all(_is_number(value) or _may_be_nan(value) for value in document.values()):
        return False
    if any(names_the_run(name) for name in document):
        return False
    return any(_is_evaluators(name) and _is_number(value) for name, value in document.items())


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the one group of the file."""
    metric_data: list[Metric] = []
    for name, value, here in cursor.members(document):
        if names_the_run(name):
            here.omit("left out: its name belongs to the run, not to a metric")
        else:
            metric_data += number(name, value, here)
    return [group("metrics", metric_data, cursor)]


def _is_evaluators(name: str) -> bool:
    return name.endswith(_EVALUATORS_NAMES) or _OF_TEXTS.fullmatch(name) is not None


def _may_be_nan(value: object) -> bool:
    if isinstance(value, str):
        return as_number(value) is not None or value.strip().lower() in _NO_NUMBER_TEXT
    return value is None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
