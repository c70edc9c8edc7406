"""Cardwright's own operation on the audit log of an account."""

from cardwright.actions.audit import list_audit_records as list_records
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.audit_log import AuditQuery, AuditRecord, AuditRecordKind, search_words
from cardwright.core.names import Scope
from cardwright.storage.unit import Unit


def list_audit_records(unit: Unit, request: Members, pager: Pager) -> Members:
    scope = unit.actor.scope
    named = request.get("ModelCardName")
    query = AuditQuery(
        since=request.get("StartTime"),
        until=request.get("EndTime"),
        person=request.get("UserName"),
        card=None if named is None else scope.card_name(named),
        kinds=[AuditRecordKind(kind.lower()) for kind in request.get("Kinds", ())],
        words=search_words(request.get("Text", "")),
    )
    page = list_records(unit, query, after=pager.position(), limit=request.get("MaxResults", 100))
    answer: Members = {"AuditRecords": [_record(scope, record) for record in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def _record(scope: Scope, record: AuditRecord) -> Members:
    of_card = record.card is not None
    members: Members = {
        "EventTime": record.at / 1000,
        "Kind": record.kind.capitalize(),
        "EventName": record.event,
        "UserName": record.actor,
        "Role": record.role,
        "Interface": record.through,
        "SourceAddress": record.source or None,
        "RequestId": record.request_id or None,
        "ModelCardName": record.card,
        "ModelCardArn": scope.card_arn(record.card) if record.card is not None else None,
        "ModelCardId": record.record_id if of_card else None,
        "ModelCardVersion": record.version,
        "Deleted": record.deleted if of_card else None,
        "EventNumber": record.sequence or None,
        "EventId": None if of_card else record.record_id,
        "Subject": record.subject,
        "Details": record.details or None,
        "PreviousDigest": record.previous_digest,
        "Digest": record.digest,
    }
    return {member: value for member, value in members.items() if value is not None}
