"""Saved views of the list of cards: names for addresses, each person's own."""

from typing import NamedTuple

from cardwright.core.errors import Invalid, LimitExceeded

MAX_VIEWS = 50
"""Views of one person."""
LONGEST_NAME = 60
LONGEST_ADDRESS = 4_000


class SavedView(NamedTuple):
    """A view with the address that it names: a path with a query."""

    name: str
    address: str


def check_view(name: str, address: str) -> SavedView:
    """Return a view as it is stored. Raises :class:`Invalid`."""
    shown = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(shown) <= LONGEST_NAME:
        raise Invalid(f"The name of a view has 1 to {LONGEST_NAME} characters, and this one has {len(shown)}")
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(f"The address of a view has at most {LONGEST_ADDRESS:,} characters")
    return SavedView(shown, address)


def check_number(views: int) -> None:
    """Raise :class:`LimitExceeded` when a person has all views that one may have."""
    if views >= MAX_VIEWS:
        raise LimitExceeded(f"You have {MAX_VIEWS} saved views: delete one first")
