"""The form of a card in five steps.

Every button saves the draft, and with scripts every field. A page that changes nothing begins no draft.
"""

import copy
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias
from urllib.parse import quote, urlencode

import attrs
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cardwright.actions.comments import add_comment, resolve_comment
from cardwright.actions.drafts import (
    begin_draft,
    card_of_form,
    check_new_draft,
    discard_draft,
    draft_of_card,
    find_draft,
    list_drafts,
    read_draft,
    save_draft,
)
from cardwright.actions.saved_views import list_views
from cardwright.actions.templates import template_content
from cardwright.console.context import PageContext, of_application, page_context
from cardwright.console.portfolio_numbers import PortfolioNumbers
from cardwright.console.reader import reader
from cardwright.console.refusals import words_of
from cardwright.console.toasts import toast
from cardwright.console.views import UNFINISHED, Own, tabs
from cardwright.console.wizard import autosave, choices, evaluations, filling, picking, starting
from cardwright.console.wizard.check import place_of
from cardwright.console.wizard.draft_content import draft_content
from cardwright.console.wizard.fields import FormField, InputKind, Step
from cardwright.console.wizard.forms import Posted, apply, begin_with, drop_row, value_at
from cardwright.console.wizard.press import Press, Problem
from cardwright.console.wizard.publishing import publish
from cardwright.console.wizard.starting import unsaved_draft
from cardwright.console.wizard.step_pages import StepView, address_of, corrections_of, step_page
from cardwright.console.wizard.steps import BY_SLUG, STEPS, fields_of
from cardwright.console.wording import many, status_word
from cardwright.core.draft import MAX_DRAFTS, Draft, DraftGone, DraftOutdated, TooManyDrafts, check_form
from cardwright.core.draft_form import DraftForm, is_as_begun
from cardwright.core.errors import CardMissing, Invalid, LimitExceeded, NotFound
from cardwright.core.json_value import list_at, object_at, objects_at
from cardwright.core.names import is_card_name
from cardwright.core.people import Role
from cardwright.core.policy.pointers import parts

Answer: TypeAlias = Response | tuple[str, int] | str

_HIDDEN = frozenset(
    {"token", "revision", "page", "turn", "began", "do", "shape", "find", "found", "template", "text_format.otherwise"}
)

blueprint = Blueprint("wizard", __name__)


@blueprint.get("/new")
def new() -> str:
    context = page_context()
    with context.reading() as unit:
        check_new_draft(unit)  # before the user writes what could not be saved
        return step_page(context, unit, STEPS[0], StepView(None, DraftForm()))


@blueprint.post("/drafts")
def begin() -> Answer:
    return _save(page_context(), None, STEPS[0])


@blueprint.get("/cards/<card:name>/edit/<slug>")
def edit(name: str, slug: str) -> str | Response:
    """A step of the form that changes a card. Leads to the user's draft of the card, where there is one."""
    context, asked = page_context(), BY_SLUG.get(slug) or abort(404)
    with context.reading() as unit:
        draft = draft_of_card(unit, name)
        if draft is not None:
            asked_for = f"?{request.query_string.decode()}" if request.query_string else ""
            return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug=slug) + asked_for)
        check_new_draft(unit)  # before the user writes what could not be saved
        form = starting.form_of(unit, name)
        check_form(form)
        return step_page(context, unit, asked, StepView(None, form, asked="check" in request.args))


@blueprint.post("/cards/<card:name>/edit/<slug>")
def begin_edit(name: str, slug: str) -> Answer:
    asked = BY_SLUG.get(slug) or abort(404)
    return _save(page_context(), None, asked, name)


@blueprint.post("/new/from")
def begin_from() -> Answer:
    """Begins a card about a resource that a page of the registry shows."""
    context, form = page_context(), DraftForm()
    context.actor().require(Role.AUTHOR, "CreateModelCard", "*")
    problem = picking.pick(context, form, request.form.get("pick", ""))
    if problem is not None and problem.card is not None:
        toast(f"{problem.words}: this one")
        return redirect(url_for("card.show", name=problem.card), 303)
    if problem is not None:
        raise Invalid(problem.words)
    with context.writing() as unit:
        draft = begin_draft(unit, form)
    toast(_filled(form))
    return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug="model"), 303)


@blueprint.get("/drafts")
def drafts() -> str:
    with page_context().reading() as unit:
        found = list_drafts(unit, MAX_DRAFTS)
        portfolio = of_application(PortfolioNumbers).read(unit)
        views = tabs(list_views(unit), UNFINISHED, portfolio, Own(len(found), reader().waiting))
        return render_template("drafts.html", drafts=found, views=views)


@blueprint.get("/drafts/<draft:draft_id>/<slug>")
def step(draft_id: str, slug: str) -> str:
    context, asked = page_context(), BY_SLUG.get(slug) or abort(404)
    with context.reading() as unit:
        draft = read_draft(unit, draft_id)
        return step_page(context, unit, asked, StepView(draft, draft.form, asked="check" in request.args))


@blueprint.post("/drafts/<draft:draft_id>/<slug>")
def save(draft_id: str, slug: str) -> Answer:
    asked = BY_SLUG.get(slug) or abort(404)
    return _save(page_context(), draft_id, asked)


@blueprint.get("/drafts/<draft:draft_id>/discard")
def ask_discard(draft_id: str) -> str:
    with page_context().reading() as unit:
        return render_template("discard.html", draft=read_draft(unit, draft_id))


@blueprint.post("/drafts/<draft:draft_id>/discard")
def discard(draft_id: str) -> Response:
    with page_context().writing() as unit:
        draft = discard_draft(unit, draft_id)
    toast(f"Draft of {draft.name or 'an unnamed card'} discarded")
    return redirect("/cards")


def _save(context: PageContext, draft_id: str | None, step: Step, card: str | None = None) -> Answer:
    """Saves what was posted, then does what the pressed button asks for.

    Args:
        draft_id: None for a page that began without a draft.
        card: of such a page: the name of the card that it changes; None for a new card.
    """
    context.actor().require(Role.AUTHOR, "CreateModelCard", "*")  # before any report is read
    press = _press()
    if press.verb == autosave.VERB:
        return autosave.save(context, draft_id, step, press, card)
    try:
        with context.reading() as unit:
            before, start = starting.found(unit, draft_id, press.posted, card)
    except (DraftGone, CardMissing):
        return _only_to_copy(step, press.posted, None)
    if before is not None and not starting.is_newest(before, press.posted):
        return _outdated(context, step, before, press.posted)
    form = copy.deepcopy(start) if before is None else starting.as_shown(before, press.posted)
    if press.verb == "remove":
        drop_row(form, press.posted, press.argument)
    apply(form, step, press.posted)
    verb = _VERBS.get(press.verb, Verb())
    if step.slug == "evaluation":
        uploaded, problem = evaluations.change(context, form, press)
    else:
        uploaded, problem = False, verb.change(context, form, press)
    if before is None and card is not None and press.verb != "publish" and is_as_begun(form, start):
        draft = unsaved_draft(context, start)
    else:
        try:
            draft = _saved(context, before, form, press.posted)
        except (DraftOutdated, TooManyDrafts) as error:
            return _unsaved(context, step, error, press.posted, start)
    if problem is not None:
        with context.reading() as unit:
            kept = {key: value for key, value in press.posted.items() if key.startswith(("uri-", "reply-"))}
            return step_page(context, unit, step, StepView(draft, form, problem=problem, kept=kept)), 422
    answer = _at_change if uploaded and verb.stays else verb.answer
    return answer(context, draft, step, press)


def _saved(context: PageContext, before: Draft | None, form: DraftForm, posted: Posted) -> Draft:
    """Stores the form. A save of the page itself that is still under way does not count as another window.

    Raises:
        DraftOutdated: another window saved the draft.
    """
    page = form.left_page = starting.page_of(posted)
    with context.writing() as unit:
        now = find_draft(unit, page if before is None else before.draft_id) if before or page else None
        if now is None and before is None:
            return begin_draft(unit, form, page or None)
        if now is None:
            raise DraftGone
        known = now.revision if starting.is_of(now, posted) else 0 if before is None else before.revision
        return save_draft(unit, now.draft_id, known, form)


def _press() -> Press:
    """The pressed button. The Enter key presses none: in a search that changed it searches, elsewhere it goes on."""
    posted = MultiDict(list(request.form.items(multi=True)))
    verb, _, argument = posted.get("do", "next").partition(":")
    if verb == "enter":
        verb = "find" if posted.get("find", "").strip() not in {"", posted.get("found")} else "next"
    return Press(verb, argument, posted, request.files)


def _keep(context: PageContext, form: DraftForm, press: Press) -> Problem | None:  # noqa: ARG001 - as all changes
    """Changes nothing more of the form."""
    return None


def _pick(context: PageContext, form: DraftForm, press: Press) -> Problem | None:
    return picking.pick(context, form, press.argument)


def _clear(context: PageContext, form: DraftForm, press: Press) -> None:  # noqa: ARG001 - as all changes
    if press.argument in {filling.MODEL, filling.JOB}:
        picking.clear(form, press.argument)


def _begin_with(context: PageContext, form: DraftForm, press: Press) -> Problem | None:
    """Copies the chosen template into a new card that has not begun with another card."""
    name = press.posted.get("template", "")
    if form.card is not None or form.copied is not None or not is_card_name(name):
        return Problem("Choose a template")
    try:
        with context.reading() as unit:
            begin_with(form, template_content(unit, name))
    except (CardMissing, Invalid) as error:
        return Problem(words_of(error))
    return None


def _put_back(context: PageContext, form: DraftForm, press: Press) -> None:  # noqa: ARG001 - as all changes
    filling.put_back(form, press.argument)


def _here(draft: Draft, step: Step) -> str:
    return address_of(draft, draft.form, step.slug)


def _stay(context: PageContext, draft: Draft, step: Step, press: Press) -> Response:  # noqa: ARG001 - as all answers
    toast("Draft saved" if draft.draft_id else "No changes yet, so there is nothing to save")
    job = press.posted.get("job", "")  # the one that is open on the page
    there = f"?job={job}#job-{job}" if step.slug == "evaluation" and job.isdecimal() and len(job) < 6 else ""
    return redirect(_here(draft, step) + there, 303)


def _next(context: PageContext, draft: Draft, step: Step, press: Press) -> Answer:  # noqa: ARG001 - as all answers
    built = draft_content(draft.form)
    with context.reading() as unit:
        wrong = corrections_of(unit, draft.form, built, card_of_form(unit, draft.form))
        if any(item.step == step.slug for item in wrong):
            return step_page(context, unit, step, StepView(draft, draft.form, built=built, asked=True)), 422
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    return redirect(_here(draft, following), 303)


def _go(context: PageContext, draft: Draft, step: Step, press: Press) -> Response:
    """To another step."""
    other = BY_SLUG.get(press.argument)
    return _stay(context, draft, step, press) if other is None else redirect(_here(draft, other), 303)


def _publish(context: PageContext, draft: Draft, step: Step, press: Press) -> Answer:  # noqa: ARG001 - as all answers
    return publish(context, draft)


def _more_reviewers(context: PageContext, draft: Draft, step: Step, press: Press) -> str:  # noqa: ARG001 - likewise
    """The same step with another field for a reviewer."""
    with context.reading() as unit:
        return step_page(context, unit, step, StepView(draft, draft.form))


def _at_change(context: PageContext, draft: Draft, step: Step, press: Press) -> Response:  # noqa: ARG001 - likewise
    """Where a row, job, group or report was added or removed."""
    return redirect(_here(draft, step) + evaluations.place(press, draft.form), 303)


def _at_field(context: PageContext, draft: Draft, step: Step, press: Press) -> Response:  # noqa: ARG001 - likewise
    """Where a value was restored."""
    return redirect(f"{_here(draft, step)}#f-{press.argument.replace('.', '-')}", 303)


def _at_template(context: PageContext, draft: Draft, step: Step, press: Press) -> Response:  # noqa: ARG001 - likewise
    toast(f"Begun with the template {press.posted.get('template', '')}. Name, model and evaluation are left out")
    return redirect(_here(draft, step), 303)


def _at_search(
    context: PageContext,  # noqa: ARG001 - as all answers
    draft: Draft,
    step: Step,
    press: Press,
) -> Response:
    """To the search, which gets the focus only when the address names no place of the page."""
    search = press.posted.get("find", "")[: choices.LONGEST] if press.verb == "find" else ""
    return redirect(f"{_here(draft, step)}?{urlencode({'find': search})}", 303)


def _at_choice(
    context: PageContext,  # noqa: ARG001 - as all answers
    draft: Draft,
    step: Step,
    press: Press,
) -> Response:
    if press.verb == "clear":
        toast("Choice removed. What you wrote is still here")
    elif press.argument.startswith("job:"):
        toast("Training job filled in")
    else:
        toast(_filled(draft.form))
    return redirect(f"{_here(draft, step)}#g-choice", 303)


def _reply(context: PageContext, draft: Draft, step: Step, press: Press) -> Answer:
    """Saves a reply to a comment on the card. One that is refused stays on the page."""
    text = press.posted.get(f"reply-{press.argument}", "").replace("\r\n", "\n")
    if draft.form.card is None:
        return _stay(context, draft, step, press)
    try:
        with context.writing() as unit:
            add_comment(unit, draft.form.card.name, text, reply_to=press.argument)
    except (Invalid, LimitExceeded, NotFound) as error:
        problem = Problem(words_of(error), title="Your reply was not saved.")
        kept = {f"reply-{press.argument}": text}
        with context.reading() as unit:
            return step_page(context, unit, step, StepView(draft, draft.form, problem=problem, kept=kept)), 422
    toast("Reply saved")
    return redirect(f"{_here(draft, step)}#comment-{quote(press.argument)}", 303)


def _resolve(context: PageContext, draft: Draft, step: Step, press: Press) -> Response:
    """Resolves a comment on the card, and leads to its field. The toast opens it again."""
    with context.writing() as unit:
        shown = resolve_comment(unit, press.argument)
    again = url_for("comments.resolve", name=shown.card_name, comment=shown.comment.comment_id, do="reopen")
    back = address_of(draft, draft.form, step.slug)
    toast("Comment resolved", undo=again, values=[("back", back)])
    _, target, _ = place_of(draft.form.content, list(parts(shown.comment.pointer)))
    return redirect(back + evaluations.address(target), 303)


class Verb(NamedTuple):
    """What a button does: ``change`` to the form, before it is saved, and then ``answer``.

    Attributes:
        stays: whether the answer is this step, so that an uploaded report is shown instead.
    """

    change: Callable[[PageContext, DraftForm, Press], Problem | None] = _keep
    answer: Callable[[PageContext, Draft, Step, Press], Answer] = _stay
    stays: bool = True


_VERBS: Mapping[str, Verb] = {
    "stay": Verb(),
    "next": Verb(answer=_next),
    "go": Verb(answer=_go, stays=False),
    "publish": Verb(answer=_publish, stays=False),
    "reviewer": Verb(answer=_more_reviewers, stays=False),
    "add": Verb(answer=_at_change),
    "remove": Verb(answer=_at_change),
    "find": Verb(answer=_at_search, stays=False),
    "change": Verb(answer=_at_search, stays=False),
    "pick": Verb(_pick, _at_choice, stays=False),
    "clear": Verb(_clear, _at_choice, stays=False),
    "template": Verb(_begin_with, _at_template, stays=False),
    "back": Verb(_put_back, _at_field, stays=False),
    "reply": Verb(answer=_reply, stays=False),
    "resolve": Verb(answer=_resolve, stays=False),
}


def _filled(form: DraftForm) -> str:
    """What a choice filled in."""
    if form.model is None:
        return f"{form.job.title} filled in, see step 2" if form.job else "Draft saved"
    return f"{form.model.title} chosen, and {many(filling.numbers(form, filling.MODEL)[0], 'field')} filled in"


def _unsaved(
    context: PageContext, step: Step, error: DraftOutdated | TooManyDrafts, posted: Posted, start: DraftForm
) -> tuple[str, int]:
    """Shows what was posted and why it was not saved."""
    if isinstance(error, DraftOutdated):
        return _outdated(context, step, error.current, posted)
    form = start  # without what was picked, which only a draft keeps
    apply(form, step, posted)
    with context.reading() as unit:
        return step_page(context, unit, step, StepView(None, form, unsaved=error.message)), 409


def _outdated(context: PageContext, step: Step, current: Draft, posted: Posted) -> tuple[str, int]:
    """Shows what was posted next to what another window saved."""
    theirs = current.form
    if step.slug == "evaluation" and posted.get("shape") != evaluations.shape(theirs):
        return _only_to_copy(step, posted, current)
    mine = attrs.evolve(copy.deepcopy(theirs), opened=None)
    apply(mine, step, posted)
    with context.reading() as unit:
        return step_page(context, unit, step, StepView(current, mine, elsewhere=_differences(step, theirs, mine))), 409


def _differences(step: Step, theirs: DraftForm, mine: DraftForm) -> dict[str, str]:
    """The values of another window that differ from this one's, by field."""
    found = {}
    for field in fields_of(step, len(list_at(theirs.content, "evaluation_details"))):
        there = value_at(theirs.content, field.keys)
        if there != value_at(mine.content, field.keys):
            found[field.path] = _in_words(field, there)
    own: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("name", str),
        ("status", status_word),
        ("note", str),
        ("comment", str),
    )
    for key, word in own:
        there = getattr(theirs, key)
        if there != getattr(mine, key):
            found[key] = word(there) or "nothing"
    return found


def _only_to_copy(step: Step, posted: Posted, current: Draft | None) -> tuple[str, int]:
    """Shows what was posted as text to copy, where the draft has another shape or is gone."""
    values = [(key, value) for key, value in posted.items(multi=True) if value.strip() and key not in _HIDDEN]
    return render_template("outdated.html", draft=current, step=step, values=values), 409 if current else 404


def _in_words(field: FormField, value: object) -> str:
    if value is None:
        return "nothing"
    if field.kind is InputKind.LIST:
        return ", ".join(map(str, list_at(value)))
    if field.kind is InputKind.PAIRS:
        return ", ".join(f"{key}: {item}" for key, item in object_at(value).items())
    if field.kind is InputKind.ROWS:
        return ", ".join(f"{item.get('name')}: {item.get('value')}" for item in objects_at(value))
    return str(value)
