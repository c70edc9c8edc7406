"""Views of the list of cards: those that every user has, and the saved ones of a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from cardwright.actions import saved_views
from cardwright.console.context import page_context
from cardwright.console.query import ListState
from cardwright.console.toasts import toast
from cardwright.core.portfolio import ME, Portfolio
from cardwright.core.saved_view import SavedView

UNFINISHED = "/drafts"


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A view that every user has.

    Attributes:
        number: returns the number of its cards, from the totals and the person's own numbers; None if not counted.
    """

    name: str
    address: str
    number: Callable[[Portfolio, "Own"], int] | None = None


class Own(NamedTuple):
    """A person's own numbers: drafts, and cards whose review waits for the person."""

    drafts: int
    waiting: int


BUILT_IN = (
    BuiltIn("All cards", "/cards", lambda portfolio, _: portfolio.cards),
    BuiltIn("Waiting for me", f"/cards?waiting={ME}", lambda _, own: own.waiting),
    BuiltIn("Mine", f"/cards?author={ME}"),
    BuiltIn("Unfinished", UNFINISHED, lambda _, own: own.drafts),
    BuiltIn("Overdue", "/cards?due=overdue", lambda portfolio, _: portfolio.overdue),
    BuiltIn("No evaluation", "/cards?evaluation=none", lambda portfolio, _: portfolio.unevaluated),
    BuiltIn("Not updated for 180 days", "/cards?age=older", lambda portfolio, _: portfolio.untouched),
)


class ViewTab(NamedTuple):
    """A view in the row of views. ``number`` is None where it is not counted."""

    name: str
    address: str
    number: int | None
    current: bool
    saved: bool


blueprint = Blueprint("views", __name__)


def tabs(
    views: Sequence[SavedView], here: str, portfolio: Portfolio, own: Own, matching: int | None = None
) -> list[ViewTab]:
    """Return the row of views.

    Args:
        here: the address of the page, without its columns and its place in the list.
        matching: the number of cards on the page, which an uncounted view shows while it is open.
    """
    open_number = matching if matching is not None and matching <= 1000 else None
    found = []
    for one in BUILT_IN:
        current = one.address == here
        number = one.number(portfolio, own) if one.number else open_number if current else None
        found.append(ViewTab(one.name, one.address, number, current, False))
    for view in views:
        current = _plain(view.address) == here and not any(tab.current for tab in found)
        number = open_number if current else None
        found.append(ViewTab(view.name, view.address, number, current, True))
    return found


@blueprint.post("/views")
def save() -> Response:
    context = page_context()
    address = ListState.of_address(request.form.get("address", "")).address()
    with context.writing() as unit:
        view, replaced = saved_views.save_view(unit, request.form.get("name", ""), address)
    toast(f"View “{view.name}” {'replaced' if replaced else 'saved'}")
    return redirect(view.address, 303)


@blueprint.post("/views/delete")
def delete() -> Response:
    context = page_context()
    name = request.form.get("name", "")
    with context.writing() as unit:
        saved_views.delete_view(unit, name)
    toast(f"View “{name}” deleted")
    return redirect("/cards", 303)


@blueprint.post("/columns")
def keep_columns() -> Response:
    """Keep the columns of a list, or the usual ones."""
    context = page_context()
    state = ListState.of_address(request.form.get("address", ""))
    with context.writing() as unit:
        saved_views.keep_columns(unit, state.columns)
    toast("Your columns are kept" if state.columns else "The usual columns are shown")
    return redirect(state.address(columns=()), 303)


def plain_address(state: ListState) -> str:
    """Return the address of a list without its columns and its place."""
    return state.address(columns=(), exact=False)


def _plain(address: str) -> str:
    return plain_address(ListState.of_address(address))
