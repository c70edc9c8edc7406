"""Links of a card's audit chain: every change of a card adds one in its unit of work."""

from cardwright.core.card import Card, Status
from cardwright.core.integrity.history import AuditLink, Event, canonical_json
from cardwright.core.people import Actor
from cardwright.storage.unit import Unit


def linked(unit: Unit, card: Card, event: Event, details: dict[str, object]) -> tuple[Card, AuditLink]:
    """Return the next link of a card's audit chain, and the card with that link as its head."""
    actor = unit.actor
    link = AuditLink(
        account=actor.scope.account,
        card_id=card.card_id,
        name=card.name,
        sequence=card.audit_sequence + 1,
        event=event,
        at=unit.now,
        actor=actor.user,
        role=actor.role,
        source=actor.source,
        request_id=actor.request_id,
        details=canonical_json(_through(actor, details)),
        previous_digest=card.audit_digest,
    )
    return card._replace(audit_sequence=link.sequence, audit_digest=link.digest()), link


def _through(actor: Actor, details: dict[str, object]) -> dict[str, object]:
    """Add the interface of the request to the details of a link."""
    return details if actor.interface is None else details | {"through": actor.interface}


def add_link(unit: Unit, card: Card, event: Event, details: dict[str, object]) -> Card:
    """Add a link to a card's audit chain. Returns the card with that link as its head, to be stored by the caller."""
    card, link = linked(unit, card, event, details)
    unit.audit.append(link, card.audit_digest)
    return card


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
