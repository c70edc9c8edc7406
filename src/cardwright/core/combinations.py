"""Combinations: members of one request that SageMaker refuses together, although each fits its shape.

Each rule comes from the API page of its structure, or from a recorded answer of SageMaker. A recorded answer keeps
its wording, because clients and users look for it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from cardwright.core.errors import Invalid
from cardwright.core.json_value import list_at, number_at, object_at, objects_at, value_at
from cardwright.core.registry import Document, ResourceKind

Rule = tuple[Callable[[Document], bool], str]
"""Whether a document breaks the rule, and the sentence that refuses it."""

_LONGEST_ENVIRONMENT = 32 * 1024  # bytes of all keys and values of a model's containers


def check(kind: ResourceKind, document: Document) -> None:
    """Raise :class:`Invalid` for a model or a job whose members SageMaker refuses together."""
    _check(_RULES.get(kind, ()), document)


def check_package(document: Document, *, versioned: bool, new: bool) -> None:
    """Raise :class:`Invalid` for a model package whose members SageMaker refuses together.

    Args:
        document: the members of ``CreateModelPackage`` or ``UpdateModelPackage``.
        versioned: whether it is a version of a group.
        new: whether the request creates it.
    """
    _check((*_PACKAGES, *(_NEW if new else ()), *(() if versioned else _UNVERSIONED)), document)


def _check(rules: Iterable[Rule], document: Document) -> None:
    for breaks, sentence in rules:
        if breaks(document):
            raise Invalid(sentence)


def _more_than_one(item: Document, *names: str) -> bool:
    return sum(name in item for name in names) > 1


def _not_one(item: Document, *names: str) -> bool:
    return sum(name in item for name in names) != 1


def _doubled(values: Iterable[object]) -> bool:
    return any(count > 1 for count in Counter(values).values())


# Models: CreateModel, ContainerDefinition, ImageConfig and S3ModelDataSource.


def _containers(model: Document) -> Sequence[Document]:
    return objects_at(model, "Containers") or [object_at(model, "PrimaryContainer")]


def _host_names(model: Document) -> list[object]:
    return [item["ContainerHostname"] for item in objects_at(model, "Containers") if "ContainerHostname" in item]


def _environment_bytes(model: Document) -> int:
    pairs = (pair for item in _containers(model) for pair in object_at(item, "Environment").items())
    return sum(len(str(text).encode()) for pair in pairs for text in pair)


def _sources(model: Document) -> Iterator[Document]:
    for item in _containers(model):
        found = [object_at(item, "ModelDataSource", "S3DataSource")]
        found += [object_at(more, "S3DataSource") for more in objects_at(item, "AdditionalModelDataSources")]
        yield from (source for source in found if source)


_MODELS: Sequence[Rule] = (
    (
        lambda model: _more_than_one(model, "PrimaryContainer", "Containers"),
        "Both PrimaryContainer and Containers are provided in the input: a model has one or the other",
    ),
    (
        lambda model: not (model.get("PrimaryContainer") or model.get("Containers")),
        "A model needs a PrimaryContainer, or Containers",
    ),
    (
        lambda model: any(
            ("ModelPackageName" in item) is bool(item.keys() & {"Image", "ModelDataUrl"}) for item in _containers(model)
        ),
        "Specify one of either Image and Model Data URL or ModelPackageName in container definition.",
    ),
    (
        lambda model: 0 < len(_host_names(model)) < len(list_at(model, "Containers")),
        "ContainerHostname is specified for some of the Containers: specify it for all of them, or for none",
    ),
    (
        lambda model: _doubled(_host_names(model)),
        "ContainerHostname must be unique within the Containers of a model",
    ),
    (
        lambda model: any(
            value_at(item, "ImageConfig", "RepositoryAccessMode") == "Platform"
            and value_at(item, "ImageConfig", "RepositoryAuthConfig") is not None
            for item in _containers(model)
        ),
        "RepositoryAuthConfig is only supported when RepositoryAccessMode is set to Vpc",
    ),
    (
        lambda model: any(
            item.get("Mode") == "MultiModel" and "ModelDataSource" in item for item in _containers(model)
        ),
        "ModelDataSource is not supported for a container whose Mode is MultiModel: specify ModelDataUrl",
    ),
    (
        lambda model: any(
            (source["S3DataType"], source["CompressionType"]) == ("S3Prefix", "Gzip") for source in _sources(model)
        ),
        "CompressionType Gzip is only supported when S3DataType is set to S3Object",
    ),
    (
        lambda model: any(
            source["S3DataType"] == "S3Prefix" and not str(source["S3Uri"]).endswith("/") for source in _sources(model)
        ),
        "S3Uri must end with a forward slash (/) when S3DataType is set to S3Prefix",
    ),
    (
        lambda model: _environment_bytes(model) > _LONGEST_ENVIRONMENT,
        "The keys and values of the Environment maps of a model are longer than 32 KB together",
    ),
)


# Model packages: CreateModelPackage, UpdateModelPackage and ModelPackageContainerDefinition.


def _inference_containers(package: Document) -> Sequence[Document]:
    return objects_at(package, "InferenceSpecification", "Containers")


def _all_inference_containers(package: Document) -> list[Document]:
    added = [
        item
        for name in ("AdditionalInferenceSpecifications", "AdditionalInferenceSpecificationsToAdd")
        for specification in objects_at(package, name)
        for item in objects_at(specification, "Containers")
    ]
    return [*_inference_containers(package), *added]


_PACKAGES: Sequence[Rule] = (
    (
        lambda package: any("AdditionalS3DataSource" in item for item in _inference_containers(package)),
        "AdditionalS3DataSource is not allowed in InferenceSpecification",
    ),
    (
        lambda package: _doubled(item["Name"] for item in objects_at(package, "AdditionalInferenceSpecifications")),
        "The Name of each of the AdditionalInferenceSpecifications must be unique",
    ),
)
_NEW: Sequence[Rule] = (
    (
        lambda package: _more_than_one(package, "SourceUri", "InferenceSpecification"),
        "Both SourceUri and InferenceSpecification are provided in the input: specify one of them, and add the other"
        " with UpdateModelPackage",
    ),
)
_UNVERSIONED: Sequence[Rule] = (
    (
        lambda package: any(item.get("Environment") for item in _all_inference_containers(package)),
        "1 validation errors detected:Environment variable map cannot be specified when using non-versioned"
        " ModelPackages",
    ),
    (
        lambda package: "SourceUri" in package,
        "SourceUri cannot be specified when using non-versioned ModelPackages",
    ),
    (
        lambda package: any("ModelDataSource" in item for item in _all_inference_containers(package)),
        "ModelDataSource cannot be specified when using non-versioned ModelPackages",
    ),
)


# Jobs: AlgorithmSpecification, StoppingCondition, ResourceConfig, ProcessingInput and ProcessingOutput.

_PREFERENCES: Sequence[Rule] = (
    (
        lambda resources: "InstancePreferences" in resources and _other_instances(resources),
        "InstancePreferences is mutually exclusive with InstanceType, InstanceGroups and InstancePlacementConfig",
    ),
    (
        lambda resources: _doubled(item["InstanceType"] for item in objects_at(resources, "InstancePreferences")),
        "An instance type can appear only once in InstancePreferences",
    ),
    (
        lambda resources: "InstancePreferences" in resources and not _counted_once(resources),
        "Specify InstanceCount for every one of the InstancePreferences, or once for the job",
    ),
    (
        lambda resources: (
            "TrainingPlanArn" in resources
            and any(item.get("TrainingPlanArns") for item in objects_at(resources, "InstancePreferences"))
        ),
        "TrainingPlanArns of the InstancePreferences is mutually exclusive with TrainingPlanArn",
    ),
    (
        lambda resources: bool(resources.keys() & {"SelectedInstanceType", "SelectedInstanceCount"}),
        "SelectedInstanceType and SelectedInstanceCount are read-only",
    ),
)
"""Rules of ``ResourceConfig`` and of ``ClusterConfig``."""


def _other_instances(resources: Document) -> bool:
    return bool(resources.keys() & {"InstanceType", "InstanceGroups", "InstancePlacementConfig"})


def _counted_once(resources: Document) -> bool:
    counted = ["InstanceCount" in item for item in objects_at(resources, "InstancePreferences")]
    return not any(counted) if "InstanceCount" in resources else all(counted)


def _of(*path: str) -> Callable[[Rule], Rule]:
    """Lift a rule of a structure to a rule of the request that contains the structure at a path."""

    def lifted(rule: Rule) -> Rule:
        breaks, sentence = rule
        return (lambda document: breaks(object_at(document, *path))), sentence

    return lifted


def _runtime(job: Document) -> float:
    return number_at(job, "StoppingCondition", "MaxRuntimeInSeconds") or 0


def _wait(job: Document) -> float | None:
    return number_at(job, "StoppingCondition", "MaxWaitTimeInSeconds")


_TRAINING_JOBS: Sequence[Rule] = (
    (
        lambda job: (
            "AlgorithmSpecification" in job
            and _not_one(object_at(job, "AlgorithmSpecification"), "TrainingImage", "AlgorithmName")
        ),
        "Specify one of either TrainingImage or AlgorithmName in AlgorithmSpecification",
    ),
    (
        lambda job: _wait(job) is not None and not job.get("EnableManagedSpotTraining"),
        "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true",
    ),
    (
        lambda job: bool(job.get("EnableManagedSpotTraining")) and (_wait(job) or 0) < max(_runtime(job), 1),
        "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds",
    ),
    (
        lambda job: (
            bool(job.get("EnableManagedSpotTraining")) and "InstancePreferences" in object_at(job, "ResourceConfig")
        ),
        "InstancePreferences is mutually exclusive with EnableManagedSpotTraining",
    ),
    (
        lambda job: any(
            _doubled(item["RuleConfigurationName"] for item in objects_at(job, name))
            for name in ("DebugRuleConfigurations", "ProfilerRuleConfigurations")
        ),
        "RuleConfigurationName must be unique among the rule configurations of a training job",
    ),
    (
        lambda job: _doubled(
            item["CollectionName"]
            for item in objects_at(job, "DebugHookConfig", "CollectionConfigurations")
            if "CollectionName" in item
        ),
        "CollectionName must be unique among the CollectionConfigurations of a training job",
    ),
    *map(_of("ResourceConfig"), _PREFERENCES),
)

_PROCESSING_JOBS: Sequence[Rule] = (
    (
        lambda job: any(_not_one(item, "S3Input", "DatasetDefinition") for item in objects_at(job, "ProcessingInputs")),
        "Each processing input must specify exactly one of either S3Input or DatasetDefinition types",
    ),
    (
        lambda job: any(
            _not_one(object_at(item, "DatasetDefinition"), "AthenaDatasetDefinition", "RedshiftDatasetDefinition")
            for item in objects_at(job, "ProcessingInputs")
            if "DatasetDefinition" in item
        ),
        "DatasetDefinition must specify exactly one of either AthenaDatasetDefinition or RedshiftDatasetDefinition"
        " types",
    ),
    (
        lambda job: any(
            not item.get("AppManaged") and "LocalPath" not in object_at(item, name)
            for item in objects_at(job, "ProcessingInputs")
            for name in ("S3Input", "DatasetDefinition")
            if name in item
        ),
        "LocalPath is a required parameter of a processing input when AppManaged is False",
    ),
    (
        lambda job: any(
            _not_one(item, "S3Output", "FeatureStoreOutput")
            for item in objects_at(job, "ProcessingOutputConfig", "Outputs")
        ),
        "Each processing output must specify exactly one of either S3Output or FeatureStoreOutput types",
    ),
    (
        lambda job: any(
            "FeatureStoreOutput" in item and not item.get("AppManaged")
            for item in objects_at(job, "ProcessingOutputConfig", "Outputs")
        ),
        "FeatureStoreOutput is only supported when AppManaged is True",
    ),
    *map(_of("ProcessingResources", "ClusterConfig"), _PREFERENCES),
)

_RULES: Mapping[ResourceKind, Sequence[Rule]] = {
    ResourceKind.MODEL: _MODELS,
    ResourceKind.TRAINING_JOB: _TRAINING_JOBS,
    ResourceKind.PROCESSING_JOB: _PROCESSING_JOBS,
}
