"""The numbers behind a chart or a table of figures, as a table of stored values."""

import csv
import io

from cardwright.formats.charts.chart import Axis, Bars, LineGraph, Matrix
from cardwright.formats.metric_names import readable
from cardwright.formats.numbers import rounded
from cardwright.formats.outline import Column, MetricTable, Table
from cardwright.formats.values import Number, Text, Value, code_of

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def numbers_of(chart: Bars | LineGraph | Matrix) -> Table:
    """Return every number of a chart, including points that the drawing leaves out."""
    if isinstance(chart, Bars):
        return _of_bars(chart)
    return _of_lines(chart) if isinstance(chart, LineGraph) else _of_matrix(chart)


def as_csv(table: Table) -> str:
    """Write a table as CSV with stored digits. Texts that a spreadsheet would calculate get an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_for_sheet(column.title) for column in table.columns])
    writer.writerows(
        ["" if cell is None else cell.text if isinstance(cell, Number) else _for_sheet(cell.text) for cell in row]
        for row in table.rows
    )
    return file.getvalue()


def _for_sheet(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULAS) else text


def all_numbers_of(figures: MetricTable) -> Table | None:
    """Return every number with its stored name and digits; None when the rounded table shows the same."""
    if all(_is_shown_as_stored(metric.name, metric.value) for metric in figures.metrics):
        return None
    columns = (Column("Stored name", weight=2), Column("Exact value", numeric=True))
    return Table(columns, tuple((code_of(metric.name.text), metric.value) for metric in figures.metrics))


def _is_shown_as_stored(name: Text, value: Value) -> bool:
    return readable(name.text) == name.text and (not isinstance(value, Number) or rounded(value.text) == value.text)


def _of_bars(chart: Bars) -> Table:
    described = any(bar.description for bar in chart.bars)
    noted = any(bar.notes for bar in chart.bars)
    columns = (Column(chart.label_title, weight=2), *([Column("Meaning", weight=2)] if described else []))
    columns += (_column(chart.axis, "Value"), *([Column("Notes", weight=2)] if noted else []))
    rows = []
    for bar in chart.bars:
        meaning: list[Value | None] = [Text(bar.description) if bar.description else None] if described else []
        rows.append((bar.label, *meaning, bar.value, *([bar.notes] if noted else [])))
    return Table(columns, tuple(rows))


def _of_lines(chart: LineGraph) -> Table:
    several = len(chart.series) > 1
    columns = (*([Column("Line", weight=2)] if several else []), _column(chart.x, "x"), _column(chart.y, "y"))
    return Table(
        columns,
        tuple((*([series.name] if several else []), x, y) for series in chart.series for x, y in series.points),
    )


def _of_matrix(chart: Matrix) -> Table:
    columns = (Column(chart.row_title), *(Column(label.text, numeric=True) for label in chart.columns))
    return Table(
        columns, tuple((row.label, *(cell.value if cell else None for cell in row.cells)) for row in chart.rows)
    )


def _column(axis: Axis, otherwise: str) -> Column:
    return Column(axis.title.text if axis.title else otherwise, numeric=True, stored_title=axis.stored_title)
