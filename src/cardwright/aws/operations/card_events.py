"""Cardwright's own operations on what happened to cards: their audit chains, and the cards that were deleted."""

from collections.abc import Mapping
from typing import Any

from cardwright.actions.history import Trail, find_trail, links_of, list_deleted
from cardwright.aws.paging import Pager
from cardwright.core.card import DeletedCard
from cardwright.core.integrity.history import AuditLink, Event, details_of
from cardwright.core.names import Scope
from cardwright.storage.unit import Unit

Request = dict[str, Any]
Answer = dict[str, Any]

_OPERATION = "ListModelCardEvents"
_DELETED = "ListDeletedModelCards"
_TYPES: Mapping[str, str] = {
    Event.CREATED: "Created",
    Event.CONTENT: "ContentChanged",
    Event.STATUS: "StatusChanged",
    Event.TAGGED: "TagsSet",
    Event.UNTAGGED: "TagsRemoved",
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
}
"""By the word of a link's details: the member of the answer."""


def list_model_card_events(unit: Unit, request: Request, pager: Pager) -> Answer:
    scope = unit.actor.scope
    name = scope.card_name(request["ModelCardName"])
    position = pager.open(scope.account, _OPERATION, request)
    before = None if position is None else int(position[0])
    # A later page goes on with the card of the first one, whatever has the name by then. Older tokens name no card.
    card_id = request.get("ModelCardId") if position is None or len(position) == 1 else str(position[1])
    trail = find_trail(unit, name, card_id)
    limit = request.get("MaxResults", 100)
    links = links_of(unit, trail, before=before, limit=limit + 1)
    answer: Answer = {
        "ModelCardArn": scope.card_arn(name),
        "ModelCardId": trail.card_id,
        "ModelCardEvents": [_event(link, trail) for link in links[:limit]],
    }
    if trail.deleted is not None:
        answer["DeletedModelCard"] = _deleted(scope, trail.deleted)
    if trail.earlier:
        answer["EarlierModelCards"] = [_deleted(scope, card) for card in trail.earlier]
    if len(links) > limit:
        answer["NextToken"] = pager.seal(scope.account, _OPERATION, request, (links[limit - 1].sequence, trail.card_id))
    return answer


def list_deleted_model_cards(unit: Unit, request: Request, pager: Pager) -> Answer:
    scope = unit.actor.scope
    named = request.get("ModelCardName")
    page = list_deleted(
        unit,
        name=None if named is None else scope.card_name(named),
        after=pager.open(scope.account, _DELETED, request),
        limit=request.get("MaxResults", 100),
    )
    answer: Answer = {"DeletedModelCards": [_deleted(scope, card) for card in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.seal(scope.account, _DELETED, request, page.position)
    return answer


def _deleted(scope: Scope, card: DeletedCard) -> Answer:
    members: Answer = {
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


def _event(link: AuditLink, trail: Trail) -> Answer:
    details = details_of(link)
    told: Answer = {
        "EventNumber": link.sequence,
        "EventType": _TYPES.get(link.event, link.event),
        "EventTime": link.at / 1000,
        "UserName": link.actor,
        "Role": link.role,
        "Digest": link.digest(),
    }
    told |= {member: details[word] for word, member in _DETAILS.items() if word in details}
    if link.source:
        told["SourceAddress"] = link.source
    if link.request_id:
        told["RequestId"] = link.request_id
    if link.event == Event.UNTAGGED:
        told["TagKeys"] = details["tags"]
    elif details.get("tags"):
        told["Tags"] = [{"Key": key, "Value": value} for key, value in details["tags"]]
    if link.event == Event.CREATED and trail.earlier:
        told["EarlierModelCardId"] = trail.earlier[0].card_id
    return told
