"""The page of a step: the draft's fields, what is wrong with them, and what stands beside."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import render_template, request, url_for

from cardwright.actions.coverage import cards_about
from cardwright.actions.discovery import registered_model
from cardwright.actions.history import audit_trail
from cardwright.actions.portfolio import card_of_model
from cardwright.console import help_texts, outlines
from cardwright.console.context import PageContext
from cardwright.console.registry.pages import href
from cardwright.console.wizard import choices, entries, evaluations, filling, picking
from cardwright.console.wizard.check import LONGEST_NOTE, Correction, corrections
from cardwright.console.wizard.fields import Kind, Step
from cardwright.console.wizard.forms import Form, content_text, value_at
from cardwright.console.wizard.merge import Merge, is_of_earlier_card, status_moved
from cardwright.console.wizard.picking import Problem
from cardwright.console.wizard.steps import PACKAGE_LABELS, STEPS, step_of
from cardwright.core import content as contents
from cardwright.core.card import Card
from cardwright.core.draft import Draft
from cardwright.core.errors import CardwrightError
from cardwright.core.integrity.history import Event
from cardwright.core.lint import lint
from cardwright.storage.unit import Unit

_EVENTS = 50  # of a card, among which its change of status is looked for


@dataclass(frozen=True, slots=True)
class Shown:
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


def corrections_of(unit: Unit, form: Form, card: Card | None) -> list[Correction]:
    """Everything to correct in a form that changes a card, or a new card's; also what other cards have already."""
    taken = {}
    own = form.get("card")
    if not own and form["name"] and unit.cards.find(form["name"]) is not None:
        taken["name"] = form["name"]
    keys = ("model_overview", "model_name")
    model_name = value_at(form["content"], keys)
    kept = "base" in form and value_at(orjson.loads(form["base"]), keys) == model_name  # only a new name is judged
    other = card_of_model(unit, model_name) if isinstance(model_name, str) and not kept else None
    if other is not None and other != own and "name" not in taken:
        taken["model_name"] = other
    return corrections(form, taken, None if card is None else card.status)


def card_now(unit: Unit, form: Form) -> Card | None:
    """The card that a form changes, as it is now."""
    return unit.cards.find(form["card"]) if form.get("card") else None


def step_page(context: PageContext, unit: Unit, step: Step, shown: Shown) -> str:
    """The page of a step."""
    form = shown.form
    text, card = content_text(form), card_now(unit, form)
    wrong = corrections_of(unit, form, card)
    by_step: dict[str, list[Correction]] = {}
    for item in wrong:
        by_step.setdefault(item.step, []).append(item)
    here = wrong if step.slug == "review" else by_step.get(step.slug, [])
    visible = here if shown.asked or (step.slug == "review" and bool(form["seen"])) else []
    extra: dict[str, Any] = {}
    if step.slug == "review":
        extra = _review(context, form, text, visible) | _moved_by(unit, form, card)
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
        text_of=entries.shown,
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


def _moved_by(unit: Unit, form: Form, card: Card | None) -> dict[str, Any]:
    """Who moved the card to another status since the draft began."""
    if not status_moved(form, card):
        return {"moved_by": None}
    events = audit_trail(unit, form["card"], limit=_EVENTS)
    return {"moved_by": next((link.actor for link in events if link.event == Event.STATUS), "Somebody")}


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


def _review(context: PageContext, form: Form, text: str, wrong: list[Correction]) -> dict[str, Any]:
    advice: list[Any] = []
    if not wrong:
        try:
            advice = [(item, step_of(item.path)) for item in lint(text)]
        except CardwrightError:
            advice = []  # what breaks the schema stands among the corrections
    return {"outline": outlines.of_draft(context, form, text), "advice": advice}
