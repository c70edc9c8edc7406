"""Numbers as other tools write them: with a percent sign, with a deviation, as text, or not at all."""

import math
import re
from typing import NamedTuple

from cardwright.interchange.source import written

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_TEXT = re.compile(rf"({_NUMBER})\s*(%)?\s*((?:±|\+/-|\+-)\s*{_NUMBER}\s*%?)?")
_LONGEST = 60
_INTEGERS_END = 2**63  # JSON libraries hold at most 64 bits
_NOT_FINITE = frozenset({"nan", "infinity", "-infinity", "+infinity", "inf", "-inf", "+inf"})


class Reading(NamedTuple):
    """A metric's value.

    Attributes:
        kind: ``number``, ``string`` or ``boolean``, the types of SageMaker's simple metrics.
        value: the value in that type.
        note: what belongs to it and is not part of the number, such as ``%`` or ``± 1.2``.
        change: how it differs from the source; empty if it does not.
        fault: why there is no value; empty if there is one.
    """

    kind: str
    value: float | str | bool
    note: str = ""
    change: str = ""
    fault: str = ""


def read_number(value: object) -> Reading:
    """Read a scalar as a metric's value. A percentage is never divided by 100; a decimal comma is not guessed."""
    if isinstance(value, bool):
        return Reading("boolean", value)
    if isinstance(value, (int, float)):
        return _of_number(value)
    text = written(value).strip()
    found = _TEXT.fullmatch(text) if len(text) <= _LONGEST else None
    if found is not None:
        return _parsed(found)
    if not text:
        return _without_value("It has no value")
    if text.casefold() in _NOT_FINITE:
        return _without_value(f"{text} is not a finite number")
    return Reading("string", text, change="" if text == value else "Outer white space removed")


def _of_number(value: float) -> Reading:
    if not _is_finite(value):
        return _without_value(f"{value} is not a finite number")
    if isinstance(value, int) and not -_INTEGERS_END <= value < _INTEGERS_END:
        return Reading("number", float(value), change="Written with a fraction: it has more than 64 bits")
    return Reading("number", value)


def _parsed(found: re.Match[str]) -> Reading:
    number = _number(found[1])
    if not _is_finite(number):
        return _without_value(f"{found[0]} is too large for a number")
    note = " ".join(part for part in found.groups()[1:] if part)
    change = f"Read as the number {number!r}" + (f"; {note} is in the notes" if note else "")
    return Reading("number", number, note, change)


def _without_value(fault: str) -> Reading:
    return Reading("", "", fault=fault)


def _number(text: str) -> float:
    try:
        whole = int(text)
    except ValueError:
        return float(text)
    return whole if abs(whole) < 2**63 else float(text)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that no double can hold
        return False
