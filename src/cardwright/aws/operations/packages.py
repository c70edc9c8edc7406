"""Model package operations."""

from cardwright.actions import packages as actions
from cardwright.aws.errors import wire_error
from cardwright.aws.members import Members
from cardwright.aws.operations.cards import user_context
from cardwright.aws.operations.registry import ListOperation, answer_list, document_of, tags_of, wire_times
from cardwright.aws.paging import Pager
from cardwright.core import package_card
from cardwright.core.defaults import filled
from cardwright.core.errors import Denied, Invalid
from cardwright.core.names import Scope
from cardwright.core.registry import Approval, Resource, ResourceKind
from cardwright.storage.unit import Unit

_OUTSIDE_THE_DOCUMENT = ("ModelPackageName", "ModelPackageGroupName", "ModelApprovalStatus")


def create_model_package(unit: Unit, request: Members, _: Pager) -> Members:
    group = request.get("ModelPackageGroupName")
    approval = request.get("ModelApprovalStatus")
    arn = actions.create_package(
        unit,
        request.get("ModelPackageName"),
        group and unit.actor.scope.name(ResourceKind.GROUP, group),
        document_of(request, *_OUTSIDE_THE_DOCUMENT),
        approval=approval and Approval(approval),
        tags=tags_of(request),
        token=request.get("ClientToken"),
    )
    return {"ModelPackageArn": arn}


def describe_model_package(unit: Unit, request: Members, _: Pager) -> Members:
    scope = unit.actor.scope
    resource = actions.describe_package(unit, scope.name(ResourceKind.PACKAGE, request["ModelPackageName"]))
    return model_package(scope, resource, metadata_only=request.get("IncludedData") == "MetadataOnly")


def update_model_package(unit: Unit, request: Members, _: Pager) -> Members:
    arn = request["ModelPackageArn"]
    changes = {name: value for name, value in request.items() if name != "ModelPackageArn"}
    actions.update_package(unit, unit.actor.scope.name(ResourceKind.PACKAGE, arn), changes)
    return {"ModelPackageArn": arn}


def delete_model_package(unit: Unit, request: Members, _: Pager) -> None:
    actions.delete_package(unit, unit.actor.scope.name(ResourceKind.PACKAGE, request["ModelPackageName"]))


def list_model_packages(unit: Unit, request: Members, pager: Pager) -> Members:
    group = request.get("ModelPackageGroupName")
    wanted = request.get("ModelPackageType", "Versioned" if group else "Unversioned")
    return answer_list(
        unit,
        request,
        pager,
        _LIST,
        name=group and unit.actor.scope.name(ResourceKind.GROUP, group),
        versioned=True if group and wanted == "Both" else {"Versioned": True, "Unversioned": False}.get(wanted),
    )


def batch_describe_model_package(unit: Unit, request: Members, _: Pager) -> Members:
    scope = unit.actor.scope
    found, errors = {}, {}
    for arn in dict.fromkeys(request["ModelPackageArnList"]):
        try:
            found[arn] = _batch_summary(scope, actions.describe_package(unit, scope.name(ResourceKind.PACKAGE, arn)))
        except (Invalid, Denied) as error:
            wrong = wire_error(error)
            errors[arn] = {"ErrorCode": wrong.code, "ErrorResponse": wrong.message}
    answer: Members = {"ModelPackageSummaries": found}
    if errors:
        answer["BatchDescribeModelPackageErrorMap"] = errors
    return answer


def model_package(scope: Scope, resource: Resource, *, metadata_only: bool = False) -> Members:
    """Return a model package in the form of DescribeModelPackage.

    With ``metadata_only``, the content of its card is reduced to metadata.
    """
    document = filled(ResourceKind.PACKAGE, resource.document)
    if metadata_only and "ModelCard" in document:
        document["ModelCard"] = package_card.reduced(package_card.card_of(document))
    return (
        document
        | _summary_members(scope, resource)
        | wire_times(resource)
        | {
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "CreatedBy": user_context(scope, resource.created_by),
            "LastModifiedBy": user_context(scope, resource.modified_by),
        }
    )


def _summary(scope: Scope, resource: Resource) -> Members:
    return dict(resource.document) | _summary_members(scope, resource)


def _batch_summary(scope: Scope, resource: Resource) -> Members:
    if not resource.version:
        raise Invalid(f"{resource.arn(scope)} is not a version of a model package group")
    members = _summary_members(scope, resource)
    shown = ("ModelPackageDescription", "InferenceSpecification", "ModelPackageRegistrationType")
    return {name: resource.document[name] for name in shown if name in resource.document} | members


def _summary_members(scope: Scope, resource: Resource) -> Members:
    members: Members = {
        "ModelPackageArn": resource.arn(scope),
        "CreationTime": resource.created_at / 1000,
        "ModelPackageStatus": "Completed",
    }
    if resource.version:  # SageMaker returns no name for a version
        members |= {"ModelPackageGroupName": resource.name, "ModelPackageVersion": resource.version}
    else:
        members["ModelPackageName"] = resource.name
    if resource.status is not None:
        members["ModelApprovalStatus"] = resource.status
    return members


_LIST = ListOperation(ResourceKind.PACKAGE, "ModelPackageSummaryList", _summary, status="ModelApprovalStatus")
