"""Converts a report (bytes, text, or an object in memory) to a plain JSON object within limits.

A file is JSON, JSON Lines or CSV; rows of the last two become a list of objects.

Python's own ``NaN`` and ``Infinity`` are accepted: scikit-learn, MLflow and lm-evaluation-harness write them, and one
such value must not refuse the whole report. Later, each value that is not finite is left out with its path.
"""

import json
import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import cast

import orjson

from cardwright.reports import csv_rows, signatures
from cardwright.reports.cursor import Cursor
from cardwright.reports.translation import ROWS, Document, ReportInvalid

MAX_BYTES = 50_000_000
DEEPEST = 100
MAX_VALUES = 5_000_000  # twice as many as a report of 500 features with sketches has

MAX_HOLDERS = 1_000_000  # objects and lists, counted by their opening brackets

_JSON_TYPES = frozenset({"application/octet-stream", "binary/octet-stream", "application/x-json", "text/json"})
_TABLE_TYPES = frozenset(
    {"text/csv", "application/csv", "application/jsonl", "application/jsonlines", "application/x-ndjson"}
)


def open_document(source: object) -> Document:
    """Return the report as a plain object.

    Args:
        source: UTF-8 bytes or text of a JSON, JSON Lines or CSV file (at most 50 MB and 5 million values), or a
            mapping such as ``classification_report(output_dict=True)`` returns, numpy numbers included. A list of
            objects, as data frames are written, becomes the member ``ROWS`` of the document.

    Raises:
        ReportInvalid: the source is not JSON or CSV, is not an object at the top level, or exceeds a limit.
    """
    if isinstance(source, (bytes, str)):
        document = _parsed(source)
    elif isinstance(source, Mapping) or _is_rows(source):
        document = _Copier().copy(source, 0)
    else:
        raise ReportInvalid("A report must be bytes, text or a mapping.")
    if _is_rows(document):
        document = {ROWS: document}
    if not isinstance(document, dict):
        raise ReportInvalid(
            f"A report must be a JSON object at the top level; this file has another type of value{_hint(document)}."
        )
    _refuse_deep(document)
    return cast(Document, document)


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


_TEXTS = ": generated texts or references; upload the file with the scores, such as evaluation_results.json"


def _hint(value: object) -> str:
    """Return what a list probably is: BigCode's harness writes lists of generated texts."""
    items = cast(list[object], value) if isinstance(value, list) else []
    texts = (isinstance(item[0], str) if isinstance(item, list) and item else isinstance(item, str) for item in items)
    return _TEXTS if items and all(texts) else ""


def note_content_type(content_type: str | None, document: Document, cursor: Cursor) -> None:
    """Note a content type that is not JSON. Object stores guess it, so the report is still read."""
    if content_type is None:
        return
    media_type = content_type.partition(";")[0].strip().lower()
    promises_json = media_type in _JSON_TYPES or media_type == "application/json" or media_type.endswith("+json")
    if not promises_json and not (ROWS in document and media_type in _TABLE_TYPES):
        cursor.note("the content type is not JSON; the content was read as JSON anyway")


def _parsed(source: bytes | str) -> object:
    if len(source) > MAX_BYTES:
        raise ReportInvalid(f"The report is larger than {MAX_BYTES // 1_000_000} MB.")
    other = signatures.other_file(source)
    if other is not None:
        raise ReportInvalid(other)
    if _count(source, ",") > MAX_VALUES:  # 50 MB of empty lists would take 1.5 GB
        raise _too_many()
    if _count(source, "{") + _count(source, "[") > MAX_HOLDERS:  # an empty object needs as much memory as ten numbers
        raise ReportInvalid(f"The report holds more than {MAX_HOLDERS:,} objects and lists.")
    try:
        return orjson.loads(source)
    except orjson.JSONDecodeError:
        return _parsed_leniently(source)  # Python accepts a byte order mark, NaN and lone surrogates


def _count(source: bytes | str, sign: str) -> int:
    return source.count(sign.encode()) if isinstance(source, bytes) else source.count(sign)


def _parsed_leniently(source: bytes | str) -> object:
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source.removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise ReportInvalid("The report is not JSON: it is not UTF-8 text.") from None
    try:
        return _parsed_exactly(text)
    except json.JSONDecodeError as error:
        rows = csv_rows.rows_of_json_lines(text, _parsed_exactly) or csv_rows.rows_of_csv(text)
        if rows is not None:
            return rows
        where = f"line {error.lineno} column {error.colno}"
        raise ReportInvalid(f"The report is not JSON: it is truncated or invalid at {where}.") from None
    except RecursionError:
        raise _too_deep() from None


def _parsed_exactly(text: str) -> object:
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | float:
    """Parse an integer. Beyond 64 bits it becomes a float, as in orjson; Python refuses more than 4,300 digits."""
    return int(digits) if len(digits) < 19 else float(digits)


def _refuse_deep(document: object) -> None:
    level: list[object] = [document]
    for _ in range(DEEPEST):
        level = [
            child
            for holder in level
            for child in (holder.values() if isinstance(holder, dict) else cast(list[object], holder))
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> ReportInvalid:
    return ReportInvalid(f"The report is nested deeper than {DEEPEST} levels.")


def _too_many() -> ReportInvalid:
    return ReportInvalid(f"The report holds more than {MAX_VALUES:,} values.")


class _Copier:
    """Copies an object to plain JSON types and counts its values, because shared parts can expand without limit."""

    def __init__(self) -> None:
        self._values = 0

    def copy(self, value: object, depth: int) -> object:
        self._values += 1
        if self._values > MAX_VALUES:
            raise _too_many()
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(value, Mapping):
            return {self._key(key): self.copy(child, depth + 1) for key, child in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.copy(child, depth + 1) for child in value]
        return _plain(value)

    @staticmethod
    def _key(key: object) -> str:
        return str(_plain(key))


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # the text itself, also of an enum member
    if isinstance(value, Integral):
        number = int(value)
        return number if -(2**63) <= number < 2**63 else _float(number)
    if isinstance(value, Real):
        return _float(value)
    raise ReportInvalid(f"The report holds a value of type {type(value).__name__}, which JSON cannot represent.")


def _float(value: Real | int) -> float:
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.inf
