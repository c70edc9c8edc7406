"""Matrices above 20 by 20 are folded: every count stays, and every class has its bars."""

from typing import Any

from cardwright.reports import Translation, read_report
from tests.reports.samples import by_name, violations


def matrix_of(classes: int) -> dict[str, dict[str, int]]:
    """A matrix with growing classes: class i has i correct predictions and one wrong one."""
    return {
        str(actual): {
            str(predicted): actual if actual == predicted else int(predicted == (actual + 1) % classes)
            for predicted in range(classes)
        }
        for actual in range(classes)
    }


def translated(matrix: object) -> tuple[dict[str, Any], Translation]:
    translation = read_report({"multiclass_classification_metrics": {"confusion_matrix": matrix}})
    assert violations(translation.metric_groups) == []
    return by_name(translation.metric_groups)["multiclass_classification_metrics"], translation


def test_twenty_classes_stay_as_they_are() -> None:
    metrics, translation = translated(matrix_of(20))
    assert list(metrics) == ["confusion_matrix"]
    assert metrics["confusion_matrix"]["value"] == [list(row.values()) for row in matrix_of(20).values()]
    assert translation.omissions == ()


def test_thirty_classes_keep_the_nineteen_largest_and_sum_the_others() -> None:
    metrics, translation = translated(matrix_of(30))
    folded = metrics["confusion_matrix"]
    labels = [*(str(label) for label in range(11, 30)), "other (11 classes)"]
    assert folded["x_axis_name"] == folded["y_axis_name"] == labels
    assert sum(map(sum, folded["value"])) == sum(sum(row.values()) for row in matrix_of(30).values())
    assert folded["value"][0][0] == 11
    assert folded["value"][-1][-1] == sum(range(11)) + 10
    assert "30 by 30 classes" in folded["notes"]
    assert [omission.path for omission in translation.omissions] == [
        "multiclass_classification_metrics.confusion_matrix"
    ]


def test_every_class_of_a_folded_matrix_has_its_recall_and_precision() -> None:
    metrics, _ = translated(matrix_of(30))
    for measure in ("recall", "precision"):
        chart = metrics[f"confusion_matrix - {measure} by class"]
        assert chart["x_axis_name"] == [str(label) for label in range(30)]
        assert chart["value"] == [label / (label + 1) for label in range(30)]


def test_a_class_without_samples_has_no_recall_and_a_note() -> None:
    matrix = matrix_of(30)
    matrix["3"] = dict.fromkeys(matrix["3"], 0)
    metrics, translation = translated(matrix)
    assert "3" not in metrics["confusion_matrix - recall by class"]["x_axis_name"]
    assert any("1 of 30 values were left out" in omission.message for omission in translation.omissions)


def test_a_class_with_the_name_of_the_fold_keeps_its_row() -> None:
    matrix = matrix_of(30)
    matrix["other (12 classes)"] = dict.fromkeys(matrix["0"], 100)
    metrics, _ = translated(matrix)
    labels = metrics["confusion_matrix"]["x_axis_name"]
    assert len(labels) == len(set(labels)) == 20


def test_columns_are_matched_by_label_when_rows_list_them_in_another_order() -> None:
    metrics, _ = translated({"a": {"a": 1, "b": 2}, "b": {"b": 4, "a": 3}})
    assert metrics["confusion_matrix"]["value"] == [[1, 2], [3, 4]]


def test_missing_pairs_of_classes_become_zero_with_a_note() -> None:
    metrics, translation = translated({"a": {"a": 1}, "b": {"a": 3, "b": 4}})
    assert metrics["confusion_matrix"]["value"] == [[1, 0], [3, 4]]
    assert "1 cells are not in the report; they are 0 here" in translation.omissions[0].message


def test_a_cell_without_a_number_drops_only_its_matrix() -> None:
    report = {"confusion_matrix": {"a": {"a": "NaN"}}, "accuracy": {"value": 1, "standard_deviation": 0}}
    translation = read_report({"multiclass_classification_metrics": report})
    assert list(by_name(translation.metric_groups)["multiclass_classification_metrics"]) == [
        "accuracy",
        "accuracy - standard_deviation",
    ]
    assert translation.omissions[0].path == "multiclass_classification_metrics.confusion_matrix.a.a"
