"""The registry: models, model package groups and packages, training and processing jobs.

Each is a *resource*: facts for the order and filters of lists and Search, and a document. The document is the complete
request in SageMaker's own names, with the members that SageMaker adds; its times are seconds since the epoch.
This module names only the members that have rules.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardwright.core.json_value import text_at
from cardwright.core.names import Scope

Document = Mapping[str, object]


class ResourceKind(StrEnum):
    """The kinds of resources, as ARNs name them."""

    MODEL = "model"
    GROUP = "model-package-group"
    PACKAGE = "model-package"
    TRAINING_JOB = "training-job"
    PROCESSING_JOB = "processing-job"


class Approval(StrEnum):
    """``ModelApprovalStatus`` of a model package."""

    APPROVED = "Approved"
    REJECTED = "Rejected"
    PENDING = "PendingManualApproval"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource.

    Attributes:
        name: the name; for a model package version, the name of its group.
        version: a model package's number within its group; 0 for unversioned resources.
        last_version: the highest number that a group has assigned.
        tags_id: the resource whose tags apply: for a model package version its group, else the resource itself.
        status: a package's approval, a job's status; None for the others.
        created_at, modified_at: milliseconds since the epoch.
        document: in lists only the members in ``SUMMARY``.
    """

    resource_id: str
    kind: ResourceKind
    name: str
    version: int
    last_version: int
    tags_id: str
    status: str | None
    created_at: int
    created_by: str
    modified_at: int
    modified_by: str
    document: Document

    @property
    def path(self) -> str:
        """The part of the ARN after the kind: ``fraud``, or ``fraud/3`` for a version."""
        return f"{self.name}/{self.version}" if self.version else self.name

    def arn(self, scope: Scope) -> str:
        return scope.arn(self.kind, self.path)


_NAMES: Mapping[ResourceKind, tuple[str, str | None]] = {
    ResourceKind.MODEL: ("Model", None),
    ResourceKind.GROUP: ("ModelPackageGroup", None),
    ResourceKind.PACKAGE: ("ModelPackage", "ModelApprovalStatus"),
    ResourceKind.TRAINING_JOB: ("TrainingJob", "TrainingJobStatus"),
    ResourceKind.PROCESSING_JOB: ("ProcessingJob", "ProcessingJobStatus"),
}
"""SageMaker's prefix for the members of a kind, and the member that has the status."""


def identified(resource: Resource, scope: Scope) -> dict[str, object]:
    """Return a resource's document with its name, ARN, version and status, in SageMaker's names."""
    noun, status = _NAMES[resource.kind]
    members: dict[str, object] = {f"{noun}Name": resource.name, f"{noun}Arn": resource.arn(scope)}
    if resource.kind is ResourceKind.PACKAGE:
        members["ModelPackageStatus"] = "Completed"
        if resource.version:  # only the group has a name
            members |= {"ModelPackageGroupName": members.pop("ModelPackageName")}
            members["ModelPackageVersion"] = resource.version
    if status is not None and resource.status is not None:
        members[status] = resource.status
    return members | dict(resource.document)


SUMMARY: Mapping[ResourceKind, tuple[str, ...]] = {
    ResourceKind.MODEL: (),
    ResourceKind.GROUP: ("ModelPackageGroupDescription", "ManagedConfiguration"),
    ResourceKind.PACKAGE: ("ModelPackageDescription", "ModelLifeCycle", "ModelPackageRegistrationType"),
    ResourceKind.TRAINING_JOB: ("TrainingEndTime", "SecondaryStatus"),
    ResourceKind.PROCESSING_JOB: ("ProcessingEndTime", "FailureReason", "ExitMessage"),
}
"""The members of a document that lists show."""


def summary_of(kind: ResourceKind, document: Document) -> dict[str, object]:
    """Return the members of a document of that kind that lists show."""
    return {name: document[name] for name in SUMMARY[kind] if name in document}


def artifact_key(uri: str) -> str:
    """Return the key that finds a training job by its model: a SHA-256, since a URI may exceed an index entry."""
    return hashlib.sha256(uri.encode()).hexdigest()


def artifact_of(document: Document) -> str | None:
    """Return the location of a training job's model: ``ModelArtifacts.S3ModelArtifacts``."""
    return text_at(document, "ModelArtifacts", "S3ModelArtifacts")


def package_key(path: str) -> tuple[str, int] | None:
    """Return name and version of a model package from the end of its ARN: ``fraud``, or ``fraud/3``.

    None for an invalid path.
    """
    name, slash, number = path.partition("/")
    if not slash:
        return name, 0
    # Other spellings of a number, and numbers that no group reaches, are invalid.
    canonical = number.isascii() and number.isdecimal() and len(number) <= 9 and number[0] != "0"
    return (name, int(number)) if canonical else None
