"""Thins long curves without a visible change."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]

COLUMNS = 300
"""Columns of a drawing: about one for a pixel on a page, and at least three for a millimetre on paper."""


def thinned(points: Sequence[Point], columns: int = COLUMNS) -> tuple[Point, ...]:
    """Keep the first, lowest, highest and last point of every column, in their order.

    This is the "M4" aggregation of Jugel et al., VLDB 2014, which draws the same pixels.

    Args:
        points: fractions of the plot, in drawing order. Each visit to a column counts separately, so that lines that
            turn back keep their shape.
    """
    if len(points) <= 2 * columns:
        return tuple(points)
    return tuple(point for _, visit in groupby(points, lambda point: int(point[0] * columns)) for point in _kept(visit))


def _kept(visit: Iterator[Point]) -> Iterator[Point]:
    run = list(visit)
    heights = [y for _, y in run]
    wanted = {0, heights.index(min(heights)), heights.index(max(heights)), len(run) - 1}
    return (run[index] for index in sorted(wanted))
