"""Drafts: unfinished cards as last saved. A version is created only when a draft is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from cardwright.core.errors import Conflict, Invalid, LimitExceeded, NotFound

MAX_DRAFTS = 200
"""Maximum number of drafts of one user."""

MAX_FORM = 8_000_000
"""Maximum characters of a draft: several times those of a card, so that a long text can be saved and shortened."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One user's unfinished card.

    Attributes:
        name, card, step: shown in lists, see :class:`DraftLine`.
        revision: the number of saves. A save names the revision that was read, so that two tabs cannot overwrite
            each other.
        form: the content of the form, in the console's format. Times are milliseconds since the epoch.
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
    """One draft in a list: the name of its card or its subject, the card that it changes, and the last saved step."""

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


def check_form(form: Mapping[str, Any]) -> None:
    """Raise :class:`Invalid` when a draft is larger than any card can be, or nested too deep to be stored."""
    try:
        text = orjson.dumps(form).decode()
    except TypeError as error:  # a form comes from JSON, so only its depth can be wrong
        raise Invalid("The card is nested too deep for a draft: change it through the API") from error
    if len(text) > MAX_FORM:
        raise Invalid(f"The draft has {len(text):,} characters, and the maximum is {MAX_FORM:,}: shorten it")
