"""Metrics of the generic schema pass unchanged; others are repaired if their meaning is clear, or left out."""

from typing import Any

import pytest

from cardwright.reports import Translation, read_report
from tests.reports.samples import violations

WHOLE: list[dict[str, Any]] = [
    {"name": "n", "type": "number", "value": 1, "notes": "why", "x_axis_name": "x", "y_axis_name": "y"},
    {"name": "s", "type": "string", "value": "good"},
    {"name": "b", "type": "boolean", "value": True},
    {"name": "l", "type": "linear_graph", "value": [[0, 1], [1, 2.5]], "x_axis_name": "x"},
    {"name": "c", "type": "bar_chart", "value": [1, 2], "x_axis_name": ["p", "q"], "y_axis_name": "y"},
    {"name": "plain", "type": "bar_chart", "value": [1, 2]},
    {"name": "m", "type": "matrix", "value": [[1, 2], [3, 4]], "x_axis_name": ["p", "q"]},
]


def translated(*metrics: dict[str, Any]) -> tuple[list[Any], Translation]:
    report = {"metric_groups": [{"name": "group", "metric_data": list(metrics)}]}
    translation = read_report(report)
    assert violations(translation.metric_groups) == []
    (group,) = translation.metric_groups
    metric_data: Any = group["metric_data"]
    return metric_data, translation


def test_metrics_that_fit_the_schema_come_out_as_they_went_in() -> None:
    metric_data, translation = translated(*WHOLE)
    assert metric_data == WHOLE
    assert translation.omissions == ()


@pytest.mark.parametrize(
    ("given", "type_given", "value_given"),
    [
        ({"type": "number", "value": "0.5"}, "number", 0.5),
        ({"type": "number", "value": True}, "boolean", True),
        ({"type": "string", "value": 5}, "number", 5),
        ({"type": "boolean", "value": "true"}, "string", "true"),
        ({"value": 5}, "number", 5),
        ({"type": "string", "value": "a" * 70}, "string", "a" * 62 + "…"),
    ],
)
def test_a_simple_metric_is_repaired_from_its_value_with_a_note(
    given: dict[str, Any], type_given: str, value_given: object
) -> None:
    (metric,), translation = translated({"name": "m", **given})
    assert metric == {"name": "m", "type": type_given, "value": value_given}
    assert len(translation.omissions) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"type": "number", "value": "NaN"},
        {"type": "number", "value": None},
        {"type": "number"},
        {"type": "pie_chart", "value": [1]},
        {"type": ["number"], "value": [1]},
        {"type": "linear_graph", "value": []},
        {"type": "linear_graph", "value": [[1], 2, [1, 2, 3], ["a", "b"]]},
        {"type": "bar_chart", "value": "high"},
        {"type": "matrix", "value": [[1, None]]},
        {"type": "matrix", "value": [[]]},
        {"type": "matrix", "value": [[0] * 21]},
    ],
)
def test_only_a_metric_beyond_repair_is_left_out(given: dict[str, Any]) -> None:
    metric_data, translation = translated(WHOLE[0], {"name": "m", **given}, WHOLE[1])
    assert metric_data == [WHOLE[0], WHOLE[1]]
    assert [omission.path for omission in translation.omissions] == ["metric_groups.0.metric_data.1"]


def test_a_bar_without_a_number_is_left_out_with_its_label() -> None:
    chart = {"name": "c", "type": "bar_chart", "value": [1, None, 3], "x_axis_name": ["p", "q", "r"]}
    (metric,), _ = translated(chart)
    assert metric == {"name": "c", "type": "bar_chart", "value": [1, 3], "x_axis_name": ["p", "r"]}


def test_a_large_confusion_matrix_is_folded() -> None:
    labels = [f"class {index}" for index in range(25)]
    rows = [[int(row == column) for column in range(25)] for row in range(25)]
    metric_data, _ = translated(
        {"name": "cm", "type": "matrix", "value": rows, "x_axis_name": labels, "y_axis_name": labels}
    )
    assert [metric["name"] for metric in metric_data] == [
        "cm",
        "cm - recall by class",
        "cm - precision by class",
    ]


def test_axes_and_members_the_schema_does_not_know_are_left_out() -> None:
    (metric,), translation = translated(
        {"name": "n", "type": "number", "value": 1, "x_axis_name": ["a"], "unit": "s", "notes": 5}
    )
    assert metric == {"name": "n", "type": "number", "value": 1}
    assert {omission.path.rpartition(".")[2] for omission in translation.omissions} == {
        "x_axis_name",
        "unit",
        "notes",
    }


@pytest.mark.parametrize("name", ["", None, "\n", "x" * 300])
def test_a_name_the_schema_refuses_is_fitted(name: object) -> None:
    (metric,), translation = translated({"name": name, "type": "number", "value": 1})
    assert metric["value"] == 1
    assert len(translation.omissions) == 1


def test_an_invalid_group_drops_no_other_group() -> None:
    groups = [5, {"name": "no metrics"}, {"name": "good", "metric_data": [WHOLE[0]]}]
    translation = read_report({"metric_groups": groups})
    assert translation.metric_groups == [
        {"name": "no metrics", "metric_data": []},
        {"name": "good", "metric_data": [WHOLE[0]]},
    ]
    assert [omission.path for omission in translation.omissions] == [
        "metric_groups.0",
        "metric_groups.1.metric_data",
    ]
