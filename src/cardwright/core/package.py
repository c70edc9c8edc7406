"""Model packages: the rules for approving and changing them.

Decision: ``docs/decisions/0006-registry.md``.
"""

from collections.abc import Mapping, Sequence

from cardwright.core import package_card
from cardwright.core.errors import Conflict, Invalid
from cardwright.core.json_value import list_at, object_at, objects_at, text_at
from cardwright.core.people import Actor, Role
from cardwright.core.refusals import RoleMayNot
from cardwright.core.registry import Approval, Document

_MAX_CUSTOMER_PROPERTIES = 50
_MAX_SPECIFICATIONS = 15
_APPROVED = frozenset({"InferenceSpecification", "AdditionalInferenceSpecifications", "SourceUri"})
"""The members that an approval covers: they determine the model. Notes, stages and the card may change."""
_REPLACED = ("ModelPackageRegistrationType", "ApprovalDescription", "InferenceSpecification", "SourceUri")


def check_approval_right(actor: Actor, action: str, approval: Approval | None, arn: str) -> None:
    """Raise :class:`Denied` when the caller may not give a package that approval."""
    if approval is Approval.APPROVED and not actor.role.includes(Role.APPROVER):
        because = RoleMayNot(actor.role, Role.APPROVER, "set ModelApprovalStatus Approved")
        actor.deny(action, arn, because, Role.APPROVER)


def updated(actor: Actor, arn: str, document: Document, approval: str | None, request: Document) -> dict[str, object]:
    """Return a package's document after ``UpdateModelPackage``; equal to ``document`` when nothing changes.

    Args:
        approval: the package's previous ``ModelApprovalStatus``.
        request: the members of the request, ``ModelApprovalStatus`` included.

    Raises:
        Denied: the role does not allow the approval, or an author changes an Approved package and leaves it Approved.
        Conflict: an inference specification of that name exists with different content.
        Invalid: more properties or specifications than a package allows, or the rules of its card.
    """
    wanted = text_at(request, "ModelApprovalStatus") or approval
    if wanted is not None and wanted != approval:
        check_approval_right(actor, "UpdateModelPackage", Approval(wanted), arn)
    changed = {**document, **{name: request[name] for name in (*_REPLACED, "ModelLifeCycle") if name in request}}
    _change_customer_properties(changed, request)
    _add_specifications(changed, objects_at(request, "AdditionalInferenceSpecificationsToAdd"))
    if "ModelCard" in request:
        before = package_card.card_of(document) if "ModelCard" in document else None
        changed["ModelCard"] = package_card.updated(actor, arn, before, package_card.card_of(request))
    touched = any(changed.get(name) != document.get(name) for name in _APPROVED)
    stays = approval == wanted == Approval.APPROVED
    if touched and stays and not actor.role.includes(Role.APPROVER):
        actor.deny(
            "UpdateModelPackage",
            arn,
            f"the model package is Approved and the role {actor.role} changes its contents only together with"
            " ModelApprovalStatus PendingManualApproval or Rejected",
            Role.APPROVER,
        )
    return changed


def _change_customer_properties(changed: dict[str, object], request: Document) -> None:
    name = "CustomerMetadataProperties"
    properties = {**object_at(changed, name), **object_at(request, name)}
    for key in list_at(request, "CustomerMetadataPropertiesToRemove"):
        properties.pop(str(key), None)
    if len(properties) > _MAX_CUSTOMER_PROPERTIES:
        raise Invalid(f"A model package has at most {_MAX_CUSTOMER_PROPERTIES} CustomerMetadataProperties")
    if properties:
        changed["CustomerMetadataProperties"] = properties
    else:
        changed.pop("CustomerMetadataProperties", None)


def _add_specifications(changed: dict[str, object], added: Sequence[Mapping[str, object]]) -> None:
    held = list(objects_at(changed, "AdditionalInferenceSpecifications"))
    named = {item["Name"]: item for item in held}
    for item in added:
        if item["Name"] not in named:
            held.append(item)
            named[item["Name"]] = item
        elif named[item["Name"]] != item:
            raise Conflict(f"The model package has another additional inference specification named {item['Name']}")
    if len(held) > _MAX_SPECIFICATIONS:
        raise Invalid(f"A model package has at most {_MAX_SPECIFICATIONS} AdditionalInferenceSpecifications")
    if held:
        changed["AdditionalInferenceSpecifications"] = held
