"""A card's history: its versions with their authors, and who changed what."""

from collections.abc import Sequence

from cardwright.actions.cards import find_card
from cardwright.actions.unit import Unit
from cardwright.core.card import VersionHistory
from cardwright.core.history import AuditLink

_NEWEST = 2**31 - 1


def version_history(unit: Unit, name: str, *, before: int | None = None, limit: int = 50) -> Sequence[VersionHistory]:
    """The versions of a card, the newest first, from below the number ``before``.

    Raises:
        CardMissing: no card of that name.
    """
    card = find_card(unit, name, "ListModelCardVersions")
    return unit.versions.history(card.card_id, _NEWEST if before is None else before, limit)


def audit_trail(unit: Unit, name: str, *, before: int | None = None, limit: int = 50) -> Sequence[AuditLink]:
    """What happened to a card, the newest first, from below the sequence number ``before``.

    Raises:
        CardMissing: no card of that name.
    """
    card = find_card(unit, name)
    return unit.audit.list(card.card_id, _NEWEST if before is None else before, limit)
