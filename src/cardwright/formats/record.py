"""The input of a printer: one version of a card with its metadata."""

from dataclasses import dataclass

from cardwright.core.card import CardSource
from cardwright.core.content import digest


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One entry in the list of a card's versions. Times are whole milliseconds since the epoch, UTC."""

    number: int
    status: str
    created_at: int
    modified_at: int
    author: str | None = None
    content_digest: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PrintedLimitation:
    """A known limitation of a card, as documents print it. ``version`` is the newest one when it was found."""

    title: str
    text: str | None
    found_at: int
    version: int


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """The version of a review policy, with the SHA-256 of its file."""

    name: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class ApproverEntry:
    """The approval of one person.

    Attributes:
        content_digest: SHA-256 of the content that the person approved.
        policy: the one that governed the card at that time; None without one.
    """

    name: str
    approved_at: int
    content_digest: str
    policy: PolicyEntry | None = None


@dataclass(frozen=True, slots=True)
class ApprovalEntry:
    """How a review approved a content. Times are whole milliseconds since the epoch, UTC.

    Attributes:
        approved_at: when the last requirement was met.
        approvers: the people whose approvals counted, in the order of their approvals.
        others: people who approved the same content in this review, although the policy did not need them.
        policy: the review policy that was met; None without one.
        review_by: the date of the next review; None without one.
    """

    content_digest: str
    approved_at: int
    approvers: tuple[ApproverEntry, ...]
    policy: PolicyEntry | None = None
    review_by: int | None = None
    others: tuple[ApproverEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRecord:
    """One version of a card, for printing.

    Attributes:
        content: the content string exactly as stored.
        created_at, created_by: the card's creation. Times are whole milliseconds since the epoch, UTC.
        modified_at, modified_by: the last change of this version.
        note: the author's note on this version.
        versions: this version and earlier ones, newest first. Callers leave out later versions, so that the same
            version in the same status, with the same limitations and approval, always prints the same bytes.
        limitations: the limitations that were open when the next version replaced this one, or are open now,
            oldest first.
        approval: how a review approved this version. A later review of the same content is another approval.
        source: the file that the version, or the last one before it, was imported from; for formats that need it.
        markdown: whether the texts of a card that states no format are Markdown.
    """

    name: str
    arn: str
    version: int
    status: str
    content: str
    created_at: int
    modified_at: int
    created_by: str | None = None
    modified_by: str | None = None
    note: str | None = None
    versions: tuple[VersionEntry, ...] = ()
    limitations: tuple[PrintedLimitation, ...] = ()
    approval: ApprovalEntry | None = None
    source: CardSource | None = None
    markdown: bool = False

    @property
    def content_digest(self) -> str:
        """Lower-case hexadecimal SHA-256 of the stored content's UTF-8 bytes."""
        return digest(self.content)
