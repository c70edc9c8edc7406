"""From a draft to a version of a card, unless another user changed the card first."""

import dataclasses

import attrs
from flask import redirect, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card, find_card
from cardwright.actions.drafts import card_of_form, save_draft
from cardwright.actions.publishing import check_newest, publish_draft
from cardwright.console.context import PageContext
from cardwright.console.refusals import words_of
from cardwright.console.toasts import toast
from cardwright.console.wizard.asking import ask_for_review
from cardwright.console.wizard.check import comment_of
from cardwright.console.wizard.draft_content import draft_content
from cardwright.console.wizard.forms import form_without_card, reopened
from cardwright.console.wizard.merge import merged
from cardwright.console.wizard.press import Problem
from cardwright.console.wizard.step_pages import StepView, corrections_of, step_page
from cardwright.console.wizard.steps import BY_SLUG
from cardwright.core.card import Card, Status
from cardwright.core.draft import Draft
from cardwright.core.draft_form import DraftForm, EditedCard
from cardwright.core.errors import CardMissing, CardMoved, CardOutdated, Conflict, Invalid


def publish(context: PageContext, draft: Draft) -> Response | tuple[str, int]:
    """Saves a draft as a version and redirects to its card. On failure, shows the review step with the reason."""
    form = draft.form
    built = draft_content(form)
    view = StepView(draft, form, built=built)
    with context.reading() as unit:
        card = card_of_form(unit, form)
        wrong = corrections_of(unit, form, built, card)
    try:
        if form.card is not None and card is not None:
            check_newest(form.card, card)  # first: the newer version may be what corrects the draft
        if wrong:
            view = _with_known_status(context, dataclasses.replace(view, asked=True), draft, card)
            return _review_step(context, view, 422)
        with context.writing() as unit:
            publish_draft(unit, draft, built.text, comment_of(form, built))
            ask_for_review(unit, form)
    except CardOutdated:
        return _behind(context, draft)
    except CardMissing:
        return _gone(context, draft)
    except CardMoved:
        with context.reading() as unit:
            card = card_of_form(unit, form)
        return _review_step(context, _with_known_status(context, view, draft, card))
    except (Conflict, Invalid) as error:
        return _review_step(context, dataclasses.replace(view, problem=Problem(words_of(error))))
    toast(f"{form.name} saved" if form.card else f"{form.name} created")
    return redirect(url_for("card.show", name=form.name), 303)


def _review_step(context: PageContext, view: StepView, status: int = 409) -> tuple[str, int]:
    """The review step, where no version was saved."""
    with context.reading() as unit:
        return step_page(context, unit, BY_SLUG["review"], view), status


def _with_known_status(context: PageContext, view: StepView, draft: Draft, card: Card | None) -> StepView:
    """Stores the card's current status in the draft, so that the author confirms it with the next save.

    The page compares it with the status that the author knew.
    """
    edited = draft.form.card
    if edited is None or card is None or not edited.has_moved(card):
        return view
    status = _status_after(draft.form, card.status)
    form = attrs.evolve(draft.form, card=attrs.evolve(edited, status=card.status), status=status)
    with context.writing() as unit:
        draft = save_draft(unit, draft.draft_id, draft.revision, form)
    return dataclasses.replace(view, draft=draft, form=attrs.evolve(view.form, status=status))


def _behind(context: PageContext, draft: Draft) -> tuple[str, int]:
    """Puts the draft's changes on top of a version that is newer than the draft, and shows both."""
    edited = _edited(draft)
    with context.reading() as unit:
        card_id, newest = find_card(unit, edited.name).card_id, describe_card(unit, edited.name)
    result = merged(draft.form, edited, card_id, newest)
    form = attrs.evolve(result.form, status=_status_after(draft.form, newest.status))
    result = dataclasses.replace(result, form=form)
    with context.writing() as unit:
        draft = save_draft(unit, draft.draft_id, draft.revision, result.form)
    # The page compares with the status that the author knew. A later card of the same name has no such status.
    as_known = (
        result.form
        if result.is_recreated
        else attrs.evolve(result.form, card=attrs.evolve(_edited(draft), status=edited.status))
    )
    return _review_step(context, StepView(draft, as_known, merge=result))


def _status_after(form: DraftForm, now: str) -> str:
    """The status that a form proposes after another user changed the card: it does not approve the card again."""
    renews = form.status == Status.APPROVED and form.card is not None and form.card.status == Status.APPROVED
    return reopened(now) if renews and now != Status.APPROVED else form.status


def _gone(context: PageContext, draft: Draft) -> tuple[str, int]:
    """Turns the draft of a deleted card into the draft of a new card."""
    old, form = draft.form, form_without_card(draft.form)
    dropped = [f"“{text}”" for text in (old.note, old.comment) if text]
    with context.writing() as unit:
        draft = save_draft(unit, draft.draft_id, draft.revision, form)
    words = f"{form.name} was deleted while you were editing. What you wrote is the draft of a new card now"
    if dropped:
        words += f". A new card has no note and no comment to keep what you wrote there: {', '.join(dropped)}"
    return _review_step(context, StepView(draft, form, problem=Problem(words)))


def _edited(draft: Draft) -> EditedCard:
    """The card that a draft changes. Raises :class:`CardMissing` for a draft of a new card."""
    if draft.form.card is None:
        raise CardMissing(draft.form.name)
    return draft.form.card
