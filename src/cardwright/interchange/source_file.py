"""A file to import: its bytes, its text, and its JSON, each read once and strictly."""

import json
from collections import Counter
from functools import cached_property
from hashlib import sha256
from typing import NoReturn

from cardwright.core.content import DEPTH
from cardwright.core.errors import Invalid

LARGEST = 20_000_000
"""Bytes of the largest file that can be imported."""
DEEPEST = DEPTH
"""Levels of nesting, as of card content."""
MOST_VALUES = 200_000
"""Values of a document, and so lines of a loss report."""
_MOST_SIGNS = 5 * MOST_VALUES  # brackets of a document, also those in texts: an empty object takes 64 bytes
_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_ARCHIVES = {b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF document"}


class Unreadable(Invalid):
    """The file breaks the rules of its format, or is in no known format."""


class SourceFile:
    """The bytes of a file with its name.

    Args:
        data: the whole file; of a larger one, the first ``LARGEST`` bytes and one more.
        name: the file's name without folders; empty if it is not known.

    Raises:
        Unreadable: the file is empty or larger than ``LARGEST``.
    """

    def __init__(self, data: bytes, name: str = "") -> None:
        if len(data) > LARGEST:
            raise Unreadable(f"The file is larger than {LARGEST // 1_000_000} MB, the import limit")
        if not data.strip():
            raise Unreadable("The file is empty")
        self.data = data
        self.name = name

    @cached_property
    def sha256(self) -> str:
        """The lower-case hexadecimal SHA-256 of the bytes."""
        return sha256(self.data).hexdigest()

    @cached_property
    def text(self) -> str:
        """The file as text, without a byte order mark.

        Raises:
            Unreadable: the file is not UTF-8 text; names the byte.
        """
        kind = next((name for start, name in _ARCHIVES.items() if self.data.startswith(start)), "")
        if kind:
            raise Unreadable(f"The file is {kind}, not text. Give the card file that is in it")
        encoding = _BOMS.get(self.data[:2])
        if encoding is not None:
            raise Unreadable(f"The file is {encoding} text: save it in UTF-8")
        fault = ""
        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            fault = f"The file is not UTF-8 text (byte {error.start + 1}): save it in UTF-8"
        if fault:  # outside the handler, because the decoder's error holds the whole file
            raise Unreadable(fault)
        place = text.find("\0")
        if place >= 0:
            raise Unreadable(f"The file is binary: character {place + 1:,} is a null character")
        return text

    @property
    def looks_like_json(self) -> bool:
        """Whether the first character is that of a JSON object or list."""
        return self.data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}

    @cached_property
    def json(self) -> object:
        """The parsed JSON document.

        Raises:
            Unreadable: the file is not JSON, has a repeated member, or nests deeper than ``DEEPEST``. Names the place.
        """
        return parsed_json(self.text)

    def json_object(self) -> dict[str, object]:
        """Return the parsed document if the file starts as a JSON object and is one; an empty one otherwise.

        Recognisers ask here: a broken document is recognised by none, and the last format names its fault.
        """
        if not self.looks_like_json:
            return {}
        try:
            value = self.json
        except Unreadable:
            return {}
        return value if isinstance(value, dict) else {}


def parsed_json(text: str) -> object:
    """Parse JSON text strictly.

    Raises:
        Unreadable: as :attr:`SourceFile.json`.
    """
    if text.count("{") + text.count("[") > _MOST_SIGNS:
        raise Unreadable(f"The document has more than {MOST_VALUES:,} values")
    fault, value = "", None
    try:
        value = json.loads(text, object_pairs_hook=_members)
        check_size(value)
    except json.JSONDecodeError as error:
        place = f"at line {error.lineno} column {error.colno}"
        fault = f"This is not JSON: {error.msg.removesuffix(' at')} {place}"
        if error.msg == "Extra data":
            fault = f"More text follows the JSON document {place}: a file has one document"
    except RecursionError:
        fault = f"The document nests more than {DEEPEST} levels deep"
    except ValueError as error:  # an integer of thousands of digits
        if isinstance(error, Unreadable):
            raise
        fault = "This is not JSON: a number has too many digits"
    if fault:
        raise Unreadable(fault)
    return value


def check_size(value: object) -> None:
    """Refuse a document that nests deeper than ``DEEPEST``, or has more than ``MOST_VALUES`` values.

    Raises:
        Unreadable: it does.
    """
    level, count = [value], 0
    for _ in range(DEEPEST + 1):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list)))
        level = [item for items in inner for item in items]
        count += len(level)
        if count > MOST_VALUES:
            raise Unreadable(f"The document has more than {MOST_VALUES:,} values")
        if not level:
            return
    raise Unreadable(f"The document nests more than {DEEPEST} levels deep")


def clean(text: str) -> str:
    """Replace lone surrogates: JSON can escape them (``"\\ud800"``), but UTF-8 cannot hold them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = {clean(key): _cleaned(value) for key, value in pairs}
    if len(found) != len(pairs):
        refuse_repeated(Counter(clean(key) for key, _ in pairs).most_common(1)[0][0])
    return found


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) if isinstance(item, (str, list)) else item for item in value]
    return value


def refuse_repeated(key: str) -> NoReturn:
    """Refuse a document with a repeated key.

    Raises:
        Unreadable: always.
    """
    shown = key if len(key) <= 60 else key[:60] + "…"
    raise Unreadable(f"The key “{shown}” occurs twice in one object: remove one")
