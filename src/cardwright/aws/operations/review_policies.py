"""Cardwright's own operations on review policies."""

from cardwright.actions import policies as actions
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.policy.stored import StoredPolicy
from cardwright.storage.unit import Unit


def put_review_policy(unit: Unit, request: Members, _: Pager) -> Members:
    return _answer(actions.put_policy(unit, request["PolicyDocument"], activate=request.get("Activate", True)))


def activate_review_policy(unit: Unit, request: Members, _: Pager) -> Members:
    return _answer(actions.activate_policy(unit, request["PolicyName"], request.get("PolicyVersion")))


def deactivate_review_policy(unit: Unit, request: Members, _: Pager) -> Members:
    return _answer(actions.deactivate_policy(unit, request["PolicyName"]))


def describe_review_policy(unit: Unit, request: Members, _: Pager) -> Members:
    stored = actions.describe_policy(unit, request["PolicyName"], request.get("PolicyVersion"))
    return _answer(stored) | {"PolicyDocument": stored.text}


def list_review_policies(unit: Unit, request: Members, pager: Pager) -> Members:
    page = actions.list_policies(unit, pager.position(), request.get("MaxResults", 100))
    answer: Members = {"ReviewPolicies": [_summary(stored) for stored in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def delete_review_policy(unit: Unit, request: Members, _: Pager) -> Members:
    name = request["PolicyName"]
    return {"PolicyName": name, "DeletedVersions": actions.delete_policy(unit, name)}


def _answer(stored: StoredPolicy) -> Members:
    return {"ReviewPolicy": _summary(stored)}


def _summary(stored: StoredPolicy) -> Members:
    summary: Members = {
        "PolicyName": stored.name,
        "PolicyVersion": stored.version,
        "PolicyDigest": stored.digest,
        "Active": bool(stored.active),
        "StoredTime": stored.stored_at / 1000,
        "StoredBy": stored.stored_by,
    }
    if stored.activated_at is not None:
        summary["ActivatedTime"] = stored.activated_at / 1000
    return summary
