"""Translates evaluation reports to the metric groups of a card. This package does no I/O.

``read_report`` is the entry point; ``KINDS`` is the table of report kinds. A new kind is one file with ``recognises``
and ``read``, and one row.
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
from cardwright.reports.cursor import Cursor, Omissions
from cardwright.reports.document import note_content_type, open_document
from cardwright.reports.kind import ReportKind
from cardwright.reports.model_quality import BINARY, MULTICLASS, REGRESSION
from cardwright.reports.translation import Document, Fact, Omission, ReportInvalid, Translation

__all__ = ["KINDS", "Fact", "Omission", "ReportInvalid", "ReportKind", "Translation", "read_report"]

_CLASSIFICATION = model_quality.read_from(BINARY, MULTICLASS)
_IS_CLASSIFICATION = model_quality.has(BINARY, MULTICLASS)

# In the order of detection: the first row that recognises a file reads it.
_TABLE = (
    ReportKind("Model Card Metric Schema", '{"metric_groups": [...]}', generic.recognises, generic.read),
    ReportKind(
        "Clarify Analysis",
        '{"pre_training_bias_metrics": {"facets": ...}, "explanations": {...}}',
        clarify_analysis.recognises,
        clarify_analysis.read,
    ),
    ReportKind(
        "Clarify Bias",
        '{"pre_training_bias_metrics" or "post_training_bias_metrics": {"label", "facets": {...}}}',
        clarify_bias.recognises,
        clarify_bias.read,
        accepts=clarify_bias.has_facets,
    ),
    ReportKind(
        "Clarify Explainability",
        '{"explanations": {"kernel_shap": {...}, "pdp": [...]}}',
        clarify_explainability.recognises,
        clarify_explainability.read,
    ),
    ReportKind(
        "Model Monitor Model Quality",
        '{"regression_metrics", "binary_..." or "multiclass_classification_metrics": {...}}',
        model_quality.has_several,
        model_quality.read_from(REGRESSION, BINARY, MULTICLASS),
        accepts=model_quality.has(REGRESSION, BINARY, MULTICLASS),
    ),
    ReportKind(
        "Model Monitor Model Quality Regression",
        '{"regression_metrics": {...}}',
        model_quality.has(REGRESSION),
        model_quality.read_from(REGRESSION),
    ),
    ReportKind(
        "Model Monitor Model Quality Binary Classification",
        '{"binary_classification_metrics": {...}}',
        model_quality.has(BINARY),
        _CLASSIFICATION,
        accepts=_IS_CLASSIFICATION,  # both of SageMaker's classification kinds read either section
    ),
    ReportKind(
        "Model Monitor Model Quality Multiclass Classification",
        '{"multiclass_classification_metrics": {...}}',
        model_quality.has(MULTICLASS),
        _CLASSIFICATION,
        accepts=_IS_CLASSIFICATION,
    ),
    ReportKind(
        "Model Monitor Data Quality",
        '{"dataset": {...}, "features": [{"name", "numerical_statistics" or "string_statistics": {...}}]}',
        data_quality.recognises,
        data_quality.read,
    ),
    ReportKind(
        "Model Monitor Constraint Violations",
        '{"violations": [...]}',
        constraint_violations.recognises,
        constraint_violations.read,
        accepts=constraint_violations.has_list,
    ),
    ReportKind(
        "scikit-learn Classification Report",
        '{"<class>": {"precision", "recall", "f1-score", "support"}, ...}',
        sklearn_report.recognises,
        sklearn_report.read,
    ),
    ReportKind(
        "lm-evaluation-harness Results",
        '{"results": {"<task>": {"acc,none", ...}}, "versions": {...}}',
        lm_evaluation_harness.recognises,
        lm_evaluation_harness.read,
    ),
    ReportKind(
        "MLflow Evaluation Metrics",
        '{"accuracy_score": 0.9, ...}, names and numbers only',
        mlflow_metrics.recognises,
        mlflow_metrics.read,
        accepts=mlflow_metrics.is_flat,
    ),
)

KINDS: Mapping[str, ReportKind] = {kind.name: kind for kind in _TABLE}


def read_report(
    source: bytes | str | Mapping[str, object] | Sequence[Mapping[str, object]],
    *,
    kind: str | None = None,
    content_type: str | None = None,
) -> Translation:
    """Translate an evaluation report to metric groups.

    Args:
        source: the file as UTF-8 bytes or text (at most 50 MB), or the report as a mapping, or as the list of
            mappings of a data frame.
        kind: a name in ``KINDS``; without it, the kind is detected from the content.
        content_type: the content type from the object store or browser. If it is not a JSON type, this is noted
            among the omissions; the report is still read.

    Returns:
        The metric groups, with at least one metric; an omission for each value that is left out or changed; and
        the facts about the run.

    Raises:
        ReportInvalid: the file is not JSON, exceeds a limit, does not match the given kind or any known kind, or
            holds no metric. The message names what was expected.
    """
    if kind is not None and kind not in KINDS:
        raise ReportInvalid(f"Unknown report kind. The kinds are: {', '.join(KINDS)}.")
    document = open_document(source)
    report_kind = _detected(document) if kind is None else _named(KINDS[kind], document)
    omissions = Omissions()
    note_content_type(content_type, Cursor(omissions))
    return report_kind.translate(document, omissions)


def _detected(document: Document) -> ReportKind:
    found = _first_to_recognise(document)
    if found is None:
        raise ReportInvalid(unknown_files.refusal(document, _TABLE))
    return found


def _named(kind: ReportKind, document: Document) -> ReportKind:
    if kind.can_read(document):
        return kind
    found = _first_to_recognise(document)
    like = found.name if found else unknown_files.looks_like(document)
    raise ReportInvalid(f"This file is not a {kind.name} report; expected {kind.expects}. It looks like {like}.")


def _first_to_recognise(document: Document) -> ReportKind | None:
    return next((kind for kind in _TABLE if kind.recognises(document)), None)
