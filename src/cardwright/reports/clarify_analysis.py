"""A whole SageMaker Clarify analysis: bias and explainability in one ``analysis.json``.

A job that runs both (``run_bias_and_explainability``) writes one file. SageMaker's SDK has a parser for each
half and stops at the other; this kind gives both.
"""

from cardwright.reports import clarify_bias, clarify_explainability
from cardwright.reports.place import Place
from cardwright.reports.translation import Document, MetricGroup


def recognises(document: Document) -> bool:
    """The file has facets as well as explanations."""
    return clarify_bias.recognises(document) and clarify_explainability.recognises(document)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """The groups of the bias report, then those of the explanations."""
    bias = {name: section for name, section in document.items() if name != "explanations"}
    explanations = {"explanations": document["explanations"]}
    return [*clarify_bias.read(bias, place), *clarify_explainability.read(explanations, place)]
