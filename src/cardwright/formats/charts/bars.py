"""Bar charts, and groups of figures that are shown as bars: SHAP values and bias metrics."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from cardwright.formats.charts.chart import Axis, Band, Bar, BarLayout, Bars
from cardwright.formats.charts.scales import Scale, scale_over
from cardwright.formats.outline import Metric
from cardwright.formats.values import Number, Text, text_of
from cardwright.formats.wording import BIAS_METRICS, BIAS_RATIOS

_SHAP_LIKE = re.compile(r"shap|importance|attribution|contribution|coefficient|\bweights?\b", re.IGNORECASE)
_BIAS_LIKE = re.compile(r"(pre|post)_training_bias_metrics\b")
_FEWEST = 3
_MAX_COLUMNS = 12
_COLUMN_ROOM = 42  # characters of labels that fit below the columns of one chart
_BIAS_BAND = 0.1
_RATIO_BAND = (0.8, 1.25)


@dataclass(frozen=True, slots=True)
class Entry:
    """A bar before its position is computed."""

    label: Text
    value: Number | None
    description: str | None = None
    notes: Text | None = None


def bar_entries(values: Sequence[Number], labels: Sequence[Text]) -> list[Entry]:
    """Pair values with labels. A value without a label gets its position as label; a label may have no value."""
    count = max(len(values), len(labels))
    return [
        Entry(
            labels[index] if index < len(labels) else Text(str(index + 1)),
            values[index] if index < len(values) else None,
        )
        for index in range(count)
    ]


def bar_chart(
    title: Text,
    entries: Sequence[Entry],
    *,
    value_title: Text | None,
    stored_name: Text | None = None,
    notes: Text | None = None,
) -> Bars | None:
    """A bar chart in the given order; None when no value can be drawn."""
    return _bars(title, entries, value_title=value_title, label_title="Category", stored_name=stored_name, notes=notes)


def is_feature_group(name: str, metrics: Sequence[Metric]) -> bool:
    """Whether the figures of the group are the importance of features."""
    return bool(_SHAP_LIKE.search(name)) and _all_numbers(metrics) and len(metrics) >= _FEWEST


def is_bias_group(name: str, metrics: Sequence[Metric]) -> bool:
    """Whether the figures of the group are Clarify's bias metrics."""
    return bool(_BIAS_LIKE.match(name)) and _all_numbers(metrics)


def feature_bars(title: Text, metrics: Sequence[Metric]) -> list[Bars]:
    """One chart of all features, largest magnitude first."""
    entries = sorted(
        (_entry(metric) for metric in metrics),
        key=lambda entry: -abs(entry.value.value) if entry.value and entry.value.value is not None else float("-inf"),
    )
    chart = _bars(
        Text("Value by feature"), entries, value_title=None, label_title="Feature", layout=BarLayout.BARS,
        sorted_by_size=True, subject=title,
    )  # fmt: skip
    return [chart] if chart else []


def bias_bars(title: Text, metrics: Sequence[Metric]) -> list[Bars]:
    """A chart of differences around 0 and a chart of ratios around 1, each with the usually tolerated band."""
    differences = [_entry(metric) for metric in metrics if metric.name.text not in BIAS_RATIOS]
    ratios = [_entry(metric) for metric in metrics if metric.name.text in BIAS_RATIOS]
    charts = (
        _bars(
            Text("Differences"),
            differences,
            subject=title,
            value_title=Text("Difference"),
            label_title="Metric",
            layout=BarLayout.BARS,
            band=(-_BIAS_BAND, _BIAS_BAND),
            reading="0 means no difference; shaded: within ±0.1, a reading aid",
        ),
        _bars(
            Text("Ratios"),
            ratios,
            subject=title,
            value_title=Text("Ratio"),
            label_title="Metric",
            layout=BarLayout.BARS,
            origin=1.0,
            band=_RATIO_BAND,
            reading="1 means no difference; shaded: 0.8 to 1.25, a reading aid",
        ),
    )
    return [chart for chart in charts if chart]


def _entry(metric: Metric) -> Entry:
    value = metric.value if isinstance(metric.value, Number) else None
    return Entry(metric.name, value, BIAS_METRICS.get(metric.name.text), metric.notes)


def _all_numbers(metrics: Sequence[Metric]) -> bool:
    return all(isinstance(metric.value, Number) and not metric.axes for metric in metrics)


def _bars(  # noqa: PLR0913 - the parts of a chart
    title: Text,
    entries: Sequence[Entry],
    *,
    value_title: Text | None,
    label_title: str,
    stored_name: Text | None = None,
    notes: Text | None = None,
    layout: BarLayout | None = None,
    origin: float = 0.0,
    band: tuple[float, float] | None = None,
    reading: str = "",
    sorted_by_size: bool = False,
    subject: Text | None = None,
) -> Bars | None:
    drawable = [entry.value.value for entry in entries if entry.value and entry.value.value is not None]
    if not drawable:
        return None
    scale = scale_over([*drawable, *(band or ())], including=origin)
    signed = min(drawable) < origin
    return Bars(
        title=title,
        stored_name=stored_name,
        notes=notes,
        alt=_finding(subject or title, entries),
        reading=reading or _reading(len(entries), len(drawable), sorted_by_size=sorted_by_size),
        label_title=label_title,
        axis=Axis(value_title, scale.ticks),
        bars=tuple(_bar(entry, scale, origin, band) for entry in entries),
        origin=scale.position(origin),
        layout=layout or _layout(entries),
        signed=signed,
        sorted=sorted_by_size,
        band=band and Band(scale.position(band[0]), scale.position(band[1]), f"{band[0]:g} to {band[1]:g}"),
    )


def _bar(entry: Entry, scale: Scale, origin: float, band: tuple[float, float] | None) -> Bar:
    start = scale.position(origin)
    value = entry.value.value if entry.value else None
    return Bar(
        entry.label,
        entry.value,
        start,
        start if value is None else scale.position(value),
        entry.description,
        entry.notes,
        outside=bool(band and value is not None and not band[0] <= value <= band[1]),
    )


def _layout(entries: Sequence[Entry]) -> BarLayout:
    longest = max(_width(entry.label.text) for entry in entries)
    fits = len(entries) <= _MAX_COLUMNS and (longest + 1) * len(entries) <= _COLUMN_ROOM
    return BarLayout.COLUMNS if fits else BarLayout.BARS


def _width(text: str) -> int:
    """Width in characters. East Asian characters and emoji count twice."""
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def _reading(count: int, drawn: int, *, sorted_by_size: bool) -> str:
    words = f"{count} bar{'s' * (count != 1)}" + (", largest first" if sorted_by_size else "")
    return words + (f"; {count - drawn} cannot be drawn" if drawn < count else "")


def _finding(title: Text, entries: Sequence[Entry]) -> str:
    known = [(entry.label.text, entry.value) for entry in entries if entry.value and entry.value.value is not None]
    named = [f"{label} {value.short}" for label, value in known]
    if len(named) <= _MAX_COLUMNS:
        return f"Bar chart, {title}: {', '.join(named)}."
    ordered = sorted(known, key=lambda pair: pair[1].value or 0.0)
    lowest, highest = ordered[0], ordered[-1]
    return (
        f"Bar chart of {len(entries)} bars, {title}: highest {highest[0]} {highest[1].short},"
        f" lowest {lowest[0]} {lowest[1].short}."
    )


def labels_of(names: object) -> list[Text]:
    """The labels in an ``x_axis_name`` when it is a list of texts; other values give no labels."""
    return [text_of(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
