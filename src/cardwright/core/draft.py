"""Drafts: unfinished cards. A draft has a form, and saving the form as a card makes a version."""

from dataclasses import dataclass
from typing import NamedTuple

from cardwright.core.draft_form import DraftForm, stored_text
from cardwright.core.errors import Conflict, Invalid, LimitExceeded, NotFound

MAX_DRAFTS = 200
"""Drafts that one user may keep."""

MAX_FORM = 8_000_000
"""Characters of a stored form: several times the limit of a card, so that a user can save too much and then shorten."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One user's unfinished card.

    Attributes:
        created_at, modified_at: milliseconds since the epoch.
        revision: counts the saves. A save names the revision that it read, so that a window cannot overwrite another.
        name, card, step: see :class:`DraftLine`.
    """

    draft_id: str
    user: str
    created_at: int
    modified_at: int
    revision: int
    name: str
    card: str | None
    step: str
    form: DraftForm


class DraftLine(NamedTuple):
    """What a list of drafts shows of one.

    Attributes:
        name: the card's name or, without one, what the card is about.
        card: the name of the card that the draft changes; None for a new card.
        step: the step that was saved last.
    """

    draft_id: str
    name: str
    card: str | None
    step: str
    modified_at: int


class DraftOutdated(Conflict):
    """The draft was saved elsewhere after it was read. Carries the current draft."""

    def __init__(self, current: Draft) -> None:
        super().__init__("The draft was saved in another window")
        self.current = current


class DraftGone(NotFound):
    """The draft is gone or another user's; the error does not say which."""

    def __init__(self) -> None:
        super().__init__("The draft was published or discarded, or belongs to another user")


class TooManyDrafts(LimitExceeded):
    """The user keeps ``MAX_DRAFTS`` drafts already."""

    def __init__(self) -> None:
        super().__init__(f"You keep {MAX_DRAFTS} drafts, the most that one user may: finish or discard one first")


def check_form(form: DraftForm) -> None:
    """Raise :class:`Invalid` when a form is larger than ``MAX_FORM``, or nests deeper than it can be stored."""
    try:
        text = stored_text(form)
    except TypeError as error:  # the content came from JSON, so that only its depth can be wrong
        raise Invalid("The card nests too deep for a draft: change it through the API") from error
    if len(text) > MAX_FORM:
        raise Invalid(f"The draft has {len(text):,} characters, and the maximum is {MAX_FORM:,}: shorten it")
