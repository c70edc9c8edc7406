"""Reports about training, groups of people, drift and monitoring, and files that scripts write."""

import json
from typing import Any

import pytest

from cardwright.core.directions import Direction, direction_of
from cardwright.reports import ReportInvalid, read_report
from tests.reports.samples import by_name, raw, sample


def groups_of(name: str) -> dict[str, dict[str, Any]]:
    return by_name(read_report(raw(name)).metric_groups)


def metrics_of(report: Any) -> dict[str, Any]:
    (metrics,) = by_name(read_report(report).metric_groups).values()
    return {name: metric["value"] for name, metric in metrics.items()}


def test_an_evaluation_history_becomes_a_graph_for_each_set_and_metric() -> None:
    report = sample("xgboost_evals_result.json")
    groups = groups_of("xgboost_evals_result.json")
    assert {name: list(metrics) for name, metrics in groups.items()} == {
        "train": ["train - logloss", "train - auc"],
        "eval": ["eval - logloss", "eval - auc"],
    }
    graph = groups["eval"]["eval - auc"]
    assert graph["type"] == "linear_graph"
    assert graph["value"] == [[step, value] for step, value in enumerate(report["eval"]["auc"])]
    assert (graph["x_axis_name"], graph["y_axis_name"]) == ("iteration", "auc")


@pytest.mark.parametrize("name", ["xgboost_cv.json", "xgboost_cv.csv"])
def test_cross_validation_has_a_graph_for_mean_and_deviation(name: str) -> None:
    (graphs,) = groups_of(name).values()
    assert list(graphs) == ["train-logloss-mean", "train-logloss-std", "test-logloss-mean", "test-logloss-std"]
    assert graphs["test-logloss-std"]["value"][3] == [3, 0.026412147108853052]


@pytest.mark.parametrize("name", ["keras_history.json", "keras_log.csv"])
def test_a_history_of_keras_becomes_a_graph_for_each_metric(name: str) -> None:
    (graphs,) = groups_of(name).values()
    history = sample("keras_history.json")
    assert {metric: graph["value"] for metric, graph in graphs.items()} == {
        metric: [[step, value] for step, value in enumerate(values)] for metric, values in history.items()
    }
    assert {graph["x_axis_name"] for graph in graphs.values()} == {"epoch"}


def test_an_epoch_without_a_number_leaves_its_point_out() -> None:
    translation = read_report('{"loss": [0.5, NaN, 0.3], "val_loss": [0.5, 0.4, 0.3]}')
    assert by_name(translation.metric_groups)["history"]["loss"]["value"] == [[0, 0.5], [2, 0.3]]
    assert [omission.path for omission in translation.omissions] == ["loss"]


def test_metrics_by_group_become_bars_over_the_groups() -> None:
    metrics = groups_of("fairlearn_by_group.json")["by group"]
    assert list(metrics) == ["accuracy", "precision", "selection_rate", "false_positive_rate", "count"]
    assert metrics["selection_rate"]["x_axis_name"] == ["Female", "Male"]
    assert metrics["selection_rate"]["value"] == [0.7096774194, 0.5679012346]


@pytest.mark.parametrize("name", ["fairlearn_two_features.json", "fairlearn_split.json"])
def test_groups_of_two_features_are_named_by_both(name: str) -> None:
    metrics = groups_of(name)["by group"]
    assert metrics["accuracy"]["x_axis_name"] == ["Female, <40", "Female, >=40", "Male, <40", "Male, >=40"]
    assert metrics["accuracy"]["value"] == [0.9696969697, 0.9655172414, 0.972972973, 0.9772727273]


def test_groups_by_the_index_of_a_data_frame_give_the_same_bars() -> None:
    by_metric = sample("fairlearn_overall.json")["by_group"]
    by_group = {name: {metric: row[name] for metric, row in by_metric.items()} for name in ("Female", "Male")}
    turned = read_report(sample("fairlearn_overall.json") | {"by_group": by_group})
    assert turned.kind == "fairlearn Metrics by Group"
    assert turned.metric_groups == read_report(raw("fairlearn_overall.json")).metric_groups


def test_differences_and_ratios_between_groups_have_directions_of_their_own() -> None:
    groups = groups_of("fairlearn_overall.json")
    assert list(groups) == ["by group", "overall", "difference", "ratio", "group_min", "group_max"]
    assert groups["difference"]["accuracy - difference between groups"]["value"] == 0.007566706491437647
    assert direction_of("accuracy - difference between groups") is Direction.ZERO
    assert direction_of("accuracy - ratio between groups") is Direction.ONE


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("pass@1", Direction.HIGHER),
        ("Easy_beyond@3", Direction.HIGHER),
        ("metrics/mAP50-95(B)", Direction.HIGHER),
        ("cos_sim - spearman", Direction.HIGHER),
        ("explained_variance", Direction.HIGHER),
        ("neg_mean_squared_error", Direction.HIGHER),
        ("train - mlogloss", Direction.LOWER),
        ("inference_runtime", Direction.LOWER),
        ("demographic_parity_difference", Direction.ZERO),
        ("equalized_odds_ratio", Direction.ONE),
        ("acc - standard_error", Direction.UNKNOWN),
        ("ValueDrift - income (K-S p_value)", Direction.UNKNOWN),
        ("false_neg_rate", Direction.UNKNOWN),
    ],
)
def test_metrics_of_the_new_kinds_have_directions(name: str, direction: Direction) -> None:
    assert direction_of(name) is direction


def test_a_report_of_old_evidently_has_a_group_for_each_part_of_a_metric() -> None:
    groups = groups_of("evidently_old.json")
    assert groups["DatasetDriftMetric"]["dataset_drift"] == {"name": "dataset_drift", "type": "boolean", "value": False}
    assert groups["ClassificationQualityMetric - current"]["accuracy"]["value"] == 0.95
    assert groups["ClassificationQualityMetric - reference"]["accuracy"]["value"] == 0.93
    drift = groups["DataDriftTable"]["drift_by_columns - drift_score"]
    assert dict(zip(drift["x_axis_name"], drift["value"], strict=True))["income"] == 8.448372017533173e-11
    matrix = groups["ClassificationConfusionMatrix"]["current_matrix"]
    assert (matrix["value"], matrix["x_axis_name"]) == ([[40, 4], [1, 55]], ["0", "1"])
    assert groups["ClassificationQualityByClass - current"]["metrics - f1"]["x_axis_name"] == ["0", "1"]


def test_a_report_of_new_evidently_has_values_and_tests() -> None:
    groups = groups_of("evidently_new.json")
    assert groups["metrics"]["Accuracy"]["value"] == 0.95
    assert groups["metrics"]["DriftedColumnsCount - share"]["value"] == 0.25
    income = groups["metrics"]["ValueDrift - income (K-S p_value)"]
    assert income["value"] == 8.448372017533173e-11
    assert income["notes"] == "ValueDrift(column=income,method=K-S p_value,threshold=0.05)"
    assert groups["metrics"]["F1ByLabel"]["x_axis_name"] == ["0", "1"]
    test = groups["tests"]["Value Drift for column income"]
    assert test["value"] == "FAIL"
    assert "drift threshold is 0.05" in test["notes"]


def test_a_test_suite_of_old_evidently_gives_the_status_of_each_test() -> None:
    (tests,) = read_report(raw("evidently_tests_old.json")).metric_groups
    statuses: Any = tests["metric_data"]
    assert [test["value"] for test in statuses] == ["SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "FAIL"]


def test_explanations_of_a_time_series_become_graphs_over_the_steps() -> None:
    (metrics,) = groups_of("clarify_time_series.json").values()
    graph = metrics["p_mbar, 2020-01-01 16:20:00"]
    assert (graph["type"], graph["value"]) == ("linear_graph", [[1, 161.99], [2, 266.01]])
    assert list(groups_of("clarify_time_series.jsonl")) == ["explanations - series 1", "explanations - series 2"]


def test_constraints_give_thresholds_with_their_comparison() -> None:
    metrics = groups_of("quality_constraints.json")["binary_classification_constraints"]
    assert metrics["recall - threshold"]["value"] == 0.78
    assert metrics["recall - threshold"]["notes"] == (
        "LessThanThreshold: a violation when the metric is less than the threshold"
    )


def test_a_constraint_without_a_threshold_is_left_out() -> None:
    report = {"regression_constraints": {"mae": 3.5, "rmse": {"threshold": 4.0}}}
    translation = read_report(report)
    assert [str(omission) for omission in translation.omissions] == [
        'regression_constraints.mae: left out: an object with a "threshold" was expected here'
    ]


def test_a_table_of_mlflow_gives_means_and_no_text_of_its_rows() -> None:
    translation = read_report(raw("mlflow_eval_results_table.json"))
    metrics = by_name(translation.metric_groups)["eval_results_table"]
    assert metrics["rows"]["value"] == 3
    assert metrics["length_ratio/v1/score - mean"]["value"] == (1.0 + 1.4444444444 + 1.0) / 3
    assert metrics["length_ratio/v1/score - mean"]["notes"] == (
        "mean of 3 rows, computed from the table; lowest 1.0, highest 1.4444444444"
    )
    assert "What is Spark?" not in str(translation)


def test_a_column_of_true_and_false_gives_the_share_of_true() -> None:
    table = {"columns": ["outputs", "exact_match/v1/score"], "data": [["a", True], ["b", False], ["c", True]]}
    assert metrics_of(table) == {"rows": 3, "exact_match/v1/score - share of true": 2 / 3}


def test_a_flat_file_of_a_script_gives_numbers_and_facts() -> None:
    translation = read_report(raw("metrics_flat.json"))
    metrics = by_name(translation.metric_groups)["metrics"]
    assert {name: one["value"] for name, one in metrics.items()} == {
        "accuracy": 0.82,
        "precision": 0.77,
        "recall": 0.91,
        "f1": 0.83,
        "n_test": 1500,
    }
    assert [str(fact) for fact in translation.facts] == ["model: churn-xgb", "seed: 42", "calibrated: true"]
    assert [str(omission) for omission in translation.omissions] == ["roc_auc: left out: the value is null"]


def test_sections_estimates_and_values_by_class_of_a_script_are_read_apart() -> None:
    groups = groups_of("metrics_nested.json")
    assert {name: list(metrics) for name, metrics in groups.items()} == {
        "metrics": ["cv_rmse - mean", "cv_rmse - std", "recall_by_region"],
        "train": ["rmse", "mae", "r2"],
        "test": ["rmse", "mae", "r2"],
    }
    assert groups["metrics"]["recall_by_region"]["x_axis_name"] == ["north", "south"]
    assert groups["test"]["rmse"]["value"] == 4.02


def test_a_report_a_matrix_and_a_curve_in_a_file_of_a_script_are_read() -> None:
    translation = read_report(raw("metrics_with_matrix.json"))
    groups = by_name(translation.metric_groups)
    assert groups["metrics"]["confusion_matrix"]["value"] == [[10, 0, 0], [0, 8, 2], [0, 0, 10]]
    assert groups["metrics"]["confusion_matrix"]["x_axis_name"] == ["setosa", "versicolor", "virginica"]
    assert groups["metrics"]["roc_curve"]["value"] == [[0.0, 0.0], [0.1, 0.9], [1.0, 1.0]]
    assert groups["classification_report"]["weighted avg - f1-score"]["value"] == 0.9326599326599326
    assert [omission.path for omission in translation.omissions] == ["roc_curve.thresholds"]


@pytest.mark.parametrize(
    ("report", "metrics"),
    [
        ({"accuracy": "0.91", "f1": 0.8}, {"accuracy": 0.91, "f1": 0.8}),
        ({"accuracy": "91%", "f1": 0.8}, {"f1": 0.8}),
        ({"accuracy": 0.9, "tn": 5, "fp": 1, "fn": 2, "tp": 7}, {"accuracy": 0.9, "tn": 5, "fp": 1, "fn": 2, "tp": 7}),
        ({"accuracy": {"train": 0.9, "test": 0.8}}, {"accuracy - train": 0.9, "accuracy - test": 0.8}),
        ({"rmse": {"value": 3.2, "ci": [3.0, 3.4]}}, {"rmse": 3.2, "rmse - ci - lower": 3.0, "rmse - ci - upper": 3.4}),
        ({"metrics": {"auc": 0.9}, "params": {"eta": 0.1}}, {"auc": 0.9}),
        ({"classification_metrics": {"validation:auc": {"value": 0.82}}}, {"validation:auc": 0.82}),
        ({"fpr": [0, 0.2, 1], "tpr": [0, 0.7, 1]}, {"tpr by fpr": [[0, 0], [0.2, 0.7], [1, 1]]}),
    ],
    ids=range(8),
)
def test_values_of_a_script_become_what_their_names_say(report: Any, metrics: dict[str, Any]) -> None:
    assert metrics_of(json.dumps(report)) == metrics


def test_a_percentage_is_left_out_and_never_converted() -> None:
    (omission,) = read_report({"accuracy": "91%", "f1": 0.8}).omissions
    assert str(omission) == 'accuracy: left out: the text "91%" is not a finite number'


@pytest.mark.parametrize(
    ("table", "metrics"),
    [
        ("metric,value\nrmse,3.20\nmae,2.1\n", {"rmse": 3.2, "mae": 2.1}),
        ("rmse;3.2\nmae;2.1\n", {"rmse": 3.2, "mae": 2.1}),
        ('"metric"\t"value"\n"accuracy, top-1"\t0.9\n', {"accuracy, top-1": 0.9}),
        ("model,accuracy,f1\nrf,0.9,0.8\n", {"accuracy": 0.9, "f1": 0.8}),
        ("fold,accuracy\n0,0.9\n1,0.8\n", {"accuracy": [0.9, 0.8]}),
        ("epoch,loss\n0,0.5\n1,0.4\n", {"loss": [[0, 0.5], [1, 0.4]]}),
        ('{"step": 10, "val_loss": 0.5}\n{"step": 20, "val_loss": 0.4}\n', {"val_loss": [[10, 0.5], [20, 0.4]]}),
        ("\ufeffmetric,value\r\nrmse,3.2\r\n\r\n", {"rmse": 3.2}),
    ],
    ids=range(8),
)
def test_the_shape_of_a_table_decides_what_its_columns_mean(table: str, metrics: dict[str, Any]) -> None:
    assert metrics_of(table.encode()) == metrics


def test_further_columns_of_a_table_name_groups_and_parts() -> None:
    groups = groups_of("metrics_long.csv")
    assert {name: {one: metric["value"] for one, metric in metrics.items()} for name, metrics in groups.items()} == {
        "train": {"rmse": 3.21, "rmse - std": 0.1},
        "test": {"rmse": 4.02, "rmse - std": 0.2, "r2": 0.86},
    }
    assert groups_of("metrics_wide.csv")["by model"]["rmse"]["x_axis_name"] == ["baseline", "candidate"]


def test_a_classification_report_in_a_csv_file_is_read_as_one() -> None:
    table = b",precision,recall,f1-score,support\na,1.0,1.0,1.0,5\nb,0.5,0.5,0.5,5\naccuracy,0.75,0.75,0.75,0.75\n"
    translation = read_report(table, content_type="text/csv")
    assert translation.kind == "scikit-learn Classification Report"
    assert translation.omissions == ()


@pytest.mark.parametrize(
    "table",
    [
        b"id,age,income,score\na,3,4,0.5\nb,5,6,0.7\n",
        b"y_true,y_pred\n1,0\n0,0\n",
        b"name,age\nAnn,33\nBob,44\n",
        b"metric,value\n",
        b"accuracy,0.9\n",
        b"metric,value\n" + b"rmse,1\n" * 100_001,
        "metric,value\nrmse,3.2\n".encode("utf-16"),
    ],
    ids=range(7),
)
def test_a_table_of_data_is_refused(table: bytes) -> None:
    with pytest.raises(ReportInvalid):
        read_report(table)


@pytest.mark.parametrize("digits", [19, 400, 5000])
def test_integers_of_any_length_in_json_lines_are_read_or_left_out(digits: int) -> None:
    lines = f'{{"epoch": 0, "loss": {"9" * digits}}}\n{{"epoch": 1, "loss": 0.5}}\n'
    assert metrics_of(lines)["loss"][-1] == [1, 0.5]
