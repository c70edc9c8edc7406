"""One type for what happens in an account, from which audit links and account events are made.

An event is stored in the transaction of the change that it describes: of a card as a link of the card's audit chain
(:mod:`core.integrity.history`), of anything else as an account event (:mod:`core.account_events`).
:mod:`core.audit_log` reads both.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cardwright.core.account_events import AccountEvent, AccountEventKind
from cardwright.core.card import Card
from cardwright.core.integrity.history import AuditLink, Event, StoredLink, canonical_json
from cardwright.core.people import Actor


class Occurrence(NamedTuple):
    """One event before it is stored: what happened, to which subject, when and by whom.

    Attributes:
        event: what happened.
        account: the account that the event belongs to, which may differ from the caller's.
        subject: the name of a card, a user, a bucket, a policy or a setting, or an access key's identifier.
        details: canonical JSON of an event of a card; a few words about another event, or empty. Never has a secret.
        at: milliseconds since the epoch.
        actor: the caller.
        link: an event of a card as the next link of the card's audit chain; None for another event.
    """

    event: Event | AccountEventKind
    account: str
    subject: str
    details: str
    at: int
    actor: Actor
    link: StoredLink | None = None


def of_card(actor: Actor, card: Card, event: Event, details: Mapping[str, object], at: int) -> tuple[Card, Occurrence]:
    """Return an event of a card, and the card with that event as the head of its audit chain.

    Args:
        details: the members of the event; the caller's interface is added as ``through``.
        at: milliseconds since the epoch.
    """
    members = details if actor.interface is None else {**details, "through": actor.interface}
    text = canonical_json(members)
    link = AuditLink(  # by position: each create and each change of a card makes one
        actor.scope.account,
        card.card_id,
        card.name,
        card.audit_sequence + 1,
        event,
        at,
        actor.user,
        actor.role,
        actor.source,
        actor.request_id,
        text,
        card.audit_digest,
    )
    stored = StoredLink(link, link.digest())
    occurrence = Occurrence(event, link.account, card.name, text, at, actor, stored)
    return card._replace(audit_sequence=link.sequence, audit_digest=stored.digest), occurrence


def account_event(occurrence: Occurrence, event_id: str) -> AccountEvent:
    """Return an event as an account event with an identifier."""
    actor = occurrence.actor
    return AccountEvent(
        event_id=event_id,
        at=occurrence.at,
        actor=actor.user,
        role=actor.role,
        source=actor.source,
        request_id=actor.request_id,
        event=occurrence.event,
        subject=occurrence.subject,
        details=occurrence.details,
        interface=actor.interface,
    )
