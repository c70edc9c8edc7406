"""The report for a terminal: failures, waivers and changed metrics of each card, then the totals."""

from collections.abc import Iterator

from cardwright.core.policy.result import CardCheck, Outcome, Result
from cardwright.core.policy.rule import Severity
from cardwright.formats.checks.report import CheckedCard, CheckReport


def print_text(report: CheckReport) -> str:
    """Return the report as lines of text."""
    lines = [f"Policy {report.policy.name}, version {report.policy.version}"]
    for card in report.cards:
        lines += ["", *_card(report, card)]
    return "\n".join([*lines, "", _totals(report)]) + "\n"


def _card(report: CheckReport, card: CheckedCard) -> Iterator[str]:
    check = card.check
    named = check.card.name if check.card.version is None else f"{check.card.name}:{check.card.version}"
    yield f"{named}  {_summary(check)}"
    for one in check.comparisons:
        which = (
            ""
            if one.against.isdecimal()
            else f", {'the approved one' if one.against == 'approved' else 'the one before'}"
        )
        yield f"  compared with version {one.version}{which}"
    for result in check.results:
        word = _word(result)
        if word:
            yield f"  {word:8} {result.rule}: {_line(result.message)}"
            yield from _details(report, result)


def _details(report: CheckReport, result: Result) -> Iterator[str]:
    if result.reason:
        yield f"           waived: {_line(result.reason)}"
    elif result.outcome.failed and (result.fix or report.rules[result.rule].why):
        yield f"           {_line(result.fix or report.rules[result.rule].why)}"


def _word(result: Result) -> str:
    """Return the first word of a result's line; empty for a result that is not printed."""
    if result.outcome.failed:
        return "crashed" if result.outcome is Outcome.ERROR else str(result.severity)
    if result.outcome is Outcome.WAIVED:
        return "waived"
    if result.outcome is Outcome.SKIPPED and result.pointer and result.value is None:
        return "skipped"  # the rule applies, and had nothing to compare
    compared = isinstance(result.value, dict) and result.value["before"] != result.value["after"]
    return "pass" if compared and result.outcome is Outcome.PASS else ""


def _summary(check: CardCheck) -> str:
    counts = [
        _count(sum(one.outcome.failed and one.severity is severity for one in check.results), str(severity))
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    ]
    return ", ".join(count for count in counts if not count.startswith("0 ")) or "passed"


def _totals(report: CheckReport) -> str:
    totals = report.totals
    found = ", ".join(_count(count, severity) for severity, count in totals.failures.items())
    waived = totals.outcomes[Outcome.WAIVED]
    return f"{_count(totals.cards, 'card')}, {totals.failed_cards} failed: {found}" + (
        f", {waived} waived" if waived else ""
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _line(text: str) -> str:
    """Return a text on one line, without control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
