"""Translates evaluation reports to the metric groups of a card. This package does no I/O.

``read_report`` is the entry point; ``KINDS`` is the table of report kinds. A new kind is one file with ``recognises``
and ``read``, and one row.
"""

from collections.abc import Mapping, Sequence

from cardwright.reports import (
    bigcode_results,
    boosting_history,
    clarify_analysis,
    clarify_bias,
    clarify_explainability,
    clarify_foundation_model,
    clarify_time_series,
    constraint_violations,
    data_quality,
    evaluate_results,
    evidently_report,
    fmeval_output,
    generic,
    group_metrics,
    helm_stats,
    inspect_log,
    keras_history,
    lighteval_results,
    lm_evaluation_harness,
    metrics_file,
    metrics_table,
    mlflow_metrics,
    mlflow_table,
    model_quality,
    mteb_results,
    quality_constraints,
    seqeval_results,
    sklearn_report,
    trainer_results,
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
_OF_TOOLS = (
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
        "Clarify Time Series Explanations",
        '{"explanations": [{"feature_name", "timestamp", "scores": [...]}]}, alone or on each line',
        clarify_time_series.recognises,
        clarify_time_series.read,
    ),
    ReportKind(
        "Clarify Foundation Model Evaluation",
        '{"evaluations": [{"evaluation_name", "dataset_name", "dataset_scores": [{"name", "value"}]}]}',
        clarify_foundation_model.recognises,
        clarify_foundation_model.read,
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
        "Model Monitor Model Quality Constraints",
        '{"regression_constraints", "binary_..." or "multiclass_classification_constraints": {...}}',
        quality_constraints.recognises,
        quality_constraints.read,
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
        "lighteval Results",
        '{"config_general": {...}, "results": {"<task>|<shots>": {"acc", ...}}}',
        lighteval_results.recognises,
        lighteval_results.read,
    ),
    ReportKind(
        "HELM Statistics",
        'stats.json: [{"name": {"name", "split"}, "count", "sum", "mean", ...}]',
        helm_stats.recognises,
        helm_stats.read,
    ),
    ReportKind(
        "Inspect AI Log",
        '{"eval": {"task", "model", ...}, "results": {"scores": [{"name", "metrics": {...}}]}}',
        inspect_log.recognises,
        inspect_log.read,
    ),
    ReportKind(
        "MTEB Results",
        '{"task_name" or "mteb_dataset_name", "dataset_revision", "scores": {"test": [{"main_score", ...}]}}',
        mteb_results.recognises,
        mteb_results.read,
    ),
    ReportKind(
        "BigCode Evaluation Results",
        '{"<task>": {"pass@1", ...}, "config": {"temperature", "n_samples", ...}}',
        bigcode_results.recognises,
        bigcode_results.read,
    ),
    ReportKind(
        "fmeval Output",
        '[{"eval_name", "dataset_name", "dataset_scores": [{"name", "value"}], "category_scores"}]',
        fmeval_output.recognises,
        fmeval_output.read,
    ),
    ReportKind(
        "Hugging Face evaluate Results",
        '{"accuracy": 0.9, "_evaluate_version", "_timestamp", ...}',
        evaluate_results.recognises,
        evaluate_results.read,
    ),
    ReportKind(
        "Hugging Face Trainer Results",
        '{"eval_loss", "eval_accuracy", "eval_runtime", "epoch", ...}',
        trainer_results.recognises,
        trainer_results.read,
    ),
    ReportKind(
        "seqeval Results",
        '{"<entity>": {"precision", "recall", "f1", "number"}, "overall_f1", ...}',
        seqeval_results.recognises,
        seqeval_results.read,
    ),
    ReportKind(
        "Evidently Report",
        '{"metrics": [{"metric", "result"} or {"metric_name", "value"}], "tests": [...]}',
        evidently_report.recognises,
        evidently_report.read,
    ),
    ReportKind(
        "MLflow Evaluation Table",
        'eval_results_table.json: {"columns": ["inputs", "outputs", "toxicity/v1/score", ...], "data": [[...]]}',
        mlflow_table.recognises,
        mlflow_table.read,
    ),
    ReportKind(
        "MLflow Evaluation Metrics",
        '{"accuracy_score": 0.9, ...}, names and numbers only',
        mlflow_metrics.recognises,
        mlflow_metrics.read,
        accepts=mlflow_metrics.is_flat,
    ),
    ReportKind(
        "XGBoost Evaluation History",
        '{"train": {"logloss": [0.6, 0.5, ...]}, "eval": {...}}, as evals_result of XGBoost and LightGBM',
        boosting_history.recognises,
        boosting_history.read,
    ),
    ReportKind(
        "Keras Training History",
        '{"loss": [0.6, 0.5, ...], "val_loss": [...], ...}',
        keras_history.recognises,
        keras_history.read,
    ),
    ReportKind(
        "fairlearn Metrics by Group",
        '{"accuracy": {"<group>": 0.9, ...}, ...} or {"by_group": {...}, "overall": {...}}',
        group_metrics.recognises,
        group_metrics.read,
    ),
    ReportKind(
        "Metrics Table",
        'a CSV file with the columns "metric" and "value", or with a column for each metric',
        lambda document: metrics_table.recognises(document) and unknown_files.tool_of(document) is None,
        metrics_table.read,
        accepts=metrics_table.recognises,
    ),
)
_METRICS_FILE = ReportKind(
    "Metrics File",
    '{"accuracy": 0.9, "test": {"f1": 0.8}, "confusion_matrix": [[...]], ...}',
    lambda document: metrics_file.recognises(document) and _is_of_no_tool(document),
    metrics_file.read,
    accepts=metrics_file.has_number,
)
_TABLE = (*_OF_TOOLS, _METRICS_FILE)

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
    note_content_type(content_type, document, Cursor(omissions))
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


def _is_of_no_tool(document: Document) -> bool:
    """Whether no known tool wrote the file: a script may have written it."""
    return unknown_files.tool_of(document) is None and not any(kind.recognises(document) for kind in _OF_TOOLS)


def _first_to_recognise(document: Document) -> ReportKind | None:
    return next((kind for kind in _TABLE if kind.recognises(document)), None)
