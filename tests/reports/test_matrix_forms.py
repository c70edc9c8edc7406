"""A confusion matrix gives the same metrics in every form, or is left out with a reason."""

import tracemalloc
from typing import Any

import pytest

from cardwright.reports import Translation, read_report
from tests.reports.samples import by_name, violations

SECTION = "binary_classification_metrics"
ROWS = [[90, 10], [5, 95]]


def translated(matrix: object, **extra: object) -> tuple[dict[str, Any], Translation]:
    translation = read_report({SECTION: {"confusion_matrix": matrix, "accuracy": 0.9, **extra}})
    assert violations(translation.metric_groups) == []
    return by_name(translation.metric_groups)[SECTION], translation


def messages(translation: Translation) -> list[str]:
    return [omission.message for omission in translation.omissions]


@pytest.mark.parametrize(
    "matrix",
    [
        {"no": {"no": 90, "yes": 10}, "yes": {"no": 5, "yes": 95}},
        {"no": {"no": "90", "yes": "10"}, "yes": {"no": "5", "yes": "95"}},
        {"no": [90, 10], "yes": [5, 95]},
        {"labels": ["no", "yes"], "matrix": ROWS},
        {"classes": ["no", "yes"], "values": ROWS},
        {"value": {"no": {"no": 90, "yes": 10}, "yes": {"no": 5, "yes": 95}}},
        {"columns": ["no", "yes"], "index": ["no", "yes"], "data": ROWS},
        {"x": ["no", "yes"], "y": ["no", "yes"], "z": ROWS},
        {"labels": ["no", "yes"], "data": [90, 10, 5, 95]},
        {"no,no": 90, "no,yes": 10, "yes,no": 5, "yes,yes": 95},
        {"('no', 'no')": 90, "('no', 'yes')": 10, "('yes', 'no')": 5, "('yes', 'yes')": 95},
        {"no→no": 90, "no→yes": 10, "yes→no": 5, "yes→yes": 95},
        [{"no": 90, "yes": 10}, {"no": 5, "yes": 95}],
        [
            {"actual": actual, "predicted": predicted, "count": ROWS[row][column]}
            for row, actual in enumerate(["no", "yes"])
            for column, predicted in enumerate(["no", "yes"])
        ],
        [{"index": "no", "no": 90, "yes": 10}, {"index": "yes", "no": 5, "yes": 95}],
        {"data": [{"row_0": "no", "no": 90, "yes": 10}, {"row_0": "yes", "no": 5, "yes": 95}]},
    ],
    ids=range(16),
)
def test_a_matrix_with_names_is_read_in_every_form(matrix: object) -> None:
    metrics, translation = translated(matrix)
    assert metrics["confusion_matrix"] == {
        "name": "confusion_matrix",
        "type": "matrix",
        "value": ROWS,
        "x_axis_name": ["no", "yes"],
        "y_axis_name": ["no", "yes"],
    }
    assert [message for message in messages(translation) if message.startswith("left out")] == []


@pytest.mark.parametrize("matrix", [ROWS, [90, 10, 5, 95], {"value": ROWS}])
def test_a_matrix_without_names_has_positions_for_names_and_a_warning(matrix: object) -> None:
    metrics, translation = translated(matrix)
    assert metrics["confusion_matrix"]["value"] == ROWS
    assert metrics["confusion_matrix"]["x_axis_name"] == ["0", "1"]
    assert [omission.path.split(".")[1] for omission in translation.omissions] == ["confusion_matrix"]


@pytest.mark.parametrize("matrix", [ROWS, [90, 10, 5, 95]])
def test_class_names_next_to_a_matrix_are_used(matrix: object) -> None:
    metrics, translation = translated(matrix, labels=["no", "yes"])
    assert metrics["confusion_matrix"]["x_axis_name"] == ["no", "yes"]
    assert metrics["confusion_matrix"]["y_axis_name"] == ["no", "yes"]
    assert [message for message in messages(translation) if "left out" in message] == []


@pytest.mark.parametrize(
    "matrix",
    [
        {"tn": 90, "fp": 10, "fn": 5, "tp": 95},
        {"TP": 95, "FP": 10, "TN": 90, "FN": 5},
        {"true_positives": 95, "false_positives": 10, "true_negatives": 90, "false_negatives": 5},
        {"truePositive": 95, "falsePositive": 10, "trueNegative": 90, "falseNegative": 5},
    ],
)
def test_the_four_outcomes_by_name_are_a_matrix_of_two_classes(matrix: object) -> None:
    metrics, _ = translated(matrix)
    assert metrics["confusion_matrix"]["value"] == ROWS
    assert metrics["confusion_matrix"]["x_axis_name"] == ["negative", "positive"]


def test_counts_of_each_class_against_all_others_are_bars_by_class() -> None:
    matrix = {"cat": {"tp": 1, "fp": 2, "fn": 3, "tn": 4}, "dog": {"tp": 5, "fp": 6, "fn": 7, "tn": 8}}
    metrics, _ = translated(matrix)
    bars = {name: metric["value"] for name, metric in metrics.items() if metric["type"] == "bar_chart"}
    assert bars == {
        "confusion_matrix - tp by class": [1, 5],
        "confusion_matrix - fp by class": [2, 6],
        "confusion_matrix - fn by class": [3, 7],
        "confusion_matrix - tn by class": [4, 8],
    }
    assert "confusion_matrix" not in metrics


def test_a_matrix_of_two_by_two_for_each_class_is_bars_by_class() -> None:
    metrics, _ = translated([[[4, 2], [3, 1]], [[8, 6], [7, 5]]], labels=["cat", "dog"])
    assert metrics["confusion_matrix - tp by class"]["value"] == [1, 5]
    assert metrics["confusion_matrix - tn by class"]["x_axis_name"] == ["cat", "dog"]


def test_one_number_for_each_class_is_a_bar_chart_with_a_warning() -> None:
    metrics, translation = translated({"buildings": 24.9, "forest": 33.1, "glacier": 31.3})
    assert metrics["confusion_matrix"]["type"] == "bar_chart"
    assert metrics["confusion_matrix"]["value"] == [24.9, 33.1, 31.3]
    assert metrics["confusion_matrix"]["x_axis_name"] == ["buildings", "forest", "glacier"]
    assert any("no matrix" in message for message in messages(translation))


@pytest.mark.parametrize(
    "matrix",
    [
        "[[90 10]\n [5 95]]",
        5,
        None,
        [],
        {},
        [[90, 10], [5]],
        [[90, None], [5, 95]],
        [90, 10, 5],
        [[[1, 2, 3]]],
        [{"p": 1}, {"q": 2}, {"r": 3}],
        [[1, 2], 3],
    ],
    ids=range(11),
)
def test_a_matrix_that_cannot_be_read_is_left_out_alone_with_its_place(matrix: object) -> None:
    metrics, translation = translated(matrix)
    assert set(metrics) == {"accuracy"}
    assert f"{SECTION}.confusion_matrix" in [omission.path for omission in translation.omissions]


def test_a_metric_by_class_is_a_bar_chart() -> None:
    metrics, translation = translated(
        ROWS, labels=["no", "yes"], accuracy_per_class={"no": 0.9, "yes": 0.95}, auc=[0.7, 0.8]
    )
    assert metrics["accuracy_per_class"]["value"] == [0.9, 0.95]
    assert metrics["auc"]["x_axis_name"] == ["no", "yes"]
    assert [message for message in messages(translation) if "left out" in message] == []


def test_a_number_next_to_the_four_outcomes_is_named_and_not_a_class() -> None:
    metrics, translation = translated({"tn": 90, "fp": 10, "fn": 5, "tp": 95, "total": 200})
    assert metrics["confusion_matrix"]["value"] == ROWS
    assert f"{SECTION}.confusion_matrix.total" in [omission.path for omission in translation.omissions]


def test_the_classes_of_a_matrix_are_those_of_a_metric_by_class() -> None:
    counts = {"no": {"no": 90, "yes": 10}, "yes": {"no": 5, "yes": 95}}
    metrics, _ = translated(counts, f1={"no": 0.5, "yes": 0.25}, precision=[0.75, 0.5])
    assert (metrics["f1"]["value"], metrics["f1"]["x_axis_name"]) == ([0.5, 0.25], ["no", "yes"])
    assert (metrics["precision"]["value"], metrics["precision"]["x_axis_name"]) == ([0.75, 0.5], ["no", "yes"])


def test_pairs_that_are_missing_from_a_matrix_of_arrows_are_zero() -> None:
    metrics, _ = translated({"2→2": 6732, "0→2": 650, "1 -> 2": 115, "2→0": 2, "0→0": 0, "1→0": 1})
    matrix = metrics["confusion_matrix"]
    rows = dict(zip(matrix["x_axis_name"], matrix["value"], strict=True))
    counts = {name: dict(zip(matrix["y_axis_name"], row, strict=True)) for name, row in rows.items()}
    assert {actual: row["2"] for actual, row in counts.items()} == {"2": 6732, "0": 650, "1": 115}
    assert {actual: row["0"] for actual, row in counts.items()} == {"2": 2, "0": 0, "1": 1}


CLASSES = 5_000  # a square of them has 25 million cells


@pytest.mark.parametrize(
    "matrix",
    [
        {f"c{number}->c{number}": 1 for number in range(CLASSES)},
        {f"c{number}": {f"c{number}": 1} for number in range(CLASSES)},
        [{"actual": f"c{number}", "predicted": f"c{number}", "count": 1} for number in range(CLASSES)],
    ],
    ids=["pairs", "objects", "records"],
)
def test_a_sparse_matrix_takes_memory_for_its_cells_alone(matrix: object) -> None:
    tracemalloc.start()
    try:
        metrics, translation = translated(matrix)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000
    assert metrics["confusion_matrix - recall by class"]["value"] == [1.0] * CLASSES
    assert sum(map(sum, metrics["confusion_matrix"]["value"])) == CLASSES
    assert f"{CLASSES * (CLASSES - 1)} cells are not in the report; they are 0 here" in messages(translation)


@pytest.mark.parametrize("key", [" " * 100_000 + "x", "a" + " " * 100_000, "a" + " " * 100_000 + "->", "(" * 100_000])
def test_a_long_name_of_a_pair_is_read_in_linear_time(key: str) -> None:
    metrics, _ = translated({key: 1, "b": 2})
    assert metrics["confusion_matrix"]["value"] == [1, 2]


def test_a_class_that_was_never_hit_has_a_recall_of_zero() -> None:
    classes = [f"c{number}" for number in range(30)]
    never = {"c0->c1": 3, **{f"{name}->{name}": 2 for name in classes[1:]}, "c5->c0": 2}
    recall = translated(never)[0]["confusion_matrix - recall by class"]
    assert dict(zip(recall["x_axis_name"], recall["value"], strict=True)) == {
        **dict.fromkeys(classes, 1.0), "c0": 0.0, "c5": 0.5
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"), [("cat (big)", "dog"), ("cat", "dog (big)"), ('"cat"', "'dog'"), (" cat ", "dog")]
)
def test_names_of_a_pair_keep_their_own_brackets(first: str, second: str) -> None:
    names = [first.strip().strip("'\""), second.strip().strip("'\"")]
    pairs = {f"{actual},{predicted}": 1 for actual in (first, second) for predicted in (first, second)}
    assert translated(pairs)[0]["confusion_matrix"]["x_axis_name"] == names
