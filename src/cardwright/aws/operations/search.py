"""Search and its suggestions."""

from collections.abc import Callable, Mapping
from typing import Any

from cardwright.actions import search as actions
from cardwright.actions.search import Found
from cardwright.aws.members import Members
from cardwright.aws.operations.cards import security_config, user_context
from cardwright.aws.operations.models import model
from cardwright.aws.operations.package_groups import model_package_group
from cardwright.aws.operations.packages import model_package
from cardwright.aws.operations.tags import wire_tags
from cardwright.aws.operations.training_jobs import training_job
from cardwright.aws.paging import Pager
from cardwright.core.errors import Invalid
from cardwright.core.names import Scope
from cardwright.core.registry import Resource
from cardwright.core.search import CardHit, Expression, Filter, NestedFilters, Operator, SearchQuery
from cardwright.core.searchable import Searchable
from cardwright.storage.unit import Unit

_NOT_IN_RECORDS = {
    Searchable.GROUP: frozenset({"ManagedConfiguration"}),
    Searchable.PACKAGE: frozenset({"ManagedStorageType"}),
    Searchable.TRAINING_JOB: frozenset(
        {
            "InfraCheckConfig",
            "MlflowConfig",
            "ProfilerRuleConfigurations",
            "ProfilingStatus",
            "RemoteDebugConfig",
            "ServerlessJobConfig",
        }
    ),
}
"""Members of Describe operations that Search leaves out, as in AWS's shapes."""

_ON_THE_DASHBOARD = frozenset(
    {
        "ModelCardArn",
        "ModelCardName",
        "ModelCardVersion",
        "ModelCardStatus",
        "CreationTime",
        "CreatedBy",
        "LastModifiedTime",
        "LastModifiedBy",
        "SecurityConfig",
        "Tags",
        "ModelId",
        "RiskRating",
    }
)
"""Members of a card in the record of its model."""


def search(unit: Unit, request: Members, pager: Pager) -> Members:
    searchable = _searchable(request)
    scope = unit.actor.scope
    expression = request.get("SearchExpression")
    query = SearchQuery(
        expression=None if expression is None else _expression(searchable, expression),
        sort_by=_property(searchable, request.get("SortBy", "LastModifiedTime")),
        descending=request.get("SortOrder", "Descending") == "Descending",
        limit=request.get("MaxResults", 100),
        after=pager.position(),
        visibility=[(item.get("Key", ""), item.get("Value", "")) for item in request.get("VisibilityConditions", ())],
    )
    found: Found[Any]
    if searchable is Searchable.CARD:
        found = actions.search_cards(unit, query)
        results = [{"ModelCard": _card(scope, hit, found.tags[hit.card_id])} for hit in found.page.items]
    else:
        found = actions.search_registry(unit, searchable, query)
        results = [_registered(scope, searchable, hit, found.tags[hit.tags_id]) for hit in found.page.items]
        if searchable is Searchable.MODEL:
            results = _on_the_dashboard(unit, results)
    answer: Members = {
        "Results": results,
        "TotalHits": {"Value": found.count, "Relation": "EqualTo" if found.exact else "GreaterThanOrEqualTo"},
    }
    if found.page.position is not None:
        answer["NextToken"] = pager.token(found.page.position)
    return answer


def get_search_suggestions(unit: Unit, request: Members, _: Pager) -> Members:
    hint = request.get("SuggestionQuery", {}).get("PropertyNameQuery", {}).get("PropertyNameHint", "")
    names = actions.suggest_properties(unit, hint, _searchable(request))
    return {"PropertyNameSuggestions": [{"PropertyName": name} for name in names]}


def _searchable(request: Members) -> Searchable:
    try:
        return Searchable(request["Resource"])
    except ValueError:
        served = ", ".join(Searchable)
        raise Invalid(
            f"Search of the resource {request['Resource']} is not served here. Search serves {served}"
        ) from None


def _property(searchable: Searchable, name: str) -> str:
    """A property without the prefix of the dashboard's record, which models may have."""
    return name.removeprefix("Model.") if searchable is Searchable.MODEL else name


def _expression(searchable: Searchable, wire: Members) -> Expression:
    return Expression(
        filters=[_filter(searchable, item) for item in wire.get("Filters", ())],
        nested=[
            NestedFilters(
                _property(searchable, item["NestedPropertyName"]),
                [_filter(searchable, inner) for inner in item["Filters"]],
            )
            for item in wire.get("NestedFilters", ())
        ],
        sub_expressions=[_expression(searchable, item) for item in wire.get("SubExpressions", ())],
        any_of=wire.get("Operator") == "Or",
    )


def _filter(searchable: Searchable, wire: Members) -> Filter:
    return Filter(
        _property(searchable, wire["Name"]), Operator(wire.get("Operator", Operator.EQUALS)), wire.get("Value")
    )


def _card(scope: Scope, hit: CardHit, tags: dict[str, str]) -> Members:
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
        **security_config(hit.kms_key_id),
        "CreationTime": hit.created_at / 1000,
        "CreatedBy": user_context(scope, hit.created_by),
        "LastModifiedTime": hit.modified_at / 1000,
        "LastModifiedBy": user_context(scope, hit.modified_by),
        "Tags": wire_tags(tags),
    } | {name: value for name, value in optional.items() if value is not None}


def _package(scope: Scope, resource: Resource) -> Members:
    return model_package(scope, resource, metadata_only=True)


_RECORDS: Mapping[Searchable, Callable[[Scope, Resource], Members]] = {
    Searchable.MODEL: model,
    Searchable.GROUP: model_package_group,
    Searchable.PACKAGE: _package,
    Searchable.TRAINING_JOB: training_job,
}


def _registered(scope: Scope, searchable: Searchable, resource: Resource, tags: dict[str, str]) -> Members:
    hidden = _NOT_IN_RECORDS.get(searchable, frozenset())
    record = {name: value for name, value in _RECORDS[searchable](scope, resource).items() if name not in hidden}
    return {searchable.value: record | {"Tags": wire_tags(tags)}}


def _on_the_dashboard(unit: Unit, results: list[Members]) -> list[Members]:
    """Records of models as in the model dashboard: each with its card, if any."""
    scope = unit.actor.scope
    cards = actions.cards_of_models(unit, [result["Model"]["ModelArn"] for result in results])
    tags = actions.tags_of_cards(unit, list(cards.values()))
    records = []
    for result in results:
        hit = cards.get(result["Model"]["ModelArn"])
        card = {} if hit is None else {"ModelCard": _card(scope, hit, tags[hit.card_id])}
        shown = {
            name: {key: record[key] for key in record if key in _ON_THE_DASHBOARD} for name, record in card.items()
        }
        records.append({"Model": result | shown})
    return records
