"""GitHub: workflow commands that annotate lines, and the Markdown summary of a step.

Source: "Workflow commands for GitHub Actions". GitHub shows ten annotations of each level for a step.
"""

from collections.abc import Mapping

from cardwright.core.policy.result import Outcome
from cardwright.core.policy.rule import Severity
from cardwright.core.policy.words import title_of
from cardwright.formats.checks.report import CheckReport, CheckTotals, Problem

ANNOTATION_LIMIT = 10
"""Annotations of one level."""
LONGEST_SUMMARY = 1_000_000
"""Bytes of a summary; GitHub allows 1 MiB for a step."""

_LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def print_annotations(report: CheckReport) -> str:
    """Return one workflow command for each failure, the most severe first, and one notice about the others."""
    lines: list[str] = []
    counts = dict.fromkeys(_LEVELS.values(), 0)
    counts["notice"] = 1  # the notice at the end
    left = 0
    for problem in report.worst_first():
        level = _LEVELS[problem.result.severity]
        counts[level] += 1
        if counts[level] > ANNOTATION_LIMIT:
            left += 1
        else:
            lines.append(_annotation(level, problem))
    totals = report.totals
    more = f"; {left} more failures are not shown as annotations" if left else ""
    words = f"{_checked(totals)}{more}"
    lines.append(f"::notice title={_property(f'Policy {report.policy.name}')}::{_message(words)}")
    return "\n".join(lines) + "\n"


def print_summary(report: CheckReport) -> str:
    """Return the report as Markdown, for the file in ``GITHUB_STEP_SUMMARY``."""
    totals = report.totals
    text = f"### Policy {_cell(report.policy.name)}\n\n{_checked(totals)}, {totals.outcomes[Outcome.WAIVED]} waived.\n"
    rows = [
        f"| {_cell(problem.card.check.card.name)} | {problem.result.severity} | {_cell(problem.rule.id)} |"
        f" {_cell(problem.result.message)} | {_cell(problem.result.fix)} |\n"
        for problem in report.worst_first()
    ]
    if rows:
        text += "\n| Card | Severity | Rule | Finding | What to do |\n| --- | --- | --- | --- | --- |\n"
    size = len(text.encode())
    for index, row in enumerate(rows):
        size += len(row.encode())
        if size > LONGEST_SUMMARY:
            return f"{text}\n{len(rows) - index} more failures are left out.\n"
        text += row
    return text


def _checked(totals: CheckTotals) -> str:
    return f"{totals.cards} card{'' if totals.cards == 1 else 's'} checked, {totals.failed_cards} failed"


def _annotation(level: str, problem: Problem) -> str:
    title = f"{problem.card.check.card.name}: {title_of(problem.rule)}"
    properties = {"title": title[:255]}
    source = problem.card.source
    if source.is_file:
        start, end = problem.region
        properties = {"file": source.path, "line": str(start.line), "endLine": str(end.line)} | properties
        if start.line == end.line:
            properties |= {"col": str(start.column), "endColumn": str(end.column)}
    words = problem.result.message + (f"\n{problem.result.fix}" if problem.result.fix else "")
    named = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {named}::{_message(words)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|~!"} | {"\n": " ", "\r": " "})


def _cell(text: str) -> str:
    """Return a text for a Markdown cell; it is shown as it is."""
    return text.translate(_MARKS)
