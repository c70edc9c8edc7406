"""Reads requests by shape: types first, then every constraint, each violation in AWS's sentence.

A shape of the service model is compiled once into a function from a JSON value to the value that operations
use: strings, numbers and flags as they are, timestamps as milliseconds since the epoch, structures
as dictionaries of the members that are present (null is absent, unknown members are ignored), lists as lists.
"""

import base64
import datetime
import math
import re
from collections.abc import Callable, Sized
from typing import TYPE_CHECKING, Any

from cardwright.aws.model import ServiceModel, Shape
from cardwright.core.errors import Invalid

if TYPE_CHECKING:
    import regex

Reader = Callable[[object, str, list[str]], Any]
"""Takes a value, its path in the request and the violations so far; returns the value read."""

_JAVA_ASTRAL = "\\uD800\\uDC00-\\uDBFF\\uDFFF"  # characters beyond U+FFFF, as Java's patterns name their range
_DEEPEST = 240  # dots in a path; bounds the recursion of a shape that contains itself (SearchExpression: 3 dots)
_LISTED = 100  # violations of one request that a message lists
_SHOWN = 1024  # characters of a value that a message repeats


class Unreadable(Exception):
    """A value is of the wrong JSON type: AWS's SerializationException."""


class InvalidRequest(Invalid):
    """Members break the constraints of their shapes. The message lists them, at most ``_LISTED``."""

    def __init__(self, violations: list[str]) -> None:
        noun = "error" if len(violations) == 1 else "errors"
        number = f"{len(violations)} or more" if len(violations) == _LISTED else len(violations)
        super().__init__(f"{number} validation {noun} detected: " + "; ".join(violations))


class _Violations(list[str]):
    """The violations of a request. Reading stops when a message has no room for another one."""

    def append(self, violation: str) -> None:
        super().append(violation)
        if len(self) == _LISTED:
            raise InvalidRequest(self)


RequestReader = Callable[[object], dict[str, Any]]
"""Reads the requests of an operation. It raises :class:`Unreadable` or :class:`InvalidRequest`."""


def request_reader(model: ServiceModel, operation: str) -> RequestReader:
    """Compile the reader of an operation's requests; its patterns take about a millisecond."""
    read = _Compiler(model).reader(model.input_of(operation))

    def read_request(value: object) -> dict[str, Any]:
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

        def later(value: object, path: str, violations: list[str]) -> Any:
            return self._readers[name](value, path, violations)

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

    def read(value: object, path: str, violations: list[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _unreadable("a JSON object", value, path)
        prefix = path + "." if path else ""
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

    def read(value: object, path: str, violations: list[str]) -> list[Any]:
        if not isinstance(value, list):
            raise _unreadable("a JSON array", value, path)
        if path.count(".") > _DEEPEST:
            raise Unreadable("The request is nested too deeply")
        if not check_length(value, path, violations):
            return []  # each member would add a violation
        return [
            read_member(_present(item, path), f"{path}.{number}.member", violations)
            for number, item in enumerate(value, start=1)
        ]

    return read


def _map(compiler: _Compiler, shape: Shape) -> Reader:
    read_key = compiler.reader(shape["key"]["shape"])
    read_value = compiler.reader(shape["value"]["shape"])
    check_length = _length_check(shape)

    def read(value: object, path: str, violations: list[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _unreadable("a JSON object", value, path)
        if not check_length(value, path, violations):
            return {}
        return {
            read_key(key, f"{path}.key", violations): read_value(_present(item, path), f"{path}.value", violations)
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

    def read(value: object, path: str, violations: list[str]) -> str:
        if not isinstance(value, str):
            raise _unreadable("a string", value, path)
        fits = check_length(value, path, violations)
        if "\x00" in value:  # AWS's patterns do not mean to allow it, and PostgreSQL's text cannot store it
            violations.append(_violation(value, path, "Member must not contain the character U+0000", shown))
        if enum and value not in enum:
            violations.append(_violation(value, path, f"Member must satisfy enum value set: [{choices}]", shown))
        # The time of a pattern may grow with the square of the length, so it is not tried on far too long text.
        if pattern is not None and (fits or len(value) <= _SHOWN) and pattern.fullmatch(value) is None:
            wanted = f"Member must satisfy regular expression pattern: {pattern_text}"
            violations.append(_violation(value, path, wanted, shown))
        return value

    return read


def _pattern(text: str) -> "re.Pattern[str] | regex.Pattern[str] | None":
    r"""Compile a pattern. AWS's ".*" means any text, line ends included, as card content may have them.

    Python's own ``re`` is five times faster, but does not support ``\p{L}``.
    """
    if text in {"", ".*"}:
        return None
    if r"\p" not in text:
        return re.compile(text, re.DOTALL)
    import regex

    return regex.compile(text, regex.DOTALL)


def _length_check(shape: Shape) -> Callable[[Sized, str, list[str]], bool]:
    minimum, maximum = shape.get("min", 0), shape.get("max", math.inf)
    shown = shape["type"] == "string" and not shape.get("sensitive")

    def check(value: Sized, path: str, violations: list[str]) -> bool:
        fits: bool = minimum <= len(value) <= maximum
        if not fits:
            wanted = (
                f"greater than or equal to {minimum}" if len(value) < minimum else f"less than or equal to {maximum}"
            )
            violations.append(_violation(value, path, f"Member must have length {wanted}", shown))
        return fits

    return check


def _number(limit: float, whole: bool) -> Callable[[_Compiler, Shape], Reader]:
    def compile_number(_: _Compiler, shape: Shape) -> Reader:
        minimum, maximum = shape.get("min", -math.inf), shape.get("max", math.inf)

        def read(value: object, path: str, violations: list[str]) -> int | float:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _unreadable("a number", value, path)
            if not -limit <= value < limit or (whole and value != int(value)):
                raise Unreadable(f"The value at '{path}' is not a whole number of its type's range")
            number = int(value) if whole else value
            if not minimum <= number <= maximum:
                wanted = (
                    f"greater than or equal to {minimum}" if number < minimum else f"less than or equal to {maximum}"
                )
                violations.append(_violation(number, path, f"Member must have value {wanted}", shown=True))
            return number

        return read

    return compile_number


def _blob(_: _Compiler, shape: Shape) -> Reader:
    check_length = _length_check(shape)

    def read(value: object, path: str, violations: list[str]) -> bytes:
        if not isinstance(value, str):
            raise _unreadable("Base64 text", value, path)
        try:
            data = base64.b64decode(value, validate=True)
        except ValueError:
            raise Unreadable(f"The text at '{path}' is not Base64") from None
        check_length(data, path, violations)
        return data

    return read


def _boolean(_: _Compiler, __: Shape) -> Reader:
    def read(value: object, path: str, _violations: list[str]) -> bool:
        if not isinstance(value, bool):
            raise _unreadable("true or false", value, path)
        return value

    return read


_LAST_SECOND = 253_402_300_800  # the year 10000


def _timestamp(_: _Compiler, __: Shape) -> Reader:
    """Seconds since the epoch, as in AWS JSON, or ISO 8601 text; read as milliseconds."""

    def read(value: object, path: str, _violations: list[str]) -> int:
        if isinstance(value, str):
            try:
                moment = datetime.datetime.fromisoformat(value)
            except ValueError:
                raise _unreadable("a timestamp", value, path) from None
            value = (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unreadable("a timestamp", value, path)
        if not -_LAST_SECOND < value < _LAST_SECOND:
            raise Unreadable(f"The timestamp at '{path}' is out of range")
        return round(value * 1000)

    return read


_COMPILERS: dict[str, Callable[[_Compiler, Shape], Reader]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "blob": _blob,
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


def _unreadable(wanted: str, value: object, path: str) -> Unreadable:
    where = f"at '{path}'" if path else "as the request"
    found = _JSON_NAMES[type(value)]
    return Unreadable(f"{found[:1].upper()}{found[1:]} found {where} where {wanted} is expected")


def _present(value: object, path: str) -> object:
    if value is None:
        raise Unreadable(f"Null found in the collection at '{path}'")
    return value


def _violation(value: object, path: str, wanted: str, shown: bool) -> str:
    if not shown:
        return f"Value at '{path}' failed to satisfy constraint: {wanted}"
    text = str(value)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return f"Value '{text}' at '{path}' failed to satisfy constraint: {wanted}"


def _wire_case(name: str) -> str:
    """``ModelCardName`` as AWS's sentences spell it, ``modelCardName``."""
    return name[:1].lower() + name[1:]
