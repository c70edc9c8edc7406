"""Model operations."""

from cardwright.actions import registry as actions
from cardwright.aws.members import Members
from cardwright.aws.operations.registry import ListOperation, answer_list, document_of, tags_of
from cardwright.aws.paging import Pager
from cardwright.core.defaults import filled
from cardwright.core.names import Scope
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit


def create_model(unit: Unit, request: Members, _: Pager) -> Members:
    document = document_of(request, "ModelName")
    arn = actions.create_resource(unit, ResourceKind.MODEL, request["ModelName"], document, tags=tags_of(request))
    return {"ModelArn": arn}


def describe_model(unit: Unit, request: Members, _: Pager) -> Members:
    return model(unit.actor.scope, actions.describe_resource(unit, ResourceKind.MODEL, request["ModelName"]))


def list_models(unit: Unit, request: Members, pager: Pager) -> Members:
    return answer_list(unit, request, pager, _LIST)


def delete_model(unit: Unit, request: Members, _: Pager) -> None:
    actions.delete_resource(unit, ResourceKind.MODEL, request["ModelName"])


def model(scope: Scope, resource: Resource) -> Members:
    """Return a model in the form of DescribeModel."""
    return filled(ResourceKind.MODEL, resource.document) | _summary(scope, resource)


def _summary(scope: Scope, resource: Resource) -> Members:
    return {
        "ModelName": resource.name,
        "ModelArn": resource.arn(scope),
        "CreationTime": resource.created_at / 1000,
    }


_LIST = ListOperation(ResourceKind.MODEL, "Models", _summary, descending=True)
