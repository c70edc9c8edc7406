"""Cardwright's own operations on what happened to cards: their audit chains, and the cards that were deleted."""

from collections.abc import Mapping

from cardwright.actions.history import Trail, find_trail, links_of, list_deleted
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.card import DeletedCard
from cardwright.core.integrity.history import AuditLink, Event, details_of
from cardwright.core.json_value import list_at, number_at
from cardwright.core.names import Scope
from cardwright.storage.unit import Unit

_TYPES: Mapping[str, str] = {
    Event.CREATED: "Created",
    Event.CONTENT: "ContentChanged",
    Event.STATUS: "StatusChanged",
    Event.TAGGED: "TagsSet",
    Event.UNTAGGED: "TagsRemoved",
    Event.REVIEW_REQUESTED: "ReviewRequested",
    Event.REVIEWERS_ASSIGNED: "ReviewersAssigned",
    Event.REVIEW_DECIDED: "ReviewDecided",
    Event.DECISION_DISMISSED: "DecisionDismissed",
    Event.REVIEW_COMPLETED: "ReviewCompleted",
    Event.REVIEW_WITHDRAWN: "ReviewWithdrawn",
    Event.APPROVAL_WITHDRAWN: "ApprovalWithdrawn",
    Event.APPROVAL_EXPIRED: "ApprovalExpired",
    Event.PAIRED: "EvaluationJobsPaired",
    Event.UNPAIRED: "EvaluationJobPairForgotten",
    Event.FINDING_OPENED: "FindingOpened",
    Event.FINDING_CHANGED: "FindingChanged",
    Event.FINDING_ENDED: "FindingEnded",
    Event.FINDING_REOPENED: "FindingReopened",
    Event.EVIDENCE_ADDED: "EvidenceAdded",
    Event.WAIVER_REQUESTED: "WaiverRequested",
    Event.WAIVER_GRANTED: "WaiverGranted",
    Event.WAIVER_REVOKED: "WaiverRevoked",
    Event.COMMENT_ADDED: "CommentAdded",
    Event.COMMENT_RESOLVED: "CommentResolved",
    Event.COMMENT_REOPENED: "CommentReopened",
    Event.IMPORTED: "Imported",
    Event.EXPORT_STARTED: "ExportStarted",
    Event.EXPORTED: "Exported",
    Event.EXPORT_FAILED: "ExportFailed",
    Event.DELETED: "Deleted",
}
_DETAILS: Mapping[str, str] = {
    "version": "ModelCardVersion",
    "versions": "ModelCardVersion",
    "status": "ModelCardStatus",
    "to": "ModelCardStatus",
    "from": "PreviousModelCardStatus",
    "comment": "Comment",
    "kms_key_id": "KmsKeyId",
    "review": "ReviewId",
    "number": "DecisionNumber",
    "verdict": "Decision",
    "content_sha256": "ContentDigest",
    "content_digest": "ContentDigest",
    "finding_id": "FindingId",
    "title": "Title",
    "state": "State",
    "evidence_id": "EvidenceId",
    "file_sha256": "EvidenceDigest",
    "waiver_id": "WaiverId",
    "rule": "RuleId",
    "comment_id": "CommentId",
    "pointer": "Pointer",
    "review_id": "ReviewId",
    "through": "Interface",
    "job": "ModelCardExportJobName",
    "artifact": "S3ExportArtifacts",
    "sha256": "ArtifactDigest",
    "reason": "FailureReason",
    "format": "SourceFormat",
    "file": "SourceName",
    "source_sha256": "SourceSha256",
    "kept": "SourceLocation",
}
"""Members of the answer by the key in a link's details."""


def list_model_card_events(unit: Unit, request: Members, pager: Pager) -> Members:
    scope = unit.actor.scope
    name = scope.card_name(request["ModelCardName"])
    position = pager.position()
    before = None if position is None else int(position[0])
    # A later page continues with the card of the first one, even when another card has the name by then.
    card_id = request.get("ModelCardId") if position is None else str(position[1])
    trail = find_trail(unit, name, card_id)
    limit = request.get("MaxResults", 100)
    links = links_of(unit, trail, before=before, limit=limit + 1)
    answer: Members = {
        "ModelCardArn": scope.card_arn(name),
        "ModelCardId": trail.card_id,
        "ModelCardEvents": [_event(link, trail) for link in links[:limit]],
    }
    if trail.deleted is not None:
        answer["DeletedModelCard"] = _deleted(scope, trail.deleted)
    if trail.earlier:
        answer["EarlierModelCards"] = [_deleted(scope, card) for card in trail.earlier]
    if len(links) > limit:
        answer["NextToken"] = pager.token((links[limit - 1].sequence, trail.card_id))
    return answer


def list_deleted_model_cards(unit: Unit, request: Members, pager: Pager) -> Members:
    scope = unit.actor.scope
    named = request.get("ModelCardName")
    page = list_deleted(
        unit,
        name=None if named is None else scope.card_name(named),
        after=pager.position(),
        limit=request.get("MaxResults", 100),
    )
    answer: Members = {"DeletedModelCards": [_deleted(scope, card) for card in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def _deleted(scope: Scope, card: DeletedCard) -> Members:
    members: Members = {
        "ModelCardId": card.card_id,
        "ModelCardName": card.name,
        "ModelCardArn": scope.card_arn(card.name),
        "ModelCardVersion": card.versions,
        "ModelCardStatus": card.status,
        "DeletionTime": card.deleted_at / 1000,
        "UserName": card.deleted_by,
        "Role": card.role,
    }
    return {member: value for member, value in members.items() if value is not None}


def _event(link: AuditLink, trail: Trail) -> Members:
    details = details_of(link)
    event: Members = {
        "EventNumber": link.sequence,
        "EventType": _TYPES.get(link.event, link.event),
        "EventTime": link.at / 1000,
        "UserName": link.actor,
        "Role": link.role,
        "Digest": link.digest(),
    }
    event |= {member: details[word] for word, member in _DETAILS.items() if word in details}
    policy = details.get("policy")
    if isinstance(policy, dict):
        event |= {"PolicyName": policy["name"], "PolicyVersion": policy["version"], "PolicyDigest": policy["sha256"]}
    review_by = number_at(details, "review_by")
    if review_by is not None:
        event["ReviewBy"] = review_by / 1000
    if link.source:
        event["SourceAddress"] = link.source
    if link.request_id:
        event["RequestId"] = link.request_id
    if link.event == Event.UNTAGGED:
        event["TagKeys"] = details["tags"]
    elif details.get("tags"):
        event["Tags"] = [{"Key": key, "Value": value} for key, value in map(list_at, list_at(details, "tags"))]
    if link.event in {Event.PAIRED, Event.UNPAIRED}:
        jobs = (details.get(word) for word in ("before", "after", "job"))
        event["EvaluationJobNames"] = [str(job) for job in jobs if job is not None]
    if link.event == Event.CREATED and trail.earlier:
        event["EarlierModelCardId"] = trail.earlier[0].card_id
    return event
