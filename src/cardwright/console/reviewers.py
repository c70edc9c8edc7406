"""The people and groups whom a form offers as reviewers."""

from collections.abc import Mapping
from typing import Any

from cardwright.actions.users import group_names, users_with_role
from cardwright.core.people import Role
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.storage.unit import Unit

PEOPLE = 200
"""Names that a field for reviewers offers."""


def reviewers_offered(unit: Unit, policy: ReviewPolicy | None) -> Mapping[str, Any]:
    """What the form offers that asks for a review: groups of the policy and of the account, then people."""
    listed = () if policy is None else tuple(policy.reviewers)
    groups = (*listed, *(name for name in group_names(unit) if name not in listed))
    people = users_with_role(unit, Role.VIEWER)[:PEOPLE]
    return {"people": [*groups, *(name for name in people if name not in groups)], "groups": groups}
