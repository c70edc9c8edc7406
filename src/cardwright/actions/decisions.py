"""The decisions about a card, and the people behind them.

A user name that was deleted and given again is another person's.
"""

from collections.abc import Mapping, Sequence

from cardwright.core.review import (
    Decision,
    ReviewState,
    Verdict,
    effective,
    objections,
    open_state,
    person_id,
)
from cardwright.core.users import user_key
from cardwright.storage.unit import Unit


class Decisions:
    """The decisions of all reviews of a card.

    Args:
        listed: the decisions, in the order of their times.
        deletions: when users were deleted, oldest first, by the keys of those who decided.
    """

    def __init__(self, listed: Sequence[Decision], deletions: Mapping[str, Sequence[int]]) -> None:
        self.listed = listed
        self._deletions = deletions

    def of(self, review_id: str | None) -> list[Decision]:
        """Return the decisions of one review."""
        return [one for one in self.listed if one.review_id == review_id]

    def approvals(self, review_id: str | None) -> list[Decision]:
        """Return the approvals of a review that count."""
        counting = effective(self.of(review_id), self.person).values()
        return [one for one in counting if one.verdict == Verdict.APPROVE]

    def objections(self) -> list[Decision]:
        """Return the requests for changes that block an approval, of all reviews."""
        return objections(self.listed, self.person)

    def state(self, review_id: str) -> ReviewState:
        """Return the state of a review that is open."""
        return open_state(self.of(review_id), self.person)

    def counting(self, review_id: str, user: str) -> Decision | None:
        """Return the decision in a review that counts, of the person who has a name now."""
        return effective(self.of(review_id), self.person).get(self._person_now(user))

    def counts(self, decision: Decision) -> bool:
        """Whether a decision is the one of its person that counts."""
        return effective(self.listed, self.person).get(self.person(decision)) == decision

    def is_by(self, decision: Decision, user: str) -> bool:
        """Whether the person who has a name now decided."""
        return self.person(decision) == self._person_now(user)

    def person(self, decision: Decision) -> str:
        """Return the :func:`cardwright.core.review.person_id` of the person who decided."""
        return person_id(decision.user, self.deleted_before(decision))

    def deletions_of(self, user: str) -> Sequence[int]:
        """Return when users of a name were deleted, oldest first."""
        return self._deletions.get(user_key(user), ())

    def deleted_before(self, decision: Decision) -> int | None:
        """Return the last time before a decision that a user of its name was deleted."""
        return next((at for at in reversed(self.deletions_of(decision.user)) if at < decision.decided_at), None)

    def has_left(self, decision: Decision) -> bool:
        """Whether the person who decided was deleted since: another person may have the name now."""
        return any(at >= decision.decided_at for at in self.deletions_of(decision.user))

    def plus(self, decision: Decision) -> "Decisions":
        """Return these decisions and one more, of a user whose deletions are known."""
        return Decisions([*self.listed, decision], self._deletions)

    def changed(self, decision: Decision, changed: Decision) -> "Decisions":
        """Return these decisions with one replaced."""
        return Decisions([changed if one is decision else one for one in self.listed], self._deletions)

    def _person_now(self, user: str) -> str:
        return person_id(user, next(reversed(self.deletions_of(user)), None))


def decisions_of(unit: Unit, card_id: str, *users: str) -> Decisions:
    """Return the decisions about a card. One statement without any, else two.

    Args:
        users: further names whose deletions are wanted: those of people who are about to decide.
    """
    listed = unit.reviews.decisions(card_id)
    keys = {user_key(name) for name in (*(one.user for one in listed), *users)}
    return Decisions(listed, unit.account_events.deletions(keys) if keys else {})
