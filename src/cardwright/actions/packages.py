"""Register, describe, change and delete model packages: versions of a group, or packages with a name."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardwright.actions.registry import missing, new_resource
from cardwright.core import combinations, package_card
from cardwright.core import package as rules
from cardwright.core.errors import Conflict, Invalid
from cardwright.core.integrity.history import canonical_json
from cardwright.core.json_value import text_at
from cardwright.core.kms import check_kms_key
from cardwright.core.people import Role
from cardwright.core.registry import Approval, Document, Resource, ResourceKind, package_key
from cardwright.core.tags import check_tags
from cardwright.storage.unit import Unit


def create_package(  # noqa: PLR0913 - identity, document and metadata of a package
    unit: Unit,
    name: str | None,
    group: str | None,
    document: Document,
    *,
    approval: Approval | None = None,
    tags: Sequence[tuple[str, str]] = (),
    token: str | None = None,
) -> str:
    """Register a model package under its own name, or as the next version of a group. Returns its ARN.

    A repeated call with the same client token and the same request returns the first ARN.

    Raises:
        Denied: the role may not write, or may not set this approval or this card's status.
        Invalid: both names or neither, an unknown group, tags on a version, members or a card that SageMaker refuses,
            a KMS key in a store that does not record keys, or an existing name.
        Conflict: the client token belongs to another request.
    """
    if name and group:
        raise Invalid(
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to"
            " use."
        )
    chosen = group or name
    if chosen is None:
        raise Invalid("Missing ARN.")
    scope = unit.actor.scope
    arn = scope.arn(ResourceKind.PACKAGE, chosen)
    unit.actor.require(Role.AUTHOR, "CreateModelPackage", arn)
    rules.check_approval_right(unit.actor, "CreateModelPackage", approval, arn)
    check_kms_key(text_at(document, "SecurityConfig", "KmsKeyId"), unit.rules.kms_keys)
    combinations.check_package(document, versioned=group is not None, new=True)
    if group and tags:
        raise Invalid("A versioned model package takes no Tags: those of its model package group apply")
    wanted_tags = check_tags(tags)
    call = _Call(token, hashlib.sha256(canonical_json([name, group, document, approval, tags]).encode()).hexdigest())
    if "ModelCard" in document:
        document = {**document, "ModelCard": package_card.created(unit.actor, arn, package_card.card_of(document))}
    if group:
        return _add_version(unit, group, document, approval or Approval.PENDING, call)
    resource = new_resource(unit, ResourceKind.PACKAGE, chosen, document, approval)
    if unit.registry.insert(resource, call.token, call.digest):
        unit.tags.put(resource.resource_id, wanted_tags)
        return arn
    made = _made_before(unit, call)
    if made is None:
        raise Invalid(f"ModelPackage already exists: {arn}")  # SDK v2 and v3 compare the words
    return made


def describe_package(unit: Unit, path: str) -> Resource:
    """Return a model package by ``name`` or ``group/version``.

    Raises:
        Invalid: the package does not exist.
    """
    unit.actor.require(Role.VIEWER, "DescribeModelPackage", unit.actor.scope.arn(ResourceKind.PACKAGE, path))
    return _found(unit, path)


def update_package(unit: Unit, path: str, request: Document) -> None:
    """Change a model package: its approval, card, stage and the other members of ``UpdateModelPackage``.

    Raises:
        Invalid: the package does not exist, members that SageMaker refuses, or see :func:`core.package.updated`.
        Denied, Conflict: see :func:`core.package.updated`.
    """
    arn = unit.actor.scope.arn(ResourceKind.PACKAGE, path)
    unit.actor.require(Role.AUTHOR, "UpdateModelPackage", arn)
    resource = _found(unit, path, lock=True)
    combinations.check_package(request, versioned=resource.version > 0, new=False)
    document = rules.updated(unit.actor, arn, resource.document, resource.status, request)
    status = text_at(request, "ModelApprovalStatus") or resource.status
    if document == resource.document and status == resource.status:
        return
    changed = replace(resource, document=document, status=status, modified_at=unit.now, modified_by=unit.actor.user)
    unit.registry.update(changed)


def delete_package(unit: Unit, path: str) -> None:
    """Delete a model package. A group never assigns the number of a deleted version again.

    Raises:
        Invalid: the package does not exist.
    """
    unit.actor.require(Role.AUTHOR, "DeleteModelPackage", unit.actor.scope.arn(ResourceKind.PACKAGE, path))
    resource = _found(unit, path, lock=True)
    if resource.tags_id == resource.resource_id:
        unit.tags.remove_all(resource.resource_id)
    unit.registry.delete(resource)


@dataclass(frozen=True, slots=True)
class _Call:
    """Identifies a repeated request: its client token, and the digest of its members."""

    token: str | None
    digest: str


def _add_version(unit: Unit, group: str, document: Document, approval: Approval, call: _Call) -> str:
    holder = unit.registry.lock(ResourceKind.GROUP, group)
    if holder is None:
        raise Invalid("Model Package Group does not exist.")
    made = _made_before(unit, call)
    if made is not None:
        return made
    version = unit.registry.give_version(holder)
    resource = new_resource(unit, ResourceKind.PACKAGE, group, document, approval)
    resource = replace(resource, version=version, tags_id=holder.resource_id)
    if not unit.registry.insert(resource, call.token, call.digest):
        raise _other_request()
    return resource.arn(unit.actor.scope)


def _made_before(unit: Unit, call: _Call) -> str | None:
    """Return the ARN of the package that an equal request with this token created."""
    found = None if call.token is None else unit.registry.of_token(ResourceKind.PACKAGE, call.token)
    if found is None:
        return None
    name, version, digest = found
    if digest != call.digest:
        raise _other_request()
    return unit.actor.scope.arn(ResourceKind.PACKAGE, f"{name}/{version}" if version else name)


def _other_request() -> Conflict:
    return Conflict("The ClientToken belongs to another request: use a new one")


def _found(unit: Unit, path: str, *, lock: bool = False) -> Resource:
    key = package_key(path)
    find = unit.registry.lock if lock else unit.registry.find
    resource = None if key is None else find(ResourceKind.PACKAGE, *key)
    return resource or missing(ResourceKind.PACKAGE, unit.actor.scope.arn(ResourceKind.PACKAGE, path))
