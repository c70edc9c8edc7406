"""Large matrices: edges, shades, confusions and CSV."""

import csv
import io
import json
from typing import Any

import pytest

from cardwright.formats import FORMATS
from cardwright.formats.card import outline_of
from cardwright.formats.chart_numbers import as_csv, numbers_of
from cardwright.formats.charts.chart import Matrix
from cardwright.formats.charts.confusions import confusions, edges, step_of
from cardwright.formats.charts.matrix_width import matrix_width
from tests.formats.records import all_blocks, evaluated, record


def stored(size: int, name: str = "confusion_matrix", **more: Any) -> dict[str, Any]:
    labels = [f"class {n}" for n in range(size)]
    value = [[{0: 90, 1: 5}.get((column - row) % size, 0) for column in range(size)] for row in range(size)]
    return {"name": name, "type": "matrix", "value": value, "x_axis_name": labels, "y_axis_name": labels} | more


def drawn(metric: dict[str, Any]) -> Matrix:
    (found,) = (block for block in all_blocks(outline_of(record(evaluated(metric)))) if isinstance(block, Matrix))
    return found


def test_a_confusion_matrix_has_totals_recall_precision_and_accuracy() -> None:
    found = edges(drawn(stored(15)))
    assert found is not None
    assert found.totals == ("95",) * 15
    assert found.recalls[0] == pytest.approx(90 / 95, abs=1e-6)
    assert found.precisions[0] == pytest.approx(90 / 95, abs=1e-6)
    assert found.accuracy == pytest.approx(90 / 95, abs=1e-6)


def test_confusions_are_those_with_the_largest_share_of_their_row() -> None:
    metric = stored(14)
    metric["value"][3][9] = 60
    first, *others = confusions(drawn(metric))
    assert (first.actual.text, first.predicted.text, first.value.text) == ("class 3", "class 9", "60")
    assert len(others) == 5


def test_matrices_of_other_numbers_have_no_recall() -> None:
    metric = stored(13, name="flows") | {"y_axis_name": [f"to {n}" for n in range(13)]}
    found = edges(drawn(metric))
    assert found is not None
    assert found.recalls == ()
    metric["value"][0][0] = -1
    assert edges(drawn(metric)) is None


@pytest.mark.parametrize(
    ("share", "step"), [(0, 0), (0.0005, 1), (0.001, 2), (0.02, 3), (0.03, 4), (0.1, 5), (0.5, 6), (1, 6)]
)
def test_shades_have_seven_steps(share: float, step: int) -> None:
    assert step_of(share) == step


def test_html_has_a_table_with_edges_from_13_columns_on() -> None:
    small, large = (FORMATS["html"].print(record(content(size))).decode() for size in (12, 13))
    assert 'class="cw-mx"' not in small
    assert 'class="cw-mx"' in large
    assert large.count('type="radio"') == 2
    assert '<span class="n">5</span><span class="s">5.3</span>' in large
    assert '<span class="n">0</span><span class="s">0</span>' in large
    for wanted in ("Precision", "Recall", "Accuracy 0.9474", "94.7\u202f%", "taken for", "cw-q6 dg"):
        assert wanted in large


def test_the_width_of_a_matrix_grows_with_numbers_and_with_labels_of_one_line() -> None:
    def width(size: int, times: int = 1, label: str = "c") -> int:
        metric = stored(size)
        metric["value"] = [[cell * times for cell in row] for row in metric["value"]]
        metric["x_axis_name"] = metric["y_axis_name"] = [f"{label}{number}" for number in range(size)]
        return matrix_width(drawn(metric), edges(drawn(metric)))

    assert width(13) == 64
    assert 64 < width(20) < width(20, 1000) <= 104
    assert width(20) < width(20, label="a class with a long name ") == width(20, label="a class with a long name " * 3)
    assert width(20, 100_000) == 0


def test_a_matrix_as_csv_has_the_stored_digits_and_no_formula() -> None:
    metric = stored(13)
    metric["value"][0][0], metric["x_axis_name"] = 90.125, ["=cmd()", *metric["x_axis_name"][1:]]
    rows = list(csv.reader(io.StringIO(as_csv(numbers_of(drawn(metric))))))
    assert rows[1][:2] == ["'=cmd()", "90.125"]
    assert len(rows) == 14


def content(size: int) -> str:
    groups = [{"name": "multiclass_classification_metrics", "metric_data": [stored(size)]}]
    return json.dumps({"evaluation_details": [{"name": "Holdout", "metric_groups": groups}]})
