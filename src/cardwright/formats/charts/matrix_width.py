"""How wide a large matrix is in units of its type, so that the style can choose type that fits the page."""

from collections.abc import Iterable

from cardwright.formats.charts.chart import Matrix
from cardwright.formats.charts.confusions import Edges
from cardwright.formats.numbers import MINUS, percent, rounded

_NARROWEST, _WIDEST, _STEP = 64, 104, 4  # widths in em that blocks.css has rules for: smaller type cannot be read
_DIGIT, _OTHER, _LETTER = 0.65, 0.35, 0.5  # widths in em, of the fonts of pages and of exported documents
_CELL_PADDING, _LABEL_PADDING = 0.68, 1.2  # the padding and the border of a cell, and what browsers round up
_LABELS = 6.5, 11.0  # of rows: "Precision, %", and the longest label with one line
_SHARE = "100.0"
_WIDE = f"%{MINUS}-×"


def matrix_width(chart: Matrix, known: Edges | None) -> int:
    """Return the least of the widths of ``blocks.css`` that a matrix fits in; 0 for a wider one.

    Args:
        known: the edges of the matrix, when it has counts.
    """
    cells = [[row.cells[index] for row in chart.rows] for index in range(len(chart.columns))]
    columns = [[cell.value.text for cell in column if cell is not None] for column in cells]
    if known:
        columns = [[*column, total, _SHARE] for column, total in zip(columns, known.totals, strict=True)]
        columns.append([chart.total or ""])
        columns += [[percent(1)]] if known.recalls else []
    shortest, longest = _LABELS
    label = max((len(row.label.text) * _LETTER for row in chart.rows), default=0.0)
    width = (
        min(max(label, shortest), longest) + _LABEL_PADDING + sum(_CELL_PADDING + _widest(column) for column in columns)
    )
    found = max(_NARROWEST, _STEP * -int(-width // _STEP))
    return found if found <= _WIDEST else 0


def _widest(texts: Iterable[str]) -> float:
    return max((_width(rounded(text)) for text in texts), default=0.0)


def _width(text: str) -> float:
    return sum(_DIGIT if sign.isdigit() or sign in _WIDE else _OTHER for sign in text)
