"""What a page of the form began with: a draft, the card that it changes, or nothing.

A page carries its own identifier. The first save of a page without a draft begins the draft under that identifier, so
that a save whose answer was lost can be sent again.
"""

import attrs

from cardwright.actions.cards import describe_card, find_card
from cardwright.actions.drafts import draft_of_card, find_draft, read_draft
from cardwright.actions.governance import may_stay_approved
from cardwright.console.addresses import is_identifier
from cardwright.console.context import PageContext
from cardwright.console.wizard.forms import Posted, form_of_card, reopened
from cardwright.core.card import Status
from cardwright.core.draft import Draft
from cardwright.core.draft_form import DraftForm, as_opened
from cardwright.core.errors import CardMissing
from cardwright.storage.unit import Unit


def form_of(unit: Unit, card: str | None, began: str = "") -> DraftForm:
    """The form of a page without a draft.

    Args:
        card: the name of the card that the page changes; None for a new card.
        began: the state of the card that the page showed, see :func:`state_of`; empty for its present state.

    Raises:
        CardMissing: the card is gone.
    """
    if card is None:
        return DraftForm()
    card_id, version, status = began.split("/") if began.count("/") == 2 else ("", "", "")
    now = find_card(unit, card)
    if card_id not in {"", now.card_id}:
        raise CardMissing(card)
    number = int(version) if version.isdecimal() and len(version) < 10 else None
    form = form_of_card(now.card_id, describe_card(unit, card, number))
    if form.card is not None and began:
        form.card, form.status = attrs.evolve(form.card, status=status), reopened(status)
    if form.card is not None and form.card.status == Status.APPROVED and may_stay_approved(unit, now):
        form.status = Status.APPROVED.value
    return form


def state_of(form: DraftForm) -> str:
    """The state of the card that a form without a draft began with, as its page posts it."""
    card = form.card
    return "" if card is None else f"{card.card_id}/{card.version}/{card.status}"


def found(unit: Unit, draft_id: str | None, posted: Posted, card: str | None) -> tuple[Draft | None, DraftForm]:
    """The draft that a post is for, and the form that its page began with.

    A page without a draft may have begun one: under its own identifier, or in another window.

    Raises:
        DraftGone: the draft does not exist, or belongs to another user.
        CardMissing: the card is gone.
    """
    if draft_id is not None:
        draft = read_draft(unit, draft_id)
        return draft, draft.form
    page = page_of(posted)
    own = find_draft(unit, page) if page else None
    if own is None and card is not None:
        own = draft_of_card(unit, card)
    return own, form_of(unit, card, posted.get("began", "")) if own is None else own.form


def page_of(posted: Posted) -> str:
    """The identifier of the page that posts; empty for a page that has none."""
    page = posted.get("page", "")
    return page if is_identifier(page) else ""


def is_newest(draft: Draft, posted: Posted) -> bool:
    """Whether no other page saved the draft after the posting page was shown."""
    return posted.get("revision", "") == str(draft.revision) or is_of(draft, posted)


def as_shown(draft: Draft, posted: Posted) -> DraftForm:
    """The form as the posting page shows it, for what was posted to apply to."""
    return attrs.evolve(as_opened(draft.form) if is_of(draft, posted) else draft.form, opened=None)


def unsaved_draft(context: PageContext, form: DraftForm) -> Draft:
    """A draft that is not stored, for a form without changes."""
    return Draft("", context.user, context.now(), context.now(), 0, form.title, form.card_name, form.step, form)


def is_of(draft: Draft, posted: Posted) -> bool:
    """Whether the posting page saved the draft last, by itself."""
    opened = draft.form.opened
    return opened is not None and opened.page == page_of(posted)
