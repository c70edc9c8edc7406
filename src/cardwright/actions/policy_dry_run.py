"""Try a policy on the cards of the account, before it is active."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardwright.actions.cards import find_card, list_cards
from cardwright.actions.check_subject import checker_of, subject_of
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

if TYPE_CHECKING:
    from cardwright.core.policy.checking import Checker

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
        cards: the cards that the policy would govern.
        position: where the next dry run begins; None after the last card.
    """

    read: int
    cards: Sequence[TriedCard]
    position: Position | None

    @property
    def failing(self) -> list[TriedCard]:
        return [card for card in self.cards if card.failed]


def dry_run(
    unit: Unit,
    policy: ReviewPolicy,
    after: Position | None = None,
    is_late: Callable[[], bool] = lambda: False,
) -> DryRun:
    """Check at most :data:`AT_ONCE` cards as if a policy were active. Nothing is stored.

    Args:
        after: the position of an earlier dry run.
        is_late: whether to end after the cards that were checked so far, at least one.
    """
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    page = list_cards(unit, CardQuery(sort_by=CardSort.NAME, limit=AT_ONCE, after=after))
    active = active_policies(unit)
    trial = _Trial(
        policy, [one for one in active if one.name != policy.name], [one for one in active if one.name == policy.name]
    )
    found: list[TriedCard | None] = []
    position = page.position
    names = [CardSummary(*card).name for card in page.items]
    for number, name in enumerate(names, start=1):
        found.append(_tried(unit, trial, name))
        if is_late() and number < len(names):
            position = (name,)
            break
    return DryRun(len(found), [card for card in found if card is not None], position)


class _Trial:
    """A policy to be tried, the other active ones, and the engine of each, which is made once.

    Args:
        before: the active version of the policy, if there is one.
    """

    def __init__(self, policy: ReviewPolicy, others: Sequence[ReviewPolicy], before: Sequence[ReviewPolicy]) -> None:
        self.policy = policy
        self.then = [*others, policy]
        self.now = [*others, *before]
        self._checkers: dict[str, Checker] = {}

    def checker(self, policy: ReviewPolicy) -> "Checker":
        if policy.digest not in self._checkers:
            self._checkers[policy.digest] = checker_of(policy)
        return self._checkers[policy.digest]


def _tried(unit: Unit, trial: _Trial, name: str) -> TriedCard | None:
    """Return a card as the policy would find it; None if the policy would not govern it."""
    described = unit.cards.describe(name, None)
    if described is None:
        return None
    card, document = find_card(unit, name), document_of(described.content)
    tags = unit.tags.get(card.card_id)
    risk = document.risk_rating or UNRATED
    facts = Facts(name, risk, tags, document.model_package_group_name)
    policy = trial.policy
    if choose(trial.then, facts) is not policy:
        return None
    today = choose(trial.now, facts)
    checked = card_version(name, described.content, described.version, described.status)

    def check(wanted: ReviewPolicy) -> CardCheck:
        return trial.checker(wanted).check(subject_of(unit, wanted, card, checked, tags=tags))

    failed = blocking(policy, check(policy))
    if today is not None and today.digest == policy.digest:
        fails_today = bool(failed)
    else:
        fails_today = today is not None and bool(blocking(today, check(today)))
    return TriedCard(name, card.status, risk, failed, fails_today)


def blocking(policy: ReviewPolicy, check: CardCheck) -> Sequence[Result]:
    """Return a result of each failed rule that an approval needs, or that is an error."""
    needed = set(policy.approval.required_checks)
    failed = {
        result.rule: result
        for result in reversed(check.results)
        if result.outcome.failed and (result.rule in needed or result.severity == "error")
    }
    return [failed[rule.id] for rule in policy.rules if rule.id in failed]
