"""The options of list commands, and the items of all pages."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, NotRequired, TypedDict, TypeVar

import click

from cardwright.cli.server import server_options
from cardwright.client.sagemaker import PaginationConfig, Paginator, SageMaker

if TYPE_CHECKING:
    from cardwright.client.answers.answer import Page

Item = TypeVar("Item")
AnyPage = TypeVar("AnyPage", bound="Page")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Order(TypedDict):
    """The order and the length of a list, in the form of requests."""

    SortBy: str
    SortOrder: str
    NameContains: NotRequired[str]
    PaginationConfig: PaginationConfig


def list_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options of a list to a command, and pass it ``client``, ``order`` and ``as_json``."""

    @wraps(command)
    def with_order(
        name_contains: str | None, sort_by: str, descending: bool, limit: int | None, **values: object
    ) -> object:
        order: Order = {
            "SortBy": sort_by,
            "SortOrder": "Descending" if descending else "Ascending",
            "PaginationConfig": {"MaxItems": limit, "PageSize": min(limit or 100, 100)},
        }
        if name_contains:
            order["NameContains"] = name_contains
        return command(order=order, **values)

    decorated = as_json(server_options(with_order))
    for option in (
        click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default."),
        click.option("--descending", is_flag=True, help="In descending order."),
        click.option(
            "--sort-by", type=click.Choice(["Name", "CreationTime"], case_sensitive=False), default="CreationTime"
        ),
        click.option("--name-contains", help="Only names that contain this text; case is ignored."),
    ):
        decorated = option(decorated)
    return decorated


def all_of(
    pages: Paginator[AnyPage], items: Callable[[AnyPage], Sequence[Item]], order: Order, **filters: str | None
) -> list[Item]:
    """Return the items of all pages of a list operation. Filters without a value are left out."""
    given = {name: value for name, value in filters.items() if value}
    return [item for page in pages.paginate(**order, **given) for item in items(page)]


def with_tags(client: SageMaker, described: Mapping[str, object], arn: str) -> dict[str, object]:
    """Return the description of a resource with its tags, without the metadata of the answer."""
    found = {member: value for member, value in described.items() if member != "ResponseMetadata"}
    return found | {"Tags": client.list_tags(ResourceArn=arn)["Tags"]}


def own_pages(
    call: Callable[..., AnyPage],
    items: Callable[[AnyPage], Sequence[Item]],
    wanted: Mapping[str, object],
    limit: int | None,
) -> tuple[AnyPage, list[Item]]:
    """Return the first answer of a list call, and at most ``limit`` items of all its pages."""
    first = page = call(**wanted, MaxResults=min(limit or 100, 100))
    found = list(items(page))
    while "NextToken" in page and (limit is None or len(found) < limit):
        page = call(**wanted, NextToken=page["NextToken"])
        found += items(page)
    return first, found[:limit]
