"""Page breaks of a PDF: headings, table heads, labels and captions stay with their text."""

import ctypes
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pypdfium2
import pytest

from cardwright.formats.pdf import render_pdf
from tests.formats.pdf_files import faults, letters_of, pages_of
from tests.formats.records import evaluated, record
from tests.formats.test_pdf import line, matrix, number

_FOOT = 23 * 72 / 25.4
_BELOW_FOOT = 31.0  # points; top of the footer
_LEFT = 24 * 72 / 25.4
TALL = "\n".join(f"tall {index}" for index in range(9))
LONG = "word " * 300


def lines(count: int) -> str:
    return "\n".join(f"line {index}" for index in range(count))


def after(count: int, content: dict[str, Any]) -> dict[str, Any]:
    """Content after this many lines of prose."""
    return {"intended_uses": {"purpose_of_model": lines(count)}, **content}


def details(custom: dict[str, str]) -> dict[str, Any]:
    return {"additional_information": {"custom_details": custom}}


def contents(count: int) -> dict[str, Any]:
    names = ("business_details.line_of_business", "training_details.training_observations",
             "additional_information.ethical_considerations", "intended_uses.purpose_of_model")  # fmt: skip
    filled = {section: {field: "x"} for section, _, field in (name.partition(".") for name in names)}
    evaluations = [{"name": f"e{index}", "evaluation_observation": "o\n" * 8} for index in range(4)]
    return {**filled, "model_overview": {"model_description": lines(count)}, "evaluation_details": evaluations}


FAMILIES: dict[str, tuple[range, Callable[[int], dict[str, Any]]]] = {
    "contents": (range(24, 46), contents),
    "versions": (range(24, 46), lambda count: {"model_overview": {"model_description": lines(count)}}),
    "a table of tall rows": (
        range(1, 30), lambda count: after(count, details({"a": TALL, "b": TALL})),
    ),
    "a table of rows longer than a page": (
        range(1, 30), lambda count: after(count, details({"a": LONG * 3, "b": "c"})),
    ),
    "prose and sections": (
        range(1, 30), lambda count: {
            "intended_uses": {"purpose_of_model": lines(count), "intended_uses": "a\nb\nc",
                              "explanations_for_risk_rating": LONG},
            "business_details": {"business_problem": "p"},
        },
    ),
    "charts": (
        range(1, 60, 2), lambda count: after(count, evaluated(
            line("roc", [[0, 0], [1, 1]], notes="a note"), matrix("m", 2, 1) | {"notes": "of the matrix"},
            {"name": "b", "type": "bar_chart", "value": list(range(20)), "notes": "of the bars",
             "x_axis_name": [f"a name of some length, {index}" for index in range(20)]},
        )),
    ),
    "fields": (
        range(1, 30), lambda count: after(count, {"training_details": {"training_job_details": {
            "training_datasets": [f"s3://bucket/{index}" for index in range(8)],
            "training_environment": {"container_image": ["x"]},
        }}}),
    ),
    "metrics": (range(1, 30), lambda count: after(count, evaluated(number("a", 1, notes=TALL), number("b", 2)))),
    "a flat table": (range(1, 30), lambda count: after(count, {"other": {"deep": [{"a": TALL}, {"b": 1}]}})),
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_no_page_ends_with_a_heading_or_the_head_of_a_table(family: str) -> None:
    counts, content = FAMILIES[family]
    alone = []
    for count in counts:
        last = last_lines(render_pdf(record(content(count))).data)
        bold = [text for text, face in last[:-1] if "Semibold" in face or "Bold" in face]
        alone += [(count, text) for text in bold if "%" not in text]  # the last row of a matrix has a bold label
    assert alone == []


def last_lines(pdf: bytes) -> list[tuple[str, str]]:
    """The last line of each page above its foot, and the font of its first letter."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [_last_line(document[number].get_textpage()) for number in range(len(document))]


def _last_line(text: pypdfium2.PdfTextPage) -> tuple[str, str]:
    boxes = [(text.get_charbox(index, loose=True), index) for index in range(text.count_chars())]
    shown = [(box, index) for box, index in boxes if box[1] > _FOOT - 4 and text.get_text_range(index, 1).strip()]
    lowest = min(box[1] for box, _ in shown)
    found = sorted((box[0], index) for box, index in shown if box[1] < lowest + 6 and box[0] > _LEFT)
    return "".join(text.get_text_range(index, 1) for _, index in found), _face(text, found[0][1])


def _face(text: pypdfium2.PdfTextPage, index: int) -> str:
    length = pypdfium2.raw.FPDFText_GetFontInfo(text, index, None, 0, None)
    name = ctypes.create_string_buffer(length)
    pypdfium2.raw.FPDFText_GetFontInfo(text, index, name, length, ctypes.byref(ctypes.c_int()))
    return name.value.decode()


STARTS = {
    "two empty lines first": "\n\nfirst words\nsecond",
    "ten empty lines first": "\n" * 10 + "first words",
    "an empty line between": "first words\n\nsecond\n\nthird",
    "eight lines": "first words\n" + "\n".join(f"more {index}" for index in range(7)),
    "a long text": "first words " + LONG,
    "from right to left": "\n\n\u05e9\u05dc\u05d5\u05dd (first words) \u05e9\u05dc\u05d5\u05dd",
}


@pytest.mark.parametrize("text", STARTS.values(), ids=STARTS)
def test_a_label_is_on_the_page_of_its_first_words(text: str) -> None:
    for count in range(34, 48):
        content = {
            "model_overview": {"model_description": lines(count)},
            "business_details": {"line_of_business": text},
        }
        pages = pages_of(render_pdf(record(content)).data)
        label = next(index for index, page in enumerate(pages) if "Line of business" in page)
        assert "first words" in pages[label], count


@pytest.mark.parametrize("text", STARTS.values(), ids=STARTS)
def test_the_name_in_a_table_is_on_the_page_of_its_first_words(text: str) -> None:
    for count in range(2, 26):
        content = after(count, details({"a": TALL, "labelled": text, "z": "last"}))
        pages = pages_of(render_pdf(record(content)).data)
        label = next(index for index, page in enumerate(pages) if "labelled" in page)
        assert "first words" in pages[label], count


def test_the_notes_of_a_chart_are_on_its_page() -> None:
    bars = {
        "name": "bars",
        "type": "bar_chart",
        "value": [1, 2, 3, 4],
        "x_axis_name": [f"a long name {n}" for n in "abcd"],
    }
    charts = [matrix("matrix", 2, 1) | {"notes": "of the matrix"}, bars | {"notes": "of the bars"}]
    for count in range(1, 40):
        pages = pages_of(render_pdf(record(after(count, evaluated(*charts)))).data)
        for note, cell in (("of the matrix", "Predicted"), ("of the bars", "a long name a")):
            where = [index for index, page in enumerate(pages) if note in page]
            assert cell not in "".join(pages) or any(cell in pages[index] for index in where), (count, note)


LENGTHS = {
    "lines of a cell": details({"a": "x\n" * 290}),
    "lines of a field": {"model_overview": {"model_owner": "\n".join(f"w{index}" for index in range(300))}},
    "label of a field": {"other": {" ".join(f"w{index}" for index in range(1000)): "x"}},
    "notes of a bar": evaluated(
        number("a", 1, notes=" ".join(f"w{index}" for index in range(900))), number("b", 2), group="shap"
    ),
    "notes of a line graph": evaluated(
        line("a", [[0, 1], [1, 2]], notes=" ".join(f"w{index}" for index in range(2000)))
    ),
    "notes of a matrix": evaluated(matrix("a", 2, 1) | {"notes": " ".join(f"w{index}" for index in range(2000))}),
    "label of a bar": evaluated(
        {"name": "a", "type": "bar_chart", "value": [1, 2], "x_axis_name": [" ".join(f"w{n}" for n in range(900)), "b"]}
    ),
    # PDF/UA forbids links in a head that is repeated.
    "bars with an address as the title of their axis": evaluated(
        {"name": "a", "type": "bar_chart", "value": [*range(99)], "y_axis_name": "https://example.org/unit"}
    ),
    "a Markdown table with a link in its head": {
        "training_details": {
            "training_observations": "| a | [b](https://example.org) |\n| --- | --- |\n" + "| c | d |\n" * 99
        },
        **details({"cw.text_format": "markdown"}),
    },
}


@pytest.mark.parametrize("content", LENGTHS.values(), ids=LENGTHS)
def test_a_block_longer_than_a_page_continues_on_the_next(content: dict[str, Any]) -> None:
    pdf = render_pdf(record(json.dumps(content))).data
    lowest = {letter.page: letter.bottom for letter in sorted(letters_of(pdf), key=lambda letter: -letter.bottom)}
    assert len(lowest) > 1
    assert all(bottom > _BELOW_FOOT for bottom in lowest.values())
    assert faults(pdf) == []
