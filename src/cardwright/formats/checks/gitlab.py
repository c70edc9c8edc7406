"""GitLab Code Quality: a JSON array of failures with their file and line."""

import json
from collections.abc import Mapping

from cardwright.core.policy.rule import Severity
from cardwright.formats.checks.report import CheckReport, Problem

_SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.NOTE: "info",
}


def print_code_quality(report: CheckReport) -> str:
    """Return the failures as GitLab reads them."""
    return json.dumps([_item(problem) for problem in report.problems()], ensure_ascii=False, indent=2) + "\n"


def _item(problem: Problem) -> dict[str, object]:
    result = problem.result
    return {
        "description": f"{problem.card.check.card.name}: {result.message}" + (f". {result.fix}" if result.fix else ""),
        "check_name": result.rule,
        "fingerprint": problem.fingerprint,
        "severity": _SEVERITIES[result.severity],
        "location": {"path": problem.card.source.path, "lines": {"begin": problem.region[0].line}},
    }
