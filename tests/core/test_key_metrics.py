"""Key metrics of evaluation jobs."""

from typing import Any

from cardwright.core.comparison import Verdict, compare
from cardwright.core.key_metrics import result_counts, summaries


def number(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "type": "number", "value": value}


def card(*jobs: dict[str, Any], facet: str = "") -> dict[str, Any]:
    objective = {"function": {"function": "Maximize", "facet": facet}}
    return {"training_details": {"objective_function": objective}, "evaluation_details": list(jobs)}


def job(name: str, group: str, *metrics: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "metric_groups": [{"name": group, "metric_data": list(metrics)}]}


BINARY = job(
    "Holdout",
    "binary_classification_metrics",
    number("accuracy", 0.9),
    number("accuracy - standard_deviation", 0.01),
    number("recall", 0.7),
    number("precision", 0.8),
    number("auc", 0.95),
    number("auc_best_constant_classifier", 0.5),
    {"name": "confusion_matrix", "type": "matrix", "value": [[1, 2], [3, 4]]},
)


def test_a_kind_of_job_shows_its_usual_metrics_first() -> None:
    (found,) = summaries(card(BINARY))
    assert (found.kind, found.charts, found.numbers) == ("Binary classification", 1, 6)
    assert [item.name for item in found.metrics] == ["auc", "precision", "recall"]


def test_the_metric_that_the_objective_names_comes_first_with_its_deviation() -> None:
    (found,) = summaries(card(BINARY, facet="Accuracy"))
    assert [item.name for item in found.metrics] == ["accuracy", "auc", "precision"]
    assert found.metrics[0].deviation == 0.01


def test_results_of_parts_of_the_data_come_after_those_of_the_whole() -> None:
    part = {"name": "binary_classification_metrics - sex=F", "metric_data": [number("auc", 0.9), number("recall", 0.6)]}
    whole = BINARY["metric_groups"]
    (found,) = summaries(card({"name": "Holdout", "metric_groups": [*whole, part]}))
    assert [(item.name, item.value) for item in found.metrics] == [("auc", 0.95), ("precision", 0.8), ("recall", 0.7)]
    alone = {**whole[0], "metric_data": [number("auc", 0.95)]}
    (found,) = summaries(card({"name": "Holdout", "metric_groups": [alone, part]}))
    assert [(item.name, item.value) for item in found.metrics] == [("auc", 0.95), ("recall", 0.6), ("auc", 0.9)]


def test_a_bias_report_shows_what_is_farthest_from_equal_treatment() -> None:
    bias = [number("CI", 0.3), number("DI", 1.05), number("AD", -0.4), number("DPL", 0.01)]
    (found,) = summaries(card(job("Bias", "pre_training_bias_metrics - label a and facet b=c", *bias)))
    assert found.kind == "Bias report"
    assert [item.name for item in found.metrics] == ["AD", "CI", "DI"]


def test_the_bars_of_an_importance_chart_count_as_features() -> None:
    chart = {"name": "global", "type": "bar_chart", "value": [0.1, -0.5, 0.2], "x_axis_name": ["a", "b", "c"]}
    (found,) = summaries(card(job("Why", "explanations - global_shap_values, label=x", chart)))
    assert [(item.name, item.value) for item in found.metrics] == [("b", -0.5), ("c", 0.2), ("a", 0.1)]


def test_unknown_metrics_are_shown_in_order_without_counts() -> None:
    (found,) = summaries(card(job("Speed", "latency", number("support", 3), number("p95", 41.2), number("ok", True))))
    assert [item.name for item in found.metrics] == ["p95"]


def test_a_metric_has_its_change_and_those_of_equal_names_keep_their_order() -> None:
    before = card(job("A", "g", number("auc", 0.8)), job("A", "g", number("auc", 0.7)))
    after = card(job("A", "g", number("auc", 0.9)), job("A", "g", number("auc", 0.6)))
    first, second = summaries(after, compare(before, after))
    changes = [item.metrics[0].change for item in (first, second)]
    assert [change and change.verdict for change in changes] == [Verdict.BETTER, Verdict.WORSE]


def test_deviations_are_not_counted_as_results() -> None:
    names = ("auc", "recall", "precision", "rmse", "other")
    before = card(job("A", "g", *(number(name, 0.5) for name in names), number("auc - standard_deviation", 0.01)))
    values = (0.6, 0.45, 0.51, 0.9, 0.1)
    after = card(
        job(
            "A",
            "g",
            *(number(name, value) for name, value in zip(names, values, strict=True)),
            number("auc - standard_deviation", 0.02),
        )
    )
    found = compare(before, after)
    counts = result_counts(found)
    assert (counts[Verdict.BETTER], counts[Verdict.WORSE], counts[Verdict.UNKNOWN]) == (2, 2, 1)


def test_content_of_other_shapes_has_no_summaries() -> None:
    assert summaries({}) == summaries([]) == summaries({"evaluation_details": "x"}) == []
    odd = card({"name": 3, "metric_groups": [{"metric_data": [{"value": 1}, 7]}, 5]})
    assert len(summaries(odd)) == 1
