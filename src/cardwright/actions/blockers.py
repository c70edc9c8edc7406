"""What blocks an approval besides missing approvals: requests for changes, findings, failed checks."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import attrs

from cardwright.actions.check_subject import SECONDS, checker_of, time_for_checks
from cardwright.actions.check_subject import subject_of as subject_of_check
from cardwright.actions.decisions import Decisions
from cardwright.actions.governance import Governance, Subject
from cardwright.core.card import Card
from cardwright.core.errors import Invalid
from cardwright.core.policy.missing import FailedCheck, Lack, OpenFinding, RequestedChanges
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.requirements import Standing
from cardwright.core.policy.result import LATE, Outcome, Result
from cardwright.core.policy.subject import card_version
from cardwright.storage.unit import Unit

_LISTED = 20  # blocking findings that are named


class ChecksTooSlow(Invalid):
    """The required checks of a policy take too long. Nothing was stored."""

    def __init__(self, policy: ReviewPolicy, card: Card) -> None:
        super().__init__(
            f"The required checks of the review policy {policy.name}, version {policy.version}, take longer than"
            f" {SECONDS} seconds for version {card.version} of the card, and nothing was stored: ask an administrator"
            " for a policy with quicker rules"
        )


class ApprovalCheck(NamedTuple):
    """The outcome of the required checks of a policy.

    Attributes:
        failed: a result of each failed check, in the order of the policy.
        passed: the number of required checks that passed, were skipped or waived.
        results: the results at all places where a required check failed or was waived.
    """

    failed: Sequence[Result]
    passed: int
    results: Sequence[Result] = ()

    @property
    def late(self) -> Sequence[Result]:
        """The failed checks for which there was no time."""
        return [result for result in self.failed if result.message == LATE]


def blockers_of(
    unit: Unit,
    governance: Governance,
    subject: Subject,
    decisions: Decisions,
    *,
    check: ApprovalCheck | None = None,
) -> tuple[Lack, ...]:
    """Return what blocks an approval besides missing approvals: requests for changes, findings, failed checks.

    Args:
        check: the outcome of the required checks, if the caller has it.
    """
    asked = tuple(RequestedChanges(one.user) for one in decisions.objections())
    policy = governance.policy
    if policy is None:
        return asked
    failed = failed_checks((check or check_of(unit, policy, subject)).failed)
    return (*asked, *open_findings(unit, policy, subject), *failed)


def check_in_time(unit: Unit, governance: Governance, subject: Subject) -> ApprovalCheck | None:
    """Check a content for an approval; None without a policy. :func:`refuse_late` follows."""
    return None if governance.policy is None else check_of(unit, governance.policy, subject)


def refuse_late(governance: Governance, subject: Subject, found: Standing, check: ApprovalCheck | None) -> None:
    """Raise :class:`ChecksTooSlow` when only checks that did not run in time prevent an approval."""
    if governance.policy is None or check is None or not check.late:
        return
    if set(found.lacks) <= set(failed_checks(check.late)):
        raise ChecksTooSlow(governance.policy, subject.card)


def open_findings(unit: Unit, policy: ReviewPolicy, subject: Subject) -> tuple[OpenFinding, ...]:
    """Return the findings that block an approval under a policy."""
    severities = policy.approval.blocking_findings
    if not severities:
        return ()
    digest = subject.card.content_digest
    found = unit.findings.blocking(subject.card.card_id, severities, unit.now, _LISTED)
    return tuple(OpenFinding(one.finding_id, one.severity, one.title, one.state_at(unit.now, digest)) for one in found)


def check_of(unit: Unit, policy: ReviewPolicy, subject: Subject) -> ApprovalCheck:
    """Check a content against the required checks of a policy."""
    required = policy.approval.required_checks
    if not required:
        return ApprovalCheck((), 0)
    card = subject.card
    asked = attrs.evolve(policy, rules=tuple(rule for rule in policy.rules if rule.id in required))
    checked = card_version(card.name, subject.content, card.version, card.status)
    found = checker_of(asked).check(
        subject_of_check(unit, asked, card, checked, tags=subject.tags), time_for_checks(unit)
    )
    failures: dict[str, list[Result]] = {}
    for result in found.results:
        if result.outcome.failed:
            failures.setdefault(result.rule, []).append(result)
    failed = tuple(_first_of(failures[rule]) for rule in required if rule in failures)
    faults = [result for result in found.results if result.outcome.failed or result.outcome is Outcome.WAIVED]
    return ApprovalCheck(failed, len(required) - len(failed), faults)


def _first_of(failures: Sequence[Result]) -> Result:
    """Return the first failure of a check, with the number of the others."""
    first, *others = failures
    if not others:
        return first
    more = "1 more place fails" if len(others) == 1 else f"{len(others)} more places fail"
    return attrs.evolve(first, message=f"{first.message}, and {more}")


def failed_checks(failed: Iterable[Result]) -> tuple[FailedCheck, ...]:
    """Return the required checks of a policy that a content fails."""
    return tuple(FailedCheck(result.rule, result.message) for result in failed)
