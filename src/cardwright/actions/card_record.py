"""Records of cards for printers: one version with its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from cardwright.actions.account_settings import read_text_format
from cardwright.actions.cards import describe_card
from cardwright.actions.decisions import decisions_of
from cardwright.core.card import Card, Description, Status, VersionHistory
from cardwright.core.errors import CardMissing
from cardwright.core.finding import Finding, is_in_version
from cardwright.core.integrity.history import AuditLink, Event, details_of
from cardwright.core.text_format import TextFormat
from cardwright.formats.record import (
    ApprovalEntry,
    ApproverEntry,
    CardRecord,
    PolicyEntry,
    PrintedLimitation,
    VersionEntry,
)
from cardwright.storage.unit import Unit

_REVIEWS = 200  # completed reviews of a card among which the one of a version is looked for


def card_record(
    unit: Unit, card_name: str, version: int | None = None, *, card_id: str | None = None, with_source: bool = False
) -> CardRecord:
    """Return the record of one version for printers, the newest by default: its content and the versions up to it.

    Args:
        card_id: the expected card; a newer card may have its name.
        with_source: also read the file that the card was imported from.

    Raises:
        NotFound: the card or the version does not exist.
    """
    described = describe_card(unit, card_name, version)
    card = unit.cards.find(card_name)
    if card is None or card_id not in {None, card.card_id}:  # deleted after it was described, or earlier
        raise CardMissing(card_name)
    history = unit.versions.history(card.card_id, before=described.version + 1, limit=described.version)
    limitations = unit.findings.limitations(card.card_id)
    record = record_of(unit, described, history, limitations, approval_of(unit, card, described))
    return replace(record, source=unit.sources.find(card.card_id, described.version) if with_source else None)


def approval_of(unit: Unit, card: Card, described: Description) -> ApprovalEntry | None:
    """Return how a review approved a version that is Approved, as the card's audit chain has it.

    None when the approval of that review ended, and the version became Approved again in another way.
    """
    if described.status != Status.APPROVED:
        return None
    links = unit.audit.completed_reviews(card.card_id, _REVIEWS)
    completed = ((link, orjson.loads(link.details)) for link in links)
    found = next(((link, one) for link, one in completed if one["version"] == described.version), None)
    if found is None:
        return None
    link, one = found
    if not _stayed_approved(unit.audit.giving_status(card.card_id), link, described.version):
        return None
    counted = {person for _, person in one["met"]}
    people = _approvers(unit, card, one["review"])
    return ApprovalEntry(
        content_digest=one["content_sha256"],
        approved_at=link.at,
        approvers=tuple(person for person in people if person.name.lower() in counted),
        policy=_policy(one),
        review_by=one.get("review_by"),
        others=tuple(person for person in people if person.name.lower() not in counted),
    )


def _approvers(unit: Unit, card: Card, review_id: str) -> Sequence[ApproverEntry]:
    """Return the people whose approvals of a review count, oldest first."""
    links = {details.get("number"): details for details in map(details_of, unit.audit.decided(card.card_id, review_id))}
    return [
        ApproverEntry(one.user, one.decided_at, one.content_digest, _policy(links.get(one.number, {})))
        for one in decisions_of(unit, card.card_id).approvals(review_id)
    ]


def _policy(details: Mapping[str, Any]) -> PolicyEntry | None:
    """Return the policy that the details of a link name."""
    policy = details.get("policy")
    return None if policy is None else PolicyEntry(policy["name"], policy["version"], policy["sha256"])


def _stayed_approved(links: Sequence[AuditLink], completed: AuditLink, version: int) -> bool:
    """Whether a version was Approved ever since a review of it was completed."""
    later = [link for link in links if link.sequence > completed.sequence and link.event == Event.STATUS]
    changes = [details for details in map(details_of, later) if details.get("version") == version]
    return all(details.get("to") == Status.APPROVED for details in changes)


def record_of(
    unit: Unit,
    described: Description,
    history: Iterable[VersionHistory],
    limitations: Sequence[Finding] = (),
    approval: ApprovalEntry | None = None,
) -> CardRecord:
    """Return the record of a version that was read already.

    Args:
        history: versions of the card, newest first. Versions after the described one are left out, so that its print
            never changes.
        limitations: the findings of this kind on the card; those that belong to the version are printed.
        approval: how a review approved the version.
    """
    entries = tuple(
        VersionEntry(
            number=one.number,
            status=one.status,
            created_at=one.created_at,
            modified_at=one.modified_at,
            author=one.author,
            content_digest=one.content_digest,
            note=one.note,
        )
        for one in history
        if one.number <= described.version
    )
    return CardRecord(
        name=described.name,
        arn=unit.actor.scope.card_arn(described.name),
        version=described.version,
        status=described.status,
        content=described.content,
        created_at=described.created_at,
        created_by=described.created_by,
        modified_at=described.modified_at,
        modified_by=described.modified_by,
        note=next((one.note for one in entries if one.number == described.version), None),
        versions=entries,
        limitations=tuple(
            PrintedLimitation(one.title, one.text, one.opened_at, one.version)
            for one in limitations
            if is_in_version(one, described.version)
        ),
        approval=approval,
        markdown=read_text_format(unit) is TextFormat.MARKDOWN,
    )
