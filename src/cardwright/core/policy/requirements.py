"""Whether the people who approved meet the requirements of a policy, and what is missing.

Requirements are filled by a maximum matching: each person counts once. Everything here is about one content.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cardwright.core.people import Role
from cardwright.core.policy.approval import Approval, Deletion, Requirement
from cardwright.core.policy.matching import fill
from cardwright.core.policy.missing import Lack, LackingApprovals

BY_ROLE = Approval(approvals=(Requirement(role=Role.APPROVER),))
"""The demands on a reviewed card without a policy: one approver."""

_GROUPLESS: Mapping[str, Sequence[str]] = {}


class Approver(NamedTuple):
    """A person who approves.

    Attributes:
        key: the user name in lower case.
        role: the lower one of the roles that the person had then and has now.
    """

    key: str
    role: Role


class MetRequirement(NamedTuple):
    """A requirement, by its number, that a person meets."""

    requirement: int
    person: str


class Standing(NamedTuple):
    """How far an approval is.

    Attributes:
        met: the people who count, each with the requirement.
        lacks: what is missing. Empty when the card can become Approved.
    """

    met: tuple[MetRequirement, ...]
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class FillsNoRequirement:
    """The caller's approval would not count for any requirement of the policy."""

    policy: str
    user: str
    role: str
    requirements: Sequence[Requirement]

    def __str__(self) -> str:
        return f"the review policy {self.policy} has no requirement for {self.user} with the role {self.role}"


@dataclass(frozen=True, slots=True)
class NotIndependent:
    """The caller wrote the version or asked for the review, and the policy asks for independent approvals."""

    policy: str

    def __str__(self) -> str:
        return (
            f"the review policy {self.policy} asks for independent approvals: authors since the last approved version"
            " and the person who asked for the review do not count"
        )


def standing(
    approval: Approval,
    approvers: Iterable[Approver],
    *,
    groups: Mapping[str, Sequence[str]] = _GROUPLESS,
    insiders: Collection[str] = (),
    blockers: Sequence[Lack] = (),
) -> Standing:
    """Return which requirements are met and what is missing.

    Args:
        approvers: the people who approve the content.
        groups: user names by group of reviewers.
        insiders: keys of the people who do not count for independent requirements: the authors since the last approved
            version, and the person who asked.
        blockers: what else blocks, such as failed checks.
    """
    people = list(approvers)
    owners = [number for number, one in enumerate(approval.approvals) for _ in range(one.count)]
    places = [_candidates(approval.approvals[number], people, groups, insiders) for number in owners]
    filled = fill(places)
    met = tuple(MetRequirement(owners[place], person) for place, person in filled.items())
    lacks = []
    for number, requirement in enumerate(approval.approvals):
        lacking = requirement.count - sum(1 for one in met if one.requirement == number)
        if lacking:
            lacks.append(LackingApprovals(requirement, lacking))
    return Standing(met, (*lacks, *blockers))


def may_count(
    approval: Approval,
    person: Approver,
    groups: Mapping[str, Sequence[str]] = _GROUPLESS,
    insiders: Collection[str] = (),
) -> bool:
    """Whether a person can count for any requirement."""
    return any(may_fill(requirement, person, groups, insiders) for requirement in approval.approvals)


def is_named(approval: Approval, key: str, groups: Mapping[str, Sequence[str]]) -> bool:
    """Whether a person is in a group that a requirement names."""
    return any(one.reviewers is not None and key in _keys(groups.get(one.reviewers, ())) for one in approval.approvals)


def deleting_role(deletion: Deletion) -> Role | None:
    """Return the lowest role that may delete a card that was approved under a policy; None if no role may."""
    return _DELETING[deletion]


_DELETING = {Deletion.NONE: None, Deletion.APPROVER: Role.APPROVER, Deletion.AUTHOR: Role.AUTHOR}


def _candidates(
    requirement: Requirement, people: Sequence[Approver], groups: Mapping[str, Sequence[str]], insiders: Collection[str]
) -> list[str]:
    return [person.key for person in people if may_fill(requirement, person, groups, insiders)]


def may_fill(
    requirement: Requirement, person: Approver, groups: Mapping[str, Sequence[str]], insiders: Collection[str]
) -> bool:
    """Whether a person can count for one requirement."""
    if requirement.independent and person.key in insiders:
        return False
    if requirement.reviewers is not None:
        return person.key in _keys(groups.get(requirement.reviewers, ()))
    return requirement.role is not None and person.role.includes(requirement.role)


def in_places(
    requirements: Sequence[Requirement], groups: Mapping[str, Sequence[str]], names: Sequence[str]
) -> list[str]:
    """Return reviewers in the order of the approvals that a policy needs; empty text for an approval without one.

    A group, or a person of a group, comes where the group is required; the others take the places that are left.
    """
    left, places = list(names), list[str]()
    for requirement in requirements:
        group = requirement.reviewers
        fitting = _keys((*groups.get(group, ()), group)) if group is not None else set()
        for _ in range(requirement.count):
            found = next((name for name in left if name.lower() in fitting), "")
            if found:
                left.remove(found)
            places.append(found)
    for number, requirement in enumerate(one for one in requirements for _ in range(one.count)):
        if requirement.reviewers is None and left:
            places[number] = left.pop(0)
    return [*places, *left]


def _keys(names: Sequence[str]) -> set[str]:
    return {name.lower() for name in names}
