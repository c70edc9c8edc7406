"""Parses card content and keeps the digits of each number as written."""

import json

from cardwright.core.content import ROOT
from cardwright.core.errors import ContentInvalid, Violation
from cardwright.formats.values import Number, number_of


def parse_literally(content: str) -> object:
    """Parse JSON with every number as a :class:`Number`. The last of duplicate members wins.

    This parser is more lenient than ``core.content.parse``, because cards from another server may hold what
    Cardwright refuses: NaN, numbers beyond a double, lone surrogates (which become U+FFFD).

    Raises:
        ContentInvalid: the text is not JSON.
    """
    fault = ""
    value: object = None
    try:
        value = json.loads(
            content,
            parse_float=number_of,
            parse_int=number_of,
            parse_constant=lambda word: Number(word, None),
            strict=False,
        )
    except json.JSONDecodeError as error:
        fault = f"{error.msg} at line {error.lineno} column {error.colno}"
    except RecursionError:
        fault = "nested too deep"
    # Raised outside the handler: the parser's error holds the whole text and would become the __context__.
    if fault:
        raise ContentInvalid([Violation(ROOT, f"Invalid JSON: {fault}")])
    return _repaired(value) if "\\ud" in content.lower() else value


def _repaired(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_repaired(item) for item in value]
    if isinstance(value, dict):
        return {_repaired(key): _repaired(item) for key, item in value.items()}
    return value
