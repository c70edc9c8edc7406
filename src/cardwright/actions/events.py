"""Record events of cards and of the account, each in the transaction of its change."""

import secrets
from uuid import UUID

from cardwright.core.account_events import AccountEventKind
from cardwright.core.card import Card
from cardwright.core.events import Occurrence, account_event, of_card
from cardwright.core.integrity.history import Event
from cardwright.storage.account_events import AccountEventTable
from cardwright.storage.unit import Unit

_STEP = 1 << 30  # a random step, so that two concurrent writers pick different identifiers


def write_event(unit: Unit, occurrence: Occurrence) -> None:
    """Store an event. Every event passes through here: a delivery to other systems would add its row here."""
    if occurrence.link is not None:
        unit.audit.append(occurrence.link)
        return
    events = unit.account_events.of(occurrence.account)
    events.append(account_event(occurrence, _later_id(unit, events)))


def add_link(unit: Unit, card: Card, event: Event, details: dict[str, object]) -> Card:
    """Add a link to a card's audit chain. Returns the card with that link as its head, to be stored by the caller."""
    card, occurrence = of_card(unit.actor, card, event, details, unit.now)
    write_event(unit, occurrence)
    return card


def record_card_event(unit: Unit, card: Card, event: Event, details: dict[str, object]) -> None:
    """Add a link to the audit chain of a card that this unit has locked. The card's time of change stays."""
    unit.cards.update(add_link(unit, card, event, details), None)


def record_account_event(
    unit: Unit, event: AccountEventKind, subject: str, details: str = "", *, account: str | None = None
) -> None:
    """Record an event of the caller's account, or of another one."""
    actor = unit.actor
    write_event(unit, Occurrence(event, account or actor.scope.account, subject, details, unit.now, actor))


def _later_id(unit: Unit, events: AccountEventTable) -> str:
    """Return a new identifier that sorts after the account's newest event, even when this machine's clock is slow.

    Verification replays events in the order of their identifiers.
    """
    new = unit.new_id()
    newest = next(iter(events.list(1)), None)
    if newest is None or newest.event_id < new:
        return new
    return str(UUID(int=UUID(newest.event_id).int + 1 + secrets.randbelow(_STEP)))
