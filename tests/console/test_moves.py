"""The changes of metrics that the page of a card and the review queue show first."""

from typing import Any

from cardwright.console.compare.metrics import three_moves, top_rows
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


def test_the_objective_comes_first_then_the_largest_changes_of_the_comparison_losses_first() -> None:
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
