"""Draws the charts of a card as SVG for formats that have pictures and no charts.

A picture needs nothing outside itself: no style sheet, no script, no address. The same chart gives the same bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple, TypeGuard

from cardwright.core.json_value import object_at
from cardwright.interchange.delivery import Delivery
from cardwright.interchange.limits import Path, shortened
from cardwright.interchange.source import Source

MOST_PICTURES: Final = 50
"""Pictures in one document; a card with more charts leaves the others out."""

DRAWN: Final = "Drawn as a picture"
_UNDRAWN = "A chart that cannot be drawn: its values are not finite numbers, or too many"
_TOO_MANY = f"A document has at most {MOST_PICTURES} pictures"
_NO_PICTURE = "A chart: pictures of this format need the extra pdf"
_MOST_POINTS, _MOST_BARS = 5_000, 60
_WIDTH, _HEIGHT = 640, 400
_LEFT, _TOP, _RIGHT, _BOTTOM = 84, 52, 620, 340
_INK, _GRID, _LINE = "#1f2933", "#d9dee3", "#0b5cad"
_FONT = "'Source Sans 3', Arial, sans-serif"
_TICKS = 5
_LABEL, _TITLE = 16, 70  # characters

Picture = Callable[[str], bytes | None]
"""Makes the bytes of a picture from SVG; None if that is not possible here."""


class _Frame(NamedTuple):
    """The range of an axis in values and in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> str:
        return _pixels(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start))


def write_pictures(delivery: Delivery, target: Path, picture: Picture, member: Callable[[bytes], object]) -> None:
    """Put a picture of each chart of the evaluations into a list of the document, and report the charts' leaves.

    Args:
        target: the list, such as ``("quantitative_analysis", "graphics", "collection")``.
        picture: makes the bytes from SVG.
        member: returns the value of the member ``image`` from the bytes.
    """
    for job in delivery.card.find("evaluation_details").items():
        for group in job.find("metric_groups").items():
            for metric in group.find("metric_data").items():
                if isinstance(metric.find("value").value, list):
                    _write(delivery, target, (job, group, metric), picture, member)


def _write(
    delivery: Delivery,
    target: Path,
    parts: tuple[Source, Source, Source],
    picture: Picture,
    member: Callable[[bytes], object],
) -> None:
    job, group, metric = parts
    if delivery.count(target) >= MOST_PICTURES:
        delivery.drop(metric, _TOO_MANY)
        return
    svg = drawing(object_at(metric.value))
    data = None if svg is None else picture(svg)
    if data is None:
        delivery.drop(metric, _UNDRAWN if svg is None else _NO_PICTURE)
        return
    place = (*target, delivery.count(target))
    name = " / ".join(one.find("name").text for one in parts)
    delivery.set(place, {"name": name, "image": member(data)})
    delivery.claim((*place, "name"), job.find("name"), group.find("name"), detail="Part of the picture's name")
    delivery.claim(place, metric, detail=DRAWN)


def drawing(metric: Mapping[str, object]) -> str | None:
    """Return a chart of the content as SVG; None for a metric that cannot be drawn."""
    draw = _KINDS.get(str(metric.get("type")))
    value = metric.get("value")
    if draw is None or not isinstance(value, list) or not value:
        return None
    parts = draw(metric, value)
    if parts is None:
        return None
    title = _text(_WIDTH / 2, 28, str(metric.get("name", "")), size=18, anchor="middle", limit=_TITLE)
    background = f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' font-family="{_FONT}" fill="{_INK}">'
    )
    return "".join((head, background, title, *parts, "</svg>"))


def _line_graph(metric: Mapping[str, object], value: list[object]) -> list[str] | None:
    points = [one for one in value if isinstance(one, list) and len(one) == 2 and all(map(_is_number, one))]
    if len(points) != len(value) or len(points) > _MOST_POINTS:
        return None
    across = _frame([x for x, _ in points], _LEFT, _RIGHT)
    up = _frame([y for _, y in points], _BOTTOM, _TOP)
    drawn = " ".join(f"{across.at(x)},{up.at(y)}" for x, y in points)
    line = f'<polyline points="{drawn}" fill="none" stroke="{_LINE}" stroke-width="2"/>'
    dots = [f'<circle cx="{across.at(x)}" cy="{up.at(y)}" r="3" fill="{_LINE}"/>' for x, y in points[:_MOST_BARS]]
    bottom = [_text(_at(across, one), _BOTTOM + 20, _shown(one), anchor="middle") for one in _ticks(across)]
    return [*_grid(up), *bottom, *_axes(metric), line, *dots]


def _bar_chart(metric: Mapping[str, object], value: list[object]) -> list[str] | None:
    numbers = [number for number in value if _is_number(number)]
    if len(numbers) != len(value) or len(value) > _MOST_BARS:
        return None
    up = _frame([*numbers, 0], _BOTTOM, _TOP)
    step = (_RIGHT - _LEFT) / len(value)
    labels = _labels(metric.get("x_axis_name"), len(value))
    parts = _grid(up)
    for index, number in enumerate(numbers):
        left, top, ground = _LEFT + index * step, _at(up, number), _at(up, 0)
        size = f'width="{_pixels(step * 0.76)}" height="{_pixels(abs(ground - top))}"'
        parts.append(f'<rect x="{_pixels(left + step * 0.12)}" y="{_pixels(min(ground, top))}" {size} fill="{_LINE}"/>')
        parts.append(_text(left + step / 2, _BOTTOM + 20, labels[index], anchor="middle", limit=max(3, int(step / 7))))
    return [*parts, *_axes({"y_axis_name": metric.get("y_axis_name")})]


def _matrix(metric: Mapping[str, object], value: list[object]) -> list[str] | None:
    rows = [row for row in value if isinstance(row, list) and row and all(map(_is_number, row))]
    if len(rows) != len(value) or len({len(row) for row in rows}) != 1:
        return None
    width, height = (_RIGHT - _LEFT) / len(rows[0]), (_BOTTOM - _TOP) / len(rows)
    largest = max(abs(number) for row in rows for number in row) or 1
    columns, names = _labels(metric.get("x_axis_name"), len(rows[0])), _labels(metric.get("y_axis_name"), len(rows))
    parts = [
        _text(_LEFT + (index + 0.5) * width, _BOTTOM + 20, name, anchor="middle", limit=max(3, int(width / 7)))
        for index, name in enumerate(columns)
    ]
    for index, row in enumerate(rows):
        top = _TOP + index * height
        parts.append(_text(_LEFT - 8, top + height / 2 + 5, names[index], anchor="end", limit=_LABEL - 4))
        for column, number in enumerate(row):
            left, shade = _LEFT + column * width, round(abs(number) / largest, 3)
            box = f'x="{_pixels(left)}" y="{_pixels(top)}" width="{_pixels(width)}" height="{_pixels(height)}"'
            parts.append(f'<rect {box} fill="{_LINE}" fill-opacity="{shade}" stroke="{_GRID}"/>')
            ink = "#ffffff" if shade > 0.55 else _INK
            middle = left + width / 2
            parts.append(_text(middle, top + height / 2 + 5, _shown(number), anchor="middle", ink=ink))
    return parts


_KINDS: Mapping[str, Callable[[Mapping[str, object], list[object]], list[str] | None]] = {
    "linear_graph": _line_graph,
    "bar_chart": _bar_chart,
    "matrix": _matrix,
}


def _grid(up: _Frame) -> list[str]:
    parts: list[str] = []
    for tick in _ticks(up):
        y = up.at(tick)
        parts.append(f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}" stroke="{_GRID}"/>')
        parts.append(_text(_LEFT - 8, _at(up, tick) + 5, _shown(tick), anchor="end"))
    return parts


def _axes(metric: Mapping[str, object]) -> Iterator[str]:
    for member, x, y, turn in (("x_axis_name", (_LEFT + _RIGHT) / 2, 384, 0), ("y_axis_name", 20, 196, -90)):
        name = metric.get(member)
        if isinstance(name, str) and name:
            yield _text(x, y, name, anchor="middle", limit=_TITLE, turn=turn)


def _frame(values: Sequence[float], start: float, end: float) -> _Frame:
    low, high = min(values), max(values)
    if low == high:
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    return _Frame(low, high, start, end)


def _at(frame: _Frame, value: float) -> float:
    return float(frame.at(value))


def _ticks(frame: _Frame) -> list[float]:
    step = (frame.high - frame.low) / (_TICKS - 1)
    return [frame.low + index * step for index in range(_TICKS)]


def _labels(names: object, count: int) -> list[str]:
    given = [str(name) for name in names] if isinstance(names, list) else []
    return [given[index] if index < len(given) else str(index + 1) for index in range(count)]


def _text(  # noqa: PLR0913 - the parts of a text
    x: float, y: float, words: str, *, size: int = 13, anchor: str = "start", limit: int = _LABEL, turn: int = 0,
    ink: str = "",
) -> str:  # fmt: skip
    shown = escape(shortened("".join(one if one.isprintable() else " " for one in words), limit))
    turned = f' transform="rotate({turn} {_pixels(x)} {_pixels(y)})"' if turn else ""
    fill = f' fill="{ink}"' if ink else ""
    place = f'x="{_pixels(x)}" y="{_pixels(y)}"'
    return f'<text {place} font-size="{size}" text-anchor="{anchor}"{turned}{fill}>{shown}</text>'


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _shown(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e9 else f"{number:.4g}"


def _pixels(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
