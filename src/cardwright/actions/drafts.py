"""Begin, save, read and discard drafts. Only its author can use a draft."""

from dataclasses import replace

import attrs

from cardwright.core.card import Card
from cardwright.core.draft import MAX_DRAFTS, Draft, DraftGone, DraftLine, DraftOutdated, TooManyDrafts, check_form
from cardwright.core.draft_form import DraftForm
from cardwright.core.people import Role
from cardwright.storage.unit import Unit


def begin_draft(unit: Unit, form: DraftForm, draft_id: str | None = None) -> Draft:
    """Begin a draft.

    Args:
        draft_id: a free identifier; a new one by default.

    Raises:
        Denied: the role may not write.
        Invalid: the form is larger than any card can be.
        TooManyDrafts: the user has the maximum number of drafts.
    """
    check_new_draft(unit)
    check_form(form)
    number, user = draft_id or unit.new_id(), unit.actor.user
    draft = Draft(number, user, unit.now, unit.now, 1, form.title, form.card_name, form.step, form)
    unit.drafts.insert(draft)
    return draft


def check_new_draft(unit: Unit) -> None:
    """Raise :class:`Denied` or :class:`TooManyDrafts` when the caller may not begin a draft now."""
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    if len(unit.drafts.list(unit.actor.user, MAX_DRAFTS)) >= MAX_DRAFTS:
        raise TooManyDrafts


def save_draft(unit: Unit, draft_id: str, revision: int, form: DraftForm) -> Draft:
    """Save a draft that was read at a revision.

    Raises:
        DraftGone: the draft does not exist, or belongs to another user.
        Invalid: the form is larger than any card can be.
        DraftOutdated: the draft was saved after that revision, or the form comes from a page whose button saved the
            draft already; nothing changes.
    """
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    check_form(form)
    draft = _own(unit, unit.drafts.find(draft_id, lock=True))
    if draft.revision != revision or (form.opened is not None and form.opened.page == draft.form.left_page != ""):
        raise DraftOutdated(draft)
    if draft.form == form:
        return draft
    # A button that changes nothing only ends its page: a draft that is open in another window stays up to date.
    is_other = attrs.evolve(draft.form, left_page=form.left_page) != form
    saved = replace(
        draft,
        form=form,
        name=form.title,
        card=form.card_name,
        step=form.step,
        revision=revision + is_other,
        modified_at=unit.now,
    )
    unit.drafts.update(saved)
    return saved


def read_draft(unit: Unit, draft_id: str) -> Draft:
    """Return a draft. Raises :class:`DraftGone` when it does not exist or belongs to another user."""
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    return _own(unit, unit.drafts.find(draft_id))


def find_draft(unit: Unit, draft_id: str) -> Draft | None:
    """Return a draft; None when it does not exist. Raises :class:`DraftGone` when it belongs to another user."""
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    found = unit.drafts.find(draft_id)
    return None if found is None else _own(unit, found)


def draft_of_card(unit: Unit, name: str) -> Draft | None:
    """Return the caller's draft that changes a card; None without one."""
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    found = next((line for line in unit.drafts.list(unit.actor.user, MAX_DRAFTS) if line.card == name), None)
    return None if found is None else read_draft(unit, found.draft_id)


def list_drafts(unit: Unit, limit: int = 20) -> list[DraftLine]:
    """Return the caller's drafts, last saved first."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.drafts.list(unit.actor.user, limit)


def discard_draft(unit: Unit, draft_id: str) -> Draft:
    """Delete a draft and return it. Raises :class:`DraftGone` when it does not exist or belongs to another user."""
    draft = read_draft(unit, draft_id)
    unit.drafts.delete(draft_id)
    return draft


def card_of_form(unit: Unit, form: DraftForm) -> Card | None:
    """Return the card that a form changes, as it is now; None for a new card, or when the card was deleted."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    return None if form.card is None else unit.cards.find(form.card.name)


def _own(unit: Unit, draft: Draft | None) -> Draft:
    if draft is None or draft.user != unit.actor.user:
        raise DraftGone
    return draft
