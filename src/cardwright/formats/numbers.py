"""Rounds stored numbers for people: four decimals below 1, four significant digits elsewhere.

A number below 0.001 keeps four significant digits, without zeros that are not stored. Whole numbers are never rounded.
Separators come from 1,000 on, minus signs are true ones. The stored digits stay in
:class:`~cardwright.formats.values.Number`; nothing here changes them.
"""

from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeAlias

Stored: TypeAlias = str | int | float | Decimal
"""A number as stored: its JSON literal, or the value that a parser made of it."""

MINUS, NARROW = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SIGNIFICANT = 4
_BELOW_ONE = 4  # decimals
_WIDE = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)
_SHORT = Context(prec=_SIGNIFICANT, Emax=MAX_EMAX, Emin=MIN_EMIN)
_PLAIN_FROM, _PLAIN_TO = -7, 15  # powers of ten; numbers outside are written with an exponent
_LONGEST_COUNT = 30  # digits
_ONE = Decimal(1)
_KEPT_LENGTH = 24  # characters of a literal whose rounded form is kept


def rounded(number: Stored) -> str:
    """Round one number: ``0.8720``, ``41.24``, ``0.00003127``, ``1,842,770``.

    A literal that is not a finite number is returned as it is.
    """
    return _kept_rounded(number) if isinstance(number, str) and len(number) <= _KEPT_LENGTH else _rounded(number)


def _rounded(number: Stored) -> str:
    exact = _exact(number)
    if exact is None:
        return str(number)
    return _written(exact, _places(exact))


_kept_rounded = lru_cache(maxsize=8192)(_rounded)  # a page needs each number several times


def rounded_column(numbers: Sequence[Stored]) -> list[str]:
    """Round the numbers of one quantity to the same decimals: those of the largest.

    A number that would become 0 keeps its own digits.
    """
    known = [exact for exact in map(_exact, numbers) if exact is not None]
    places = column_places(known)
    return [rounded_to(number, places) for number in numbers]


def column_places(numbers: Sequence[Stored]) -> int:
    """Return the decimals of a column; 0 when all its numbers are whole."""
    known = [exact for exact in map(_exact, numbers) if exact is not None]
    if all(map(_is_whole, known)):
        return 0
    largest = max(known, key=Decimal.copy_abs).copy_abs()
    return _BELOW_ONE if largest <= 1 else max(0, _SIGNIFICANT - 1 - largest.adjusted())


def rounded_to(number: Stored, places: int) -> str:
    """Round one number to the decimals of its column. A number that would become 0 keeps its own digits."""
    exact = _exact(number)
    if exact is None:
        return str(number)
    return _written(exact, _places(exact) if _vanishes(exact, places) else places)


def with_deviation(number: Stored, deviation: Stored) -> str:
    """Round a number with its standard deviation to the same decimals: ``0.902 ± 0.011``."""
    exact, spread = _exact(number), _exact(deviation)
    if exact is None or spread is None:
        return f"{rounded(number)}{NARROW}± {rounded(deviation)}"
    places = _places(exact)
    stored = max(0, -int(exact.as_tuple().exponent))
    if stored < places and not _vanishes(spread, stored):
        places = stored
    if _vanishes(spread, places):
        return f"{rounded(exact)}{NARROW}± {rounded(spread)}"
    return f"{_written(exact, places)}{NARROW}± {_written(spread, places)}"


def deviation(number: Stored, spread: Stored) -> str:
    """Round a deviation to the decimals of its rounded number, for a column of its own: ``± 0.0113``."""
    exact = _exact(number)
    return f"± {rounded(spread) if exact is None else rounded_to(spread, _places(exact))}"


def difference(before: Stored, after: Stored) -> str | None:
    """Subtract two stored numbers, then round: ``+0.0260``, ``−3.6``; None unless both are finite.

    The decimals are those of the larger number. A difference that would become 0 keeps its own digits.
    """
    one, other = _exact(before), _exact(after)
    if one is None or other is None:
        return None
    exact = _WIDE.subtract(other, one)
    if not exact:
        return "0"
    text = rounded_to(exact, column_places((one, other)))
    return text if exact < 0 else f"+{text}"


def percent(share: float, places: int = 1) -> str:
    """Write a share of 1 in percent: ``97.4 %``, and ``<0.1 %`` where a share above 0 would be 0.0."""
    written = f"{share * 100:.{places}f}"
    if share > 0 and not float(written):
        written = f"<{10**-places:.{places}f}"
    return f"{written}{NARROW}%"


def _exact(number: Stored) -> Decimal | None:
    """The number as a decimal with the digits that it was written with; None when it is not finite."""
    try:
        exact = Decimal(repr(number) if isinstance(number, float) else number)
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None


def _is_whole(exact: Decimal) -> bool:
    return (exact.adjusted() < _PLAIN_TO and exact == exact.to_integral_value()) or _is_count(exact)


def _is_count(exact: Decimal) -> bool:
    """Whether a number was written as digits alone."""
    return exact.same_quantum(_ONE) and exact.adjusted() < _LONGEST_COUNT


def _places(exact: Decimal) -> int:
    """The decimals of one number."""
    if _is_whole(exact):
        return 0
    power = _SHORT.plus(exact).adjusted()
    if power >= 0 and exact.adjusted() >= 0:
        return max(0, _SIGNIFICANT - 1 - power)
    if power >= -3:
        return _BELOW_ONE
    return min(_SIGNIFICANT - 1 - power, max(_BELOW_ONE, -int(exact.as_tuple().exponent)))


def _vanishes(exact: Decimal, places: int) -> bool:
    return bool(exact) and _WIDE.multiply(exact.copy_abs(), 2) < _unit(places)


@lru_cache(maxsize=64)
def _unit(places: int) -> Decimal:
    """One in the last of these decimals."""
    return _ONE.scaleb(-places)


def _written(exact: Decimal, places: int) -> str:
    power = exact.adjusted()
    if exact and not _PLAIN_FROM <= power < _PLAIN_TO and not _is_count(exact):
        return _with_exponent(exact)
    text = f"{_cut(exact, places):,.{places}f}"
    return MINUS + text[1:] if text.startswith("-") else text


def _cut(exact: Decimal, places: int) -> Decimal:
    cut = exact.quantize(_unit(places), ROUND_HALF_EVEN, _WIDE)
    return cut or Decimal(0)  # never -0


def _with_exponent(exact: Decimal) -> str:
    short = _SHORT.plus(exact)
    mantissa = f"{short.scaleb(-short.adjusted(), _SHORT).normalize(_SHORT):f}".replace("-", MINUS)
    return f"{mantissa}×10{str(short.adjusted()).translate(_SUPERSCRIPTS)}"
