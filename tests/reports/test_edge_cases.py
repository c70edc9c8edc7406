"""Inputs on which SageMaker's own parser fails are read as far as possible, with reasons for omissions."""

import json
import math

import pytest

from cardwright.reports import Omission, read_report
from tests.reports.samples import by_name, changed, raw, sample, violations, without

REGRESSION = "model_monitor_model_quality_regression.json"
BINARY = "model_monitor_model_quality_binary_classification.json"
SHAP = "clarify_explainability.json"


def test_a_nan_deviation_is_left_out_with_the_reason() -> None:
    translation = read_report(raw("model_quality_regression_nan.json"))
    assert list(by_name(translation.metric_groups)["regression_metrics"]) == ["mae", "mse", "rmse", "r2"]
    assert translation.omissions[0] == Omission(
        "regression_metrics.mae.standard_deviation",
        "left out: it is NaN, which Model Monitor writes for fewer than 200 samples",
    )
    assert len(translation.omissions) == 4


def test_a_missing_deviation_drops_nothing_else() -> None:
    report = without(REGRESSION, "regression_metrics", "mae", "standard_deviation")
    translation = read_report(report)
    metrics = by_name(translation.metric_groups)["regression_metrics"]
    assert "mae" in metrics
    assert "mae - standard_deviation" not in metrics
    assert len(metrics) == 7
    assert [omission.path for omission in translation.omissions] == ["regression_metrics.mae.standard_deviation"]


@pytest.mark.parametrize("text", ["NaN", "NA", "Infinity", "1_000", "", "high", "1" * 500])
def test_a_value_of_non_numeric_text_is_left_out(text: str) -> None:
    translation = read_report(changed(REGRESSION, "regression_metrics", "mae", "value", to=text))
    metrics = by_name(translation.metric_groups)["regression_metrics"]
    assert "mae" not in metrics
    assert "mae - standard_deviation" in metrics
    assert [omission.path for omission in translation.omissions] == ["regression_metrics.mae.value"]


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("0.93", 0.93), (" -1e-3 ", -0.001)])
def test_a_number_as_text_is_read_with_a_note(text: str, value: float) -> None:
    translation = read_report(changed(REGRESSION, "regression_metrics", "mae", "value", to=text))
    assert by_name(translation.metric_groups)["regression_metrics"]["mae"]["value"] == value
    assert [omission.message for omission in translation.omissions] == ["the value is text; it was read as a number"]


@pytest.mark.parametrize("value", [None, True, [1], {"a": 1}, math.nan, math.inf, 10**400])
def test_a_value_that_is_not_finite_is_left_out(value: object) -> None:
    translation = read_report(changed(REGRESSION, "regression_metrics", "mae", "value", to=value))
    assert "mae" not in by_name(translation.metric_groups)["regression_metrics"]
    assert len(translation.omissions) == 1


def test_a_bare_number_is_a_metric_without_deviation() -> None:
    translation = read_report({"regression_metrics": {"mse": 4.9}})
    assert by_name(translation.metric_groups) == {
        "regression_metrics": {"mse": {"name": "mse", "type": "number", "value": 4.9}}
    }


def test_a_metric_without_a_value_is_left_out_alone() -> None:
    translation = read_report(without(REGRESSION, "regression_metrics", "r2", "value"))
    assert "r2" not in by_name(translation.metric_groups)["regression_metrics"]
    assert translation.omissions == (Omission("regression_metrics.r2.value", "left out: the report gives no value"),)


def test_a_null_bias_metric_is_left_out_with_the_error_clarify_wrote() -> None:
    metric = {"name": "DI", "description": "Disparate Impact", "value": None, "error": "Facet is constant"}
    path = ("pre_training_bias_metrics", "facets", "Gender", 0, "metrics", 0)
    translation = read_report(changed("clarify_bias.json", *path, to=metric))
    assert translation.metric_groups[-1]["metric_data"] == []
    (omission,) = translation.omissions
    assert omission.path == "pre_training_bias_metrics.facets.Gender.0.metrics.0.value"
    assert "Facet is constant" in omission.message


def test_a_bias_section_without_its_label_still_gives_its_metrics() -> None:
    translation = read_report(without("clarify_bias.json", "pre_training_bias_metrics", "label"))
    assert translation.metric_groups[-1]["metric_data"] == [
        {"name": "CDDL", "type": "number", "value": 0.21491590864936}
    ]
    assert [omission.path for omission in translation.omissions] == ["pre_training_bias_metrics.label"]


def test_missing_label_headers_are_replaced_by_clarifys_placeholders() -> None:
    """The example in the documentation has no label headers."""
    translation = read_report(without(SHAP, "explanations", "pdp", 0, "label_headers"))
    assert translation.metric_groups == sample("translated_clarify_explanation.json")["metric_groups"]
    assert "explanations.pdp.0.label_headers" in [omission.path for omission in translation.omissions]


def test_a_feature_with_an_error_is_left_out_alone() -> None:
    failed = {
        "feature_name": "text_column",
        "data_type": "free_text",
        "error": "Detected data type is not supported",
    }
    translation = read_report(changed(SHAP, "explanations", "pdp", 0, to=failed))
    names = list(by_name(translation.metric_groups)["explanations - pdp"])
    assert names == ["data_distribution - feature=Animal", "model_predictions - feature=Animal, label=label0"]
    result = {omission.path: omission.message for omission in translation.omissions}
    assert result["explanations.pdp.0"] == "left out: the report gives this error: Detected data type is not supported"


def test_extra_headers_drop_no_plot() -> None:
    report = changed(SHAP, "explanations", "pdp", 0, "label_headers", to=["label0", "label1"])
    translation = read_report(report)
    assert translation.metric_groups == sample("translated_clarify_explanation.json")["metric_groups"]
    assert "explanations.pdp.0.label_headers" in [omission.path for omission in translation.omissions]


def test_categories_that_are_numbers_become_labels() -> None:
    report = changed(SHAP, "explanations", "pdp", 1, "feature_values", to=[1, 2.5, True, None])
    chart = by_name(read_report(report).metric_groups)["explanations - pdp"]["data_distribution - feature=Animal"]
    assert chart["x_axis_name"] == ["1", "2.5", "True", "None"]


def test_a_long_category_is_cut_to_what_a_label_may_hold() -> None:
    report = changed(SHAP, "explanations", "pdp", 1, "feature_values", 0, to="C" * 100)
    translation = read_report(report)
    chart = by_name(translation.metric_groups)["explanations - pdp"]["data_distribution - feature=Animal"]
    assert chart["x_axis_name"][0] == "C" * 62 + "…"
    assert violations(translation.metric_groups) == []
    assert any("1 of 4 labels are longer than 63" in omission.message for omission in translation.omissions)


def test_points_that_are_not_finite_are_left_out_of_a_curve() -> None:
    path = ("binary_classification_metrics", "precision_recall_curve", "precisions", 0)
    translation = read_report(changed(BINARY, *path, to="NaN"))
    curve = by_name(translation.metric_groups)["binary_classification_metrics"]["precision_recall_curve"]
    assert curve["value"] == [[0.25, 1], [0.5, 1], [0.75, 1], [1, 1]]
    assert any("1 of 5 values were left out" in omission.message for omission in translation.omissions)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "nonsense", ""])
def test_an_unknown_content_type_is_noted_and_the_report_read(content_type: str) -> None:
    translation = read_report(raw("clarify_bias.json"), content_type=content_type)
    assert translation.metric_groups == sample("generic_modelcard_evaluation.json")["metric_groups"]
    assert [omission.path for omission in translation.omissions] == ["(root)"]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "binary/octet-stream",
        "application/vnd.x+json",
        None,
    ],
)
def test_a_content_type_that_can_be_json_adds_no_note(content_type: str | None) -> None:
    assert read_report(raw("clarify_bias.json"), content_type=content_type).omissions == ()


def test_nan_of_python_writers_does_not_refuse_the_report() -> None:
    report = changed(REGRESSION, "regression_metrics", "mae", "value", to=math.nan)
    assert "NaN" in json.dumps(report)
    assert len(by_name(read_report(json.dumps(report)).metric_groups)["regression_metrics"]) == 7
