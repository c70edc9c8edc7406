"""Shared by the operations on models, groups, packages and jobs: documents and lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cardwright.actions import registry as actions
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.listing import ResourceQuery, ResourceSort
from cardwright.core.names import Scope
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit

_NOT_KEPT = frozenset({"Tags", "ClientToken"})


def document_of(request: Members, *excluded: str) -> Members:
    """The members of a request that its document keeps: all but tags, token and the excluded ones."""
    return {name: value for name, value in request.items() if name not in _NOT_KEPT and name not in excluded}


def tags_of(request: Members) -> list[tuple[str, str]]:
    return [(tag["Key"], tag["Value"]) for tag in request.get("Tags", ())]


def wire_times(resource: Resource) -> Members:
    return {"CreationTime": resource.created_at / 1000, "LastModifiedTime": resource.modified_at / 1000}


@dataclass(frozen=True, slots=True)
class ListOperation:
    """A list operation: the kind that it lists, the member of the answer that holds the items, and one item.

    Attributes:
        descending: the default order.
        status: the member of the request that filters by status.
    """

    kind: ResourceKind
    summaries: str
    summary: Callable[[Scope, Resource], Members]
    descending: bool = False
    status: str = "StatusEquals"


def answer_list(unit: Unit, request: Members, pager: Pager, operation: ListOperation, **narrowed: Any) -> Members:
    """Answer a list operation; ``narrowed`` holds further members of :class:`ResourceQuery`."""
    query = ResourceQuery(
        sort_by=ResourceSort(request.get("SortBy", ResourceSort.CREATION_TIME)),
        descending=request["SortOrder"] == "Descending" if "SortOrder" in request else operation.descending,
        limit=request.get("MaxResults", 100),
        after=pager.position(),
        created_after=request.get("CreationTimeAfter"),
        created_before=request.get("CreationTimeBefore"),
        modified_after=request.get("LastModifiedTimeAfter"),
        modified_before=request.get("LastModifiedTimeBefore"),
        name_contains=request.get("NameContains"),
        status=request.get(operation.status),
        **narrowed,
    )
    page = actions.list_resources(unit, operation.kind, query)
    answer: Members = {operation.summaries: [operation.summary(unit.actor.scope, item) for item in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def answer_nothing(unit: Unit, pager: Pager, operation: ListOperation) -> Members:
    """Answer a list operation whose filter excludes everything here."""
    pager.position()
    actions.list_resources(unit, operation.kind, ResourceQuery(limit=1))
    return {operation.summaries: []}
