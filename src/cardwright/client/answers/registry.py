"""Answers of SageMaker's operations on models, model packages and jobs."""

import datetime
from collections.abc import Mapping
from typing import NotRequired, TypedDict

from cardwright.client.answers.answer import Answer, Page


class ModelSummary(TypedDict):
    """A model in a list."""

    ModelName: str
    ModelArn: str
    CreationTime: datetime.datetime


class ModelsPage(Page):
    """A page of models."""

    Models: list[ModelSummary]


class DescribeModelAnswer(Answer):
    """A model, as far as it is read here."""

    ModelName: str
    PrimaryContainer: NotRequired[Mapping[str, object]]
    Containers: NotRequired[list[Mapping[str, object]]]
    CreationTime: datetime.datetime
    ModelArn: str


class ModelPackageSummary(TypedDict):
    """A model package in a list."""

    ModelPackageName: NotRequired[str]
    ModelPackageGroupName: NotRequired[str]
    ModelPackageVersion: NotRequired[int]
    ModelPackageArn: str
    CreationTime: datetime.datetime
    ModelPackageStatus: str
    ModelApprovalStatus: NotRequired[str]


class ModelPackagesPage(Page):
    """A page of model packages."""

    ModelPackageSummaryList: list[ModelPackageSummary]


class DescribeModelPackageAnswer(Answer):
    """A model package, as far as it is read here."""

    ModelPackageName: str
    ModelPackageGroupName: NotRequired[str]
    ModelPackageVersion: NotRequired[int]
    ModelPackageArn: str
    CreationTime: datetime.datetime
    InferenceSpecification: NotRequired[Mapping[str, object]]
    ModelPackageStatus: str
    ModelMetrics: NotRequired[dict[str, object]]
    ModelCard: NotRequired[dict[str, object]]


class CreateModelPackageAnswer(Answer):
    """The answer of CreateModelPackage."""

    ModelPackageArn: str


class DescribeModelPackageGroupAnswer(Answer):
    """A model package group, as far as it is read here."""

    ModelPackageGroupName: str
    ModelPackageGroupArn: str
    ModelPackageGroupDescription: NotRequired[str]
    CreationTime: datetime.datetime


class TrainingJobSummary(TypedDict):
    """A training job in a list."""

    TrainingJobName: str
    TrainingJobArn: str
    CreationTime: datetime.datetime
    TrainingEndTime: NotRequired[datetime.datetime]
    TrainingJobStatus: str


class TrainingJobsPage(Page):
    """A page of training jobs."""

    TrainingJobSummaries: list[TrainingJobSummary]


class DescribeTrainingJobAnswer(Answer):
    """A training job, as far as it is read here."""

    TrainingJobName: str
    TrainingJobArn: str
    ModelArtifacts: Mapping[str, object]
    TrainingJobStatus: str
    CreationTime: datetime.datetime


class DescribeProcessingJobAnswer(Answer):
    """A processing job, as far as it is read here."""

    ProcessingJobName: str
    ProcessingJobArn: str
    ProcessingEndTime: NotRequired[datetime.datetime]
    CreationTime: datetime.datetime


class FoundModelCard(TypedDict):
    """A card that Search found. Its content is the metadata of the card."""

    ModelCardName: str
    Content: NotRequired[str]
    LastModifiedTime: datetime.datetime
    ModelId: NotRequired[str]


class SearchRecord(TypedDict):
    """What Search found: one resource, under the name of its kind."""

    ModelCard: NotRequired[FoundModelCard]
    TrainingJob: NotRequired[DescribeTrainingJobAnswer]


class SearchPage(Page):
    """A page of what Search found."""

    Results: list[SearchRecord]
