"""The public classes of model cards, under the name that SageMaker's SDK v2 gives their module."""

from cardwright.model_card.card import ModelCard
from cardwright.model_card.evaluation import EvaluationJob, Metric, MetricGroup
from cardwright.model_card.evaluation_metric_parsers import EvaluationMetricTypeEnum
from cardwright.model_card.export_job import ModelCardExportJob
from cardwright.model_card.model_package import (
    Container,
    InferenceSpecification,
    ModelPackage,
    ModelPackageCreator,
    SourceAlgorithm,
)
from cardwright.model_card.narrative import AdditionalInformation, BusinessDetails, IntendedUses
from cardwright.model_card.overview import Environment, ModelOverview
from cardwright.model_card.package_card import ModelPackageModelCard
from cardwright.model_card.schema_constraints import (
    FacetEnum,
    MetricTypeEnum,
    ModelApprovalStatusEnum,
    ModelCardStatusEnum,
    ModelPackageStatusEnum,
    ObjectiveFunctionEnum,
    RiskRatingEnum,
)
from cardwright.model_card.training import (
    Function,
    HyperParameter,
    ObjectiveFunction,
    TrainingDetails,
    TrainingJobDetails,
    TrainingMetric,
)

__all__ = [
    "AdditionalInformation",
    "BusinessDetails",
    "Container",
    "Environment",
    "EvaluationJob",
    "EvaluationMetricTypeEnum",
    "FacetEnum",
    "Function",
    "HyperParameter",
    "InferenceSpecification",
    "IntendedUses",
    "Metric",
    "MetricGroup",
    "MetricTypeEnum",
    "ModelApprovalStatusEnum",
    "ModelCard",
    "ModelCardExportJob",
    "ModelCardStatusEnum",
    "ModelOverview",
    "ModelPackage",
    "ModelPackageCreator",
    "ModelPackageModelCard",
    "ModelPackageStatusEnum",
    "ObjectiveFunction",
    "ObjectiveFunctionEnum",
    "RiskRatingEnum",
    "SourceAlgorithm",
    "TrainingDetails",
    "TrainingJobDetails",
    "TrainingMetric",
]
