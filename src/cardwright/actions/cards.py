"""Create, change, describe, list and delete cards."""

from collections.abc import Sequence
from typing import NoReturn

from cardwright.actions.approval import approve_directly, refuse_incomplete
from cardwright.actions.approvers import caller_may_count
from cardwright.actions.card_status import add_status
from cardwright.actions.events import add_link, record_card_event, write_event
from cardwright.actions.governance import (
    Governance,
    Subject,
    check_content_of_approved,
    governance_of,
    governance_of_new,
    subject_of,
)
from cardwright.actions.paging import page_of
from cardwright.actions.review_record import end_with_content, end_with_status
from cardwright.core import card as rules
from cardwright.core import content as contents
from cardwright.core.card import Card, CardSummary, Description, Status, VersionSummary
from cardwright.core.content import Document
from cardwright.core.errors import CardExists, CardMissing, CardMoved, CardOutdated, Conflict, Denied, Invalid
from cardwright.core.events import of_card
from cardwright.core.integrity.history import GENESIS, Event, VersionRecord, ever_had_status
from cardwright.core.kms import check_kms_key
from cardwright.core.listing import CardQuery, Page, VersionQuery
from cardwright.core.people import Interface, Role
from cardwright.core.policy.requirements import deleting_role
from cardwright.core.tags import check_tags
from cardwright.storage.unit import Unit


def create_card(  # noqa: PLR0913 - the parts of a card
    unit: Unit,
    name: str,
    content: str,
    status: Status,
    tags: Sequence[tuple[str, str]] = (),
    *,
    kms_key_id: str | None = None,
) -> str:
    """Create a card with its first version. Returns its ARN.

    Raises:
        Denied: the role may not write, or may not set this status, or a review policy is not met.
        ContentInvalid: the content breaks the schema.
        Invalid: invalid tags, or a KMS key in a store that does not record keys.
        Conflict: a card of that name exists, or the model has another card.
    """
    arn = unit.actor.scope.card_arn(name)
    try:
        rules.check_creation(unit.actor, status, arn)
    except Denied:
        if status is Status.APPROVED:
            _refuse_approved(unit, name, content, tags)
        raise
    check_kms_key(kms_key_id, unit.rules.kms_keys)
    document = contents.check(content)
    wanted_tags = check_tags(tags)
    card = _new_card(unit, name, status, document, kms_key_id)
    record = _version_record(unit, card, 1, document.digest)
    card = card._replace(record_digest=record.digest())
    details: dict[str, object] = {
        "version": 1,
        "record": card.record_digest,
        "status": status,
        "tags": sorted(wanted_tags.items()),
    }
    if kms_key_id is not None:
        details["kms_key_id"] = kms_key_id
    subject = Subject(card, content, document, wanted_tags)
    governed = governance_of_new(unit, subject) if status is Status.APPROVED else Governance()
    card, created = of_card(unit.actor, card, Event.CREATED, details, unit.now)
    if not unit.cards.insert(card, document):
        _refuse_second_card(None if unit.cards.find(name) else unit.cards.other_of_model(card, document))
        raise CardExists(name)
    unit.versions.insert(record, card.record_digest, status, content)
    unit.tags.put(card.card_id, wanted_tags)
    write_event(unit, created)
    if governed.policy is not None:
        unit.cards.update(approve_directly(unit, governed, subject._replace(card=card), "CreateModelCard"), None)
    return arn


def _new_card(unit: Unit, name: str, status: Status, document: Document, kms_key_id: str | None = None) -> Card:
    now, user = unit.now, unit.actor.user
    return Card(
        card_id=unit.new_id(),
        name=name,
        status=status,
        version=1,
        created_at=now,
        created_by=user,
        modified_at=now,
        modified_by=user,
        content_digest=document.digest,
        record_digest=GENESIS,
        audit_sequence=0,
        audit_digest=GENESIS,
        kms_key_id=kms_key_id,
    )


def _refuse_approved(unit: Unit, name: str, content: str, tags: Sequence[tuple[str, str]]) -> None:
    """Name what the approval of a new card lacks, where a policy governs it and the content can be read."""
    try:
        document, wanted = contents.document_of(content), check_tags(tags)
    except Invalid:
        return
    subject = Subject(_new_card(unit, name, Status.APPROVED, document), content, document, wanted)
    refuse_incomplete(unit, governance_of_new(unit, subject), subject, "CreateModelCard")


def update_card(  # noqa: PLR0913 - the parts of an update
    unit: Unit,
    name: str,
    content: str | None,
    status: Status | None,
    *,
    note: str | None = None,
    based_on: int | None = None,
    comment: str | None = None,
) -> str:
    """Change the content, the status or both. Returns the ARN. See :func:`core.card.decide_update`.

    Args:
        note: the author's note about a new version; stored in its record.
        based_on: the newest version that the caller knows.
        comment: the comment on a new status; stored in its audit link.

    Raises:
        CardMissing: the card does not exist.
        Denied, Invalid: the rules of versions and status. The console ends an approval with a comment or a note
            only.
        ContentInvalid: the content breaks the schema.
        Conflict: the model that the content names has another card.
        CardOutdated: the card has a newer version than ``based_on``.
    """
    actor = unit.actor
    arn = actor.scope.card_arn(name)
    actor.require(_role_to_ask(content, status), "UpdateModelCard", arn)
    document = None if content is None else contents.check(content)
    checked_comment = rules.check_comment(comment)
    card = lock_card(unit, name)
    _check_newest(card, based_on)
    digest = None if document is None else document.digest
    governed, named = Governance(), False
    asked_by: str | None = card.modified_by
    if digest not in {None, card.content_digest} or status not in {None, card.status}:
        governed = governance_of(unit, card, document=document)
        named = status is Status.APPROVED and caller_may_count(unit, governed)
        asked_by = card.modified_by if governed.review is None else governed.review.requested_by
    try:
        change = rules.decide_update(card, actor, arn, content_digest=digest, status=status, named=named)
    except Denied:
        if status is Status.APPROVED and card.status is not Status.APPROVED:
            _refuse_update(unit, governed, card, content, document)
        raise
    if change.nothing:
        return arn
    if (
        actor.interface is Interface.CONSOLE
        and rules.ends_approval(card.status, change.status)
        and not (checked_comment or note)
    ):
        raise Invalid(rules.UNSAID_APPROVAL)
    changed = card
    if change.new_version and document is not None and content is not None:
        check_content_of_approved(unit, governed, card, change.status, "UpdateModelCard")
        changed = card._replace(modified_at=unit.now, modified_by=actor.user)
        _refuse_second_card(unit.cards.other_of_model(card, document))
        record = _version_record(unit, changed, card.version + 1, document.digest, note)
        changed = _add_version(unit, changed, record, content)
        end_with_content(unit, card, governed.review)
        governed = governed._replace(review=None)
    else:
        document = None
    if change.status_changed:
        if change.status is Status.APPROVED:
            changed = _approved(unit, governed, changed, content, document)
        end_with_status(unit, changed, change.status, governed.review)
        details: dict[str, object] = {} if checked_comment is None else {"comment": checked_comment}
        if asked_by == actor.user and (card.status, change.status) == (Status.PENDING_REVIEW, Status.DRAFT):
            details["withdrawn"] = True
        changed = add_status(unit, changed, change.status, **details)
    unit.cards.update(changed, document)
    return arn


def _refuse_update(
    unit: Unit, governed: Governance, card: Card, content: str | None, document: Document | None
) -> None:
    """Name what the approval of a card lacks, where a policy governs it."""
    if governed.policy is None:
        return
    if content is None or document is None or document.digest == card.content_digest:
        subject = subject_of(unit, card)
    else:
        card = card._replace(version=card.version + 1, content_digest=document.digest)
        governed = governed._replace(review=None)
        subject = Subject(card, content, document, unit.tags.get(card.card_id))
    refuse_incomplete(unit, governed, subject, "UpdateModelCard")


def _approved(unit: Unit, governed: Governance, card: Card, content: str | None, document: Document | None) -> Card:
    """Record the caller's own approval where a policy or a review asks for one. Returns the card."""
    if governed.policy is None and governed.review is None:
        return card
    if content is None or document is None:
        return approve_directly(unit, governed, subject_of(unit, card), "UpdateModelCard")
    subject = Subject(card, content, document, unit.tags.get(card.card_id))
    return approve_directly(unit, governed, subject, "UpdateModelCard")


def review_card(  # noqa: PLR0913 - the parts of a review
    unit: Unit,
    name: str,
    status: Status,
    comment: str | None,
    *,
    content: str | None = None,
    note: str | None = None,
    based_on: int | None = None,
    was: str | None = None,
) -> str:
    """Change a card's status with a comment, optionally together with its content. Returns the ARN.

    The console and the command line change a status here. :func:`update_card` asks for no comment, because
    SageMaker's ``UpdateModelCard`` has no member for one.

    Args:
        content, note, based_on: as in :func:`update_card`.
        was: the status that the caller saw and decides about.

    Raises:
        CardMissing, Denied, ContentInvalid, Conflict, CardOutdated: as :func:`update_card`.
        CardMoved: the card has another status than ``was``.
        Invalid: as :func:`update_card`, the card is sent back without a comment, or a comment comes without a change
            of status.
    """
    unit.actor.require(_role_to_ask(content, status), "UpdateModelCard", unit.actor.scope.card_arn(name))
    checked_comment = rules.check_comment(comment)
    card = lock_card(unit, name)
    _check_newest(card, based_on)
    if was not in {None, card.status}:
        raise CardMoved(name, card.status)
    if checked_comment is None and rules.needs_comment(card.status, status):
        raise Invalid("To send a card back, add a comment that names what should change")
    if checked_comment is not None and card.status is status:
        raise Invalid(f"The card is {status} already: a comment can be stored only with a change of status")
    return update_card(unit, name, content, status, note=note, based_on=based_on, comment=checked_comment)


def _role_to_ask(content: str | None, status: Status | None) -> Role:
    """Return the role without which a change is refused unread: a policy may let people of any role approve."""
    return Role.VIEWER if content is None and status is Status.APPROVED else Role.AUTHOR


def describe_card(unit: Unit, name: str, version: int | None = None) -> Description:
    """Return one version of a card with its content; the newest by default.

    Raises:
        CardMissing: the card or the version does not exist.
    """
    unit.actor.require(Role.VIEWER, "DescribeModelCard", unit.actor.scope.card_arn(name))
    described = unit.cards.describe(name, version)
    if described is None:
        if version is None or unit.cards.find(name) is None:
            _not_found(name)
        raise CardMissing(name, version)
    return described


def audit_digest(unit: Unit, name: str) -> str | None:
    """Return the digest of a card's newest audit record, which differs after each change; None without the card."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", unit.actor.scope.card_arn(name))
    return unit.cards.audit_digest(name)


def find_card(unit: Unit, name: str, action: str = "DescribeModelCard") -> Card:
    """Return a card as it is now, without its content.

    Args:
        action: the action that the caller is about to take, one that viewers may take.

    Raises:
        CardMissing: the card does not exist.
    """
    unit.actor.require(Role.VIEWER, action, unit.actor.scope.card_arn(name))
    return unit.cards.find(name) or _not_found(name)


def lock_card(unit: Unit, name: str) -> Card:
    """Return a card, locked against other writers until the unit ends. Raises :class:`CardMissing`."""
    return unit.cards.lock(name) or _not_found(name)


def has_card(unit: Unit, name: str) -> bool:
    """Whether a card has a name."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", unit.actor.scope.card_arn(name))
    return unit.cards.find(name) is not None


def list_cards(unit: Unit, query: CardQuery) -> Page[CardSummary]:
    """Return a page of cards."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return page_of(query, unit.cards.list, query.position)


def list_versions(unit: Unit, name: str, query: VersionQuery) -> Page[VersionSummary]:
    """Return a page of a card's versions.

    Raises:
        CardMissing: the card does not exist.
    """
    card = find_card(unit, name, "ListModelCardVersions")
    return page_of(query, lambda part: unit.versions.list(card.card_id, part), query.position)


def delete_card(unit: Unit, name: str) -> None:
    """Delete a card with all its versions, tags and export jobs; exported files stay.

    A tombstone with the last digests stays in the audit chain.

    Raises:
        CardMissing: the card does not exist.
        Denied: the role may not write, or the card is or was Approved and the role does not include approver.
    """
    arn = unit.actor.scope.card_arn(name)
    unit.actor.require(Role.AUTHOR, "DeleteModelCard", arn)
    card = lock_card(unit, name)
    rules.check_deletion(unit.actor, arn, _role_to_delete(unit, card))
    details = {
        "versions": card.version,
        "record": card.record_digest,
        "content_sha256": card.content_digest,
        "status": card.status,
    }
    card = add_link(unit, card, Event.DELETED, details)
    unit.tags.remove_all(card.card_id)
    unit.reviews.delete_all(card.card_id)
    unit.delete_annotations(card.card_id)
    unit.evaluation_pairs.remove_all(card.card_id)
    unit.export_jobs.delete_all(card.card_id)
    unit.sources.delete_all(card.card_id)
    unit.versions.delete_all(card.card_id)
    unit.cards.delete(card)


def role_to_delete(unit: Unit, name: str) -> Role:
    """Return the lowest role that may delete a card.

    Raises:
        CardMissing: the card does not exist.
        Denied: the card's review policy lets no role delete it.
    """
    return _role_to_delete(unit, find_card(unit, name))


def _role_to_delete(unit: Unit, card: Card) -> Role:
    was_approved = _was_approved(unit, card)
    policy = governance_of(unit, card).policy if was_approved else None
    if policy is None:
        return rules.deleting_role(was_approved=was_approved)
    role = deleting_role(policy.approval.delete)
    if role is None:
        because = f"the card is or was Approved, and the review policy {policy.name} lets no role delete it"
        unit.actor.deny("DeleteModelCard", unit.actor.scope.card_arn(card.name), because)
    return role


def _was_approved(unit: Unit, card: Card) -> bool:
    """Whether a card is Approved or ever was, according to its audit chain."""
    if card.status is Status.APPROVED:
        return True
    return ever_had_status(unit.audit.giving_status(card.card_id), Status.APPROVED)


def record_tags(unit: Unit, card: Card, event: Event, tags: object) -> None:
    """Add a link about tags to a card's audit chain."""
    record_card_event(unit, card, event, {"tags": tags})


def _add_version(unit: Unit, card: Card, record: VersionRecord, content: str) -> Card:
    digest = record.digest()
    card = card._replace(version=record.number, content_digest=record.content_digest, record_digest=digest)
    details: dict[str, object] = {"version": record.number, "record": digest, "status": card.status}
    unit.versions.insert(record, digest, card.status, content)
    return add_link(unit, card, Event.CONTENT, details)


def _version_record(unit: Unit, card: Card, number: int, content_digest: str, note: str | None = None) -> VersionRecord:
    return VersionRecord(
        account=unit.actor.scope.account,
        card_id=card.card_id,
        name=card.name,
        number=number,
        content_digest=content_digest,
        at=unit.now,
        author=unit.actor.user,
        role=unit.actor.role,
        note=note,
        previous_digest=card.record_digest,
    )


def _check_newest(card: Card, known: int | None) -> None:
    if known is not None and card.version != known:
        raise CardOutdated(card.name, card.version)


def _not_found(name: str) -> NoReturn:
    raise CardMissing(name)


def _refuse_second_card(other: str | None) -> None:
    if other is not None:
        raise Conflict(
            f"The model that the content names has a model card already: {other}."
            " A model has one model card; update that one or delete it first."
        )
