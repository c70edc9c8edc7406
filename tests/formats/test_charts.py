"""Charts as data: values, positions and captions."""

import itertools
import math
import random
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.formats.card import outline_of
from cardwright.formats.chart_numbers import numbers_of
from cardwright.formats.charts.chart import BarLayout, Bars, Curve, LineGraph, Matrix
from cardwright.formats.charts.scales import scale_over
from cardwright.formats.charts.thinning import COLUMNS, thinned
from cardwright.formats.outline import MetricTable, Table
from tests.formats.records import all_blocks, evaluated, record

AnyChart = TypeVar("AnyChart")
FINITE = st.floats(allow_nan=False, allow_infinity=False)
ROC = {
    "name": "receiver_operating_characteristic_curve",
    "type": "linear_graph",
    "value": [[0, 0], [0.1, 0.6], [0.4, 0.9], [1, 1]],
    "x_axis_name": "false_positive_rates",
    "y_axis_name": "true_positive_rates",
}


def blocks(*metrics: object, group: str = "group") -> list[object]:
    return list(all_blocks(outline_of(record(evaluated(*metrics, group=group)))))


def only(kind: type[AnyChart], *metrics: object, group: str = "group") -> AnyChart:
    found = [block for block in blocks(*metrics, group=group) if isinstance(block, kind)]
    assert len(found) == 1
    return found[0]


def number(name: str, value: float, **more: str) -> dict[str, object]:
    return {"name": name, "type": "number", "value": value, **more}


def line(name: str, points: list[list[float]], **more: str) -> dict[str, object]:
    return {"name": name, "type": "linear_graph", "value": points, **more}


def matrix(rows: list[list[float]], x: list[str], y: list[str], name: str = "m") -> Matrix:
    return only(Matrix, {"name": name, "type": "matrix", "value": rows, "x_axis_name": x, "y_axis_name": y})


# Axes


def value_of(label: str) -> Decimal:
    mantissa, _, power = label.replace(",", "").partition("×10")
    exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return Decimal(mantissa).scaleb(int(exponent)) if exponent else Decimal(mantissa)


@given(st.lists(FINITE, min_size=1, max_size=5))
def test_ticks_are_round_even_distinct_and_hold_every_value_between_them(values: list[float]) -> None:
    scale = scale_over(values, including=0.0)
    positions = [tick.position for tick in scale.ticks]
    assert (positions[0], positions[-1]) == (0, 1)
    assert all(a < b for a, b in itertools.pairwise(positions))
    assert 3 <= len(positions) <= 14
    labels = [tick.label for tick in scale.ticks]
    assert len(set(labels)) == len(labels)
    low, high = value_of(labels[0]), value_of(labels[-1])
    assert low <= Decimal(min(values))
    assert high >= Decimal(max(values))
    step = (high - low) / (len(labels) - 1)
    assert step.normalize().as_tuple().digits in {(1,), (2,), (2, 5), (5,)}
    assert all(0 <= scale.position(value) <= 1 for value in values)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 1], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ([0, 0.0463], ["0.00", "0.01", "0.02", "0.03", "0.04", "0.05"]),
        ([2019, 2024], ["2019", "2020", "2021", "2022", "2023", "2024"]),
        ([0, 59888], ["0", "20,000", "40,000", "60,000"]),
        ([-0.3, 0.25], ["-0.4", "-0.2", "0.0", "0.2", "0.4"]),
        ([7, 7], ["2", "4", "6", "8", "10", "12"]),
        ([0, 3e9], ["0", "1×10⁹", "2×10⁹", "3×10⁹"]),
        ([], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ],
)
def test_tick_labels_use_common_number_forms(values: list[float], labels: list[str]) -> None:
    assert [tick.label for tick in scale_over(values).ticks] == labels


def test_the_largest_doubles_can_be_drawn() -> None:
    graph = only(LineGraph, line("huge", [[-1.7e308, -1.7e308], [0, 0], [1.7e308, 1.7e308]]))
    (x1, y1), (x2, y2), (x3, y3) = graph.series[0].drawn
    assert 0 <= x1 < x2 < x3 <= 1
    assert (x2, y2) == (0.5, 0.5)
    assert math.isclose(y1 + y3, 1)


# Line graphs


def test_a_roc_curve_has_its_diagonal_and_the_area_when_the_card_states_it() -> None:
    graph = only(LineGraph, ROC, number("auc", 0.8421875))
    assert (graph.curve, graph.area, graph.shaded) == (Curve.ROC, "AUC 0.8422", True)
    assert graph.reference
    assert (graph.reference.start, graph.reference.end) == ((0, 0), (1, 1))
    assert (str(graph.x.title), str(graph.x.stored_title)) == ("False positive rate", "false_positive_rates")
    assert (str(graph.title), str(graph.stored_name)) == ("ROC curve", "receiver_operating_characteristic_curve")
    assert "area under the curve 0.8422" in graph.alt
    assert only(LineGraph, ROC).area is None
    assert only(LineGraph, ROC, number("auc", 0.8), number("AUC", 0.9)).area is None


def test_a_curve_that_leaves_the_unit_square_is_an_ordinary_line() -> None:
    graph = only(LineGraph, ROC | {"value": [[0, 0], [100, 97.5]]})
    assert (graph.curve, graph.reference) == (None, None)
    assert graph.x.ticks[-1].label == "100"


def test_precision_and_recall_is_compared_with_the_base_rate_when_the_card_gives_it() -> None:
    curve = line("precision_recall_curve", [[0.1, 0.9], [1, 0.2]], x_axis_name="recalls", y_axis_name="precisions")
    known = [number("recall_best_constant_classifier", 1.0), number("precision_best_constant_classifier", 0.2)]
    graph = only(LineGraph, curve, *known)
    assert graph.reference
    assert (graph.reference.start, graph.reference.end, graph.reference.label) == ((0, 0.2), (1, 0.2), "base rate 0.2")
    assert only(LineGraph, curve).reference is None


def test_a_curve_of_ten_thousand_points_is_thinned_and_looks_the_same() -> None:
    dice = random.Random(7)  # noqa: S311 - no secret is made of it
    points = [[n / 10_000, dice.random()] for n in range(10_001)]
    graph = only(LineGraph, line("noise", points))
    series = graph.series[0]
    assert len(series.points) == 10_001
    assert len(series.drawn) <= 4 * (COLUMNS + 1)
    all_points = [(round(x, 6), round(y, 6)) for x, y in points]
    for column in range(COLUMNS):
        before = [y for x, y in all_points if int(x * COLUMNS) == column]
        after = [y for x, y in series.drawn if int(x * COLUMNS) == column]
        assert (min(before), max(before), before[0], before[-1]) == (min(after), max(after), after[0], after[-1])
    rows = numbers_of(graph).rows
    assert [(str(x), str(y)) for x, y in rows] == [(str(x), str(y)) for x, y in points]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=60), st.integers(1, 10))
def test_thinning_keeps_order_ends_and_extremes(points: list[tuple[float, float]], columns: int) -> None:
    kept = thinned(points, columns)
    left = iter(points)
    assert all(point in left for point in kept)
    if points:
        assert (kept[0], kept[-1]) == (points[0], points[-1])
        assert {min(y for _, y in points), max(y for _, y in points)} <= {y for _, y in kept}


def test_lines_over_the_same_axes_share_a_drawing_when_they_can_be_compared() -> None:
    axes = {"x_axis_name": "Week", "y_axis_name": "Units"}
    graph = only(LineGraph, line("actual", [[1, 10], [2, 12]], **axes), line("forecast", [[1, 11], [2, 13]], **axes))
    assert [str(series.name) for series in graph.series] == ["actual", "forecast"]
    assert str(graph.title) == "Units, by Week"
    assert [str(row[0]) for row in numbers_of(graph).rows] == ["actual", "actual", "forecast", "forecast"]
    apart = (
        (line("a", [[1, 10], [2, 12]], **axes), line("b", [[1, 1000], [2, 5000]], **axes)),
        (line("a", [[1, 10], [2, 12]]), line("b", [[1, 11], [2, 13]])),
        tuple(line(str(n), [[1, 10], [2, 12]], **axes) for n in range(6)),
    )
    for lines in apart:
        assert len(blocks(*lines)) == len(lines)


def test_points_beyond_doubles_are_counted_and_stay_in_the_numbers() -> None:
    text = (
        '{"evaluation_details": [{"name": "e", "metric_groups": [{"name": "g", "metric_data": ['
        '{"name": "l", "type": "linear_graph", "value": [[1, 1e400], [2, 3], [4, 5]]}]}]}]}'
    )
    graph = next(block for block in all_blocks(outline_of(record(text))) if isinstance(block, LineGraph))
    assert (len(graph.series[0].drawn), graph.reading) == (2, "3 points; 1 cannot be drawn")
    assert str(numbers_of(graph).rows[0][1]) == "1e400"
    undrawable = text.replace("[2, 3], [4, 5]", "[2, 1e999]")
    assert [type(block) for block in all_blocks(outline_of(record(undrawable)))] == [Table]


# Bars


def test_shap_values_are_bars_sorted_by_size_with_their_sign() -> None:
    values = {"small": 0.01, "negative": -0.5, "large": 0.4, "zero": 0.0}
    chart = only(Bars, *(number(n, v) for n, v in values.items()), group="explanations - global_shap_values, label=x")
    assert [str(bar.label) for bar in chart.bars] == ["negative", "large", "small", "zero"]
    assert (chart.layout, chart.sorted, chart.signed) == (BarLayout.BARS, True, True)
    assert chart.bars[0].end < chart.origin < chart.bars[1].end
    assert {bar.start for bar in chart.bars} == {chart.origin}


def test_forty_five_features_are_all_there() -> None:
    features = [number(f"feature {n}", 1 / (n + 1)) for n in range(45)]
    chart = only(Bars, *features, group="explanations - global_shap_values, label=x")
    assert len(chart.bars) == 45


def test_bias_metrics_are_drawn_around_zero_and_ratios_around_one() -> None:
    group = "post_training_bias_metrics - label y = 1 and facet age=60+"
    shown = blocks(number("AD", -0.25), number("RD", 0.05), number("DI", 0.7), group=group)
    differences, ratios = (block for block in shown if isinstance(block, Bars))
    assert [(str(bar.label), bar.outside) for bar in differences.bars] == [("AD", True), ("RD", False)]
    assert differences.bars[0].description == "Accuracy difference"
    assert differences.band
    assert differences.band.start < differences.origin < differences.band.end
    assert [(str(bar.label), bar.outside, bar.end < ratios.origin) for bar in ratios.bars] == [("DI", True, True)]


def test_few_short_labels_make_columns_and_long_ones_rows() -> None:
    def layout(labels: list[str]) -> BarLayout:
        return only(Bars, {"name": "b", "type": "bar_chart", "value": [1] * len(labels), "x_axis_name": labels}).layout

    assert layout(["North", "East"]) is BarLayout.COLUMNS
    assert layout([str(year) for year in range(2015, 2023)]) is BarLayout.COLUMNS
    assert layout(["a label of some length", "another one"]) is BarLayout.BARS
    assert layout([str(n) for n in range(13)]) is BarLayout.BARS
    assert layout(["年収カテゴリー"] * 3) is BarLayout.BARS


def test_labels_without_values_and_values_without_labels_are_kept() -> None:
    chart = only(Bars, {"name": "b", "type": "bar_chart", "value": [1, 2], "x_axis_name": ["a", "b", "c"]})
    assert [(str(bar.label), bar.value and str(bar.value)) for bar in chart.bars] == [
        ("a", "1"),
        ("b", "2"),
        ("c", None),
    ]
    chart = only(Bars, {"name": "b", "type": "bar_chart", "value": [1, 2], "x_axis_name": ["a"]})
    assert [str(bar.label) for bar in chart.bars] == ["a", "2"]


def test_five_hundred_metrics_are_one_table_with_every_metric() -> None:
    table = only(MetricTable, *(number(f"m{n}", n / 7, notes="n") for n in range(500)))
    assert len(table.rows) == 500


# Matrices


def test_a_confusion_matrix_has_counts_and_shares_of_its_rows() -> None:
    chart = matrix([[90, 10], [5, 15]], ["no", "yes"], ["no", "yes"], name="confusion_matrix")
    assert (chart.confusion, chart.row_title, chart.column_title, chart.total) == (True, "Actual", "Predicted", "120")
    cells = [[(str(cell.value), cell.share_text) for cell in row.cells if cell] for row in chart.rows]
    assert cells == [[("90", "90.0%"), ("10", "10.0%")], [("5", "25.0%"), ("15", "75.0%")]]
    assert [row.total for row in chart.rows] == ["100", "20"]
    assert "no 90.0%, yes 75.0%" in chart.alt


def test_rows_are_the_first_axis_unless_only_the_second_axis_fits() -> None:
    chart = matrix([[1, 2, 3], [4, 5, 6]], ["r1", "r2"], ["c1", "c2", "c3"])
    assert [str(row.label) for row in chart.rows] == ["r1", "r2"]
    swapped = matrix([[1, 2, 3], [4, 5, 6]], ["c1", "c2", "c3"], ["r1", "r2"])
    assert [str(row.label) for row in swapped.rows] == ["r1", "r2"]
    assert [str(label) for label in swapped.columns] == ["c1", "c2", "c3"]


def test_the_colour_hint_of_a_matrix_is_true_in_light_and_dark() -> None:
    for labels, rows in ((["no", "yes"], [[90.0, 10.0], [5.0, 15.0]]), (["a", "b"], [[1.0, -0.5], [-0.5, 1.0]])):
        for chart in (matrix(rows, labels, labels), matrix(rows, labels, ["x", "y"])):
            assert "tronger colour" in chart.reading
            assert "dark" not in chart.reading.lower()


def test_a_ragged_matrix_is_filled_with_gaps_and_keeps_every_label() -> None:
    chart = matrix([[1, 2], [3]], ["r1", "r2", "r3"], ["c1", "c2", "c3"])
    assert [[cell and str(cell.value) for cell in row.cells] for row in chart.rows] == [
        ["1", "2", None],
        ["3", None, None],
        [None, None, None],
    ]


def test_negative_numbers_have_no_shares_and_their_own_colour() -> None:
    chart = matrix([[1, -0.5], [-0.5, 1]], ["a", "b"], ["a", "b"])
    assert (chart.confusion, chart.total) == (False, None)
    cells = [(cell.share, cell.shade, cell.negative) for row in chart.rows for cell in row.cells if cell]
    assert cells == [(None, 1.0, False), (None, 0.5, True), (None, 0.5, True), (None, 1.0, False)]


def test_sums_are_exact_beyond_what_doubles_hold() -> None:
    chart = matrix([[0.1, 0.2], [2**60, 1]], ["a", "b"], ["x", "y"])
    assert [row.total for row in chart.rows] == ["0.3", "1152921504606846977"]


def test_a_twenty_by_twenty_matrix_is_whole() -> None:
    labels = [f"class {n}" for n in range(20)]
    chart = matrix([[n * m for m in range(20)] for n in range(20)], labels, labels)
    assert (len(chart.columns), sum(len(row.cells) for row in chart.rows)) == (20, 400)
