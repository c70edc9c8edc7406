"""Cardwright's own operations on waivers."""

from cardwright.actions import waivers as actions
from cardwright.aws.members import Members, given, seconds
from cardwright.aws.paging import Pager
from cardwright.core.errors import Invalid
from cardwright.core.waiver import Scope, WaiverState
from cardwright.storage.unit import Unit

_OF_REQUEST = ("ModelCardName", "RuleId", "FindingId", "Scope", "Reason")


def put_waiver(unit: Unit, request: Members, _: Pager) -> Members:
    """Ask for a waiver, or grant the one that the request names."""
    waiver_id = request.get("WaiverId")
    if waiver_id is not None:
        extra = [name for name in _OF_REQUEST if name in request]
        if extra:
            raise Invalid(f"{extra[0]} goes with the request for a waiver: to grant one, give WaiverId alone")
        named = actions.grant_waiver(unit, waiver_id, expires_at=request.get("ExpiryTime"))
        return {"Waiver": _waiver(unit, named)}
    missing = [name for name in ("ModelCardName", "Reason", "ExpiryTime") if name not in request]
    if missing:
        raise Invalid(f"{missing[0]} is missing: a request for a waiver needs a card, a reason and an expiry")
    named = actions.request_waiver(
        unit,
        unit.actor.scope.card_name(request["ModelCardName"]),
        reason=request["Reason"],
        expires_at=request["ExpiryTime"],
        rule=request.get("RuleId"),
        finding_id=request.get("FindingId"),
        scope=Scope(request.get("Scope", Scope.CARD)),
    )
    return {"Waiver": _waiver(unit, named)}


def revoke_waiver(unit: Unit, request: Members, _: Pager) -> Members:
    return {"Waiver": _waiver(unit, actions.revoke_waiver(unit, request["WaiverId"], request["Reason"]))}


def list_waivers(unit: Unit, request: Members, pager: Pager) -> Members:
    named, state = request.get("ModelCardName"), request.get("State")
    page = actions.list_waivers(
        unit,
        card_name=None if named is None else unit.actor.scope.card_name(named),
        finding_id=request.get("FindingId"),
        state=None if state is None else WaiverState(state),
        limit=request.get("MaxResults", 100),
        after=pager.position(),
    )
    answer: Members = {"Waivers": [_waiver(unit, one) for one in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def _waiver(unit: Unit, named: actions.NamedWaiver) -> Members:
    waiver = named.waiver
    return given(
        WaiverId=waiver.waiver_id,
        ModelCardName=named.card_name,
        ModelCardArn=unit.actor.scope.card_arn(named.card_name),
        RuleId=waiver.rule,
        FindingId=waiver.finding_id,
        Scope=waiver.scope,
        ModelCardVersion=waiver.version,
        ContentDigest=waiver.content_digest,
        PolicyName=waiver.policy_name,
        Reason=waiver.reason,
        State=waiver.state_at(unit.now),
        RequestedTime=waiver.requested_at / 1000,
        RequestedBy=waiver.requested_by,
        ExpiryTime=waiver.expires_at / 1000,
        GrantedTime=seconds(waiver.granted_at),
        GrantedBy=waiver.granted_by,
        RevokedTime=seconds(waiver.revoked_at),
        RevokedBy=waiver.revoked_by,
        RevocationReason=waiver.revocation,
    )
