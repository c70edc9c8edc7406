"""Saves a draft while the user writes. Answers scripts with JSON, and never with a page.

A page posts the fields that were changed since it was opened, under its identifier and the number of the save. They
apply to what the page showed when it was opened, see :class:`cardwright.core.draft_form.Opened`.
"""

import copy

from flask import jsonify
from werkzeug.wrappers import Response

from cardwright.actions.drafts import begin_draft, find_draft, save_draft
from cardwright.console.context import PageContext
from cardwright.console.refusals import words_of
from cardwright.console.wizard import starting
from cardwright.console.wizard.fields import Step
from cardwright.console.wizard.forms import Posted, apply
from cardwright.console.wizard.press import Press
from cardwright.console.wizard.step_pages import address_of, step_list
from cardwright.core.draft import Draft, DraftOutdated
from cardwright.core.draft_form import is_as_begun, opened_by
from cardwright.core.errors import CardwrightError

VERB = "auto"
"""The value of ``do`` that a script posts to save."""

_ELSEWHERE = "this draft was saved in another window"


def save(context: PageContext, draft_id: str | None, step: Step, press: Press, card: str | None) -> Response:
    """Saves the posted fields. Changes no rows that the page has not, and reads no reports.

    Args:
        draft_id: None for a page that began without a draft.
        card: of such a page: the name of the card that it changes; None for a new card.
    """
    posted = press.posted
    try:
        try:
            draft = _saved(context, draft_id, step, posted, card)
        except DraftOutdated:  # by a save of this page that came between, or of another one
            draft = _saved(context, draft_id, step, posted, card)
    except DraftOutdated:
        return _refused(409, _ELSEWHERE, elsewhere=True)
    except CardwrightError as error:
        return _refused(422, words_of(error))
    return jsonify({"nothing": True}) if draft is None else _answer(context, draft, step)


def _saved(context: PageContext, draft_id: str | None, step: Step, posted: Posted, card: str | None) -> Draft | None:
    """The saved draft; None where nothing was changed, so that no draft begins.

    Raises:
        DraftOutdated: another page saved the draft.
    """
    with context.reading() as unit:
        before, start = starting.found(unit, draft_id, posted, card)
    if before is not None and not starting.is_newest(before, posted):
        raise DraftOutdated(before)
    turn, page = _turn(posted), starting.page_of(posted)
    if before is not None and _is_late(before, page, turn):
        return before
    shown = start if before is None else starting.as_shown(before, posted)
    form = copy.deepcopy(shown)
    apply(form, step, posted)
    if before is None and is_as_begun(form, shown):
        return None
    form.opened = opened_by(shown, page, turn, evaluations=step.slug == "evaluation")
    with context.writing() as unit:
        if before is not None:
            return save_draft(unit, before.draft_id, before.revision, form)
        other = find_draft(unit, page) if page else None
        if other is not None:
            raise DraftOutdated(other)
        return begin_draft(unit, form, page or None)


def _turn(posted: Posted) -> int:
    text = posted.get("turn", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _is_late(draft: Draft, page: str, turn: int) -> bool:
    opened = draft.form.opened
    return opened is not None and opened.page == page and turn <= opened.turn


def _answer(context: PageContext, draft: Draft, step: Step) -> Response:
    address = address_of(draft, draft.form, step.slug)
    with context.reading() as unit:
        steps = step_list(unit, draft, step)
    return jsonify({"revision": draft.revision, "address": address, "steps": steps, "at": draft.modified_at})


def _refused(code: int, why: str, *, elsewhere: bool = False) -> Response:
    answer: Response = jsonify({"why": why, "elsewhere": elsewhere})
    answer.status_code = code
    return answer
