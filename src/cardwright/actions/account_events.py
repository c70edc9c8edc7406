"""List the events of an account for administrators: changes to users, access keys, buckets, policies and settings."""

from collections.abc import Sequence

from cardwright.actions.paging import page_at
from cardwright.core.account_events import AccountEvent
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.storage.unit import Unit


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
