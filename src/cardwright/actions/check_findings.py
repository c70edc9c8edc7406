"""Findings about failed checks of the policy that governs a card."""

from collections.abc import Iterable, Mapping

from cardwright.actions.cards import find_card
from cardwright.actions.findings import Opened, open_finding
from cardwright.actions.review_work import describe_card_review
from cardwright.core.errors import Conflict
from cardwright.core.finding import OF_RULE, Finding
from cardwright.core.policy.words import finding_words
from cardwright.storage.unit import Unit


def open_check_finding(unit: Unit, name: str, rule: str) -> Opened:
    """Open a finding about a required check that fails, or return the one that the rule has on the card already.

    Raises:
        CardMissing, Denied, LimitExceeded: as :func:`~cardwright.actions.findings.open_finding`.
        Conflict: the check does not fail now.
    """
    found = describe_card_review(unit, name)
    failed = () if found.check is None else found.check.failed
    result = next((one for one in failed if one.rule == rule), None)
    if found.policy is None or result is None:
        raise Conflict(f"The check {rule[:63]} of {name} does not fail now")
    words = finding_words(found.policy, result)
    return open_finding(
        unit,
        name,
        words.title,
        severity=OF_RULE[result.severity],
        text=words.text,
        pointer=words.pointer,
        rule=rule,
    )


def findings_of_rules(unit: Unit, name: str, rules: Iterable[str]) -> Mapping[str, Finding]:
    """Return the findings about rules on a card that have not ended, by rule. Raises :class:`CardMissing`."""
    card = find_card(unit, name, "ListFindings")
    found = ((rule, unit.findings.of_rule(card.card_id, rule)) for rule in rules)
    return {rule: finding for rule, finding in found if finding is not None}
