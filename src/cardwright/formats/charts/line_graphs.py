"""Line graphs: curves of classifiers on the unit square, other lines on rounded axes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cardwright.core.periods import without_period
from cardwright.formats.charts.chart import Axis, Curve, LineGraph, Reference, Series
from cardwright.formats.charts.scales import Scale, scale_over, unit_scale
from cardwright.formats.charts.thinning import thinned
from cardwright.formats.values import Number, Text, text_of
from cardwright.formats.wording import AXES, in_words

_MARKED = 25
MAX_SERIES = 5
_COMPARABLE = 10  # lines share axes when their ranges differ by at most this factor
_NAMES = (
    (Curve.ROC, re.compile(r"receiver[ _-]operating|(\b|_)roc(\b|_)|^roc$", re.IGNORECASE)),
    (Curve.PRECISION_RECALL, re.compile(r"precision[ _-](and |/ ?)?recall|(\b|_)pr[ _-]curve", re.IGNORECASE)),
    (Curve.CALIBRATION, re.compile(r"calibration|reliability", re.IGNORECASE)),
)
_AXIS_PAIRS = {
    ("false_positive_rates", "true_positive_rates"): Curve.ROC,
    ("recalls", "precisions"): Curve.PRECISION_RECALL,
}
_DIAGONALS = {Curve.ROC: "a classifier that guesses", Curve.CALIBRATION: "perfectly calibrated"}


@dataclass(frozen=True)  # without slots, which cached properties cannot have
class Line:
    """A line of a line graph, as stored, without positions."""

    name: Text
    title: Text
    points: tuple[tuple[Number, Number], ...]
    x_name: str
    y_name: str
    group: str
    stored_name: Text | None = None
    notes: Text | None = None

    @cached_property
    def curve(self) -> Curve | None:
        """The special meaning of the line, from its name, axes or group, if the line is in the unit square."""
        if not all(0 <= x <= 1 and 0 <= y <= 1 for x, y in self.drawable):
            return None
        by_axes = _AXIS_PAIRS.get((self.x_name, self.y_name))
        named = (curve for where in (self.name.text, self.group) for curve, words in _NAMES if words.search(where))
        return by_axes or next(named, None)

    @cached_property
    def drawable(self) -> list[tuple[float, float]]:
        return [(x.value, y.value) for x, y in self.points if x.value is not None and y.value is not None]


def line_graph(line: Line, *, area: Number | None = None, base_rate: Number | None = None) -> LineGraph | None:
    """A graph of one line; None when no point can be drawn.

    Args:
        area: the area under a ROC curve, if the card states it.
        base_rate: the share of positives, if the card states it: the precision of a classifier without skill.
    """
    curve = line.curve
    graph = _graph(line.title, [line], curve)
    if graph is None:
        return None
    stated = area if curve is Curve.ROC else None
    known = base_rate if curve is Curve.PRECISION_RECALL else None
    reference = _reference(curve, known)
    return replace(
        graph,
        stored_name=line.stored_name,
        notes=line.notes,
        alt=_finding(line, curve, stated),
        reading=_reading(line, reference),
        curve=curve,
        reference=reference,
        area=f"AUC {stated.short}" if stated else None,
        shaded=curve is Curve.ROC,
    )


def overlaid(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines that can share a drawing: the same metric group and axis names, similar ranges, no notes."""
    shared: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.x_name and line.y_name and not line.notes and not line.curve and line.drawable:
            shared.setdefault((line.x_name, line.y_name), []).append(line)
    together = [some for some in shared.values() if 1 < len(some) <= MAX_SERIES and _comparable(some)]
    first = {id(some[0]): some for some in together}
    later = {id(line) for some in together for line in some[1:]}
    return [first.get(id(line), [line]) for line in lines if id(line) not in later]


def overlay(lines: Sequence[Line]) -> LineGraph | None:
    """One graph of the lines of one group from :func:`overlaid`."""
    title = Text(f"{lines[0].y_name}, by {lines[0].x_name}")
    graph = _graph(title, lines, None)
    findings = " ".join(_finding(line, None, None) for line in lines)
    return graph and replace(graph, alt=f"{len(lines)} lines. {findings}", reading=f"{len(lines)} lines")


def overlay_pair(before: Line, after: Line, labels: tuple[str, str]) -> LineGraph | None:
    """One graph of the same line in two versions; None when nothing can be drawn or the axes differ."""
    if _axes(before) != _axes(after):
        return None  # two quantities
    curve = before.curve if before.curve is after.curve else None
    # The newer line comes first: it is the solid one.
    x_name, y_name = _joined(after.x_name, before.x_name), _joined(after.y_name, before.y_name)
    sides = [
        replace(line, name=Text(label), x_name=x_name, y_name=y_name)
        for line, label in ((after, labels[1]), (before, labels[0]))
    ]
    graph = _graph(after.title, sides, curve)
    findings = " ".join(_finding(line, curve, None) for line in sides)
    reference = _reference(curve, None)
    return graph and replace(
        graph,
        stored_name=after.stored_name,
        alt=f"{labels[0]} and {labels[1]}. {findings}",
        reading=f"{labels[0]} and {labels[1]}",
        curve=curve,
        reference=reference,
    )


def _axes(line: Line) -> tuple[str, str]:
    """The names of the axes without years and quarters: weeks of two years share an axis."""
    return without_period(line.x_name), without_period(line.y_name)


def _joined(name: str, other: str) -> str:
    return name if name == other else f"{name}, {other}"


def _graph(title: Text, lines: Sequence[Line], curve: Curve | None) -> LineGraph | None:
    points = [point for line in lines for point in line.drawable]
    if not points:
        return None
    x_scale = unit_scale() if curve else scale_over(x for x, _ in points)
    y_scale = unit_scale() if curve else scale_over(y for _, y in points)
    return LineGraph(
        title=title,
        alt="",
        x=_axis(x_scale, lines[0].x_name),
        y=_axis(y_scale, lines[0].y_name),
        series=tuple(_series(line, x_scale, y_scale) for line in lines),
    )


def _series(line: Line, x_scale: Scale, y_scale: Scale) -> Series:
    placed = [(x_scale.position(x), y_scale.position(y)) for x, y in line.drawable]
    return Series(line.name, line.points, thinned(placed), markers=len(placed) <= _MARKED)


def _axis(scale: Scale, stored: str) -> Axis:
    if not stored:
        return scale.axis(None)
    words = in_words(stored, AXES)
    return scale.axis(Text(words), text_of(stored)) if words else scale.axis(text_of(stored))


def _reference(curve: Curve | None, base_rate: Number | None) -> Reference | None:
    if curve in _DIAGONALS:
        return Reference((0.0, 0.0), (1.0, 1.0), _DIAGONALS[curve])
    if base_rate and base_rate.value is not None and 0 <= base_rate.value <= 1:
        return Reference((0.0, base_rate.value), (1.0, base_rate.value), f"base rate {base_rate.short}")
    return None


def _comparable(lines: Sequence[Line]) -> bool:
    for axis in (0, 1):
        ends = [
            (min(point[axis] for point in line.drawable), max(point[axis] for point in line.drawable)) for line in lines
        ]
        spans = [high / 2 - low / 2 for low, high in ends]
        if max(spans) > _COMPARABLE * min(spans):
            return False
        whole = max(high for _, high in ends) / 2 - min(low for low, _ in ends) / 2
        if whole > _COMPARABLE * max(spans):
            return False
    return True


def _reading(line: Line, reference: Reference | None) -> str:
    count, drawn = len(line.points), len(line.drawable)
    words = f"{count:,} point{'s' * (count != 1)}"
    if drawn < count:
        words += f"; {count - drawn} cannot be drawn"
    return f"{words}; dashed: {reference.label}" if reference else words


def _finding(line: Line, curve: Curve | None, area: Number | None) -> str:
    count = len(line.points)
    if curve is Curve.ROC:
        known = f", area under the curve {area.short}" if area else ""
        return f"ROC curve, {count:,} points{known}; the diagonal is a classifier that guesses."
    known_points = [(x, y) for x, y in line.points if x.value is not None and y.value is not None]
    first, last = known_points[0], known_points[-1]
    if count == 1:
        return f"Line graph, {line.title}: one point, {first[1].short} at {first[0].short}."
    lowest = min(known_points, key=lambda point: point[1].value or 0.0)
    highest = max(known_points, key=lambda point: point[1].value or 0.0)
    return (
        f"Line graph, {line.title}, {count:,} points: from {first[1].short} at {first[0].short}"
        f" to {last[1].short} at {last[0].short}; lowest {lowest[1].short} at {lowest[0].short},"
        f" highest {highest[1].short} at {highest[0].short}."
    )
