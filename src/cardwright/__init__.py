"""Cardwright: model cards that anyone can run."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardwright.client.session import Session, get_execution_role
    from cardwright.core.errors import PdfExtraMissing
    from cardwright.model_card import (
        AdditionalInformation,
        BusinessDetails,
        Container,
        Environment,
        EvaluationJob,
        EvaluationMetricTypeEnum,
        FacetEnum,
        Function,
        HyperParameter,
        InferenceSpecification,
        IntendedUses,
        Metric,
        MetricGroup,
        MetricTypeEnum,
        ModelApprovalStatusEnum,
        ModelCard,
        ModelCardExportJob,
        ModelCardStatusEnum,
        ModelOverview,
        ModelPackage,
        ModelPackageCreator,
        ModelPackageModelCard,
        ModelPackageStatusEnum,
        ObjectiveFunction,
        ObjectiveFunctionEnum,
        RiskRatingEnum,
        SourceAlgorithm,
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
    "PdfExtraMissing",
    "RiskRatingEnum",
    "Session",
    "SourceAlgorithm",
    "TrainingDetails",
    "TrainingJobDetails",
    "TrainingMetric",
    "__version__",
    "get_execution_role",
]

__version__ = "0.1.0"

_HOMES = {"Session": "session", "get_execution_role": "session", "PdfExtraMissing": "core.errors"}


def __dir__() -> list[str]:
    module = {name for name in globals() if name.startswith("__")}
    return sorted({*module, *__all__, "model_card", "session"})


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: who runs a server needs no SDK."""
    if name in {"model_card", "session"}:  # `import cardwright` is enough for cardwright.model_card.ModelCard
        return importlib.import_module(f"{__name__}.{name}")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f"{__name__}.{_HOMES.get(name, 'model_card')}")
    globals()[name] = getattr(home, name)
    return globals()[name]
