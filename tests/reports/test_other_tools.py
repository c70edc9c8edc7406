"""Three kinds of other tools: scikit-learn, lm-evaluation-harness, MLflow."""

import numbers
from typing import Any

import pytest

from cardwright.reports import ReportInvalid, read_report
from tests.reports.samples import by_name, raw, sample


def test_averages_become_numbers_and_measures_become_bars_by_class() -> None:
    translation = read_report(raw("sklearn_iris.json"))
    metrics = by_name(translation.metric_groups)["classification_report"]
    assert metrics["accuracy"]["value"] == 0.9166666666666666
    assert metrics["macro avg - recall"]["value"] == 0.9220151828847482
    assert metrics["weighted avg - f1-score"]["value"] == 0.9160125588697017
    for measure in ("precision", "recall", "f1-score", "support"):
        chart = metrics[measure]
        assert chart["type"] == "bar_chart"
        assert chart["x_axis_name"] == ["setosa", "versicolor", "virginica"]
        assert chart["value"] == [sample("sklearn_iris.json")[name][measure] for name in chart["x_axis_name"]]
    assert translation.omissions == ()


def test_a_classification_report_may_come_as_the_object_that_scikit_learn_returns() -> None:
    assert read_report(sample("sklearn_iris.json")) == read_report(raw("sklearn_iris.json"))


def test_a_multilabel_report_keeps_its_micro_and_samples_averages() -> None:
    metrics = by_name(read_report(raw("sklearn_multilabel.json")).metric_groups)["classification_report"]
    assert {"micro avg - precision", "samples avg - precision"} <= metrics.keys()
    assert "accuracy" not in metrics


def test_a_precision_of_nan_leaves_its_bar_out() -> None:
    translation = read_report(raw("sklearn_nan.json"))
    metrics = by_name(translation.metric_groups)["classification_report"]
    assert metrics["precision"]["x_axis_name"] == ["0"]
    assert metrics["recall"]["x_axis_name"] == ["0", "1"]
    assert len(translation.omissions) == 1


def test_numbers_of_other_libraries_are_numbers() -> None:
    class Float32:
        """Simulates numpy's scalars, which are real numbers but not floats."""

        def __float__(self) -> float:
            return 0.5

    numbers.Real.register(Float32)
    row: dict[str, Any] = {"precision": Float32(), "recall": 1, "f1-score": 1, "support": 2}
    metrics = by_name(read_report({"a": row}).metric_groups)["classification_report"]
    assert metrics["precision"]["value"] == [0.5]


def test_a_harness_task_becomes_a_group_with_scores_and_standard_errors() -> None:
    translation = read_report(raw("lm_evaluation_harness_0_3.json"))
    groups = by_name(translation.metric_groups)
    assert list(groups) == list(sample("lm_evaluation_harness_0_3.json")["results"])
    assert {name: metric["value"] for name, metric in groups["boolq"].items()} == {
        "acc": 0.5908256880733945,
        "acc - standard_error": 0.008599563442397352,
    }
    assert translation.omissions == ()


def test_the_filters_of_a_harness_metric_keep_its_variants_apart() -> None:
    gsm8k = by_name(read_report(raw("lm_evaluation_harness_0_4.json")).metric_groups)["gsm8k"]
    assert list(gsm8k) == [
        "exact_match (strict-match)",
        "exact_match (strict-match) - standard_error",
        "exact_match (flexible-extract)",
        "exact_match (flexible-extract) - standard_error",
    ]


def test_the_notes_of_a_score_hold_what_a_comparison_needs() -> None:
    groups = by_name(read_report(raw("lm_evaluation_harness_0_4.json")).metric_groups)
    notes = groups["gsm8k"]["exact_match (strict-match)"]["notes"]
    assert notes == "5-shot, 1319 samples, task version 3.0, higher is better"
    assert groups["wikitext"]["word_perplexity"]["notes"] == "0-shot, task version 2.0, lower is better"


@pytest.mark.parametrize("task", ["tinyArc", "mmlu"])
def test_counts_in_new_harness_files_are_not_metrics(task: str) -> None:
    groups = by_name(read_report(raw("lm_eval_new_sample_len.json")).metric_groups)
    assert [name for name in groups[task] if "sample" in name] == []
    assert any("samples" in metric.get("notes", "") for metric in groups[task].values())


def test_the_shots_of_an_old_harness_file_are_in_the_notes() -> None:
    (metrics,) = by_name(read_report(raw("lm_eval_0_3_five_shot.json")).metric_groups).values()
    assert metrics["acc"]["notes"] == "5-shot, task version 0"


OLD = {"t|25": {"acc": 0.5, "acc_stderr": 0.1}}


@pytest.mark.parametrize(
    ("file", "notes"),
    [
        ({"results": OLD, "versions": {"t|25": 1}, "config_general": {}}, "25-shot, task version 1"),
        ({"results": {"t": OLD["t|25"]}, "config": {"num_fewshot": 0, "limit": 10}}, "0-shot, limit 10"),
        ({"results": {"t": {"acc,none": 1}}, "configs": {"t": {"num_fewshot": 3}}}, "3-shot"),
        (
            {
                "results": {"t": {"acc,none": 1, "sample_len": 9}},
                "configs": {"t": {"dataset_path": "cais/mmlu", "dataset_name": "law", "metadata": {"version": 2.0}}},
                "n-samples": {"t": {"original": 100, "effective": 9}},
            },
            "9 of 100 samples, data set cais/mmlu law, task version 2.0",
        ),
        ({"results": {"t": {"acc,none": 1, "acc,b": 2, "sample_count": {"acc,none": 7, "acc,b": 8}}}}, "7 samples"),
    ],
)
def test_harness_files_of_every_version_give_facts_about_the_run(file: dict[str, Any], notes: str) -> None:
    (metrics,) = by_name(read_report(file).metric_groups).values()
    assert metrics["acc"]["notes"] == notes


def test_a_key_without_a_filter_is_reported_and_not_a_metric() -> None:
    translation = read_report({"results": {"t": {"acc,none": 0.5, "total_tokens": 512, "alias": "T"}}})
    assert list(by_name(translation.metric_groups)["t"]) == ["acc"]
    assert [omission.path for omission in translation.omissions] == ["results.t.total_tokens"]


def test_a_count_of_samples_under_a_filter_is_not_a_metric() -> None:
    (metrics,) = by_name(
        read_report({"results": {"t": {"acc,none": 0.4, "sample_len,none": 17.0}}}).metric_groups
    ).values()
    assert metrics == {"acc": {"name": "acc", "type": "number", "value": 0.4, "notes": "17 samples"}}


def test_how_a_harness_run_was_set_up_is_a_fact() -> None:
    facts = {fact.path: fact.text for fact in read_report(raw("lm_evaluation_harness_0_3.json")).facts}
    assert facts["config.model_args"] == "pretrained=bigscience/bloom-1b1,use_accelerate=True"
    assert facts["config.no_cache"] == "true"


def test_a_standard_error_that_is_not_available_is_left_out() -> None:
    translation = read_report(raw("lm_evaluation_harness_0_4.json"))
    assert list(by_name(translation.metric_groups)["tinyArc"]) == ["acc_norm"]
    assert "results.tinyArc.acc_norm_stderr,none" in [omission.path for omission in translation.omissions]


def test_aggregates_that_the_harness_repeats_appear_once() -> None:
    names = [group["name"] for group in read_report(raw("lm_evaluation_harness_0_4.json")).metric_groups]
    assert names == ["gsm8k", "tinyArc", "wikitext", "mmlu", "mmlu_anatomy"]


@pytest.mark.parametrize("name", ["mlflow_classifier_metrics.json", "mlflow_text_metrics.json"])
def test_mlflow_metrics_keep_their_names_and_values(name: str) -> None:
    metrics = by_name(read_report(raw(name)).metric_groups)["metrics"]
    assert {metric: one["value"] for metric, one in metrics.items()} == sample(name)


def test_mlflow_metrics_with_a_prefix_are_detected() -> None:
    assert read_report({"val_accuracy_score": 0.9, "val_own": 1}).kind == "MLflow Evaluation Metrics"


def test_custom_metrics_alone_are_read_when_the_kind_is_named() -> None:
    with pytest.raises(ReportInvalid):
        read_report({"profit": 1.5})
    assert read_report({"profit": 1.5}, kind="MLflow Evaluation Metrics").metric_groups == [
        {"name": "metrics", "metric_data": [{"name": "profit", "type": "number", "value": 1.5}]}
    ]


def test_names_of_a_run_are_not_metrics_even_for_the_named_kind() -> None:
    file = {"profit": 1.5, "_runtime": 12.0, "epoch": 3}
    translation = read_report(file, kind="MLflow Evaluation Metrics")
    assert list(by_name(translation.metric_groups)["metrics"]) == ["profit"]
    assert [omission.path for omission in translation.omissions] == ["_runtime", "epoch"]


def test_a_metric_that_mlflow_could_not_compute_is_left_out() -> None:
    translation = read_report('{"accuracy_score": 0.9, "roc_auc": NaN}')
    assert list(by_name(translation.metric_groups)["metrics"]) == ["accuracy_score"]
    assert [omission.path for omission in translation.omissions] == ["roc_auc"]
