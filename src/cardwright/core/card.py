"""Cards, their versions and statuses, and the rules for changing them.

Sources: "Update model cards" in the SageMaker developer guide, and ``docs/decisions/0003-versions-and-status.md``
where the guide has no rule.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.content import Document
from cardwright.core.errors import CardArchived, Invalid
from cardwright.core.people import Actor, Role
from cardwright.core.refusals import RoleMayNot, StaysApproved


class Status(StrEnum):
    DRAFT = "Draft"
    PENDING_REVIEW = "PendingReview"
    APPROVED = "Approved"
    ARCHIVED = "Archived"


class Card(NamedTuple):
    """A card as it is now: the row that lists and Search read.

    Times are whole milliseconds since the epoch, UTC. ``version`` is the newest version's number and
    ``content_digest`` the SHA-256 of its content. ``record_digest`` and ``audit_*`` are the heads of the card's
    two chains (see :mod:`core.integrity.history`). ``kms_key_id`` is stored when the card is created and encrypts
    nothing.
    """

    card_id: str
    name: str
    status: Status
    version: int
    created_at: int
    created_by: str
    modified_at: int
    modified_by: str
    content_digest: str
    record_digest: str
    audit_sequence: int
    audit_digest: str
    kms_key_id: str | None = None


def model_key(model_id: str) -> str:
    """Return the key of a model within an account: the SHA-256 of its identifier, in hexadecimal."""
    return hashlib.sha256(model_id.encode()).hexdigest()


MODEL_NAME = 512
"""Characters of a model's name that are indexed: the maximum of a PostgreSQL index entry in any script."""


def card_facts(document: Document) -> dict[str, str | int | None]:
    """Return the columns of a card's rows that repeat facts from its newest content.

    JSON may contain U+0000, which PostgreSQL refuses and SQLite's functions treat as an end: it becomes U+FFFD.
    """
    facts: dict[str, str | int | None] = {
        "model_key": document.model_id and model_key(document.model_id),
        "package_key": document.model_package_arn and model_key(document.model_package_arn),
        "model_id": document.model_id,
        "model_name": document.model_name and document.model_name[:MODEL_NAME],
        "model_package_group_name": document.model_package_group_name,
        "model_package_arn": document.model_package_arn,
        "risk_rating": document.risk_rating,
        "metadata": document.metadata,
        "description": document.text.description,
        "owner": document.text.owner,
        "evaluations": document.text.evaluations,
    }
    return {
        column: value.replace("\x00", "\ufffd") if isinstance(value, str) else value for column, value in facts.items()
    }


class CardSummary(NamedTuple):
    """One card in a list of cards."""

    name: str
    status: str
    created_at: int
    modified_at: int
    card_id: str


class VersionSummary(NamedTuple):
    """One version in a list of versions."""

    number: int
    status: str
    created_at: int
    modified_at: int


class VersionHistory(NamedTuple):
    """One version in a card's history: its author, and who set its status last."""

    number: int
    status: str
    author: str
    note: str | None
    created_at: int
    modified_at: int
    modified_by: str
    content_digest: str


class Description(NamedTuple):
    """One version of a card with its stored content.

    ``created_at``, ``created_by`` and ``audit_digest``, of the newest audit record, are the card's; ``modified_at`` and
    ``modified_by`` are the version's.
    """

    name: str
    version: int
    status: str
    content: str
    created_at: int
    created_by: str
    modified_at: int
    modified_by: str
    kms_key_id: str | None
    audit_digest: str


class CardSource(NamedTuple):
    """The file that a version was imported from.

    Attributes:
        version: the newest version that the import made.
        kind: the key of the card format.
        file_name: without folders; empty if it is not known.
        sha256: lower-case hex SHA-256 of ``data``.
        size: bytes of ``data``.
        imported_at: milliseconds since the epoch.
        data: the file as it was.
    """

    version: int
    kind: str
    file_name: str
    media_type: str
    sha256: str
    size: int
    imported_at: int
    imported_by: str
    data: bytes


class DeletedCard(NamedTuple):
    """A deleted card, from its last audit link.

    Attributes:
        versions: the number of its versions; None where the link lacks it.
        status: the status of the newest version.
        deleted_at: milliseconds since the epoch.
        deleted_by, role: the user who deleted it, and the user's role.
    """

    card_id: str
    name: str
    versions: int | None
    status: str | None
    deleted_at: int
    deleted_by: str
    role: str


@dataclass(frozen=True, slots=True)
class Change:
    """The effect of an update on a card: a new version, a new status, both or nothing."""

    new_version: bool
    status: Status
    status_changed: bool

    @property
    def nothing(self) -> bool:
        return not (self.new_version or self.status_changed)


def check_creation(actor: Actor, status: Status, arn: str) -> None:
    """Raise :class:`Denied` when the caller may not create a card with that status."""
    actor.require(Role.AUTHOR, "CreateModelCard", arn)
    check_status_right(actor, "CreateModelCard", status, arn)


def decide_update(  # noqa: PLR0913 - the caller, the card and what the update asks for
    card: Card, actor: Actor, arn: str, *, content_digest: str | None, status: Status | None, named: bool = False
) -> Change:
    """Decide the effect of ``UpdateModelCard``.

    New content makes a version; a new status does not; byte-equal content changes nothing. A new version
    starts with the card's status. With both, the content changes first, in one step.

    Args:
        named: whether a requirement of a review policy names the caller, who may then approve in any role.

    Raises:
        Denied: the role may not set the status, or an author changes Approved content and leaves it Approved.
        Invalid: the card is Archived and the update leaves it Archived.
    """
    new_version = content_digest is not None and content_digest != card.content_digest
    wanted = card.status if status is None else status
    approves = named and wanted is Status.APPROVED and not new_version
    if not approves:
        actor.require(Role.AUTHOR, "UpdateModelCard", arn)
    current = Status.APPROVED if approves else card.status
    check_change(actor, "UpdateModelCard", arn, current=current, wanted=wanted, new_content=new_version)
    return Change(new_version, wanted, wanted is not card.status)


def check_change(  # noqa: PLR0913 - the caller, the action, and the card before and after
    actor: Actor, action: str, arn: str, *, current: Status, wanted: Status, new_content: bool
) -> None:
    """Raise :class:`Denied` or :class:`Invalid` when this change of status or content is not allowed."""
    if wanted is not current:
        check_status_right(actor, action, wanted, arn)
    if not new_content:
        return
    if current is Status.ARCHIVED and wanted is Status.ARCHIVED:
        raise CardArchived("its content cannot be updated. Set another status in the same request or before it.")
    reopened = wanted in {Status.DRAFT, Status.PENDING_REVIEW}
    if current is Status.APPROVED and not reopened and not actor.role.includes(Role.APPROVER):
        actor.deny(
            action,
            arn,
            StaysApproved(None, actor.role),
            Role.APPROVER,
        )


def check_deletion(actor: Actor, arn: str, role: Role) -> None:
    """Raise :class:`Denied` when the caller may not delete a card.

    Args:
        role: the lowest role that may, see :func:`deleting_role`.
    """
    actor.require(Role.AUTHOR, "DeleteModelCard", arn)
    if not actor.role.includes(role):
        actor.deny(
            "DeleteModelCard",
            arn,
            f"the card is or was Approved and the role {actor.role} deletes only cards that never were",
            role,
        )


def deleting_role(*, was_approved: bool) -> Role:
    """Return the lowest role that may delete a card."""
    return Role.APPROVER if was_approved else Role.AUTHOR


def check_status_right(actor: Actor, action: str, status: Status, arn: str) -> None:
    """Raise :class:`Denied` when the caller may not give a card that status."""
    if status is Status.APPROVED and not actor.role.includes(Role.APPROVER):
        because = RoleMayNot(actor.role, Role.APPROVER, "set ModelCardStatus Approved")
        actor.deny(action, arn, because, Role.APPROVER)


LONGEST_COMMENT = 1000
"""Characters of a comment on a change of status."""


def check_comment(comment: str | None) -> str | None:
    """Return a comment as it is stored: with plain line breaks, without space around it; None when it is empty.

    Raises:
        Invalid: the comment is too long.
    """
    kept = (comment or "").replace("\r\n", "\n").replace("\x00", "\ufffd").strip()
    if len(kept) > LONGEST_COMMENT:
        raise Invalid(f"A comment has at most {LONGEST_COMMENT:,} characters, and this one has {len(kept):,}")
    return kept or None


UNSAID_APPROVAL = "Ending an approval requires a comment"


def ends_approval(before: str, after: str) -> bool:
    """Whether a change of status ends an approval. The console asks for a comment then."""
    return before == Status.APPROVED and after != Status.APPROVED


def needs_comment(before: str, after: str) -> bool:
    """Whether a review with this result needs a comment: the author of a returned card must learn the reason."""
    return (before, after) == (Status.PENDING_REVIEW, Status.DRAFT)
