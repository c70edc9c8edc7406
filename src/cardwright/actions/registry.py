"""Create, describe, list and delete models, model package groups and jobs, all by the same functions.

``actions.packages`` adds versions, approvals and cards of model packages.
"""

from collections.abc import Iterable, Sequence
from typing import NoReturn

from cardwright.actions.paging import page_of
from cardwright.core import combinations
from cardwright.core.errors import Conflict, Denied, InUse, Invalid
from cardwright.core.listing import Page, Position, ResourceQuery, ResourceSort
from cardwright.core.people import Role
from cardwright.core.registry import Document, Resource, ResourceKind, package_key
from cardwright.core.tags import check_tags
from cardwright.storage.unit import Unit

_WORDS = {
    ResourceKind.MODEL: "Model",
    ResourceKind.GROUP: "ModelPackageGroup",
    ResourceKind.PACKAGE: "ModelPackage",
    ResourceKind.TRAINING_JOB: "TrainingJob",
    ResourceKind.PROCESSING_JOB: "ProcessingJob",
}


def create_resource(  # noqa: PLR0913 - identity, document and metadata of a resource
    unit: Unit,
    kind: ResourceKind,
    name: str,
    document: Document,
    *,
    status: str | None = None,
    tags: Sequence[tuple[str, str]] = (),
) -> str:
    """Create a model, a model package group or a job. Returns its ARN.

    Raises:
        Denied: the role may not write.
        Invalid: tags or members that SageMaker refuses, or an existing name.
        InUse: a job has the name already.
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


def new_resource(unit: Unit, kind: ResourceKind, name: str, document: Document, status: str | None) -> Resource:
    """Return a new resource of the caller without storing it."""
    resource_id, now, user = unit.new_id(), unit.now, unit.actor.user
    return Resource(resource_id, kind, name, 0, 0, resource_id, status, now, user, now, user, document)


def known_resources(unit: Unit, arns: Iterable[str]) -> dict[str, Resource]:
    """Return the registered models, packages, groups and jobs of some ARNs; other ARNs are left out."""
    unit.actor.require(Role.VIEWER, "Search", "*")
    found: dict[str, Resource] = {}
    for arn in arns:
        try:
            kind, path = unit.actor.scope.resource(arn)
        except (Invalid, Denied):
            continue  # of another account, region or service
        key = package_key(path) if kind == ResourceKind.PACKAGE else (path, 0)
        resource = unit.registry.find(ResourceKind(kind), *key) if key and kind in _WORDS else None
        found |= {arn: resource} if resource else {}
    return found


def describe_resource(unit: Unit, kind: ResourceKind, name: str) -> Resource:
    """Return a model, a model package group or a job.

    Raises:
        Invalid: the resource does not exist.
    """
    arn = unit.actor.scope.arn(kind, name)
    unit.actor.require(Role.VIEWER, f"Describe{_WORDS[kind]}", arn)
    return unit.registry.find(kind, name) or missing(kind, arn)


def list_resources(unit: Unit, kind: ResourceKind, query: ResourceQuery) -> Page[Resource]:
    """Return a page of resources of a kind; their documents contain only the members that lists show."""
    unit.actor.require(Role.VIEWER, f"List{_WORDS[kind]}s", "*")
    return page_of(
        query,
        lambda part: unit.registry.list(kind, part),
        lambda resource: _position(resource, query.sort_by),
        before=query.before,
    )


def delete_resource(unit: Unit, kind: ResourceKind, name: str) -> None:
    """Delete a model, a model package group or a job, with its tags.

    Raises:
        Invalid: the resource does not exist.
        Conflict: the group contains model packages.
    """
    arn = unit.actor.scope.arn(kind, name)
    unit.actor.require(Role.AUTHOR, f"Delete{_WORDS[kind]}", arn)
    resource = unit.registry.lock(kind, name) or missing(kind, arn)
    if kind is ResourceKind.GROUP and unit.registry.has_versions(name):
        raise Conflict(f"Model Package Group {arn} cannot be deleted because it still contains model packages.")
    unit.tags.remove_all(resource.resource_id)
    unit.registry.delete(resource)


def missing(kind: ResourceKind, arn: str) -> NoReturn:
    """Raise AWS's error for a missing resource; clients compare its text.

    SDK v2 compares the start of the sentence about a package; the AWS controllers for Kubernetes compare its end.
    """
    raise Invalid(
        {
            ResourceKind.MODEL: f'Could not find model "{arn}".',
            ResourceKind.GROUP: f"ModelPackageGroup {arn} does not exist.",
            ResourceKind.PACKAGE: f"Could not find model package: ModelPackage {arn} does not exist.",
            ResourceKind.TRAINING_JOB: "Requested resource not found.",
            ResourceKind.PROCESSING_JOB: f"Could not find requested job with name: {arn.rpartition('/')[2]}",
        }[kind]
    )


def _taken(kind: ResourceKind, arn: str) -> NoReturn:
    """Raise AWS's error for a name in use; clients compare its text."""
    if kind is ResourceKind.TRAINING_JOB:
        raise InUse(
            "Training job names must be unique within an AWS account and region, and a training job with this name"
            f" already exists ({arn})"
        )
    if kind is ResourceKind.PROCESSING_JOB:
        raise InUse(
            f"Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})"
        )
    if kind is ResourceKind.GROUP:
        raise Invalid(f"Model Package Group already exists: {arn}")
    raise Invalid(f'Cannot create already existing model "{arn}".')


def _position(resource: Resource, sort_by: ResourceSort) -> Position:
    if sort_by is ResourceSort.NAME:
        return (resource.name, resource.version)
    if sort_by is ResourceSort.STATUS:
        return (resource.status or "", resource.resource_id)
    return (resource.created_at, resource.resource_id)
