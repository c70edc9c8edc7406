"""Publish a draft: save it as a new card, or as a version of the card that it changes."""

from cardwright.actions.cards import create_card, lock_card, review_card
from cardwright.actions.drafts import discard_draft
from cardwright.core.card import Card, Status
from cardwright.core.draft import Draft
from cardwright.core.draft_form import DraftForm, EditedCard
from cardwright.core.errors import CardOutdated
from cardwright.storage.unit import Unit


def publish_draft(unit: Unit, draft: Draft, content: str, comment: str) -> None:
    """Save a draft as a card or a version of one, and discard the draft.

    Args:
        content: the text that the draft's form makes.
        comment: kept with a change of the status.

    Raises:
        CardMissing: the card that the draft changes is gone.
        CardOutdated: the card has a newer version, or another card has its name now.
        CardMoved: the card has another status than the draft's user knows.
        Denied, Invalid, ContentInvalid, Conflict: as ``create_card`` and ``review_card``.
        DraftGone: the draft is gone or another user's.
    """
    form = draft.form
    if form.card is None:
        create_card(unit, form.name, content, Status(form.status), [(key, value) for key, value in form.tags])
    else:
        _change(unit, form, form.card, content, comment)
    discard_draft(unit, draft.draft_id)


def check_newest(edited: EditedCard, card: Card) -> None:
    """Raise :class:`CardOutdated` when a draft began with another version of a card, or another card of its name."""
    if edited.is_other_than(card.card_id) or card.version != edited.version:
        raise CardOutdated(card.name, card.version)


def _change(unit: Unit, form: DraftForm, edited: EditedCard, content: str, comment: str) -> None:
    card = lock_card(unit, edited.name)
    check_newest(edited, card)
    review_card(
        unit,
        edited.name,
        Status(form.status),
        comment,
        content=content,
        note=form.note or None,
        based_on=edited.version,
        was=edited.status,
    )
