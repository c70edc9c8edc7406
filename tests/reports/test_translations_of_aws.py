"""Translations equal those of SageMaker's SDK, name for name, where it has one."""

import pytest

from cardwright.reports import read_report
from tests.reports.samples import by_name, raw, sample


@pytest.mark.parametrize(
    ("report", "translated"),
    [
        ("clarify_bias.json", "generic_modelcard_evaluation.json"),
        ("clarify_explainability.json", "translated_clarify_explanation.json"),
        (
            "model_monitor_model_quality_binary_classification.json",
            "translated_model_monitor_model_quality_binary_classification.json",
        ),
        ("generic_modelcard_evaluation.json", "generic_modelcard_evaluation.json"),
    ],
)
def test_a_report_is_translated_as_aws_translates_it(report: str, translated: str) -> None:
    assert read_report(raw(report)).metric_groups == sample(translated)["metric_groups"]


def test_regression_metrics_keep_their_names_and_deviations() -> None:
    groups = by_name(read_report(raw("model_monitor_model_quality_regression.json")).metric_groups)
    metrics = list(groups["regression_metrics"].values())
    assert metrics[:2] == [
        {"name": "mae", "type": "number", "value": 1.5915896386811228},
        {"name": "mae - standard_deviation", "type": "number", "value": 0.019549525493231325},
    ]
    assert len(metrics) == 8


def test_multiclass_metrics_of_the_guide_are_translated_whole() -> None:
    translation = read_report(raw("model_quality_multiclass.json"))
    metrics = by_name(translation.metric_groups)["multiclass_classification_metrics"]
    assert translation.kind == "Model Monitor Model Quality Multiclass Classification"
    assert metrics["confusion_matrix"] == {
        "name": "confusion_matrix",
        "type": "matrix",
        "value": [[1180, 510], [268, 138]],
        "x_axis_name": ["0", "1"],
        "y_axis_name": ["0", "1"],
    }
    assert len(metrics) == 1 + 12 * 2
    assert "weighted_f0_5_best_constant_classifier - standard_deviation" in metrics
    assert translation.omissions == ()


def test_a_range_as_facet_value_is_in_the_name_of_its_group() -> None:
    (group,) = read_report(raw("clarify_bias_range_facet.json")).metric_groups
    assert group["name"] == "pre_training_bias_metrics - label Label = 1 and facet F1=(0.5, 0.9936148802477393]"
    assert len(group["metric_data"]) == 8  # type: ignore[arg-type]


def test_either_classification_kind_reads_either_section_as_aws_does() -> None:
    for kind in ("Binary", "Multiclass"):
        name = f"Model Monitor Model Quality {kind} Classification"
        assert read_report(raw("model_quality_multiclass.json"), kind=name).kind == name


def test_a_long_list_of_shap_values_stays_whole() -> None:
    values = {f"feature {index}": index / 1000 for index in range(450)}
    report = {"explanations": {"kernel_shap": {"label0": {"global_shap_values": values}}}}
    (metrics,) = by_name(read_report(report).metric_groups).values()
    assert [metric["value"] for metric in metrics.values()] == list(values.values())


def test_a_long_curve_stays_whole() -> None:
    rates = [index / 5000 for index in range(5001)]
    curve = {"false_positive_rates": rates, "true_positive_rates": rates}
    report = {"binary_classification_metrics": {"receiver_operating_characteristic_curve": curve}}
    (metrics,) = by_name(read_report(report).metric_groups).values()
    assert metrics["receiver_operating_characteristic_curve"]["value"] == [[rate, rate] for rate in rates]
