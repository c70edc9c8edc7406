"""``cardwright audit``: what people and programs did in an account."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps

import click
import orjson
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json
from cardwright.cli.output import written_to
from cardwright.cli.server import server_options
from cardwright.client.audit_log import read_audit_records
from cardwright.client.sagemaker import SageMaker
from cardwright.core.audit_log import (
    COLUMNS,
    AuditQuery,
    AuditRecord,
    AuditRecordKind,
    document,
    search_words,
    sentence,
)
from cardwright.core.errors import Invalid
from cardwright.core.times import read_time, utc
from cardwright.formats.spreadsheet import csv_lines

_LISTED = 50


class _Time(click.ParamType[int]):
    """A date or a time; ``ends``: a date means its end."""

    name = "time"

    def __init__(self, *, ends: bool = False) -> None:
        self._ends = ends

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            return read_time(str(value), ends=self._ends)
        except Invalid as error:
            self.fail(str(error), param, ctx)


class _Words(click.ParamType[tuple[str, ...]]):
    """Words that are searched for."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        try:
            return value if isinstance(value, tuple) else search_words(str(value))
        except Invalid as error:
            self.fail(str(error), param, ctx)


def _filters(command: Callable[..., object]) -> Callable[..., object]:
    """Add the filters of the audit log to a command, and pass it ``query``."""

    @wraps(command)
    def with_query(  # noqa: PLR0913 - click passes one argument for each option
        *,
        since: int | None,
        until: int | None,
        person: str | None,
        card: str | None,
        kinds: Sequence[str],
        text: Sequence[str],
        **values: object,
    ) -> object:
        query = AuditQuery(since, until, person, card, [AuditRecordKind(kind) for kind in kinds], text)
        return command(query=query, **values)

    decorated = server_options(with_query)
    for option in (
        click.option(
            "--text",
            type=_Words(),
            default="",
            help="Only events whose line has all these words: what was done, person, card and subject.",
        ),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            type=click.Choice([kind.value for kind in AuditRecordKind], case_sensitive=False),
            help="Only events of this kind; repeatable.",
        ),
        click.option("--card", help="Only events of cards with this name, also of deleted ones."),
        click.option("--person", help="Only events of this user or program."),
        click.option(
            "--until", type=_Time(ends=True), help="Only events before this time, or until the end of a date."
        ),
        click.option("--since", type=_Time(), help="Only events since this date or time, as 2026-07-28 (UTC)."),
    ):
        decorated = option(decorated)
    return decorated


@click.group()
def audit() -> None:
    """What people and programs did in an account: a log that no one can change."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(1), default=_LISTED, show_default=True, help="Maximum number.")
@as_json
@_filters
def list_records(client: SageMaker, query: AuditQuery, limit: int, as_json: bool) -> None:
    """List events, newest first."""
    found = [*read_audit_records(client, query, limit)]
    pages.as_json([document(record) for record in found]) if as_json else pages.show(found, _table)


@audit.command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="JSON Lines, or CSV for a spreadsheet.",
)
@click.option("--output", default="-", metavar="FILE", help="The file; standard output by default.")
@_filters
def export(client: SageMaker, query: AuditQuery, format_name: str, output: str) -> None:
    """Write all events, newest first, with digests. Reports their number on standard error."""
    number = 0

    def counted() -> Iterator[dict[str, object]]:
        nonlocal number
        for record in read_audit_records(client, query):
            number += 1
            yield document(record)

    lines = csv_lines(COLUMNS, counted()) if format_name == "csv" else _json_lines(counted())
    with written_to(output) as file:
        for line in lines:
            file.write(line.encode())
    click.echo(f"{number:,} {'event' if number == 1 else 'events'}", err=True)


def _json_lines(documents: Iterator[dict[str, object]]) -> Iterator[str]:
    for one in documents:
        yield orjson.dumps(one).decode() + "\n"


def _table(records: Sequence[AuditRecord]) -> Iterator[RenderableType]:
    if not records:
        yield "No events."
        return
    table = pages.new_table("When (UTC)", "Who", "What", "Card", "Through")
    for record in records:
        what, more = sentence(record)
        table.add_row(
            utc(record.at)[:19].replace("T", " "),
            Text(record.actor),
            Text(" ".join(f"{what}: {more}".split()) if more else what),
            Text(_card(record)),
            record.through or "",
        )
    yield table


def _card(record: AuditRecord) -> str:
    if record.card is None:
        return ""
    version = "" if record.version is None else f" v{record.version}"
    return f"{record.card}{version}{' (deleted)' if record.deleted else ''}"
