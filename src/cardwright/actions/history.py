"""A card's history: its versions with their authors, and who changed what."""

from collections.abc import Sequence

from cardwright.actions.unit import Unit
from cardwright.core.card import Card, VersionHistory
from cardwright.core.errors import CardMissing
from cardwright.core.history import AuditLink
from cardwright.core.people import Role

_NEWEST = 2**31 - 1


def version_history(unit: Unit, name: str, *, before: int | None = None, limit: int = 50) -> Sequence[VersionHistory]:
    """The versions of a card, the newest first, from below the number ``before``.

    Raises:
        CardMissing: no card of that name.
    """
    card = _card(unit, "ListModelCardVersions", name)
    return unit.versions.history(card.card_id, _NEWEST if before is None else before, limit)


def audit_trail(unit: Unit, name: str, *, before: int | None = None, limit: int = 50) -> Sequence[AuditLink]:
    """What happened to a card, the newest first, from below the sequence number ``before``.

    Raises:
        CardMissing: no card of that name.
    """
    card = _card(unit, "DescribeModelCard", name)
    return unit.audit.list(card.card_id, _NEWEST if before is None else before, limit)


def _card(unit: Unit, action: str, name: str) -> Card:
    unit.actor.require(Role.VIEWER, action, unit.actor.scope.card_arn(name))
    card = unit.cards.find(name)
    if card is None:
        raise CardMissing(name)
    return card
