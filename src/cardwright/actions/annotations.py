"""Store findings, evidence, waivers and comments with their links, and check who may write them."""

from typing import TYPE_CHECKING

from cardwright.actions.approvers import caller_may_count, person_of
from cardwright.actions.cards import lock_card
from cardwright.actions.events import add_link
from cardwright.actions.governance import governance_of
from cardwright.core.annotations import Noun, chained
from cardwright.core.card import Card
from cardwright.core.errors import NotFound
from cardwright.core.evidence import Evidence
from cardwright.core.field_comment import FieldComment
from cardwright.core.finding import Finding
from cardwright.core.integrity.history import Event
from cardwright.core.people import Role
from cardwright.core.waiver import Waiver
from cardwright.storage.unit import Unit

if TYPE_CHECKING:
    from cardwright.storage.annotations import AnnotationTable, Kept


def card_of(unit: Unit, noun: Noun, kept: "Kept | None", key: str) -> "tuple[Card, Kept]":
    """Return an annotation, as its table has it, with its card.

    Raises:
        NotFound: the table has no annotation with this key, or its card was deleted.
    """
    card = None if kept is None else unit.cards.by_id(kept.card_id)
    if kept is None or card is None:
        raise NotFound(f"There is no {noun} {key}")
    return card, kept


def locked_with_card(unit: Unit, noun: Noun, table: "AnnotationTable[Kept]", key: str) -> "tuple[Card, Kept]":
    """Return an annotation with its card, which is locked against other writers until the unit ends.

    Raises:
        NotFound: as :func:`card_of`.
    """
    named, _ = card_of(unit, noun, table.find(key), key)
    card = lock_card(unit, named.name)
    kept = table.find(key)  # another caller may have changed it before the lock
    if kept is None or kept.card_id != card.card_id:
        raise NotFound(f"There is no {noun} {key}")
    return card, kept


def check_writer(unit: Unit, card: Card, action: str) -> None:
    """Raise :class:`Denied` unless the caller may annotate a card: authors, and people whom its policy names."""
    if not may_annotate(unit, card):
        unit.actor.require(Role.AUTHOR, action, unit.actor.scope.card_arn(card.name))


def may_annotate(unit: Unit, card: Card) -> bool:
    """Whether the caller may annotate a card."""
    return unit.actor.role.includes(Role.AUTHOR) or caller_may_count(unit, governance_of(unit, card))


def caller_of(unit: Unit) -> str:
    """Return the name of the person who calls, as the account has it, else the caller's own."""
    person = person_of(unit)
    return unit.actor.user if person is None else person.name


def put_finding(unit: Unit, card: Card, event: Event, finding: Finding) -> Card:
    """Store a finding with its link. Returns the card, to be stored by the caller."""
    unit.findings.put(finding)
    return add_link(unit, card, event, chained(Noun.FINDING, finding))


def put_evidence(unit: Unit, card: Card, evidence: Evidence) -> Card:
    """Store a piece of evidence with its link. Returns the card, to be stored by the caller."""
    unit.evidence.put(evidence)
    return add_link(unit, card, Event.EVIDENCE_ADDED, chained(Noun.EVIDENCE, evidence))


def put_waiver(unit: Unit, card: Card, event: Event, waiver: Waiver) -> Card:
    """Store a waiver with its link. Returns the card, to be stored by the caller."""
    unit.waivers.put(waiver)
    return add_link(unit, card, event, chained(Noun.WAIVER, waiver))


def put_comment(unit: Unit, card: Card, event: Event, comment: FieldComment) -> Card:
    """Store a comment with its link. Returns the card, to be stored by the caller."""
    unit.comments.put(comment)
    return add_link(unit, card, event, chained(Noun.COMMENT, comment))
