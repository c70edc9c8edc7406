"""Converts charts to template data. Numbers that a drawing cannot show as stored go to the annex."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from cardwright.formats.charts.chart import Axis, Bar, BarLayout, Bars, LineGraph, Matrix, MatrixCell, Tick
from cardwright.formats.outline import Column
from cardwright.formats.pdf.blocks import WHOLE_ROW, Block, Cell, lines, plain_table
from cardwright.formats.pdf.long_words import letters
from cardwright.formats.pdf.words import BODY, Words, before_point
from cardwright.formats.values import Number, Text, short_number

Shortening: TypeAlias = Callable[[Number], str]

_FRAME = 77.0  # millimetres: width of a drawing; a page holds two side by side
_LEFT, _RIGHT = 11.0, 4.0
_TITLE_MARGIN = 12.0  # millimetres by which the title of an x axis is wider than the plot
_SMALL, _WIDER, _WIDE = 1.3, 2.1, 2.7  # millimetres a letter: Latin, wide Latin, East Asian
_MAX_BARS = 1000
_DIGIT, _LONGEST_ACROSS, _MAX_ACROSS, _WIDEST_ACROSS = 1.65, 24, 4, 40.0
_BAR_LABELS, _BAR = 50.0, 60.0
_ROW_LABELS, _TOTALS, _LONGEST_TOTAL = 30.0, 13.0, 7
_CELL_SIZES = (9.4, 8.4, 7.6, 6.8, 6.2, 5.6, 5.2)
_DARK_FROM = (0.1, 0.4, 0.75)
_BIG_MATRIX = 8
_TALLEST = 42.0


def is_figure(block: Bars | LineGraph) -> bool:
    """Whether a chart is a small drawing, not a table: a line graph, or columns with enough room for all labels."""
    return isinstance(block, LineGraph) or _fits_in_columns(block)


def figure(words: Words, chart: Bars | LineGraph) -> dict[str, object]:
    return _line_graph(words, chart) if isinstance(chart, LineGraph) else _columns(words, chart)


def bar_table(words: Words, chart: Bars) -> Block:
    """Bars as table rows of label, bar and number."""
    if len(chart.bars) > _MAX_BARS:
        return _bare_bars(words, chart)
    pad = before_point([bar.value for bar in chart.bars])
    axis = chart.axis.title
    return {
        "kind": "bars",
        "head": [words.plain(chart.label_title), words.label(axis, _BAR) if axis else "", "Value"],
        "rows": [_bar(words, bar, pad, chart) for bar in chart.bars],
        "tall": [index for index, bar in enumerate(chart.bars) if _is_tall(bar)],
        "origin": chart.origin,
        "band": [chart.band.start, chart.band.end] if chart.band else None,
    }


def matrix(words: Words, chart: Matrix) -> Block:
    count = len(chart.columns)
    totals = any(row.total is not None for row in chart.rows)
    size, width, shortening = _cell_size(chart, totals=totals)
    labels = [words.characters.line(column.text) for column in chart.columns]
    upright = count > _BIG_MATRIX or any(_width(label) > width for label in labels)
    room = _TALLEST if upright else width
    return {
        "kind": "matrix",
        "row_title": chart.row_title,
        "column_title": chart.column_title,
        "columns": [words.value(column, room) for column in chart.columns],
        "upright": upright,
        "tall": min(_TALLEST, max(8.0, *(_width(label) + 1 for label in labels))),
        "size": size,
        "cell": width,
        "big": count > _BIG_MATRIX,
        "shares": count <= _BIG_MATRIX,
        "totals": totals,
        "rows": [
            {
                "label": words.value(row.label, _ROW_LABELS),
                "cells": [None if cell is None else _matrix_cell(words, cell, shortening) for cell in row.cells],
                "total": _total(row.total),
            }
            for row in chart.rows
        ],
    }


def numbers_in_annex(words: Words, chart: Bars | LineGraph | Matrix) -> list[Block]:
    """The numbers that the drawing does not show as stored; an empty list when it shows all of them."""
    if isinstance(chart, LineGraph):
        return [_points(words, chart, index) for index, series in enumerate(chart.series) if not is_thinned(chart)]
    if (
        isinstance(chart, Matrix)
        and _cell_size(chart, totals=any(row.total is not None for row in chart.rows))[2] is not _as_stored
    ):
        return _matrix_numbers(words, chart)
    return []


def is_thinned(chart: LineGraph) -> bool:
    """Whether the drawing shows fewer points than the card has."""
    return any(len(series.drawn) < len(series.points) for series in chart.series)


def _total(total: str | None) -> str:
    return "" if total is None else total if len(total) <= _LONGEST_TOTAL else short_number(total)


def _bar(words: Words, bar: Bar, pad: float, chart: Bars) -> list[object]:
    details = [Text(bar.description)] if bar.description else []
    details += [bar.notes] if bar.notes else []
    beyond = bar.outside if chart.band else bar.end < bar.start
    value = words.number(bar.value, pad, 34.0) if bar.value else "no value"
    return [
        words.value(bar.label, _BAR_LABELS),
        [words.value(text, _BAR_LABELS) for text in details],
        [bar.start, bar.end, beyond],
        value,
    ]


def _is_tall(bar: Bar) -> bool:
    """Whether the row of a bar must be split between pages."""
    texts = [bar.label.text, bar.description or "", bar.notes.text if bar.notes else ""]
    return sum(lines(text, _BAR_LABELS) for text in texts) > WHOLE_ROW


def _bare_bars(words: Words, chart: Bars) -> Block:
    """Labels and numbers without bars, a hundred in a paragraph, for more bars than a reader can compare."""
    pairs = [f"{bar.label}: {'no value' if bar.value is None else bar.value}" for bar in chart.bars]
    lines = ["; ".join(pairs[start : start + 100]) for start in range(0, len(pairs), 100)]
    return {"kind": "text", "paragraphs": [[words.value(Text(line), BODY)] for line in lines]}


def _across(words: Words, columns: Sequence[Column], cells: Sequence[Cell]) -> Block:
    """A long narrow table, with as many of its rows side by side as fit on the page."""
    longest = max(
        *(len(word) for column in columns for word in column.title.split()),
        *(min(len(cell.text), _LONGEST_ACROSS) for cell in cells if cell is not None),
    )
    fitting = int(BODY / (len(columns) * (longest * _DIGIT + 4)))
    groups = max(1, min(_MAX_ACROSS, fitting, len(cells) // len(columns)))
    width = len(columns) * groups
    rest = len(cells) % width
    filled = [*cells, *[Text("")] * (width - rest if rest else 0)]
    rows = [filled[start : start + width] for start in range(0, len(filled), width)]
    each = round(min(_WIDEST_ACROSS, BODY / width), 2)
    return plain_table(words, [*columns] * groups, rows, small=True) | {"widths": [each] * width}


def _points(words: Words, chart: LineGraph, index: int) -> Block:
    columns = [
        Column(axis.title.text if axis.title else name, numeric=True) for axis, name in ((chart.x, "x"), (chart.y, "y"))
    ]
    return _across(words, columns, [part for point in chart.series[index].points for part in point])


def _matrix_numbers(words: Words, chart: Matrix) -> list[Block]:
    """The stored numbers of a matrix, in tables of a few columns."""
    longest = max(len(cell.value.text) for row in chart.rows for cell in row.cells if cell)
    fitting = max(1, int((BODY - _ROW_LABELS) / (min(longest, _LONGEST_ACROSS) * _DIGIT + 5)))
    made = []
    for start in range(0, len(chart.columns), fitting):
        part = slice(start, start + fitting)
        columns = [Column("Row"), *(Column(column.text, numeric=True) for column in chart.columns[part])]
        rows = [[row.label, *(cell.value if cell else Text("") for cell in row.cells[part])] for row in chart.rows]
        made.append(plain_table(words, columns, rows, small=True))
    return made


def _line_graph(words: Words, chart: LineGraph) -> dict[str, object]:
    left = _left_of(chart.y.ticks)
    width = _FRAME - left - _RIGHT
    return {
        "chart": "line",
        "title": words.heading(chart.title, _FRAME),
        "alt": words.hidden(chart.alt),
        "left": left,
        "width": width,
        "x": _axis(words, chart.x, _spaced(chart.x.ticks, width), width + _TITLE_MARGIN),
        "y": _axis(words, chart.y, chart.y.ticks, _FRAME),
        "series": [
            {"name": words.heading(series.name, _FRAME), "points": series.drawn, "markers": series.markers}
            for series in chart.series
        ],
        "reference": chart.reference and [chart.reference.start, chart.reference.end],
        "area": chart.area,
        "shaded": chart.shaded,
        "reading": words.plain(chart.reading, _FRAME),
        "notes": words.value(chart.notes, _FRAME) if chart.notes else None,
    }


def _columns(words: Words, chart: Bars) -> dict[str, object]:
    left = _left_of(chart.axis.ticks)
    return {
        "chart": "columns",
        "title": words.heading(chart.title, _FRAME),
        "alt": words.hidden(chart.alt),
        "left": left,
        "width": _FRAME - left - _RIGHT,
        "y": _axis(words, chart.axis, chart.axis.ticks, _FRAME),
        "bars": [
            [words.heading(bar.label), words.plain(bar.value.text if bar.value else ""), bar.start, bar.end]
            for bar in chart.bars
        ],
        "origin": chart.origin,
        "signed": chart.signed,
        "reading": words.plain(chart.reading, _FRAME),
        "notes": words.value(chart.notes, _FRAME) if chart.notes else None,
    }


def _fits_in_columns(chart: Bars) -> bool:
    if chart.layout is not BarLayout.COLUMNS or chart.band or any(bar.notes or bar.description for bar in chart.bars):
        return False
    room = (_FRAME - _left_of(chart.axis.ticks) - _RIGHT) / len(chart.bars)
    return all(
        bar.value is not None and _width(bar.value.text) * 0.93 <= room + 1 and _width(bar.label.text) <= room
        for bar in chart.bars
    )


def _axis(words: Words, axis: Axis, ticks: Sequence[Tick], room: float) -> dict[str, object]:
    return {
        "title": words.heading(axis.title, room) if axis.title else None,
        "room": room,
        "ticks": [[tick.position, tick.label] for tick in ticks],
    }


def _left_of(ticks: Sequence[Tick]) -> float:
    return max(_LEFT, max(len(tick.label) for tick in ticks) * _SMALL + 3)


def _spaced(ticks: Sequence[Tick], room: float) -> list[Tick]:
    """Select evenly spaced ticks whose labels fit."""
    longest = max(len(tick.label) for tick in ticks)
    fitting = max(2, int(room / ((longest + 2) * _SMALL)))
    every = -(-(len(ticks) - 1) // (fitting - 1)) if len(ticks) > fitting else 1
    return list(ticks[::every])


def _width(text: str) -> float:
    """Width of a text in a drawing, in millimetres."""
    others, wide, east_asian = letters(text)
    return others * _SMALL + wide * _WIDER + east_asian * _WIDE


def _cell_size(chart: Matrix, *, totals: bool) -> tuple[float, float, Shortening]:
    """Size of the figures in points, width of a cell in millimetres, and the function that shortens the figures."""
    count = len(chart.columns)
    room = (BODY - _ROW_LABELS - (_TOTALS if totals else 0)) / count
    width = min(25.0 if count <= 4 else 15.0, room)
    numbers = [cell.value for row in chart.rows for cell in row.cells if cell]
    sizes = _CELL_SIZES[:5] if count <= _BIG_MATRIX else _CELL_SIZES[3:]
    for shortening in _SHORTENINGS:
        longest = max((len(shortening(number)) for number in numbers), default=1)
        for size in sizes:
            needed = longest * _millimetres(size) + 0.5
            if needed <= room:
                return size, round(max(width, needed), 2), shortening
    return sizes[-1], round(width, 2), _SHORTENINGS[-1]


def _as_stored(number: Number) -> str:
    return number.text


def _short(number: Number) -> str:
    return number.short


def _brief(number: Number) -> str:
    return number.text[:6] if number.value is None else f"{number.value:.2g}".replace("e+", "e").replace("e0", "e")


_SHORTENINGS: tuple[Shortening, ...] = (_as_stored, _short, _brief)


def _millimetres(size: float) -> float:
    """Width of a digit in millimetres."""
    return size * 0.497 * 0.3528


def _matrix_cell(words: Words, cell: MatrixCell, shortening: Shortening) -> list[object]:
    step = sum(cell.shade >= edge for edge in _DARK_FROM)
    return [words.plain(shortening(cell.value)), cell.share_text, step + 4 * cell.negative]
