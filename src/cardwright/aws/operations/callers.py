"""Cardwright's own operation that answers with the caller's account, user and role."""

from typing import Any

from cardwright.aws.paging import Pager
from cardwright.storage.unit import Unit


def describe_caller(unit: Unit, _: dict[str, Any], __: Pager) -> dict[str, Any]:
    actor = unit.actor
    return {
        "AccountId": actor.scope.account,
        "Region": actor.scope.region,
        "UserArn": actor.scope.user_arn(actor.user),
        "RoleArn": actor.scope.role_arn(actor.user),
        "Role": actor.role.value,
    }
