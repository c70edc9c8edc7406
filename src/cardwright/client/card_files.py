"""Cards in exported files, for checks without a store."""

import os
from collections.abc import Mapping
from pathlib import Path

from cardwright.core.content import parse
from cardwright.core.errors import ContentInvalid, Invalid
from cardwright.core.policy.subject import CardVersion, card_version
from cardwright.formats.checks import Source
from cardwright.interchange import Unreadable, read_card

LARGEST = 10_000_000
"""Bytes of a file."""

_RECORD = "cardwright-record-1"
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
_ENDINGS = (".record.json", ".json")


def read_card_file(path: Path) -> tuple[CardVersion, Source]:
    """Read a card from a file: a record, content, a response of DescribeModelCard, or a format of ``interchange``.

    A file without a name for the card gives it its own name, without the extension.

    Raises:
        Invalid: the file is too large, or no card can be read from it.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)  # a device or a pipe has no size
    if len(data) > LARGEST:
        raise Unreadable(f"The file is larger than {LARGEST:,} bytes")
    text = data.decode("utf-8-sig", errors="replace")
    return _record(text) or _imported(data, path), Source(_below_root(path), text)


def _record(text: str) -> CardVersion | None:
    """Return the version in a record of ``export``; None for any other text."""
    if _RECORD not in text:
        return None
    try:
        record = parse(text)
    except ContentInvalid:
        return None
    if not isinstance(record, dict) or record.get("format") != _RECORD or not isinstance(record.get("content"), str):
        return None
    found = card_version(str(record.get("name", "")), record["content"], _version(record), _status(record))
    stated = record.get("content_sha256")
    if stated is not None and stated != found.digest:
        raise Invalid(f"The content does not have the digest that the record states, {str(stated)[:64]}")
    return found


def _imported(data: bytes, path: Path) -> CardVersion:
    card = read_card(data)
    name = path.name
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    try:
        document = parse(data.decode("utf-8-sig"))
    except (ContentInvalid, UnicodeDecodeError):  # a format of another tool
        document = None
    described = document if isinstance(document, dict) and "Content" in document else {}
    version, status = described.get("ModelCardVersion"), described.get("ModelCardStatus")
    return card_version(
        card.name or name,
        card.content,
        version if isinstance(version, int) else None,
        status if isinstance(status, str) else None,
    )


def _version(record: Mapping[str, object]) -> int | None:
    version = record.get("version")
    return version if isinstance(version, int) else None


def _status(record: Mapping[str, object]) -> str | None:
    status = record.get("status")
    return status if isinstance(status, str) else None


def _below_root(path: Path) -> str:
    """Return the path of a file below the root of the repository, else below the working folder, else its name."""
    roots = [Path(os.environ[name]) for name in _ROOTS if os.environ.get(name)]
    whole = path.resolve()
    for root in (*roots, Path.cwd()):
        if whole.is_relative_to(root.resolve()):
            return whole.relative_to(root.resolve()).as_posix()
    return path.name
