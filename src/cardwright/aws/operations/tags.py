"""Tag operations."""

from cardwright.actions import tags as actions
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.storage.unit import Unit


def add_tags(unit: Unit, request: Members, _: Pager) -> Members:
    tags = [(tag["Key"], tag["Value"]) for tag in request["Tags"]]
    return {"Tags": wire_tags(actions.add_tags(unit, request["ResourceArn"], tags))}


def list_tags(unit: Unit, request: Members, pager: Pager) -> Members:
    # A resource has at most 50 tags and a page at least 50, so a second page does not exist.
    pager.position()
    return {"Tags": wire_tags(actions.list_tags(unit, request["ResourceArn"]))}


def delete_tags(unit: Unit, request: Members, _: Pager) -> Members:
    actions.delete_tags(unit, request["ResourceArn"], request["TagKeys"])
    return {}


def wire_tags(tags: dict[str, str]) -> list[Members]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
