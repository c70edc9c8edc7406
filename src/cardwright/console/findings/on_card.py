"""What the page of a card shows of its findings, failed checks, waivers and evidence."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cardwright.actions.annotations import may_annotate
from cardwright.actions.check_findings import findings_of_rules
from cardwright.actions.evidence import list_evidence
from cardwright.actions.findings import limitations_of, list_findings
from cardwright.actions.review_work import CardReview
from cardwright.actions.waivers import list_waivers
from cardwright.console import finding_words as words
from cardwright.console.findings.pages import WaiverShown, waivers_shown
from cardwright.core.finding import Finding, FindingQuery, NamedFinding, is_in_version
from cardwright.core.policy.words import title_of
from cardwright.core.waiver import WaiverState
from cardwright.storage.unit import Unit

_COUNTED = 100  # findings that have not ended
_SHOWN = 6
_WAIVERS = 50
_FILES = 20


class FailedCheck(NamedTuple):
    """A required check that fails, with the finding about it, if there is one."""

    rule: str
    title: str
    message: str
    finding: Finding | None


def findings_on_card(unit: Unit, found: CardReview, version: int | None = None) -> Mapping[str, Any]:
    """Return the variables of the findings' parts of a card's page.

    Args:
        version: the version that the page shows; the newest by default.
    """
    name, shown = found.card.name, found.card.version if version is None else version
    query = FindingQuery(limit=_COUNTED, running=True, by_severity=True)
    running = list_findings(unit, query, card_name=name)
    evidence = list_evidence(unit, name, version=shown, limit=_FILES)
    digest = found.card.content_digest
    known = [NamedFinding(one, name, digest) for one in limitations_of(unit, name) if is_in_version(one, shown)]
    listed = {one.finding.finding_id for one in known}
    others = [one for one in running.items if one.finding.finding_id not in listed]
    return {
        "words": words,
        "placed_findings": [one for one in (*known, *others) if one.finding.pointer is not None],
        "card_findings": others[:_SHOWN],
        "hidden_findings": len(others) > _SHOWN,
        "finding_count": len(running.items),
        "open_findings": (len(running.items), running.items[0].finding.severity if running.items else ""),
        "more_findings": running.position is not None,
        "limitations": known,
        "failed_checks": failed_checks(unit, found),
        "check_waivers": _check_waivers(unit, name),
        "evidence": evidence.items,
        "more_evidence": evidence.position is not None,
        "may_annotate": may_annotate(unit, found.card),
        "may_waive": found.policy is None or found.policy.approval.waivers is not None,
    }


def failed_checks(unit: Unit, found: CardReview) -> Sequence[FailedCheck]:
    """Return the required checks that fail, with their findings."""
    policy = found.policy
    if found.check is None or policy is None or not found.check.failed:
        return ()
    rules = {rule.id: rule for rule in policy.rules}
    opened = findings_of_rules(unit, found.card.name, [one.rule for one in found.check.failed])
    return [
        FailedCheck(one.rule, title_of(rules[one.rule]), one.message, opened.get(one.rule))
        for one in found.check.failed
    ]


def _check_waivers(unit: Unit, name: str) -> Sequence[WaiverShown]:
    """Return the waivers of rules that are asked for or hold."""
    page = list_waivers(unit, card_name=name, limit=_WAIVERS)
    of_rules = [named for named in page.items if named.waiver.rule is not None]
    current = {WaiverState.REQUESTED, WaiverState.ACTIVE}
    return [one for one in waivers_shown(unit, of_rules) if one.state in current]
