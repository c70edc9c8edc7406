"""``cardwright card list --format``: the inventory of cards."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

import click
import orjson
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import Order
from cardwright.cli.output import STANDARD_OUTPUT, written_to
from cardwright.client.inventory import read_inventory
from cardwright.client.sagemaker import SageMaker
from cardwright.core.inventory import COLUMNS, cells
from cardwright.formats.spreadsheet import csv_lines, write_xlsx

Rows = Iterator[dict[str, object]]


def write_inventory(client: SageMaker, order: Order, status: str | None, format_name: str, output: str) -> None:
    """Write the inventory of the cards in a status, in order and in a format, to a file or standard output."""
    if format_name == "xlsx" and output == STANDARD_OUTPUT and sys.stdout.isatty():
        raise click.UsageError("XLSX is not for a terminal: name a file with --output.")
    filters = {name: value for name, value in order.items() if name != "PaginationConfig"}
    filters |= {"ModelCardStatus": status} if status else {}
    rows = map(cells, read_inventory(client, filters, order["PaginationConfig"]["MaxItems"]))
    if format_name == "table":
        if output != STANDARD_OUTPUT:
            raise click.UsageError("A table is for a terminal: choose json, csv or xlsx for a file.")
        pages.show([*rows], _table)
        return
    with written_to(output) as file:
        _WRITERS[format_name](file, rows)


def _csv(file: BinaryIO, rows: Rows) -> None:
    for line in csv_lines(COLUMNS, rows):
        file.write(line.encode())


def _json(file: BinaryIO, rows: Rows) -> None:
    """Write an array with one card on each line."""
    before = b"[\n"
    for row in rows:
        file.write(before + orjson.dumps(row))
        before = b",\n"
    file.write(b"\n]\n" if before == b",\n" else b"[]\n")


def _xlsx(file: BinaryIO, rows: Rows) -> None:
    write_xlsx(file, "Model cards", COLUMNS, rows)


_WRITERS: Mapping[str, Callable[[BinaryIO, Rows], None]] = {"csv": _csv, "json": _json, "xlsx": _xlsx}
_SHOWN = ("name", "status", "risk", "owner", "model", "version", "approved_at", "approved_by", "recommended_fields")


def _table(rows: Sequence[Mapping[str, object]]) -> Iterator[RenderableType]:
    if not rows:
        yield "No cards."
        return
    table = pages.new_table(*(column.replace("_", " ").capitalize() for column in _SHOWN))
    for row in rows:
        table.add_row(*(Text("" if row[column] is None else str(row[column])) for column in _SHOWN))
    yield table
