"""References between the parts of a policy: names of rules and groups."""

from collections.abc import Collection

from cardwright.core.people import Role
from cardwright.core.places import Node
from cardwright.core.policy import values
from cardwright.core.policy.matching import fill
from cardwright.core.policy.policy import ReviewPolicy


def check_references(root: Node, policy: ReviewPolicy, groups: Collection[str] | None) -> None:
    """Refuse names of rules and groups that neither the policy nor the account has."""
    ids = [rule.id for rule in policy.rules]
    for index, wanted in enumerate(policy.approval.required_checks):
        if wanted not in ids:
            at = values.below(root, ("approval", "required_checks", index))
            values.fail(
                at, f"no rule has the id {wanted!r}", values.near(wanted, ids) if ids else "Add the rule under `rules`"
            )
    for index, requirement in enumerate(policy.approval.approvals):
        at = values.below(root, ("approval", "approvals", index))
        if requirement.reviewers is not None:
            _check_group(values.below(at, ("reviewers",)), requirement.reviewers, policy, groups)
            people = {person.lower() for person in policy.reviewers.get(requirement.reviewers, ())}
            if requirement.reviewers in policy.reviewers and requirement.count > len(people):
                remedy = f"The group {requirement.reviewers} has {len(people)}: add people, or lower the count"
                values.fail(
                    values.below(at, ("count",)), f"{requirement.count} approvals can never come together", remedy
                )
    _check_people(root, policy)
    if policy.approval.waivers is not None:
        at = values.below(root, ("approval", "waivers", "by"))
        if policy.approval.waivers.by not in _GRANTING:
            _check_group(at, policy.approval.waivers.by, policy, groups, _GRANTING)


def _check_people(root: Node, policy: ReviewPolicy) -> None:
    """Refuse requirements of groups that have too few people together, since each person counts once."""
    places = [
        sorted({person.lower() for person in policy.reviewers[one.reviewers or ""]})
        for one in policy.approval.approvals
        if one.reviewers in policy.reviewers
        for _ in range(one.count)
    ]
    if len(fill(places)) < len(places):
        at = values.below(root, ("approval", "approvals"))
        values.fail(
            at,
            f"{len(places)} people of these groups can never approve together",
            "Each person counts once: add people",
        )


_GRANTING = (Role.APPROVER.value, Role.ADMIN.value)


def _check_group(
    at: Node, group: str, policy: ReviewPolicy, groups: Collection[str] | None, roles: tuple[str, ...] = ()
) -> None:
    known = (*policy.reviewers, *(groups or ()), *roles)
    if group not in known and groups is not None:
        remedy = values.near(group, known) if known else "Add the group under `reviewers`, such as {model-risk: [mei]}"
        values.fail(at, f"there is no group {group!r}", remedy)
