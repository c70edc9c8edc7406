"""CSV and XLSX files that a spreadsheet opens without running anything."""

import csv
import io
import sys
from collections.abc import Iterator

import openpyxl
import pytest

from cardwright.core.errors import ExtraMissing
from cardwright.formats.spreadsheet import csv_lines, write_xlsx

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\uff1d1",
    "'=1",
    "a=1",
    "",
    "\x00=1",
    "-\u200b",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_csv_file_begins_like_a_formula(text: str) -> None:
    lines = "".join(csv_lines(["cell", "number"], [{"cell": text, "number": -5}]))
    head, row = csv.reader(io.StringIO(lines, newline=""))
    assert head == ["cell", "number"]
    assert row[1] == "-5"
    assert row[0].removeprefix("'") == text.replace("\x00", "\ufffd").removeprefix("'")
    assert row[0].lstrip()[:1] not in set("=+-@\uff1d")


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\r" not in text])
def test_xlsx_keeps_texts_as_texts(text: str) -> None:
    file = io.BytesIO()
    write_xlsx(file, "Sheet", ["cell"], [{"cell": text}, {"cell": None}, {"cell": "x" * 40_000}])
    sheet = openpyxl.load_workbook(file).active
    assert sheet["A2"].value == text.replace("\x00", "\ufffd")
    assert sheet["A2"].data_type in {"s", "n", "inlineStr"}
    assert sheet["A3"].value is None
    assert len(sheet["A4"].value) == 32_767


def test_rows_are_written_as_they_come() -> None:
    taken: list[int] = []

    def rows() -> Iterator[dict[str, object]]:
        for number in range(3):
            taken.append(number)
            yield {"cell": number}

    lines = csv_lines(["cell"], rows())
    assert next(lines) == "cell\r\n"
    assert taken == []
    assert next(lines) == "0\r\n"
    assert taken == [0]


def test_xlsx_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'cardwright\[xlsx\]'"):
        write_xlsx(io.BytesIO(), "Sheet", ["cell"], [])
