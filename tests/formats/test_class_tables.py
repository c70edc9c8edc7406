"""The measures of many classes become one table in every format; a few short classes stay charts."""

from collections.abc import Sequence

import pytest

from cardwright.core.content import check, digest
from cardwright.formats.card import outline_of
from cardwright.formats.charts.chart import Bars
from cardwright.formats.html_page import render_html
from cardwright.formats.markdown import render_markdown
from cardwright.formats.outline import Block, ClassTable, Table
from cardwright.formats.pdf import render_pdf
from cardwright.reports import read_report
from tests.formats.pages import text_of_html
from tests.formats.pdf_files import faults, pages_of
from tests.formats.records import all_blocks, evaluated, record

MEASURES = ("precision", "recall", "f1-score", "support")
AVERAGES = {"accuracy": 0.93, "macro avg": dict.fromkeys(MEASURES, 0.5)}


def content_of(classes: Sequence[str]) -> dict[str, object]:
    """A card with the report of these classes; all numbers differ."""
    rows = {
        name: {measure: 1 + number + column / 8 for column, measure in enumerate(MEASURES)}
        for number, name in enumerate(classes)
    }
    (group,) = read_report(rows | AVERAGES).metric_groups
    return evaluated(*group["metric_data"], group=str(group["name"]))  # type: ignore[misc]  # a list of metrics


MANY = content_of([f"intent_{number}" for number in range(77)])


def blocks(content: object) -> list[Block]:
    return all_blocks(outline_of(record(content)))


def tables(content: object) -> list[Table]:
    return [block.table for block in blocks(content) if isinstance(block, ClassTable)]


def test_77_classes_are_one_table_with_a_row_for_each_class() -> None:
    (table,) = tables(MANY)
    assert [column.title for column in table.columns] == ["Class", *MEASURES]
    assert [[str(cell) for cell in row] for row in table.rows[:2]] == [
        ["intent_0", "1.0", "1.125", "1.25", "1.375"],
        ["intent_1", "2.0", "2.125", "2.25", "2.375"],
    ]
    assert len(table.rows) == 77
    assert not [block for block in blocks(MANY) if isinstance(block, Bars)]


def test_the_stored_content_of_77_classes_is_valid() -> None:
    assert check(record(MANY).content).digest == digest(record(MANY).content)


def test_three_short_classes_stay_four_charts() -> None:
    few = content_of(["a", "b", "c"])
    assert tables(few) == []
    assert len([block for block in blocks(few) if isinstance(block, Bars)]) == 4


def test_a_few_classes_with_long_names_are_a_table() -> None:
    (table,) = tables(content_of([f"a long name of a class, number {number}" for number in range(5)]))
    assert len(table.rows) == 5


def bars(name: str, labels: Sequence[str], **more: object) -> dict[str, object]:
    values = [float(number) for number in range(len(labels))]
    return {"name": name, "type": "bar_chart", "value": values, "x_axis_name": list(labels), **more}


LABELS = [f"class {number}" for number in range(20)]


def test_a_class_without_a_measure_has_no_value_in_its_column() -> None:
    (table,) = tables(evaluated(bars("precision", LABELS[1:]), bars("recall", LABELS)))
    by_class = {str(row[0]): row[1:] for row in table.rows}
    assert set(by_class) == set(LABELS)
    assert by_class["class 0"][0] is None
    assert [str(cell) for cell in by_class["class 1"]] == ["0.0", "1.0"]


def test_the_recall_and_precision_of_a_folded_matrix_are_one_table() -> None:
    rows = {str(actual): {str(other): int(actual == other) + 1 for other in range(30)} for actual in range(30)}
    (group,) = read_report({"multiclass_classification_metrics": {"confusion_matrix": rows}}).metric_groups
    (table,) = tables(evaluated(*group["metric_data"], group="g"))  # type: ignore[misc]  # a list of metrics
    assert [column.title for column in table.columns] == ["Class", "recall by class", "precision by class"]
    assert [column.stored_title.text for column in table.columns[1:] if column.stored_title] == [
        "confusion_matrix - recall by class",
        "confusion_matrix - precision by class",
    ]


@pytest.mark.parametrize(
    "metrics",
    [
        (bars("precision", LABELS), bars("recall", [f"other {number}" for number in range(20)])),
        (bars("precision", LABELS), bars("recall", LABELS, notes="of the second run")),
        (bars("precision", LABELS), bars("recall", [*LABELS[:19], LABELS[0]])),
        (bars("data_distribution - feature=a", LABELS), bars("model_predictions - feature=a, label=b", LABELS)),
        (bars("precision", LABELS),),
    ],
    ids=["other classes", "notes of its own", "a class twice", "plots of a feature", "one chart"],
)
def test_charts_that_would_make_a_poor_table_stay_charts(metrics: tuple[dict[str, object], ...]) -> None:
    content = evaluated(*metrics)
    assert tables(content) == []
    assert len([block for block in blocks(content) if isinstance(block, Bars)]) == len(metrics)


def test_a_ninth_measure_goes_to_a_second_table() -> None:
    found = tables(evaluated(*(bars(f"measure {number} by class", LABELS) for number in range(9))))
    assert [len(table.columns) for table in found] == [8, 3]


def test_an_axis_name_missing_in_the_title_is_in_the_column_head() -> None:
    metrics = bars("precision", LABELS, y_axis_name="share"), bars("recall", LABELS, y_axis_name="recall")
    (table,) = tables(evaluated(*metrics))
    assert [column.title for column in table.columns] == ["Class", "precision (share)", "recall"]


def test_every_format_has_every_number_of_77_classes() -> None:
    numbers = [f"{1 + number + column / 8}" for number in range(77) for column in range(4)]
    html = text_of_html(render_html(record(MANY)).data.decode().replace("</t", " </t"))
    markdown = render_markdown(record(MANY)).data.decode().replace("\\", "")
    pages = pages_of(render_pdf(record(MANY)).data)
    for text in (html, markdown, "\n".join(pages)):
        words = text.split()
        assert [number for number in numbers if number not in words] == []


def test_77_classes_print_on_three_pages_that_repeat_their_head() -> None:
    pdf = render_pdf(record(MANY)).data
    pages = pages_of(pdf)
    assert len(pages) == 3
    assert all("f1-score" in page for page in pages[:2])
    assert faults(pdf) == []
