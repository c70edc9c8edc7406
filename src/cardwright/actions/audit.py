"""Read the audit log. There is no action that changes or deletes an event."""

from collections.abc import Sequence
from dataclasses import replace

from cardwright.actions.paging import page_at
from cardwright.core.audit_log import AuditQuery, AuditRecord, has_words
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

COUNTED = 10_000
"""Events are counted up to this number; a larger number is reported as "more than"."""


SEARCHED = 5_000
"""Events that one search for words reads. A page ends there, and the next one continues."""

AT_ONCE = 500
"""Events of one statement of such a search."""


def list_audit_records(
    unit: Unit, query: AuditQuery, *, after: Position | None = None, before: Position | None = None, limit: int = 100
) -> Page[AuditRecord]:
    """Return a page of the account's events, newest first.

    Approvers and administrators read all events; others those of cards, and their own. A search for words may return
    a page with fewer events, also none, and a position where the next page continues.

    Args:
        after, before: the position after which the page begins, or before which it ends.
    """
    visible = _visible(unit, query)
    if query.words:
        return _searched(unit, visible, after, before, limit)

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[AuditRecord]:
        return unit.audit_log.page(visible, at, limit, backwards=backwards)

    return page_at(read, after=after, before=before, limit=limit, position_of=lambda record: record.position)


def count_audit_records(unit: Unit, query: AuditQuery) -> int:
    """Count the events that :func:`list_audit_records` lists, whatever their words; 10,001 means more than 10,000."""
    return unit.audit_log.count(_visible(unit, query), COUNTED + 1)


def _visible(unit: Unit, query: AuditQuery) -> AuditQuery:
    actor = unit.actor
    actor.require(Role.VIEWER, "ListAuditRecords", "*")
    return replace(query, reader=None if actor.role.includes(Role.APPROVER) else actor.user)


def _searched(
    unit: Unit, query: AuditQuery, after: Position | None, before: Position | None, limit: int
) -> Page[AuditRecord]:
    """Return a page of the events that have the words of a query."""
    if before is not None:
        found, stopped = _matching(unit, query, before, limit + 1, backwards=True)
        if len(found) > limit or stopped is not None:
            items = found[limit - 1 :: -1] if len(found) > limit else found[::-1]
            back = items[0].position if len(found) > limit else stopped
            return Page(items, items[-1].position if items else stopped, back)
        after = None
    found, stopped = _matching(unit, query, after, limit + 1, backwards=False)
    items = found[:limit]
    position = items[-1].position if len(found) > limit else stopped
    return Page(items, position, items[0].position if items and after is not None else None)


def _matching(
    unit: Unit, query: AuditQuery, at: Position | None, wanted: int, *, backwards: bool
) -> tuple[list[AuditRecord], Position | None]:
    """Return matching events after a position, and where the search stopped; None if it came to the end of the log."""
    found: list[AuditRecord] = []
    for _ in range(SEARCHED // AT_ONCE):
        records = unit.audit_log.page(query, at, AT_ONCE, backwards=backwards)
        for record in records:
            if has_words(record, query.words):
                found.append(record)
                if len(found) == wanted:
                    return found, None
        if len(records) < AT_ONCE:
            return found, None
        at = records[-1].position
    return found, at
