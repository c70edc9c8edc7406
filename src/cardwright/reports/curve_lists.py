"""Lists of numbers by step, as training writes them, in all layouts: a list, or ``{step: value}`` of a data frame."""

from collections.abc import Sequence
from typing import cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, linear_graph
from cardwright.reports.translation import Metric


def steps_of(value: object) -> Sequence[tuple[object, object]] | None:
    """Return the points of a curve; None for a value that is not a list of numbers by step."""
    values = _values(value)
    return None if values is None else list(enumerate(values))


def is_curve(value: object) -> bool:
    """Whether the value is a list of numbers by step."""
    return _values(value) is not None


def _values(value: object) -> Sequence[object] | None:
    if isinstance(value, list):
        values = cast(list[object], value)
    elif isinstance(value, dict) and "0" in value and list(value) == [str(step) for step in range(len(value))]:
        values = list(cast(dict[str, object], value).values())
    else:
        return None
    scalar = not any(isinstance(inner, (dict, list)) for inner in values)
    return values if scalar and any(as_number(inner) is not None for inner in values) else None


def curve(name: str, value: object, axes: tuple[str, str], cursor: Cursor) -> list[Metric]:
    """Build the graph of a curve, which :func:`steps_of` accepts. Steps count from 0, as training tools count them."""
    points = steps_of(value)
    if points is None:
        return []  # it is reported as left out
    cursor.mark_used()
    return linear_graph(name, points, axes, cursor)
