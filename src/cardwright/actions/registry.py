"""Create, describe, list and delete what the registry keeps: one way for models, groups and jobs.

Model packages, which have versions, approvals and cards, add to it in ``actions.packages``.
"""

from collections.abc import Sequence
from typing import NoReturn

from cardwright.actions.paging import page_of
from cardwright.core import combinations
from cardwright.core.errors import Conflict, InUse, Invalid
from cardwright.core.listing import Page, Position, ResourceQuery, ResourceSort
from cardwright.core.people import Role
from cardwright.core.registry import Document, Kind, Resource
from cardwright.core.tags import check_tags
from cardwright.storage.unit import Unit

_WORDS = {
    Kind.MODEL: "Model",
    Kind.GROUP: "ModelPackageGroup",
    Kind.PACKAGE: "ModelPackage",
    Kind.TRAINING_JOB: "TrainingJob",
    Kind.PROCESSING_JOB: "ProcessingJob",
}


def create_resource(  # noqa: PLR0913 - what it is, what it holds, and how it is found
    unit: Unit,
    kind: Kind,
    name: str,
    document: Document,
    *,
    status: str | None = None,
    tags: Sequence[tuple[str, str]] = (),
) -> str:
    """Create a model, a model package group or a job, and give its ARN.

    Raises:
        Denied: the role may not write.
        Invalid: tags or members that SageMaker refuses, or the name is taken.
        InUse: the name is taken, by a job.
    """
    arn = unit.actor.scope.arn(kind, name)
    unit.actor.require(Role.AUTHOR, f"Create{_WORDS[kind]}", arn)
    combinations.check(kind, document)
    wanted_tags = check_tags(tags)
    resource = new_resource(unit, kind, name, document, status)
    if not unit.registry.insert(resource):
        _taken(kind, arn)
    unit.tags.put(resource.resource_id, wanted_tags)
    return arn


def new_resource(unit: Unit, kind: Kind, name: str, document: Document, status: str | None) -> Resource:
    """A resource as it begins, made now by the caller; nothing is stored yet."""
    resource_id, now, user = unit.new_id(), unit.now, unit.actor.user
    return Resource(resource_id, kind, name, 0, 0, resource_id, status, now, user, now, user, document)


def describe_resource(unit: Unit, kind: Kind, name: str) -> Resource:
    """A model, a model package group or a job.

    Raises:
        Invalid: there is none of that name.
    """
    arn = unit.actor.scope.arn(kind, name)
    unit.actor.require(Role.VIEWER, f"Describe{_WORDS[kind]}", arn)
    return unit.registry.find(kind, name) or missing(kind, arn)


def list_resources(unit: Unit, kind: Kind, query: ResourceQuery) -> Page[Resource]:
    """A page of resources of a kind; their documents hold only what lists show."""
    unit.actor.require(Role.VIEWER, f"List{_WORDS[kind]}s", "*")
    return page_of(
        query,
        lambda part: unit.registry.list(kind, part),
        lambda resource: _position(resource, query.sort_by),
        before=query.before,
    )


def delete_resource(unit: Unit, kind: Kind, name: str) -> None:
    """Remove a model, a model package group or a job, with its tags.

    Raises:
        Invalid: there is none of that name.
        Conflict: a group that holds model packages.
    """
    arn = unit.actor.scope.arn(kind, name)
    unit.actor.require(Role.AUTHOR, f"Delete{_WORDS[kind]}", arn)
    resource = unit.registry.lock(kind, name) or missing(kind, arn)
    if kind is Kind.GROUP and unit.registry.has_versions(name):
        raise Conflict(f"Model Package Group {arn} cannot be deleted because it still contains model packages.")
    unit.tags.remove_all(resource.resource_id)
    unit.registry.delete(resource)


def missing(kind: Kind, arn: str) -> NoReturn:
    """Raise the error for a resource that does not exist, in the words that clients compare.

    SDK v2 compares how the sentence about a package begins; the AWS controllers for Kubernetes compare how it ends.
    """
    raise Invalid(
        {
            Kind.MODEL: f'Could not find model "{arn}".',
            Kind.GROUP: f"ModelPackageGroup {arn} does not exist.",
            Kind.PACKAGE: f"Could not find model package: ModelPackage {arn} does not exist.",
            Kind.TRAINING_JOB: "Requested resource not found.",
            Kind.PROCESSING_JOB: f"Could not find requested job with name: {arn.rpartition('/')[2]}",
        }[kind]
    )


def _taken(kind: Kind, arn: str) -> NoReturn:
    """Raise the error for a name that is taken, in the words that clients compare."""
    if kind is Kind.TRAINING_JOB:
        raise InUse(
            "Training job names must be unique within an AWS account and region, and a training job with this name"
            f" already exists ({arn})"
        )
    if kind is Kind.PROCESSING_JOB:
        raise InUse(
            f"Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})"
        )
    if kind is Kind.GROUP:
        raise Invalid(f"Model Package Group already exists: {arn}")
    raise Invalid(f'Cannot create already existing model "{arn}".')


def _position(resource: Resource, sort_by: ResourceSort) -> Position:
    if sort_by is ResourceSort.NAME:
        return (resource.name, resource.version)
    if sort_by is ResourceSort.STATUS:
        return (resource.status or "", resource.resource_id)
    return (resource.created_at, resource.resource_id)
