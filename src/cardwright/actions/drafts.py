"""Begin, save, read and discard drafts. A draft is its author's alone."""

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
        Invalid: the form is larger than any card could be.
        TooManyDrafts: this person keeps as many drafts as one may.
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
        DraftGone: it is gone, or somebody else's.
        Invalid: the form is larger than any card could be.
        DraftOutdated: it was saved after that revision; nothing is changed.
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
    """A draft. Raises :class:`DraftGone`: it is gone, or somebody else's."""
    unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")
    return _own(unit, unit.drafts.find(draft_id))


def list_drafts(unit: Unit, limit: int = 20) -> list[DraftLine]:
    """The caller's drafts, the one saved last first."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.drafts.list(unit.actor.user, limit)


def discard_draft(unit: Unit, draft_id: str) -> Draft:
    """Remove a draft, and give what it was. Raises :class:`DraftGone`: it is gone, or somebody else's."""
    draft = read_draft(unit, draft_id)
    unit.drafts.delete(draft_id)
    return draft


def _line(form: Mapping[str, Any]) -> tuple[str, str | None, str]:
    """What lists show of a form: the card's name or what it is about, the card that it changes, the step last saved."""
    about = form.get("source") or form.get("job")
    name = form.get("name") or (f"an unnamed card for {about['title']}" if about else "")
    return str(name)[:_NAME], form.get("card"), str(form.get("step", ""))


def _own(unit: Unit, draft: Draft | None) -> Draft:
    if draft is None or draft.user != unit.actor.user:
        raise DraftGone
    return draft
