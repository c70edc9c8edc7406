"""A card's history: its versions and authors, its audit trail, and deleted cards."""

from collections.abc import Sequence
from dataclasses import dataclass

from cardwright.actions.cards import find_card
from cardwright.actions.paging import page_at
from cardwright.core.card import DeletedCard, VersionHistory
from cardwright.core.errors import CardMissing
from cardwright.core.integrity.history import AuditLink, deleted_card
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

_NEWEST = 2**31 - 1
_NAMESAKES = 10


@dataclass(frozen=True, slots=True)
class Trail:
    """The audit chain of one existing or deleted card.

    Attributes:
        deleted: how the card was deleted; None while it exists.
        earlier: deleted cards that had the same name before, newest first; at most ten.
        later: whether a newer card has the name now.
    """

    card_id: str
    name: str
    deleted: DeletedCard | None
    earlier: Sequence[DeletedCard]
    later: bool = False


def version_history(unit: Unit, name: str, *, before: int | None = None, limit: int = 50) -> Sequence[VersionHistory]:
    """Return the versions of a card below the number ``before``, newest first.

    Raises:
        CardMissing: the card does not exist.
    """
    card = find_card(unit, name, "ListModelCardVersions")
    return unit.versions.history(card.card_id, _NEWEST if before is None else before, limit)


def audit_trail(unit: Unit, name: str, *, before: int | None = None, limit: int = 50) -> Sequence[AuditLink]:
    """Return the audit links of a card below the sequence number ``before``, newest first.

    Raises:
        CardMissing: the card does not exist.
    """
    card = find_card(unit, name)
    return unit.audit.list(card.card_id, _NEWEST if before is None else before, limit)


def find_trail(unit: Unit, name: str, card_id: str | None = None) -> Trail:
    """Return the audit chain of a card, also of a deleted one.

    Args:
        card_id: selects one of several cards that had the name; by default the existing card, else the one deleted
            last.

    Raises:
        CardMissing: neither an existing nor a deleted card has the name.
    """
    unit.actor.require(Role.VIEWER, "DescribeModelCard", unit.actor.scope.card_arn(name))
    card = unit.cards.find(name)
    deletions = [deleted_card(link) for link in unit.audit.deletions(_NAMESAKES, name=name)]
    if card is not None and card_id in {None, card.card_id}:
        return Trail(card.card_id, name, None, deletions)
    ended = next(iter(deletions), None) if card_id is None else _deleted(unit, card_id)
    if ended is None or ended.name != name:
        raise CardMissing(name)
    return _ended_trail(unit, ended, later=card is not None)


def deleted_trail(unit: Unit, card_id: str) -> Trail | None:
    """Return the audit chain of a deleted card by its identifier, or None."""
    unit.actor.require(Role.VIEWER, "ListDeletedModelCards", "*")
    ended = _deleted(unit, card_id)
    return None if ended is None else _ended_trail(unit, ended, later=unit.cards.find(ended.name) is not None)


def _deleted(unit: Unit, card_id: str) -> DeletedCard | None:
    link = unit.audit.deletion(card_id)
    return None if link is None else deleted_card(link)


def _ended_trail(unit: Unit, ended: DeletedCard, *, later: bool) -> Trail:
    links = unit.audit.deletions(_NAMESAKES, name=ended.name, at=_position(ended))
    return Trail(ended.card_id, ended.name, ended, [deleted_card(link) for link in links], later)


def links_of(unit: Unit, trail: Trail, *, before: int | None = None, limit: int = 50) -> Sequence[AuditLink]:
    """Return the links of a trail below the sequence number ``before``, newest first."""
    return unit.audit.list(trail.card_id, _NEWEST if before is None else before, limit)


def list_deleted(
    unit: Unit, *, name: str | None = None, after: Position | None = None, before: Position | None = None, limit: int
) -> Page[DeletedCard]:
    """Return a page of deleted cards, last deleted first.

    Args:
        name: only cards with this name.
        after, before: the position after which the page begins, or before which it ends.
    """
    unit.actor.require(Role.VIEWER, "ListDeletedModelCards", "*")

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[DeletedCard]:
        return [deleted_card(link) for link in unit.audit.deletions(limit, name=name, at=at, backwards=backwards)]

    return page_at(read, after=after, before=before, limit=limit, position_of=_position)


def _position(card: DeletedCard) -> Position:
    return (card.deleted_at, card.card_id)
