"""Draws charts as SVG. Colours come from classes, so that one drawing serves light and dark themes.

The classes (``ch-...``) are in ``templates/blocks.css``; there are no style attributes. Drawings are 360 units wide
and shown at 0.8 to 1.1 of this size, so that text is never below 11 pixels. Axis titles are text of the page around
the drawing, so that they wrap and have a direction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup

from cardwright.formats.charts.chart import Bar, Bars, LineGraph, Series, Tick
from cardwright.formats.code_points import visible
from cardwright.formats.escaping import escaped
from cardwright.formats.numbers import rounded
from cardwright.formats.values import Number, Text

_WIDTH, _HEIGHT = 360, 252
_TOP, _RIGHT, _BOTTOM = 16, 18, 26
_CHARACTER = 8.7  # width of a digit at font size 13.5, in the widest common font
_BELOW = 16  # room for the numbers below negative bars
_BAR_HEIGHT = 14
_WIDE_BARS, _NARROW_BARS = 300, 110  # room for the axis labels of horizontal bars


def shown_number(number: Number) -> str:
    """A number for the page, rounded."""
    return rounded(number.text)


def signed(text: str) -> str:
    """Replace the hyphen of a label by a true minus sign."""
    return text.replace("-", "−")


def line_svg(chart: LineGraph, svg_id: str) -> Markup:
    """Draw a line graph."""
    plot = _line_plot(chart.y.ticks, chart.x.ticks)
    parts = [_line_axes(chart.y.ticks, chart.x.ticks)]
    if chart.shaded and chart.series:
        parts.append(_area(plot, chart.series[0]))
    if chart.reference:
        (x1, y1), (x2, y2) = chart.reference.start, chart.reference.end
        parts.append(_element("line", "ch-ref", x1=plot.x(x1), y1=plot.y(y1), x2=plot.x(x2), y2=plot.y(y2)))
    for number, series in enumerate(chart.series, 1):
        parts += _line(plot, series, number)
    if chart.area:
        parts.append(_text(chart.area, "ch-t-x", (plot.x(0.97), plot.y(0.06)), "end"))
    return _drawing(chart.title.text, chart.alt, svg_id, parts)


def column_svg(chart: Bars, svg_id: str) -> Markup:
    """Draw vertical bars."""
    plot = _Plot(chart.axis.ticks, below=_BELOW if chart.signed else 0)
    parts = [*plot.y_axis(chart.axis.ticks)]
    width = plot.width / len(chart.bars)
    longest = max((len(shown_number(bar.value)) for bar in chart.bars if bar.value), default=0)
    written = longest * _CHARACTER <= width + 4
    for index, bar in enumerate(chart.bars):
        parts += _column(plot, bar, (plot.left + index * width, width), written=written)
    base = plot.y(chart.origin)
    parts.append(_element("line", "ch-axis", x1=plot.left, x2=plot.right, y1=base, y2=base))
    return _drawing(chart.title.text, chart.alt, svg_id, parts)


def bar_svg(chart: Bars, bar: Bar) -> Markup:
    """Draw one horizontal bar that fills its table cell. The text of the row has its value."""
    parts = []
    if chart.band:
        low, high = chart.band.start, chart.band.end
        parts.append(_element("rect", "ch-band", x=_share(low), width=_share(high - low), height="100%"))
    parts += [_upright("ch-grid", tick.position) for tick in chart.axis.ticks]
    low, high = sorted((bar.start, bar.end))
    second = bar.outside if chart.band else bar.end < bar.start
    drawn = _element(
        "rect", "ch-f2" if second else "ch-f1", x=_share(low), width=_share(max(high - low, 0.002)),
        y=-_BAR_HEIGHT / 2, height=_BAR_HEIGHT,
    )  # fmt: skip
    parts += [Markup('<svg y="50%" overflow="visible">{}</svg>').format(drawn), _upright("ch-axis", chart.origin)]
    return _strip(parts, "100%")


def axis_svg(chart: Bars) -> Markup:
    """Draw the value axis of horizontal bars for a header cell. A narrow page shows only some labels."""
    origin = min(range(len(chart.axis.ticks)), key=lambda index: abs(chart.axis.ticks[index].position - chart.origin))
    often, seldom = (_every(chart.axis.ticks, room) for room in (_WIDE_BARS, _NARROW_BARS))
    parts = []
    for index, tick in enumerate(chart.axis.ticks):
        if (index - origin) % often == 0:
            name = "ch-t" if (index - origin) % (often * seldom) == 0 else "ch-t ch-more"
            anchor = _anchor(tick.position)
            parts.append(_element("text", name, signed(tick.label), x=_share(tick.position), y=13, text_anchor=anchor))
    return _strip(parts, 18)


def rate_svg(value: float, baseline: float | None) -> Markup:
    """Draw a rate between 0 and 1 as a bar, with a mark at its baseline."""
    parts = [
        _element("rect", "ch-track", x=0, y=4, width="100%", height=6),
        _element("rect", "ch-f1", x=0, y=4, width=_share(value), height=6),
    ]
    if baseline is not None:
        parts.append(_element("line", "ch-mark", x1=_share(baseline), x2=_share(baseline), y1=0, y2=14))
    return _strip(parts, 14)


def sample_svg(number: int) -> Markup:
    """Draw a line segment with its mark, for a legend."""
    line = _element("line", f"ch-l{number}", x1=1, x2=27, y1=7, y2=7)
    return Markup('<svg class="ch-sample" viewBox="0 0 28 14" aria-hidden="true">{}{}</svg>').format(
        line, _marker(number, 14, 7)
    )


class _Plot:
    """The plot area of a drawing, to the right of the y axis labels."""

    def __init__(self, y_ticks: Sequence[Tick], *, right: float = 0, below: float = 0) -> None:
        longest = max(len(tick.label) for tick in y_ticks)
        self.left = round(10 + longest * _CHARACTER, 1)
        self.right = round(_WIDTH - max(_RIGHT, right), 1)
        self.bottom = _HEIGHT - _BOTTOM - below
        self.width = self.right - self.left

    def x(self, share: float) -> float:
        return round(self.left + share * self.width, 2)

    def y(self, share: float) -> float:
        return round(self.bottom - share * (self.bottom - _TOP), 2)

    def y_axis(self, ticks: Sequence[Tick]) -> Iterable[Markup]:
        for tick in ticks:
            height = self.y(tick.position)
            yield _element("line", "ch-grid", x1=self.left, x2=self.right, y1=height, y2=height)
            yield _text(signed(tick.label), "ch-t", (self.left - 7, height + 4.5), "end")

    def x_axis(self, ticks: Sequence[Tick]) -> Iterable[Markup]:
        base = self.y(0)
        yield _element("line", "ch-axis", x1=self.left, x2=self.right, y1=base, y2=base)
        for tick in _spaced(ticks, self.width):
            across = self.x(tick.position)
            yield _element("line", "ch-axis", x1=across, x2=across, y1=base, y2=base + 4)
            yield _text(signed(tick.label), "ch-t", (across, base + 19), "middle")


@lru_cache(maxsize=64)
def _line_plot(y_ticks: tuple[Tick, ...], x_ticks: tuple[Tick, ...]) -> _Plot:
    return _Plot(y_ticks, right=len(x_ticks[-1].label) * _CHARACTER / 2)


@lru_cache(maxsize=64)  # the curves of all classifiers have the same axes
def _line_axes(y_ticks: tuple[Tick, ...], x_ticks: tuple[Tick, ...]) -> Markup:
    plot = _line_plot(y_ticks, x_ticks)
    return _joined([*plot.y_axis(y_ticks), *plot.x_axis(x_ticks)])


def _line(plot: _Plot, series: Series, number: int) -> Iterable[Markup]:
    points = [(plot.x(x), plot.y(y)) for x, y in series.drawn]
    yield _element("path", f"ch-l{number}", d=_path(points))
    if series.markers:
        yield from (_marker(number, x, y) for x, y in points)


def _area(plot: _Plot, series: Series) -> Markup:
    points = [(plot.x(x), plot.y(y)) for x, y in series.drawn]
    base = plot.y(0)
    return _element("path", "ch-a1", d=f"M{points[0][0]} {base}L{_path(points)[1:]}L{points[-1][0]} {base}Z")


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _marker(number: int, x: float, y: float) -> Markup:
    if number in _SHAPES:
        return _element("path", f"ch-dot{number}", d=_SHAPES[number](x, y))
    return Markup(f'<circle class="ch-dot{number}" cx="{x:g}" cy="{y:g}" r="3"/>')  # noqa: S704 - numbers


_SHAPES: Mapping[int, Callable[[float, float], str]] = {
    2: lambda x, y: f"M{x - 3:g} {y - 3:g}h6v6h-6Z",
    3: lambda x, y: f"M{x:g} {y - 4:g}l4 7h-8Z",
    4: lambda x, y: f"M{x:g} {y - 4:g}l4 4l-4 4l-4 -4Z",
    5: lambda x, y: f"M{x - 3:g} {y - 3:g}l6 6M{x + 3:g} {y - 3:g}l-6 6",
}
"""The marks of the second line to the fifth."""


def _column(plot: _Plot, bar: Bar, slot: tuple[float, float], *, written: bool) -> Iterable[Markup]:
    left, width = slot
    start, end = plot.y(bar.start), plot.y(bar.end)
    middle = round(left + width / 2, 2)
    below = bar.end < bar.start
    yield _element(
        "rect", "ch-f2" if below else "ch-f1", x=round(left + width * 0.16, 2), width=round(width * 0.68, 2),
        y=min(start, end), height=round(abs(start - end), 2) or 0.5,
    )  # fmt: skip
    if bar.value and written:
        yield _text(shown_number(bar.value), "ch-t-b", (middle, end + 15 if below else end - 5), "middle")
    yield _text(visible(bar.label.text), "ch-t", (middle, _HEIGHT - _BOTTOM + 19.0), "middle", bar.label)


def _spaced(ticks: Sequence[Tick], room: float) -> list[Tick]:
    """Select evenly spaced ticks whose labels fit."""
    return list(ticks[:: _every(ticks, room)])


def _every(ticks: Sequence[Tick], room: float) -> int:
    longest = max(len(tick.label) for tick in ticks)
    fitting = max(2, int(room / ((longest + 1.5) * _CHARACTER)))
    return -(-(len(ticks) - 1) // (fitting - 1)) if len(ticks) > fitting else 1


def _upright(name: str, position: float) -> Markup:
    return _element("line", name, x1=_share(position), x2=_share(position), y1=0, y2="100%")


def _anchor(position: float) -> str:
    return "start" if position < 0.02 else "end" if position > 0.98 else "middle"


def _share(value: float) -> str:
    return f"{value * 100:.3f}".rstrip("0").rstrip(".") + "%"


def _text(text: str, name: str, at: tuple[float, float], anchor: str, of: Text | None = None) -> Markup:
    more = {"lang": of.language} if of and of.language else {}
    more |= {"direction": of.direction} if of and of.direction == "rtl" else {}
    return _element("text", name, text, x=round(at[0], 2), y=round(at[1], 2), text_anchor=anchor, **more)


def _strip(parts: Iterable[Markup], height: int | str) -> Markup:
    return Markup(  # noqa: S704 - no text of a card
        f'<svg class="ch-strip" width="100%" height="{height}" aria-hidden="true">{_joined(parts)}</svg>'
    )


def _joined(parts: Iterable[Markup]) -> Markup:
    """The parts in one. ``Markup.join`` would escape each again."""
    return Markup("".join(parts))  # noqa: S704 - drawings


def _drawing(title: str, alt: str, svg_id: str, parts: Iterable[Markup]) -> Markup:
    of = escaped(svg_id)
    return Markup(  # noqa: S704 - escaped
        f'<svg class="ch-s" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="{of}-t {of}-d">'
        f'<title id="{of}-t">{escaped(visible(title))}</title><desc id="{of}-d">{escaped(visible(alt))}</desc>'
        f"{_joined(parts)}</svg>"
    )


def _element(tag: str, name: str, text: str = "", **attributes: str | float) -> Markup:
    """An element. Plain joins: ``Markup.format`` takes five times as long, and a card has thousands of elements."""
    written = "".join(
        f' {key.replace("_", "-")}="{f"{value:g}" if isinstance(value, float | int) else escaped(str(value))}"'
        for key, value in attributes.items()
    )
    ending = f">{escaped(text)}</{tag}>" if text else "/>"
    return Markup(f'<{tag} class="{name}"{written}{ending}')  # noqa: S704 - escaped above
