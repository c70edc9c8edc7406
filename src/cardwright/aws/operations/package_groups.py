"""Model package group operations."""

from cardwright.actions import registry as actions
from cardwright.aws.members import Members
from cardwright.aws.operations.cards import user_context
from cardwright.aws.operations.registry import ListOperation, answer_list, answer_nothing, document_of, tags_of
from cardwright.aws.paging import Pager
from cardwright.core.names import Scope
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit


def create_model_package_group(unit: Unit, request: Members, _: Pager) -> Members:
    document = document_of(request, "ModelPackageGroupName")
    name = request["ModelPackageGroupName"]
    arn = actions.create_resource(unit, ResourceKind.GROUP, name, document, status="Completed", tags=tags_of(request))
    return {"ModelPackageGroupArn": arn}


def describe_model_package_group(unit: Unit, request: Members, _: Pager) -> Members:
    return model_package_group(
        unit.actor.scope, actions.describe_resource(unit, ResourceKind.GROUP, _name(unit, request))
    )


def list_model_package_groups(unit: Unit, request: Members, pager: Pager) -> Members:
    if request.get("CrossAccountFilterOption") == "CrossAccount":  # accounts share nothing here
        return answer_nothing(unit, pager, _LIST)
    return answer_list(unit, request, pager, _LIST)


def delete_model_package_group(unit: Unit, request: Members, _: Pager) -> None:
    actions.delete_resource(unit, ResourceKind.GROUP, _name(unit, request))


def model_package_group(scope: Scope, resource: Resource) -> Members:
    """Return a model package group in the form of DescribeModelPackageGroup."""
    return _summary(scope, resource) | {"CreatedBy": user_context(scope, resource.created_by)}


def _name(unit: Unit, request: Members) -> str:
    return unit.actor.scope.name(ResourceKind.GROUP, request["ModelPackageGroupName"])


def _summary(scope: Scope, resource: Resource) -> Members:
    return dict(resource.document) | {
        "ModelPackageGroupName": resource.name,
        "ModelPackageGroupArn": resource.arn(scope),
        "CreationTime": resource.created_at / 1000,
        "ModelPackageGroupStatus": resource.status,
    }


_LIST = ListOperation(ResourceKind.GROUP, "ModelPackageGroupSummaryList", _summary)
