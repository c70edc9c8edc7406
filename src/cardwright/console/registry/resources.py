"""The blocks of the page of a model, a package, a group or a job: key facts first, the document as JSON last.

A document has SageMaker's members, and also keeps unknown ones. Members that no block shows are in the JSON.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cardwright.console.wording import duration
from cardwright.core.json_value import object_at, objects_at, text_at, value_at
from cardwright.core.registry import Document, ResourceKind, artifact_of
from cardwright.formats.metric_names import readable_constant, readable_names


class Fact(NamedTuple):
    """A label with its values.

    Attributes:
        mono: whether machines wrote the values.
        at: a time in milliseconds.
        stored: the value of the document, where the page shows other words.
    """

    label: str
    values: tuple[str, ...] = ()
    mono: bool = False
    at: int | None = None
    stored: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Facts under a heading, or a table, or a text that a person wrote.

    Attributes:
        stored: the rows as the document has them, where the table shows readable names and rounded numbers.
    """

    id: str
    title: str
    facts: Sequence[Fact] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    stored: Sequence[tuple[str, str]] = ()
    pairs: Sequence[tuple[str, str]] = ()
    text: str = ""


def blocks(kind: ResourceKind, document: Document) -> list[Block]:
    """The blocks of a page, without those that would be empty."""
    made = _READ[kind](document)
    return [item for item in made if item.facts or item.rows or item.pairs or item.text]


def artifacts(kind: ResourceKind, document: Document) -> list[str]:
    """Where the model is: of a model or a package the artifacts of its containers, of a training job its own."""
    if kind is ResourceKind.TRAINING_JOB:
        artifact = artifact_of(document)
        return [artifact] if artifact else []
    found = [_artifact(container) for container in _containers(kind, document)]
    return list(dict.fromkeys(item for item in found if item))


def _model(document: Document) -> Iterator[Block]:
    yield from _container_blocks(_containers(ResourceKind.MODEL, document))
    yield Block(
        "running",
        "How it runs",
        _facts(
            _fact("Execution role", document.get("ExecutionRoleArn"), mono=True),
            _fact("Network isolation", document.get("EnableNetworkIsolation")),
            _fact("Security groups", value_at(document, "VpcConfig", "SecurityGroupIds"), mono=True),
            _fact("Subnets", value_at(document, "VpcConfig", "Subnets"), mono=True),
            _fact("Containers are called", value_at(document, "InferenceExecutionConfig", "Mode")),
        ),
    )


def _package(document: Document) -> Iterator[Block]:
    specification = object_at(document, "InferenceSpecification")
    yield Block("description", "Description", text=str(document.get("ModelPackageDescription") or ""))
    yield Block(
        "facts",
        "What it is",
        _facts(
            _fact("Approval note", document.get("ApprovalDescription")),
            _constant("Domain", document.get("Domain")),
            _constant("Task", document.get("Task")),
            _fact("Stage", value_at(document, "ModelLifeCycle", "Stage")),
            _fact("Stage status", value_at(document, "ModelLifeCycle", "StageStatus")),
            _fact("Source", document.get("SourceUri"), mono=True),
            _fact("Registered as", document.get("ModelPackageRegistrationType")),
            _fact(
                "Source algorithm",
                [
                    item.get("AlgorithmName")
                    for item in objects_at(document, "SourceAlgorithmSpecification", "SourceAlgorithms")
                ],
                mono=True,
            ),
            _fact("Commit", value_at(document, "MetadataProperties", "CommitId"), mono=True),
            _fact("Repository", value_at(document, "MetadataProperties", "Repository"), mono=True),
            _fact("Takes", specification.get("SupportedContentTypes"), mono=True),
            _fact("Gives", specification.get("SupportedResponseMIMETypes"), mono=True),
            _fact("Instances, real time", specification.get("SupportedRealtimeInferenceInstanceTypes"), mono=True),
            _fact("Instances, batch", specification.get("SupportedTransformInstanceTypes"), mono=True),
        ),
    )
    yield from _container_blocks(_containers(ResourceKind.PACKAGE, document))
    reports = [
        (_words(section), _words(name), report["S3Uri"])
        for section, members in object_at(document, "ModelMetrics").items()
        for name, report in object_at(members).items()
        if isinstance(report, dict) and report.get("S3Uri")
    ]
    yield Block("reports", "Evaluation reports", columns=("About", "Report", "Where"), rows=reports)
    yield Block("properties", "Properties", pairs=_pairs(document, "CustomerMetadataProperties"))


def _group(document: Document) -> Iterator[Block]:
    yield Block("description", "Description", text=str(document.get("ModelPackageGroupDescription") or ""))


def _training_job(document: Document) -> Iterator[Block]:
    algorithm = object_at(document, "AlgorithmSpecification")
    seconds = document.get("TrainingTimeInSeconds")
    yield Block(
        "run",
        "The run",
        _facts(
            _fact("Why it failed", document.get("FailureReason")),
            _fact("Training container", algorithm.get("TrainingImage"), mono=True),
            _fact("Algorithm", algorithm.get("AlgorithmName"), mono=True),
            _time("Began", document.get("TrainingStartTime")),
            _time("Ended", document.get("TrainingEndTime")),
            _fact("Took", duration(seconds) if isinstance(seconds, int) else None),
            _fact("Model artifact", artifact_of(document), mono=True),
            _fact("Role", document.get("RoleArn"), mono=True),
            _fact("Instances", _instances(object_at(document, "ResourceConfig"))),
        ),
    )
    metrics = [
        (str(item.get("MetricName", "")), item.get("Value")) for item in objects_at(document, "FinalMetricDataList")
    ]
    names = readable_names(name for name, _ in metrics)
    yield Block(
        "metrics",
        "Final metrics",
        columns=("Metric", "Value"),
        rows=[(names[name], value) for name, value in metrics],
        stored=[(name, str(value)) for name, value in metrics],
    )
    yield Block("parameters", "Hyperparameters", pairs=_pairs(document, "HyperParameters"))
    channels = [
        (item.get("ChannelName", ""), value_at(item, "DataSource", "S3DataSource", "S3Uri") or "")
        for item in objects_at(document, "InputDataConfig")
    ]
    yield Block("data", "Datasets", columns=("Channel", "Where"), rows=channels)
    yield Block("environment", "Environment", pairs=_pairs(document, "Environment"))


def _processing_job(document: Document) -> Iterator[Block]:
    container = object_at(document, "AppSpecification")
    start, end = document.get("ProcessingStartTime"), document.get("ProcessingEndTime")
    seconds = int(end - start) if isinstance(start, int | float) and isinstance(end, int | float) else 0
    yield Block(
        "run",
        "The run",
        _facts(
            _fact("Why it failed", document.get("FailureReason")),
            _fact("Exit message", document.get("ExitMessage")),
            _fact("Container", container.get("ImageUri"), mono=True),
            _fact("Entry point", container.get("ContainerEntrypoint"), mono=True),
            _fact("Arguments", container.get("ContainerArguments"), mono=True),
            _time("Began", start),
            _time("Ended", end),
            _fact("Took", duration(seconds) if seconds > 0 else None),
            _fact("Role", document.get("RoleArn"), mono=True),
            _fact("Instances", _instances(object_at(document, "ProcessingResources", "ClusterConfig"))),
            _fact("Network isolation", value_at(document, "NetworkConfig", "EnableNetworkIsolation")),
        ),
    )
    inputs = [_processing_input(item) for item in objects_at(document, "ProcessingInputs")]
    yield Block("inputs", "What went in", columns=("Input", "From", "Path in the container"), rows=inputs)
    outputs = [
        (
            item.get("OutputName", ""),
            value_at(item, "S3Output", "S3Uri") or value_at(item, "FeatureStoreOutput", "FeatureGroupName") or "",
            value_at(item, "S3Output", "LocalPath") or "",
        )
        for item in objects_at(document, "ProcessingOutputConfig", "Outputs")
    ]
    yield Block("outputs", "What came out", columns=("Output", "To", "Path in the container"), rows=outputs)
    yield Block("environment", "Environment", pairs=_pairs(document, "Environment"))


def _processing_input(item: Document) -> tuple[str, str, str]:
    """Its name, its source (a query writes its result there) and its path."""
    dataset = object_at(item, "DatasetDefinition")
    queried = object_at(dataset, "AthenaDatasetDefinition") or object_at(dataset, "RedshiftDatasetDefinition")
    origin = text_at(item, "S3Input", "S3Uri") or text_at(queried, "OutputS3Uri") or ""
    path = text_at(item, "S3Input", "LocalPath") or text_at(dataset, "LocalPath") or ""
    return text_at(item, "InputName") or "", origin, path


_READ: Mapping[ResourceKind, Callable[[Document], Iterator[Block]]] = {
    ResourceKind.MODEL: _model,
    ResourceKind.PACKAGE: _package,
    ResourceKind.GROUP: _group,
    ResourceKind.TRAINING_JOB: _training_job,
    ResourceKind.PROCESSING_JOB: _processing_job,
}


def _containers(kind: ResourceKind, document: Document) -> Sequence[Document]:
    if kind is ResourceKind.PACKAGE:
        return objects_at(document, "InferenceSpecification", "Containers")
    return objects_at(document, "Containers") or [object_at(document, "PrimaryContainer")]


def _container_blocks(containers: Sequence[Document]) -> Iterator[Block]:
    for number, container in enumerate(containers, start=1):
        yield Block(
            f"container-{number}",
            "Container" if len(containers) == 1 else f"Container {number}",
            _facts(
                _fact("Name", container.get("ContainerHostname")),
                _fact("Image", container.get("Image"), mono=True),
                _fact("Artifact", _artifact(container), mono=True),
                _fact("Package", container.get("ModelPackageName"), mono=True),
                _fact("Framework", _framework(container)),
                _fact("Nearest model", container.get("NearestModelName")),
            ),
            pairs=_pairs(container, "Environment"),
        )


def _artifact(container: Document) -> str | None:
    return text_at(container, "ModelDataUrl") or text_at(container, "ModelDataSource", "S3DataSource", "S3Uri")


def _framework(container: Document) -> str | None:
    name = text_at(container, "Framework")
    return name and f"{name} {container.get('FrameworkVersion', '')}".strip()


def _instances(config: Document) -> str | None:
    kind = text_at(config, "InstanceType")
    return kind and f"{config.get('InstanceCount', 1)} × {kind}"


def _facts(*facts: Fact | None) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact is not None)


def _fact(label: str, value: object, *, mono: bool = False) -> Fact | None:
    values = value if isinstance(value, list | tuple) else [value]
    texts = tuple(_text(item) for item in values if item not in (None, ""))
    return Fact(label, texts, mono) if texts else None


def _constant(label: str, value: object) -> Fact | None:
    """A constant in words, such as ``Computer vision``."""
    return Fact(label, (readable_constant(value),), stored=value) if value and isinstance(value, str) else None


def _time(label: str, seconds: object) -> Fact | None:
    return Fact(label, at=int(seconds * 1000)) if isinstance(seconds, int | float) else None


def _text(value: object) -> str:
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)


def _pairs(document: Document, member: str) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in object_at(document, member).items()]


def _words(name: str) -> str:
    """``PreTrainingReport`` as people read it: ``Pre training report``."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return spaced[:1].upper() + spaced[1:]
