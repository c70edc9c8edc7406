"""What was done to people and access keys: written by what does it, read by administrators."""

from cardwright.actions.unit import Unit
from cardwright.core.account_events import AccountEvent, Done
from cardwright.core.people import Role


def record_event(unit: Unit, event: Done, subject: str, details: str = "") -> None:
    """Keep that the caller did something, in the unit that does it."""
    actor = unit.actor
    unit.account_events.append(
        AccountEvent(
            unit.new_id(),
            unit.now,
            actor.user,
            actor.role,
            actor.source,
            actor.request_id,
            event,
            subject,
            details,
        )
    )


def list_events(unit: Unit, limit: int, before: str | None = None) -> list[AccountEvent]:
    """At most ``limit`` events from before one, the newest first. Raises :class:`Denied`."""
    unit.actor.require(Role.ADMIN, "ListUsers", "*")
    return unit.account_events.list(limit, before)
