"""A card as JSON: its content byte for byte, or the whole record with all that is known around it."""

from typing import Any

import orjson

from cardwright.formats.record import CardRecord


def print_content(record: CardRecord) -> bytes:
    """The content exactly as stored: its SHA-256 is the record's content digest."""
    return record.content.encode()


def print_record(record: CardRecord) -> bytes:
    """The record as indented UTF-8 JSON; ``content`` is the stored string, so that its digest can be checked.

    Times are whole milliseconds since the epoch, UTC. What is not known is null.
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
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
