"""From a draft to a version of a card: what was written is saved, unless somebody else did something first."""

import copy
import dataclasses

from flask import redirect, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import create_card, describe_card, find_card, review_card
from cardwright.actions.drafts import discard_draft, save_draft
from cardwright.console.context import PageContext
from cardwright.console.toasts import toast
from cardwright.console.wizard.check import comment_of
from cardwright.console.wizard.forms import Form, content_text, form_without_card
from cardwright.console.wizard.merge import is_of_earlier_card, merged, status_moved
from cardwright.console.wizard.picking import Problem
from cardwright.console.wizard.step_pages import Shown, card_now, corrections_of, step_page
from cardwright.console.wizard.steps import BY_SLUG
from cardwright.core.card import Card, Status
from cardwright.core.draft import Draft
from cardwright.core.errors import CardMissing, CardMoved, CardOutdated, Conflict, Invalid
from cardwright.storage.unit import Unit


def publish(context: PageContext, draft: Draft) -> Response | tuple[str, int]:
    """Save a draft as a version of its card and lead there, or show the review step with what keeps it from that."""
    form = dict(draft.form)
    with context.reading() as unit:
        card = card_now(unit, form)
        wrong = corrections_of(unit, form, card)
    try:
        if card is not None:
            _check_newest(form, card)  # first: the newer version may be what corrects the draft
        if wrong:
            return _again(context, _told_of_status(context, draft, card), Shown(None, form, asked=True), 422)
        name, text, status = form["name"], content_text(form), Status(form["status"])
        with context.writing() as unit:
            if form.get("card"):
                _change(unit, form, text, status)
            else:
                create_card(unit, name, text, status, [(key, value) for key, value in form["tags"]])
            discard_draft(unit, draft.draft_id)
    except CardOutdated:
        return _behind(context, draft)
    except CardMissing:
        return _gone(context, draft)
    except CardMoved:
        with context.reading() as unit:
            card = card_now(unit, form)
        return _again(context, _told_of_status(context, draft, card), Shown(None, form))
    except (Conflict, Invalid) as error:
        return _again(context, draft, Shown(None, form, problem=Problem(error.message)))
    toast(f"{name} saved" if form.get("card") else f"{name} created")
    return redirect(url_for("card.show", name=name), 303)


def _again(context: PageContext, draft: Draft, shown: Shown, status: int = 409) -> tuple[str, int]:
    """The review step, where nothing was saved as a version."""
    with context.reading() as unit:
        return step_page(context, unit, BY_SLUG["review"], dataclasses.replace(shown, draft=draft)), status


def _change(unit: Unit, form: Form, text: str, status: Status) -> None:
    """Save what a draft changes of a card.

    Raises:
        CardMissing: there is no such card any more.
        CardOutdated: it has a newer version than the draft began with, or another card has its name by now.
        CardMoved: it has another status than the draft's author knows.
    """
    card = unit.cards.lock(form["card"])
    if card is None:
        raise CardMissing(form["card"])
    _check_newest(form, card)
    review_card(
        unit,
        form["card"],
        status,
        comment_of(form),
        content=text,
        note=form.get("note", "") or None,
        based_on=form["version"],
        was=form.get("status_then"),
    )


def _check_newest(form: Form, card: Card) -> None:
    """Raise :class:`CardOutdated` where a draft began with another version of its card, or another card of its name."""
    if is_of_earlier_card(form, card.card_id) or card.version != form["version"]:
        raise CardOutdated(card.name, card.version)


def _told_of_status(context: PageContext, draft: Draft, card: Card | None) -> Draft:
    """The draft, whose author is shown the status that the card has now: the next press saves knowingly."""
    form = dict(draft.form)
    if card is None or not status_moved(form, card):
        return draft
    with context.writing() as unit:
        return save_draft(unit, draft.draft_id, draft.revision, form | {"status_then": card.status})


def _behind(context: PageContext, draft: Draft) -> tuple[str, int]:
    """The card has a newer version than the draft began with: put the draft's changes on top of it, and show both."""
    form = copy.deepcopy(dict(draft.form))
    with context.reading() as unit:
        card_id, newest = find_card(unit, form["card"]).card_id, describe_card(unit, form["card"])
    result = merged(form, card_id, newest)
    kept = result.form | ({"status_then": newest.status} if "status_then" in form else {})
    with context.writing() as unit:
        draft = save_draft(unit, draft.draft_id, draft.revision, kept)
    # Who moved the card meanwhile is told beside what they wrote; one made anew was never moved.
    return _again(context, draft, Shown(None, kept if result.anew else result.form, merge=result))


def _gone(context: PageContext, draft: Draft) -> tuple[str, int]:
    """The card was deleted: what was written becomes the draft of a new one."""
    form = form_without_card(dict(draft.form))
    unkept = [f"“{form[key]}”" for key in ("note", "comment") if form.get(key)]
    form |= {"note": "", "comment": ""}
    with context.writing() as unit:
        draft = save_draft(unit, draft.draft_id, draft.revision, form)
    words = f"{form['name']} was deleted while you were editing. What you wrote is the draft of a new card now"
    if unkept:
        words += f". A new card has no note and no comment to keep what you wrote there: {', '.join(unkept)}"
    return _again(context, draft, Shown(None, form, problem=Problem(words)))
