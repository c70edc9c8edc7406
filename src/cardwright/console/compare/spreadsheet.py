"""The metrics of a comparison as CSV, with stored values."""

import csv
import io
import math
from collections.abc import Iterator

from cardwright.core.card import Description
from cardwright.core.comparison import Comparison
from cardwright.core.measures import is_number

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # beginnings that a spreadsheet takes for a formula


def as_csv(found: Comparison, cards: tuple[Description, Description]) -> str:
    """Return one row for each metric. Text that begins like a formula gets an apostrophe."""
    one, other = (f"{card.name}:{card.version}" for card in cards)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(
        (
            *("evaluation job", "paired with", "paired by", "metric group", "metric", one, f"{one} deviation"),
            *(other, f"{other} deviation", "difference", "relative", "direction", "verdict", "within deviation"),
        )
    )
    rows.writerows([_cell(value) for value in row] for row in _rows(found))
    return written.getvalue()


def _rows(found: Comparison) -> Iterator[tuple[object, ...]]:
    for metric in found.metrics:
        pair = metric.pair
        partner = pair.before.name if pair.before and pair.after else ""
        relative = metric.relative
        yield (
            *(pair.name, partner, pair.how or "", metric.group, metric.name, metric.before, metric.before_deviation),
            *(metric.after, metric.after_deviation, metric.difference),
            relative if relative is not None and math.isfinite(relative) else None,
            *(metric.direction, metric.verdict, "yes" if metric.within else "no"),
        )


def _cell(value: object) -> object:
    if value is None or is_number(value):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
