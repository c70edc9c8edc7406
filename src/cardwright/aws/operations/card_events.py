"""Cardwright's own operation that tells what happened to a card: its audit chain, in the wire's words."""

from collections.abc import Mapping
from typing import Any

import orjson

from cardwright.actions.history import audit_trail
from cardwright.actions.unit import Unit
from cardwright.aws.paging import Pager
from cardwright.core.history import AuditLink, Event

Request = dict[str, Any]
Answer = dict[str, Any]

_OPERATION = "ListModelCardEvents"
# Of a card that is deleted no event can be asked for.
_TYPES: Mapping[str, str] = {
    Event.CREATED: "Created",
    Event.CONTENT: "ContentChanged",
    Event.STATUS: "StatusChanged",
    Event.TAGGED: "TagsSet",
    Event.UNTAGGED: "TagsRemoved",
}
_DETAILS: Mapping[str, str] = {
    "version": "ModelCardVersion",
    "status": "ModelCardStatus",
    "to": "ModelCardStatus",
    "from": "PreviousModelCardStatus",
    "comment": "Comment",
}
"""By the word of a link's details: the member of the answer."""


def list_model_card_events(unit: Unit, request: Request, pager: Pager) -> Answer:
    scope = unit.actor.scope
    name = scope.card_name(request["ModelCardName"])
    position = pager.open(scope.account, _OPERATION, request)
    limit = request.get("MaxResults", 100)
    links = audit_trail(unit, name, before=None if position is None else int(position[0]), limit=limit + 1)
    answer: Answer = {
        "ModelCardArn": scope.card_arn(name),
        "ModelCardEvents": [_event(link) for link in links[:limit]],
    }
    if len(links) > limit:
        answer["NextToken"] = pager.seal(scope.account, _OPERATION, request, (links[limit - 1].sequence,))
    return answer


def _event(link: AuditLink) -> Answer:
    details = orjson.loads(link.details)
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
    return told
