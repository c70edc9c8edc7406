"""Rules for copying cards between stores: what a copy changes in the target, and what it must not overwrite.

A copy may add to the target what the source has. If the target has a version, a status or tags that came from neither
the source nor the last copy, the card is a conflict and stays as it is.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from attrs import evolve, field, frozen

from cardwright.core.card import Status


class Action(StrEnum):
    """What a copy does with one card."""

    CREATE = "create"
    UPDATE = "update"
    EQUAL = "equal"
    CONFLICT = "conflict"


class Versions(StrEnum):
    """Which versions a copy writes."""

    ALL = "all"
    LATEST = "latest"


@frozen
class CardState:
    """A card on one side of a copy.

    Attributes:
        digests: SHA-256 of the content of each version, as 64 hex digits, oldest version first.
        status: the card's status.
        tags: its tags by key.
    """

    digests: tuple[str, ...]
    status: str
    tags: Mapping[str, str]


@frozen
class Accepted:
    """What the target may hold from an earlier copy, so that the next copy may replace it.

    Attributes:
        statuses: the statuses that an earlier copy found or set.
        tags: the sets of tags that an earlier copy found or set.
        absent: whether the card may be missing, because the copy that creates it may have ended early.
    """

    statuses: frozenset[str] = frozenset()
    tags: tuple[Mapping[str, str], ...] = ()
    absent: bool = False

    def accepts(self, target: CardState) -> bool:
        """Return whether status and tags of the target come from an earlier copy."""
        return target.status in self.statuses and dict(target.tags) in [dict(tags) for tags in self.tags]


@frozen
class Plan:
    """What a copy does with one card.

    Attributes:
        name: the card's name.
        action: create, update, equal or conflict.
        missing: indexes of the source's versions that the target lacks, oldest first; 0 is the first version.
        status: the status to set; None if it does not change.
        arrives: the status that the card has in the target after the copy; empty for a conflict.
        tags: the tags to add or to replace.
        removed_tags: the keys of tags to remove.
        reason: why the card is a conflict.
        notes: what the target cannot hold, or holds otherwise.
    """

    name: str
    action: Action
    missing: tuple[int, ...] = ()
    status: str | None = None
    arrives: str = ""
    tags: Mapping[str, str] = field(factory=dict)
    removed_tags: tuple[str, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the copy writes to the target."""
        return self.action in {Action.CREATE, Action.UPDATE}


def plan(  # noqa: PLR0913, PLR0917 - both sides, and what is known of them
    name: str,
    source: CardState,
    target: CardState | None,
    versions: Versions = Versions.ALL,
    accepted: Accepted | None = None,
    refusal: str = "",
) -> Plan:
    """Return what a copy of one card does.

    A card that the target does not accept as Approved arrives as PendingReview. If it became Approved in the target
    after an earlier copy, it stays Approved until it gets new versions.

    Args:
        name: the card's name.
        source: the card in the source.
        target: the card in the target; None if the target has no such card.
        versions: all versions of the source, or its newest alone.
        accepted: what earlier copies left in the target; None if no earlier copy is known.
        refusal: why the target does not accept the card as Approved; empty if it does.
    """
    found = _plan(name, source, target, versions, accepted)
    kept = found.arrives and not found.status and not found.missing
    if not refusal or kept or source.status != Status.APPROVED:
        return found
    pending = Status.PENDING_REVIEW.value
    if found.missing:
        held = evolve(found, status=None if target and target.status == pending else pending, arrives=pending)
    else:
        held = _plan(name, evolve(source, status=pending), target, versions, accepted)
    if held.action is Action.CONFLICT:
        return found
    return evolve(held, notes=(f"Approved in the source, PendingReview in the target: {refusal}",))


def _plan(
    name: str, source: CardState, target: CardState | None, versions: Versions, accepted: Accepted | None
) -> Plan:
    if target is None:
        if accepted is not None and not accepted.absent:
            return Plan(name, Action.CONFLICT, reason="it was deleted in the target after the last copy")
        return Plan(name, Action.CREATE, _written(source, 0, versions), source.status, source.status, dict(source.tags))
    missing = _missing(source, target, versions)
    if missing is None:
        return Plan(name, Action.CONFLICT, reason="the target has a version that did not come from the source")
    status = None if source.status == target.status else source.status
    added = {key: value for key, value in source.tags.items() if target.tags.get(key) != value}
    removed = tuple(key for key in target.tags if key not in source.tags)
    if not (missing or status or added or removed):
        return Plan(name, Action.EQUAL, arrives=source.status)
    if (status or added or removed) and not (accepted and accepted.accepts(target)):
        return Plan(name, Action.CONFLICT, reason=_differs(source, target, known=accepted is not None))
    return Plan(name, Action.UPDATE, missing, status, source.status, added, removed)


def copied_versions(source: Sequence[str], target: Sequence[str]) -> int | None:
    """Return how many of the source's versions the target holds; None if the target has a version of its own.

    Versions of the target are those of the source in the same order. Some may be missing, because a copy of the
    latest version alone leaves them out. A version that comes twice in a row counts once: a repeated request can
    create it twice on AWS.

    Args:
        source, target: digests of all versions, oldest first.
    """
    wanted = [digest for number, digest in enumerate(target) if number == 0 or digest != target[number - 1]]
    position = 0
    for digest in wanted:
        while position < len(source) and source[position] != digest:
            position += 1
        if position == len(source):
            return None
        position += 1
    while 0 < position < len(source) and source[position] == source[position - 1]:
        position += 1
    return position


def statuses_on_the_way(plan: Plan, target: CardState | None) -> frozenset[str]:
    """Return the statuses that the target has while a copy writes the card."""
    found = {Status.DRAFT.value, Status.PENDING_REVIEW.value, plan.status}
    return frozenset(status for status in (*found, target.status if target else None) if status)


def _missing(source: CardState, target: CardState, versions: Versions) -> tuple[int, ...] | None:
    if versions is Versions.LATEST and target.digests[-1] == source.digests[-1]:
        return ()
    copied = copied_versions(source.digests, target.digests)
    return None if copied is None else _written(source, copied, versions)


def _written(source: CardState, first: int, versions: Versions) -> tuple[int, ...]:
    missing = tuple(range(first, len(source.digests)))
    return missing[-1:] if versions is Versions.LATEST else missing


def _differs(source: CardState, target: CardState, *, known: bool) -> str:
    if source.status == target.status:
        differs = "its tags differ from the source"
    else:
        differs = f"it is {target.status} in the target and {source.status} in the source"
    return differs + (", and it changed after the last copy" if known else ", and no earlier copy is known")
