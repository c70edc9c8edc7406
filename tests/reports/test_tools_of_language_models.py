"""Reports of tools that evaluate language and embedding models."""

import json
from typing import Any

import pytest

from cardwright.reports import ReportInvalid, read_report
from tests.reports.samples import by_name, changed, raw, sample, without


def groups_of(name: str) -> dict[str, dict[str, Any]]:
    return by_name(read_report(raw(name)).metric_groups)


def omitted(report: Any) -> dict[str, str]:
    source = raw(report) if isinstance(report, str) else json.dumps(report)
    return {omission.path: omission.message for omission in read_report(source).omissions}


def test_a_foundation_model_evaluation_has_its_categories_as_bars() -> None:
    (metrics,) = groups_of("clarify_foundation_model.json").values()
    assert metrics["factual_knowledge"]["value"] == 0.2966666666666667
    assert metrics["factual_knowledge"]["notes"] == "prompt: $feature"
    bars = metrics["factual_knowledge by category"]
    assert (bars["x_axis_name"], bars["value"]) == (["Author", "Capitals"], [0.4117647058823529, 0.2857142857142857])


def test_each_fmeval_output_is_a_group_of_its_data_set() -> None:
    groups = groups_of("fmeval_falcon.json")
    assert list(groups) == ["qa_accuracy - boolq", "qa_accuracy - trivia_qa", "qa_accuracy - natural_questions"]
    first = sample("fmeval_falcon.json")[0]
    assert {name: one["value"] for name, one in groups["qa_accuracy - boolq"].items()} == {
        score["name"]: score["value"] for score in first["dataset_scores"]
    }
    assert groups["qa_accuracy - boolq"]["f1_score"]["notes"].startswith("prompt: ")
    assert "path of the machine" in omitted("fmeval_falcon.json")["(rows).0.output_path"]


def test_an_fmeval_output_that_failed_is_left_out_with_its_error() -> None:
    report = sample("fmeval_falcon.json")
    report[1] |= {"dataset_scores": None, "error": "throttled"}
    assert "throttled" in omitted(report)["(rows).1"]
    assert len(read_report(json.dumps(report)).metric_groups) == 2


def test_fmeval_outputs_by_name_are_read_as_a_list_is() -> None:
    report = sample("fmeval_falcon.json")
    assert read_report({"accuracy": report}).metric_groups == read_report(report).metric_groups


def test_trainer_results_keep_scores_and_make_runtime_a_fact() -> None:
    translation = read_report(raw("trainer_all_results.json"))
    groups = by_name(translation.metric_groups)
    assert {name: list(metrics) for name, metrics in groups.items()} == {
        "eval": ["eval_accuracy", "eval_f1", "eval_loss"],
        "train": ["train_loss"],
    }
    assert groups["eval"]["eval_loss"]["value"] == 0.1736
    facts = {fact.path: fact.text for fact in translation.facts}
    assert facts["eval_runtime"] == "184.871"
    assert facts["epoch"] == "3.0"
    assert translation.omissions == ()


def test_a_saved_result_of_evaluate_hides_the_path_of_the_interpreter() -> None:
    translation = read_report(raw("evaluate_save.json"))
    assert [one["value"] for one in by_name(translation.metric_groups)["evaluate"].values()] == [
        0.9,
        0.8823529411764706,
    ]
    assert [omission.path for omission in translation.omissions] == ["_interpreter_path"]
    facts = [str(fact) for fact in translation.facts]
    assert "_evaluate_version: 0.4.6" in facts
    assert "experiment: run 42" in facts
    assert not any("/home/user" in text for text in [*facts, *map(str, translation.omissions)])


def test_lists_in_a_saved_result_of_evaluate_become_bars() -> None:
    report = {"bleu": 0.4, "precisions": [0.8, 0.6, 0.4, 0.2], "_evaluate_version": "0.4.6"}
    metrics = by_name(read_report(report).metric_groups)["evaluate"]
    assert metrics["precisions"]["value"] == [0.8, 0.6, 0.4, 0.2]


def test_the_entity_types_of_seqeval_become_bars() -> None:
    metrics = groups_of("seqeval_results.json")["seqeval"]
    assert metrics["overall_f1"]["value"] == 0.75
    assert metrics["f1"]["x_axis_name"] == ["LOC", "ORG", "PER"]
    assert metrics["f1"]["value"] == [0.5, 1.0, 1.0]
    assert metrics["number"]["value"] == [2, 1, 1]


def test_an_inspect_log_gives_its_scorers_without_its_samples() -> None:
    groups = groups_of("inspect_log.json")
    assert list(groups) == ["match", "includes"]
    assert groups["match"]["accuracy"]["value"] == 0.5
    assert groups["match"]["accuracy"]["notes"] == "4 samples"
    assert groups["match"]["stderr"]["value"] == 0.28867513459481287
    assert groups["match"]["grouped"]["x_axis_name"] == ["math", "geo", "all"]
    left_out = omitted("inspect_log.json")
    assert {"samples", "reductions", "plan"} <= left_out.keys()
    assert "Capital of France" not in str(read_report(raw("inspect_log.json")))


def test_an_inspect_log_without_results_is_refused_with_its_status() -> None:
    with pytest.raises(ReportInvalid, match='no results at "results": the evaluation has the status cancelled'):
        read_report(without("inspect_log.json", "results") | {"status": "cancelled"})


def test_the_notes_of_a_lighteval_score_hold_what_a_comparison_needs() -> None:
    groups = groups_of("lighteval_results.json")
    gsm8k = groups["lighteval|gsm8k|5"]
    assert gsm8k["extractive_match"]["value"] == 0.4382107657316149
    assert gsm8k["extractive_match"]["notes"] == "5-shot, data set openai/gsm8k main, task version 0, higher is better"
    assert gsm8k["extractive_match - standard_error"]["value"] == 0.01366701838829753
    assert groups["leaderboard|arc:challenge|25"]["acc_norm"]["notes"] == "25-shot, task version 0"
    assert list(groups)[-1] == "all"


def test_a_limit_of_lighteval_is_in_the_notes() -> None:
    report = changed("lighteval_results.json", "config_general", "max_samples", to=10)
    assert "limit 10" in by_name(read_report(report).metric_groups)["all"]["acc"]["notes"]


def test_helm_statistics_are_grouped_by_split_and_perturbation() -> None:
    groups = groups_of("helm_stats.json")
    assert list(groups) == [
        "test",
        "test, perturbation robustness (worst)",
        "test, perturbation fairness (worst)",
        "test - about the run",
    ]
    assert groups["test"]["art_score"]["value"] == 0.875
    assert groups["test"]["art_score"]["notes"] == "count 1, min 0.875, max 0.875, stddev 0.0"
    left_out = omitted("helm_stats.json")
    assert left_out["(rows).5"] == "left out: HELM counted no instance for it"
    assert "(rows).*.sum" in left_out


def test_mteb_scores_of_new_and_old_files_are_grouped_by_subset() -> None:
    groups = groups_of("mteb_classification.json")
    scores = groups["Banking77Classification - test"]
    assert scores["main_score"]["value"] == 0.012532
    assert scores["main_score"]["notes"] == "eng-Latn"
    assert "ap" not in scores
    assert "scores of single experiments" in omitted("mteb_classification.json")["scores.test.0.scores_per_experiment"]
    old = groups_of("mteb_sts22_old.json")
    assert list(old) == ["STS22 - test (ar)", "STS22 - test (de-en)"]
    assert old["STS22 - test (de-en)"]["cos_sim - spearman"]["value"] == 0.44038685024247604
    assert groups_of("mteb_sprint_old.json")["SprintDuplicateQuestions - test"]["cos_sim - ap"]["value"] == 0.9457614298


def test_pass_at_k_has_temperature_and_samples_in_its_notes() -> None:
    (metrics,) = groups_of("bigcode_humaneval.json").values()
    assert metrics["pass@1"]["value"] == 0.1925609756097561
    assert metrics["pass@1"]["notes"] == "temperature 0.2, 50 samples for each problem"
    mercury = groups_of("bigcode_mercury.json")["mercury"]
    assert mercury["Easy - passed"]["value"] == 242
    assert "config.metric_output_path" in omitted("bigcode_mercury.json")
