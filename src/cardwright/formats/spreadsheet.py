"""Tables for spreadsheets: CSV, and XLSX with the extra ``xlsx``. Rows are written as they come."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, Protocol

from cardwright.core.errors import CardwrightError, ExtraMissing

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULAS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_CONTROLS = frozenset("\t\r\n")
_MAX_ROWS = 1_048_575  # of a sheet, below its head
_LONGEST = 32_767  # characters of a cell
_WIDTHS = {"name": 32, "details": 40, "what": 40}
_WIDTH = 18
_TIME = "yyyy-mm-dd hh:mm:ss"

Row = Mapping[str, object]


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the head and the rows of a CSV file (RFC 4180), each with its line end.

    Spreadsheets run a text that begins like a formula. Such a text gets an apostrophe before it (OWASP, "CSV
    Injection"); numbers stay numbers.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    yield _taken(buffer)
    for row in rows:
        writer.writerow([_guarded(row[column]) for column in columns])
        yield _taken(buffer)


def write_xlsx(file: BinaryIO, title: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write one sheet. Memory does not grow with the rows; XlsxWriter keeps them in temporary files.

    ISO 8601 times in columns whose names end with ``_at`` or ``_due`` become dates in UTC. No text becomes a formula
    or a link.

    Raises:
        ExtraMissing: XlsxWriter is not installed.
        CardwrightError: more rows than a sheet can have.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise ExtraMissing(
            "XLSX needs the package XlsxWriter. Install it with: pip install 'cardwright[xlsx]'"
        ) from None
    safe = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(file, safe) as book:
        sheet = book.add_worksheet(title)
        bold, time = book.add_format({"bold": True}), book.add_format({"num_format": _TIME})
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(column, _WIDTH))
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, columns, bold)
        for number, row in enumerate(rows, 1):
            if number > _MAX_ROWS:
                raise CardwrightError(f"A sheet has at most {_MAX_ROWS:,} rows: choose fewer, or use CSV")
            for at, column in enumerate(columns):
                _write_cell(sheet, number, at, row[column], time if column.endswith(("_at", "_due")) else None)


class _Sheet(Protocol):
    """The methods of XlsxWriter's worksheet that write cells. XlsxWriter has no types."""

    def write(self, row: int, column: int, value: object) -> object: ...
    def write_datetime(self, row: int, column: int, value: datetime.datetime, style: object) -> object: ...
    def write_string(self, row: int, column: int, value: str) -> object: ...


def _write_cell(sheet: _Sheet, row: int, column: int, value: object, time_format: object) -> None:
    if value is None:
        return
    if isinstance(value, int):
        sheet.write(row, column, value)
    elif time_format is not None:
        moment = datetime.datetime.fromisoformat(str(value)).astimezone(datetime.UTC)
        sheet.write_datetime(row, column, moment.replace(tzinfo=None), time_format)
    else:
        sheet.write_string(row, column, str(value).replace("\x00", "\ufffd")[:_LONGEST])


def _guarded(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\x00", "\ufffd")
    is_formula = text[:1] in _CONTROLS or text.lstrip()[:1] in _FORMULAS
    return f"'{text}" if text and is_formula else text


def _taken(buffer: io.StringIO) -> str:
    line = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return line
