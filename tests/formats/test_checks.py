"""Reports of checks, each through the validator or reader of its format."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from junitparser import Failure, JUnitXml, Skipped

from cardwright.core.policy.checking import Checker
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.rule import Severity
from cardwright.core.policy.subject import Subject, card_version
from cardwright.formats.checks import CHECK_FORMATS, CheckedCard, CheckReport, Source, print_report
from cardwright.formats.checks.github import print_summary

POLICY = read_policy("""
policy: bank
rules:
  - id: owner-named
    title: The card names an owner
    fix: "Fill in 100% of it, now"
    require: [/model_overview/model_owner]
  - {id: no-tbd, severity: warning, forbid: TBD}
  - {id: rated, severity: note, require: [/intended_uses/risk_rating]}
  - {id: purpose, require: [/intended_uses/purpose_of_model]}
  - {id: compared, regression: {}}
""")
TEXT = """{
  "model_overview": {
    "model_name": "TBD \\u0007 \\ufffe",
    "model_description": "Grüße"
  }
}
"""


def report(
    *, fail_on: Severity | None = Severity.ERROR, cards: int = 1, waivers: Mapping[str, str] | None = None
) -> Any:
    checker = Checker(POLICY)
    checked = []
    for number in range(cards):
        name = f"fraud.{number:03}"
        subject = Subject(
            card_version(name, TEXT, 3, "Draft"), 0, waivers=waivers or {"purpose": "agreed\x00 until May"}
        )
        checked.append(CheckedCard(checker.check(subject), Source(f"cards/à {name}.json", TEXT)))
    return CheckReport(POLICY, 1_795_867_200_123, "1.2.3", tuple(reversed(checked)), fail_on)


PLACES = read_policy("""
policy: places
rules:
  - {id: owner, require: [/model_overview/model_owner]}
  - {id: detail, require: [/additional_information/custom_details/Second owner]}
  - {id: either, one_of: [/business_details/business_stakeholders, /intended_uses/purpose_of_model]}
  - {id: shape, schema: {required: [intended_uses], properties: {model_overview: {required: [model_creator]}}}}
  - {id: no-tbd, forbid: TBD}
  - {id: dated, freshness: {pointer: /model_overview/model_version, max_days: 30}}
""")


@pytest.mark.parametrize("name", ["text", "github", "gitlab", "junit"])
def test_reports_for_readers_name_fields_as_the_form_does(name: str) -> None:
    checked = Checker(PLACES).check(Subject(card_version("fraud", TEXT, 3, "Draft"), 0))
    made = CheckReport(PLACES, 0, "1", (CheckedCard(checked, Source("fraud.json", TEXT)),))
    text = print_report(made, name).decode()
    for words in (
        "Owner is missing",
        "Second owner",
        "None of these has a value: Business stakeholders, Purpose of the model",
        "Intended uses are missing",
        "Creator is missing",
        "Model name has a text that matches the forbidden expression TBD",
        "Model version has no date",
    ):
        assert words in text
    assert "/model_" not in text
    assert "/intended_uses" not in text
    assert "/additional_information" not in text


def printed(name: str, **options: Any) -> str:
    return print_report(report(**options), name).decode()


@pytest.fixture(scope="module")
def sarif_schema() -> Any:
    """The schema as the package @microsoft/jest-sarif 1.0.0-beta.0 (MIT) has it."""
    schema = json.loads(Path(__file__).with_name("sarif-2.1.0-rtm.5.json").read_text())
    for name in ("run", "toolComponent"):
        del schema["definitions"][name]["properties"]["language"]["pattern"]  # it is not a regular expression
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True)


def test_sarif_follows_the_schema_and_what_github_adds(sarif_schema: Any) -> None:
    log = json.loads(printed("sarif"))
    assert [str(error) for error in sarif_schema.iter_errors(log)] == []
    run = log["runs"][0]
    assert run["automationDetails"]["id"] == "cardwright/bank/"
    for rule in run["tool"]["driver"]["rules"]:
        for member in ("shortDescription", "fullDescription", "help"):
            assert 0 < len(rule[member]["text"]) <= 1024
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "cards/%C3%A0%20fraud.000.json"
        assert set(result["partialFingerprints"]) == {"primaryLocationLineHash", "cardwright/v1"}
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_points_at_the_lines_of_the_source_file() -> None:
    results = json.loads(printed("sarif"))["runs"][0]["results"]
    found = {result["ruleId"]: result["locations"][0]["physicalLocation"]["region"] for result in results}
    assert found["no-tbd"] == {"startLine": 3, "startColumn": 19, "endLine": 3, "endColumn": 38}
    assert found["owner-named"] == {"startLine": 2, "startColumn": 21, "endLine": 2, "endColumn": 22}
    assert found["rated"]["startLine"] == 1


def test_sarif_fingerprints_ignore_lines_and_differ_by_place() -> None:
    first = json.loads(printed("sarif"))["runs"][0]["results"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in first]
    assert len(set(prints)) == len(prints) == 4
    moved = report()
    moved = CheckReport(
        POLICY, 0, "9", tuple(CheckedCard(one.check, Source("x", "\n" * 9 + TEXT)) for one in moved.cards)
    )
    again = json.loads(print_report(moved, "sarif"))["runs"][0]["results"]
    assert [result["partialFingerprints"]["primaryLocationLineHash"] for result in again] == prints


def test_sarif_keeps_waived_results_as_suppressed() -> None:
    results = json.loads(printed("sarif"))["runs"][0]["results"]
    waived = next(result for result in results if result["ruleId"] == "purpose")
    assert waived["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "agreed\x00 until May"}
    ]


def test_junit_reads_back_with_failures_and_skips() -> None:
    text = printed("junit")
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    suite = next(iter(JUnitXml.fromstring(text.encode())))
    assert (suite.name, suite.tests, suite.failures, suite.skipped) == ("fraud.000", 5, 1, 2)
    assert suite.timestamp == "2026-11-28T12:00:00"
    cases = {case.name: case for case in suite}
    assert isinstance(cases["owner-named"].result[0], Failure)
    assert cases["owner-named"].result[0].type == "owner-named"
    assert "Fill in 100% of it, now" in cases["owner-named"].result[0].text
    assert cases["owner-named"].classname == "cardwright.bank.fraud_000"
    assert cases["no-tbd"].result == []
    assert "warning" in cases["no-tbd"].system_out
    assert isinstance(cases["purpose"].result[0], Skipped)
    assert cases["purpose"].result[0].message == "Waived: agreed\ufffd until May"
    assert isinstance(cases["compared"].result[0], Skipped)


def test_a_warning_is_a_junit_failure_when_warnings_fail_the_check() -> None:
    suite = next(iter(JUnitXml.fromstring(printed("junit", fail_on=Severity.WARNING).encode())))
    assert suite.failures == 2


def test_junit_names_stay_unique_when_two_files_hold_one_card() -> None:
    one = report()
    twice = CheckReport(POLICY, 0, "1", (*one.cards, *one.cards))
    names = [suite.name for suite in JUnitXml.fromstring(print_report(twice, "junit"))]
    assert names == ["fraud.000", "fraud.000 (2)"]


def test_github_annotations_are_escaped_and_name_the_line() -> None:
    lines = printed("github").splitlines()
    assert lines[0] == (
        "::error file=cards/à fraud.000.json,line=2,endLine=2,title=fraud.000%3A The card names an owner,col=21,"
        "endColumn=22::Owner is missing%0AFill in 100%25 of it, now"
    )
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::notice", "::notice"]


def test_github_shows_ten_annotations_of_a_level_and_counts_the_others() -> None:
    lines = printed("github", cards=30).splitlines()
    for level, limit in (("::error", 10), ("::warning", 10), ("::notice", 10)):
        assert sum(line.startswith(level) for line in lines) <= limit
    assert lines[-1].endswith("::30 cards checked, 30 failed; 61 more failures are not shown as annotations")


def test_the_summary_is_markdown_without_markup_of_cards() -> None:
    text = print_summary(report())
    assert "| fraud.000 | error | owner-named | Owner is missing |" in text


def test_gitlab_items_have_what_code_quality_reads() -> None:
    items = json.loads(printed("gitlab", cards=2))
    assert len(items) == 6
    assert len({item["fingerprint"] for item in items}) == 6
    assert {item["severity"] for item in items} == {"critical", "major", "info"}
    for item in items:
        assert item["description"]
        assert item["check_name"]
        assert not item["location"]["path"].startswith("./")
        assert item["location"]["lines"]["begin"] >= 1


def test_our_json_is_equal_for_equal_input_apart_from_the_start() -> None:
    one, other = report(cards=3), report(cards=3)
    object.__setattr__(other, "started_at", 0)
    first, second = (json.loads(print_report(each, "json")) for each in (one, other))
    assert first.pop("startedAt") == "2026-11-28T12:00:00.123Z"
    assert second.pop("startedAt") == "1970-01-01T00:00:00.000Z"
    assert json.dumps(first) == json.dumps(second)
    assert list(first) == ["policy", "policyDigest", "engine", "cards", "totals"]
    assert [card["name"] for card in first["cards"]] == ["fraud.000", "fraud.001", "fraud.002"]
    assert [result["rule"] for result in first["cards"][0]["results"]] == [rule.id for rule in POLICY.rules]
    assert first["cards"][0]["outcome"] == "fail"
    assert first["totals"]["outcomes"] == {"pass": 0, "fail": 9, "waived": 3, "error": 0, "skipped": 3}


def test_text_shows_failures_with_the_fix_and_no_control_characters() -> None:
    text = printed("text")
    assert "error    owner-named: Owner is missing" in text
    assert "Fill in 100% of it, now" in text
    assert "waived: agreed  until May" in text
    assert "skipped  compared: There is no approved version to compare with" in text
    assert text.endswith("1 card, 1 failed: 1 error, 1 warning, 1 note, 1 waived\n")


@pytest.mark.parametrize("name", CHECK_FORMATS)
def test_a_report_without_cards_is_valid(name: str, sarif_schema: Any) -> None:
    text = print_report(CheckReport(POLICY, 0, "1", ()), name).decode()
    if name == "sarif":
        assert sarif_schema.is_valid(json.loads(text))
    elif name == "junit":
        assert JUnitXml.fromstring(text.encode()).tests == 0
    elif name in {"json", "gitlab"}:
        json.loads(text)
    assert text.endswith("\n")
