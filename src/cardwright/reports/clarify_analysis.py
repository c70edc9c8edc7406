"""A whole SageMaker Clarify analysis: bias and explainability in one ``analysis.json``.

A job that runs both (``run_bias_and_explainability``) writes one file. Each parser of SageMaker's SDK reads one half
and fails on the other; this kind reads both.
"""

from cardwright.reports import clarify_bias, clarify_explainability
from cardwright.reports.cursor import Cursor
from cardwright.reports.translation import Document, MetricGroup


def recognises(document: Document) -> bool:
    """Whether the file has facets and explanations."""
    return clarify_bias.recognises(document) and clarify_explainability.recognises(document)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the groups of the bias report, then the groups of the explanations."""
    bias = {name: section for name, section in document.items() if name != "explanations"}
    explanations = {"explanations": document["explanations"]}
    return [*clarify_bias.read(bias, cursor), *clarify_explainability.read(explanations, cursor)]
