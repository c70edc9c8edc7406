"""Drafts: unfinished cards as last saved. A version is created only when a draft is published."""

from dataclasses import dataclass
from typing import NamedTuple

import attrs

from cardwright.core.draft_form import DraftForm, stored_text
from cardwright.core.errors import Conflict, Invalid, LimitExceeded, NotFound

MAX_DRAFTS = 200
"""Maximum number of drafts of one user."""

MAX_FORM = 8_000_000
"""Maximum characters of a draft: several times those of a card, so that a long text can be saved and shortened."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One user's unfinished card.

    Attributes:
        created_at, modified_at: milliseconds since the epoch.
        revision: the number of saves. A save names the revision that was read, so that two tabs cannot overwrite
            each other.
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
    """The draft is gone or belongs to another user. The error does not say which."""

    def __init__(self) -> None:
        super().__init__("The draft was published or discarded, or belongs to another user")


class TooManyDrafts(LimitExceeded):
    """The user has the maximum number of drafts."""

    def __init__(self) -> None:
        super().__init__(f"You have {MAX_DRAFTS} drafts, the maximum: finish or discard one first")


def check_form(form: DraftForm) -> None:
    """Raise :class:`Invalid` when a form is larger than ``MAX_FORM``, or nests deeper than it can be stored."""
    try:
        text = stored_text(attrs.evolve(form, opened=None))
    except TypeError as error:  # a form comes from JSON, so only its depth can be wrong
        raise Invalid("The card is nested too deep for a draft: change it through the API") from error
    if len(text) > MAX_FORM:
        raise Invalid(f"The draft has {len(text):,} characters, and the maximum is {MAX_FORM:,}: shorten it")
