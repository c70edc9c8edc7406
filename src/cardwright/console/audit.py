"""The audit log: what people and programs did in the account, with filters and downloads."""

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import orjson
from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from werkzeug.datastructures import MultiDict

from cardwright.actions.audit import COUNTED, SEARCHED, count_audit_records, list_audit_records
from cardwright.actions.users import users_with_role
from cardwright.console.address_values import clean, with_values
from cardwright.console.context import PageContext, page_context
from cardwright.console.query import Chip, read_place, ways_from
from cardwright.console.wording import zone
from cardwright.core.audit_log import (
    COLUMNS,
    AuditQuery,
    AuditRecord,
    AuditRecordKind,
    document,
    is_altered,
    search_words,
    sentence,
)
from cardwright.core.errors import Invalid
from cardwright.core.listing import Position
from cardwright.core.people import Interface, Role
from cardwright.core.times import read_time
from cardwright.formats.spreadsheet import CSV_TYPE, csv_lines

PAGE = 50
"""Events of one page."""

EXPORTED = COUNTED
"""Events of one download at most: the server holds a whole answer in memory. The command line exports all."""

SEARCH_PAGES = 20
"""Searches for words that one download makes at most, each over ``SEARCHED`` events."""

_AT_ONCE = 500
_LONGEST = 100  # characters of a filter
_PEOPLE = 200
_POSITION = (int, str, int)

KINDS: Mapping[AuditRecordKind, tuple[str, str]] = {
    AuditRecordKind.CREATION: ("Cards created", "plus"),
    AuditRecordKind.VERSION: ("Versions", "save"),
    AuditRecordKind.STATUS: ("Changes of status", "approved"),
    AuditRecordKind.TAGS: ("Tags", "tag"),
    AuditRecordKind.DELETION: ("Cards deleted", "trash"),
    AuditRecordKind.IMPORT: ("Imports", "import"),
    AuditRecordKind.EXPORT: ("Exports", "download"),
    AuditRecordKind.REVIEW: ("Reviews", "pending"),
    AuditRecordKind.FINDING: ("Findings", "warn"),
    AuditRecordKind.POLICY: ("Policies", "book"),
    AuditRecordKind.PERSON: ("People", "user"),
    AuditRecordKind.KEY: ("Access keys", "lock"),
    AuditRecordKind.BUCKET: ("Buckets", "package"),
    AuditRecordKind.SETTING: ("Settings", "edit"),
    AuditRecordKind.OTHER: ("Other events", "dots"),
}
"""By kind: the words of the filter, and the icon."""
_INTERFACES: Mapping[str, str] = {
    Interface.API: "API",
    Interface.CONSOLE: "Console",
    Interface.EMBEDDED: "Embedded",
    Interface.COMMAND_LINE: "Command line",
    Interface.WORKER: "Worker",
}
_STATUS_ICONS = {"Approved": "approved", "PendingReview": "pending", "Draft": "draft", "Archived": "archived"}

blueprint = Blueprint("audit", __name__)


@dataclass(frozen=True, slots=True)
class AuditState:
    """The filters in the address, as they were entered."""

    person: str = ""
    card: str = ""
    kinds: tuple[AuditRecordKind, ...] = ()
    since: str = ""
    until: str = ""
    text: str = ""

    @classmethod
    def read(cls, args: "MultiDict[str, str]") -> "AuditState":
        entered = {name: clean(args.get(name, ""), _LONGEST) for name in _TEXTS}
        known = tuple(kind for kind in AuditRecordKind if kind in args.getlist("kind"))
        return cls(**entered, kinds=known)

    def query(self, tz: datetime.tzinfo) -> AuditQuery:
        """Return the query of the audit log; dates are days in the reader's time zone. Raises ``Invalid``."""
        return AuditQuery(
            since=read_time(self.since, tz) if self.since else None,
            until=read_time(self.until, tz, ends=True) if self.until else None,
            person=self.person or None,
            card=self.card or None,
            kinds=self.kinds,
            words=search_words(self.text),
        )

    def address(self, endpoint: str = "audit.index", **page: str) -> str:
        """The address of a page with these filters."""
        texts = [(name, getattr(self, name)) for name in _TEXTS]
        return with_values(url_for(endpoint), [*texts, *(("kind", kind.value) for kind in self.kinds), *page.items()])

    def chips(self) -> list[Chip]:
        """The filters that are set."""
        words = {"person": "Person", "card": "Card", "since": "From", "until": "To", "text": "Words"}
        chips = [
            Chip(f"{words[name]}: {getattr(self, name)}", f"Remove the filter {words[name]}", without.address())
            for name in _TEXTS
            if getattr(self, name)
            for without in [replace(self, **{name: ""})]  # type: ignore[arg-type]  # texts of this class
        ]
        if self.kinds:
            named = ", ".join(KINDS[kind][0].lower() for kind in self.kinds)
            chips.append(Chip(f"Kind: {named}", "Remove the filter Kind", replace(self, kinds=()).address()))
        return chips


_TEXTS = ("person", "card", "since", "until", "text")


class Line(NamedTuple):
    """One row of the page."""

    record: AuditRecord
    what: str
    more: str
    icon: str
    clock: str
    through: str
    initials: str
    is_program: bool


@blueprint.get("/audit")
def index() -> str | tuple[str, int]:
    context = page_context()
    tz = zone(request.cookies.get("cw_zone"))
    state = AuditState.read(request.args)
    after, before = read_place(request.args, _POSITION)
    show = partial(
        render_template, "audit.html", state=state, kinds=KINDS, limit=COUNTED, search_limit=SEARCHED * SEARCH_PAGES
    )
    try:
        query = state.query(tz)
    except Invalid as error:
        return show(wrong=f"{error}.", days=[], ways=None, people=[]), 422
    with context.reading() as unit:
        page = list_audit_records(unit, query, after=after, before=before, limit=PAGE)
        count = None if query.words else count_audit_records(unit, query)
        total = count_audit_records(unit, AuditQuery()) if state.chips() else count
        people = users_with_role(unit, Role.VIEWER)[:_PEOPLE]
    return show(
        wrong="",
        days=_days(page.items, tz),
        count=count,
        total=total,
        people=people,
        ways=ways_from(page, state.address, placed=after is not None or before is not None),
        searched=SEARCHED if query.words and page.position is not None and len(page.items) < PAGE else 0,
        altered=[record for record in page.items if is_altered(record, context.scope.account)],
        sees_all=context.person.role.includes(Role.APPROVER),
    )


@blueprint.get("/audit.csv", endpoint="csv")
def as_csv() -> Response:
    return _download("csv", CSV_TYPE, csv_lines(COLUMNS, _documents()))


@blueprint.get("/audit.jsonl", endpoint="jsonl")
def as_json_lines() -> Response:
    return _download("jsonl", "application/jsonl", (orjson.dumps(one).decode() + "\n" for one in _documents()))


def _download(extension: str, content_type: str, lines: Iterator[str]) -> Response:
    disposition = f'attachment; filename="audit.{extension}"'
    headers = {"Content-Disposition": disposition}
    return Response(stream_with_context(lines), content_type=content_type, headers=headers)


def _documents() -> Iterator[dict[str, object]]:
    """The newest events with the filters of the address, at most ``EXPORTED``."""
    context = page_context()
    query = AuditState.read(request.args).query(zone(request.cookies.get("cw_zone")))
    return map(document, itertools.islice(_records(context, query), EXPORTED))


def _records(context: PageContext, query: AuditQuery) -> Iterator[AuditRecord]:
    """All events of a query, each page in a unit of its own. A search for words ends after ``SEARCH_PAGES``."""
    position: Position | None = None
    for _ in range(SEARCH_PAGES) if query.words else itertools.count():
        with context.reading() as unit:
            page = list_audit_records(unit, query, after=position, limit=_AT_ONCE)
        yield from page.items
        position = page.position
        if position is None:
            return


def _days(records: Sequence[AuditRecord], tz: datetime.tzinfo) -> list[tuple[str, list[Line]]]:
    """The rows by day in the reader's zone."""
    timed = [(datetime.datetime.fromtimestamp(record.at / 1000, tz), record) for record in records]
    grouped = itertools.groupby(timed, key=lambda pair: pair[0].date())
    return [(f"{day.day} {day:%B %Y}", [_line(record, at) for at, record in rows]) for day, rows in grouped]


def _line(record: AuditRecord, at: datetime.datetime) -> Line:
    what, more = sentence(record)
    icon = KINDS[record.kind][1]
    if record.kind is AuditRecordKind.STATUS:
        icon = _STATUS_ICONS.get(str(record.members.get("to")), icon)
    through = record.through
    parts = [part for part in record.actor.replace(".", " ").replace("-", " ").replace("_", " ").split() if part]
    return Line(
        record=record,
        what=what,
        more=more,
        icon=icon,
        clock=f"{at:%H:%M:%S}",
        through="" if through is None else _INTERFACES.get(through, through),
        initials="".join(part[0] for part in parts[:2]).upper() or "?",
        is_program=through == Interface.WORKER,
    )
