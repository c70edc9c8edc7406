"""The ``metrics.json`` of an MLflow evaluation (``EvaluationResult.save``): one flat object of names and
numbers.

https://mlflow.org/docs/latest/ml/evaluation/

One group with a number for each metric, under MLflow's own names (``accuracy_score``, ``toxicity/v1/mean``).
A flat object of numbers could be anything, so the file is taken for MLflow's only when a name is one that its
evaluators give, with or without a prefix; name the kind to read one that holds custom metrics alone.
"""

from cardwright.reports.metric import group, number
from cardwright.reports.place import Place
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
    "/mean",
    "/variance",
    "/p90",
    "/ratio",
)


def is_flat(document: Document) -> bool:
    """The file is an object of numbers; null and text may stand among them, some writers' forms of NaN."""
    values = document.values()
    return any(_is_number(value) for value in values) and not any(isinstance(value, (dict, list)) for value in values)


def recognises(document: Document) -> bool:
    """The file is a flat object of numbers, and one of them has a name that MLflow's evaluators give."""
    named = any(name.endswith(_EVALUATORS_NAMES) and _is_number(value) for name, value in document.items())
    return named and is_flat(document)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """The one group of the file."""
    metric_data: list[Metric] = []
    for name, value, here in place.members(document):
        metric_data += number(name, value, here)
    return [group("metrics", metric_data, place)]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
