"""The options of list commands, and the items of all pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from cardwright.cli.server import server_options

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def list_options(command: Command) -> Command:
    """Add the options of a list to a command, and pass it ``client``, ``order`` and ``as_json``."""

    @wraps(command)
    def with_order(name_contains: str | None, sort_by: str, descending: bool, limit: int | None, **values: Any) -> Any:
        order: dict[str, Any] = {
            "SortBy": sort_by,
            "SortOrder": "Descending" if descending else "Ascending",
            "PaginationConfig": {"MaxItems": limit, "PageSize": min(limit or 100, 100)},
        }
        return command(order=order | ({"NameContains": name_contains} if name_contains else {}), **values)

    decorated: Any = as_json(server_options(with_order))
    for option in (
        click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default."),
        click.option("--descending", is_flag=True, help="In descending order."),
        click.option(
            "--sort-by", type=click.Choice(["Name", "CreationTime"], case_sensitive=False), default="CreationTime"
        ),
        click.option("--name-contains", help="Only names that contain this text; case is ignored."),
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # click's decorators keep the command


def all_of(client: Any, operation: str, member: str, order: dict[str, Any], **filters: str | None) -> list[Any]:
    """Return the items of all pages of a list operation. Filters without a value are left out."""
    given = {name: value for name, value in filters.items() if value}
    return [item for page in client.get_paginator(operation).paginate(**order, **given) for item in page[member]]


def described(client: Any, operation: str, arn: str, **named: str) -> dict[str, Any]:
    """Return a description with its tags. ``arn`` is the member that holds the ARN."""
    found: dict[str, Any] = getattr(client, operation)(**named)
    del found["ResponseMetadata"]
    found["Tags"] = client.list_tags(ResourceArn=found[arn])["Tags"]
    return found


def own_pages(
    call: Callable[..., dict[str, Any]], member: str, wanted: dict[str, Any], limit: int | None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the first answer of a list call, and at most ``limit`` items of all its pages."""
    first = page = call(**wanted, MaxResults=min(limit or 100, 100))
    found = list(page[member])
    while "NextToken" in page and (limit is None or len(found) < limit):
        page = call(**wanted, NextToken=page["NextToken"])
        found += page[member]
    return first, found[:limit]
