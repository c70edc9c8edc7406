"""Try a policy on the cards of the account, before it is active."""

from collections.abc import Sequence
from typing import NamedTuple

from cardwright.actions.cards import find_card, list_cards
from cardwright.actions.check_subject import subject_of
from cardwright.actions.policies import active_policies
from cardwright.core.card import CardSummary, Status
from cardwright.core.content import document_of
from cardwright.core.listing import CardQuery, CardSort, Position
from cardwright.core.people import Role
from cardwright.core.policy.policy import ReviewPolicy, choose
from cardwright.core.policy.result import CardCheck, Result
from cardwright.core.policy.selector import UNRATED, Facts
from cardwright.core.policy.subject import card_version
from cardwright.storage.unit import Unit

AT_ONCE = 200
"""Cards that one dry run reads."""


class TriedCard(NamedTuple):
    """A card that the policy would govern.

    Attributes:
        failed: a result of each failed rule that blocks an approval.
        fails_today: whether the policy that governs the card now fails too.
    """

    name: str
    status: Status
    risk: str
    failed: Sequence[Result]
    fails_today: bool


class DryRun(NamedTuple):
    """A policy, tried on some cards.

    Attributes:
        read: the number of cards that were read.
        cards: those that the policy would govern.
        position: where the next dry run begins; None after the last card.
    """

    read: int
    cards: Sequence[TriedCard]
    position: Position | None

    @property
    def failing(self) -> list[TriedCard]:
        return [card for card in self.cards if card.failed]


def dry_run(unit: Unit, policy: ReviewPolicy, after: Position | None = None) -> DryRun:
    """Check at most :data:`AT_ONCE` cards as if a policy were active. Nothing is stored.

    Args:
        after: the position of an earlier dry run.
    """
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    page = list_cards(unit, CardQuery(sort_by=CardSort.NAME, limit=AT_ONCE, after=after))
    others = [one for one in active_policies(unit) if one.name != policy.name]
    active = next((one for one in active_policies(unit) if one.name == policy.name), None)
    found = [_tried(unit, policy, CardSummary(*card).name, others, active) for card in page.items]
    return DryRun(len(found), [card for card in found if card is not None], page.position)


def _tried(
    unit: Unit, policy: ReviewPolicy, name: str, others: Sequence[ReviewPolicy], active: ReviewPolicy | None
) -> TriedCard | None:
    """Return a card as the policy would find it; None if the policy would not govern it."""
    described = unit.cards.describe(name, None)
    if described is None:
        return None
    card, document = find_card(unit, name), document_of(described.content)
    tags = unit.tags.get(card.card_id)
    risk = document.risk_rating or UNRATED
    facts = Facts(name, risk, tags, document.model_package_group_name)
    if choose([*others, policy], facts) is not policy:
        return None
    today = choose([*others, *([] if active is None else [active])], facts)
    checked = card_version(name, described.content, described.version, described.status)

    def check(wanted: ReviewPolicy) -> CardCheck:
        from cardwright.core.policy.checking import Checker  # the rule engine waits for the first check

        return Checker(wanted).check(subject_of(unit, wanted, card, checked, tags=tags))

    fails_today = today is not None and bool(blocking(today, check(today)))
    return TriedCard(name, card.status, risk, blocking(policy, check(policy)), fails_today)


def blocking(policy: ReviewPolicy, check: CardCheck) -> Sequence[Result]:
    """Return a result of each failed rule that an approval needs, or that is an error."""
    needed = set(policy.approval.required_checks)
    failed = {
        result.rule: result
        for result in reversed(check.results)
        if result.outcome.failed and (result.rule in needed or result.severity == "error")
    }
    return [failed[rule.id] for rule in policy.rules if rule.id in failed]
