"""Exports a card as JSON: the content byte for byte, or the whole record with its metadata."""

from typing import Any

import orjson

from cardwright.formats.record import CardRecord


def print_content(record: CardRecord) -> bytes:
    """Return the content as stored. Its SHA-256 is the record's content digest."""
    return record.content.encode()


def print_record(record: CardRecord) -> bytes:
    """Return the record as indented UTF-8 JSON. ``content`` is the stored string, so that readers can check its digest.

    Times are whole milliseconds since the epoch, UTC. Unknown values are null.
    """
    document: dict[str, Any] = {
        "format": "cardwright-record-1",
        "name": record.name,
        "arn": record.arn,
        "version": record.version,
        "status": record.status,
        "created_at": record.created_at,
        "created_by": record.created_by,
        "modified_at": record.modified_at,
        "modified_by": record.modified_by,
        "note": record.note,
        "content_sha256": record.content_digest,
        "content": record.content,
        "versions": [
            {
                "version": entry.number,
                "status": entry.status,
                "created_at": entry.created_at,
                "modified_at": entry.modified_at,
                "author": entry.author,
                "note": entry.note,
                "content_sha256": entry.content_digest,
            }
            for entry in record.versions
        ],
        "limitations": [
            {"title": one.title, "text": one.text, "found_at": one.found_at, "version": one.version}
            for one in record.limitations
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
