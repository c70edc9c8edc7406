"""Promises of ``core.comparison``: every difference is listed at its path, and improvements are marked."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core.comparison import Verdict, Word, as_document, compare, word_changes
from cardwright.core.directions import Direction, direction_of
from cardwright.core.json_value import objects_at
from cardwright.examples import examples


def evaluated(*metrics: dict[str, Any], group: str = "quality", job: str = "holdout") -> dict[str, Any]:
    return {"evaluation_details": [{"name": job, "metric_groups": [{"name": group, "metric_data": list(metrics)}]}]}


def number(name: str, value: float) -> dict[str, Any]:
    return {"name": name, "type": "number", "value": value}


@pytest.mark.parametrize(
    ("name", "group", "direction"),
    [
        ("auc", "", Direction.HIGHER),
        ("f0_5", "", Direction.HIGHER),
        ("validation:logloss", "", Direction.LOWER),
        ("false_positive_rate", "", Direction.LOWER),
        ("true_positive_rate", "", Direction.HIGHER),
        ("rmse", "", Direction.LOWER),
        ("rmse - standard_deviation", "", Direction.UNKNOWN),
        ("Accuracy Difference (AD)", "", Direction.ZERO),
        ("Disparate Impact (DI)", "", Direction.ONE),
        ("part-time share", "", Direction.UNKNOWN),
        ("maple", "", Direction.UNKNOWN),
    ],
)
def test_the_direction_of_a_metric_follows_its_name(name: str, group: str, direction: Direction) -> None:
    assert direction_of(name, group) is direction


@pytest.mark.parametrize(
    "objective",
    [{"function": {"function": "Minimize", "facet": "AUC"}}, {"function": "Minimize", "facet": "AUC"}],
)
def test_the_objective_function_takes_precedence_over_the_name(objective: object) -> None:
    assert direction_of("validation auc", "", objective) is Direction.LOWER
    assert direction_of("accuracy", "", objective) is Direction.HIGHER


@pytest.mark.parametrize(
    ("name", "before", "after", "verdict"),
    [
        ("auc", 0.8, 0.9, Verdict.BETTER),
        ("rmse", 1.0, 1.5, Verdict.WORSE),
        ("Accuracy Difference (AD)", -0.09, -0.11, Verdict.WORSE),
        ("Accuracy Difference (AD)", -0.2, 0.1, Verdict.BETTER),
        ("Accuracy Difference (AD)", -0.1, 0.1, Verdict.SAME),
        ("Disparate Impact (DI)", 1.4, 0.9, Verdict.BETTER),
        ("share", 0.1, 0.2, Verdict.UNKNOWN),
        ("auc", 1, 1.0, Verdict.SAME),
    ],
)
def test_a_metric_became_better_or_worse(name: str, before: float, after: float, verdict: Verdict) -> None:
    (metric,) = compare(evaluated(number(name, before)), evaluated(number(name, after))).metrics
    assert metric.verdict is verdict


def test_metrics_are_matched_by_job_group_and_name_at_any_position() -> None:
    before = evaluated(number("auc", 0.8), number("loss", 0.3))
    after = evaluated(number("loss", 0.2), number("auc", 0.8), number("f1", 0.5))
    verdicts = {item.name: item.verdict for item in compare(before, after).metrics}
    assert verdicts == {"loss": Verdict.BETTER, "auc": Verdict.SAME, "f1": Verdict.NEW}
    assert compare(after, before).count(Verdict.GONE) == 1


def test_equal_names_are_matched_in_their_order() -> None:
    before = evaluated(number("auc", 0.1), number("auc", 0.2))
    after = evaluated(number("auc", 0.1), number("auc", 0.3))
    assert [item.verdict for item in compare(before, after).metrics] == [Verdict.SAME, Verdict.BETTER]


def test_numbers_that_no_double_can_subtract_have_no_difference() -> None:
    (metric,) = compare(evaluated(number("auc", -1.7e308)), evaluated(number("auc", 1.7e308))).metrics
    assert (metric.difference, metric.verdict) == (None, Verdict.BETTER)


@pytest.mark.parametrize(("kind", "value"), [("boolean", True), ("string", "low")])
def test_a_metric_without_numbers_has_no_direction(kind: str, value: object) -> None:
    job = evaluated({"name": "Latency budget met", "type": kind, "value": value}, number("Latency", 4))
    assert [metric.direction for metric in compare({}, job).metrics] == [Direction.UNKNOWN, Direction.LOWER]


def test_words_inside_a_long_text_are_marked() -> None:
    before = "Retrain every six months, and do not move the threshold below 0.15 alone."
    after = before.replace("0.15", "0.12")
    content = [{"additional_information": {"caveats_and_recommendations": text}} for text in (before, after)]
    (change,) = compare(*content).texts
    assert change.path == ("additional_information", "caveats_and_recommendations")
    assert [(kind, text) for kind, text in change.words if kind is not Word.KEPT] == [
        (Word.DELETED, "0.15"),
        (Word.INSERTED, "0.12"),
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_marked_words_reproduce_both_texts(before: str, after: str) -> None:
    words = word_changes(before, after)
    assert "".join(text for kind, text in words if kind is not Word.INSERTED) == before
    assert "".join(text for kind, text in words if kind is not Word.DELETED) == after


def test_a_text_of_a_hundred_thousand_characters_is_compared_in_time() -> None:
    change = word_changes("a b " * 25_000, "b a " * 25_000)
    assert [kind for kind, _ in change] == [Word.DELETED, Word.INSERTED]


def test_items_of_lists_and_values_are_distinguished() -> None:
    before = {"model_overview": {"model_artifact": ["one", "two"], "model_version": 1}}
    after = {"model_overview": {"model_artifact": ["two", "three"], "model_version": True}}
    artifacts, version = compare(before, after).values
    assert (artifacts.kept, artifacts.inserted, artifacts.deleted) == (("two",), ("three",), ("one",))
    assert (version.before, version.after) == (1, True)


def test_named_rows_are_matched_by_their_names() -> None:
    rows = [{"name": "eta", "value": "0.1"}, {"name": "depth", "value": "6"}]
    before = {"training_details": {"training_job_details": {"hyper_parameters": rows}}}
    after = {
        "training_details": {"training_job_details": {"hyper_parameters": [{"name": "depth", "value": "7"}, rows[0]]}}
    }
    (change,) = compare(before, after).values
    assert (change.path[-2:], change.before, change.after) == (("depth", "value"), "6", "7")


def test_an_example_equals_itself_and_a_comparison_is_json() -> None:
    for example in examples():
        contents = [json.loads(step.content) for step in example.steps if step.content]
        assert compare(contents[0], contents[0]).equal
        document = as_document(compare(contents[0], contents[-1]))
        assert json.loads(json.dumps(document, allow_nan=False)) == document


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=12,
    )
)
def test_any_json_can_be_compared(value: object) -> None:
    assert compare(value, value).equal
    compare(value, {"evaluation_details": value})
    compare({"evaluation_details": [value]}, {})


@pytest.mark.parametrize(
    ("after", "verdict", "within"),
    [(0.81, Verdict.SAME, True), (0.83, Verdict.BETTER, False), (0.79, Verdict.SAME, True), (0.8, Verdict.SAME, False)],
)
def test_a_change_smaller_than_the_larger_deviation_counts_as_unchanged(
    after: float, verdict: Verdict, within: bool
) -> None:
    before = evaluated(number("auc", 0.8), number("auc - standard_deviation", 0.005))
    found = compare(before, evaluated(number("auc", after), number("auc - standard_deviation", 0.02)))
    (metric,) = found.metrics
    assert (metric.verdict, metric.within, found.within) == (verdict, within, int(within))
    assert (metric.before_deviation, metric.after_deviation) == (0.005, 0.02)


def test_gains_and_losses_are_ranked_by_relative_change() -> None:
    before = [("auc", 0.8), ("rmse", 100.0), ("Accuracy Difference (AD)", -0.02), ("fpr", 0.0), ("recall", 0.5)]
    after = [("auc", 0.88), ("rmse", 80.0), ("Accuracy Difference (AD)", 0.05), ("fpr", 0.01), ("recall", 0.4)]
    contents = [evaluated(*(number(*metric) for metric in side)) for side in (before, after)]
    found = compare(contents[0], contents[1])
    assert [metric.name for metric in found.gains] == ["rmse", "auc"]
    assert [metric.name for metric in found.losses] == ["fpr", "Accuracy Difference (AD)", "recall"]
    relative = {metric.name: metric.relative for metric in found.metrics}
    assert relative["Accuracy Difference (AD)"] == pytest.approx(1.5)
    assert relative["rmse"] == pytest.approx(-0.2)


def test_metrics_without_a_pair_are_new_or_gone_and_never_worse() -> None:
    found = compare(evaluated(number("auc", 0.9), job="Holdout"), evaluated(number("f1", 0.1), job="Stress"))
    assert [(item.name, item.verdict) for item in found.metrics] == [("f1", Verdict.NEW), ("auc", Verdict.GONE)]
    assert not found.losses
    assert not found.equal


def test_the_demo_shows_a_better_auc_although_the_job_names_carry_the_quarter() -> None:
    card = next(example for example in examples() if example.name == "fraud-classifier")
    contents = [json.loads(step.content) for step in card.steps if step.content]
    found = compare(contents[0], contents[2])
    auc = next(metric for metric in found.metrics if metric.name == "auc")
    assert (auc.before, auc.after, auc.verdict) == (0.9306, 0.9465, Verdict.BETTER)
    assert auc in found.gains
    (pair,) = [item for item in objects_at(as_document(found), "pairs") if item["paired_by"]]
    assert pair["reason"] == "paired by kind; the names differ only in date, quarter or version"


def test_a_result_of_the_best_constant_classifier_has_no_verdict() -> None:
    objective = {"training_details": {"objective_function": {"function": "Maximize", "facet": "accuracy"}}}
    name = "accuracy_best_constant_classifier"
    before, after = (evaluated(number(name, value)) | objective for value in (0.9, 0.8))
    assert compare(before, after).count(Verdict.UNKNOWN) == 1


def test_a_renamed_job_of_a_pair_is_a_changed_value() -> None:
    found = compare(evaluated(number("auc", 1), job="Holdout 2025"), evaluated(number("auc", 1), job="Holdout 2026"))
    (change,) = found.values
    assert (change.path, change.before) == (("evaluation_details", "Holdout 2026", "name"), "Holdout 2025")


def test_groups_of_a_pair_may_differ_in_the_quarter_too() -> None:
    before, after = (
        evaluated(number("auc", value), group=f"Quality Q{quarter} 2026") for value, quarter in ((1, 1), (2, 2))
    )
    (metric,) = compare(before, after).metrics
    assert (metric.group, metric.difference) == ("Quality Q2 2026", 1)
