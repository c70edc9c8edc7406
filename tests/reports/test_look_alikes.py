"""Files of other tools are refused, and the message describes them."""

import json
from typing import Any

import pytest

from cardwright.reports import ReportInvalid, read_report

LOOK_ALIKES: dict[str, tuple[Any, str]] = {
    "promptfoo": (
        {
            "evalId": "eval-1",
            "results": {"version": 3, "prompts": [{"metrics": {"score": 0.9}}], "stats": {"successes": 9}},
            "config": {"prompts": ["x"]},
        },
        "results of promptfoo",
    ),
    "DeepEval": ({"testCases": [{"metricsData": [{"name": "Bias", "score": 0.9}]}]}, "a test run of DeepEval"),
    "ragas": ({"faithfulness": 0.9, "answer_relevancy": 0.8}, "scores of ragas"),
    "W&B": ({"_runtime": 12.3, "_step": 5, "val_f1_score": 0.8}, "a summary of Weights & Biases"),
    "W&B, nested": ({"accuracy_score": 0.8, "_wandb": {"runtime": 3}}, "a summary of Weights & Biases"),
    "online explanations": (
        {"explanations": {"kernel_shap": [[{"attributions": [{"attribution": [1.5]}], "feature_header": "A"}]]}},
        "answers of an online explainability endpoint",
    ),
    "constraints": ({"features": [{"name": "a", "inferred_type": "Integral"}]}, "constraints of Model Monitor"),
    "axe": ({"violations": [{"id": "contrast", "impact": "serious", "nodes": []}], "passes": []}, "violations that"),
    "axe, none": ({"violations": [], "passes": [{"id": "contrast"}]}, "violations that"),
    "policies": ({"violations": [{"rule": "no-root", "description": "runs as root"}]}, "violations that"),
    "search facets": ({"response": {"facets": {"brand": [{"value": "a", "count": 3}]}}}, "members response"),
    "benchmarks": (
        {"results": {"suite": {"time": 1.5, "stddev": 0.2}}, "config": {"iterations": 3}, "versions": {"python": "3"}},
        "members results, config, versions",
    ),
    "trainer state": ({"log_history": [{"loss": 0.5, "step": 10}], "best_metric": 0.9}, "upload eval_results.json"),
    "model configuration": ({"architectures": ["BertModel"], "model_type": "bert"}, "the configuration of a model"),
    "records of fmeval": (
        [{"model_input": "q", "model_output": "a", "scores": [{"name": "f1_score", "value": 0.5}]}],
        "upload the list of EvalOutput instead",
    ),
    "HELM, run": ({"name": "r", "scenario_spec": {}, "adapter_spec": {}}, "a run specification of HELM; upload stats"),
    "HELM, instances": ([{"instance_id": "id1", "stats": [{"name": {"name": "em"}, "count": 1}]}], "upload stats.json"),
    "HELM, requests": ({"adapter_spec": {}, "request_states": []}, "requests of a HELM run; upload stats.json"),
    "HELM, leaderboard": ({"title": "t", "header": [{"value": "m"}], "rows": [[{"value": 0.5}]]}, "upload stats.json"),
    "MTEB, model": ({"name": "m", "revision": "1", "loader": "L", "n_parameters": 5}, "upload the file of a task"),
    "BigCode, records": ([{"task_id": 0, "model_output": "def f()", "result": "passed"}], "upload evaluation_results"),
    "harness samples": ([{"doc_id": 0, "target": "x", "acc": 1.0}], "upload the results file instead"),
    "lighteval, details": ([{"doc": {"query": "q"}, "metric": {"acc": 1.0}}], "upload the results file instead"),
    "Evidently, snapshot": ({"id": "1", "suite": {"metrics": []}}, "upload what report.json() returns instead"),
    "XGBoost, model": ({"learner": {"gradient_booster": {}}, "version": [3, 2]}, "upload the evals_result"),
    "Clarify, configuration": ({"methods": {"shap": {}}, "dataset_type": "text/csv"}, "upload the analysis.json"),
    "predictions": ({"y_true": [3, 7, 9], "y_pred": [4, 7, 8]}, "members y_true, y_pred"),
    "labels of rows": ([{"id": "a", "text": "t", "score": 0.5}, {"id": "b", "text": "u", "score": 0.1}], "id, text"),
    "rewards": ({"rollout/mean": 5.0, "eval/ratio": 0.3}, "numbers named rollout/mean, eval/ratio"),
    "card": ({"model_overview": {"model_name": "a"}}, "a model card"),
    "map": ({"type": "FeatureCollection", "features": [{"type": "Feature"}]}, "members type, features"),
    "records": ([{"id": 1, "text": "a"}, {"id": 2, "text": "b"}], "a list of 2 objects with id, text"),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_file_of_another_tool_is_refused_and_named(name: str) -> None:
    file, looks_like = LOOK_ALIKES[name]
    with pytest.raises(ReportInvalid) as refusal:
        read_report(json.dumps(file))
    first, *_ = refusal.value.message.splitlines()
    assert looks_like in first
    assert len(refusal.value.message.splitlines()) == 3


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (
            b"PK\x03\x04....header.json....",
            "a log of Inspect in its .eval format. Convert it with `inspect log convert",
        ),
        (b"PK\x03\x04....[Content_Types].xml", "a ZIP file. Upload the report that is in it"),
        (b"PAR1....", "a Parquet file, such as lighteval writes"),
        (b"<!DOCTYPE html><html>", "an HTML page. Tools that write pages, such as Evidently, also write JSON"),
        (b'[["def f(): pass"], ["def g(): pass"]]', "generated texts or references; upload the file with the scores"),
        (b'{"a": 1}\n{"a": \n{"a": 2}', "line 2"),
        (b"metric,value\nrmse,1,2\n", "row 2 has 3 cells, the first row has 2"),
        (b"rmse,rmse\n1,2\n", "two columns with the same name"),
        (b'{"eval": {"task": "t", "model": "m"}, "status": "error"}', 'no results at "results".*has the status error'),
    ],
    ids=range(9),
)
def test_a_file_next_to_a_report_is_refused_with_what_to_upload_instead(file: bytes, sentence: str) -> None:
    with pytest.raises(ReportInvalid, match=sentence):
        read_report(file)


def test_the_nearest_kinds_are_those_with_members_alike() -> None:
    with pytest.raises(ReportInvalid) as refusal:
        read_report({"regresion_metrics": {"mae": {"value": "low"}}})
    assert "Model Monitor Model Quality Regression" in refusal.value.message.splitlines()[1]


def test_a_table_of_many_columns_is_refused_in_linear_time() -> None:
    columns = [f"column {number}" for number in range(100_000)]
    with pytest.raises(ReportInvalid, match="a list of one object with column 0"):
        read_report(f"{','.join(columns)}\n{','.join('1' for _ in columns)}")
    with pytest.raises(ReportInvalid, match="two columns with the same name, number 8 is one"):
        read_report(f"{','.join([*columns[:-1], columns[7], columns[7]])}\n1,2")


def test_a_refusal_is_short_however_many_members_a_file_has() -> None:
    with pytest.raises(ReportInvalid) as refusal:
        read_report({f"{'member ' * 50}{number}": number for number in range(3000)})
    assert len(refusal.value.message) < 500


@pytest.mark.parametrize(
    "empty",
    [
        {"metric_groups": []},
        {"metric_groups": [{"name": "a", "metric_data": []}]},
        {"explanations": {"kernel_shap": {}}},
        {"regression_metrics": {}},
        {"regression_metrics": {"mae": {"value": "NaN"}}},
        {"violations": [["age"]]},
        {"results": {"a": {"acc,none": 0.5}}, "regression_metrics": {}},
    ],
)
def test_a_report_without_a_metric_is_refused_in_three_short_lines(empty: dict[str, Any]) -> None:
    with pytest.raises(ReportInvalid, match="but it holds no metric") as refusal:
        read_report(empty)
    assert len(refusal.value.message.splitlines()) <= 3


def test_unreadable_violations_are_never_counted_as_zero() -> None:
    with pytest.raises(ReportInvalid):
        read_report({"violations": [None]})
    translation = read_report({"violations": ["age missing", "salary is negative in 3 rows"]})
    (group,) = translation.metric_groups
    metric_data: Any = group["metric_data"]
    assert [metric["value"] for metric in metric_data] == [2, "age missing", "salary is negative in 3 rows"]


def test_members_that_a_monitor_adds_to_a_violation_are_in_its_notes() -> None:
    violation = {"feature": "age", "constraint_check_type": "missing_column", "avg_cosine_score": 0.41}
    (group,) = read_report({"violations": [violation]}).metric_groups
    metric_data: Any = group["metric_data"]
    assert metric_data[1] == {
        "name": "age",
        "type": "string",
        "value": "missing_column",
        "notes": "avg_cosine_score: 0.41",
    }
