"""Answers of SageMaker's operations on cards, their export jobs and their tags."""

import datetime
from typing import NotRequired, TypedDict

from cardwright.client.answers.answer import Answer, Page


class Tag(TypedDict):
    """A tag of a resource."""

    Key: str
    Value: str


class IamIdentity(TypedDict):
    """The IAM identity of a user."""

    Arn: NotRequired[str]
    PrincipalId: NotRequired[str]
    SourceIdentity: NotRequired[str]


class UserContext(TypedDict):
    """Who created or changed a resource."""

    UserProfileArn: NotRequired[str]
    UserProfileName: NotRequired[str]
    DomainId: NotRequired[str]
    IamIdentity: NotRequired[IamIdentity]


class ModelCardSecurityConfig(TypedDict):
    """The encryption of a card."""

    KmsKeyId: NotRequired[str]


class DescribeModelCardAnswer(Answer):
    """A version of a card."""

    ModelCardArn: str
    ModelCardName: str
    ModelCardVersion: int
    Content: str
    ModelCardStatus: str
    SecurityConfig: NotRequired[ModelCardSecurityConfig]
    CreationTime: datetime.datetime
    CreatedBy: UserContext
    LastModifiedTime: NotRequired[datetime.datetime]
    LastModifiedBy: NotRequired[UserContext]
    ModelCardProcessingStatus: NotRequired[str]


class CreateModelCardAnswer(Answer):
    """The answer of CreateModelCard."""

    ModelCardArn: str


class UpdateModelCardAnswer(Answer):
    """The answer of UpdateModelCard."""

    ModelCardArn: str


class ModelCardSummary(TypedDict):
    """A card in a list."""

    ModelCardName: str
    ModelCardArn: str
    ModelCardStatus: str
    CreationTime: datetime.datetime
    LastModifiedTime: NotRequired[datetime.datetime]


class ModelCardsPage(Page):
    """A page of cards."""

    ModelCardSummaries: list[ModelCardSummary]


class ModelCardVersionSummary(TypedDict):
    """A version in the list of a card."""

    ModelCardName: str
    ModelCardArn: str
    ModelCardStatus: str
    ModelCardVersion: int
    CreationTime: datetime.datetime
    LastModifiedTime: NotRequired[datetime.datetime]


class ModelCardVersionsPage(Page):
    """A page of a card's versions."""

    ModelCardVersionSummaryList: list[ModelCardVersionSummary]


class ModelCardExportOutputConfig(TypedDict):
    """Where an export job writes."""

    S3OutputPath: str


class ModelCardExportArtifacts(TypedDict):
    """What an export job wrote."""

    S3ExportArtifacts: str


class CreateModelCardExportJobAnswer(Answer):
    """The answer of CreateModelCardExportJob."""

    ModelCardExportJobArn: str


class DescribeModelCardExportJobAnswer(Answer):
    """An export job."""

    ModelCardExportJobName: str
    ModelCardExportJobArn: str
    Status: str
    ModelCardName: str
    ModelCardVersion: int
    OutputConfig: ModelCardExportOutputConfig
    CreatedAt: datetime.datetime
    LastModifiedAt: datetime.datetime
    FailureReason: NotRequired[str]
    ExportArtifacts: NotRequired[ModelCardExportArtifacts]


class ModelCardExportJobSummary(TypedDict):
    """An export job in a list."""

    ModelCardExportJobName: str
    ModelCardExportJobArn: str
    Status: str
    ModelCardName: str
    ModelCardVersion: int
    CreatedAt: datetime.datetime
    LastModifiedAt: datetime.datetime


class ModelCardExportJobsPage(Page):
    """A page of export jobs."""

    ModelCardExportJobSummaries: list[ModelCardExportJobSummary]


class TagsPage(Page):
    """A page of tags."""

    Tags: list[Tag]
