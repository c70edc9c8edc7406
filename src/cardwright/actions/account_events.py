"""Record changes to users, access keys and buckets, and list these events for administrators."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from cardwright.actions.paging import page_at
from cardwright.core.account_events import AccountEvent, AccountEventKind
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.storage.account_events import AccountEventTable
from cardwright.storage.unit import Unit

_STEP = 1 << 30  # a random step, so that two concurrent writers pick different identifiers


def record_event(
    unit: Unit, event: AccountEventKind, subject: str, details: str = "", *, account: str | None = None
) -> None:
    """Record an event of the caller in the current unit of work, for the caller's account or another one."""
    actor = unit.actor
    events = unit.account_events if account is None else unit.account_events.of(account)
    events.append(
        AccountEvent(
            _later_id(unit, events),
            unit.now,
            actor.user,
            actor.role,
            actor.source,
            actor.request_id,
            event,
            subject,
            details,
            actor.interface,
        )
    )


def _later_id(unit: Unit, events: AccountEventTable) -> str:
    """Return a new identifier that sorts after the account's newest event, even when this machine's clock is slow.

    Verification replays events in the order of their identifiers.
    """
    new = unit.new_id()
    newest = next(iter(events.list(1)), None)
    if newest is None or newest.event_id < new:
        return new
    return str(UUID(int=UUID(newest.event_id).int + 1 + secrets.randbelow(_STEP)))


def list_events(unit: Unit, limit: int) -> list[AccountEvent]:
    """Return at most ``limit`` events, newest first. Raises :class:`Denied`."""
    return list(browse_events(unit, None, limit).items)


def browse_events(
    unit: Unit, after: Position | None, limit: int, *, before: Position | None = None
) -> Page[AccountEvent]:
    """Return a page of events, newest first. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[AccountEvent]:
        return unit.account_events.list(limit, None if at is None else str(at[0]), backwards=backwards)

    return page_at(read, after=after, before=before, limit=limit, position_of=lambda event: (event.event_id,))
