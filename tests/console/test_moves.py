"""The changes of metrics that the page of a card and the review queue show first."""

from typing import Any

import pytest

from cardwright.console.compare.address import Address
from cardwright.console.compare.metrics import jobs_of, options_of, three_moves, top_rows
from cardwright.core.comparison import Comparison, compare

MINUS = "\N{MINUS SIGN}"


def content(facet: str = "", **values: float) -> dict[str, Any]:
    data = [{"name": name, "type": "number", "value": value} for name, value in values.items()]
    objective = {"function": {"function": "Maximize", "facet": facet}}
    group = {"name": "binary_classification_metrics", "metric_data": data}
    return {
        "training_details": {"objective_function": objective},
        "evaluation_details": [{"name": "Holdout", "metric_groups": [group]}],
    }


def found(facet: str, **values: tuple[float, float]) -> Comparison:
    before, after = (content(facet, **{name: pair[side] for name, pair in values.items()}) for side in (0, 1))
    return compare(before, after)


def names(comparison: Comparison) -> list[str]:
    return [row.name for row in three_moves(comparison)]


def test_the_objective_comes_first_then_the_largest_changes_losses_first() -> None:
    comparison = found(
        "AUC",
        auc_best_constant_classifier=(0.5, 0.6),
        accuracy=(0.95, 0.94),
        recall=(0.2, 0.9),
        precision=(0.5, 0.3),
        false_positive_rate=(0.01, 0.028),
        SD=(0.00012, -0.00022),
        auc=(0.95, 0.96),
    )
    gains, losses = top_rows(comparison)
    assert [row.name for row in losses[:2]] == ["False positive rate", "Specificity difference (SD)"]
    assert names(comparison) == ["AUC", "False positive rate", "Recall"]
    assert three_moves(comparison)[1:] == [losses[0], gains[0]]


def test_an_objective_that_did_not_change_is_left_out() -> None:
    unchanged = found("auc", precision=(0.5, 0.3), auc=(0.95, 0.95))
    assert names(unchanged) == ["Precision"]
    assert names(found("", precision=(0.5, 0.3), auc=(0.95, 0.96))) == ["Precision", "AUC"]


def test_an_objective_under_two_names_is_shown_once() -> None:
    twice = found("auc", auc=(0.9, 0.8), roc_auc=(0.9, 0.8), recall=(0.5, 0.6))
    assert [row.change.name for row in three_moves(twice)] == ["auc", "recall"]


def test_a_move_has_the_digits_of_the_comparison() -> None:
    comparison = found("", SD=(0.00012, -0.00022))
    (move,), (loss,) = three_moves(comparison), top_rows(comparison)[1]
    assert (move.before, move.after) == (loss.before, loss.after) == ("0.0001", f"{MINUS}0.0002")


def by_group(**values: dict[str, float]) -> dict[str, Any]:
    groups = [
        {
            "name": f"post_training_bias_metrics - label fraud=1 and facet {name}=1",
            "metric_data": [{"name": metric, "type": "number", "value": value} for metric, value in metrics.items()],
        }
        for name, metrics in values.items()
    ]
    return {"evaluation_details": [{"name": "Bias", "metric_groups": groups}]}


def test_rows_that_would_read_the_same_name_their_metric_group() -> None:
    before = by_group(age={"DCA": 0.1, "AD": 0.1}, issuer={"DCA": 0.1})
    after = by_group(age={"DCA": 0.05, "AD": 0.13}, issuer={"DCA": 0.2})
    gains, losses = top_rows(compare(before, after))
    rows = [(row.name, row.place) for row in (*gains, *losses)]
    names = [name for name, _ in rows]
    assert len(set(rows)) == len(rows) == 3
    assert names[0] == names[1]
    assert rows[0][1].startswith("Bias, ")
    assert "age" in rows[0][1]
    assert "issuer" in rows[1][1]
    assert rows[2][1] == "Bias, Bias after training: age 1"
    assert {row.place for row in three_moves(compare(before, after))} == {place for _, place in rows}


@pytest.mark.parametrize(
    ("group", "place"),
    [
        ("pre_training_bias_metrics - label fraud=1 and facet age=60+", "Holdout, Bias before training: age 60+"),
        ("age = 60+", "Holdout, age = 60+"),
        ("by age", "Holdout, by age"),
        ("binary_classification_metrics", "Holdout"),
    ],
)
def test_a_single_change_names_the_facet_that_it_belongs_to(group: str, place: str) -> None:
    before, after = content(DCR=0.1), content(DCR=0.2)
    for side in (before, after):
        side["evaluation_details"][0]["metric_groups"][0]["name"] = group
    comparison = compare(before, after)
    (move,), (loss,) = three_moves(comparison), top_rows(comparison)[1]
    assert (move.place, loss.place) == (place, place)


def test_the_form_of_pairs_counts_what_is_compared() -> None:
    both = [by_group(age={"DCA": value, "AD": value}, issuer={"DCA": value, "AD": value}) for value in (0.1, 0.2)]
    chart = {"name": "ROC", "type": "linear_graph", "value": [[0, 1]]}
    for one in both:
        one["evaluation_details"][0]["metric_groups"][0]["metric_data"].append(chart)
    comparison = compare(*both)
    (option,) = options_of(comparison.pairs[0], comparison, *both)
    assert len(comparison.metrics) == 4
    assert "4 metrics in common" in option.about


def test_jobs_without_a_pair_are_offered_before_those_that_another_would_lose() -> None:
    def jobs(*names: str) -> dict[str, Any]:
        metric = {"name": "auc", "type": "number", "value": 0.5}
        groups = [{"name": "g", "metric_data": [metric]}]
        return {"evaluation_details": [{"name": name, "metric_groups": groups} for name in names]}

    both = jobs("Holdout", "Slice"), jobs("Holdout", "Renamed")
    comparison = compare(*both)
    lone = next(pair for pair in comparison.pairs if pair.after and pair.after.name == "Renamed")
    offered = options_of(lone, comparison, *both)
    assert [option.name for option in offered] == ["Slice", "Holdout"]
    assert [option.about.endswith("Holdout loses this pair.") for option in offered] == [False, True]


def test_the_largest_change_of_a_table_fills_its_bar() -> None:
    comparison = found("", mae=(1.0, 6.0), rmse=(1.0, 3.5), recall=(0.5, 0.75), precision=(0.0, 0.1))
    gains, losses = top_rows(comparison)
    assert [row.size for row in losses] == [100, 50]
    assert [(row.relative, row.size) for row in gains] == [("from 0", 100), ("+50.0\N{NARROW NO-BREAK SPACE}%", 10)]
    ((_, rows),) = jobs_of(comparison, Address())[0].groups
    assert {row.change.name: row.size for row in rows} == {"mae": 69, "rmse": 34.5, "recall": 6.9, "precision": 69}
    assert [row.size for row in top_rows(found("", precision=(0.0, 0.1)))[0]] == [100]
