"""The inventory of cards as a file: the list with its filters, for spreadsheets."""

import io
from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, request, stream_with_context

from cardwright.actions.inventory import inventory_of
from cardwright.actions.portfolio import browse_cards
from cardwright.console.context import page_context
from cardwright.console.query import ListState
from cardwright.core.inventory import COLUMNS, cells
from cardwright.formats.spreadsheet import CSV_TYPE, XLSX_TYPE, csv_lines, write_xlsx

_AT_ONCE = 100  # cards whose contents are in memory together


blueprint = Blueprint("inventory", __name__)


@blueprint.get("/inventory.csv", endpoint="csv")
def as_csv() -> Response:
    lines = csv_lines(COLUMNS, _rows())
    return Response(stream_with_context(lines), content_type=CSV_TYPE, headers=_named("csv"))


@blueprint.get("/inventory.xlsx", endpoint="xlsx")
def as_xlsx() -> Response:
    file = io.BytesIO()
    write_xlsx(file, "Model cards", COLUMNS, _rows())
    return Response(file.getvalue(), content_type=XLSX_TYPE, headers=_named("xlsx"))


def _named(extension: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="model-cards.{extension}"'}


def _rows() -> Iterator[dict[str, object]]:
    """The cards of the list, with its filters and order; each page in a unit of its own."""
    context = page_context()
    query = replace(ListState.read(request.args).query(context.now(), _AT_ONCE), after=None, before=None)
    while True:
        with context.reading() as unit:
            page, _ = browse_cards(unit, query)
            rows = inventory_of(unit, page.items)
        yield from map(cells, rows)
        if page.position is None:
            return
        query = replace(query, after=page.position)
