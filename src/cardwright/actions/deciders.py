"""The people behind decisions: a user name that was deleted and given again is another person's."""

from collections.abc import Iterable, Mapping, Sequence

from cardwright.core.review import Decision, person_id
from cardwright.core.users import user_key
from cardwright.storage.unit import Unit


class Deciders:
    """Finds who decided.

    Args:
        deletions: when users were deleted, oldest first, by their keys.
    """

    def __init__(self, deletions: Mapping[str, Sequence[int]]) -> None:
        self._deletions = deletions

    def of(self, decision: Decision) -> str:
        """Return the :func:`cardwright.core.review.person_id` of the person who decided."""
        return person_id(decision.user, self.deleted_before(decision))

    def now(self, user: str) -> str:
        """Return the person who has a name now."""
        return person_id(user, next(reversed(self._deletions.get(user_key(user), ())), None))

    def deleted_before(self, decision: Decision) -> int | None:
        """Return the last time before a decision that a user of its name was deleted."""
        times = self._deletions.get(user_key(decision.user), ())
        return next((at for at in reversed(times) if at < decision.decided_at), None)


def deciders_of(unit: Unit, decisions: Iterable[Decision], *users: str) -> Deciders:
    """Return the people behind decisions, and behind names of users. No statement without either."""
    keys = {user_key(name) for name in (*(one.user for one in decisions), *users)}
    return Deciders(unit.account_events.deletions(keys) if keys else {})
