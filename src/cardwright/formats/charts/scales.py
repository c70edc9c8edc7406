"""Scales of axes: rounded ends and steps of 1, 2, 2.5 or 5 times a power of ten.

Ends and steps are exact decimals. So labels never show 0.30000000000000004, and a range of 1e308 does not overflow.
"""

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from cardwright.formats.charts.chart import Axis, Tick
from cardwright.formats.values import Text

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_INTERVALS = 5
_PRECISION = 40
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIGITS = 6  # decimals of a position: a thousandth of a pixel


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of an axis with its ticks. :func:`scale_over` creates it."""

    low: float
    high: float
    ticks: tuple[Tick, ...]

    def position(self, value: float) -> float:
        """The position of a finite value, 0 to 1. Values outside the range get the nearer end."""
        # Division by 16 is exact and keeps both differences from overflowing.
        low, span = self.low / 16, self.high / 16 - self.low / 16
        share = (value / 16 - low) / span if span else 0.5
        return round(min(1.0, max(0.0, share)), _DIGITS)

    def axis(self, title: Text | None, stored_title: Text | None = None) -> Axis:
        return Axis(title, self.ticks, stored_title)


@functools.cache
def unit_scale() -> Scale:
    """A scale from 0 to 1 in steps of 0.2, for rates and shares."""
    return _scale(Decimal(0), Decimal(1), Decimal("0.2"))


def scale_over(values: Iterable[float], *, including: float | None = None) -> Scale:
    """A scale from the smallest to the largest value, with both ends rounded outwards to a step.

    Args:
        values: finite numbers; may be empty.
        including: a number that must be on the scale, such as 0 as the base of bars.
    """
    found = [*values] if including is None else [*values, including]
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    with localcontext(prec=_PRECISION):
        bottom, top = Decimal(low), Decimal(high)
        if top - bottom <= abs(top) * Decimal("1e-12"):
            margin = abs(top) / 2 or Decimal(1)
            bottom, top = bottom - margin, top + margin
        step = _step((top - bottom) / _INTERVALS)
        first, last = (bottom / step).__floor__(), (top / step).__ceil__()
        return _scale(first * step, last * step, step)


def _step(raw: Decimal) -> Decimal:
    power = Decimal(1).scaleb(raw.adjusted())
    return next(step * power for step in _STEPS if step * power >= raw * Decimal("0.999"))


def _scale(low: Decimal, high: Decimal, step: Decimal) -> Scale:
    with localcontext(prec=_PRECISION):
        count = int((high - low) / step)
        largest = max(abs(low), abs(high))
        ticks = [
            Tick(round(index / count, _DIGITS), _label(low + index * step, step, largest)) for index in range(count + 1)
        ]
    return Scale(_finite(low), _finite(high), tuple(ticks))


def _label(value: Decimal, step: Decimal, largest: Decimal) -> str:
    power = largest.adjusted()
    if -5 <= power < 7:
        exponent = step.normalize().as_tuple().exponent
        places = max(0, -int(exponent))
        return f"{value:,.{places}f}" if power >= 4 else f"{value:.{places}f}"  # no commas below 10,000: years
    if not value:
        return "0"
    mantissa = (value.scaleb(-power)).normalize()
    return f"{mantissa:f}×10{str(power).translate(_SUPERSCRIPTS)}"


def _finite(value: Decimal) -> float:
    number = float(value)
    return number if math.isfinite(number) else math.copysign(1.7976931348623157e308, number)
