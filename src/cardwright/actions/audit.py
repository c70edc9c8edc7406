"""Read the audit log. There is no action that changes or deletes an event."""

from collections.abc import Sequence
from dataclasses import replace

from cardwright.actions.paging import page_at
from cardwright.core.events import AuditQuery, AuditRecord
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

COUNTED = 10_000
"""Events are counted up to this number; a larger number is reported as "more than"."""


def list_audit_records(
    unit: Unit, query: AuditQuery, *, after: Position | None = None, before: Position | None = None, limit: int = 100
) -> Page[AuditRecord]:
    """Return a page of the account's events, newest first.

    Approvers and administrators read all events; others those of cards, and their own.

    Args:
        after, before: the position after which the page begins, or before which it ends.
    """
    visible = _visible(unit, query)

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[AuditRecord]:
        return unit.audit_log.page(visible, at, limit, backwards=backwards)

    return page_at(read, after=after, before=before, limit=limit, position_of=lambda record: record.position)


def count_audit_records(unit: Unit, query: AuditQuery) -> int:
    """Count the events that :func:`list_audit_records` lists; 10,001 means more than 10,000."""
    return unit.audit_log.count(_visible(unit, query), COUNTED + 1)


def _visible(unit: Unit, query: AuditQuery) -> AuditQuery:
    actor = unit.actor
    actor.require(Role.VIEWER, "ListAuditRecords", "*")
    return replace(query, reader=None if actor.role.includes(Role.APPROVER) else actor.user)
