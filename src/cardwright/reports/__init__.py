"""Evaluation reports, turned into the metric groups of a card; this package reads no file and no network.

``read_report`` is the entry point; ``KINDS`` is the one table of the kinds. A new kind is one file with
``recognises`` and ``read``, and one row.
"""

from collections.abc import Mapping, Sequence

from cardwright.reports import (
    clarify_analysis,
    clarify_bias,
    clarify_explainability,
    constraint_violations,
    data_quality,
    generic,
    lm_evaluation_harness,
    mlflow_metrics,
    model_quality,
    sklearn_report,
    unknown_files,
)
from cardwright.reports.document import note_content_type, open_document
from cardwright.reports.kind import Kind
from cardwright.reports.model_quality import BINARY, MULTICLASS, REGRESSION
from cardwright.reports.place import Omissions, Place
from cardwright.reports.translation import Document, Fact, Omission, ReportInvalid, Translation

__all__ = ["KINDS", "Fact", "Kind", "Omission", "ReportInvalid", "Translation", "read_report"]

_CLASSIFICATION = model_quality.read_from(BINARY, MULTICLASS)
_IS_CLASSIFICATION = model_quality.has(BINARY, MULTICLASS)

# In the order of detection: the first row that recognises a file reads it.
_TABLE = (
    Kind("Model Card Metric Schema", '{"metric_groups": [...]}', generic.recognises, generic.read),
    Kind(
        "Clarify Analysis",
        '{"pre_training_bias_metrics": {"facets": ...}, "explanations": {...}}',
        clarify_analysis.recognises,
        clarify_analysis.read,
    ),
    Kind(
        "Clarify Bias",
        '{"pre_training_bias_metrics" or "post_training_bias_metrics": {"label", "facets": {...}}}',
        clarify_bias.recognises,
        clarify_bias.read,
        accepts=clarify_bias.has_facets,
    ),
    Kind(
        "Clarify Explainability",
        '{"explanations": {"kernel_shap": {...}, "pdp": [...]}}',
        clarify_explainability.recognises,
        clarify_explainability.read,
    ),
    Kind(
        "Model Monitor Model Quality",
        '{"regression_metrics", "binary_..." or "multiclass_classification_metrics": {...}}',
        model_quality.has_several,
        model_quality.read_from(REGRESSION, BINARY, MULTICLASS),
        accepts=model_quality.has(REGRESSION, BINARY, MULTICLASS),
    ),
    Kind(
        "Model Monitor Model Quality Regression",
        '{"regression_metrics": {...}}',
        model_quality.has(REGRESSION),
        model_quality.read_from(REGRESSION),
    ),
    Kind(
        "Model Monitor Model Quality Binary Classification",
        '{"binary_classification_metrics": {...}}',
        model_quality.has(BINARY),
        _CLASSIFICATION,
        accepts=_IS_CLASSIFICATION,  # SageMaker's two classification kinds read either section
    ),
    Kind(
        "Model Monitor Model Quality Multiclass Classification",
        '{"multiclass_classification_metrics": {...}}',
        model_quality.has(MULTICLASS),
        _CLASSIFICATION,
        accepts=_IS_CLASSIFICATION,
    ),
    Kind(
        "Model Monitor Data Quality",
        '{"dataset": {...}, "features": [{"name", "numerical_statistics" or "string_statistics": {...}}]}',
        data_quality.recognises,
        data_quality.read,
    ),
    Kind(
        "Model Monitor Constraint Violations",
        '{"violations": [...]}',
        constraint_violations.recognises,
        constraint_violations.read,
        accepts=constraint_violations.has_list,
    ),
    Kind(
        "scikit-learn Classification Report",
        '{"<class>": {"precision", "recall", "f1-score", "support"}, ...}',
        sklearn_report.recognises,
        sklearn_report.read,
    ),
    Kind(
        "lm-evaluation-harness Results",
        '{"results": {"<task>": {"acc,none", ...}}, "versions": {...}}',
        lm_evaluation_harness.recognises,
        lm_evaluation_harness.read,
    ),
    Kind(
        "MLflow Evaluation Metrics",
        '{"accuracy_score": 0.9, ...}, names and numbers only',
        mlflow_metrics.recognises,
        mlflow_metrics.read,
        accepts=mlflow_metrics.is_flat,
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _TABLE}


def read_report(
    source: bytes | str | Mapping[str, object] | Sequence[Mapping[str, object]],
    *,
    kind: str | None = None,
    content_type: str | None = None,
) -> Translation:
    """Translates an evaluation report into metric groups.

    Args:
        source: the file as UTF-8 bytes or text (at most 50 MB), or the report as an object in memory, or as the
            list of objects that a data frame gives.
        kind: a name in ``KINDS``; detected from the content when not given.
        content_type: what the store or the browser says of the file; one that is not JSON's is noted among
            the omissions and refuses nothing.

    Returns:
        The metric groups, at least one metric among them; an omission for each value that is left out or
        changed; and what the report says about its run as facts.

    Raises:
        ReportInvalid: the file is not JSON, is beyond a bound, is not of the kind that was named or of any
            known one, or holds no metric; the message says what was expected.
    """
    if kind is not None and kind not in KINDS:
        raise ReportInvalid(f"There is no report kind of that name; the kinds are: {', '.join(KINDS)}.")
    document = open_document(source)
    row = _detected(document) if kind is None else _named(KINDS[kind], document)
    omissions = Omissions()
    note_content_type(content_type, Place(omissions))
    return row.translate(document, omissions)


def _detected(document: Document) -> Kind:
    found = _first_to_recognise(document)
    if found is None:
        raise ReportInvalid(unknown_files.refusal(document, _TABLE))
    return found


def _named(kind: Kind, document: Document) -> Kind:
    if kind.can_read(document):
        return kind
    found = _first_to_recognise(document)
    like = found.name if found else unknown_files.looks_like(document)
    raise ReportInvalid(f"This file is not a {kind.name} report; expected is {kind.expects}. It looks like {like}.")


def _first_to_recognise(document: Document) -> Kind | None:
    return next((kind for kind in _TABLE if kind.recognises(document)), None)
