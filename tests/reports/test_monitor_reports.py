"""Model Monitor's data quality and constraint violations, which SageMaker's SDK does not translate."""

from cardwright.reports import read_report
from tests.reports.samples import by_name, changed, raw, violations


def test_data_quality_gives_a_group_for_the_dataset_and_one_for_each_feature() -> None:
    groups = by_name(read_report(raw("data_quality_numerical.json")).metric_groups)
    assert list(groups) == ["dataset", "features - _c0", "features - _c1"]
    assert groups["dataset"]["item_count"]["value"] == 100
    plain = {name: metric["value"] for name, metric in groups["features - _c0"].items() if name != "distribution"}
    assert plain == {
        "inferred_type": "Fractional",
        "num_present": 100,
        "num_missing": 0,
        "mean": 2.31,
        "sum": 231.0,
        "std_dev": 0.8330066026148891,
        "min": 1.0,
        "max": 3.0,
    }


def test_a_numerical_distribution_becomes_a_bar_for_each_bucket() -> None:
    chart = by_name(read_report(raw("data_quality_numerical.json")).metric_groups)["features - _c0"]["distribution"]
    assert chart["type"] == "bar_chart"
    assert chart["value"] == [24, 0, 0, 0, 0, 21, 0, 0, 0, 55]
    assert chart["x_axis_name"][:2] == ["1.0 to 1.2", "1.2 to 1.4"]
    assert chart["y_axis_name"] == "count"


def test_samples_in_sketches_are_left_out_with_one_note() -> None:
    (omission,) = read_report(raw("data_quality_numerical.json")).omissions
    assert omission.path == "features"
    assert "the sketches of 2 features were left out" in omission.message


def test_a_text_feature_gives_its_distinct_values_and_their_counts() -> None:
    feature = by_name(read_report(raw("data_quality_string.json")).metric_groups)["features - message"]
    assert feature["distinct_count"]["value"] == 1.0
    assert feature["distribution"]["x_axis_name"] == ["preproc-not-YET-supported-for-csv-json"]
    assert feature["distribution"]["value"] == [418]


def test_forty_five_features_are_all_translated() -> None:
    feature = {"inferred_type": "Unknown", "string_statistics": {"distinct_count": 3}}
    report = {
        "dataset": {"item_count": 9},
        "features": [{"name": f"f{index}", **feature} for index in range(45)],
    }
    groups = by_name(read_report(report).metric_groups)
    assert len(groups) == 46
    assert groups["features - f44"]["distinct_count"]["value"] == 3


def test_a_feature_without_statistics_drops_nothing_else() -> None:
    report = changed("data_quality_numerical.json", "features", 0, to={"name": "a", "inferred_type": "Unknown"})
    translation = read_report(report)
    assert list(by_name(translation.metric_groups)["features - a"]) == ["inferred_type"]
    assert "features.0" in [omission.path for omission in translation.omissions]


def test_violations_are_counted_and_listed_with_check_and_description() -> None:
    translation = read_report(raw("constraint_violations.json"))
    (group,) = by_name(translation.metric_groups).items()
    name, metrics = group
    assert name == "violations"
    assert metrics["violations"] == {"name": "violations", "type": "number", "value": 7}
    assert metrics["fare_amount"] == {
        "name": "fare_amount",
        "type": "string",
        "value": "data_type_check",
        "notes": "Value: 0.4994994994994995 does not meet the constraint requirement!",
    }
    assert translation.omissions == ()


def test_an_empty_list_of_violations_is_a_count_of_zero() -> None:
    (metrics,) = by_name(read_report({"violations": []}).metric_groups).values()
    assert metrics == {"violations": {"name": "violations", "type": "number", "value": 0}}


def test_a_drift_violation_is_named_by_its_metric_and_what_it_was_measured_on() -> None:
    bias = by_name(read_report(raw("bias_drift_violations.json")).metric_groups)["violations"]
    assert list(bias) == ["violations", "CI, facet Age=40", "DPPL, facet Age=40"]
    drift = {
        "label": "label0",
        "metric_name": "shap",
        "constraint_check_type": "feature_attribution_drift_check",
        "description": "Feature attribution drift 0.76 exceeds threshold 0.9",
    }
    attribution = by_name(read_report({"violations": [drift]}).metric_groups)["violations"]
    assert attribution["shap, label=label0"]["value"] == "feature_attribution_drift_check"


def test_a_violation_with_nothing_in_it_still_counts() -> None:
    translation = read_report({"violations": [{}, None]})
    assert violations(translation.metric_groups) == []
    metrics = by_name(translation.metric_groups)["violations"]
    assert metrics["violations"]["value"] == 1
    assert metrics["violation"]["value"] == "(not given)"
    assert len(translation.omissions) == 2
