"""The kind of a report is detected, and other files are refused with the expected form."""

import enum
import json
from pathlib import Path

import pytest

from cardwright.core.errors import Invalid
from cardwright.reports import KINDS, ReportInvalid, read_report
from cardwright.reports.document import open_document
from cardwright.reports.unknown_files import WHERE_KINDS_ARE_LISTED
from tests.reports.samples import DATA, REPORTS, TABLES, raw, sample, violations

AWS_KINDS = {
    "Model Card Metric Schema",
    "Clarify Bias",
    "Clarify Explainability",
    "Model Monitor Model Quality",
    "Model Monitor Model Quality Regression",
    "Model Monitor Model Quality Binary Classification",
    "Model Monitor Model Quality Multiclass Classification",
}


def test_every_kind_of_the_sagemaker_enum_is_in_the_table() -> None:
    assert set(KINDS) >= AWS_KINDS


def test_every_sample_has_its_provenance_written_down() -> None:
    readme = (DATA / "README.md").read_text()
    assert [
        name for name in (*REPORTS, *TABLES) if name not in readme and not name.startswith(("sklearn_", "mlflow_"))
    ] == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("generic_modelcard_evaluation.json", "Model Card Metric Schema"),
        ("clarify_bias.json", "Clarify Bias"),
        ("clarify_explainability.json", "Clarify Explainability"),
        ("model_monitor_model_quality_regression.json", "Model Monitor Model Quality Regression"),
        (
            "model_monitor_model_quality_binary_classification.json",
            "Model Monitor Model Quality Binary Classification",
        ),
        ("model_quality_multiclass.json", "Model Monitor Model Quality Multiclass Classification"),
        ("data_quality_numerical.json", "Model Monitor Data Quality"),
        ("data_quality_string.json", "Model Monitor Data Quality"),
        ("constraint_violations.json", "Model Monitor Constraint Violations"),
        ("bias_drift_violations.json", "Model Monitor Constraint Violations"),
        ("sklearn_iris.json", "scikit-learn Classification Report"),
        ("sklearn_nan.json", "scikit-learn Classification Report"),
        ("lm_evaluation_harness_0_3.json", "lm-evaluation-harness Results"),
        ("lm_evaluation_harness_0_4.json", "lm-evaluation-harness Results"),
        ("mlflow_classifier_metrics.json", "MLflow Evaluation Metrics"),
        ("mlflow_text_metrics.json", "MLflow Evaluation Metrics"),
        ("mlflow_eval_results_table.json", "MLflow Evaluation Table"),
        ("mlflow_per_class_metrics.csv", "Metrics Table"),
        ("metrics_flat.json", "Metrics File"),
        ("metrics_nested.json", "Metrics File"),
        ("metrics_with_matrix.json", "Metrics File"),
        ("metrics_long.csv", "Metrics Table"),
        ("metrics_wide.csv", "Metrics Table"),
        ("clarify_foundation_model.json", "Clarify Foundation Model Evaluation"),
        ("fmeval_falcon.json", "fmeval Output"),
        ("fmeval_categories.json", "fmeval Output"),
        ("trainer_eval_results.json", "Hugging Face Trainer Results"),
        ("trainer_all_results.json", "Hugging Face Trainer Results"),
        ("evaluate_save.json", "Hugging Face evaluate Results"),
        ("inspect_log.json", "Inspect AI Log"),
        ("lighteval_results.json", "lighteval Results"),
        ("helm_stats.json", "HELM Statistics"),
        ("mteb_classification.json", "MTEB Results"),
        ("mteb_sts22_old.json", "MTEB Results"),
        ("bigcode_humaneval.json", "BigCode Evaluation Results"),
        ("bigcode_mercury.json", "BigCode Evaluation Results"),
        ("evidently_old.json", "Evidently Report"),
        ("evidently_tests_old.json", "Evidently Report"),
        ("evidently_new.json", "Evidently Report"),
        ("fairlearn_by_group.json", "fairlearn Metrics by Group"),
        ("fairlearn_two_features.json", "fairlearn Metrics by Group"),
        ("fairlearn_split.json", "fairlearn Metrics by Group"),
        ("fairlearn_overall.json", "fairlearn Metrics by Group"),
        ("seqeval_results.json", "seqeval Results"),
        ("seqeval_classification_report.json", "scikit-learn Classification Report"),
        ("xgboost_evals_result.json", "XGBoost Evaluation History"),
        ("xgboost_cv.json", "XGBoost Evaluation History"),
        ("keras_history.json", "Keras Training History"),
        ("keras_log.csv", "Metrics Table"),
        ("clarify_time_series.json", "Clarify Time Series Explanations"),
        ("clarify_time_series.jsonl", "Clarify Time Series Explanations"),
        ("quality_constraints.json", "Model Monitor Model Quality Constraints"),
    ],
)
def test_the_kind_of_a_report_is_detected(name: str, kind: str) -> None:
    assert read_report(raw(name)).kind == kind


@pytest.mark.parametrize("name", [*REPORTS, *TABLES])
def test_naming_the_detected_kind_gives_the_same_translation(name: str) -> None:
    translation = read_report(raw(name))
    assert read_report(raw(name), kind=translation.kind) == translation


@pytest.mark.parametrize("name", [*REPORTS, *TABLES])
def test_every_translation_fits_the_content_schema(name: str) -> None:
    assert violations(read_report(raw(name)).metric_groups) == []


@pytest.mark.parametrize("name", [*REPORTS, *TABLES])
def test_no_two_kinds_recognise_the_same_report(name: str) -> None:
    document = open_document(raw(name))
    assert [kind.name for kind in KINDS.values() if kind.recognises(document)] == [read_report(raw(name)).kind]


def test_a_kind_may_be_named_by_a_member_of_a_text_enum() -> None:
    class Types(str, enum.Enum):  # noqa: UP042 - as SageMaker's EvaluationMetricTypeEnum is made
        BIAS = "Clarify Bias"

    translation = read_report(raw("clarify_bias.json"), kind=Types.BIAS)
    assert type(translation.kind) is str
    assert translation.kind == "Clarify Bias"


def test_bias_and_explanations_in_one_file_are_both_translated() -> None:
    both = sample("clarify_bias.json") | sample("clarify_explainability.json")
    translation = read_report(both)
    expected = read_report(raw("clarify_bias.json")).metric_groups
    expected = expected + read_report(raw("clarify_explainability.json")).metric_groups
    assert translation.kind == "Clarify Analysis"
    assert translation.metric_groups == expected


def test_naming_one_half_of_a_clarify_file_reads_that_half() -> None:
    both = sample("clarify_bias.json") | sample("clarify_explainability.json")
    translation = read_report(both, kind="Clarify Bias")
    assert translation.metric_groups == read_report(raw("clarify_bias.json")).metric_groups
    assert [omission.path for omission in translation.omissions] == ["explanations"]


def test_all_sections_of_a_model_quality_file_are_translated() -> None:
    """SageMaker's SDK stops after the first."""
    report = sample("model_monitor_model_quality_regression.json") | sample("model_quality_multiclass.json")
    translation = read_report(report)
    assert translation.kind == "Model Monitor Model Quality"
    assert [group["name"] for group in translation.metric_groups] == [
        "regression_metrics",
        "multiclass_classification_metrics",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"foo": "bar"},
        {"profit": 0.9},
        {"results": {"a": {"b": 1}}},
        {"version": 0.0, "features": [{"name": "a", "inferred_type": "Integral", "completeness": 1.0}]},
        {"explanations": []},
        {"metric_groups": {}},
        {"regression_metrics": None},
        {"violations": {}},
    ],
)
def test_an_unknown_file_is_refused_in_three_short_lines(wrong: dict[str, object]) -> None:
    with pytest.raises(ReportInvalid) as refusal:
        read_report(json.dumps(wrong))
    looks, nearest, listed = refusal.value.message.splitlines()
    assert looks.startswith("Unknown report. It looks like ")
    assert any(name in nearest for name in KINDS)
    assert listed == "All kinds: docs/reference/reports.md, cardwright.reports.KINDS."
    assert len(refusal.value.message) < 350


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_report_is_refused_by_every_kind_with_what_it_expects(kind: str) -> None:
    with pytest.raises(ReportInvalid) as refusal:
        read_report(b"{}", kind=kind)
    assert KINDS[kind].expects in refusal.value.message


def test_a_report_of_another_kind_is_refused_with_what_it_looks_like() -> None:
    with pytest.raises(ReportInvalid, match=r"not a Clarify Bias report.*It looks like Model Monitor Data Quality\."):
        read_report(raw("data_quality_string.json"), kind="Clarify Bias")


def test_an_unknown_kind_is_refused_with_the_list_of_kinds() -> None:
    with pytest.raises(ReportInvalid, match="Clarify Explainability"):
        read_report(raw("clarify_bias.json"), kind="clarify")


def test_a_refusal_is_an_invalid_value_for_every_interface() -> None:
    assert issubclass(ReportInvalid, Invalid)


def test_every_kind_is_in_the_reference_that_refusals_name() -> None:
    page = (Path(__file__).parents[2] / WHERE_KINDS_ARE_LISTED).read_text()
    assert [name for name in KINDS if f"| {name} |" not in page] == []
