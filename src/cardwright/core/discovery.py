"""Discovery: card content from the registry's facts about a model, package or training job.

Every function takes one answer of the SageMaker API as boto3 returns it (DescribeModel, DescribeModelPackage,
DescribeTrainingJob or the TrainingJob of a Search) and returns card content; none makes a call. The
fields are those that SageMaker's own SDK fills, name for name.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


def packages_of_model(model: Mapping[str, Any]) -> list[str]:
    """Return the names or ARNs of the model packages of a model's containers, without duplicates."""
    names = [container.get("ModelPackageName") for container in _model_containers(model)]
    return list(dict.fromkeys(name for name in names if name))


def model_overview(model: Mapping[str, Any], packages: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Return the ``model_overview`` of a registered model, from the answer of DescribeModel.

    ``model_id`` is the model's ARN. All containers of a pipeline contribute their image and artifact; a container may
    lack
    either. A container that names a model package contributes the images and artifacts of that package.

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


def package_details(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``model_package_details`` of a model package, from the answer of DescribeModelPackage."""
    details = _renamed(package, _PACKAGE_FIELDS)
    creator = (package.get("CreatedBy") or {}).get("UserProfileName")
    if creator:
        details["created_by"] = {"user_profile_name": creator}
    containers = (package.get("InferenceSpecification") or {}).get("Containers") or []
    if containers:
        details["inference_specification"] = {
            "containers": [_container(container) for container in containers if container.get("Image")]
        }
    algorithms = (package.get("SourceAlgorithmSpecification") or {}).get("SourceAlgorithms") or []
    if algorithms:
        details["source_algorithms"] = [_renamed(algorithm, _ALGORITHM_FIELDS) for algorithm in algorithms]
    return details


def package_artifacts(details: Mapping[str, Any]) -> list[str]:
    """Return the artifact URIs that find a package's training job, from its ``model_package_details``."""
    containers = (details.get("inference_specification") or {}).get("containers") or []
    return [container["model_data_url"] for container in containers if container.get("model_data_url")]


def training_job_details(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``training_job_details`` of a training job, from the answer of DescribeTrainingJob or Search.

    JSON cannot represent metrics that are not finite, so these are left out. SageMaker's hyperparameters
    are text already.
    """
    image = (job.get("AlgorithmSpecification") or {}).get("TrainingImage")
    details: dict[str, Any] = {"training_arn": job["TrainingJobArn"]}
    if image:
        details["training_environment"] = {"container_image": [image]}
    details["training_metrics"] = [
        {"name": metric["MetricName"], "value": metric["Value"]}
        for metric in job.get("FinalMetricDataList") or ()
        if math.isfinite(metric["Value"])
    ]
    parameters = job.get("HyperParameters") or {}
    details["hyper_parameters"] = [{"name": name, "value": value} for name, value in parameters.items()]
    return details


def training_datasets(job: Mapping[str, Any]) -> list[str]:
    """Return the data locations of a training job without duplicates, in the order of its channels.

    SageMaker's own SDK leaves a card's ``training_datasets`` empty; the form offers these as suggestions.
    """
    sources = [channel.get("DataSource") or {} for channel in job.get("InputDataConfig") or ()]
    uris = [(source.get("S3DataSource") or {}).get("S3Uri") for source in sources]
    return list(dict.fromkeys(uri for uri in uris if uri))


def evaluation_arns(content: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of a card's evaluation jobs, in their order."""
    found = [evaluation.get("evaluation_job_arn") for evaluation in content.get("evaluation_details") or ()]
    return [arn for arn in found if arn]


def training_arn(content: Mapping[str, Any]) -> str | None:
    """Return the ARN of a card's training job."""
    details = (content.get("training_details") or {}).get("training_job_details") or {}
    arn: str | None = details.get("training_arn")
    return arn


def report_sources(model_metrics: Mapping[str, Any]) -> list[ReportSource]:
    """Return the evaluation reports in a package's ``ModelMetrics``, in the order of their jobs.

    Data quality, constraints and drift baselines describe the data, not the model, and are left out.
    """
    return list(_report_sources(model_metrics))


def only_artifact(artifacts: Sequence[str]) -> str | None:
    """Return the only artifact, or None: a training job cannot be found by several artifacts."""
    return artifacts[0] if len(artifacts) == 1 else None


def _report_sources(model_metrics: Mapping[str, Any]) -> Iterator[ReportSource]:
    for section, report, job_name, kind in _REPORTS:
        s3_uri = ((model_metrics.get(section) or {}).get(report) or {}).get("S3Uri")
        if s3_uri:
            yield ReportSource(job_name, s3_uri, kind)


def _model_containers(model: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return model.get("Containers") or [model.get("PrimaryContainer") or {}]


def _with_package(
    container: Mapping[str, Any], packages: Mapping[str, Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """Resolve a model's container into the containers of its package; the container's own members win."""
    package = packages.get(container.get("ModelPackageName") or "") or {}
    found: Sequence[Mapping[str, Any]] = (package.get("InferenceSpecification") or {}).get("Containers") or ()
    if len(found) == 1:
        stated = {name: value for name, value in container.items() if value}
        own_artifact = _ARTIFACTS & stated.keys()
        rest = {name: value for name, value in found[0].items() if not (own_artifact and name in _ARTIFACTS)}
        return [{**rest, **stated}]
    return found if found and not container.get("Image") else [container]


def _container(container: Mapping[str, Any]) -> dict[str, Any]:
    """Return an inference container, with the artifact from ``ModelDataUrl`` or ``ModelDataSource``."""
    found = _renamed(container, _CONTAINER_FIELDS)
    artifact = _artifact(container)
    return found | ({"model_data_url": artifact} if artifact else {})


def _artifact(container: Mapping[str, Any]) -> str | None:
    source = (container.get("ModelDataSource") or {}).get("S3DataSource") or {}
    found: str | None = container.get("ModelDataUrl") or source.get("S3Uri")
    return found


def _renamed(answer: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: answer[member] for member, name in names.items() if answer.get(member) is not None}
