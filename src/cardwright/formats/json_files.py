"""Exports a card as JSON: the content byte for byte, or the whole record with its metadata."""

import orjson

from cardwright.formats.record import ApprovalEntry, CardRecord, PolicyEntry


def print_content(record: CardRecord) -> bytes:
    """Return the content as stored. Its SHA-256 is the record's content digest."""
    return record.content.encode()


def print_record(record: CardRecord) -> bytes:
    """Return the record as indented UTF-8 JSON. ``content`` is the stored string, so that readers can check its digest.

    Times are whole milliseconds since the epoch, UTC. Unknown values are null.
    """
    document: dict[str, object] = {
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
        "approval": None if record.approval is None else _approval(record.approval),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _approval(approval: ApprovalEntry) -> dict[str, object]:
    return {
        "approved_at": approval.approved_at,
        "content_sha256": approval.content_digest,
        "policy": _policy(approval.policy),
        "review_by": approval.review_by,
        "approvers": [
            {
                "name": person.name,
                "approved_at": person.approved_at,
                "content_sha256": person.content_digest,
                "policy": _policy(person.policy),
                "counted": person in approval.approvers,
            }
            for person in (*approval.approvers, *approval.others)
        ],
    }


def _policy(policy: PolicyEntry | None) -> dict[str, object] | None:
    return None if policy is None else {"name": policy.name, "version": policy.version, "sha256": policy.digest}
