"""Reads CSV files and JSON Lines into rows, as lists of objects. Cells of CSV files that show numbers are numbers."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

from cardwright.reports.metric import as_number
from cardwright.reports.translation import Document, ReportInvalid

_DELIMITERS = ",;\t|"
_MOST_ROWS = 100_000  # a table of metrics is small; data sets would take memory before they are refused
_NAME, _VALUE = "metric", "value"
_PADDED = re.compile(r"\s*[+-]?0\d")


def rows_of_csv(text: str) -> list[Document] | None:
    """Return the rows of a CSV file with a header; None for a text that is not a table.

    A file without a header, of names and numbers, has the columns ``metric`` and ``value``. Blank cells are None.

    Raises:
        ReportInvalid: a row has another number of cells than the header, or two columns have the same name.
    """
    if text.lstrip()[:1] in ("{", "[", "<", "") or "\0" in text[:1000]:
        return None
    first, _, rest = text.lstrip("\r\n").partition("\n")
    delimiter = max(_DELIMITERS, key=first.count)
    if not rest.strip() or delimiter not in first:
        return None
    _refuse_many(rest.count("\n"))
    try:
        lines = [
            line
            for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            if any(map(str.strip, line))
        ]
    except csv.Error as error:
        raise ReportInvalid(f"The CSV file is invalid: {error}.") from None
    return _objects(lines)


def rows_of_json_lines(text: str, parse: Callable[[str], object]) -> list[Document] | None:
    """Return the objects of a file with one JSON object on each line; None for another text.

    Raises:
        ReportInvalid: a line after the first is not JSON.
    """
    lines = [line for line in text.splitlines() if line.strip()] if text.lstrip().startswith("{") else []
    if len(lines) < 2 or not all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
        return None
    _refuse_many(len(lines))
    rows: list[Document] = []
    for line_number, line in enumerate(lines, start=1):
        try:
            row = parse(line)
        except (json.JSONDecodeError, RecursionError):
            if line_number == 1:
                return None  # an object that is spread over lines
            raise ReportInvalid(f"The report is not JSON Lines: line {line_number} is truncated or invalid.") from None
        rows.append(cast(Document, row))
    return rows


def _refuse_many(rows: int) -> None:
    if rows > _MOST_ROWS:
        raise ReportInvalid(f"The report is a table of more than {_MOST_ROWS:,} rows.")


def _objects(lines: Sequence[Sequence[str]]) -> list[Document] | None:
    header, *rows = lines
    if len(header) == 2 and as_number(header[1]) is not None and as_number(header[0]) is None:
        header, rows = (_NAME, _VALUE), list(lines)
    names = [name.strip() for name in header]
    doubled = next((name for name, times in Counter(names).items() if times > 1), None)
    if doubled is not None:
        raise ReportInvalid(
            f"The CSV file has two columns with the same name, number {names.index(doubled) + 1} is one."
        )
    for line_number, row in enumerate(rows, start=len(lines) - len(rows) + 1):
        if len(row) != len(names):
            raise ReportInvalid(
                f"The report is not JSON, and not CSV either: row {line_number} has {len(row)} cells, the first row has"
                f" {len(names)}."
            )
    return [{name: _cell(cell) for name, cell in zip(names, row, strict=True)} for row in rows] or None


def _cell(text: str) -> object:
    """Return the number that a cell shows, None for a blank cell, else the text. ``007`` is a name, not a number."""
    if not text.strip():
        return None
    usable = as_number(text)
    return text if usable is None or _PADDED.match(text) else usable
