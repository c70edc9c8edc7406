"""The rule engine, kind by kind."""

import json
import time
from typing import Any

import pytest

from cardwright.core.pairing import Choice
from cardwright.core.policy import evaluation_judges
from cardwright.core.policy.checking import Checker
from cardwright.core.policy.presets import NAMES, preset_text
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.result import Outcome
from cardwright.core.policy.subject import NoBaseline, Proof, Subject, baseline_numbers, card_version
from tests.core.policy.cards import NOW, card, check, job, outcomes

DAY = 86_400_000


def content(**sections: Any) -> Any:
    return card_version("fraud", json.dumps(sections), 1, "Draft")


def test_require_fails_for_a_missing_blank_or_short_value() -> None:
    rule = "{id: abc, require: {pointers: [/model_overview/model_owner], min_length: 3}}"
    for owner, outcome in ((None, "fail"), ("  ", "fail"), ("Al", "fail"), ("Ana", "pass")):
        subject = content(model_overview={} if owner is None else {"model_owner": owner})
        assert outcomes(check(rule, subject)) == [(outcome, "/model_overview/model_owner")]


def test_one_of_passes_with_any_of_its_places() -> None:
    rule = "{id: abc, one_of: [/model_overview/model_owner, /additional_information/custom_details/a~1b]}"
    assert outcomes(check(rule, content())) == [("fail", "/model_overview/model_owner")]
    named = content(additional_information={"custom_details": {"a/b": "Ana"}})
    assert outcomes(check(rule, named)) == [("pass", "/additional_information/custom_details/a~1b")]


def test_a_schema_rule_names_each_place_that_breaks_it() -> None:
    rule = "{id: abc, schema: {properties: {model_overview: {properties: {model_owner: {minLength: 5}}}}}}"
    assert outcomes(check(rule, content(model_overview={"model_owner": "Ana"}))) == [
        ("fail", "/model_overview/model_owner")
    ]
    assert outcomes(check(rule, content())) == [("pass", "")]


def test_forbid_names_every_text_that_matches() -> None:
    rule = '{id: abc, forbid: "(?i)lorem ipsum|TBD"}'
    subject = content(model_overview={"model_owner": "tbd", "model_artifact": ["x", "Lorem  ipsum", "LOREM IPSUM"]})
    assert outcomes(check(rule, subject)) == [
        ("fail", "/model_overview/model_artifact/2"),
        ("fail", "/model_overview/model_owner"),
    ]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(a|a?)+b", "(.*)*x", r"(\\w+\\s?)*!", "[ab]*a[ab]{200}c"])
def test_a_catastrophic_expression_takes_linear_time(pattern: str) -> None:
    subject = content(additional_information={"ethical_considerations": "a" * 90_000 + "é"})
    began = time.process_time()
    found = check(f'{{id: abc, forbid: "{pattern}"}}', subject)
    assert time.process_time() - began < 10  # backtracking takes longer than the age of the universe
    assert [result.outcome for result in found.results] == [Outcome.PASS]


@pytest.mark.parametrize(
    ("schema", "value", "pointer", "message"),
    [
        ("required: [model_owner]", {}, "/model_owner", "Owner is missing"),
        ("properties: {model_owner: {type: string}}", {"model_owner": 1}, "/model_owner", "Owner is not a text"),
        (
            "properties: {model_artifact: {type: array}}",
            {"model_artifact": {}},
            "/model_artifact",
            "Model artifacts are not a list",
        ),
        (
            "properties: {model_owner: {enum: [Risk, 1]}}",
            {"model_owner": "x"},
            "/model_owner",
            "Owner is none of Risk, 1",
        ),
        (
            "properties: {model_owner: {pattern: '^R'}}",
            {"model_owner": "x"},
            "/model_owner",
            "Owner does not match the expression ^R",
        ),
        (
            "properties: {model_version: {minimum: 2, type: number}}",
            {"model_version": 1},
            "/model_version",
            "Model version is less than 2",
        ),
        ("additionalProperties: false", {"own": 1}, "", "Model overview has a member that is not allowed"),
        (
            "additionalProperties: false, properties: {model_owner: true}",
            {"own": 1, "model_owner": "x"},
            "",
            "Model overview has members that are not allowed: own",
        ),
        ("properties: {model_owner: false}", {"model_owner": 1}, "/model_owner", "Owner is not allowed"),
        (
            "properties: {model_owner: {not: {type: string}}}",
            {"model_owner": "x"},
            "/model_owner",
            'Owner breaks the schema: {"type":"string"} is not allowed for "x"',
        ),
    ],
)
def test_a_schema_rule_says_what_is_wrong_with_a_field(schema: str, value: Any, pointer: str, message: str) -> None:
    found = check(f"{{id: abc, schema: {{properties: {{model_overview: {{{schema}}}}}}}}}", card(model_overview=value))
    assert [(one.pointer, one.message) for one in found.results] == [(f"/model_overview{pointer}", message)]


def test_a_schema_of_many_branches_is_checked_without_an_explanation_of_each() -> None:
    branches = ", ".join(f"{{const: '{number}'}}" for number in range(1_900))
    rule = f"{{id: abc, schema: {{additionalProperties: {{additionalProperties: {{oneOf: [{branches}]}}}}}}}}"
    wide = content(additional_information={f"k{number}": "x" for number in range(6_000)})
    began = time.process_time()
    assert outcomes(check(rule, wide)) == [("fail", "")]
    assert time.process_time() - began < 10  # an explanation takes minutes
    assert outcomes(check(rule, content(additional_information={"a": "7", "b": "x"}))) == [
        ("fail", "/additional_information/b")
    ]


def test_a_metric_is_checked_in_every_evaluation_that_has_it() -> None:
    rule = '{id: abc, metric: {evaluation: "hold*", name: AUC, at_least: 0.9, at_most: 0.99}}'
    subject = card(job("Holdout 1", {"auc": 0.95}), job("holdout 2", {"auc": 0.8}), job("other", {"auc": 0.1}))
    found = check(rule, subject)
    assert outcomes(found) == [
        ("pass", "/evaluation_details/0/metric_groups/0/metric_data/0"),
        ("fail", "/evaluation_details/1/metric_groups/0/metric_data/0"),
    ]
    assert found.results[1].message == "auc is 0.8 (holdout 2), and at least 0.9 is required"
    assert found.results[1].value == 0.8


def test_a_metric_rule_that_finds_nothing_fails() -> None:
    rule = "{id: abc, metric: {name: auc, at_least: 0.9}}"
    for subject in (content(), card(job("a", {"recall": 1})), card(job("a", {"auc": "0.95"}))):
        assert outcomes(check(rule, subject)) == [("fail", "/evaluation_details")]


def test_a_deviation_belongs_to_its_metric() -> None:
    metrics = {"auc": 0.95, "auc - standard_deviation": 0.01}
    found = check('{id: abc, metric: {name: "auc*", at_least: 0.9}}', card(job("a", metrics)))
    assert outcomes(found) == [("pass", "/evaluation_details/0/metric_groups/0/metric_data/0")]
    worse = {"auc": 0.945, "auc - standard_deviation": 0.02}
    found = check("{id: abc, regression: {}}", card(job("a", worse)), before=card(job("a", metrics), version=1))
    assert outcomes(found) == [("pass", "/evaluation_details/0/metric_groups/0/metric_data/0")]
    assert "within the deviation" in found.results[0].message


REGRESSIONS = [
    ("auc", 0.93, 0.9208, "tolerance_relative: 0.01", "pass"),
    ("auc", 0.93, 0.9207, "tolerance_relative: 0.01", "pass"),
    ("auc", 0.93, 0.9206, "tolerance_relative: 0.01", "fail"),
    ("auc", 0.93, 0.94, "", "pass"),
    ("rmse", 10, 10.5, "", "fail"),
    ("rmse", 10, 10.5, "tolerance_absolute: 0.5", "pass"),
    ("rmse", 10, 9, "", "pass"),
    ("Difference in Positive Proportions in Labels (DPL)", 0.1, -0.2, "", "fail"),
    ("Difference in Positive Proportions in Labels (DPL)", -0.2, 0.1, "", "pass"),
    ("Disparate Impact (DI)", 0.9, 1.2, "", "fail"),
    ("widgets", 5, 4, "", "skipped"),
    ("widgets", 5, 4, "direction: higher", "fail"),
]


@pytest.mark.parametrize(("name", "before", "after", "options", "outcome"), REGRESSIONS)
def test_a_regression_follows_the_direction_of_the_metric(
    name: str, before: float, after: float, options: str, outcome: str
) -> None:
    old, new = card(job("a", {name: before}), version=1), card(job("a", {name: after}))
    found = check(f"{{id: abc, regression: {{{options}}}}}", new, before=old)
    assert [str(result.outcome) for result in found.results] == [outcome]


def test_a_regression_pairs_jobs_whose_names_differ_in_the_quarter() -> None:
    old, new = card(job("Quality 2025 Q4", {"auc": 0.93}), version=1), card(job("Quality 2026 Q1", {"auc": 0.94}))
    found = check("{id: abc, regression: {}}", new, before=old)
    assert found.results[0].message == "auc 0.93 -> 0.94, better (Quality 2026 Q1)"
    assert [(pair.before, pair.after) for pair in found.comparisons[0].pairs] == [
        ("Quality 2025 Q4", "Quality 2026 Q1")
    ]
    assert "quarter" in found.comparisons[0].pairs[0].how
    assert found.comparisons[0].version == 1


def test_a_stored_pair_comes_before_every_guess() -> None:
    old = card(job("A", {"auc": 0.9}), job("B", {"auc": 0.5}), version=1)
    new = card(job("C", {"auc": 0.8}))
    assert check("{id: abc, regression: {}}", new, before=old).results[0].outcome is Outcome.SKIPPED
    found = check("{id: abc, regression: {}}", new, before=old, choices=[Choice("B", "C")])
    assert found.results[0].message == "auc 0.5 -> 0.8, better (C)"


def test_a_regression_without_a_baseline_is_skipped_and_counts_as_passed() -> None:
    found = check("{id: abc, regression: {against: previous}}", card(job("a", {"auc": 1})))
    assert outcomes(found) == [("skipped", "/evaluation_details")]
    assert found.passes("abc")
    assert found.passed


@pytest.mark.parametrize(
    ("date", "outcome"),
    [("2026-06-02", "pass"), ("2026-05-31", "fail"), ("2027-01-01", "fail"), ("soon", "fail"), (None, "fail")],
)
def test_freshness_counts_days_from_the_date_in_the_metadata(date: str | None, outcome: str) -> None:
    metadata = {} if date is None else {"metadata": {"Evaluation date": date}}
    found = check('{id: abc, freshness: {evaluation: "*", max_days: 180}}', card(job("a", {"auc": 1}, **metadata)))
    assert outcomes(found) == [(outcome, "/evaluation_details/0")]


def test_freshness_reads_the_registry_and_fails_without_an_evaluation() -> None:
    rule = '{id: abc, freshness: {evaluation: "*", max_days: 10}}'
    arn = "arn:aws:sagemaker:us-east-1:000000000000:processing-job/a"
    subject = card(job("a", {}, evaluation_job_arn=arn))
    assert outcomes(check(rule, subject, job_times={arn: NOW - 9 * DAY})) == [("pass", "/evaluation_details/0")]
    assert outcomes(check(rule, subject, job_times={arn: NOW - 11 * DAY})) == [("fail", "/evaluation_details/0")]
    assert outcomes(check(rule, content())) == [("fail", "/evaluation_details")]


def test_evidence_counts_pieces_of_its_kind_and_age() -> None:
    rule = "{id: abc, evidence: {kind: audit, count: 2, max_days: 30}}"
    fresh, old, other = Proof("audit", NOW - DAY), Proof("audit", NOW - 31 * DAY), Proof("scan", NOW)
    assert outcomes(check(rule, content())) == [("fail", "")]
    assert outcomes(check(rule, content(), evidence=[fresh, old, other])) == [("fail", "")]
    assert outcomes(check(rule, content(), evidence=[fresh, fresh])) == [("pass", "")]
    dated = "{id: abc, freshness: {evidence: audit, max_days: 30}}"
    assert outcomes(check(dated, content(), evidence=[old, fresh])) == [("pass", "")]
    assert outcomes(check(dated, content(), evidence=[old])) == [("fail", "")]


def test_when_leaves_out_cards_that_it_does_not_select() -> None:
    rule = "{id: abc, when: {risk: [High], tags: {team: a}}, require: [/model_overview]}"
    assert outcomes(check(rule, content(intended_uses={"risk_rating": "High"}), tags={"team": "a"}))[0][0] == "fail"
    assert outcomes(check(rule, content(intended_uses={"risk_rating": "High"}))) == [("skipped", "")]
    assert outcomes(check(rule, content(), tags={"team": "a"})) == [("skipped", "")]


def test_a_waiver_turns_a_failure_into_waived_and_nothing_else() -> None:
    rules = "{id: abc, require: [/model_overview]}, {id: def, require: [/intended_uses]}"
    found = check(rules, content(intended_uses={"risk_rating": "Low"}), waivers={"abc": "until May", "def": "x"})
    assert [(str(result.outcome), result.reason) for result in found.results] == [("waived", "until May"), ("pass", "")]
    assert found.passes("abc")
    assert found.passed


def test_a_rule_that_crashes_is_an_error_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(evaluation_judges, "age_fault", crash)
    rules = '{id: abc, freshness: {evaluation: "*", max_days: 1}}, {id: def, require: [/evaluation_details]}'
    found = check(rules, card(job("a", {"auc": 1})), waivers={"abc": "a crash cannot be waived"})
    assert [str(result.outcome) for result in found.results] == ["error", "pass"]
    assert not found.passed
    assert found.results[0].message == "The rule could not run: ZeroDivisionError"


def test_rules_that_are_left_when_the_time_is_over_are_errors() -> None:
    policy = read_policy("policy: p\nrules: [{id: abc, require: [/model_overview]}, {id: def, forbid: x}]")
    late = iter((False, True))
    found = Checker(policy).check(Subject(content(model_overview={"model_owner": "Ana"}), NOW), lambda: next(late))
    assert [str(result.outcome) for result in found.results] == ["pass", "error"]
    assert not found.passes("def")


@pytest.mark.parametrize(
    "value",
    [
        [],
        "text",
        1,
        None,
        {"evaluation_details": {"a": 1}},
        {"evaluation_details": [1, {}]},
        {"training_details": {"objective_function": {"function": []}}, "evaluation_details": [job("a", {"auc": 1})]},
    ],
)
def test_content_of_any_shape_is_checked(value: Any) -> None:
    rules = (
        "{id: one, require: [/evaluation_details/0/name]}, {id: two, metric: {name: auc, at_least: 1}},"
        '{id: three, regression: {}}, {id: four, freshness: {evaluation: "*", max_days: 1}},'
        "{id: five, schema: {type: object}}, {id: six, forbid: x}"
    )
    subject = card_version("fraud", json.dumps(value), 2, "Draft")
    found = check(rules, subject, before=subject)
    assert Outcome.ERROR not in {result.outcome for result in found.results}


def test_baselines_are_the_newest_approved_and_the_version_before() -> None:
    versions = [(1, "Approved"), (2, "Approved"), (3, "Draft"), (4, "Approved")]
    assert baseline_numbers(versions, 4) == (2, 3)
    assert baseline_numbers(versions, None) == (4, 4)
    assert baseline_numbers(versions, 1) == (None, None)
    assert baseline_numbers(versions, 4, "approved") == (2, 2)
    assert baseline_numbers(versions, 3, "1") == (1, 1)
    for against in ("3", "9"):
        with pytest.raises(NoBaseline):
            baseline_numbers(versions, 3, against)


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_names_its_source_and_date_and_gives_no_legal_advice(name: str) -> None:
    text = preset_text(name)
    assert read_policy(text).name == name
    for words in ("Source:", "2026-", "not legal advice"):
        assert words in text
