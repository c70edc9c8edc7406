"""Read a policy file: YAML or JSON, each mistake with its line, its column and what would be right."""

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any

import rfc8785

from cardwright.core.names import CARD_NAME_LENGTH, is_card_name
from cardwright.core.people import Role
from cardwright.core.places import Node
from cardwright.core.policy import compiled, values
from cardwright.core.policy.approval import AfterExpiry, Approval, Deletion, FindingSeverity, Requirement, Waivers
from cardwright.core.policy.matching import fill
from cardwright.core.policy.pointers import Stray, check_pointer
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.rule import (
    Against,
    Demand,
    Evidence,
    Forbid,
    Freshness,
    Metric,
    OneOf,
    Regression,
    Require,
    Rule,
    Schema,
    Severity,
)
from cardwright.core.policy.selector import RATINGS, Selector
from cardwright.core.policy.source import read_source
from cardwright.core.tags import MAX_TAGS

MAX_RULES = 500
"""Rules of one policy."""
MAX_DAYS = 36_500

_LARGEST = 2**53 - 1  # RFC 8785 knows no larger integers
_RULE_ID = re.compile(r"[a-z][a-z0-9-]{2,62}")
_GROUP_NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_UNBOUNDED = ("$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems")
_PATTERN_CHARACTERS = re.compile(r"[a-zA-Z0-9*?-]+")
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
    policy = ReviewPolicy(
        name=given["policy"],
        version=given.get("version", 1),
        digest=hashlib.sha256(rfc8785.dumps(root.plain())).hexdigest(),  # type: ignore[arg-type]  # checked above
        applies_to=given.get("applies_to", Selector()),
        approval=given.get("approval", Approval()),
        rules=given.get("rules", ()),
        reviewers=given.get("reviewers", {}),
    )
    _check_references(root, policy, groups)
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


# Names, patterns and pointers


def _policy_name(node: Node) -> str:
    name: str = values.text(CARD_NAME_LENGTH, example="a name such as bank-high-risk")(node)
    if not is_card_name(name):
        values.fail(node, f"{name!r} is not a name", "Use letters, digits and inner hyphens, such as bank-high-risk")
    return name


def _rule_id(node: Node) -> str:
    name: str = values.text(CARD_NAME_LENGTH, example="an id such as owner-named")(node)
    if not _RULE_ID.fullmatch(name):
        values.fail(
            node, f"{name!r} is not an id", "Use 3 to 63 lower-case letters, digits and hyphens, a letter first"
        )
    return name


def _card_pattern(node: Node) -> str:
    pattern: str = values.text(CARD_NAME_LENGTH * 2, example="a card name or a pattern such as fraud-*")(node)
    literal = pattern.replace("*", "")
    if not _PATTERN_CHARACTERS.fullmatch(pattern) or len(literal) > CARD_NAME_LENGTH:
        remedy = "Use letters, digits, hyphens, * for any text and ? for any character; a name has at most 63"
        values.fail(node, f"no card name can match {pattern[:80]!r}", remedy)
    if "*" not in pattern and "?" not in pattern and not is_card_name(pattern):
        values.fail(node, f"{pattern!r} is not a card name", "Use letters, digits and inner hyphens")
    return pattern


def _glob(node: Node) -> str:
    pattern: str = values.text(256, example='a name or a pattern such as "*"')(node)
    if "[" in pattern or "]" in pattern:
        values.fail(node, f"{pattern[:80]!r} has a bracket", "Use only * for any text and ? for any character")
    return pattern


def _pointer(node: Node) -> str:
    pointer: str = values.text(1024, example="a JSON Pointer such as /model_overview/model_owner")(node)
    try:
        check_pointer(pointer)
    except Stray as error:
        near = values.near(pointer.rpartition("/")[2], error.known) if error.known else None
        values.fail(node, error.fault, near or "Write a JSON Pointer, such as /model_overview/model_owner")
    return pointer


_pointers = values.list_of(_pointer, unique=True)


# Selectors and approvals


def _tags(node: Node) -> Mapping[str, str]:
    if not isinstance(node.value, dict):
        values.wrong(node, "an object for tags", "tags such as {team: payments}")
    if not 1 <= len(node.value) <= MAX_TAGS:
        values.fail(node, f"{len(node.value)} tags", f"Name 1 to {MAX_TAGS} tags, or leave the key out")
    for key in node.value:
        if not 1 <= len(key) <= 128:
            values.fail(node.keys[key], "a tag key has 1 to 128 characters", "Write the key of a tag")
    return {
        key: values.text(256, example="the value of the tag", blank=True)(value) for key, value in node.value.items()
    }


_SELECTOR: Mapping[str, values.Reader] = {
    "risk": values.list_of(values.word(RATINGS), unique=True),
    "tags": _tags,
    "name": _card_pattern,
    "group": values.text(CARD_NAME_LENGTH, example="the name of a model package group"),
}
_selector = values.object_of(_SELECTOR, (), "a selector", Selector)

_REQUIREMENT: Mapping[str, values.Reader] = {
    "role": values.word(role.value for role in Role if role is not Role.VIEWER),
    "reviewers": values.text(CARD_NAME_LENGTH, example="a group of `reviewers`"),
    "count": values.whole(1, 20),
    "independent": values.flag,
}


def _requirement(node: Node) -> Requirement:
    given = values.members(node, _REQUIREMENT, (), "a requirement")
    if ("role" in given) == ("reviewers" in given):
        values.fail(node, "a requirement names a role or a group of reviewers", "Give one of role and reviewers")
    if "role" in given:
        given["role"] = Role(given["role"])
    return Requirement(**given)


_WAIVERS: Mapping[str, values.Reader] = {
    "by": values.text(CARD_NAME_LENGTH, example="a group of `reviewers`, approver or admin"),
    "max_days": values.whole(1, MAX_DAYS),
}
_APPROVAL: Mapping[str, values.Reader] = {
    "approvals": values.list_of(_requirement, most=20, blank=True),
    "required_checks": values.list_of(
        values.text(63, example="the id of a rule"), most=MAX_RULES, blank=True, unique=True
    ),
    "valid_for_days": values.whole(1, MAX_DAYS),
    "grace_days": values.whole(0, MAX_DAYS),
    "after_expiry": values.member_of(AfterExpiry),
    "delete": values.member_of(Deletion),
    "blocking_findings": values.list_of(values.member_of(FindingSeverity), blank=True, unique=True),
    "waivers": values.object_of(_WAIVERS, ("by", "max_days"), "waivers", Waivers),
}


def _reviewers(node: Node) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(node.value, dict):
        values.wrong(node, "an object for reviewers", "groups with people, such as {model-risk: [mei, ravi]}")
    people = values.list_of(values.text(128, example="the user name of a person"), most=1_000, unique=True)
    for group in node.value:
        if not _GROUP_NAME.fullmatch(group):
            values.fail(
                node.keys[group], f"{group[:60]!r} is not a group name", "Use letters, digits and inner hyphens"
            )
        if group in _ROLES:
            values.fail(node.keys[group], f"{group} is a role", "Choose another name for the group")
    return {group: people(members) for group, members in node.value.items()}


# Rules


def _require(node: Node) -> Require:
    if isinstance(node.value, dict):
        table = {"pointers": _pointers, "min_length": values.whole(1, 10_000)}
        made: Require = values.object_of(table, ("pointers",), "require", Require)(node)
        return made
    return Require(_pointers(node))


def _schema(node: Node) -> Schema:
    if not isinstance(node.value, dict):
        values.wrong(node, "a JSON Schema", "an object such as {type: object, required: [intended_uses]}")
    for path, inner in node.walk():
        if isinstance(inner.value, dict):
            _check_references_of(inner)
            if path and "$id" in inner.value:
                values.fail(inner.keys["$id"], "$id below the top changes what $ref refers to", "Leave it out")
    document: Any = node.plain()
    try:
        compiled.schema_check(document)
    except compiled.Uncompiled as error:
        values.fail(
            values.below(node, error.path), f"the schema is invalid: {error.fault}", "Follow JSON Schema draft 2020-12"
        )
    return Schema(document)


def _check_references_of(node: Node) -> None:
    members = node.value if isinstance(node.value, dict) else {}
    for key in _UNBOUNDED:
        if key in members:
            values.fail(node.keys[key], f"{key} is not allowed, because it can take hours", "Leave it out, or use $ref")
    target = members["$ref"].value if "$ref" in members else None
    if isinstance(target, str) and not re.match(r"#(?:/|\Z)", target):
        values.fail(
            members["$ref"],
            f"the schema refers to {target[:80]!r}",
            "Refer to a place in this schema, such as #/$defs/x",
        )
    dialect = members["$schema"].value if "$schema" in members else None
    if isinstance(dialect, str) and dialect.removesuffix("#") != compiled.DIALECT:
        values.fail(members["$schema"], "another draft of JSON Schema", f"Write {compiled.DIALECT}, or leave it out")


_METRIC: Mapping[str, values.Reader] = {
    "evaluation": _glob,
    "group": _glob,
    "name": _glob,
    "at_least": values.number(),
    "at_most": values.number(),
    "within_days": values.whole(1, MAX_DAYS),
}


def _metric(node: Node) -> Metric:
    made = Metric(**values.members(node, _METRIC, ("name",), "metric"))
    if made.at_least is None and made.at_most is None:
        values.fail(node, "metric has no limit", "Add `at_least: …` or `at_most: …`")
    if made.at_least is not None and made.at_most is not None and made.at_least > made.at_most:
        values.fail(node, "at_least is greater than at_most", "No value can satisfy both; correct one of them")
    return made


_REGRESSION: Mapping[str, values.Reader] = {
    "metric": _glob,
    "evaluation": _glob,
    "group": _glob,
    "against": values.member_of(Against),
    "tolerance_relative": values.number(0),
    "tolerance_absolute": values.number(0),
    "direction": values.word(("higher", "lower")),
}
_FRESHNESS: Mapping[str, values.Reader] = {
    "evaluation": _glob,
    "pointer": _pointer,
    "evidence": values.text(63, example="a kind of evidence"),
    "max_days": values.whole(1, MAX_DAYS),
}


def _freshness(node: Node) -> Freshness:
    made = Freshness(**values.members(node, _FRESHNESS, ("max_days",), "freshness"))
    if [made.evaluation, made.pointer, made.evidence].count(None) != 2:
        values.fail(node, "freshness needs one thing to date", "Give one of evaluation, pointer and evidence")
    return made


def _forbid(node: Node) -> Forbid:
    pattern: str = values.text(compiled.LONGEST_PATTERN, example="a regular expression")(node)
    try:
        matches_empty = compiled.finder(pattern)("")
    except compiled.Uncompiled as error:
        remedy = "Use the syntax of Rust's regex, without look-around and back-references, and small repetitions"
        values.fail(node, error.fault, remedy)
    if matches_empty:
        values.fail(
            node, "the expression matches an empty text, and so every text", "Write what the card must not contain"
        )
    return Forbid(pattern)


_EVIDENCE: Mapping[str, values.Reader] = {
    "kind": values.text(63, example="a kind of evidence such as instructions"),
    "count": values.whole(1, 1_000),
    "max_days": values.whole(1, MAX_DAYS),
}

_KINDS: Mapping[str, values.Reader] = {
    "require": _require,
    "schema": _schema,
    "metric": _metric,
    "regression": values.object_of(_REGRESSION, (), "regression", Regression),
    "freshness": _freshness,
    "one_of": lambda node: OneOf(_pointers(node)),
    "forbid": _forbid,
    "evidence": values.object_of(_EVIDENCE, ("kind",), "evidence", Evidence),
}
KINDS = tuple(_KINDS)
"""The kinds of rules."""

_WORDS_OF_A_RULE: Mapping[str, values.Reader] = {
    "id": _rule_id,
    "severity": values.member_of(Severity),
    "when": _selector,
    "title": values.text(200, blank=True),
    "why": values.text(1_000, blank=True),
    "fix": values.text(1_000, blank=True),
}
_RULE: Mapping[str, values.Reader] = {**_WORDS_OF_A_RULE, **_KINDS}


def _rule(node: Node) -> Rule:
    given = values.members(node, _RULE, ("id",), "a rule")
    kinds = [key for key in given if key in _KINDS]
    if not kinds:
        values.fail(node, f"the rule {given['id']} has no kind", f"Add one of: {', '.join(_KINDS)}")
    if len(kinds) > 1:
        values.fail(
            node.keys[kinds[1]], f"the rule {given['id']} has two kinds: {' and '.join(kinds[:2])}", "Make two rules"
        )
    demand: Demand = given.pop(kinds[0])
    return Rule(demand=demand, severity=given.pop("severity", Severity.ERROR), **given)


def _rules(node: Node) -> tuple[Rule, ...]:
    rules: tuple[Rule, ...] = values.list_of(_rule, most=MAX_RULES, blank=True)(node)
    seen: set[str] = set()
    for rule, child in zip(rules, node.value if isinstance(node.value, list) else (), strict=True):
        if rule.id in seen:
            values.fail(
                values.below(child, ("id",)), f"the id {rule.id} is repeated", "Give each rule an id of its own"
            )
        seen.add(rule.id)
    return rules


_POLICY: Mapping[str, values.Reader] = {
    "policy": _policy_name,
    "version": values.whole(1, 1_000_000_000),
    "about": values.text(4_000, blank=True),
    "applies_to": _selector,
    "approval": values.object_of(_APPROVAL, (), "approval", Approval),
    "rules": _rules,
    "reviewers": _reviewers,
}


# References between the parts


def _check_references(root: Node, policy: ReviewPolicy, groups: Collection[str] | None) -> None:
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
