"""Drafts: cards that are being written, as they were last saved. Only what is published becomes a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from cardwright.core.errors import Conflict, Invalid, LimitExceeded, NotFound

MAX_DRAFTS = 200
"""Drafts that one person may keep."""

MAX_FORM = 8_000_000
"""Characters of a draft: several times what a card may hold, so that too much can be saved and then shortened."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One person's unfinished card.

    Attributes:
        name, card, step: what a list shows of it, see :class:`DraftLine`.
        revision: counts the saves; who saves names the one that was read, so that two tabs cannot overwrite
            each other unseen.
        form: what was written, as the console keeps it. Times are milliseconds since the epoch.
    """

    draft_id: str
    user: str
    created_at: int
    modified_at: int
    revision: int
    name: str
    card: str | None
    step: str
    form: Mapping[str, Any]


class DraftLine(NamedTuple):
    """What a list of drafts shows of one: the name of its card or, without one, what it is about; which card it
    changes; and the step last saved."""

    draft_id: str
    name: str
    card: str | None
    step: str
    modified_at: int


class DraftOutdated(Conflict):
    """The draft was saved elsewhere after it was read. Carries the draft as it is now."""

    def __init__(self, current: Draft) -> None:
        super().__init__("The draft was saved in another window meanwhile")
        self.current = current


class DraftGone(NotFound):
    """There is no such draft any more, or it is somebody else's, which nobody is told apart."""

    def __init__(self) -> None:
        super().__init__("The draft was published or discarded, or belongs to somebody else")


class TooManyDrafts(LimitExceeded):
    """Somebody keeps as many drafts as one may."""

    def __init__(self) -> None:
        super().__init__(f"You keep {MAX_DRAFTS} drafts, as many as one may: finish or discard one first")


def check_form(form: Mapping[str, Any]) -> None:
    """Raise :class:`Invalid` when a draft is larger than any card could be, or nests deeper than it can be stored."""
    try:
        text = orjson.dumps(form).decode()
    except TypeError as error:  # a form came from JSON, so that only its depth can be wrong
        raise Invalid("The card nests too deep for a draft: change it through the API") from error
    if len(text) > MAX_FORM:
        raise Invalid(f"The draft has {len(text):,} characters, and {MAX_FORM:,} can be kept: take something out")
