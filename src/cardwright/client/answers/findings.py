"""Answers of Cardwright's own operations on findings, waivers, evidence and comments."""

import datetime
from typing import NotRequired, TypedDict

from cardwright.client.answers.answer import Answer, Page


class Finding(TypedDict):
    """A finding on a card."""

    FindingId: str
    ModelCardName: str
    ModelCardArn: str
    ModelCardVersion: int
    ContentDigest: str
    Kind: str
    Severity: str
    Category: str
    Source: str
    Title: str
    Text: NotRequired[str]
    Pointer: NotRequired[str]
    RuleId: NotRequired[str]
    Owner: NotRequired[str]
    DueTime: NotRequired[datetime.datetime]
    Overdue: bool
    State: str
    OpenedTime: datetime.datetime
    OpenedBy: str
    ChangedTime: datetime.datetime
    ChangedBy: str
    Resolution: NotRequired[str]
    AcceptedUntil: NotRequired[datetime.datetime]
    EndTime: NotRequired[datetime.datetime]
    EndedBy: NotRequired[str]
    FixedVersion: NotRequired[int]


class OpenFindingAnswer(Answer):
    """The answer of OpenFinding."""

    Finding: Finding
    Created: bool


class FindingAnswer(Answer):
    """One finding."""

    Finding: Finding


class FindingsPage(Page):
    """A page of findings."""

    Findings: list[Finding]


class Waiver(TypedDict):
    """A waiver of a rule or of a finding."""

    WaiverId: str
    ModelCardName: str
    ModelCardArn: str
    RuleId: NotRequired[str]
    FindingId: NotRequired[str]
    Scope: str
    ModelCardVersion: int
    ContentDigest: str
    PolicyName: NotRequired[str]
    Reason: str
    State: str
    RequestedTime: datetime.datetime
    RequestedBy: str
    ExpiryTime: datetime.datetime
    GrantedTime: NotRequired[datetime.datetime]
    GrantedBy: NotRequired[str]
    RevokedTime: NotRequired[datetime.datetime]
    RevokedBy: NotRequired[str]
    RevocationReason: NotRequired[str]


class WaiverAnswer(Answer):
    """One waiver."""

    Waiver: Waiver


class WaiversPage(Page):
    """A page of waivers."""

    Waivers: list[Waiver]


class Evidence(TypedDict):
    """A file that supports a card."""

    EvidenceId: str
    ModelCardName: str
    ModelCardArn: str
    ModelCardVersion: int
    ContentDigest: str
    Kind: str
    FileName: str
    MediaType: str
    FileSize: int
    FileSha256: str
    SourceUri: NotRequired[str]
    Note: NotRequired[str]
    FindingId: NotRequired[str]
    ReviewId: NotRequired[str]
    DecisionNumber: NotRequired[int]
    Pointer: NotRequired[str]
    AddedTime: datetime.datetime
    AddedBy: str


class AddEvidenceAnswer(Answer):
    """The answer of AddEvidence."""

    Evidence: Evidence


class GetEvidenceAnswer(Answer):
    """The answer of GetEvidence."""

    Evidence: Evidence
    Offset: int
    Document: bytes


class EvidencePage(Page):
    """A page of evidence."""

    Evidence: list[Evidence]


class FieldComment(TypedDict):
    """A comment on a field of a card."""

    CommentId: str
    ModelCardName: str
    ModelCardArn: str
    ReplyTo: NotRequired[str]
    Pointer: str
    ModelCardVersion: int
    ContentDigest: str
    Text: str
    WrittenTime: datetime.datetime
    WrittenBy: str
    Outdated: bool
    ResolvedTime: NotRequired[datetime.datetime]
    ResolvedBy: NotRequired[str]


class CommentAnswer(Answer):
    """One comment."""

    Comment: FieldComment


class CommentsPage(Page):
    """A page of comments."""

    Comments: list[FieldComment]
