"""Policy files: what they mean, and how mistakes in them are reported."""

import json
from pathlib import Path

import hypothesis
import hypothesis.strategies as some
import pytest
import yaml

from cardwright.core.errors import Invalid, PolicyInvalid
from cardwright.core.people import Role
from cardwright.core.policy.approval import Requirement, Waivers
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.rule import Metric, OneOf, Severity
from cardwright.core.policy.source import LONGEST

BANK = Path(__file__).with_name("bank-high-risk.yaml").read_text()
PLACE = "/model_overview/model_owner"


def rule(members: str) -> str:
    return f"policy: p\nrules:\n  - {{id: abc, {members}}}\n"


def test_a_policy_has_every_part_of_its_file() -> None:
    policy = read_policy(BANK)
    assert (policy.name, policy.version, len(policy.rules)) == ("bank-high-risk", 3, 7)
    assert policy.applies_to.risk == ("High", "Unknown")
    assert policy.approval.approvals == (
        Requirement(role=Role.APPROVER, independent=True),
        Requirement(reviewers="model-risk", independent=True),
    )
    assert policy.approval.waivers == Waivers("model-risk", 90)
    assert policy.reviewers == {"model-risk": ("mei", "ravi")}
    assert policy.rules[1].demand == Metric("auc", at_least=0.9)
    assert policy.rules[6].severity is Severity.NOTE
    assert isinstance(policy.rules[6].demand, OneOf)
    assert policy.rules[6].when.risk == ("High",)


def test_yaml_and_json_of_one_document_are_one_policy() -> None:
    assert read_policy(json.dumps(yaml.safe_load(BANK), indent=3)) == read_policy(BANK)


def test_the_digest_ignores_comments_and_order_but_no_value() -> None:
    digest = read_policy("policy: p\nversion: 2\n").digest
    assert read_policy("# first\nversion:  2\npolicy: 'p'\n").digest == digest
    assert read_policy("policy: p\nversion: 3\n").digest != digest
    assert digest == "258357a184f2b886cf3646ebd3983e801032723d46bfb96308aadf6fbf7a96d3"


MISTAKES = [
    (
        "policy: p\napproval: {approvals: [{reviewers: g, count: 2}]}\nreviewers: {g: [mei, Mei]}\n",
        2,
        46,
        "2 approvals can never come together",
    ),
    (
        "policy: p\napproval: {approvals: [{reviewers: g}, {reviewers: h}]}\nreviewers: {g: [mei], h: [MEI]}\n",
        2,
        23,
        "Each person counts once",
    ),
    ("", 1, 1, "the file is empty"),
    ("[]", 1, 1, "a list where an object"),
    ("policy: p\nfoo: 1", 2, 1, "no key 'foo'"),
    ("policy: p\nrulez: []", 2, 1, "Did you mean rules?"),
    ("policy: [a]", 1, 9, "a list where a text is expected"),
    ("policy: p\npolicy: q", 2, 1, "'policy' is repeated"),
    ("policy: p\nversion: no", 2, 10, "no means different things in YAML 1.1 and 1.2"),
    ("policy: p\nversion: 010", 2, 10, "010 means different things"),
    ("policy: p\nversion: 12:30", 2, 10, "12:30 means different things"),
    ("policy: p\napplies_to: {tags: {on: x}}", 2, 21, "on means different things"),
    ("policy: p\nversion: '3'", 2, 10, "a text where a whole number"),
    ("policy: p\nversion: true", 2, 10, "true where a whole number"),
    ("policy: p\nversion: 0", 2, 10, "out of range"),
    ("a: &a [1]\nb: *a", 1, 4, "no anchors and aliases"),
    ("policy: !!str p", 1, 9, "without a tag"),
    ("policy: p\n---\npolicy: q", 2, 1, "a second document"),
    ("policy: p\nrules: " + "[" * 9_000, 2, 72, "more than 64 levels"),
    ('{"a":' * 9_000, 1, 326, "more than 64 levels"),
    ("policy: " + "x" * LONGEST, 1, 1, "Keep it within 100,000"),
    ("policy: p\n\trules: []", 2, 1, "not YAML"),
    ("policy: p\x00", 1, 10, "a character that YAML does not allow"),
    ('policy: "\\ud800"', 1, 9, "half of a surrogate pair"),
    ("? [a]\n: b", 1, 3, "a key is not a text"),
    (rule("require: []"), 3, 24, "an empty list"),
    (rule("require: [/model_overview/model_onwer]"), 3, 25, "Did you mean model_owner?"),
    (rule("require: [model_overview]"), 3, 25, "not a JSON Pointer"),
    (rule("require: ['/a~2b']"), 3, 25, "followed by neither 0 nor 1"),
    (rule("require: [/evaluation_details/x/name]"), 3, 25, "not an index of a list"),
    (rule("forbid: '('"), 3, 23, "the regular expression is invalid"),
    (rule("forbid: '(?=x)'"), 3, 23, "without look-around"),
    (rule("forbid: '(a{1000}){1000}'"), 3, 23, "multiply to more than 1,000"),
    (rule(r"forbid: '(((a|\\{30}){30}){30})b'"), 3, 23, "multiply to more than 1,000"),
    (rule("forbid: '(?ix)(a{ 100 }){ 90 }'"), 3, 23, "the expression has the flag x"),
    (rule("schema: {properties: {a: {pattern: '(a{90}){90}b'}}}"), 3, 23, "multiply to more than 1,000"),
    (rule("schema: {patternProperties: {'(a{90}){90}b': true}}"), 3, 23, "multiply to more than 1,000"),
    (rule("schema: {allOf: [" + "{pattern: 'a{900}b'}, " * 3 + "]}"), 3, 23, "2,000 subschemas"),
    (rule("schema: {$id: 'x:a', $defs: {a: {$id: 'x:b'}}}"), 3, 48, "changes what $ref refers to"),
    (rule("forbid: '[ab]{9000}'"), 3, 23, "small repetitions"),
    (rule("forbid: '(\\p{L}{20}){20}'"), 3, 23, "too large"),
    (rule("forbid: 'a*'"), 3, 23, "matches an empty text"),
    (rule("metric: {name: auc}"), 3, 23, "at_least"),
    (rule("metric: {name: 'a[b]', at_least: 1}"), 3, 30, "Use only * for any text"),
    (rule("metric: {name: auc, at_least: '1'}"), 3, 45, "a text where a number"),
    (rule("metric: {name: auc, at_least: 2, at_most: 1}"), 3, 23, "No value can satisfy both"),
    (rule("require: [/model_overview], one_of: [/model_overview]"), 3, 43, "two kinds"),
    (rule("requires: []"), 3, 15, "Did you mean require?"),
    (rule("title: x"), 3, 5, "has no kind"),
    (rule("severity: fatal, require: [/model_overview]"), 3, 25, "error, warning, note"),
    (rule("schema: {type: objct}"), 3, 30, "the schema is invalid"),
    (rule("schema: {properties: {a: {pattern: '['}}}"), 3, 50, "the schema is invalid"),
    (rule("schema: {$ref: 'http://example.com/y'}"), 3, 30, "Refer to a place in this schema"),
    (rule("schema: {$ref: '#/nope'}"), 3, 23, "does not exist"),
    (rule("schema: {properties: {a: {$ref: '#'}}}"), 3, 23, "the schema refers to itself"),
    (rule("schema: {$ref: '#/$defs/a', $defs: {a: {$ref: '#/$defs/a'}}}"), 3, 23, "the schema refers to itself"),
    (rule("schema: {$dynamicRef: '#a'}"), 3, 24, "$dynamicRef is not allowed"),
    (rule("schema: {unevaluatedProperties: false}"), 3, 24, "unevaluatedProperties is not allowed"),
    (rule("freshness: {max_days: 3}"), 3, 26, "one of evaluation, pointer and evidence"),
    (rule("regression: {against: aproved}"), 3, 37, "Did you mean approved?"),
    (rule("evidence: {}"), 3, 25, "lacks the key 'kind'"),
    (rule("when: {risk: [high]}, require: [/model_overview]"), 3, 29, "Did you mean High?"),
    (rule("require: [/model_overview]") + "  - {id: abc, one_of: [/model_overview]}", 4, 10, "the id abc is repeated"),
    ("policy: p\nrules: [{id: A, require: [/model_overview]}]", 2, 14, "lower-case letters"),
    ("policy: p\napproval: {required_checks: [nope]}", 2, 30, "no rule has the id 'nope'"),
    ("policy: p\napproval: {approvals: [{reviewers: x}]}", 2, 36, "there is no group 'x'"),
    ("policy: p\napproval: {approvals: [{count: 1}]}", 2, 24, "Give one of role and reviewers"),
    ("policy: p\napproval: {approvals: [{role: approver, count: 0}]}", 2, 48, "out of range"),
    ("policy: p\nreviewers: {x: [a]}\napproval: {approvals: [{reviewers: x, count: 2}]}", 3, 46, "has 1: add people"),
    ("policy: p\napproval: {waivers: {by: x, max_days: 3}}", 2, 26, "approver, admin"),
    ("policy: p\napproval: {waivers: {by: admin}}", 2, 21, "lacks the key 'max_days'"),
    ("policy: p\napplies_to: {name: 'fr[ae]ud'}", 2, 20, "no card name can match"),
    ("policy: p\nreviewers: {approver: [a]}", 2, 13, "approver is a role"),
    ('{"policy": "p", "policy": "q"}', 1, 17, "is repeated"),
    ('{"policy": "p",}', 1, 16, "a key is missing"),
    ('{"policy": "\\ud800"}', 1, 12, "half of a surrogate pair"),
    ('{"policy": 1e999}', 1, 12, "too large"),
    ('{"policy": "p", "version": 9007199254740993}', 1, 28, "too large"),
]


@pytest.mark.parametrize(("text", "line", "column", "words"), MISTAKES, ids=lambda value: str(value)[-40:])
def test_a_mistake_is_refused_with_its_place_and_a_remedy(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        read_policy(text)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert words in str(error)
    assert error.remedy
    assert isinstance(error, Invalid)


def test_a_schema_whose_references_double_at_each_level_is_refused() -> None:
    levels = {f"a{level}": {"allOf": [{"$ref": f"#/$defs/a{level + 1}"}] * 2} for level in range(60)}
    schema = {"$ref": "#/$defs/a0", "$defs": {**levels, "a60": {"type": "object"}}}
    with pytest.raises(PolicyInvalid, match="more than 2,000 subschemas"):
        read_policy(json.dumps({"policy": "p", "rules": [{"id": "abc", "schema": schema}]}))


_PARTS = [
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "  ",
    "\t",
    "'",
    '"',
    "&a ",
    "*a",
    "!!",
    "|",
    "no",
    "1e999",
    "\x00",
    "\ufeff",
]


@hypothesis.given(some.integers(0, len(BANK)), some.integers(0, 12), some.sampled_from(_PARTS))
def test_a_damaged_file_is_read_or_refused_with_a_place(start: int, cut: int, put: str) -> None:
    text = BANK[:start] + put + BANK[start + cut :]
    place = place_of_mistake(text)
    assert place is None or (1 <= place[0] <= text.count("\n") + 1 and place[1] >= 1)


def place_of_mistake(text: str) -> tuple[int, int] | None:
    try:
        read_policy(text)
    except PolicyInvalid as error:
        return error.line, error.column
    return None
