"""Builds the metrics of the content schema, one function for each type; values that do not fit are noted.

Each function returns a list: one metric, or none when the value cannot be used. Functions for a single value also
mark it as used. For charts the caller does this, because it knows the members they come from.
"""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeAlias

from cardwright.reports.cursor import Cursor, clean, shortened
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
_MAX_NAMED = 100  # at most so many labels of omitted bars are listed


def group(name: object, metric_data: list[Metric], cursor: Cursor) -> MetricGroup:
    """Build a metric group. Its name is fitted like the name of a metric."""
    return {"name": fitted_name(name, cursor), "metric_data": metric_data}


def number(name: object, value: object, cursor: Cursor) -> list[Metric]:
    """Build a number. Numeric text is converted, with a note."""
    usable = as_number(value)
    if usable is None:
        cursor.omit(f"left out: {why_no_number(value)}")
        return []
    cursor.mark_used()
    if isinstance(value, str):
        cursor.note("the value is text; it was read as a number")
    return [{"name": fitted_name(name, cursor), "type": "number", "value": usable}]


def string(name: object, value: str, cursor: Cursor) -> list[Metric]:
    """Build a text of at most 63 characters. A longer text is cut, with a note."""
    cursor.mark_used()
    return [{"name": fitted_name(name, cursor), "type": "string", "value": fitted_text(value, cursor)}]


def simple(name: object, value: object, cursor: Cursor) -> list[Metric]:
    """Build a number, a text or a boolean, by the type of the value."""
    if isinstance(value, str):
        return string(name, value, cursor)
    if isinstance(value, bool):
        cursor.mark_used()
        return [{"name": fitted_name(name, cursor), "type": "boolean", "value": value}]
    return number(name, value, cursor)


def linear_graph(
    name: object, points: Iterable[tuple[object, object]], axes: tuple[object, object], cursor: Cursor
) -> list[Metric]:
    """Build a line through any number of points. Points that are not two finite numbers are left out."""
    given = list(points)
    usable = [(as_number(x), as_number(y)) for x, y in given]
    value = [[x, y] for x, y in usable if x is not None and y is not None]
    has_text = _has_text(part for point in given for part in point)
    lost = (f"({x}, {y})" for (x, y), used in zip(given, usable, strict=True) if None in used)
    if not _note_series(len(given), len(value), has_text, lost, cursor):
        return []
    x_axis, y_axis = (fitted_text(axis, cursor) for axis in axes)
    return [
        {
            "name": fitted_name(name, cursor),
            "type": "linear_graph",
            "value": value,
            "x_axis_name": x_axis,
            "y_axis_name": y_axis,
        }
    ]


def bar_chart(name: object, bars: Iterable[tuple[object, object]], y_axis: object, cursor: Cursor) -> list[Metric]:
    """Build one bar for each pair of label and value. Bars without a finite number are left out and listed."""
    given = list(bars)
    usable = [(label, as_number(value)) for label, value in given]
    kept = [(label, value) for label, value in usable if value is not None]
    lost = (_lost_bar(label, value) for label, value in given if as_number(value) is None)
    if not _note_series(len(given), len(kept), _has_text(value for _, value in given), lost, cursor):
        return []
    return [
        {
            "name": fitted_name(name, cursor),
            "type": "bar_chart",
            "value": [value for _, value in kept],
            "x_axis_name": fitted_texts([label for label, _ in kept], cursor),
            "y_axis_name": fitted_text(y_axis, cursor),
        }
    ]


def as_number(value: object) -> Number | None:
    """Return the finite number that the value is or that its text shows; None for other values and for booleans."""
    if isinstance(value, str):
        value = _shown_number(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int) and not -_INTEGERS_END <= value < _INTEGERS_END:
        value = float(value)  # JSON libraries hold at most 64 bits
    return value if math.isfinite(value) else None


def why_no_number(value: object) -> str:
    """Return the reason why ``as_number`` gives None, as the end of a sentence."""
    if value is None:
        return "the value is null"
    if isinstance(value, bool):
        return "the value is true or false, not a number"
    if isinstance(value, float):
        return "the value is not a finite number"
    if isinstance(value, str):
        return f'the text "{shortened(value, 20)}" is not a finite number'
    return "the value is a list or an object, not a number"


def fitted_name(name: object, cursor: Cursor) -> str:
    """Return a valid name for the schema: not only line breaks, at most 255 characters."""
    text = "" if name is None else clean(str(name))
    if not text.strip("\n\r\u2028\u2029"):
        cursor.note("the name is empty; it is shown as (unnamed)")
        return "(unnamed)"
    if len(text) > NAME_LIMIT:
        cursor.note(f"the name is longer than {NAME_LIMIT} characters; it was cut")
    return shortened(text, NAME_LIMIT)


def fitted_text(value: object, cursor: Cursor) -> str:
    """Return a text value or axis name of at most 63 characters."""
    return fitted_texts([value], cursor)[0]


def fitted_texts(values: Sequence[object], cursor: Cursor) -> list[str]:
    """Return texts of at most 63 characters each. One note covers all that were cut."""
    texts = [clean(str(value)) for value in values]
    cut = sum(len(text) > TEXT_LIMIT for text in texts)
    if cut:
        subject = "the text is" if len(texts) == 1 else f"{cut} of {len(texts)} labels are"
        cursor.note(f"{subject} longer than {TEXT_LIMIT} characters; cut there")
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


def _note_series(given: int, usable: int, has_text: bool, lost: Iterable[object], cursor: Cursor) -> bool:
    if not usable:
        cursor.omit("left out: it is empty" if not given else "left out: it holds no finite numbers")
        return False
    if usable < given:
        labels = [shortened(clean(str(label)), TEXT_LIMIT) for label in islice(lost, _MAX_NAMED + 1)]
        more = ["…"] if len(labels) > _MAX_NAMED else []
        named = f": {', '.join(labels[:_MAX_NAMED] + more)}" if labels else ""
        cursor.note(f"{given - usable} of {given} values were left out: they are not finite numbers{named}")
    if has_text:
        cursor.note("some values are text; they were read as numbers")
    return True
