"""The list of findings as a CSV file, with its filters and its order."""

import datetime
from collections.abc import Iterator

from flask import Blueprint, Response, request, stream_with_context

from cardwright.actions.cards import find_card
from cardwright.actions.findings import list_findings
from cardwright.console.context import page_context
from cardwright.console.findings.listing import FindingList
from cardwright.core.finding import NamedFinding
from cardwright.core.listing import Position
from cardwright.formats.spreadsheet import CSV_TYPE, csv_lines

COLUMNS = (
    "severity", "title", "card", "state", "overdue", "owner", "due_at", "kind", "category", "field", "check",
    "version", "opened_at", "opened_by", "resolution", "ended_at", "ended_by", "fixed_version", "finding_id",
)  # fmt: skip

_AT_ONCE = 500

blueprint = Blueprint("findings_file", __name__)


@blueprint.get("/findings.csv", endpoint="csv")
def as_csv() -> Response:
    state = FindingList.read(request.args)
    if state.card:
        with page_context().reading() as unit:
            find_card(unit, state.card, "ListFindings")
    lines = csv_lines(COLUMNS, _rows(state))
    headers = {"Content-Disposition": 'attachment; filename="findings.csv"'}
    return Response(stream_with_context(lines), content_type=CSV_TYPE, headers=headers)


def _rows(state: FindingList) -> Iterator[dict[str, object]]:
    """The findings of the list; each page in a unit of its own."""
    context = page_context()
    after: Position | None = None
    while True:
        with context.reading() as unit:
            page = list_findings(unit, state.query(_AT_ONCE), card_name=state.card or None, after=after)
            now = unit.now
        yield from (_cells(named, now) for named in page.items)
        after = page.position
        if after is None:
            return


def _cells(named: NamedFinding, now: int) -> dict[str, object]:
    finding = named.finding
    return {
        "severity": finding.severity,
        "title": finding.title,
        "card": named.card_name,
        "state": named.state_at(now).value,
        "overdue": "yes" if named.is_overdue(now) else "no",
        "owner": finding.owner,
        "due_at": _time(finding.due_at),
        "kind": finding.kind,
        "category": finding.category,
        "field": finding.pointer,
        "check": finding.rule,
        "version": finding.version,
        "opened_at": _time(finding.opened_at),
        "opened_by": finding.opened_by,
        "resolution": finding.resolution,
        "ended_at": _time(finding.ended_at),
        "ended_by": finding.ended_by,
        "fixed_version": finding.fixed_version,
        "finding_id": finding.finding_id,
    }


def _time(at: int | None) -> str | None:
    """``2026-07-28T09:41:07Z``."""
    if at is None:
        return None
    return f"{datetime.datetime.fromtimestamp(at / 1000, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
