"""Reads the audit log of a server, or of an embedded store, through its API."""

import datetime
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.audit_log import AuditQuery, AuditRecord

if TYPE_CHECKING:
    from cardwright.client.answers.account import AuditRecord as AuditRecordItem

_PAGE_SIZE = 100  # events of one page


def read_audit_records(client: SageMaker, query: AuditQuery, limit: int | None = None) -> Iterator[AuditRecord]:
    """Yield the events that a query selects, newest first, page by page.

    Args:
        client: a boto3 SageMaker client.
        limit: the maximum number; all by default.

    Raises:
        NoSuchOperation: the server is SageMaker itself or an older Cardwright.
        botocore.exceptions.ClientError: the server refuses the request.
    """
    own, wanted, left = own_client(client), _request(query), limit
    while True:
        page = own.list_audit_records(**wanted, MaxResults=_PAGE_SIZE if left is None else min(left, _PAGE_SIZE))
        for item in page["AuditRecords"]:
            yield _record(item)
        if left is not None:
            left -= len(page["AuditRecords"])
        if "NextToken" not in page or left == 0:
            return
        wanted["NextToken"] = page["NextToken"]


def _request(query: AuditQuery) -> dict[str, object]:
    members: dict[str, object] = {
        "StartTime": _moment(query.since),
        "EndTime": _moment(query.until),
        "UserName": query.person,
        "ModelCardName": query.card,
        "Kinds": _capitalized(query.kinds) or None,
        "Text": " ".join(query.words) or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _capitalized(kinds: Collection[str]) -> list[str]:
    return [kind.capitalize() for kind in kinds]


def _moment(milliseconds: int | None) -> datetime.datetime | None:
    return None if milliseconds is None else datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)


def _record(item: "AuditRecordItem") -> AuditRecord:
    return AuditRecord(
        at=round(item["EventTime"].timestamp() * 1000),
        record_id=item.get("ModelCardId") or item.get("EventId", ""),
        sequence=item.get("EventNumber", 0),
        event=item["EventName"],
        actor=item["UserName"],
        role=item["Role"],
        source=item.get("SourceAddress", ""),
        request_id=item.get("RequestId", ""),
        details=item.get("Details", ""),
        interface=item.get("Interface"),
        card=item.get("ModelCardName"),
        subject=item.get("Subject"),
        previous_digest=item.get("PreviousDigest"),
        digest=item.get("Digest"),
        deleted=item.get("Deleted", False),
    )
