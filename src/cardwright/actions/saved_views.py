"""A person's saved views and chosen columns of the list of cards. Each person has their own."""

from collections.abc import Sequence

from cardwright.core.errors import NotFound
from cardwright.core.people import Role
from cardwright.core.saved_view import SavedView, check_number, check_view
from cardwright.storage.unit import Unit


def list_views(unit: Unit) -> list[SavedView]:
    """Return the caller's views, first saved first."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.saved_views.list()


def save_view(unit: Unit, name: str, address: str) -> tuple[SavedView, bool]:
    """Save a view of the caller, or give the view of this name another address.

    Returns the view, and whether it replaced one of the same name.

    Raises:
        Invalid: not a name, or the address is too long.
        LimitExceeded: the caller has all views that one may have.
    """
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    view = check_view(name, address)
    saved = unit.saved_views.list()
    replaced = view.name in {one.name for one in saved}
    if not replaced:
        check_number(len(saved))
    unit.saved_views.put(view, unit.now)
    return view, replaced


def delete_view(unit: Unit, name: str) -> None:
    """Delete a view of the caller. Raises :class:`NotFound`."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    if not unit.saved_views.delete(name):
        raise NotFound(f"You have no saved view {name}")


def kept_columns(unit: Unit) -> tuple[str, ...]:
    """Return the columns that the caller chose; empty for the default columns."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.saved_views.columns()


def keep_columns(unit: Unit, columns: Sequence[str]) -> None:
    """Store the columns that the caller chose; empty for the default columns."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    unit.saved_views.set_columns(columns)
