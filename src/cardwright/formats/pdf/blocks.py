"""The blocks of an outline as the template takes them: fields, texts and tables."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from cardwright.formats.outline import Column, Fields, Metric, MetricRow, MetricTable, Prose, Table
from cardwright.formats.pdf.words import BODY, Words, before_point
from cardwright.formats.values import Number, Text, Value

Block: TypeAlias = dict[str, Any]
Cell: TypeAlias = Value | None

_LABELS = 44.0  # millimetres
_MEASURE = 148.0
_GUTTER = 4.0
_DIGIT = 1.75
_WIDEST_NUMBERS, _NARROWEST = 44.0, 17.0
_NARROWEST_WORDS = 18.0
_MOST_COLUMNS = 8


def heading(words: Words, level: int, text: Text | str, *, outlined: bool = False) -> Block:
    """A heading; outlined ones stand in the bookmarks, and those of level 1 and 2 in the contents, with a number."""
    shown = text if isinstance(text, Text) else Text(text)
    return {"kind": "heading", "level": level, "text": words.heading(shown), "outlined": outlined}


def note(words: Words, text: Text | str) -> Block:
    return {"kind": "note", "text": words.value(text if isinstance(text, Text) else Text(text), _MEASURE)}


def fields(words: Words, block: Fields) -> Block:
    rows = [
        [words.value(row.label, _LABELS), [words.value(value, BODY - _LABELS) for value in row.values]]
        for row in block.rows
    ]
    return {"kind": "fields", "rows": rows}


def prose(words: Words, block: Prose, level: int) -> list[Block]:
    return [heading(words, level, block.label), paragraphs(words, block.paragraphs)]


def paragraphs(words: Words, text: Sequence[Sequence[Text]]) -> Block:
    return {"kind": "text", "paragraphs": [[words.value(line, _MEASURE) for line in lines] for lines in text]}


def table(words: Words, block: Table, level: int) -> list[Block]:
    columns, rows = block.columns, block.rows
    if len(columns) > _MOST_COLUMNS:
        columns, rows = _upright(columns, rows)
    made = plain_table(words, columns, rows)
    return [heading(words, level, block.label), made] if block.label else [made]


def metric_table(words: Words, block: MetricTable) -> Block:
    """Figures with their deviations and baselines beside them, as far as the group has them."""
    columns = [Column("Metric", weight=2), Column("Value", numeric=True)]
    columns += [Column("Std. dev.", numeric=True)] if block.has_deviations else []
    columns += [Column("Best constant", numeric=True)] if block.has_baselines else []
    columns += [Column("Notes", weight=2)] if block.has_notes else []
    return plain_table(words, columns, [_figures(block, row) for row in block.rows])


def plain_table(words: Words, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Block:
    """A table as wide as the page: columns of numbers as wide as their numbers, the others by weight."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    widths = _widths(columns, by_column)
    pads = [
        before_point(list(cells)) if column.numeric else None
        for column, cells in zip(columns, by_column, strict=True)
    ]
    room = [width - _GUTTER for width in widths]
    return {
        "kind": "table",
        "head": [words.plain(words.characters.line(column.title), width) for column, width in zip(columns, room, strict=True)],
        "widths": widths,
        "rows": [
            [_cell(words, cell, pads[index], room[index]) for index, cell in enumerate(row)] for row in rows
        ],
    }  # fmt: skip


def _cell(words: Words, cell: Cell, pad: float | None, width: float) -> Any:
    if cell is None:
        return "–" if pad is None else words.plain("–")
    if isinstance(cell, Number) and pad is not None:
        return words.number(cell, pad, width)
    return words.value(cell, width)


def _widths(columns: Sequence[Column], by_column: Sequence[Sequence[Cell]]) -> list[float]:
    widths: list[float | None] = []
    for column, cells in zip(columns, by_column, strict=True):
        if not column.numeric:
            widths.append(None)
            continue
        longest = max((len(cell.text) for cell in cells if isinstance(cell, Number)), default=0)
        wanted = max(longest * _DIGIT, len(column.title) * 1.6) + _GUTTER + 2
        widths.append(min(_WIDEST_NUMBERS, max(_NARROWEST, wanted)))
    fixed = sum(width for width in widths if width is not None)
    shares = sum(column.weight for column, width in zip(columns, widths, strict=True) if width is None)
    if not shares:  # nothing but numbers: the columns keep to the left
        scale = min(1.0, BODY / fixed)
        return [round((width or 0.0) * scale, 2) for width in widths]
    left, least = BODY - fixed, _NARROWEST_WORDS * widths.count(None)
    if left < least and fixed:
        widths = [None if width is None else width * (BODY - least) / fixed for width in widths]
        left = least
    return [
        round(left * column.weight / shares if width is None else width, 2)
        for column, width in zip(columns, widths, strict=True)
    ]


def _upright(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> tuple[list[Column], list[list[Cell]]]:
    """A table too wide for the page as one of row, column and value."""
    listed: list[list[Cell]] = [
        [Text(str(number)), Text(column.title), cell]
        for number, row in enumerate(rows, 1)
        for column, cell in zip(columns, row, strict=True)
        if cell is not None
    ]
    return [Column("Row"), Column("Column", weight=2), Column("Value", weight=3)], listed


def _figures(block: MetricTable, row: MetricRow) -> list[Cell]:
    cells: list[Cell] = [row.metric.name, row.metric.value]
    cells += [row.deviation.value if row.deviation else None] if block.has_deviations else []
    cells += [row.baseline.value if row.baseline else None] if block.has_baselines else []
    cells += [_remarks(row.metric)] if block.has_notes else []
    return cells


def _remarks(metric: Metric) -> Text | None:
    axes = f"Axes: {', '.join(axis.text for axis in metric.axes)}" if metric.axes else ""
    if metric.notes and not axes:
        return metric.notes
    said = [metric.notes.text] if metric.notes else []
    return Text("\n".join([*said, *([axes] if axes else [])])) if said or axes else Text("")
