"""Charts as data: what every printer draws, described once.

Positions are fractions of the plot: 0 is the left or lower end of an axis, 1 the right or upper end. They are
computed here, ticks and thinning included, so that no printer computes with the card's numbers: those may be
as large as a double can be, or larger.
"""

from dataclasses import dataclass
from enum import StrEnum

from cardwright.formats.values import Number, Text


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis. The label has an ASCII hyphen for minus, and commas from 10,000 on."""

    position: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        title: what is measured along it, None where the card does not say; ``stored_title`` is the card's own word
            where ``title`` says it in other words.
        ticks: from low to high, the two ends among them.
    """

    title: Text | None
    ticks: tuple[Tick, ...]
    stored_title: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What all charts have.

    Attributes:
        title: the chart's heading.
        stored_name: the metric's name as stored, where the title says it in other words.
        notes: the card's own note on the metric.
        alt: the finding in a sentence or two, for who cannot see the drawing. Plain text with words of the card.
        reading: what to look at, in a few words, for under the title; may be empty.
    """

    title: Text
    stored_name: Text | None = None
    notes: Text | None = None
    alt: str
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, from ``start`` to ``end`` along the value axis (start at the chart's origin).

    Attributes:
        value: None where a label has no value; then, and where the value cannot be drawn, start equals end.
        description: what an abbreviation stands for, in our words.
        outside: it reaches beyond the chart's band.
    """

    label: Text
    value: Number | None
    start: float
    end: float
    description: str | None = None
    notes: Text | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded range along the value axis: a reading aid, no verdict."""

    start: float
    end: float
    text: str


class BarLayout(StrEnum):
    COLUMNS = "columns"
    """Upright, labels below: few bars with short labels."""
    BARS = "bars"
    """Lying, one row a bar, labels left: everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Chart):
    """Bars or columns.

    Attributes:
        label_title: what the labels are, such as "Feature".
        axis: along the values.
        origin: where the bars begin, as a fraction of the axis: at 0, or at 1 for ratios.
        signed: some bars go below the origin.
        sorted: largest magnitude first, not in stored order.
    """

    label_title: str
    axis: Axis
    bars: tuple[Bar, ...]
    origin: float
    layout: BarLayout
    signed: bool = False
    sorted: bool = False
    band: Band | None = None


class Curve(StrEnum):
    """Line graphs with a meaning of their own; all of them lie in the unit square."""

    ROC = "roc"
    PRECISION_RECALL = "precision_recall"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class Series:
    """One line.

    Attributes:
        points: every (x, y) as stored.
        drawn: the points to join, as fractions of the two axes, in order; thinned to what a drawing can show.
        markers: mark each drawn point: there are few.
    """

    name: Text
    points: tuple[tuple[Number, Number], ...]
    drawn: tuple[tuple[float, float], ...]
    markers: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A dashed line to compare with, in fractions of the axes."""

    start: tuple[float, float]
    end: tuple[float, float]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGraph(Chart):
    """One or more lines over two axes; at most five series.

    Attributes:
        area: what to write into the drawing about the area under the curve, such as "AUC 0.758"; shade the area
            under the line where ``shaded``.
    """

    x: Axis
    y: Axis
    series: tuple[Series, ...]
    curve: Curve | None = None
    reference: Reference | None = None
    area: str | None = None
    shaded: bool = False


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One cell.

    Attributes:
        share: of its row, 0 to 1; None where shares make no sense (negative numbers, an empty row).
        shade: how dark the cell is, 0 to 1.
        negative: the number is below zero: shade it in the second colour.
    """

    value: Number
    share: float | None
    shade: float
    negative: bool = False

    @property
    def share_text(self) -> str | None:
        """The share as a percentage with one decimal."""
        return None if self.share is None else f"{self.share * 100:.1f}%"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row; a cell is None where a ragged matrix has none. ``total`` is the exact sum where sums make sense."""

    label: Text
    cells: tuple[MatrixCell | None, ...]
    total: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Chart):
    """A matrix; every row has as many cells as there are columns.

    Attributes:
        row_title, column_title: "Actual" and "Predicted" for a confusion matrix, else empty.
        total: the exact sum of all cells where sums make sense.
    """

    columns: tuple[Text, ...]
    rows: tuple[MatrixRow, ...]
    row_title: str = ""
    column_title: str = ""
    total: str | None = None
    confusion: bool = False
