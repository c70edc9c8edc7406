"""JUnit XML: one suite for each card, one test case for each rule.

The format has no standard; this is the part that Jenkins, GitLab, GitHub actions and Azure read alike.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from cardwright.core.policy.result import Outcome, Result
from cardwright.core.policy.rule import Severity
from cardwright.formats.checks.report import CheckedCard, CheckReport

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def print_junit(report: CheckReport) -> str:
    """Return the report as an XML document."""
    seen: Counter[str] = Counter()
    suites = []
    for card in report.cards:
        name = card.check.card.name
        seen[name] += 1
        suites.append(_Suite(report, card, name if seen[name] == 1 else f"{name} ({seen[name]})"))
    counts = _counted([outcome for suite in suites for outcome in suite.outcomes])
    head = f"<testsuites name={_quoted(f'cardwright.{report.policy.name}')} {counts}>"
    body = [line for suite in suites for line in suite.lines()]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *body, "</testsuites>"]) + "\n"


class _Suite:
    """The test cases of one card."""

    def __init__(self, report: CheckReport, card: CheckedCard, name: str) -> None:
        self._report, self._card, self._name = report, card, name
        self._cases = []
        for rule in report.policy.rules:
            results = [result for result in card.check.results if result.rule == rule.id]
            self._cases.append((rule.id, results, _outcome(report, rule.severity, results)))

    @property
    def outcomes(self) -> list[str]:
        return [outcome for _, _, outcome in self._cases]

    def lines(self) -> list[str]:
        stamp = self._report.started.strftime("%Y-%m-%dT%H:%M:%S")
        check = self._card.check
        properties = {
            "policy": self._report.policy.name,
            "policyDigest": self._report.policy.digest,
            "version": check.card.version,
            "digest": check.card.digest,
            "status": check.card.status,
        }
        return [
            f'  <testsuite name={_quoted(self._name)} {_counted(self.outcomes)} timestamp="{stamp}">',
            "    <properties>",
            *(
                f"      <property name={_quoted(name)} value={_quoted(str(value))}/>"
                for name, value in properties.items()
                if value is not None
            ),
            "    </properties>",
            *(line for case in self._cases for line in self._case(*case)),
            "  </testsuite>",
        ]

    def _case(self, rule_id: str, results: Sequence[Result], outcome: str) -> list[str]:
        classname = f"cardwright.{self._report.policy.name}.{self._name.replace('.', '_')}"
        head = f'    <testcase name={_quoted(rule_id)} classname={_quoted(classname)} time="0"'
        telling = [result for result in results if result.outcome.failed] or list(results)
        if self._card.source.is_file and telling:
            line = self._card.source.region(telling[0].pointer)[0].line if telling[0].outcome.failed else 1
            head += f' file={_quoted(self._card.source.path)} line="{line}"'
        inside = _INSIDE[outcome](rule_id, results)
        return [f"{head}/>"] if inside is None else [f"{head}>", f"      {inside}", "    </testcase>"]


def _outcome(report: CheckReport, severity: Severity, results: Sequence[Result]) -> str:
    outcomes = {result.outcome for result in results}
    if Outcome.ERROR in outcomes:
        return "error"
    if Outcome.FAIL in outcomes:
        return "failure" if severity is Severity.ERROR or report.fails(severity) else "remark"
    if Outcome.WAIVED in outcomes:
        return "waived"
    return "skipped" if outcomes == {Outcome.SKIPPED} else "pass"


def _counted(outcomes: Sequence[str]) -> str:
    found = Counter(outcomes)
    skipped = found["skipped"] + found["waived"]
    counts = f'tests="{len(outcomes)}" failures="{found["failure"]}" errors="{found["error"]}" skipped="{skipped}"'
    return f'{counts} time="0"'


def _fault(tag: str) -> Callable[[str, Sequence[Result]], str]:
    def inside(rule_id: str, results: Sequence[Result]) -> str:
        failed = [result for result in results if result.outcome.failed]
        text = "\n".join(result.message for result in failed)
        fix = f"\n{failed[0].fix}" if failed[0].fix else ""
        return f"<{tag} message={_quoted(failed[0].message)} type={_quoted(rule_id)}>{_text(text + fix)}</{tag}>"

    return inside


def _remark(_: str, results: Sequence[Result]) -> str:
    failed = [f"{result.severity}: {result.message}" for result in results if result.outcome.failed]
    return f"<system-out>{_text(chr(10).join(failed))}</system-out>"


def _skipped(_: str, results: Sequence[Result]) -> str:
    waived = next((result for result in results if result.outcome is Outcome.WAIVED), None)
    words = f"Waived: {waived.reason}" if waived else results[0].message if results else "The rule found nothing"
    return f"<skipped message={_quoted(words)}/>"


_INSIDE: Mapping[str, Callable[[str, Sequence[Result]], str | None]] = {
    "pass": lambda *_: None,
    "failure": _fault("failure"),
    "error": _fault("error"),
    "remark": _remark,
    "waived": _skipped,
    "skipped": _skipped,
}


def _clean(text: str) -> str:
    """Return a text with U+FFFD for characters that XML 1.0 forbids."""
    return _FORBIDDEN.sub("\ufffd", text)


def _text(text: str) -> str:
    return escape(_clean(text))


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))
