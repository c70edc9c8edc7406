"""What the registry keeps beside cards: models, model package groups and packages, training and processing jobs.

Each is a *resource*: facts by which lists and Search order and filter, and a document. The document is what came in,
whole, in SageMaker's own words, with the members that SageMaker adds; times in it are seconds since the epoch.
Only the members that a rule is about are named here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cardwright.core.names import Scope

Document = Mapping[str, Any]


class Kind(StrEnum):
    """The kinds, as they stand in ARNs."""

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
        name: of a model package version, its group's name.
        version: a model package's number within its group; 0 for what has no versions.
        last_version: the highest number that a group has given.
        tags_id: the resource whose tags apply: of a model package version its group, else the resource itself.
        status: a package's approval, a job's status; None for the others.
        created_at, modified_at: milliseconds since the epoch.
        document: in lists only the members that ``SUMMARY`` names.
    """

    resource_id: str
    kind: Kind
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
        """What stands behind the kind in the ARN: ``fraud``, or ``fraud/3`` for a version."""
        return f"{self.name}/{self.version}" if self.version else self.name

    def arn(self, scope: Scope) -> str:
        return scope.arn(self.kind, self.path)


_NAMES: Mapping[Kind, tuple[str, str | None]] = {
    Kind.MODEL: ("Model", None),
    Kind.GROUP: ("ModelPackageGroup", None),
    Kind.PACKAGE: ("ModelPackage", "ModelApprovalStatus"),
    Kind.TRAINING_JOB: ("TrainingJob", "TrainingJobStatus"),
    Kind.PROCESSING_JOB: ("ProcessingJob", "ProcessingJobStatus"),
}
"""How SageMaker names the members of a kind, and which one holds the status."""


def identified(resource: Resource, scope: Scope) -> dict[str, Any]:
    """A resource's document with what is kept beside it, name, ARN, version and status, in SageMaker's words."""
    noun, status = _NAMES[resource.kind]
    members: dict[str, Any] = {f"{noun}Name": resource.name, f"{noun}Arn": resource.arn(scope)}
    if resource.kind is Kind.PACKAGE:
        members["ModelPackageStatus"] = "Completed"
        if resource.version:  # the group has the name, not the version
            members |= {"ModelPackageGroupName": members.pop("ModelPackageName")}
            members["ModelPackageVersion"] = resource.version
    if status is not None and resource.status is not None:
        members[status] = resource.status
    return members | dict(resource.document)


SUMMARY: Mapping[Kind, tuple[str, ...]] = {
    Kind.MODEL: (),
    Kind.GROUP: ("ModelPackageGroupDescription", "ManagedConfiguration"),
    Kind.PACKAGE: ("ModelPackageDescription", "ModelLifeCycle", "ModelPackageRegistrationType"),
    Kind.TRAINING_JOB: ("TrainingEndTime", "SecondaryStatus"),
    Kind.PROCESSING_JOB: ("ProcessingEndTime", "FailureReason", "ExitMessage"),
}
"""The members of a document that lists show."""


def summary_of(kind: Kind, document: Document) -> dict[str, Any]:
    """Of a document of that kind, the members that lists show."""
    return {name: document[name] for name in SUMMARY[kind] if name in document}


def artifact_key(uri: str) -> str:
    """By what a training job is found by its model: the SHA-256, since a URI may be longer than an index entry."""
    return hashlib.sha256(uri.encode()).hexdigest()


def artifact_of(document: Document) -> str | None:
    """Where a training job's model is: ``ModelArtifacts.S3ModelArtifacts``."""
    uri = document.get("ModelArtifacts", {}).get("S3ModelArtifacts")
    return None if uri is None else str(uri)


def package_key(path: str) -> tuple[str, int] | None:
    """Name and version of a model package from what stands in its ARN: ``fraud``, or ``fraud/3``.

    None for what no package can be called.
    """
    name, slash, number = path.partition("/")
    if not slash:
        return name, 0
    # Other spellings of a number, and numbers that no group reaches, name nothing.
    canonical = number.isascii() and number.isdecimal() and len(number) <= 9 and number[0] != "0"
    return (name, int(number)) if canonical else None
