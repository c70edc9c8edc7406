"""SARIF 2.1.0, with what GitHub requires in addition. Source: "SARIF support for code scanning"."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from cardwright.core.policy.result import Outcome
from cardwright.core.policy.rule import Rule, Severity
from cardwright.core.policy.words import kind_of, sentence_of, title_of
from cardwright.formats.checks.report import CheckReport, Problem

MOST_RESULTS = 25_000
"""Results of a run that GitHub accepts. The most severe are kept."""

_LONGEST = 1024  # characters of a description
_PROBLEMS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "recommendation",
}


def print_sarif(report: CheckReport) -> str:
    """Return the failures and waivers of a report as a SARIF log with one run."""
    positions = {rule.id: index for index, rule in enumerate(report.policy.rules)}
    problems = list(report.problems((Outcome.FAIL, Outcome.ERROR, Outcome.WAIVED)))
    if len(problems) > MOST_RESULTS:
        problems = sorted(problems, key=lambda problem: -problem.result.severity.weight)[:MOST_RESULTS]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Cardwright",
                        "semanticVersion": report.engine,
                        "rules": [_rule(rule) for rule in report.policy.rules],
                    }
                },
                "automationDetails": {"id": f"cardwright/{report.policy.name}/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True}],
                "results": [_result(report, problem, positions[problem.rule.id]) for problem in problems],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    why = rule.why.strip() or sentence_of(rule)
    help_text = rule.fix.strip() or f"Change the card so that this holds: {sentence_of(rule)}"
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": title_of(rule)[:_LONGEST]},
        "fullDescription": {"text": why[:_LONGEST]},
        "help": {"text": help_text[:_LONGEST]},
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {
            "tags": ["model-card", kind_of(rule)],
            "precision": "very-high",
            "problem.severity": _PROBLEMS[rule.severity],
        },
    }


def _result(report: CheckReport, problem: Problem, position: int) -> dict[str, object]:
    card, result = problem.card.check.card, problem.result
    start, end = problem.region
    found: dict[str, object] = {
        "ruleId": result.rule,
        "ruleIndex": position,
        "kind": "fail",
        "level": str(result.severity),
        "message": {"text": f"{card.name}: {result.message}" + (f". {result.fix}" if result.fix else "")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(problem.card.source.path)},
                    "region": {
                        "startLine": start.line,
                        "startColumn": start.column,
                        "endLine": end.line,
                        "endColumn": end.column,
                    },
                },
                "logicalLocations": [{"fullyQualifiedName": result.pointer or "/", "kind": "member"}],
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": problem.fingerprint,
            "cardwright/v1": problem.fingerprint,
        },
        "properties": {
            "card": card.name,
            "version": card.version,
            "digest": card.digest,
            "policyDigest": report.policy.digest,
            "fix": result.fix,
        },
    }
    if result.outcome is Outcome.WAIVED:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": result.reason}]
    return found
