"""What the edges of a matrix show: totals, recall, precision, and the most frequent confusions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cardwright.formats.charts.chart import Matrix, MatrixCell
from cardwright.formats.charts.matrices import exact_sum
from cardwright.formats.values import Number, Text

STEPS = (0.001, 0.01, 0.03, 0.1, 0.5)
"""Shares of the row at which a cell of a large matrix gets darker; a share of 0 has a step of its own."""
_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of a matrix.

    Attributes:
        totals: the exact sum of each column.
        recalls, precisions: the share of the diagonal, by row and by column; empty unless rows and columns are classes.
        accuracy: the share of all on the diagonal.
    """

    totals: tuple[str, ...]
    recalls: tuple[float | None, ...] = ()
    precisions: tuple[float | None, ...] = ()
    accuracy: float | None = None


class Confusion(NamedTuple):
    """One class that was taken for another: how often, and as a share of its row."""

    actual: Text
    predicted: Text
    value: Number
    share: float


def edges(chart: Matrix) -> Edges | None:
    """Return the edges of a matrix of counts; None when sums make no sense."""
    if chart.total is None:
        return None
    columns = [_given(row.cells[index] for row in chart.rows) for index in range(len(chart.columns))]
    totals = tuple(exact_sum([cell.value for cell in column]) for column in columns)
    if not is_confusion(chart):
        return Edges(totals)
    diagonal = [chart.rows[index].cells[index] for index in range(len(chart.rows))]
    precisions = tuple(_part(cell, total) for cell, total in zip(diagonal, totals, strict=True))
    right = exact_sum([cell.value for cell in _given(diagonal)])
    recalls = tuple(None if cell is None else cell.share for cell in diagonal)
    whole = Decimal(chart.total)
    return Edges(totals, recalls, precisions, float(Decimal(right) / whole) if whole else None)


def is_confusion(chart: Matrix) -> bool:
    """Whether rows and columns are the same classes, so that the diagonal is what was right."""
    labels = [label.text for label in chart.columns]
    return chart.confusion and [row.label.text for row in chart.rows] == labels


def confusions(chart: Matrix) -> list[Confusion]:
    """Return the most frequent confusions by share of the row, at most six; none of other matrices."""
    if not is_confusion(chart):
        return []
    found = [
        Confusion(row.label, chart.columns[index], cell.value, cell.share)
        for number, row in enumerate(chart.rows)
        for index, cell in enumerate(row.cells)
        if cell is not None and cell.share and index != number
    ]
    return sorted(found, key=lambda item: item.share, reverse=True)[:_LIMIT]


def step_of(share: float) -> int:
    """The step of shade of a share, 0 to 6."""
    return 1 + sum(share >= edge for edge in STEPS) if share > 0 else 0


def _given(cells: Sequence[MatrixCell | None] | Iterator[MatrixCell | None]) -> list[MatrixCell]:
    return [cell for cell in cells if cell is not None]


def _part(cell: MatrixCell | None, total: str) -> float | None:
    whole = Decimal(total)
    return None if cell is None or cell.value.value is None or not whole else cell.value.value / float(whole)
