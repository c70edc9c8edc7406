"""Begin, save, read and discard drafts. Only its author can use a draft."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cardwright.core.draft import MAX_DRAFTS, Draft, DraftGone, DraftLine, DraftOutdated, TooManyDrafts, check_form
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

_NAME = 100


def begin_draft(unit: Unit, form: Mapping[str, Any]) -> Draft:
    """Begin a draft.

    Raises:
        Denied: the role may not write.
        Invalid: the form is larger than any card can be.
        TooManyDrafts: the user has the maximum number of drafts.
    """
    check_new_draft(unit)
    check_form(form)
    draft = Draft(unit.new_id(), unit.actor.user, unit.now, unit.now, 1, *_line(form), form)
    unit.drafts.insert(draft)
    return draft


def check_new_draft(unit: Unit) -> None:
    """Raise :class:`Denied` or :class:`TooManyDrafts` when the caller may not begin a draft now."""
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    if len(unit.drafts.list(unit.actor.user, MAX_DRAFTS)) >= MAX_DRAFTS:
        raise TooManyDrafts


def save_draft(unit: Unit, draft_id: str, revision: int, form: Mapping[str, Any]) -> Draft:
    """Save a draft that was read at a revision.

    Raises:
        DraftGone: the draft does not exist, or belongs to another user.
        Invalid: the form is larger than any card can be.
        DraftOutdated: the draft was saved after that revision; nothing changes.
    """
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    check_form(form)
    draft = _own(unit, unit.drafts.find(draft_id, lock=True))
    if draft.revision != revision:
        raise DraftOutdated(draft)
    if draft.form == form:
        return draft
    name, card, step = _line(form)
    saved = replace(draft, form=form, name=name, card=card, step=step, revision=revision + 1, modified_at=unit.now)
    unit.drafts.update(saved)
    return saved


def read_draft(unit: Unit, draft_id: str) -> Draft:
    """Return a draft. Raises :class:`DraftGone` when it does not exist or belongs to another user."""
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    return _own(unit, unit.drafts.find(draft_id))


def list_drafts(unit: Unit, limit: int = 20) -> list[DraftLine]:
    """Return the caller's drafts, last saved first."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.drafts.list(unit.actor.user, limit)


def discard_draft(unit: Unit, draft_id: str) -> Draft:
    """Delete a draft and return it. Raises :class:`DraftGone` when it does not exist or belongs to another user."""
    draft = read_draft(unit, draft_id)
    unit.drafts.delete(draft_id)
    return draft


def _line(form: Mapping[str, Any]) -> tuple[str, str | None, str]:
    """Return what lists show: the card's name or the draft's subject, the card that it changes, the last saved step."""
    about = form.get("source") or form.get("job")
    name = form.get("name") or (f"an unnamed card for {about['title']}" if about else "")
    return str(name)[:_NAME], form.get("card"), str(form.get("step", ""))


def _own(unit: Unit, draft: Draft | None) -> Draft:
    if draft is None or draft.user != unit.actor.user:
        raise DraftGone
    return draft
