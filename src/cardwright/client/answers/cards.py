"""Answers of Cardwright's own operations on cards: events, pairs of evaluation jobs, imports, documents, inventory."""

import datetime
from typing import NotRequired, TypedDict

from cardwright.client.answers.answer import Answer, Page


class EventTag(TypedDict):
    """A tag in an event."""

    Key: str
    Value: str


class ModelCardEvent(TypedDict):
    """An event of a card."""

    EventNumber: int
    EventType: str
    EventTime: datetime.datetime
    UserName: str
    Role: str
    SourceAddress: NotRequired[str]
    RequestId: NotRequired[str]
    ModelCardVersion: NotRequired[int]
    ModelCardStatus: NotRequired[str]
    PreviousModelCardStatus: NotRequired[str]
    Comment: NotRequired[str]
    Tags: NotRequired[list[EventTag]]
    TagKeys: NotRequired[list[str]]
    EvaluationJobNames: NotRequired[list[str]]
    KmsKeyId: NotRequired[str]
    EarlierModelCardId: NotRequired[str]
    Digest: str
    Interface: NotRequired[str]
    ModelCardExportJobName: NotRequired[str]
    S3ExportArtifacts: NotRequired[str]
    ArtifactDigest: NotRequired[str]
    FailureReason: NotRequired[str]
    ReviewId: NotRequired[str]
    DecisionNumber: NotRequired[int]
    Decision: NotRequired[str]
    ContentDigest: NotRequired[str]
    PolicyName: NotRequired[str]
    PolicyVersion: NotRequired[int]
    PolicyDigest: NotRequired[str]
    ReviewBy: NotRequired[datetime.datetime]
    FindingId: NotRequired[str]
    Title: NotRequired[str]
    State: NotRequired[str]
    RuleId: NotRequired[str]
    Pointer: NotRequired[str]
    EvidenceId: NotRequired[str]
    EvidenceDigest: NotRequired[str]
    WaiverId: NotRequired[str]
    CommentId: NotRequired[str]
    SourceFormat: NotRequired[str]
    SourceName: NotRequired[str]
    SourceSha256: NotRequired[str]
    SourceLocation: NotRequired[str]


class DeletedModelCard(TypedDict):
    """A card that was deleted."""

    ModelCardId: str
    ModelCardName: str
    ModelCardArn: str
    ModelCardVersion: NotRequired[int]
    ModelCardStatus: NotRequired[str]
    DeletionTime: datetime.datetime
    UserName: str
    Role: str


class ModelCardEventsPage(Page):
    """A page of model card events."""

    ModelCardArn: str
    ModelCardId: str
    ModelCardEvents: list[ModelCardEvent]
    DeletedModelCard: NotRequired[DeletedModelCard]
    EarlierModelCards: NotRequired[list[DeletedModelCard]]


class DeletedModelCardsPage(Page):
    """A page of deleted model cards."""

    DeletedModelCards: list[DeletedModelCard]


class EvaluationJobPair(TypedDict):
    """A stored pair of evaluation jobs; without a later job, the earlier one has no partner."""

    EarlierEvaluationJobName: str
    LaterEvaluationJobName: NotRequired[str]
    CreationTime: datetime.datetime
    UserName: str


class JobPairsAnswer(Answer):
    """The stored pairs of evaluation jobs of a card."""

    ModelCardArn: str
    EvaluationJobPairs: list[EvaluationJobPair]


class LossReportLine(TypedDict):
    """What became of one value of a card file."""

    Source: str
    Target: NotRequired[str]
    Outcome: str
    Detail: NotRequired[str]


class ImportedModelCard(TypedDict):
    """A card that an import created or updated."""

    ModelCardArn: str
    ModelCardName: str
    ModelCardVersion: int
    Step: str
    LossReport: list[LossReportLine]


class ImportModelCardAnswer(Answer):
    """The answer of ImportModelCard."""

    SourceFormat: str
    SourceSha256: str
    ImportedModelCards: list[ImportedModelCard]


class DescribeModelCardSourceAnswer(Answer):
    """The answer of DescribeModelCardSource."""

    ModelCardArn: str
    ModelCardVersion: int
    SourceFormat: str
    SourceName: str
    MediaType: str
    SourceSha256: str
    ImportTime: datetime.datetime
    UserName: str
    SourceData: bytes


class UnprintableCharacter(TypedDict):
    """A character that a document shows by its code point."""

    CodePoint: int
    Name: str
    Count: int


class UnstatedMember(TypedDict):
    """A member that a format demands and the card does not state."""

    Target: str
    Value: str


class RenderModelCardAnswer(Answer):
    """The answer of RenderModelCard."""

    ModelCardArn: str
    ModelCardVersion: int
    MediaType: str
    Document: bytes
    UnprintableCharacters: list[UnprintableCharacter]
    LossReport: NotRequired[list[LossReportLine]]
    UnstatedMembers: NotRequired[list[UnstatedMember]]


class InventoryCard(TypedDict):
    """A card in the inventory."""

    ModelCardName: str
    ModelCardStatus: str
    RiskRating: str
    Owner: NotRequired[str]
    Model: NotRequired[str]
    ModelCardVersion: int
    ApprovedVersion: NotRequired[int]
    ApprovedTime: NotRequired[datetime.datetime]
    ApprovedBy: NotRequired[str]
    ReviewDueTime: NotRequired[datetime.datetime]
    OpenFindings: NotRequired[int]
    FailedChecks: NotRequired[int]
    RequiredFields: NotRequired[str]
    RecommendedFields: str


class ModelCardInventoryPage(Page):
    """A page of model card inventory."""

    ModelCards: list[InventoryCard]


class ReviewModelCardAnswer(Answer):
    """The answer of ReviewModelCard."""

    ModelCardArn: str


class RecordTrainingJobAnswer(Answer):
    """The answer of RecordTrainingJob."""

    TrainingJobArn: str
