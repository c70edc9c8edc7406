"""Cards on a terminal, and as JSON for programs."""

import datetime
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

import click
from rich import box
from rich.console import Console, RenderableType
from rich.json import JSON
from rich.table import Table
from rich.text import Text

from cardwright.core.errors import Violation
from cardwright.core.lint import Advice

if TYPE_CHECKING:
    from cardwright.client.answers.cards import DeletedModelCard, ModelCardEvent, ModelCardEventsPage
    from cardwright.client.answers.sagemaker_cards import (
        DescribeModelCardAnswer,
        ModelCardSummary,
        ModelCardVersionSummary,
        Tag,
        UserContext,
    )

Value = TypeVar("Value")

_PIPED_WIDTH = 1000
"""Width without a terminal, so that each row stays on one line for programs."""


def as_json(document: object) -> None:
    """Print a document as JSON. Times are ISO 8601 in UTC."""
    click.echo(json.dumps(document, default=iso, ensure_ascii=False, indent=2))


def show(value: Value, page: Callable[[Value], Iterable[RenderableType]]) -> None:
    """Print the parts of a page. They are never parsed as rich's markup."""
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH)
    for part in page(value):
        console.print(part, soft_wrap=isinstance(part, JSON))


def card_table(cards: Sequence["ModelCardSummary"]) -> Iterator[RenderableType]:
    if not cards:
        yield "No cards."
        return
    table = new_table("Name", "Status", "Created (UTC)", "Modified (UTC)")
    for item in cards:
        table.add_row(
            Text(item["ModelCardName"]),
            item["ModelCardStatus"],
            minute(item["CreationTime"]),
            minute(item.get("LastModifiedTime")),
        )
    yield table


def version_table(versions: Sequence["ModelCardVersionSummary"]) -> Iterator[RenderableType]:
    table = new_table("Version", "Status", "Created (UTC)", "Modified (UTC)")
    for item in versions:
        table.add_row(
            str(item["ModelCardVersion"]),
            item["ModelCardStatus"],
            minute(item["CreationTime"]),
            minute(item.get("LastModifiedTime")),
        )
    yield table


def events_page(page: tuple["ModelCardEventsPage", Sequence["ModelCardEvent"]]) -> Iterator[RenderableType]:
    """Yield events, the deletion of the card if it was deleted, and earlier cards with its name."""
    answer, events = page
    yield from event_table(events)
    ended = answer.get("DeletedModelCard")
    if ended is not None:
        yield f"\nThis card was deleted on {minute(ended['DeletionTime'])} UTC by {ended['UserName']}."
    for card in answer.get("EarlierModelCards", ()):
        yield "\n" + earlier_card(card)


def earlier_card(card: "DeletedModelCard") -> str:
    """Return the sentence about a deleted card that had the name before."""
    name, card_id = card["ModelCardName"], card["ModelCardId"]
    return (
        f"An earlier card with this name was deleted on {minute(card['DeletionTime'])} UTC by"
        f" {card['UserName']}. Its events: cardwright card events {name} --id {card_id}"
    )


def deleted_table(cards: Sequence["DeletedModelCard"]) -> Iterator[RenderableType]:
    if not cards:
        yield "No deleted cards."
        return
    table = new_table("Name", "Status", "Version", "Deleted (UTC)", "By", "Identifier")
    for item in cards:
        table.add_row(
            Text(item["ModelCardName"]),
            item.get("ModelCardStatus", ""),
            str(item.get("ModelCardVersion", "")),
            minute(item["DeletionTime"]),
            Text(f"{item['UserName']} ({item['Role']})"),
            Text(item["ModelCardId"]),
        )
    yield table


def event_table(events: Sequence["ModelCardEvent"]) -> Iterator[RenderableType]:
    table = new_table("No.", "When (UTC)", "Who", "What", "Comment")
    for item in events:
        table.add_row(
            str(item["EventNumber"]),
            minute(item["EventTime"]),
            Text(f"{item['UserName']} ({item['Role']})"),
            Text(_what(item)),
            Text(" ".join(item.get("Comment", "").split())),
        )
    yield table


_WORD = re.compile("[A-Z][a-z]+")
_SUBJECTS: tuple[Literal["Title", "RuleId", "Pointer"], ...] = (
    "Title",
    "RuleId",
    "Pointer",
)  # members that name what an event of an annotation is about


def _what(event: "ModelCardEvent") -> str:
    """Return a short description of an event."""
    kind, version = str(event["EventType"]), event.get("ModelCardVersion")
    if kind == "StatusChanged":
        return f"version {version}: {event['PreviousModelCardStatus']} to {event['ModelCardStatus']}"
    jobs = " with ".join(event.get("EvaluationJobNames", ()))
    words = {
        "Created": f"created as {event.get('ModelCardStatus')}",
        "ContentChanged": f"version {version} saved",
        "TagsSet": "tags set: " + ", ".join(f"{tag['Key']}={tag['Value']}" for tag in event.get("Tags", ())),
        "Deleted": f"deleted as {event.get('ModelCardStatus')}, version {version}",
        "EvaluationJobsPaired": f"evaluation jobs paired: {jobs}",
        "EvaluationJobPairForgotten": f"pair of evaluation job forgotten: {jobs}",
        "Imported": f"version {version} imported from a {event.get('SourceFormat')} file",
        "ExportStarted": f"export {event.get('ModelCardExportJobName')} of version {version} started",
        "Exported": f"exported version {version} to {event.get('S3ExportArtifacts')}",
        "ExportFailed": f"export failed: {event.get('FailureReason')}",
        "TagsRemoved": f"tags removed: {', '.join(event.get('TagKeys', ()))}",
    }
    subject = next((event[name] for name in _SUBJECTS if name in event), "")
    return words.get(kind) or " ".join(_WORD.findall(kind)).lower() + (f": {subject}" if subject else "")


def card_page(
    page: tuple["DescribeModelCardAnswer", Sequence["Tag"], Sequence["DeletedModelCard"]],
) -> Iterator[RenderableType]:
    """Yield a card, its tags, and the deleted cards that had its name before."""
    card, tags, before = page
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Name", Text(card["ModelCardName"]))
    table.add_row("Version", str(card["ModelCardVersion"]))
    table.add_row("Status", card["ModelCardStatus"])
    table.add_row("Created", _event(card["CreationTime"], card["CreatedBy"]))
    table.add_row("Modified", _event(card.get("LastModifiedTime"), card.get("LastModifiedBy", {})))
    table.add_row("ARN", Text(card["ModelCardArn"]))
    if "SecurityConfig" in card:
        table.add_row("KMS key", Text(card["SecurityConfig"]["KmsKeyId"]))
    for number, tag in enumerate(tags):
        table.add_row("" if number else "Tags", Text(f"{tag['Key']}={tag['Value']}"))
    yield table
    for earlier in before:
        yield "\n" + earlier_card(earlier)
    yield ""
    yield JSON(card["Content"], ensure_ascii=False)


def lint_page(found: tuple[Sequence[Violation], Sequence[Advice]]) -> Iterator[RenderableType]:
    violations, advice = found
    yield "The content is invalid:" if violations else "The content is valid."
    for item in violations:
        yield from _point(item.path, item.description)
    if advice:
        yield f"\n{len(advice)} suggestion{'' if len(advice) == 1 else 's'}:"
    for thing in advice:
        yield from _point(thing.path, thing.message)


def _point(path: str, sentence: str) -> Iterator[RenderableType]:
    table = Table(box=None, show_header=False, padding=0)
    table.add_row("  ", Text(path, style="bold", overflow="fold"))
    table.add_row("  ", Text(f"  {sentence}", overflow="fold"))
    yield table


def new_table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading.endswith("(UTC)"))
    return table


def minute(moment: datetime.datetime | None) -> str:
    return "" if moment is None else moment.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M")


def _event(moment: datetime.datetime | None, who: "UserContext") -> Text:
    name = who.get("IamIdentity", {}).get("PrincipalId") or who.get("UserProfileName")
    return Text(f"{minute(moment)} UTC" + (f" by {name}" if name else ""))


def iso(value: object) -> str:
    if not isinstance(value, datetime.datetime):
        raise TypeError(f"{type(value).__name__} is not JSON")
    return value.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
