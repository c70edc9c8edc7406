"""What lists share: their options, and all pages as one list."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from cardwright.cli.server import server_options

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def list_options(command: Command) -> Command:
    """Give a command the options of a list, and ``client``, ``order`` and ``as_json`` arguments made of them."""

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
        click.option("--limit", type=click.IntRange(1), help="At most this many; all by default."),
        click.option("--descending", is_flag=True, help="Last first."),
        click.option(
            "--sort-by", type=click.Choice(["Name", "CreationTime"], case_sensitive=False), default="CreationTime"
        ),
        click.option("--name-contains", help="Only those whose name holds this; case does not matter."),
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # click's decorators keep the command


def all_of(client: Any, operation: str, member: str, order: dict[str, Any], **filters: str | None) -> list[Any]:
    """The items of all pages of a list operation; filters without a value are left out."""
    given = {name: value for name, value in filters.items() if value}
    return [item for page in client.get_paginator(operation).paginate(**order, **given) for item in page[member]]


def described(client: Any, operation: str, arn: str, **named: str) -> dict[str, Any]:
    """What an operation describes, with the tags; ``arn`` is the member that holds its ARN."""
    found: dict[str, Any] = getattr(client, operation)(**named)
    del found["ResponseMetadata"]
    found["Tags"] = client.list_tags(ResourceArn=found[arn])["Tags"]
    return found
