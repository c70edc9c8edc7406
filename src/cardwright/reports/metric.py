"""The metrics of the content schema, one function a type: they give what fits, and note the rest.

Each function returns a list: one metric, or none when nothing of the value could be used. The functions for one
value account for the value at their place; those for charts leave that to the caller, who knows which members they
were made of.
"""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeAlias

from cardwright.reports.place import Place, clean, shortened
from cardwright.reports.translation import Metric, MetricGroup

Number: TypeAlias = int | float

NAME_LIMIT = 255
TEXT_LIMIT = 63
NOTES_LIMIT = 1024
SIDE_LIMIT = 20

_NUMBER_TEXT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER_TEXT = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_LONGEST_NUMBER_TEXT = 400
_INTEGERS_END = 2**63
_MAX_NAMED = 100  # labels of bars that were left out


def group(name: object, metric_data: list[Metric], place: Place) -> MetricGroup:
    """A metric group; its name is fitted as a metric's is."""
    return {"name": fitted_name(name, place), "metric_data": metric_data}


def number(name: object, value: object, place: Place) -> list[Metric]:
    """A number; numeric text is read as the number it shows, with a note."""
    usable = as_number(value)
    if usable is None:
        place.omit(f"left out: {why_no_number(value)}")
        return []
    place.take()
    if isinstance(value, str):
        place.note("the value is text; it was read as a number")
    return [{"name": fitted_name(name, place), "type": "number", "value": usable}]


def string(name: object, value: str, place: Place) -> list[Metric]:
    """A text of at most 63 characters; a longer one is cut, with a note."""
    place.take()
    return [{"name": fitted_name(name, place), "type": "string", "value": fitted_text(value, place)}]


def simple(name: object, value: object, place: Place) -> list[Metric]:
    """A number, a text or a boolean, by the type of the value."""
    if isinstance(value, str):
        return string(name, value, place)
    if isinstance(value, bool):
        place.take()
        return [{"name": fitted_name(name, place), "type": "boolean", "value": value}]
    return number(name, value, place)


def linear_graph(
    name: object, points: Iterable[tuple[object, object]], axes: tuple[object, object], place: Place
) -> list[Metric]:
    """A line through the points, whole however long; points that are not two finite numbers are left out."""
    given = list(points)
    usable = [(as_number(x), as_number(y)) for x, y in given]
    value = [[x, y] for x, y in usable if x is not None and y is not None]
    has_text = _has_text(part for point in given for part in point)
    lost = (f"({x}, {y})" for (x, y), used in zip(given, usable, strict=True) if None in used)
    if not _note_series(len(given), len(value), has_text, lost, place):
        return []
    x_axis, y_axis = (fitted_text(axis, place) for axis in axes)
    return [
        {
            "name": fitted_name(name, place),
            "type": "linear_graph",
            "value": value,
            "x_axis_name": x_axis,
            "y_axis_name": y_axis,
        }
    ]


def bar_chart(name: object, bars: Iterable[tuple[object, object]], y_axis: object, place: Place) -> list[Metric]:
    """A bar for each pair of label and value; bars without a finite number are left out with their labels."""
    given = list(bars)
    usable = [(label, as_number(value)) for label, value in given]
    kept = [(label, value) for label, value in usable if value is not None]
    lost = (_lost_bar(label, value) for label, value in given if as_number(value) is None)
    if not _note_series(len(given), len(kept), _has_text(value for _, value in given), lost, place):
        return []
    return [
        {
            "name": fitted_name(name, place),
            "type": "bar_chart",
            "value": [value for _, value in kept],
            "x_axis_name": fitted_texts([label for label, _ in kept], place),
            "y_axis_name": fitted_text(y_axis, place),
        }
    ]


def as_number(value: object) -> Number | None:
    """The finite number that the value is or, as text, shows; None for everything else. True is no number."""
    if isinstance(value, str):
        value = _shown_number(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int) and not -_INTEGERS_END <= value < _INTEGERS_END:
        value = float(value)  # JSON libraries hold no more than 64 bits
    return value if math.isfinite(value) else None


def why_no_number(value: object) -> str:
    """The reason why ``as_number`` gives None, as the end of a sentence."""
    if value is None:
        return "the value is null"
    if isinstance(value, bool):
        return "the value is true or false, not a number"
    if isinstance(value, float):
        return "the value is not a finite number"
    if isinstance(value, str):
        return f'the text "{shortened(value, 20)}" is not a finite number'
    return "the value is a list or an object, not a number"


def fitted_name(name: object, place: Place) -> str:
    """A name the schema takes: something besides line breaks, at most 255 characters."""
    text = "" if name is None else clean(str(name))
    if not text.strip("\n\r\u2028\u2029"):
        place.note("the name is empty; (unnamed) stands for it")
        return "(unnamed)"
    if len(text) > NAME_LIMIT:
        place.note(f"the name is longer than {NAME_LIMIT} characters; it was cut")
    return shortened(text, NAME_LIMIT)


def fitted_text(value: object, place: Place) -> str:
    """A text value or axis name of at most 63 characters."""
    return fitted_texts([value], place)[0]


def fitted_texts(values: Sequence[object], place: Place) -> list[str]:
    """Texts of at most 63 characters each; one note covers all that were cut."""
    texts = [clean(str(value)) for value in values]
    cut = sum(len(text) > TEXT_LIMIT for text in texts)
    if cut:
        subject = "the text is" if len(texts) == 1 else f"{cut} of {len(texts)} labels are"
        place.note(f"{subject} longer than {TEXT_LIMIT} characters; cut there")
    return [shortened(text, TEXT_LIMIT) for text in texts]


def _shown_number(text: str) -> Number | None:
    text = text.strip()
    if _INTEGER_TEXT.fullmatch(text):
        return int(text)
    if len(text) <= _LONGEST_NUMBER_TEXT and _NUMBER_TEXT.fullmatch(text):
        return float(text)
    return None


def _has_text(values: Iterable[object]) -> bool:
    return any(isinstance(value, str) and as_number(value) is not None for value in values)


def _lost_bar(label: object, value: object) -> str:
    return f"{label} ({value})" if isinstance(value, (str, bool)) else str(label)


def _note_series(given: int, usable: int, has_text: bool, lost: Iterable[object], place: Place) -> bool:
    if not usable:
        place.omit("left out: it is empty" if not given else "left out: it holds no finite numbers")
        return False
    if usable < given:
        labels = [shortened(clean(str(label)), TEXT_LIMIT) for label in islice(lost, _MAX_NAMED + 1)]
        more = ["…"] if len(labels) > _MAX_NAMED else []
        named = f": {', '.join(labels[:_MAX_NAMED] + more)}" if labels else ""
        place.note(f"{given - usable} of {given} values were left out: they are not finite numbers{named}")
    if has_text:
        place.note("some values are text; they were read as numbers")
    return True
