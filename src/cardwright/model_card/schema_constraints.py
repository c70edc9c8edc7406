"""The enums and list limits of card content, under the names of SageMaker's SDK v2.

The enums are texts: a member equals its value, and sections accept both.
"""

from enum import Enum
from typing import Literal, TypeAlias


class ModelCardStatusEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """The review status of a card."""

    DRAFT = "Draft"
    PENDING_REVIEW = "PendingReview"
    APPROVED = "Approved"
    ARCHIVED = "Archived"


class RiskRatingEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """The organisation's rating of a model's risk."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
    UNKNOWN = "Unknown"


class ObjectiveFunctionEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """The direction of an objective function."""

    MAXIMIZE = "Maximize"
    MINIMIZE = "Minimize"


class FacetEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """The metric that an objective function optimises."""

    LOSS = "Loss"
    ACCURACY = "Accuracy"
    RMSE = "RMSE"
    MAE = "MAE"
    AUC = "AUC"


class MetricTypeEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """The type of an evaluation metric."""

    NUMBER = "number"
    LINEAR_GRAPH = "linear_graph"
    STRING = "string"
    BOOLEAN = "boolean"
    MATRIX = "matrix"
    BAR_CHART = "bar_chart"


class ModelPackageStatusEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """The status of a model package in the registry."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    DELETING = "Deleting"


class ModelApprovalStatusEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """Whether a model package is approved for deployment."""

    APPROVED = "Approved"
    REJECTED = "Rejected"
    PENDING_MANUAL_APPROVAL = "PendingManualApproval"


# The texts that sections accept instead of enum members.
ModelCardStatus: TypeAlias = Literal["Draft", "PendingReview", "Approved", "Archived"]
RiskRating: TypeAlias = Literal["High", "Medium", "Low", "Unknown"]
Direction: TypeAlias = Literal["Maximize", "Minimize"]
Facet: TypeAlias = Literal["Loss", "Accuracy", "RMSE", "MAE", "AUC"]
MetricType: TypeAlias = Literal["number", "linear_graph", "string", "boolean", "matrix", "bar_chart"]
ModelPackageStatus: TypeAlias = Literal["Pending", "InProgress", "Completed", "Failed", "Deleting"]
ModelApprovalStatus: TypeAlias = Literal["Approved", "Rejected", "PendingManualApproval"]

METRIC_VALUE_TYPE_MAP: dict[MetricTypeEnum, list[type]] = {
    MetricTypeEnum.NUMBER: [int, float],
    MetricTypeEnum.LINEAR_GRAPH: [list],
    MetricTypeEnum.STRING: [str],
    MetricTypeEnum.BOOLEAN: [bool],
    MetricTypeEnum.MATRIX: [list],
    MetricTypeEnum.BAR_CHART: [list],
}

PYTHON_TYPE_TO_METRIC_VALUE_TYPE: dict[type, MetricTypeEnum] = {
    int: MetricTypeEnum.NUMBER,
    float: MetricTypeEnum.NUMBER,
    str: MetricTypeEnum.STRING,
    bool: MetricTypeEnum.BOOLEAN,
}

MODEL_ARTIFACT_MAX_SIZE = 15
ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE = 15
TRAINING_DATASETS_MAX_SIZE = 15
TRAINING_METRICS_MAX_SIZE = 50
USER_PROVIDED_TRAINING_METRICS_MAX_SIZE = 50
HYPER_PARAMETERS_MAX_SIZE = 100
USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE = 100
EVALUATION_DATASETS_MAX_SIZE = 10
SOURCE_ALGORITHMS_MAX_SIZE = 15
