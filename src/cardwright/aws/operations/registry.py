"""What the operations on models, groups, packages and jobs share: documents in, documents out, and lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cardwright.actions import registry as actions
from cardwright.aws.paging import Pager
from cardwright.core.listing import ResourceQuery, ResourceSort
from cardwright.core.names import Scope
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit

Request = dict[str, Any]
Answer = dict[str, Any]

_NOT_KEPT = frozenset({"Tags", "ClientToken"})


def document_of(request: Request, *apart: str) -> Answer:
    """The members of a request that its document keeps: all but tags, token and those named."""
    return {name: value for name, value in request.items() if name not in _NOT_KEPT and name not in apart}


def tags_of(request: Request) -> list[tuple[str, str]]:
    return [(tag["Key"], tag["Value"]) for tag in request.get("Tags", ())]


def wire_times(resource: Resource) -> Answer:
    return {"CreationTime": resource.created_at / 1000, "LastModifiedTime": resource.modified_at / 1000}


@dataclass(frozen=True, slots=True)
class ListOperation:
    """A list: the operation, what it lists, the member of the answer that holds the items, and one item.

    Attributes:
        descending: the order when the request names none.
        status: the member of the request that asks for a status.
    """

    name: str
    kind: ResourceKind
    summaries: str
    summary: Callable[[Scope, Resource], Answer]
    descending: bool = False
    status: str = "StatusEquals"


def answer_list(unit: Unit, request: Request, pager: Pager, operation: ListOperation, **narrowed: Any) -> Answer:
    """Answer a list operation; ``narrowed`` holds further members of :class:`ResourceQuery`."""
    account = unit.actor.scope.account
    query = ResourceQuery(
        sort_by=ResourceSort(request.get("SortBy", ResourceSort.CREATION_TIME)),
        descending=request["SortOrder"] == "Descending" if "SortOrder" in request else operation.descending,
        limit=request.get("MaxResults", 100),
        after=pager.open(account, operation.name, request),
        created_after=request.get("CreationTimeAfter"),
        created_before=request.get("CreationTimeBefore"),
        modified_after=request.get("LastModifiedTimeAfter"),
        modified_before=request.get("LastModifiedTimeBefore"),
        name_contains=request.get("NameContains"),
        status=request.get(operation.status),
        **narrowed,
    )
    page = actions.list_resources(unit, operation.kind, query)
    answer: Answer = {operation.summaries: [operation.summary(unit.actor.scope, item) for item in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.seal(account, operation.name, request, page.position)
    return answer


def answer_nothing(unit: Unit, request: Request, pager: Pager, operation: ListOperation) -> Answer:
    """Answer a list operation with a filter that nothing here can pass."""
    pager.open(unit.actor.scope.account, operation.name, request)
    actions.list_resources(unit, operation.kind, ResourceQuery(limit=1))
    return {operation.summaries: []}
