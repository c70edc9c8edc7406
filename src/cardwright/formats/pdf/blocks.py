"""Converts the blocks of an outline to template data: fields, texts and tables."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from cardwright.formats.outline import Column, Field, Fields, Metric, MetricRow, MetricTable, Prose, Table
from cardwright.formats.pdf.one_line import is_one_line
from cardwright.formats.pdf.words import BODY, Word, Words, before_point, digits_before_point
from cardwright.formats.values import Number, Text, Value, label_of, one_way

Block: TypeAlias = dict[str, object]
Cell: TypeAlias = Value | None

_LABELS = 44.0  # millimetres
_MEASURE = 148.0
_GUTTER = 4.0
_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_EMPTY_START = re.compile(rf"\s*?({_LINE_END.pattern})")
_TO_LEFT = frozenset({"rtl", "lines"})  # keys of words; Typst needs 10 % longer to search for them itself
_BOXED_TITLE = 50  # letters of a title that fit on one line of the table of contents
_NOTHING = "\u2013"
_LETTER, _DIGIT, _HEAD_LETTER, _EM = 1.95, 1.75, 1.55, 3.39  # millimetres, at 9.6 and 8.2 points
_WIDEST_NUMBERS, _NARROWEST = 44.0, 17.0
_NARROWEST_WORDS, _WIDEST_NAMES = 18.0, 84.0
_MAX_COLUMNS, _ROOMY_COLUMNS = 8, 3
_TEXT_SIZE, _HEADING_SIZES = 9.6, {1: 14.5, 2: 11.6, 3: 10.4}  # points; the sizes are those of headings in the outline
WHOLE_ROW = 25  # lines: a table row is split between pages only if it is longer
_KEPT_FIELD, _KEPT_AFTER_EMPTY_LINES, _NEVER_SPLIT = 14, 40, 3  # lines of a field; Typst itself keeps three together


def heading(words: Words, level: int, text: Text | str, *, outlined: bool = False, bookmarked: bool = False) -> Block:
    """A heading. Outlined headings become bookmarks; those of level 1 and 2 are numbered in the table of contents."""
    shown = text if isinstance(text, Text) else Text(text)
    boxed = outlined and shown.direction == "rtl" and len(shown.text) <= _BOXED_TITLE
    return {
        **({"boxed": True} if boxed else {}),
        "kind": "heading",
        "level": level,
        "text": words.heading(shown, BODY * _TEXT_SIZE / _HEADING_SIZES.get(level, _TEXT_SIZE) if outlined else BODY),
        "outlined": outlined,
        "bookmarked": bookmarked,
    }


def note(words: Words, text: Text | str) -> Block:
    return {"kind": "note", "text": words.value(text if isinstance(text, Text) else Text(text), _MEASURE)}


def fields(words: Words, block: Fields) -> Block:
    """A list of fields in parts. Each part is one field that stays on a page, or several that may be split."""
    parts: list[tuple[bool, list[object]]] = []
    for row in block.rows:
        made: object = [words.value(row.label, _LABELS), [words.value(value, BODY - _LABELS) for value in row.values]]
        if whole := _is_whole(row):
            parts.append((whole, [made]))
        elif parts and not parts[-1][0]:
            parts[-1][1].append(made)
        else:
            parts.append((whole, [made]))
    return {"kind": "fields", "parts": parts}


def has_long_label(row: Field) -> bool:
    """Whether the label of a field is too long for the label column."""
    return lines(row.label.text, _LABELS) > WHOLE_ROW


def _is_whole(row: Field) -> bool:
    """Whether a field must stay on one page: a split would separate its label from its text, or leave a few lines."""
    count = lines(row.label.text, _LABELS) + sum(lines(value.text, BODY - _LABELS) for value in row.values) - 1
    if row.values and _EMPTY_START.match(row.values[0].text):
        return count <= _KEPT_AFTER_EMPTY_LINES
    return _NEVER_SPLIT < count <= _KEPT_FIELD


def lines(text: str, width: float) -> int:
    """Estimate the number of lines that a text needs at a width in millimetres."""
    return sum(int(len(line) * _LETTER / width) + 1 for line in _LINE_END.split(text))


def prose(words: Words, block: Prose, level: int) -> list[Block]:
    return [heading(words, level, block.label), paragraphs(words, block.paragraphs)]


def paragraphs(words: Words, text: Sequence[Sequence[Text]]) -> Block:
    """Paragraphs of lines. Lines of another direction become a separate paragraph."""
    runs = [run for paragraph in text for run in one_way(paragraph)]
    return {"kind": "text", "paragraphs": [[words.value(line, _MEASURE) for line in run] for run in runs]}


def table(words: Words, block: Table, level: int) -> list[Block]:
    columns: Sequence[Column] = block.columns
    rows: Sequence[Sequence[Cell]] = block.rows
    if len(columns) > _MAX_COLUMNS:
        columns, rows = _upright(columns, rows)
    made = plain_table(words, columns, rows)
    return [heading(words, level, block.label), made] if block.label else [made]


def metric_table(words: Words, block: MetricTable) -> Block:
    """Figures, with a column for deviations, baselines and notes if the group has them."""
    columns = [Column("Metric", weight=2), Column("Value", numeric=True)]
    columns += [Column("Std. dev.", numeric=True)] if block.has_deviations else []
    columns += [Column("Best constant", numeric=True)] if block.has_baselines else []
    columns += [Column("Notes", weight=2)] if block.has_notes else []
    return plain_table(words, columns, [_figures(block, row) for row in block.rows])


def plain_table(
    words: Words, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, small: bool = False
) -> Block:
    """A table of page width. Number columns are as wide as their numbers; weights share the remaining width."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    widths = _widths(columns, by_column)
    pads = [
        before_point(list(cells)) if column.numeric else None for column, cells in zip(columns, by_column, strict=True)
    ]
    room = [width - _GUTTER for width in widths]
    made = [[_cell(words, cell, pads[index], room[index]) for index, cell in enumerate(row)] for row in rows]
    return {
        "kind": "table",
        "tall": [index for index, row in enumerate(rows) if _is_tall(row, room)],
        "one_line": [is_one_line(row, room) for row in made],
        "to_left": any(isinstance(word, dict) and not word.keys().isdisjoint(_TO_LEFT) for row in made for word in row),
        "small": small or len(columns) > _ROOMY_COLUMNS,
        "head": [_head(words, column, width) for column, width in zip(columns, room, strict=True)],
        "widths": widths,
        "rows": made,
    }


def _is_tall(row: Sequence[Cell], widths: Sequence[float]) -> bool:
    """Whether a row must be split between pages."""
    return any(
        cell is not None and len(cell.text) > WHOLE_ROW and lines(cell.text, width) > WHOLE_ROW
        for cell, width in zip(row, widths, strict=True)
    )


def _head(words: Words, column: Column, width: float) -> Word:
    return words.label(label_of(column.title), width * _LETTER / _HEAD_LETTER)


def _cell(words: Words, cell: Cell, pad: float | None, width: float) -> Word:
    if cell is None:
        return _NOTHING
    if isinstance(cell, Number) and pad is not None:
        return words.number(cell, pad, width)
    return words.value(cell, width)


def _widths(columns: Sequence[Column], by_column: Sequence[Sequence[Cell]]) -> list[float]:
    widths: list[float | None] = []
    for column, cells in zip(columns, by_column, strict=True):
        if not column.numeric:
            widths.append(None)
            continue
        longest = max((len(part) for part in column.title.split()), default=0)
        wanted = max(_width_of(cells), longest * _HEAD_LETTER) + _GUTTER + 1
        widths.append(min(_WIDEST_NUMBERS, max(_NARROWEST, wanted)))
    fixed = sum(width for width in widths if width is not None)
    shares = sum(column.weight for column, width in zip(columns, widths, strict=True) if width is None)
    if not shares:  # only number columns: they align left
        scale = min(1.0, BODY / fixed)
        return [round((width or 0.0) * scale, 2) for width in widths]
    left, minimum = BODY - fixed, _NARROWEST_WORDS * widths.count(None)
    if left < minimum and fixed:
        widths = [None if width is None else width * (BODY - minimum) / fixed for width in widths]
        left = minimum
    if fixed and widths.count(None) == 1:  # keeps numbers close to their names
        left = min(left, _WIDEST_NAMES)
    return [
        round(left * column.weight / shares if width is None else width, 2)
        for column, width in zip(columns, widths, strict=True)
    ]


def _width_of(cells: Sequence[Cell]) -> float:
    """Width in millimetres of a column of numbers that align at the decimal point, or of its widest text."""
    before = before_point(list(cells)) * _EM
    after = max(
        (len(cell.text) * _DIGIT - digits_before_point(cell.text) * _EM for cell in cells if isinstance(cell, Number)),
        default=0.0,
    )
    return max(before + after, max((len(cell.text) * _DIGIT for cell in cells if isinstance(cell, Text)), default=0.0))


def _upright(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> tuple[list[Column], list[list[Cell]]]:
    """Convert a table that is too wide for the page to rows of row number, column and value."""
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
    parts = [metric.notes.text] if metric.notes else []
    return Text("\n".join([*parts, *([axes] if axes else [])])) if parts or axes else Text("")
