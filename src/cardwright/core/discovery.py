"""Discovery: card content from the registry's facts about a model, package or training job.

Every function takes one answer of the SageMaker API as boto3 returns it (DescribeModel, DescribeModelPackage,
DescribeTrainingJob or the TrainingJob of a Search) and returns card content; none makes a call. The
fields are those that SageMaker's own SDK fills, name for name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cardwright.core.json_value import JsonObject, object_at, objects_at, text_at
from cardwright.core.measures import is_number

_PACKAGE_FIELDS = {
    "ModelPackageArn": "model_package_arn",
    "ModelPackageName": "model_package_name",
    "ModelPackageGroupName": "model_package_group_name",
    "ModelPackageVersion": "model_package_version",
    "ModelPackageStatus": "model_package_status",
    "ModelApprovalStatus": "model_approval_status",
    "ModelPackageDescription": "model_package_description",
    "ApprovalDescription": "approval_description",
    "Domain": "domain",
    "Task": "task",
}
_CONTAINER_FIELDS = {"Image": "image", "ModelDataUrl": "model_data_url", "NearestModelName": "nearest_model_name"}
_ALGORITHM_FIELDS = {"AlgorithmName": "algorithm_name", "ModelDataUrl": "model_data_url"}

_ARTIFACTS = frozenset({"ModelDataUrl", "ModelDataSource"})

# The reports of ModelMetrics that become evaluation jobs: section, report, job name, report kind.
_REPORTS = (
    ("Bias", "Report", "Bias Report", "Clarify Bias"),
    ("Bias", "PreTrainingReport", "Bias PreTrainingReport", "Clarify Bias"),
    ("Bias", "PostTrainingReport", "Bias PostTrainingReport", "Clarify Bias"),
    ("Explainability", "Report", "Explainability report", "Clarify Explainability"),
    ("ModelQuality", "Statistics", "Model quality report", "Model Monitor Model Quality"),
)


@dataclass(frozen=True, slots=True)
class ReportSource:
    """An evaluation report that a model package names.

    Attributes:
        job_name: the name of the evaluation job.
        s3_uri: the location, ``s3://bucket/key``.
        kind: the expected kind, a name in ``reports.KINDS``.
    """

    job_name: str
    s3_uri: str
    kind: str


def packages_of_model(model: JsonObject) -> list[str]:
    """Return the names or ARNs of the model packages of a model's containers, without duplicates."""
    names = [text_at(container, "ModelPackageName") for container in _model_containers(model)]
    return list(dict.fromkeys(name for name in names if name))


def model_overview(model: JsonObject, packages: Mapping[str, JsonObject] | None = None) -> dict[str, Any]:
    """Return the ``model_overview`` of a registered model, from the answer of DescribeModel.

    ``model_id`` is the model's ARN. All containers of a pipeline contribute their image and artifact; a container may
    lack either. A container that names a model package contributes the images and artifacts of that package.

    Args:
        model: the answer of DescribeModel.
        packages: the answers of DescribeModelPackage for the readable packages of :func:`packages_of_model`.
    """
    containers = [
        resolved for container in _model_containers(model) for resolved in _with_package(container, packages or {})
    ]
    images = [container["Image"] for container in containers if container.get("Image")]
    overview = {
        "model_name": model["ModelName"],
        "model_id": model["ModelArn"],
        "model_artifact": [artifact for artifact in map(_artifact, containers) if artifact],
    }
    return overview | ({"inference_environment": {"container_image": images}} if images else {})


def package_details(package: JsonObject) -> dict[str, Any]:
    """Return the ``model_package_details`` of a model package, from the answer of DescribeModelPackage."""
    details = _renamed(package, _PACKAGE_FIELDS)
    creator = text_at(package, "CreatedBy", "UserProfileName")
    if creator:
        details["created_by"] = {"user_profile_name": creator}
    containers = objects_at(package, "InferenceSpecification", "Containers")
    if containers:
        details["inference_specification"] = {
            "containers": [_container(container) for container in containers if container.get("Image")]
        }
    algorithms = objects_at(package, "SourceAlgorithmSpecification", "SourceAlgorithms")
    if algorithms:
        details["source_algorithms"] = [_renamed(algorithm, _ALGORITHM_FIELDS) for algorithm in algorithms]
    return details


def package_artifacts(details: JsonObject) -> list[str]:
    """Return the artifact URIs that find a package's training job, from its ``model_package_details``."""
    containers = objects_at(details, "inference_specification", "containers")
    return [artifact for artifact in (text_at(container, "model_data_url") for container in containers) if artifact]


def training_job_details(job: JsonObject) -> dict[str, object]:
    """Return the ``training_job_details`` of a training job, from the answer of DescribeTrainingJob or Search.

    JSON cannot represent metrics that are not finite, so these are left out. SageMaker's hyperparameters
    are text already.
    """
    image = text_at(job, "AlgorithmSpecification", "TrainingImage")
    details: dict[str, object] = {"training_arn": job["TrainingJobArn"]}
    if image:
        details["training_environment"] = {"container_image": [image]}
    details["training_metrics"] = [
        {"name": metric["MetricName"], "value": metric["Value"]}
        for metric in objects_at(job, "FinalMetricDataList")
        if is_number(metric["Value"])
    ]
    parameters = object_at(job, "HyperParameters")
    details["hyper_parameters"] = [{"name": name, "value": value} for name, value in parameters.items()]
    return details


def training_datasets(job: JsonObject) -> list[str]:
    """Return the data locations of a training job without duplicates, in the order of its channels.

    SageMaker's own SDK leaves a card's ``training_datasets`` empty; the form offers these as suggestions.
    """
    uris = [text_at(channel, "DataSource", "S3DataSource", "S3Uri") for channel in objects_at(job, "InputDataConfig")]
    return list(dict.fromkeys(uri for uri in uris if uri))


def evaluation_arns(content: JsonObject) -> list[str]:
    """Return the ARNs of a card's evaluation jobs, in their order."""
    found = [text_at(evaluation, "evaluation_job_arn") for evaluation in objects_at(content, "evaluation_details")]
    return [arn for arn in found if arn]


def training_arn(content: JsonObject) -> str | None:
    """Return the ARN of a card's training job."""
    return text_at(content, "training_details", "training_job_details", "training_arn")


def report_sources(model_metrics: JsonObject) -> list[ReportSource]:
    """Return the evaluation reports in a package's ``ModelMetrics``, in the order of their jobs.

    Data quality, constraints and drift baselines describe the data, not the model, and are left out.
    """
    return list(_report_sources(model_metrics))


def only_artifact(artifacts: Sequence[str]) -> str | None:
    """Return the only artifact, or None: a training job cannot be found by several artifacts."""
    return artifacts[0] if len(artifacts) == 1 else None


def _report_sources(model_metrics: JsonObject) -> Iterator[ReportSource]:
    for section, report, job_name, kind in _REPORTS:
        s3_uri = text_at(model_metrics, section, report, "S3Uri")
        if s3_uri:
            yield ReportSource(job_name, s3_uri, kind)


def _model_containers(model: JsonObject) -> Sequence[JsonObject]:
    return objects_at(model, "Containers") or [object_at(model, "PrimaryContainer")]


def _with_package(container: JsonObject, packages: Mapping[str, JsonObject]) -> Sequence[JsonObject]:
    """Resolve a model's container into the containers of its package; the container's own members win."""
    package = packages.get(text_at(container, "ModelPackageName") or "")
    found = objects_at(package, "InferenceSpecification", "Containers")
    if len(found) == 1:
        stated = {name: value for name, value in container.items() if value}
        own_artifact = _ARTIFACTS & stated.keys()
        rest = {name: value for name, value in found[0].items() if not (own_artifact and name in _ARTIFACTS)}
        return [{**rest, **stated}]
    return found if found and not container.get("Image") else [container]


def _container(container: JsonObject) -> dict[str, object]:
    """Return an inference container, with the artifact from ``ModelDataUrl`` or ``ModelDataSource``."""
    found = _renamed(container, _CONTAINER_FIELDS)
    artifact = _artifact(container)
    return found | ({"model_data_url": artifact} if artifact else {})


def _artifact(container: JsonObject) -> str | None:
    return text_at(container, "ModelDataUrl") or text_at(container, "ModelDataSource", "S3DataSource", "S3Uri")


def _renamed(answer: JsonObject, names: Mapping[str, str]) -> dict[str, object]:
    return {name: answer[member] for member, name in names.items() if answer.get(member) is not None}
