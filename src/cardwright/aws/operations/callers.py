"""Cardwright's own operation that answers with the caller's account, user and role, and the groups of the account."""

from cardwright.actions.approvers import person_of
from cardwright.actions.users import group_names
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.storage.unit import Unit


def describe_caller(unit: Unit, _: Members, __: Pager) -> Members:
    actor = unit.actor
    answer: Members = {
        "AccountId": actor.scope.account,
        "Region": actor.scope.region,
        "UserArn": actor.scope.user_arn(actor.user),
        "RoleArn": actor.scope.role_arn(actor.user),
        "Role": actor.role.value,
        "IsPerson": person_of(unit) is not None,
    }
    groups = group_names(unit)
    return answer | {"AccountGroups": list(groups)} if groups else answer
