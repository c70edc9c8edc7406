"""Read a policy file: YAML or JSON, each mistake with its line, its column and what would be right."""

import hashlib
import re
from collections.abc import Collection, Mapping

import rfc8785

from cardwright.core.names import CARD_NAME_LENGTH, is_card_name
from cardwright.core.people import Role
from cardwright.core.places import Node
from cardwright.core.policy import values
from cardwright.core.policy.approval import AfterExpiry, Approval, Deletion, FindingSeverity, Requirement, Waivers
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.references import check_references
from cardwright.core.policy.rule_reading import MAX_RULES, read_rules
from cardwright.core.policy.selector_reading import read_selector
from cardwright.core.policy.source import read_source
from cardwright.core.review import MOST_DAYS

_LARGEST = 2**53 - 1  # RFC 8785 knows no larger integers
_GROUP_NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_ROLES = {role.value for role in Role}


def read_policy(text: str, groups: Collection[str] | None = ()) -> ReviewPolicy:
    """Read a policy from the text of its file.

    Args:
        groups: the groups of people of the account, which the policy may name too; None accepts any name.

    Raises:
        PolicyInvalid: the file has a mistake; the first one is reported.
    """
    root = read_source(text)
    _check_values(root)
    given = values.members(root, _POLICY, ("policy",), "a policy")
    given.pop("about", None)
    digest = hashlib.sha256(rfc8785.dumps(root.plain())).hexdigest()  # type: ignore[arg-type]  # checked above
    policy = values.made(ReviewPolicy, {"version": 1, "digest": digest, "name": given.pop("policy"), **given})
    check_references(root, policy, groups)
    return policy


def _check_values(root: Node) -> None:
    """Refuse values that no JSON document can hold."""
    for _, node in root.walk():
        texts = [*node.keys, node.value] if isinstance(node.value, str | dict) else []
        if any(isinstance(text, str) and not _is_text(text) for text in texts):
            values.fail(node, "half of a surrogate pair", "Write the character itself")
        if isinstance(node.value, int) and abs(node.value) > _LARGEST:
            values.fail(node, f"the number {node.value} is too large", f"Write a number of at most {_LARGEST}")


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _policy_name(node: Node) -> str:
    name = values.text(CARD_NAME_LENGTH, example="a name such as bank-high-risk")(node)
    if not is_card_name(name):
        values.fail(node, f"{name!r} is not a name", "Use letters, digits and inner hyphens, such as bank-high-risk")
    return name


_role = values.word(role.value for role in Role if role is not Role.VIEWER)
_REQUIREMENT: values.Readers = {
    "role": lambda node: Role(_role(node)),
    "reviewers": values.text(CARD_NAME_LENGTH, example="a group of `reviewers`"),
    "count": values.whole(1, 20),
    "independent": values.flag,
}


def _requirement(node: Node) -> Requirement:
    given = values.members(node, _REQUIREMENT, (), "a requirement")
    if ("role" in given) == ("reviewers" in given):
        values.fail(node, "a requirement names a role or a group of reviewers", "Give one of role and reviewers")
    return values.made(Requirement, given)


_WAIVERS: values.Readers = {
    "by": values.text(CARD_NAME_LENGTH, example="a group of `reviewers`, approver or admin"),
    "max_days": values.whole(1, MOST_DAYS),
}

_APPROVAL: values.Readers = {
    "approvals": values.list_of(_requirement, maximum=20, blank=True),
    "required_checks": values.list_of(
        values.text(63, example="the id of a rule"), maximum=MAX_RULES, blank=True, unique=True
    ),
    "valid_for_days": values.whole(1, MOST_DAYS),
    "grace_days": values.whole(0, MOST_DAYS),
    "after_expiry": values.member_of(AfterExpiry),
    "delete": values.member_of(Deletion),
    "blocking_findings": values.list_of(values.member_of(FindingSeverity), blank=True, unique=True),
    "waivers": values.object_of(_WAIVERS, ("by", "max_days"), "waivers", Waivers),
}


def _reviewers(node: Node) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(node.value, dict):
        values.wrong(node, "an object for reviewers", "groups with people, such as {model-risk: [mei, ravi]}")
    people = values.list_of(values.text(128, example="the user name of a person"), maximum=1_000, unique=True)
    for group in node.value:
        if not _GROUP_NAME.fullmatch(group):
            values.fail(
                node.keys[group], f"{group[:60]!r} is not a group name", "Use letters, digits and inner hyphens"
            )
        if group in _ROLES:
            values.fail(node.keys[group], f"{group} is a role", "Choose another name for the group")
    return {group: people(members) for group, members in node.value.items()}


_POLICY: values.Readers = {
    "policy": _policy_name,
    "version": values.whole(1, 1_000_000_000),
    "about": values.text(4_000, blank=True),
    "applies_to": read_selector,
    "approval": values.object_of(_APPROVAL, (), "approval", Approval),
    "rules": read_rules,
    "reviewers": _reviewers,
}
