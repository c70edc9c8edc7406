"""Add evidence to cards and list it. The bytes are in the object store before :func:`add_evidence` runs."""

from collections.abc import Sequence
from typing import NamedTuple

from cardwright.actions.annotations import caller_of, card_of, check_writer, put_evidence
from cardwright.actions.buckets import check_bucket_access
from cardwright.actions.cards import find_card, lock_card
from cardwright.actions.paging import page_at
from cardwright.core.annotations import Noun, check_line, check_pointer, check_room
from cardwright.core.card import Card
from cardwright.core.errors import CardMissing, Invalid, PartMissing
from cardwright.core.evidence import Evidence, FileFacts, check_kind, check_name, media_type_of
from cardwright.core.listing import Page, Position
from cardwright.core.objects import Location, parse_location
from cardwright.core.people import Role
from cardwright.core.review import check_text
from cardwright.storage.unit import Unit

_LONGEST_URI = 1024


class EvidenceLink(NamedTuple):
    """What a piece of evidence belongs to besides its version: at most one finding, decision or field."""

    finding_id: str | None = None
    review_id: str | None = None
    decision: int | None = None
    pointer: str | None = None


NOT_LINKED = EvidenceLink()


class NamedEvidence(NamedTuple):
    """A piece of evidence with the name of its card."""

    evidence: Evidence
    card_name: str


def check_may_add(unit: Unit, name: str) -> Card:
    """Check that the caller may add evidence to a card, before the file is stored. Returns the card.

    Raises:
        CardMissing, Denied: the card does not exist, or the caller may not write.
    """
    card = find_card(unit, name, "AddEvidence")
    check_writer(unit, card, "AddEvidence")
    return card


def check_evidence(  # noqa: PLR0913 - the parts of a piece of evidence
    unit: Unit,
    name: str,
    file_name: str,
    kind: str,
    *,
    note: str | None = None,
    version: int | None = None,
    link: EvidenceLink = NOT_LINKED,
) -> None:
    """Check all that :func:`add_evidence` checks apart from the file, before the file is stored.

    Raises: as :func:`add_evidence`.
    """
    card = check_may_add(unit, name)
    check_name(file_name)
    check_kind(kind)
    check_text(note, "A note")
    check_pointer(link.pointer)
    if version is not None and unit.cards.describe(name, version) is None:
        raise CardMissing(name, version)
    _check_link(unit, card, link)
    check_room(Noun.EVIDENCE, unit.evidence.count(card.card_id))


def source_location(unit: Unit, uri: str) -> Location:
    """Return the object that evidence is copied from.

    Raises:
        Invalid: the text does not locate an object.
        BucketHeld: another account owns the bucket, or it is reserved for evidence.
    """
    at = parse_location(uri)
    check_bucket_access(unit, at.bucket)
    return at


def add_evidence(  # noqa: PLR0913 - the parts of a piece of evidence
    unit: Unit,
    name: str,
    file: FileFacts,
    file_name: str,
    kind: str,
    *,
    media_type: str | None = None,
    source_uri: str | None = None,
    note: str | None = None,
    version: int | None = None,
    link: EvidenceLink = NOT_LINKED,
) -> NamedEvidence:
    """Record a file in the object store as evidence of a version, the newest by default.

    Raises:
        CardMissing, NotFound: no such card or version, or the card has no such finding, review or decision.
        Denied: the caller may not write.
        Invalid: a text is malformed or too long, or it is linked to more than one record.
        LimitExceeded: the card has too much evidence.
    """
    unit.actor.require(Role.VIEWER, "AddEvidence", unit.actor.scope.card_arn(name))
    shown, checked_kind, checked_note = check_name(file_name), check_kind(kind), check_text(note, "A note")
    media_type = media_type_of(shown, media_type)
    where = check_pointer(link.pointer)
    if sum(one is not None for one in (link.finding_id, link.review_id, where)) > 1:
        raise Invalid("Evidence is linked to one finding, one decision or one field: give one of them")
    if (link.review_id is None) is not (link.decision is None):
        raise Invalid("Give ReviewId together with DecisionNumber")
    source = None if source_uri is None else check_line(source_uri, "A source URI", _LONGEST_URI)
    card = lock_card(unit, name)
    check_writer(unit, card, "AddEvidence")
    described = unit.cards.describe(name, version)
    if described is None:
        raise CardMissing(name, version)
    _check_link(unit, card, link)
    check_room(Noun.EVIDENCE, unit.evidence.count(card.card_id))
    history = unit.versions.history(card.card_id, before=described.version + 1, limit=1)
    evidence = Evidence(
        evidence_id=unit.new_id(),
        card_id=card.card_id,
        kind=checked_kind,
        name=shown,
        media_type=media_type,
        size=file.size,
        file_sha256=file.sha256,
        source_uri=source,
        note=checked_note,
        version=described.version,
        content_digest=history[0].content_digest,
        finding_id=link.finding_id,
        review_id=link.review_id,
        decision=link.decision,
        pointer=where,
        added_at=unit.now,
        added_by=caller_of(unit),
    )
    unit.cards.update(put_evidence(unit, card, evidence), None)
    return NamedEvidence(evidence, name)


def describe_evidence(unit: Unit, evidence_id: str) -> NamedEvidence:
    """Return a piece of evidence. Raises :class:`NotFound`."""
    unit.actor.require(Role.VIEWER, "GetEvidence", "*")
    card, evidence = card_of(unit, Noun.EVIDENCE, unit.evidence.find(evidence_id), evidence_id)
    return NamedEvidence(evidence, card.name)


def list_evidence(  # noqa: PLR0913 - the card, the filters and the page
    unit: Unit,
    name: str,
    *,
    kind: str | None = None,
    version: int | None = None,
    link: EvidenceLink = NOT_LINKED,
    limit: int = 100,
    after: Position | None = None,
    before: Position | None = None,
) -> Page[NamedEvidence]:
    """Return a page of a card's evidence, last added first.

    Args:
        kind, version, link: only evidence of this kind, of this version, or with these links.
        after, before: the position after which the page begins, or before which it ends.

    Raises:
        CardMissing: the card does not exist.
    """
    card = find_card(unit, name, "ListEvidence")

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[NamedEvidence]:
        found = unit.evidence.list(
            limit,
            at,
            backwards=backwards,
            card_id=card.card_id,
            kind=kind,
            version=version,
            finding_id=link.finding_id,
            review_id=link.review_id,
            pointer=link.pointer,
        )
        return [NamedEvidence(one, name) for one in found]

    return page_at(read, after=after, before=before, limit=limit, position_of=lambda named: named.evidence.position)


def _check_link(unit: Unit, card: Card, link: EvidenceLink) -> None:
    """Raise :class:`NotFound` when the card lacks the finding or the decision of a link."""
    if link.finding_id is not None:
        finding = unit.findings.find(link.finding_id)
        if finding is None or finding.card_id != card.card_id:
            raise PartMissing(card.name, f"finding {link.finding_id}")
    if link.review_id is not None:
        decisions = unit.reviews.decisions(card.card_id)
        if (link.review_id, link.decision) not in {(one.review_id, one.number) for one in decisions}:
            raise PartMissing(card.name, f"decision {link.decision} in a review {link.review_id}")
