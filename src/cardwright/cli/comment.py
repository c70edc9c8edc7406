"""``cardwright comment``: comments on fields of cards of a server."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json, own_pages
from cardwright.cli.members import given
from cardwright.cli.server import server_options
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker

if TYPE_CHECKING:
    from cardwright.client.answers.findings import FieldComment


@click.group()
def comment() -> None:
    """Comments on fields of cards of a server. AWS does not support them."""


@comment.command()
@click.argument("name")
@click.argument("text")
@click.option("--pointer", help="JSON Pointer to the field, such as /intended_uses/risk_rating.")
@click.option("--reply-to", metavar="ID", help="The comment to reply to.")
@as_json
@server_options
def add(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker, name: str, text: str, pointer: str | None, reply_to: str | None, as_json: bool
) -> None:
    """Comment on a field of a card, or reply to a comment."""
    if (pointer is None) is (reply_to is None):
        raise click.UsageError("Give one of --pointer and --reply-to.")
    members = given({"Pointer": pointer, "ReplyTo": reply_to})
    found = own_client(client).add_comment(ModelCardName=name, Text=text, **members)["Comment"]
    pages.as_json(found) if as_json else click.echo(f"{found['CommentId']} added on {found['Pointer']}")


@comment.command()
@click.argument("comment_id", metavar="ID")
@click.option("--reopen", is_flag=True, help="Open it again.")
@as_json
@server_options
def resolve(client: SageMaker, comment_id: str, reopen: bool, as_json: bool) -> None:
    """Resolve a comment with its replies."""
    found = own_client(client).resolve_comment(CommentId=comment_id, Resolved=not reopen)["Comment"]
    state = "open" if reopen else "resolved"
    pages.as_json(found) if as_json else click.echo(f"{comment_id} is {state}")


@comment.command("list")
@click.argument("name")
@click.option("--pointer", help="Only comments on this field.")
@click.option("--limit", type=click.IntRange(1), help="Maximum number; all by default.")
@as_json
@server_options
def list_comments(client: SageMaker, name: str, pointer: str | None, limit: int | None, as_json: bool) -> None:
    """List the comments on the fields of a card, newest first."""
    wanted = given({"ModelCardName": name, "Pointer": pointer})
    _, found = own_pages(own_client(client).list_comments, lambda page: page["Comments"], wanted, limit)
    pages.as_json(found) if as_json else pages.show(found, _table)


def _table(comments: Sequence["FieldComment"]) -> Iterator[RenderableType]:
    if not comments:
        yield "No comments."
        return
    table = pages.new_table("Field", "Who", "When (UTC)", "State", "Text", "Comment")
    for item in comments:
        states = [word for word, on in (("outdated", item["Outdated"]), ("resolved", "ResolvedTime" in item)) if on]
        table.add_row(
            Text(item["Pointer"]),
            Text(item["WrittenBy"]),
            pages.minute(item["WrittenTime"]),
            ", ".join(states) or ("reply" if "ReplyTo" in item else "open"),
            Text(" ".join(item["Text"].split())),
            item["CommentId"],
        )
    yield table
