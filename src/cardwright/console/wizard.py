"""The form of a card in five steps, over a draft that is saved at every one of them."""

import copy
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cardwright.actions.cards import create_card, describe_card, find_card, review_card
from cardwright.actions.coverage import cards_about
from cardwright.actions.discovery import registered_model
from cardwright.actions.drafts import (
    begin_draft,
    check_new_draft,
    discard_draft,
    list_drafts,
    read_draft,
    save_draft,
)
from cardwright.actions.history import audit_trail
from cardwright.actions.portfolio import card_of_model
from cardwright.actions.unit import Unit
from cardwright.console import choices, evaluations, filling, forms, help_texts, outlines, picking
from cardwright.console.check import LONGEST_NOTE, Correction, comment_of, corrections
from cardwright.console.desk import Desk
from cardwright.console.fields import BY_SLUG, PACKAGE_LABELS, STEPS, Field, Kind, Step, fields_of, step_of
from cardwright.console.forms import Form, apply, content_text, form_without_card, value_at
from cardwright.console.merge import Merge, is_of_earlier_card, merged
from cardwright.console.picking import Problem
from cardwright.console.registry import href
from cardwright.console.toasts import toast
from cardwright.console.wording import many, status_word
from cardwright.core import content as contents
from cardwright.core.card import Card, Status
from cardwright.core.draft import Draft, DraftOutdated, TooManyDrafts
from cardwright.core.errors import CardOutdated, CardwrightError, Conflict, Invalid
from cardwright.core.history import Event
from cardwright.core.lint import lint
from cardwright.core.people import Role

_NEW = "new"
_EVENTS = 50  # of a card, among which its change of status is looked for
_HIDDEN = frozenset({"token", "revision", "do", "shape", "find", "found"})


@dataclass(frozen=True, slots=True)
class _Shown:
    """A step as it is shown, beside the draft: what to correct, what another window has, why nothing is saved."""

    draft: Draft | None
    form: Form
    wrong: tuple[Correction, ...] = ()
    asked: bool = False
    elsewhere: Mapping[str, str] | None = None
    problem: Problem | None = None
    merge: Merge | None = None
    unsaved: str = ""
    kept: Mapping[str, str] = dataclasses.field(default_factory=dict)


def pages(desk: Desk) -> Blueprint:
    blueprint = Blueprint("wizard", __name__)

    @blueprint.get("/new")
    def new() -> str:
        with desk.reading() as unit:
            check_new_draft(unit)  # before anything is written that could not be saved
            return _page(desk, unit, STEPS[0], _Shown(None, forms.new_form()))

    @blueprint.post("/drafts")
    def begin() -> Response | tuple[str, int]:
        return _save(desk, None, STEPS[0])

    @blueprint.post("/new/from")
    def begin_from() -> Response | tuple[str, int]:
        """Begin a card about what the registry's pages show."""
        desk.actor().require(Role.AUTHOR, "CreateModelCard", "*")
        form = forms.new_form()
        problem = picking.pick(desk, form, request.form.get("pick", ""))
        if problem is not None and problem.card is not None:
            toast(f"{problem.words}: this one")
            return redirect(url_for("card.show", name=problem.card), 303)
        if problem is not None:
            raise Invalid(problem.words)
        with desk.writing() as unit:
            draft = begin_draft(unit, form)
        toast(_told(form))
        return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug="model"), 303)

    @blueprint.get("/drafts")
    def drafts() -> str:
        with desk.reading() as unit:
            return render_template("drafts.html", drafts=list_drafts(unit, 200))

    @blueprint.get("/drafts/<draft:draft_id>/<slug>")
    def step(draft_id: str, slug: str) -> str:
        asked = BY_SLUG.get(slug) or abort(404)
        with desk.reading() as unit:
            draft = read_draft(unit, draft_id)
            form = copy.deepcopy(dict(draft.form))
            return _page(desk, unit, asked, _Shown(draft, form, asked="check" in request.args))

    @blueprint.post("/drafts/<draft:draft_id>/<slug>")
    def save(draft_id: str, slug: str) -> Response | tuple[str, int]:
        return _save(desk, draft_id, BY_SLUG.get(slug) or abort(404))

    @blueprint.get("/drafts/<draft:draft_id>/discard")
    def ask_discard(draft_id: str) -> str:
        with desk.reading() as unit:
            return render_template("discard.html", draft=read_draft(unit, draft_id))

    @blueprint.post("/drafts/<draft:draft_id>/discard")
    def discard(draft_id: str) -> Response:
        with desk.writing() as unit:
            draft = discard_draft(unit, draft_id)
        toast(f"Draft of {draft.form['name'] or 'an unnamed card'} discarded")
        return redirect("/cards")

    return blueprint


def _save(desk: Desk, draft_id: str | None, step: Step) -> Response | tuple[str, int]:
    """Save what was posted, then do what the button that was pressed says."""
    desk.actor().require(Role.AUTHOR, "CreateModelCard", "*")  # before any report is read
    posted = MultiDict(list(request.form.items(multi=True)))
    verb, _, argument = posted.get("do", "next").partition(":")
    if verb == "enter":  # the Enter key: in the search it finds, elsewhere it goes on
        verb = "find" if posted.get("find", "").strip() not in {"", posted.get("found")} else "next"
    with desk.reading() as unit:
        before = None if draft_id is None else read_draft(unit, draft_id)
    form = forms.new_form() if before is None else copy.deepcopy(dict(before.form))
    revision = posted.get("revision", "")
    if before is not None and revision != str(before.revision):
        return _outdated(desk, step, before, posted)
    if verb == "remove":
        evaluations.drop_row(posted, argument)
    form = apply(form, step, posted)
    problem, uploaded = None, False
    if step.slug == "evaluation":
        uploaded, wrong = evaluations.change(form, verb, argument, request.files, posted, desk)
        problem = None if wrong is None else Problem(wrong)
    elif verb == "pick":
        problem = picking.pick(desk, form, argument)
    elif verb == "clear" and argument in {filling.MODEL, filling.JOB}:
        picking.clear(form, argument)
    elif verb == "back":
        filling.put_back(form, argument)
    try:
        with desk.writing() as unit:
            draft = (
                begin_draft(unit, form) if before is None else save_draft(unit, before.draft_id, before.revision, form)
            )
    except (DraftOutdated, TooManyDrafts) as error:
        return _unsaved(desk, step, error, posted)
    if problem is not None:
        with desk.reading() as unit:
            kept = {key: value for key, value in posted.items() if key.startswith("uri-")}
            return _page(desk, unit, step, _Shown(draft, form, problem=problem, kept=kept)), 422
    if verb == "publish":
        return _publish(desk, draft)
    if verb == "next" and not uploaded:
        return _next(desk, draft, step)
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


def _next(desk: Desk, draft: Draft, step: Step) -> Response | tuple[str, int]:
    form = dict(draft.form)
    with desk.reading() as unit:
        if any(item.step == step.slug for item in _corrections(unit, form)):
            return _page(desk, unit, step, _Shown(draft, form, asked=True)), 422
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug=following.slug), 303)


def _publish(desk: Desk, draft: Draft) -> Response | tuple[str, int]:
    form = dict(draft.form)
    with desk.reading() as unit:
        wrong, card = _corrections(unit, form), _card_now(unit, form)
    if wrong:
        return _again(desk, _told_of_status(desk, draft, card), _Shown(None, form, asked=True), 422)
    name, text, status = form["name"], content_text(form), Status(form["status"])
    try:
        with desk.writing() as unit:
            if form.get("card"):
                _change(unit, form, text, status)
            else:
                create_card(unit, name, text, status, [(key, value) for key, value in form["tags"]])
            discard_draft(unit, draft.draft_id)
    except CardOutdated:
        return _behind(desk, draft)
    except _CardGone:
        return _gone(desk, draft)
    except _StatusMoved as moved:
        return _again(desk, _told_of_status(desk, draft, moved.card), _Shown(None, form))
    except (Conflict, Invalid) as error:
        return _again(desk, draft, _Shown(None, form, problem=Problem(error.message)))
    toast(f"{name} saved" if form.get("card") else f"{name} created")
    return redirect(url_for("card.show", name=name), 303)


def _again(desk: Desk, draft: Draft, shown: _Shown, status: int = 409) -> tuple[str, int]:
    """The review step, where nothing was saved as a version."""
    with desk.reading() as unit:
        return _page(desk, unit, BY_SLUG["review"], dataclasses.replace(shown, draft=draft)), status


def _change(unit: Unit, form: Form, text: str, status: Status) -> None:
    """Save what a draft changes of a card.

    Raises:
        _CardGone: there is no such card any more.
        CardOutdated: it has a newer version than the draft began with, or another card has its name by now.
        _StatusMoved: it has another status than the draft's author knows.
    """
    card = unit.cards.lock(form["card"])
    if card is None:
        raise _CardGone
    if is_of_earlier_card(form, card.card_id) or card.version != form["version"]:
        raise CardOutdated(card.name, card.version)
    if _moved(form, card):
        raise _StatusMoved(card)
    note = form.get("note", "") or None
    review_card(unit, form["card"], status, comment_of(form), content=text, note=note, based_on=form["version"])


class _CardGone(Exception):
    """The card that a draft changes was deleted."""


class _StatusMoved(Exception):
    """The card has another status than the one that the draft's author knows."""

    def __init__(self, card: Card) -> None:
        super().__init__(card.name)
        self.card = card


def _moved(form: Form, card: Card | None) -> bool:
    """Whether a card has another status than its draft knows; one that was begun before drafts knew is not asked."""
    if card is None or is_of_earlier_card(form, card.card_id):
        return False
    return form.get("status_then") not in {None, card.status}


def _told_of_status(desk: Desk, draft: Draft, card: Card | None) -> Draft:
    """The draft, whose author is shown the status that the card has now: the next press saves knowingly."""
    form = dict(draft.form)
    if card is None or not _moved(form, card):
        return draft
    with desk.writing() as unit:
        return save_draft(unit, draft.draft_id, draft.revision, form | {"status_then": card.status})


def _behind(desk: Desk, draft: Draft) -> tuple[str, int]:
    """The card has a newer version than the draft began with: put the draft's changes on top of it, and show both."""
    form = copy.deepcopy(dict(draft.form))
    with desk.reading() as unit:
        card_id, newest = find_card(unit, form["card"]).card_id, describe_card(unit, form["card"])
    result = merged(form, card_id, newest)
    kept = result.form | ({"status_then": newest.status} if "status_then" in form else {})
    with desk.writing() as unit:
        draft = save_draft(unit, draft.draft_id, draft.revision, kept)
    # Who moved the card meanwhile is told beside what they wrote; one made anew was never moved.
    return _again(desk, draft, _Shown(None, kept if result.anew else result.form, merge=result))


def _gone(desk: Desk, draft: Draft) -> tuple[str, int]:
    """The card was deleted: what was written becomes the draft of a new one."""
    form = form_without_card(dict(draft.form))
    with desk.writing() as unit:
        draft = save_draft(unit, draft.draft_id, draft.revision, form)
    words = f"{form['name']} was deleted while you were editing. What you wrote is the draft of a new card now"
    return _again(desk, draft, _Shown(None, form, problem=Problem(words)))


def _unsaved(
    desk: Desk, step: Step, error: DraftOutdated | TooManyDrafts, posted: "MultiDict[str, str]"
) -> tuple[str, int]:
    """What was posted was not saved: show it again, and say why."""
    if isinstance(error, DraftOutdated):
        return _outdated(desk, step, error.current, posted)
    form = apply(forms.new_form(), step, posted)  # without what was picked, which only a draft keeps
    with desk.reading() as unit:
        return _page(desk, unit, step, _Shown(None, form, unsaved=error.message)), 409


def _outdated(desk: Desk, step: Step, current: Draft, posted: "MultiDict[str, str]") -> tuple[str, int]:
    """The draft was saved in another window: show what was posted here again, beside what stands there."""
    theirs = copy.deepcopy(dict(current.form))
    if step.slug == "evaluation" and posted.get("shape") != evaluations.shape(theirs):
        values = [(key, value) for key, value in posted.items(multi=True) if value.strip() and key not in _HIDDEN]
        return render_template("outdated.html", draft=current, step=step, values=values), 409
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
    with desk.reading() as unit:
        return _page(desk, unit, step, _Shown(current, mine, elsewhere=elsewhere)), 409


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


def _corrections(unit: Unit, form: Form) -> list[Correction]:
    taken = {}
    own = form.get("card")
    if not own and form["name"] and unit.cards.find(form["name"]) is not None:
        taken["name"] = form["name"]
    model_name = value_at(form["content"], ("model_overview", "model_name"))
    other = card_of_model(unit, model_name) if isinstance(model_name, str) else None
    if other is not None and other != own and "name" not in taken:
        taken["model_name"] = other
    card = _card_now(unit, form)
    return corrections(form, taken, None if card is None else card.status)


def _card_now(unit: Unit, form: Form) -> Card | None:
    """The card that a form changes, as it is now."""
    return unit.cards.find(form["card"]) if form.get("card") else None


def _moved_by(unit: Unit, form: Form, card: Card | None) -> dict[str, Any]:
    """Who moved the card to another status since the draft began."""
    if not _moved(form, card):
        return {"moved_by": None}
    events = audit_trail(unit, form["card"], limit=_EVENTS)
    return {"moved_by": next((link.actor for link in events if link.event == Event.STATUS), "Somebody")}


def _page(desk: Desk, unit: Unit, step: Step, shown: _Shown) -> str:
    form = shown.form
    text, wrong, card = content_text(form), _corrections(unit, form), _card_now(unit, form)
    by_step: dict[str, list[Correction]] = {}
    for item in wrong:
        by_step.setdefault(item.step, []).append(item)
    here = wrong if step.slug == "review" else by_step.get(step.slug, [])
    visible = here if shown.asked or (step.slug == "review" and bool(form["seen"])) else []
    extra: dict[str, Any] = {}
    if step.slug == "review":
        extra = _review(desk, form, text, visible) | _moved_by(unit, form, card)
    if step.slug in {"model", "training"}:
        extra = _choice(unit, step, form)
    if step.slug == "evaluation":
        extra = {"jobs": evaluations.shown(form), "shape": evaluations.shape(form), "kinds": evaluations.KIND_NAMES}
    return render_template(
        "step.html" if step.slug == "ethics" else f"step_{step.slug}.html",
        step=step,
        steps=STEPS,
        number=STEPS.index(step) + 1,
        draft=shown.draft,
        form=form,
        content=form["content"],
        value_at=value_at,
        text_of=forms.shown,
        add=request.args.get("add", ""),
        wrong=visible,
        wrong_at=_by_target(visible),
        wrong_in=by_step,
        elsewhere=shown.elsewhere or {},
        problem=shown.problem,
        merge=shown.merge,
        unsaved=shown.unsaved,
        kept=shown.kept,
        badges=filling.badges(form),
        source=form.get("source"),
        action=url_for("wizard.begin")
        if shown.draft is None
        else url_for("wizard.save", draft_id=shown.draft.draft_id, slug=step.slug),
        length=len(text),
        longest=contents.LONGEST,
        longest_note=LONGEST_NOTE,
        unchanged=form.get("base") == text,
        status_now=None if card is None else card.status,
        made_anew=card is not None and is_of_earlier_card(form, card.card_id),
        side=_side(step, form),
        kind=Kind,
        **extra,
    )


def _choice(unit: Unit, step: Step, form: Form) -> dict[str, Any]:
    """What was chosen at a step, or what there is to choose."""
    choice, key = (filling.MODEL, "source") if step.slug == "model" else (filling.JOB, "job")
    chosen = form.get(key)
    search = request.args.get("find")
    named = _named(unit, form) if choice == filling.MODEL and chosen is None else None
    shown: dict[str, Any] = {"chosen": chosen, "what": choice, "choices": None, "filled": filling.numbers(form, choice)}
    shown |= {"package_labels": PACKAGE_LABELS, "named": named}
    if (chosen is None and named is None) or search is not None:
        find = choices.model_choices if choice == filling.MODEL else choices.job_choices
        shown["choices"] = find(unit, search or "", form)
    return shown


def _side(step: Step, form: Form) -> tuple[help_texts.Topic, ...]:
    """The help beside a step."""
    filled = step.slug == "model" and bool(form.get("source"))
    return (*((help_texts.FILLED,) if filled else ()), *help_texts.STEPS.get(step.slug, ()))


def _named(unit: Unit, form: Form) -> dict[str, str | None] | None:
    """What is registered of the model that the form names, though nobody chose it."""
    places = (("model_overview", "model_id"), ("model_package_details", "model_package_arn"))
    texts = [value_at(form["content"], keys) for keys in (*places, ("model_overview", "model_name"))]
    model_id, package, name = (text if isinstance(text, str) else None for text in texts)
    found = registered_model(unit, (model_id, package), name)
    if found is None:
        return None
    card = cards_about(unit, [found], besides=form.get("card")).get(found.resource_id)
    return {
        "title": picking.title(found),
        "pick": picking.argument(found),
        "href": href(found),
        "kind": found.kind.value,
        "card": card and card.name,
    }


def _by_target(wrong: list[Correction]) -> dict[str, list[Correction]]:
    found: dict[str, list[Correction]] = {}
    for item in wrong:
        found.setdefault(item.target, []).append(item)
    return found


def _review(desk: Desk, form: Form, text: str, wrong: list[Correction]) -> dict[str, Any]:
    advice: list[Any] = []
    if not wrong:
        try:
            advice = [(item, step_of(item.path)) for item in lint(text)]
        except CardwrightError:
            advice = []  # what breaks the schema stands among the corrections
    return {"outline": outlines.of_draft(desk, form, text), "advice": advice}
