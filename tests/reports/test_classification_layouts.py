"""A classification report gives the same metrics in every layout of a data frame."""

from typing import Any

import pytest

from cardwright.reports import ReportInvalid, read_report
from tests.reports.frames import LAYOUTS, POSITIONED, REPORT, ROWS
from tests.reports.samples import by_name, violations

EXPECTED = by_name(read_report(REPORT).metric_groups)["classification_report"]


@pytest.mark.parametrize("layout", [*LAYOUTS, *POSITIONED])
def test_every_layout_gives_the_metrics_of_the_report_itself(layout: str) -> None:
    translation = read_report((LAYOUTS | POSITIONED)[layout])
    assert translation.kind == "scikit-learn Classification Report"
    assert violations(translation.metric_groups) == []
    metrics = by_name(translation.metric_groups)["classification_report"]
    assert {name: metric["value"] for name, metric in metrics.items()} == {
        name: metric["value"] for name, metric in EXPECTED.items()
    }
    assert metrics["precision"]["x_axis_name"] == ["setosa", "versicolor", "virginica"]
    assert [str(omission) for omission in translation.omissions if "left out" in omission.message] == []


def test_the_sample_count_of_a_printed_accuracy_is_in_its_notes() -> None:
    metrics = by_name(read_report(LAYOUTS["as printed"]).metric_groups)["classification_report"]
    assert metrics["accuracy"]["notes"] == "60 samples"


def test_a_class_named_accuracy_stays_a_class() -> None:
    row = {"precision": 0.5, "recall": 0.25, "f1-score": 1 / 3, "support": 8}
    metrics = by_name(read_report({**ROWS, "accuracy": row}).metric_groups)["classification_report"]
    assert metrics["precision"]["x_axis_name"][-1] == "accuracy"
    assert "accuracy" not in metrics


@pytest.mark.parametrize(
    "extra",
    [
        {"n_samples": 60},
        {"seed": 7},
        {"params": {"C": 1.0}},
        {"confusion_matrix": [[1, 2], [3, 4]]},
        {"labels": [0, 1]},
    ],
)
def test_members_next_to_the_rows_are_neither_classes_nor_metrics(extra: dict[str, Any]) -> None:
    translation = read_report(REPORT | extra)
    assert by_name(translation.metric_groups)["classification_report"] == EXPECTED
    assert [omission.path for omission in translation.omissions] == list(extra)


@pytest.mark.parametrize(
    "frame",
    [
        list(ROWS.values()),
        {
            "columns": ["precision", "recall", "f1-score", "support"],
            "index": ["a"],
            "data": [[1, 1, 1, 1], [0, 0, 0, 0]],
        },
        {measure: [1.0, 0.5] for measure in ("precision", "recall", "f1-score", "support")},
        [[1.0, 1.0, 1.0, 16.0]],
    ],
    ids=["records without names", "more rows than names", "lists without names", "values alone"],
)
def test_a_frame_whose_rows_have_no_certain_names_is_refused(frame: Any) -> None:
    with pytest.raises(ReportInvalid):
        read_report(frame)


def test_a_measure_without_a_number_is_reported_with_its_class() -> None:
    rows = {**ROWS, "setosa": {**ROWS["setosa"], "recall": None}}
    translation = read_report(rows)
    recall = by_name(translation.metric_groups)["classification_report"]["recall"]
    assert recall["x_axis_name"] == ["versicolor", "virginica"]
    assert [str(omission) for omission in translation.omissions] == ["setosa.recall: left out: the value is null"]


def test_averages_as_rows_next_to_measures_as_columns_are_averages() -> None:
    frame = LAYOUTS["turned, by columns"]
    classes = {measure: {name: frame[measure][name] for name in ("setosa", "virginica")} for measure in frame}
    translation = read_report({**classes, "macro avg": ROWS["macro avg"]})
    metrics = by_name(translation.metric_groups)["classification_report"]
    assert metrics["recall"]["x_axis_name"] == ["setosa", "virginica"]
    assert metrics["macro avg - recall"]["value"] == ROWS["macro avg"]["recall"]
    assert translation.omissions == ()


def test_extra_members_of_a_class_are_reported() -> None:
    rows = {name: {**row, "confused_with": {"other": 3}} for name, row in ROWS.items()}
    translation = read_report(rows)
    assert by_name(translation.metric_groups)["classification_report"] == EXPECTED
    assert [omission.path for omission in translation.omissions] == [
        "macro avg.confused_with",
        "weighted avg.confused_with",
        "*.confused_with",
    ]


def test_a_report_inside_a_model_quality_report_is_read_as_one() -> None:
    section = "multiclass_classification_metrics"
    translation = read_report({section: {"accuracy": {"value": 0.9}, "classification_report": REPORT}})
    metrics = by_name(translation.metric_groups)[section]
    assert violations(translation.metric_groups) == []
    assert metrics["accuracy"]["value"] == 0.9
    inner = {name: metric["value"] for name, metric in metrics.items() if name.startswith("classification_report - ")}
    assert inner == {f"classification_report - {name}": metric["value"] for name, metric in EXPECTED.items()}


def test_averages_with_underscores_are_not_classes() -> None:
    rows = {name.replace(" avg", "_avg"): row for name, row in REPORT.items()}
    assert by_name(read_report(rows).metric_groups)["classification_report"] == EXPECTED
