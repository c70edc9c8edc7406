"""Charts as data that every printer draws.

Positions are fractions of the plot: 0 is the left or lower end of an axis, 1 the right or upper end. They are
computed here, with ticks and thinning, so that printers do not compute with the card's numbers. Such numbers may be
as large as a double, or larger.
"""

from dataclasses import dataclass
from enum import StrEnum

from cardwright.formats.values import Number, Text


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis. The label uses an ASCII hyphen for minus, and commas from 10,000 on."""

    position: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        title: the quantity, None when the card does not name it; ``stored_title`` is the stored name when ``title``
            replaces it.
        ticks: from low to high, including both ends.
    """

    title: Text | None
    ticks: tuple[Tick, ...]
    stored_title: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The members of every chart.

    Attributes:
        title: the chart's heading.
        stored_name: the metric's name as stored, when the title replaces it.
        notes: the card's own note on the metric.
        alt: the finding in one or two sentences, for readers who cannot see the drawing. Plain text.
        reading: a hint on how to read the chart, printed under the title; may be empty.
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
        value: None when a label has no value. Without a value that can be drawn, start equals end.
        description: the meaning of an abbreviation, in Cardwright's words.
        outside: whether the bar extends beyond the chart's band.
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
    """A shaded range along the value axis: a reading aid, not a verdict."""

    start: float
    end: float
    text: str


class BarLayout(StrEnum):
    COLUMNS = "columns"
    """Vertical bars with labels below: for a few bars with short labels."""
    BARS = "bars"
    """Horizontal bars, one in a row, with labels on the left: for all other charts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Chart):
    """A bar chart.

    Attributes:
        label_title: the meaning of the labels, such as "Feature".
        axis: the value axis.
        origin: the start of the bars, as a fraction of the axis: at 0, or at 1 for ratios.
        signed: whether some bars go below the origin.
        sorted: whether the bars are ordered by magnitude, largest first, instead of stored order.
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
    """Line graphs with a special meaning; all are in the unit square."""

    ROC = "roc"
    PRECISION_RECALL = "precision_recall"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class Series:
    """One line.

    Attributes:
        points: every (x, y) as stored.
        drawn: the points to draw, as fractions of the two axes, in order; thinned to the resolution of a drawing.
        markers: whether each drawn point has a mark, because there are few.
    """

    name: Text
    points: tuple[tuple[Number, Number], ...]
    drawn: tuple[tuple[float, float], ...]
    markers: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A dashed line for comparison, in fractions of the axes."""

    start: tuple[float, float]
    end: tuple[float, float]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGraph(Chart):
    """One to five lines over two axes.

    Attributes:
        area: the label for the area under the curve, such as "AUC 0.758".
        shaded: whether to shade the area under the line.
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
        share: the share of the row, 0 to 1; None when shares make no sense (negative numbers, an empty row).
        shade: the darkness of the cell, 0 to 1.
        negative: whether the number is below zero and the cell has the second colour.
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
    """One row. A cell is None where a ragged matrix has no number. ``total`` is the exact sum if sums make sense."""

    label: Text
    cells: tuple[MatrixCell | None, ...]
    total: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Chart):
    """A matrix. Every row has one cell for each column.

    Attributes:
        row_title, column_title: "Actual" and "Predicted" for a confusion matrix, else empty.
        total: the exact sum of all cells if sums make sense.
        csv: the address of the numbers as CSV, where the page has one.
    """

    columns: tuple[Text, ...]
    rows: tuple[MatrixRow, ...]
    row_title: str = ""
    column_title: str = ""
    total: str | None = None
    confusion: bool = False
    csv: str | None = None
