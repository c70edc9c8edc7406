"""Reads requests by shape: types first, then every constraint, each violation in AWS's sentence.

A shape of the service model is compiled once into a function that takes a JSON value and gives the value that
operations work with: strings, numbers and flags as they are, timestamps as milliseconds since the epoch, structures
as dictionaries of the members that are present (null is absent, unknown members are ignored), lists as lists.
"""

import datetime
import math
import re
from collections.abc import Callable
from typing import Any

import regex

from cardwright.aws.model import ServiceModel, Shape
from cardwright.core.errors import Invalid

Reader = Callable[[Any, str, list[str]], Any]
"""Takes a value, its place and the violations found so far; gives the value read."""

_JAVA_ASTRAL = "\\uD800\\uDC00-\\uDBFF\\uDFFF"  # characters beyond U+FFFF, as Java's patterns name their range
_DEEPEST = 240  # dots in a place; a shape that contains itself (SearchExpression: 3 dots) ends here, not the stack
_LISTED = 100  # violations of one request that a message names
_SHOWN = 1024  # characters of a value that a message repeats


class Unreadable(Exception):
    """A value is of the wrong JSON type: AWS's SerializationException."""


class InvalidRequest(Invalid):
    """Members break the constraints of their shapes. The message names every one of them, ``_LISTED`` at most."""

    def __init__(self, violations: list[str]) -> None:
        noun = "error" if len(violations) == 1 else "errors"
        number = f"{len(violations)} or more" if len(violations) == _LISTED else len(violations)
        super().__init__(f"{number} validation {noun} detected: " + "; ".join(violations))


class _Violations(list[str]):
    """What is wrong with a request. So much that no one would read it ends the reading."""

    def append(self, violation: str) -> None:
        super().append(violation)
        if len(self) == _LISTED:
            raise InvalidRequest(self)


RequestReader = Callable[[Any], dict[str, Any]]
"""Reads the requests of an operation. It raises :class:`Unreadable` or :class:`InvalidRequest`."""


def request_reader(model: ServiceModel, operation: str) -> RequestReader:
    """Compile what reads the requests of an operation; its patterns cost about a millisecond."""
    read = _Compiler(model).reader(model.input_of(operation))

    def read_request(value: Any) -> dict[str, Any]:
        violations = _Violations()
        request: dict[str, Any] = read(value, "", violations)
        if violations:
            raise InvalidRequest(violations)
        return request

    return read_request


class _Compiler:
    """Compiles shapes, each once; a shape may contain itself."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._readers: dict[str, Reader] = {}

    def reader(self, name: str) -> Reader:
        if name in self._readers:
            return self._readers[name]

        def later(value: Any, place: str, violations: list[str]) -> Any:
            return self._readers[name](value, place, violations)

        self._readers[name] = later
        shape = self._model.shape(name)
        compiled = _COMPILERS[shape["type"]](self, shape)
        self._readers[name] = compiled
        return compiled


def _structure(compiler: _Compiler, shape: Shape) -> Reader:
    required = shape.get("required", ())
    members = [
        (name, _wire_case(name), compiler.reader(member["shape"]), name in required)
        for name, member in shape["members"].items()
    ]

    def read(value: Any, place: str, violations: list[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _unreadable("a JSON object", value, place)
        prefix = place + "." if place else ""
        found = {}
        for name, spelled, read_member, is_required in members:
            member = value.get(name)
            if member is not None:
                found[name] = read_member(member, prefix + spelled, violations)
            elif is_required:
                violations.append(
                    f"Value null at '{prefix}{spelled}' failed to satisfy constraint: Member must not be null"
                )
        return found

    return read


def _list(compiler: _Compiler, shape: Shape) -> Reader:
    read_member = compiler.reader(shape["member"]["shape"])
    check_length = _length_check(shape)

    def read(value: Any, place: str, violations: list[str]) -> list[Any]:
        if not isinstance(value, list):
            raise _unreadable("a JSON array", value, place)
        if place.count(".") > _DEEPEST:
            raise Unreadable("The request is nested too deeply")
        if not check_length(value, place, violations):
            return []  # its members would add a sentence each
        return [
            read_member(_present(item, place), f"{place}.{number}.member", violations)
            for number, item in enumerate(value, start=1)
        ]

    return read


def _map(compiler: _Compiler, shape: Shape) -> Reader:
    read_key = compiler.reader(shape["key"]["shape"])
    read_value = compiler.reader(shape["value"]["shape"])
    check_length = _length_check(shape)

    def read(value: Any, place: str, violations: list[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _unreadable("a JSON object", value, place)
        if not check_length(value, place, violations):
            return {}
        return {
            read_key(key, f"{place}.key", violations): read_value(_present(item, place), f"{place}.value", violations)
            for key, item in value.items()
        }

    return read


def _string(_: _Compiler, shape: Shape) -> Reader:
    check_length = _length_check(shape)
    enum = frozenset(shape.get("enum", ()))
    choices = ", ".join(shape.get("enum", ()))
    pattern_text = shape.get("pattern", "")
    pattern = _pattern(pattern_text.replace(_JAVA_ASTRAL, "\\U00010000-\\U0010FFFF"))
    shown = not shape.get("sensitive")

    def read(value: Any, place: str, violations: list[str]) -> str:
        if not isinstance(value, str):
            raise _unreadable("a string", value, place)
        fits = check_length(value, place, violations)
        if "\x00" in value:  # no pattern of AWS's means to allow it, and PostgreSQL keeps it in no text
            violations.append(_violation(value, place, "Member must not contain the character U+0000", shown))
        if enum and value not in enum:
            violations.append(_violation(value, place, f"Member must satisfy enum value set: [{choices}]", shown))
        # A pattern may take time with the square of the length: none is tried on what is far too long.
        if pattern is not None and (fits or len(value) <= _SHOWN) and pattern.fullmatch(value) is None:
            wanted = f"Member must satisfy regular expression pattern: {pattern_text}"
            violations.append(_violation(value, place, wanted, shown))
        return value

    return read


def _pattern(text: str) -> "re.Pattern[str] | regex.Pattern[str] | None":
    r"""AWS's ".*" means anything; "." alone would leave out line ends, which card content may have.

    Python's own ``re`` is five times faster, and knows no ``\p{L}``.
    """
    if text in {"", ".*"}:
        return None
    return regex.compile(text, regex.DOTALL) if r"\p" in text else re.compile(text, re.DOTALL)


def _length_check(shape: Shape) -> Callable[[Any, str, list[str]], bool]:
    least, most = shape.get("min", 0), shape.get("max", math.inf)
    shown = shape["type"] == "string" and not shape.get("sensitive")

    def check(value: Any, place: str, violations: list[str]) -> bool:
        fits: bool = least <= len(value) <= most
        if not fits:
            wanted = f"greater than or equal to {least}" if len(value) < least else f"less than or equal to {most}"
            violations.append(_violation(value, place, f"Member must have length {wanted}", shown))
        return fits

    return check


def _number(limit: float, whole: bool) -> Callable[[_Compiler, Shape], Reader]:
    def compile_number(_: _Compiler, shape: Shape) -> Reader:
        least, most = shape.get("min", -math.inf), shape.get("max", math.inf)

        def read(value: Any, place: str, violations: list[str]) -> int | float:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _unreadable("a number", value, place)
            if not -limit <= value < limit or (whole and value != int(value)):
                raise Unreadable(f"The value at '{place}' is not a whole number of its type's range")
            number = int(value) if whole else value
            if not least <= number <= most:
                wanted = f"greater than or equal to {least}" if number < least else f"less than or equal to {most}"
                violations.append(_violation(number, place, f"Member must have value {wanted}", shown=True))
            return number

        return read

    return compile_number


def _boolean(_: _Compiler, __: Shape) -> Reader:
    def read(value: Any, place: str, _violations: list[str]) -> bool:
        if not isinstance(value, bool):
            raise _unreadable("true or false", value, place)
        return value

    return read


_LAST_SECOND = 253_402_300_800  # the year 10000


def _timestamp(_: _Compiler, __: Shape) -> Reader:
    """Seconds since the epoch, as AWS JSON has it, or ISO 8601 text; gives milliseconds."""

    def read(value: Any, place: str, _violations: list[str]) -> int:
        if isinstance(value, str):
            try:
                moment = datetime.datetime.fromisoformat(value)
            except ValueError:
                raise _unreadable("a timestamp", value, place) from None
            value = (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unreadable("a timestamp", value, place)
        if not -_LAST_SECOND < value < _LAST_SECOND:
            raise Unreadable(f"The timestamp at '{place}' is out of range")
        return round(value * 1000)

    return read


_COMPILERS: dict[str, Callable[[_Compiler, Shape], Reader]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _number(2**31, whole=True),
    "long": _number(2**63, whole=True),
    "float": _number(math.inf, whole=False),
    "double": _number(math.inf, whole=False),
    "boolean": _boolean,
    "timestamp": _timestamp,
}

_JSON_NAMES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _unreadable(wanted: str, value: Any, place: str) -> Unreadable:
    where = f"at '{place}'" if place else "as the request"
    found = _JSON_NAMES[type(value)]
    return Unreadable(f"{found[:1].upper()}{found[1:]} found {where} where {wanted} is expected")


def _present(value: Any, place: str) -> Any:
    if value is None:
        raise Unreadable(f"Null found in the collection at '{place}'")
    return value


def _violation(value: Any, place: str, wanted: str, shown: bool) -> str:
    if not shown:
        return f"Value at '{place}' failed to satisfy constraint: {wanted}"
    text = str(value)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return f"Value '{text}' at '{place}' failed to satisfy constraint: {wanted}"


def _wire_case(name: str) -> str:
    """``ModelCardName`` as AWS's sentences spell it, ``modelCardName``."""
    return name[:1].lower() + name[1:]
