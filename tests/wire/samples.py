"""Requests that fit their shapes, made from the service models: every member there is, each with a fitting value."""

import itertools
from collections.abc import Mapping
from typing import Any

import botocore.loaders
import botocore.session
import regex
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from cardwright.aws.model import DATA
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS

SAGEMAKER = botocore.session.get_session().get_service_model("sagemaker")
OWN = ServiceModel(
    botocore.loaders.Loader(extra_search_paths=[str(DATA)]).load_service_model("cardwright", "service-2"), "cardwright"
)
_ARN = "arn:aws:sagemaker:us-east-1:000000000000"
_TEXTS = (
    "a-name",
    "name",
    "1",
    "s3://bucket/key",
    "arn:aws:iam::000000000000:role/r",
    f"{_ARN}:model-package/a-name/1",
    f"{_ARN}:model-package-group/a-name",
    f"{_ARN}:model-card/a-name/export-job/a-name",
    f"{_ARN}:training-plan/a-name",
    f"{_ARN}:mlflow-app/a-name",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/a/Model/b/1.0.0",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/a/DataSet/b/1.0.0",
    "arn:aws:lambda:us-east-1:000000000000:function:f",
    "sha256:" + "0" * 64,
    "fs-01234567",
    "text/csv",
    "1.0.0",
    "8K",
    "/metrics",
)
_ASTRAL = "\\uD800\\uDC00-\\uDBFF\\uDFFF"


def target(operation: str) -> str:
    """The whole X-Amz-Target of an operation."""
    return f"{'Cardwright' if operation in OWN_OPERATIONS else 'SageMaker'}.{operation}"


def operations() -> list[str]:
    """Every operation that is served."""
    return [*OPERATIONS, *OWN_OPERATIONS]


def model_of(operation: str) -> Any:
    """botocore's model of an operation."""
    return (OWN if operation in OWN_OPERATIONS else SAGEMAKER).operation_model(operation)


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern of AWS's."""
    written = pattern.replace(_ASTRAL, "\\U00010000-\\U0010FFFF")
    return regex.fullmatch(written, text, regex.DOTALL) is not None


def request_of(operation: str, **members: Any) -> dict[str, Any]:
    """A request with every member of the operation's shape; ``members`` replace those of their names."""
    made: dict[str, Any] = value_of(model_of(operation).input_shape)
    assert members.keys() <= made.keys()
    return made | members


_CONTAINER = {"ModelPackageName": None, "ImageConfig": {"RepositoryAccessMode": "Vpc"}}
_OBJECT = {"S3DataSource": {"S3DataType": "S3Object"}}
_MODEL = _CONTAINER | {"ModelDataSource": _OBJECT, "AdditionalModelDataSources": [_OBJECT]}
_INSTANCES = {"InstancePreferences": None, "SelectedInstanceType": None, "SelectedInstanceCount": None}
_PACKAGE = {"SourceUri": None, "InferenceSpecification": {"Containers": [{"AdditionalS3DataSource": None}]}}
_UNVERSIONED = {"Containers": [{"Environment": None, "ModelDataSource": None}]}
_REFUSED_TOGETHER: Mapping[str, Mapping[str, Any]] = {
    "CreateModel": {"PrimaryContainer": _MODEL, "Containers": [_MODEL]},
    "CreateModelPackage": _PACKAGE,
    "UpdateModelPackage": _PACKAGE,
    "CreateTrainingJob": {"AlgorithmSpecification": {"AlgorithmName": None}, "ResourceConfig": _INSTANCES},
    "CreateProcessingJob": {
        "ProcessingInputs": [{"DatasetDefinition": None}],
        "ProcessingOutputConfig": {"Outputs": [{"FeatureStoreOutput": None}]},
        "ProcessingResources": {"ClusterConfig": _INSTANCES},
    },
}
"""By operation: what takes the place of members that SageMaker refuses together with others; None removes them."""


def accepted(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """A request without the members that SageMaker refuses together with others."""
    made: dict[str, Any] = _patched(request, _REFUSED_TOGETHER.get(operation, {}))
    if operation == "CreateModelPackage" and "ModelPackageGroupName" not in made:
        apart = {"InferenceSpecification": _UNVERSIONED, "AdditionalInferenceSpecifications": [_UNVERSIONED]}
        made = _patched(made, apart)
    return made


def _patched(value: Any, patch: Any) -> Any:
    if isinstance(patch, list):
        return [_patched(item, patch[0]) for item in value]
    if not isinstance(patch, Mapping):
        return patch
    kept = {name: item for name, item in value.items() if patch.get(name, item) is not None}
    return {name: _patched(item, patch[name]) if name in patch else item for name, item in kept.items()}


def value_of(shape: Shape) -> Any:
    """A value that fits a shape."""
    limits: Mapping[str, Any] = shape.metadata
    if isinstance(shape, StructureShape):
        return {name: value_of(member) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [value_of(shape.member)]
    if isinstance(shape, MapShape):
        return {value_of(shape.key): value_of(shape.value)}
    if isinstance(shape, StringShape):
        return _text(shape)
    return {"boolean": True, "timestamp": 1_700_000_000, "blob": "e30="}.get(shape.type_name, limits.get("min", 1))


def _text(shape: StringShape) -> str:
    if shape.enum:
        return str(shape.enum[0])
    pattern = shape.metadata.get("pattern", ".*")
    minimum = shape.metadata.get("min", 0)
    padded = (text if len(text) >= minimum else text + "0" * (minimum - len(text)) for text in _TEXTS)
    found = next(
        (text for text in itertools.chain(_TEXTS, padded) if len(text) >= minimum and matches(pattern, text)), None
    )
    assert found is not None, f"no sample fits {shape.name}: {pattern}"
    return found
