"""``cardwright card diff``: compares two versions or two cards."""

from collections.abc import Iterator
from typing import Any

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.server import server_options
from cardwright.core.comparison import Comparison, Word, as_document, compare
from cardwright.core.content import parse

_STYLES = {Word.KEPT: "", Word.INSERTED: "green underline", Word.DELETED: "red strike"}


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def diff(client: Any, a: str, b: str, as_json: bool) -> None:
    """Compare two cards or versions: A and B are NAME or NAME:VERSION."""
    found = compare(_content(client, a), _content(client, b))
    pages.as_json(as_document(found)) if as_json else pages.show(found, _page)


def _content(client: Any, named: str) -> Any:
    name, colon, version = named.partition(":")
    if colon and not (version.isascii() and version.isdecimal()):
        raise click.UsageError(f"{named}: a version is a whole number, as in {name}:3.")
    wanted = {"ModelCardVersion": int(version)} if colon else {}
    return parse(client.describe_model_card(ModelCardName=name, **wanted)["Content"])


def _page(found: Comparison) -> Iterator[RenderableType]:
    if found.equal:
        yield "The contents are equal."
        return
    for text in found.texts:
        line = Text(".".join(text.path) + ": ", style="bold")
        for change, words in text.words:
            marks = {Word.INSERTED: "{+%s+}", Word.DELETED: "[-%s-]"}.get(change, "%s")
            line.append(marks % words, style=_STYLES[change])
        yield line
    for value in found.values:
        yield Text(f"{'.'.join(value.path)}: {_shown(value.before)} -> {_shown(value.after)}")
    for metric in found.metrics:
        if metric.verdict != "same":
            where = " / ".join(part for part in (metric.evaluation, metric.group, metric.name) if part)
            yield Text(f"{where}: {_shown(metric.before)} -> {_shown(metric.after)} ({metric.verdict})")
    for chart in found.charts:
        if not chart.same:
            yield Text(" / ".join(part for part in (chart.evaluation, chart.group, chart.name) if part) + ": differs")


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
