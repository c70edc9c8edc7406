"""Read the rules of a policy file."""

import re

from cardwright.core.json_value import object_at
from cardwright.core.names import CARD_NAME_LENGTH
from cardwright.core.places import Node
from cardwright.core.policy import compiled, values
from cardwright.core.policy.pointers import Stray, check_pointer
from cardwright.core.policy.rule import (
    Against,
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
from cardwright.core.policy.selector_reading import read_selector
from cardwright.core.review import MOST_DAYS

MAX_RULES = 500
"""Rules of one policy."""

_RULE_ID = re.compile(r"[a-z][a-z0-9-]{2,62}")
_UNBOUNDED = ("$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems")


def _rule_id(node: Node) -> str:
    name = values.text(CARD_NAME_LENGTH, example="an id such as owner-named")(node)
    if not _RULE_ID.fullmatch(name):
        values.fail(
            node, f"{name!r} is not an id", "Use 3 to 63 lower-case letters, digits and hyphens, a letter first"
        )
    return name


def _glob(node: Node) -> str:
    pattern = values.text(256, example='a name or a pattern such as "*"')(node)
    if "[" in pattern or "]" in pattern:
        values.fail(node, f"{pattern[:80]!r} has a bracket", "Use only * for any text and ? for any character")
    return pattern


def _pointer(node: Node) -> str:
    pointer = values.text(1024, example="a JSON Pointer such as /model_overview/model_owner")(node)
    try:
        check_pointer(pointer)
    except Stray as error:
        near = values.near(pointer.rpartition("/")[2], error.known) if error.known else None
        values.fail(node, error.fault, near or "Write a JSON Pointer, such as /model_overview/model_owner")
    return pointer


_pointers = values.list_of(_pointer, unique=True)


def _require(node: Node) -> Require:
    if isinstance(node.value, dict):
        table: values.Readers = {"pointers": _pointers, "min_length": values.whole(1, 10_000)}
        return values.object_of(table, ("pointers",), "require", Require)(node)
    return Require(_pointers(node))


def _schema(node: Node) -> Schema:
    if not isinstance(node.value, dict):
        values.wrong(node, "a JSON Schema", "an object such as {type: object, required: [intended_uses]}")
    for path, inner in node.walk():
        if isinstance(inner.value, dict):
            _check_references_of(inner)
            if path and "$id" in inner.value:
                values.fail(inner.keys["$id"], "$id below the top changes what $ref refers to", "Leave it out")
    document = object_at(node.plain())
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


_METRIC: values.Readers = {
    "evaluation": _glob,
    "group": _glob,
    "name": _glob,
    "at_least": values.number(),
    "at_most": values.number(),
    "within_days": values.whole(1, MOST_DAYS),
}


def _metric(node: Node) -> Metric:
    made = values.object_of(_METRIC, ("name",), "metric", Metric)(node)
    if made.at_least is None and made.at_most is None:
        values.fail(node, "metric has no limit", "Add `at_least: …` or `at_most: …`")
    if made.at_least is not None and made.at_most is not None and made.at_least > made.at_most:
        values.fail(node, "at_least is greater than at_most", "No value can satisfy both; correct one of them")
    return made


_REGRESSION: values.Readers = {
    "metric": _glob,
    "evaluation": _glob,
    "group": _glob,
    "against": values.member_of(Against),
    "tolerance_relative": values.number(0),
    "tolerance_absolute": values.number(0),
    "direction": values.word(("higher", "lower")),
}

_FRESHNESS: values.Readers = {
    "evaluation": _glob,
    "pointer": _pointer,
    "evidence": values.text(63, example="a kind of evidence"),
    "max_days": values.whole(1, MOST_DAYS),
}


def _freshness(node: Node) -> Freshness:
    made = values.object_of(_FRESHNESS, ("max_days",), "freshness", Freshness)(node)
    if [made.evaluation, made.pointer, made.evidence].count(None) != 2:
        values.fail(node, "freshness needs one thing to date", "Give one of evaluation, pointer and evidence")
    return made


def _forbid(node: Node) -> Forbid:
    pattern = values.text(compiled.LONGEST_PATTERN, example="a regular expression")(node)
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


_EVIDENCE: values.Readers = {
    "kind": values.text(63, example="a kind of evidence such as instructions"),
    "count": values.whole(1, 1_000),
    "max_days": values.whole(1, MOST_DAYS),
}

_KINDS: values.Readers = {
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

_WORDS_OF_A_RULE: values.Readers = {
    "id": _rule_id,
    "severity": values.member_of(Severity),
    "when": read_selector,
    "title": values.text(200, blank=True),
    "why": values.text(1_000, blank=True),
    "fix": values.text(1_000, blank=True),
}

_RULE: values.Readers = {**_WORDS_OF_A_RULE, **_KINDS}


def _rule(node: Node) -> Rule:
    given = values.members(node, _RULE, ("id",), "a rule")
    kinds = [key for key in given if key in _KINDS]
    if not kinds:
        values.fail(node, f"the rule {given['id']} has no kind", f"Add one of: {', '.join(_KINDS)}")
    if len(kinds) > 1:
        values.fail(
            node.keys[kinds[1]], f"the rule {given['id']} has two kinds: {' and '.join(kinds[:2])}", "Make two rules"
        )
    return values.made(Rule, {"severity": Severity.ERROR, "demand": given.pop(kinds[0]), **given})


def read_rules(node: Node) -> tuple[Rule, ...]:
    """Read the rules of a policy; no two have the same id."""
    rules = values.list_of(_rule, maximum=MAX_RULES, blank=True)(node)
    seen: set[str] = set()
    for rule, child in zip(rules, node.value if isinstance(node.value, list) else (), strict=True):
        if rule.id in seen:
            values.fail(
                values.below(child, ("id",)), f"the id {rule.id} is repeated", "Give each rule an id of its own"
            )
        seen.add(rule.id)
    return rules
