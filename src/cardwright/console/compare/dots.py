"""Bars of two versions in one drawing: for each label a square for the older value and a disc for the newer one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardwright.core.comparison import Comparison
from cardwright.core.json_value import value_at
from cardwright.core.measures import is_number
from cardwright.core.metric_changes import ChartPair, MetricChange
from cardwright.core.pairing import JobPair
from cardwright.formats.charts.bars import is_bias_group
from cardwright.formats.charts.scales import Scale, scale_over
from cardwright.formats.metric_names import readable
from cardwright.formats.numbers import column_places, rounded_to
from cardwright.formats.wording import BIAS_RATIOS, GROUPS, in_words

_FEATURES = re.compile(r"shap|importance|attribution", re.IGNORECASE)
_MINIMUM, _MAXIMUM = 2, 15  # labels of one drawing
_BAND = 0.1  # of bias metrics, as on the card's page
_EDGE = 3  # percent of the width that marks keep from the edges


@dataclass(frozen=True, slots=True)
class Dot:
    """One label with its values and their places, in percent of the width; None where a side has no value."""

    label: str
    before: str
    after: str
    old: float | None
    new: float | None

    @property
    def span(self) -> tuple[float, float] | None:
        """The line between both marks."""
        if self.old is None or self.new is None or self.old == self.new:
            return None
        return min(self.old, self.new), max(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Dots:
    """A drawing. ``band`` is the shaded part, start and width in percent; ``zero`` the place of 0."""

    evaluation: str
    title: str
    rows: Sequence[Dot]
    left_out: int
    zero: float | None
    band: tuple[float, float] | None


def dots_of(found: Comparison) -> list[Dots]:
    """The bar charts, bias metrics and feature importances that both sides have and that differ."""
    charts = [_of_chart(chart) for chart in found.changed_charts if has_dots(chart)]
    groups: dict[tuple[int, str], list[MetricChange]] = {}
    for metric in found.metrics:
        if metric.difference is not None and (is_bias_group(metric.group, ()) or _FEATURES.search(metric.group)):
            groups.setdefault((id(metric.pair), metric.group), []).append(metric)
    return [*charts, *(drawn for metrics in groups.values() if (drawn := _of_group(metrics)))]


def has_dots(chart: ChartPair) -> bool:
    """Whether one chart shows both sides here, instead of two charts side by side."""
    both = [_bars(chart.before), _bars(chart.after)]
    return chart.kind == "bar_chart" and all(both) and len(both[0].keys() | both[1].keys()) >= _MINIMUM


def _of_chart(chart: ChartPair) -> Dots:
    before, after = _bars(chart.before), _bars(chart.after)
    values = [(label, before.get(label), after.get(label)) for label in dict.fromkeys((*after, *before))]
    return _drawn(chart.pair, readable(chart.name), values, band=False)


def _of_group(metrics: Sequence[MetricChange]) -> Dots | None:
    first = metrics[0]
    bias = is_bias_group(first.group, ())
    kept = [metric for metric in metrics if not (bias and metric.name in BIAS_RATIOS)]
    if len(kept) < _MINIMUM or all(metric.difference == 0 for metric in kept):
        return None
    values = [
        (_short(metric.name) if bias else metric.name, _number(metric.before), _number(metric.after)) for metric in kept
    ]
    title = in_words(first.group, GROUPS) or first.group
    if not bias:
        values.sort(key=lambda item: -max(abs(item[1] or 0), abs(item[2] or 0)))
    return _drawn(first.pair, title, values, band=bias)


def _drawn(pair: JobPair, title: str, values: Sequence[tuple[str, float | None, float | None]], *, band: bool) -> Dots:
    shown = values[:_MAXIMUM]
    numbers = [value for _, *sides in shown for value in sides if value is not None]
    scale = scale_over([float(number) for number in numbers] + ([-_BAND, _BAND] if band else []), including=0)
    places = column_places(numbers)
    rows = [
        Dot(label, _figure(old, places), _figure(new, places), _place(scale, old), _place(scale, new))
        for label, old, new in shown
    ]
    shaded = None
    if band:
        start, end = _percent(scale, -_BAND), _percent(scale, _BAND)
        shaded = start, round(end - start, 2)
    return Dots(pair.name, title, rows, len(values) - len(shown), _percent(scale, 0), shaded)


def _number(value: object) -> float | None:
    return value if is_number(value) else None


def _bars(metric: object) -> dict[str, float]:
    """The values of a bar chart by label; empty for charts of another form."""
    values, labels = value_at(metric, "value"), value_at(metric, "x_axis_name")
    if not (isinstance(values, list) and isinstance(labels, list) and len(values) == len(labels)):
        return {}
    return dict(_pairs(labels, values)) if len(set(map(str, labels))) == len(labels) else {}


def _pairs(labels: Sequence[object], values: Sequence[object]) -> Iterator[tuple[str, float]]:
    yield from ((str(label), value) for label, value in zip(labels, values, strict=True) if is_number(value))


def _short(name: str) -> str:
    """A bias metric without its abbreviation in brackets."""
    return readable(name).removesuffix(f" ({name})")


def _figure(value: float | None, places: int) -> str:
    return "not reported" if value is None else rounded_to(value, places)


def _place(scale: Scale, value: float | None) -> float | None:
    return None if value is None else _percent(scale, float(value))


def _percent(scale: Scale, value: float) -> float:
    return round(_EDGE + (100 - 2 * _EDGE) * scale.position(value), 2)
