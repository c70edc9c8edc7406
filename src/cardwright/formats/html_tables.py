"""Writes the bodies of tables as HTML. A card has thousands of cells, and Python is faster than a template."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from markupsafe import Markup

from cardwright.formats.charts.chart import Matrix, MatrixCell
from cardwright.formats.charts.confusions import Edges, is_confusion, step_of
from cardwright.formats.charts.svg import rate_svg
from cardwright.formats.code_points import visible
from cardwright.formats.escaping import escaped
from cardwright.formats.html_folding import folded_value
from cardwright.formats.html_values import written as shown
from cardwright.formats.metric_names import readable_names
from cardwright.formats.numbers import deviation, percent, rounded, rounded_column
from cardwright.formats.outline import Column, Metric, MetricRow, MetricTable, Table
from cardwright.formats.values import Number, Text, Value, label_of

_FRACTION = re.compile("[.eE]")
_LONGEST_FRACTION = 20
_SHORT = 60  # characters of a name whose cell is kept: the jobs of a card repeat the same few
_SMALLEST = 0.0005  # the smallest share that one decimal of a percentage shows
_DARK_FROM = (0.1, 0.4, 0.75)
_EMPTY = '<span class="cw-soft" aria-hidden="true">–</span>'
_NOT_REPORTED = '<span aria-hidden="true">–</span><span class="cw-hidden">not reported</span>'


def table(shown_table: Table, label: str, *, folds: bool = False) -> Markup:
    """A table of stored values that scrolls. The first cell of a row is its head, unless it is a number.

    Args:
        label: the name of the table, unless it has its own.
        folds: whether long texts in its cells are folded.
    """
    own = shown_table.label
    stored = list(zip(*shown_table.rows, strict=True)) or [()] * len(shown_table.columns)
    columns = [
        _column(column, cells, first=number == 0, folds=folds)
        for number, (column, cells) in enumerate(zip(shown_table.columns, stored, strict=True))
    ]
    heads = "".join(head for head, _ in columns)
    # A table of empty objects has rows and no column.
    rows = zip(*(cells for _, cells in columns), strict=True) if columns else [()] * len(shown_table.rows)
    caption = f"<caption>{shown(own)}</caption>" if own else ""
    return Markup(  # noqa: S704 - escaped below
        f'<div class="cw-scroll" tabindex="0" role="group" aria-label="{escaped(visible(own.text if own else label))}">'
        f'<table class="cw-table cw-table-plain">{caption}<thead><tr>{heads}</tr></thead><tbody>\n'
        + "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
        + "</tbody></table></div>\n"
    )


def _column(column: Column, cells: Sequence[Value | None], *, first: bool, folds: bool) -> tuple[str, list[str]]:
    """The head of a column, and its cells."""
    width = _width(cell.text for cell in cells if isinstance(cell, Number)) if column.numeric else 0
    name = f' class="cw-num cw-f{width}"' if column.numeric else ""
    return _column_head(column, name), [_cell(cell, column, name, first=first, folds=folds) for cell in cells]


def _column_head(column: Column, name: str) -> str:
    stored = f" <code>{escaped(visible(column.stored_title.text))}</code>" if column.stored_title else ""
    return f'<th scope="col"{name}>{shown(label_of(column.title))}{stored}</th>'


def figure_widths(table: MetricTable) -> tuple[int, int]:
    """The characters from the decimal point on, in the longest rounded figure of a table of metrics and in the longest
    of the best constant classifier."""
    return (
        _width(_figure(row.metric, None)[0] for row in table.rows),
        _width(_figure(row.baseline, None)[0] for row in table.rows),
    )


def metric_body(table: MetricTable, widths: tuple[int, int], *, folds: bool = False) -> Markup:
    """The rows of a table of metrics: rounded, with the stored name and digits in titles.

    Args:
        widths: from :func:`figure_widths`.
        folds: whether long notes are folded.
    """
    width, baseline_width = widths
    deviations, baselines, notes = table.has_deviations, table.has_baselines, table.has_notes
    rates = has_rates(table)
    names = readable_names(row.metric.name.text for row in table.rows)
    rows = []
    for row in table.rows:
        cells = [_head(row.metric.name, names[row.metric.name.text]), _value(row, width)]
        cells += [_spread(row)] if deviations else []
        cells += [_baseline(row, baseline_width)] if baselines else []
        cells += [f'<td class="cw-plot">{_bar(row)}</td>'] if rates else []
        if notes:
            rows.append(f'<tr role="row">{"".join(map(_with_role, (*cells, _notes(row.metric, folds=folds))))}</tr>\n')
        else:
            rows.append(f"<tr>{''.join(cells)}</tr>\n")
    return Markup("".join(rows))  # noqa: S704 - escaped below


def _with_role(cell: str) -> str:
    """A cell of a table that becomes blocks on a phone, where browsers would forget that it is a cell."""
    return f'{cell[:3]} role="{"cell" if cell.startswith("<td") else "rowheader"}"{cell[3:]}'


def has_rates(table: MetricTable) -> bool:
    """Whether a table shows bars from 0 to 1: some of its figures are rates, and it has baselines."""
    return table.has_baselines and any(_rate(row) for row in table.rows)


def matrix_body(chart: Matrix, known: Edges | None) -> Markup:
    """The rows of a large matrix, with total and recall at the end."""
    diagonal = is_confusion(chart)
    rows = []
    for number, row in enumerate(chart.rows):
        cells = (
            _matrix_cell(cell, diagonal=diagonal and n == number, counts=known is not None)
            for n, cell in enumerate(row.cells)
        )
        ends = f'<td class="tot">{"" if row.total is None else escaped(rounded(row.total))}</td>' if known else ""
        if known and known.recalls:
            recall = known.recalls[number]
            ends += f'<td class="tot rc">{"–" if recall is None else percent(recall)}</td>'
        rows.append(f'<tr><th scope="row">{shown(row.label)}</th>{"".join(cells)}{ends}</tr>\n')
    return Markup("".join(rows))  # noqa: S704 - escaped above


def small_matrix_body(chart: Matrix) -> Markup:
    """The rows of a small matrix, with the share of the row in each cell."""
    rows = []
    for row in chart.rows:
        cells = "".join(_small_cell(cell) for cell in row.cells)
        total = "" if row.total is None else escaped(rounded(row.total))
        ends = "" if chart.total is None else f'<td class="cw-total">{total}</td>'
        rows.append(f'<tr><th scope="row"><span>{shown(row.label)}</span></th>{cells}{ends}</tr>\n')
    return Markup("".join(rows))  # noqa: S704 - escaped above


def _small_cell(cell: MatrixCell | None) -> str:
    if cell is None:
        return '<td class="cw-m-none"><span class="cw-hidden">no value</span></td>'
    small = f" <small>{escaped(cell.share_text)}</small>" if cell.share_text else ""
    value = escaped(cell.value.text)
    return f'<td class="{shade(cell)}" title="{value}">{escaped(rounded(cell.value.text))}{small}</td>'


def is_rounded(chart: Matrix) -> bool:
    """Whether a matrix shows other characters than those stored."""
    numbers = [cell.value.text for row in chart.rows for cell in row.cells if cell is not None]
    return any(rounded(number) != number for number in numbers)


def shade(cell: MatrixCell) -> str:
    """The class of a cell's shade in four steps, of one colour below zero and another from zero on."""
    step = sum(cell.shade >= edge for edge in _DARK_FROM)
    return f"cw-n{step}" if cell.negative else f"cw-m{step}"


def rounded_columns(table: Table) -> list[list[str]]:
    """The figures of each column with the same decimals; an empty text for what is missing."""
    columns = []
    for index in range(len(table.columns)):
        cells = [row[index] for row in table.rows]
        figures = iter(rounded_column([cell.text for cell in cells if isinstance(cell, Number)]))
        columns.append([next(figures) if isinstance(cell, Number) else "" for cell in cells])
    return columns


def _cell(cell: Value | None, column: Column, name: str, *, first: bool, folds: bool) -> str:
    if first and not isinstance(cell, Number):
        return f'<th scope="row">{"" if cell is None else shown(cell)}</th>'
    if cell is None:
        return f"<td{name}>{_EMPTY}</td>"
    if isinstance(cell, Number) and column.numeric:
        return f"<td{name}>{_aligned(cell.text)}</td>"
    name = ' class="cw-num"' if column.numeric else ""
    return f"<td{name}>{folded_value(shown(cell), column.title) if folds else shown(cell)}</td>"


def _aligned(number: str) -> str:
    """Split a number at its decimal point, so that a column can align there."""
    at = _whole_length(number)
    return f'{escaped(number[:at])}<span class="cw-f">{escaped(number[at:])}</span>'


def _whole_length(number: str) -> int:
    """The characters of a number before its decimal point or its exponent."""
    found = _FRACTION.search(number)
    return len(number) if found is None else found.start()


def _width(numbers: Iterable[str]) -> int:
    found = [len(number) - _whole_length(number) for number in numbers]
    return min(max(found, default=0), _LONGEST_FRACTION)


def _figure(metric: Metric | None, spread: Metric | None) -> tuple[str, str]:
    """A figure and its deviation, rounded; empty texts for what is missing or no number."""
    if metric is None or not isinstance(metric.value, Number):
        return "", ""
    figure = metric.value.text
    if spread is None or not isinstance(spread.value, Number):
        return rounded(figure), ""
    return rounded(figure), deviation(figure, spread.value.text)


def _head(name: Text, words: str) -> str:
    return _kept_head(name, words) if len(name.text) <= _SHORT else _head_of(name, words)


def _head_of(name: Text, words: str) -> str:
    return f'<th scope="row" title="{escaped(visible(name.text))}">{shown(replace(name, text=words))}</th>'


_kept_head = lru_cache(maxsize=4096)(_head_of)


def _value(row: MetricRow, width: int) -> str:
    value = row.metric.value
    if not isinstance(value, Number):
        return f'<td class="cw-word">{shown(value)}</td>'
    return f'<td class="cw-num cw-f{width}" title="{escaped(value.text)}">{_aligned(rounded(value.text))}</td>'


def _spread(row: MetricRow) -> str:
    title = f' title="{escaped(row.deviation.value.text)}"' if row.deviation else ""
    return f'<td class="cw-dev"{title}>{escaped(_figure(row.metric, row.deviation)[1])}</td>'


def _baseline(row: MetricRow, width: int) -> str:
    name = f'class="cw-num cw-soft cw-f{width}" data-label="Best constant"'
    if row.baseline is None:
        return f"<td {name}>{_NOT_REPORTED}</td>"
    figure, spread = _figure(row.baseline, row.baseline_deviation)
    small = f" <small>{escaped(spread)}</small>" if spread else ""
    return f'<td {name} title="{escaped(row.baseline.value.text)}">{_aligned(figure)}{small}</td>'


def _bar(row: MetricRow) -> str:
    rate = _rate(row)
    return str(rate_svg(*rate)) if rate else ""


def _rate(row: MetricRow) -> tuple[float, float | None] | None:
    """A figure between 0 and 1 with its baseline, for a small bar; None for other figures."""
    value = row.metric.value
    if not isinstance(value, Number) or value.value is None or not 0 <= value.value <= 1:
        return None
    baseline = row.baseline.value if row.baseline else None
    known = baseline.value if isinstance(baseline, Number) else None
    return value.value, known if known is not None and 0 <= known <= 1 else None


def _notes(metric: Metric, *, folds: bool) -> str:
    notes = f"<div>{shown(metric.notes)}</div>" if metric.notes else ""
    if folds:
        notes = folded_value(notes, f"Notes on {metric.name.text}")
    axes = f"<div>Axes: {', '.join(shown(axis) for axis in metric.axes)}</div>" if metric.axes else ""
    return f'<td class="cw-notes">{notes}{axes}</td>'


def share(part: float) -> str:
    """A share in a cell of a large matrix, in percent: an exact 0 without decimals, and none that rounds to 0."""
    return "0" if part == 0 else percent(part)[:-2] if part >= _SMALLEST else f"<{percent(_SMALLEST * 2)[:-2]}"


def _matrix_cell(cell: MatrixCell | None, *, diagonal: bool, counts: bool) -> str:
    if cell is None:
        return '<td class="cw-m-none"><span class="cw-hidden">no value</span></td>'
    part = 0.0 if counts and cell.share is None else cell.share  # in a row of zeros
    name = shade(cell) if part is None else f"cw-q{step_of(part)}"
    of_row = "" if cell.share is None else f", {percent(cell.share)} of the row"
    words = f'{name} dg"' if diagonal else f'{name}"'
    value = escaped(rounded(cell.value.text))
    if cell.share is not None:
        value = f'<span class="n">{value}</span><span class="s">{escaped(share(cell.share))}</span>'
    return f'<td class="{words} title="{escaped(cell.value.text)}{of_row}">{value}</td>'
