"""Stored dry runs: a policy, tried on all cards of an account, some cards at a time."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardwright.core.review import DAY, PolicyMark

KEPT = 90 * DAY
"""Milliseconds that a dry run is kept."""

STALLED = 30_000
"""Milliseconds without progress after which a dry run counts as stopped, and may be continued."""


class FailingCard(NamedTuple):
    """A card that a policy would govern, and that fails it.

    Attributes:
        failed: the id and the message of each failed rule that blocks an approval.
        fails_today: whether the policy that governs the card now fails too.
    """

    name: str
    status: str
    risk: str
    failed: Sequence[tuple[str, str]]
    fails_today: bool


class Counts(NamedTuple):
    """The cards of a dry run so far.

    Attributes:
        read: the cards that were read.
        governed: the cards that the policy would govern.
        failing: the governed cards that fail.
        newly: the failing cards that do not fail today.
        approved: the failing cards that are Approved.
        by_rule: failing cards by the id of the rule.
    """

    read: int = 0
    governed: int = 0
    failing: int = 0
    newly: int = 0
    approved: int = 0
    by_rule: Mapping[str, int] = {}

    def plus(self, read: int, governed: int, failing: Sequence[FailingCard]) -> "Counts":
        """Return the counts after more cards."""
        by_rule = dict(self.by_rule)
        for card in failing:
            for rule in dict(card.failed):
                by_rule[rule] = by_rule.get(rule, 0) + 1
        return Counts(
            self.read + read,
            self.governed + governed,
            self.failing + len(failing),
            self.newly + sum(not card.fails_today for card in failing),
            self.approved + sum(card.status == "Approved" for card in failing),
            by_rule,
        )


class PolicyRun(NamedTuple):
    """One stored dry run. Times are milliseconds since the epoch.

    Attributes:
        policy: the version of the policy that was tried.
        begun_by: the user who began it.
        worked_at: when its last cards were read.
        ended_at: None while cards are left.
        place: the name of the last card that was read; empty before the first.
        parts: the number of stored parts of failing cards.
    """

    run_id: str
    policy: PolicyMark
    begun_by: str
    begun_at: int
    worked_at: int
    ended_at: int | None
    place: str
    parts: int
    counts: Counts

    def is_stalled(self, now: int) -> bool:
        """Whether a process that worked on it has stopped."""
        return self.ended_at is None and now - self.worked_at > STALLED
