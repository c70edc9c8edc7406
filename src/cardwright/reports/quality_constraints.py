"""Constraints of SageMaker Model Monitor for model quality (``constraints.json`` of a baseline job).

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-baseline.html

One group for each section: the threshold of each metric as a number, with the comparison that raises a violation as
notes. A constraint without a threshold is left out.
"""

from typing import cast

from cardwright.reports.cursor import Cursor, clean, shortened
from cardwright.reports.metric import NOTES_LIMIT, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_SECTIONS = (
    "regression_constraints",
    "binary_classification_constraints",
    "multiclass_classification_constraints",
)
_COMPARISONS = {
    "LessThanThreshold": "a violation when the metric is less than the threshold",
    "GreaterThanThreshold": "a violation when the metric is greater than the threshold",
    "LessThanOrEqualToThreshold": "a violation when the metric is at most the threshold",
    "GreaterThanOrEqualToThreshold": "a violation when the metric is at least the threshold",
}
_OPERATOR = "comparison_operator"


def recognises(document: Document) -> bool:
    """Whether the file has a section of constraints for a type of model."""
    return any(isinstance(document.get(section), dict) for section in _SECTIONS)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the sections in the order of the file."""
    groups: list[MetricGroup] = []
    if "version" in document:
        cursor.at("version").add_fact(document["version"])
    for section, constraints, here in cursor.members(document):
        if section in _SECTIONS and isinstance(constraints, dict):
            metric_data = [
                metric
                for name, constraint, place in here.members(cast(Document, constraints))
                for metric in _threshold(name, constraint, place)
            ]
            groups += [group(section, metric_data, here)] if metric_data else []
    return groups


def _threshold(name: str, constraint: object, cursor: Cursor) -> list[Metric]:
    if not isinstance(constraint, dict) or "threshold" not in constraint:
        cursor.omit('left out: an object with a "threshold" was expected here')
        return []
    operator = constraint.get(_OPERATOR)
    notes: Metric = {}
    if isinstance(operator, str):
        cursor.at(_OPERATOR).mark_used()
        meaning = _COMPARISONS.get(operator)
        notes = {"notes": f"{operator}: {meaning}" if meaning else shortened(clean(operator), NOTES_LIMIT)}
    return [metric | notes for metric in number(f"{name} - threshold", constraint["threshold"], cursor.at("threshold"))]
