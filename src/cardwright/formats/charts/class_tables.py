"""Combines bar charts over the same classes, such as a classification report, into one table.

Four charts of 77 bars would fill six pages, and a comparison of precision with recall would need page turns. The table
has one row for each class with all its measures. The stored metrics stay bar charts, which the content schema does not
limit.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardwright.formats.charts.chart import BarLayout, Bars
from cardwright.formats.outline import ClassTable, Column, Table
from cardwright.formats.values import Number, Text

_FEWEST = 2
_MAX_MEASURES = 7  # columns next to the classes that fit on a page
_OF_CLASSES = re.compile(r"(precision|recall|f1|f1.?score|support|specificity|sensitivity)|.*(by|per)[ _]class")


@dataclass(frozen=True, slots=True)
class ClassBars:
    """A bar chart, with the stored value of each class."""

    chart: Bars
    values: Mapping[str, Number]
    axis: str

    @property
    def name(self) -> str:
        """The stored name of the metric."""
        return (self.chart.stored_name or self.chart.title).text


def class_bars(chart: Bars, axis: str) -> ClassBars | None:
    """The classes of a chart with distinct labels, a value for each and no notes; None for other charts."""
    values = {bar.label.text: bar.value for bar in chart.bars if bar.value is not None}
    if chart.notes or len(values) < len(chart.bars):
        return None
    return ClassBars(chart, values, axis)


def sharing_classes(charts: Sequence[ClassBars]) -> list[list[ClassBars]]:
    """Group the charts that are easier to read as a table, by the classes that they share.

    At least two charts of a group measure classes, and one is too large to be drawn as columns.
    """
    found: list[list[ClassBars]] = []
    owners: dict[str, int] = {}  # label -> index of the first group with it
    for chart in charts:
        ((owner, shared),) = Counter(owners.get(label, -1) for label in chart.values).most_common(1)
        if owner >= 0 and shared * 2 > max(len(chart.values), len(found[owner][0].values)):
            found[owner].append(chart)
        else:
            found.append([chart])
        for label in chart.values:
            owners.setdefault(label, len(found) - 1)
    return [some for some in found if _measure_classes(some)]


def class_tables(charts: Sequence[ClassBars]) -> list[ClassTable]:
    """Build tables with one row for each class; more than one table when the columns do not fit."""
    labels = {bar.label.text: bar.label for chart in charts for bar in chart.chart.bars}
    parts = [charts[start : start + _MAX_MEASURES] for start in range(0, len(charts), _MAX_MEASURES)]
    return [_class_table(some, labels) for some in parts]


def _class_table(charts: Sequence[ClassBars], labels: Mapping[str, Text]) -> ClassTable:
    table = Table(
        (Column("Class", weight=2), *map(_column, charts)),
        tuple((label, *(chart.values.get(text) for chart in charts)) for text, label in labels.items()),
        Text(f"By class: {', '.join(chart.chart.title.text for chart in charts)}"),
    )
    return ClassTable(table, (False, *(_is_rate(chart) for chart in charts)))


def _is_rate(chart: ClassBars) -> bool:
    return all(number.value is not None and 0 <= number.value <= 1 for number in chart.values.values())


def _measure_classes(charts: Sequence[ClassBars]) -> bool:
    measures = sum(_OF_CLASSES.fullmatch(chart.name.lower()) is not None for chart in charts)
    return measures >= _FEWEST and any(chart.chart.layout is BarLayout.BARS for chart in charts)


def _column(chart: ClassBars) -> Column:
    title, stored = chart.chart.title.text, chart.chart.stored_name
    named = not chart.axis or f" {chart.axis} " in f" {title} {stored.text if stored else ''} "
    return Column(title if named else f"{title} ({chart.axis})", numeric=True, stored_title=stored)
