"""Tag operations."""

from typing import Any

from cardwright.actions import tags as actions
from cardwright.aws.paging import Pager
from cardwright.storage.unit import Unit

Request = dict[str, Any]
Answer = dict[str, Any]


def add_tags(unit: Unit, request: Request, _: Pager) -> Answer:
    tags = [(tag["Key"], tag["Value"]) for tag in request["Tags"]]
    return {"Tags": wire_tags(actions.add_tags(unit, request["ResourceArn"], tags))}


def list_tags(unit: Unit, request: Request, pager: Pager) -> Answer:
    # A resource carries at most 50 tags and a page holds at least 50: there is no second page.
    pager.open(unit.actor.scope.account, "ListTags", request)
    return {"Tags": wire_tags(actions.list_tags(unit, request["ResourceArn"]))}


def delete_tags(unit: Unit, request: Request, _: Pager) -> Answer:
    actions.delete_tags(unit, request["ResourceArn"], request["TagKeys"])
    return {}


def wire_tags(tags: dict[str, str]) -> list[Answer]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
