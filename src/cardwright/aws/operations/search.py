"""Search and its suggestions."""

from typing import Any

from cardwright.actions import search as actions
from cardwright.actions.unit import Unit
from cardwright.aws.operations.cards import user_context
from cardwright.aws.operations.tags import wire_tags
from cardwright.aws.paging import Pager
from cardwright.core.errors import Invalid
from cardwright.core.names import Scope
from cardwright.core.search import CardHit, Expression, Filter, NestedFilters, Operator, SearchQuery

Request = dict[str, Any]
Answer = dict[str, Any]


def search(unit: Unit, request: Request, pager: Pager) -> Answer:
    _check_resource(request)
    scope = unit.actor.scope
    expression = request.get("SearchExpression")
    query = SearchQuery(
        expression=None if expression is None else _expression(expression),
        sort_by=request.get("SortBy", "LastModifiedTime"),
        descending=request.get("SortOrder", "Descending") == "Descending",
        limit=request.get("MaxResults", 100),
        after=pager.open(scope.account, "Search", request),
        visibility=[(item.get("Key", ""), item.get("Value", "")) for item in request.get("VisibilityConditions", ())],
    )
    page, tags, count, exact = actions.search_cards(unit, query)
    answer: Answer = {
        "Results": [{"ModelCard": _record(scope, hit, tags[hit.card_id])} for hit in page.items],
        "TotalHits": {"Value": count, "Relation": "EqualTo" if exact else "GreaterThanOrEqualTo"},
    }
    if page.position is not None:
        answer["NextToken"] = pager.seal(scope.account, "Search", request, page.position)
    return answer


def get_search_suggestions(unit: Unit, request: Request, _: Pager) -> Answer:
    _check_resource(request)
    hint = request.get("SuggestionQuery", {}).get("PropertyNameQuery", {}).get("PropertyNameHint", "")
    return {"PropertyNameSuggestions": [{"PropertyName": name} for name in actions.suggest_properties(unit, hint)]}


def _check_resource(request: Request) -> None:
    if request["Resource"] != "ModelCard":
        raise Invalid(f"Search of the resource {request['Resource']} is not served here; ModelCard is")


def _expression(wire: Request) -> Expression:
    return Expression(
        filters=[_filter(item) for item in wire.get("Filters", ())],
        nested=[
            NestedFilters(item["NestedPropertyName"], [_filter(inner) for inner in item["Filters"]])
            for item in wire.get("NestedFilters", ())
        ],
        sub_expressions=[_expression(item) for item in wire.get("SubExpressions", ())],
        any_of=wire.get("Operator") == "Or",
    )


def _filter(wire: Request) -> Filter:
    return Filter(wire["Name"], Operator(wire.get("Operator", Operator.EQUALS)), wire.get("Value"))


def _record(scope: Scope, hit: CardHit, tags: dict[str, str]) -> Answer:
    optional = {
        "ModelId": hit.model_id,
        "RiskRating": hit.risk_rating,
        "ModelPackageGroupName": hit.model_package_group_name,
    }
    return {
        "ModelCardArn": scope.card_arn(hit.name),
        "ModelCardName": hit.name,
        "ModelCardVersion": hit.version,
        "Content": hit.metadata,
        "ModelCardStatus": hit.status,
        "CreationTime": hit.created_at / 1000,
        "CreatedBy": user_context(scope, hit.created_by),
        "LastModifiedTime": hit.modified_at / 1000,
        "LastModifiedBy": user_context(scope, hit.modified_by),
        "Tags": wire_tags(tags),
    } | {name: value for name, value in optional.items() if value is not None}
