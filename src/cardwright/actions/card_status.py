"""Change the status of a card."""

from cardwright.actions.events import add_link
from cardwright.core.card import Card, Status
from cardwright.core.integrity.history import Event
from cardwright.storage.unit import Unit


def add_status(unit: Unit, card: Card, status: Status, **more: object) -> Card:
    """Give a card and its newest version a status. Returns the card, to be stored by the caller.

    Args:
        more: further members of the link, such as the comment.
    """
    details: dict[str, object] = {"version": card.version, "from": card.status, "to": status, **more}
    changed = card._replace(status=status, modified_at=unit.now, modified_by=unit.actor.user)
    changed = add_link(unit, changed, Event.STATUS, details)
    unit.versions.set_status(card.card_id, card.version, status, unit.now, unit.actor.user)
    return changed
