"""Evaluation reports from files and from S3 are added completely or not at all, with their omissions."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cardwright.model_card import EvaluationJob, EvaluationMetricTypeEnum, Metric
from cardwright.model_card.evaluation_metric_parsers import EVALUATION_METRIC_PARSERS
from tests.model_card.sessions import ServerSession
from tests.reports.samples import DATA, sample

KINDS = EvaluationMetricTypeEnum


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("clarify_bias.json", KINDS.CLARIFY_BIAS),
        ("clarify_explainability.json", KINDS.CLARIFY_EXPLAINABILITY),
        ("generic_modelcard_evaluation.json", KINDS.MODEL_CARD_METRIC_SCHEMA),
        ("model_monitor_model_quality_regression.json", KINDS.MODEL_MONITOR_MODEL_QUALITY),
        ("model_monitor_model_quality_regression.json", KINDS.REGRESSION),
        ("model_monitor_model_quality_binary_classification.json", KINDS.BINARY_CLASSIFICATION),
        ("model_quality_multiclass.json", KINDS.MULTICLASS_CLASSIFICATION),
        ("clarify_bias.json", "Clarify Bias"),
        ("sklearn_iris.json", "scikit-learn Classification Report"),
        ("mlflow_classifier_metrics.json", None),
        ("lm_evaluation_harness_0_4.json", None),
    ],
)
def test_every_kind_is_read_from_a_file(file: str, kind: Any) -> None:
    job = EvaluationJob("job")
    job.add_metric_group_from_json(str(DATA / file), kind)
    assert job.metric_groups
    assert all(isinstance(metric, Metric) for group in job.metric_groups for metric in group.metric_data)


def test_groups_are_named_as_sdk_v2_names_them_and_found_by_name() -> None:
    job = EvaluationJob("job")
    job.add_metric_group_from_json(str(DATA / "clarify_bias.json"), KINDS.CLARIFY_BIAS)
    group = job.get_metric_group("post_training_bias_metrics - label Target = 1 and facet Gender=0")
    assert group is not None
    assert len(group.metric_data) == 1
    assert str(group).startswith("MetricGroup(name=post_training_bias_metrics")
    assert job.get_metric_group("nothing") is None
    assert job.add_metric_group("own") is job.get_metric_group("own")


@pytest.mark.parametrize("name", ["clarify_explanation", "model_monitor_model_quality_binary_classification"])
def test_the_parsers_translate_as_sdk_v2_does(name: str) -> None:
    source, kind = {
        "clarify_explanation": ("clarify_explainability.json", KINDS.CLARIFY_EXPLAINABILITY),
        "model_monitor_model_quality_binary_classification": (f"{name}.json", KINDS.MODEL_MONITOR_MODEL_QUALITY),
    }[name]
    assert EVALUATION_METRIC_PARSERS[kind].run(sample(source)) == sample(f"translated_{name}.json")


@pytest.mark.parametrize(
    ("kind", "content", "complaint"),
    [
        (KINDS.MODEL_CARD_METRIC_SCHEMA, {}, "Missing metric_group in the metric data."),
        (
            KINDS.MODEL_CARD_METRIC_SCHEMA,
            {"metric_groups": 1},
            'Invalid metric data format. {"metric_groups": [......]} is expected',
        ),
        (KINDS.CLARIFY_BIAS, {"pre_training_bias_metrics": {}}, "Missing facets value from the clarify bias"),
        (KINDS.CLARIFY_EXPLAINABILITY, {"explanations": []}, "Invalid explanations value."),
        (KINDS.REGRESSION, {"a": 1}, "Missing regression_metrics from the metric data."),
        (KINDS.BINARY_CLASSIFICATION, {"a": 1}, "Missing *_classification_metrics from the metric data."),
        (KINDS.MULTICLASS_CLASSIFICATION, {"a": 1}, "Missing *_classification_metrics from the metric data."),
        (
            KINDS.MODEL_MONITOR_MODEL_QUALITY,
            {},
            "Missing model monitor model quality metrics from the metric data.",
        ),
    ],
)
def test_a_file_of_another_kind_is_a_value_error_in_the_words_of_sdk_v2(
    tmp_path: Path, kind: EvaluationMetricTypeEnum, content: Any, complaint: str
) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(content))
    job = EvaluationJob("job")
    with pytest.raises(ValueError, match="^" + complaint.translate({ord(c): f"\\{c}" for c in "*.{}[]"})) as caught:
        job.add_metric_group_from_json(str(path), kind)
    assert "expected {" in str(caught.value)
    assert job.metric_groups == []


def test_invalid_reports_kinds_and_files_are_refused(tmp_path: Path) -> None:
    job = EvaluationJob("job")
    blank = tmp_path / "blank.json"
    blank.write_bytes(b"")
    with pytest.raises(ValueError, match="The report is not JSON"):
        job.add_metric_group_from_json(str(blank))
    with pytest.raises(ValueError, match=r"Please use cardwright.model_card.EvaluationMetricTypeEnum"):
        job.add_metric_group_from_json(str(DATA / "clarify_bias.json"), "Bias")
    with pytest.raises(FileNotFoundError):
        job.add_metric_group_from_json(str(tmp_path / "missing.json"))
    assert job.metric_groups == []


def test_a_csv_file_is_refused_by_the_default_kind_and_read_when_it_is_detected(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("metric,value\nrmse,4.02\n")
    job = EvaluationJob("job")
    with pytest.raises(ValueError, match="It looks like Metrics Table"):
        job.add_metric_group_from_json(str(path))
    assert job.add_metric_group_from_json(str(path), metric_type=None) == ()
    assert [metric.value for metric in job.metric_groups[0].metric_data] == [4.02]


def test_omissions_of_a_translation_are_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "evaluation.json"
    path.write_text('{"regression_metrics": {"mae": {"value": "NaN"}, "mse": {"value": 2.5}}}')
    job = EvaluationJob("job")
    omissions = job.add_metric_group_from_json(str(path), KINDS.REGRESSION)
    assert "regression_metrics.mae.value" in [omission.path for omission in omissions]
    assert f"{path}: regression_metrics.mae.value: left out" in caplog.text
    assert [metric.name for metric in job.metric_groups[0].metric_data] == ["mse"]


def test_one_warning_names_every_value_that_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "evaluation.json"
    strangers = {f"stranger_{number}": number for number in range(12)}
    path.write_text(json.dumps({"regression_metrics": {"mse": {"value": 2.5, "standard_deviation": 1}}} | strangers))
    EvaluationJob("job").add_metric_group_from_json(str(path), KINDS.REGRESSION)
    (warning,) = (record.getMessage() for record in caplog.records if record.levelname == "WARNING")
    assert [name for name in strangers if f"{name}: left out" not in warning] == []


def test_the_parsers_warn_of_what_they_leave_out(caplog: pytest.LogCaptureFixture) -> None:
    report = {"regression_metrics": {"mse": 2.5}, "benchmark": {"mse": 3}}
    EVALUATION_METRIC_PARSERS[KINDS.REGRESSION].run(report)
    assert "benchmark: left out with mse in it" in caplog.text


@pytest.mark.parametrize(
    "content",
    [{"metric_groups": []}, {"metric_groups": [{"name": "a", "metric_data": []}]}, {"regression_metrics": {}}],
)
def test_a_report_without_a_metric_adds_no_group(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(content))
    job = EvaluationJob("job")
    with pytest.raises(ValueError, match="it holds no metric"):
        job.add_metric_group_from_json(str(path), None)
    with pytest.raises(ValueError, match="it holds no metric"):
        EVALUATION_METRIC_PARSERS[_KIND_OF[next(iter(content))]].run(content)
    assert job.metric_groups == []


_KIND_OF = {"metric_groups": KINDS.MODEL_CARD_METRIC_SCHEMA, "regression_metrics": KINDS.REGRESSION}


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "binary/octet-stream", ""])
def test_a_report_in_s3_is_read_whatever_its_content_type(session: ServerSession, content_type: str) -> None:
    uri = session.objects.put("s3://bucket/a/report.json", (DATA / "clarify_bias.json").read_bytes(), content_type)
    job = EvaluationJob("job")
    job.add_metric_group_from_s3(session.boto_session, uri, KINDS.CLARIFY_BIAS)
    assert len(job.metric_groups) == 3


def test_a_missing_object_is_named_and_the_s3_error_raised(
    session: ServerSession, caplog: pytest.LogCaptureFixture
) -> None:
    job = EvaluationJob("job")
    with pytest.raises(ClientError, match="NoSuchKey"):
        job.add_metric_group_from_s3(session.boto_session, "s3://bucket/none.json", KINDS.CLARIFY_BIAS)
    assert "Metric file none.json does not exist in bucket." in caplog.text
    for url in ("s3://bucket", "bucket/key", ""):
        with pytest.raises(ValueError, match="is not the URL of an S3 object"):
            job.add_metric_group_from_s3(session.boto_session, url)
    assert job.metric_groups == []
