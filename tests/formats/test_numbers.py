"""Numbers and names of metrics as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.formats.metric_names import readable, readable_names
from cardwright.formats.numbers import deviation, difference, percent, rounded, rounded_column, with_deviation


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("0.8719553201", "0.8720"),
        ("0.00003127", "0.00003127"),
        ("0.00012", "0.00012"),
        (1e-05, "0.00001"),
        ("0.000123456", "0.0001235"),
        ("41.23871", "41.24"),
        ("1842770", "1,842,770"),
        ("59888.3", "59,888"),
        ("0.99996", "1.0000"),
        ("9.99996", "10.00"),
        ("-0.052", "−0.0520"),
        ("-0.0", "0"),
        (0.027262546200350957, "0.0273"),
        (744.0, "744"),
        (0, "0"),
        ("123456789012345678901", "123,456,789,012,345,678,901"),
        ("1e-30", "1×10⁻³⁰"),
        ("-1.23456e200", "−1.235×10²⁰⁰"),
        ("1e999999999", "1×10⁹⁹⁹⁹⁹⁹⁹⁹⁹"),
        ("-1e-999999999", "−1×10⁻⁹⁹⁹⁹⁹⁹⁹⁹⁹"),
        ("NaN", "NaN"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_has_four_decimals_below_one_and_four_digits_above(stored: str | float, shown: str) -> None:
    assert rounded(stored) == shown


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_a_rounded_number_differs_by_less_than_its_last_digit(value: float) -> None:
    shown = rounded(value)
    if "×" not in shown:
        read = Decimal(shown.replace(",", "").replace("−", "-"))
        limit = max(Decimal("0.5"), abs(Decimal(value)) / 2000) if abs(value) >= 1 else Decimal("0.00005")
        assert abs(read - Decimal(repr(value))) <= limit
        assert (read == 0) is (value == 0)


def test_the_numbers_of_a_column_have_the_decimals_of_the_largest() -> None:
    assert rounded_column(["0.5", "1", "0.00003127"]) == ["0.5000", "1.0000", "0.00003127"]
    assert rounded_column(["41.24", "0.872"]) == ["41.24", "0.87"]
    assert rounded_column([1000, 2, "NaN"]) == ["1,000", "2", "NaN"]
    assert rounded_column([]) == []


@pytest.mark.parametrize(
    ("value", "spread", "shown"),
    [
        ("0.902", "0.0113", "0.902\u202f± 0.011"),
        ("0.8719553201", "0.0113", "0.8720\u202f± 0.0113"),
        (0.9, 0.0113, "0.9000\u202f± 0.0113"),
        (0.5, 1e-9, "0.5000\u202f± 1×10⁻⁹"),
        ("0.5", "NaN", "0.5000\u202f± NaN"),
    ],
)
def test_a_deviation_has_the_decimals_of_its_value(value: str, spread: str, shown: str) -> None:
    assert with_deviation(value, spread) == shown


def test_a_deviation_in_its_own_column_has_the_decimals_of_the_rounded_value() -> None:
    assert deviation("0.446", "0.0049123") == "± 0.0049"
    assert deviation("41.23871", "1.5") == "± 1.50"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (0.9306, 0.9465, "+0.0159"),
        ("44.8", "41.2", "−3.60"),
        (1, 1.0, "0"),
        (0.1, 0.10000001, "+1×10⁻⁸"),
        (1e300, -1e300, "−2×10³⁰⁰"),
        (3, 5, "+2"),
        ("1", "1e999999999", "+1×10⁹⁹⁹⁹⁹⁹⁹⁹⁹"),
        ("NaN", 1, None),
    ],
)
def test_a_change_is_the_difference_of_stored_values_then_rounded(
    before: float | str, after: float | str, shown: str | None
) -> None:
    assert difference(before, after) == shown


def test_a_share_is_written_in_percent() -> None:
    assert percent(0.9737) == "97.4\u202f%"
    assert (percent(0.0), percent(0.0004), percent(0.0006)) == ("0.0\u202f%", "<0.1\u202f%", "0.1\u202f%")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("f0_5", "F0.5"),
        ("f1", "F1"),
        ("F2_score", "F2"),
        ("true_positive_rate", "Recall"),
        ("accuracy", "Accuracy"),
        ("accuracy - standard_deviation", "Accuracy, standard deviation"),
        ("auc_best_constant_classifier - standard_deviation", "AUC, best constant classifier, standard deviation"),
        ("AD", "Accuracy difference (AD)"),
        ("Accuracy Difference (AD)", "Accuracy Difference (AD)"),
        ("cost_per_call", "Cost per call"),
        ("größe_in_m", "Größe in m"),
        ("train:auc", "Train: AUC"),
        ("train:accuracy", "Train: accuracy"),
        ("validation:my_score", "Validation: my score"),
        ("weighted_f0_5", "Weighted F0.5"),
        ("weighted_f0_5 - standard_deviation", "Weighted F0.5, standard deviation"),
        ("macro_f1", "Macro F1"),
        ("weighted_recall", "Weighted recall"),
        ("val_log_loss", "Val log loss"),
        ("test_iou", "Test IoU"),
        ("test_matthews", "Test matthews"),
        ("_", "_"),
        ("https://example.com/a_b", "https://example.com/a_b"),
    ],
)
def test_known_names_of_metrics_are_readable_and_others_not_guessed(stored: str, shown: str) -> None:
    assert readable(stored) == shown


def test_metrics_with_one_readable_name_show_their_stored_names() -> None:
    assert readable_names(["recall", "sensitivity", "tpr", "auc"]) == {
        "recall": "Recall",
        "sensitivity": "Recall (sensitivity)",
        "tpr": "Recall (tpr)",
        "auc": "AUC",
    }
    assert readable_names(["tpr", "sensitivity"]) == {"tpr": "Recall (tpr)", "sensitivity": "Recall (sensitivity)"}
    assert readable_names(["recall", "Recall"]) == {"recall": "Recall (recall)", "Recall": "Recall (Recall)"}
    assert readable_names(["recall", "recall"]) == {"recall": "Recall"}
