"""SageMaker Clarify evaluation of a foundation model (``output.json`` of an evaluation job).

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-foundation-model-evaluate-auto-ui-results.html

Translated as fmeval's output, which it resembles: one group for each evaluation and data set.
"""

from typing import cast

from cardwright.reports import fmeval_output
from cardwright.reports.cursor import Cursor
from cardwright.reports.translation import Document, MetricGroup

_NAME = "evaluation_name"


def recognises(document: Document) -> bool:
    """Whether the file has a list of evaluations with names and scores."""
    evaluations = document.get("evaluations")
    return isinstance(evaluations, list) and any(
        isinstance(evaluation, dict)
        and _NAME in evaluation
        and ("dataset_scores" in evaluation or "error" in evaluation)
        for evaluation in cast(list[object], evaluations)
    )


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the group of each evaluation, in the order of the file."""
    return [
        group
        for evaluation, here in cursor.at("evaluations").objects(document.get("evaluations"))
        for group in fmeval_output.read_evaluation(evaluation, _NAME, here)
    ]
