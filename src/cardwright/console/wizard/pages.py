"""The form of a card in five steps, over a draft that is saved at every one of them."""

import copy
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cardwright.actions.drafts import (
    begin_draft,
    check_new_draft,
    discard_draft,
    list_drafts,
    read_draft,
    save_draft,
)
from cardwright.console.context import PageContext
from cardwright.console.toasts import toast
from cardwright.console.wizard import choices, evaluations, filling, forms, picking
from cardwright.console.wizard.fields import Field, Kind, Step
from cardwright.console.wizard.forms import Form, apply, value_at
from cardwright.console.wizard.picking import Problem
from cardwright.console.wizard.publishing import publish
from cardwright.console.wizard.step_pages import Shown, card_now, corrections_of, step_page
from cardwright.console.wizard.steps import BY_SLUG, STEPS, fields_of
from cardwright.console.wording import many, status_word
from cardwright.core.draft import Draft, DraftGone, DraftOutdated, TooManyDrafts
from cardwright.core.errors import Invalid
from cardwright.core.people import Role

_HIDDEN = frozenset({"token", "revision", "do", "shape", "find", "found"})


def pages(context: PageContext) -> Blueprint:
    blueprint = Blueprint("wizard", __name__)

    @blueprint.get("/new")
    def new() -> str:
        with context.reading() as unit:
            check_new_draft(unit)  # before anything is written that could not be saved
            return step_page(context, unit, STEPS[0], Shown(None, forms.new_form()))

    @blueprint.post("/drafts")
    def begin() -> Response | tuple[str, int]:
        return _save(context, None, STEPS[0])

    @blueprint.post("/new/from")
    def begin_from() -> Response | tuple[str, int]:
        """Begin a card about what the registry's pages show."""
        context.actor().require(Role.AUTHOR, "CreateModelCard", "*")
        form = forms.new_form()
        problem = picking.pick(context, form, request.form.get("pick", ""))
        if problem is not None and problem.card is not None:
            toast(f"{problem.words}: this one")
            return redirect(url_for("card.show", name=problem.card), 303)
        if problem is not None:
            raise Invalid(problem.words)
        with context.writing() as unit:
            draft = begin_draft(unit, form)
        toast(_told(form))
        return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug="model"), 303)

    @blueprint.get("/drafts")
    def drafts() -> str:
        with context.reading() as unit:
            return render_template("drafts.html", drafts=list_drafts(unit, 200))

    @blueprint.get("/drafts/<draft:draft_id>/<slug>")
    def step(draft_id: str, slug: str) -> str:
        asked = BY_SLUG.get(slug) or abort(404)
        with context.reading() as unit:
            draft = read_draft(unit, draft_id)
            form = copy.deepcopy(dict(draft.form))
            return step_page(context, unit, asked, Shown(draft, form, asked="check" in request.args))

    @blueprint.post("/drafts/<draft:draft_id>/<slug>")
    def save(draft_id: str, slug: str) -> Response | tuple[str, int]:
        asked = BY_SLUG.get(slug) or abort(404)
        try:
            return _save(context, draft_id, asked)
        except DraftGone:
            return _left(asked, MultiDict(list(request.form.items(multi=True))), None)

    @blueprint.get("/drafts/<draft:draft_id>/discard")
    def ask_discard(draft_id: str) -> str:
        with context.reading() as unit:
            return render_template("discard.html", draft=read_draft(unit, draft_id))

    @blueprint.post("/drafts/<draft:draft_id>/discard")
    def discard(draft_id: str) -> Response:
        with context.writing() as unit:
            draft = discard_draft(unit, draft_id)
        toast(f"Draft of {draft.name or 'an unnamed card'} discarded")
        return redirect("/cards")

    return blueprint


def _save(context: PageContext, draft_id: str | None, step: Step) -> Response | tuple[str, int]:
    """Save what was posted, then do what the button that was pressed says."""
    context.actor().require(Role.AUTHOR, "CreateModelCard", "*")  # before any report is read
    posted = MultiDict(list(request.form.items(multi=True)))
    verb, _, argument = posted.get("do", "next").partition(":")
    if verb == "enter":  # the Enter key: in the search it finds, elsewhere it goes on
        verb = "find" if posted.get("find", "").strip() not in {"", posted.get("found")} else "next"
    with context.reading() as unit:
        before = None if draft_id is None else read_draft(unit, draft_id)
    form = forms.new_form() if before is None else copy.deepcopy(dict(before.form))
    revision = posted.get("revision", "")
    if before is not None and revision != str(before.revision):
        return _outdated(context, step, before, posted)
    if verb == "remove":
        forms.drop_row(form, posted, argument)
    form = apply(form, step, posted)
    problem, uploaded = None, False
    if step.slug == "evaluation":
        uploaded, wrong = evaluations.change(form, verb, argument, request.files, posted, context)
        problem = None if wrong is None else Problem(wrong)
    elif verb == "pick":
        problem = picking.pick(context, form, argument)
    elif verb == "clear" and argument in {filling.MODEL, filling.JOB}:
        picking.clear(form, argument)
    elif verb == "back":
        filling.put_back(form, argument)
    try:
        with context.writing() as unit:
            draft = (
                begin_draft(unit, form) if before is None else save_draft(unit, before.draft_id, before.revision, form)
            )
    except (DraftOutdated, TooManyDrafts) as error:
        return _unsaved(context, step, error, posted)
    if problem is not None:
        with context.reading() as unit:
            kept = {key: value for key, value in posted.items() if key.startswith("uri-")}
            return step_page(context, unit, step, Shown(draft, form, problem=problem, kept=kept)), 422
    if verb == "publish":
        return publish(context, draft)
    if verb == "next" and not uploaded:
        return _next(context, draft, step)
    return _stay(draft, step, verb, argument, uploaded=uploaded)


def _stay(draft: Draft, step: Step, verb: str, argument: str, *, uploaded: bool) -> Response:
    """To another step, or back to this one, at the place where something was added or removed."""
    if verb == "go" and argument in BY_SLUG:
        return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug=argument), 303)
    here = url_for("wizard.step", draft_id=draft.draft_id, slug=step.slug)
    if verb in {"pick", "clear", "back", "change", "find"}:
        return _chosen(draft, verb, argument, here)
    if verb in {"add", "remove"} or uploaded:
        return redirect(here + evaluations.place(verb, argument, dict(draft.form)), 303)
    toast("Draft saved")
    return redirect(here, 303)


def _chosen(draft: Draft, verb: str, argument: str, here: str) -> Response:
    """Back to the step, to where something was searched, chosen, or put back.

    A search has the focus, which browsers give to no field when an address names a place in the page.
    """
    if verb == "back":
        return redirect(f"{here}#f-{argument.replace('.', '-')}", 303)
    if verb == "find":
        return redirect(f"{here}?{urlencode({'find': request.form.get('find', '')[: choices.LONGEST]})}", 303)
    if verb == "change":
        return redirect(f"{here}?find=", 303)
    if verb == "pick":
        toast(_told(dict(draft.form)) if not argument.startswith("job:") else "Training job filled in")
    elif verb == "clear":
        toast("Choice taken back. What you wrote is still here")
    return redirect(f"{here}#g-choice", 303)


def _told(form: Form) -> str:
    """What a choice has filled."""
    source = form.get("source")
    if source is None:
        return f"{form['job']['title']} filled in, see step 2" if form.get("job") else "Draft saved"
    return f"{source['title']} chosen, and {many(filling.numbers(form, filling.MODEL)[0], 'field')} filled in"


def _next(context: PageContext, draft: Draft, step: Step) -> Response | tuple[str, int]:
    form = dict(draft.form)
    with context.reading() as unit:
        if any(item.step == step.slug for item in corrections_of(unit, form, card_now(unit, form))):
            return step_page(context, unit, step, Shown(draft, form, asked=True)), 422
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug=following.slug), 303)


def _unsaved(
    context: PageContext, step: Step, error: DraftOutdated | TooManyDrafts, posted: "MultiDict[str, str]"
) -> tuple[str, int]:
    """What was posted was not saved: show it again, and say why."""
    if isinstance(error, DraftOutdated):
        return _outdated(context, step, error.current, posted)
    form = apply(forms.new_form(), step, posted)  # without what was picked, which only a draft keeps
    with context.reading() as unit:
        return step_page(context, unit, step, Shown(None, form, unsaved=error.message)), 409


def _outdated(context: PageContext, step: Step, current: Draft, posted: "MultiDict[str, str]") -> tuple[str, int]:
    """The draft was saved in another window: show what was posted here again, beside what stands there."""
    theirs = copy.deepcopy(dict(current.form))
    if step.slug == "evaluation" and posted.get("shape") != evaluations.shape(theirs):
        return _left(step, posted, current)
    mine = apply(theirs, step, posted)
    elsewhere = {}
    for field in fields_of(step, len(theirs["content"].get("evaluation_details", ()))):
        there = value_at(theirs["content"], field.keys)
        if there != value_at(mine["content"], field.keys):
            elsewhere[field.path] = _in_words(field, there)
    if theirs["name"] != mine["name"]:
        elsewhere["name"] = theirs["name"] or "nothing"
    for key, word in (("status", status_word), ("note", str), ("comment", str)):
        if theirs.get(key, "") != mine.get(key, ""):
            elsewhere[key] = word(theirs.get(key, "")) or "nothing"
    with context.reading() as unit:
        return step_page(context, unit, step, Shown(current, mine, elsewhere=elsewhere)), 409


def _left(step: Step, posted: "MultiDict[str, str]", current: Draft | None) -> tuple[str, int]:
    """Show what was posted, to be copied, where no form can take it: the draft has another shape, or is gone."""
    values = [(key, value) for key, value in posted.items(multi=True) if value.strip() and key not in _HIDDEN]
    return render_template("outdated.html", draft=current, step=step, values=values), 409 if current else 404


def _in_words(field: Field, value: Any) -> str:
    if value is None:
        return "nothing"
    if field.kind is Kind.LIST:
        return ", ".join(map(str, value))
    if field.kind is Kind.PAIRS:
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    if field.kind is Kind.ROWS:
        return ", ".join(f"{item.get('name')}: {item.get('value')}" for item in value)
    return str(value)
