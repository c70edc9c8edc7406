"""The page of a step: the draft's fields, their corrections, and help."""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import orjson
from flask import render_template, request, url_for

from cardwright.actions.account_settings import read_text_format
from cardwright.actions.cards import has_card
from cardwright.actions.coverage import cards_about
from cardwright.actions.discovery import registered_model
from cardwright.actions.draft_policy import policy_of_draft
from cardwright.actions.drafts import card_of_form
from cardwright.actions.history import audit_trail
from cardwright.actions.portfolio import card_of_model
from cardwright.actions.templates import list_templates
from cardwright.console import help_texts, outlines
from cardwright.console.context import PageContext
from cardwright.console.resource_links import argument, href, title
from cardwright.console.wizard import choices, entries, evaluations, filling
from cardwright.console.wizard.asking import shown_review
from cardwright.console.wizard.check import LONGEST_NOTE, Correction, corrections
from cardwright.console.wizard.comments import FormNote, notes_of_step, open_notes
from cardwright.console.wizard.draft_content import DraftContent, draft_content
from cardwright.console.wizard.fields import InputKind, Step
from cardwright.console.wizard.forms import value_at
from cardwright.console.wizard.gaps import advice_of, asked_of
from cardwright.console.wizard.merge import Merge
from cardwright.console.wizard.press import Problem
from cardwright.console.wizard.starting import state_of
from cardwright.console.wizard.steps import PACKAGE_FACTS, STEPS
from cardwright.core import content as contents
from cardwright.core.card import Card
from cardwright.core.draft import Draft
from cardwright.core.draft_form import DraftForm
from cardwright.core.errors import CardwrightError
from cardwright.core.field_names import field_label
from cardwright.core.integrity.history import Event
from cardwright.core.review import LONGEST_TEXT
from cardwright.core.text_format import writes_markdown
from cardwright.storage.unit import Unit

_EVENTS = 50  # of a card, among which its change of status is looked for


@dataclass(frozen=True, slots=True)
class StepView:
    """What the page of a step shows.

    Attributes:
        form: may differ from the draft's, which is what was saved.
        built: the content of the form, where the caller has built it already.
        asked: whether the page lists the corrections.
        elsewhere: what another window saved, by field.
        unsaved: why nothing is saved.
        kept: posted addresses of reports that could not be read, and replies that were not saved.
    """

    draft: Draft | None
    form: DraftForm
    built: DraftContent | None = None
    asked: bool = False
    elsewhere: Mapping[str, str] | None = None
    problem: Problem | None = None
    merge: Merge | None = None
    unsaved: str = ""
    kept: Mapping[str, str] = dataclasses.field(default_factory=dict)


def corrections_of(unit: Unit, form: DraftForm, built: DraftContent, card: Card | None) -> list[Correction]:
    """Everything to correct in a form, names that other cards have included.

    Args:
        card: the card that the form changes, as it is now.
    """
    taken = {}
    if form.card is None and form.name and has_card(unit, form.name):
        taken["name"] = form.name
    keys = ("model_overview", "model_name")
    model_name = value_at(form.content, keys)
    is_old = form.card is not None and value_at(orjson.loads(form.card.content), keys) == model_name
    other = card_of_model(unit, model_name) if isinstance(model_name, str) and not is_old else None
    if other is not None and other != form.card_name and "name" not in taken:
        taken["model_name"] = other
    return corrections(form, built, taken, None if card is None else card.status)


def address_of(draft: Draft | None, form: DraftForm, slug: str) -> str:
    """The address of a step: of the draft, or of the page that changes a card or makes one without a draft."""
    if draft is not None and draft.draft_id:
        return url_for("wizard.step", draft_id=draft.draft_id, slug=slug)
    if form.card is not None:
        return url_for("wizard.edit", name=form.card.name, slug=slug)
    return url_for("wizard.new")


def step_list(unit: Unit, draft: Draft, step: Step) -> str:
    """The list of the steps as HTML, for a page that shows one of them."""
    form, card = draft.form, card_of_form(unit, draft.form)
    built = draft_content(form)
    wrong = [item for item in corrections_of(unit, form, built, card) if not item.late]
    return render_template(
        "step_list.html",
        draft=draft,
        step=step,
        steps=STEPS,
        form=form,
        wrong_in=_grouped(wrong, "step"),
        asked=asked_of(built.value, policy_of_draft(unit, form, built.value, card)),
        remarks=notes_of_step(
            open_notes(unit, form, built.value, None if card is None else card.card_id), step, form, ()
        ),
    )


def step_page(context: PageContext, unit: Unit, step: Step, view: StepView) -> str:
    """The page of a step."""
    form = view.form
    draft = view.draft if view.draft is not None and view.draft.draft_id else None
    built, card = view.built or draft_content(form), card_of_form(unit, form)
    wrong = [item for item in corrections_of(unit, form, built, card) if view.asked or not item.late]
    visible = _visible(step, view, wrong)
    asked = asked_of(built.value, policy_of_draft(unit, form, built.value, card))
    notes = open_notes(unit, form, built.value, None if card is None else card.card_id)
    extra: dict[str, object] = {}
    drawn: list[int] = []
    if step.slug == "review":
        extra = _review(context, unit, form, built, visible) | _moved_by(unit, form, card)
    elif step.slug == "evaluation":
        extra, drawn = _evaluation(form, visible, notes[0])
    elif step.slug != "ethics":
        extra = _choice(unit, step, form)
    return render_template(
        "step.html" if step.slug == "ethics" else f"step_{step.slug}.html",
        step=step,
        steps=STEPS,
        number=STEPS.index(step) + 1,
        draft=draft,
        page=str(uuid.uuid4()),
        began="" if draft else state_of(form),
        at=partial(address_of, draft, form),
        where=lambda slug, target: address_of(draft, form, slug) + evaluations.address(target),
        form=form,
        content=form.content,
        value_at=value_at,
        text_of=entries.shown,
        add=request.args.get("add", ""),
        wrong=visible,
        wrong_at=_grouped(visible, "target"),
        elsewhere=view.elsewhere or {},
        problem=view.problem,
        merge=view.merge,
        unsaved=view.unsaved,
        kept=view.kept,
        badges=filling.badges(form),
        source=form.model,
        action=address_of(draft, form, step.slug) if draft or form.card else url_for("wizard.begin"),
        length=len(built.text),
        longest=contents.LONGEST,
        longest_note=LONGEST_NOTE,
        unchanged=built.unchanged,
        status_now=None if card is None else card.status,
        is_recreated=card is not None and form.card is not None and form.card.is_other_than(card.card_id),
        side=_side(step, form),
        kind=InputKind,
        **shown_review(unit, form, built.text, card, last=step.slug == "review"),
        wrong_in=_grouped(wrong, "step"),
        asked=asked,
        remarks=notes_of_step(notes, step, form, drawn),
        longest_comment=LONGEST_TEXT,
        **extra,
    )


def _visible(step: Step, view: StepView, wrong: list[Correction]) -> list[Correction]:
    """The corrections that the page lists: on the review step all of them, once the user has seen a step."""
    if step.slug == "review":
        return wrong if view.asked or view.form.seen else []
    return [item for item in wrong if item.step == step.slug] if view.asked else []


def _evaluation(
    form: DraftForm, visible: list[Correction], notes: Sequence[FormNote]
) -> tuple[dict[str, object], list[int]]:
    """The variables of the step of evaluations, and the numbers of the jobs that are shown with their fields."""
    noted_jobs = {note.job for note in notes if note.job is not None}
    open_jobs = evaluations.opened(request.values, [item.target for item in visible]) | noted_jobs
    jobs = evaluations.shown(form, open_jobs)
    kinds = evaluations.KIND_NAMES
    extra: dict[str, object] = {"jobs": jobs, "spoken": noted_jobs, "shape": evaluations.shape(form), "kinds": kinds}
    return extra, [job.number for job in jobs if job.drawn]


def _moved_by(unit: Unit, form: DraftForm, card: Card | None) -> dict[str, object]:
    """The user who changed the card's status since the draft began."""
    if form.card is None or not form.card.has_moved(card):
        return {"moved_by": None}
    events = audit_trail(unit, form.card.name, limit=_EVENTS)
    return {"moved_by": next((link.actor for link in events if link.event == Event.STATUS), "Another user")}


def _choice(unit: Unit, step: Step, form: DraftForm) -> dict[str, object]:
    """What was chosen at a step, or what there is to choose."""
    is_model = step.slug == "model"
    choice, chosen = (filling.MODEL, form.model) if is_model else (filling.JOB, form.job)
    search = request.args.get("find")
    named = _named(unit, form) if is_model and chosen is None else None
    shown: dict[str, object] = {
        "chosen": chosen,
        "what": choice,
        "choices": None,
        "filled": filling.numbers(form, choice),
    }
    labels = [(key, field_label(f"model_package_details.{key}")) for key in PACKAGE_FACTS]
    shown |= {"package_facts": labels, "named": named}
    if is_model and form.card is None and form.copied is None:
        shown["templates"] = list_templates(unit)
    if (chosen is None and named is None) or search is not None:
        find = choices.model_choices if is_model else choices.job_choices
        shown["choices"] = find(unit, search or "", form)
    return shown


def _side(step: Step, form: DraftForm) -> tuple[help_texts.Topic, ...]:
    """The help next to a step."""
    filled = step.slug == "model" and form.model is not None
    return (*((help_texts.FILLED,) if filled else ()), *help_texts.STEPS.get(step.slug, ()))


def _named(unit: Unit, form: DraftForm) -> dict[str, str | None] | None:
    """The registered model that the form names, where the user has not chosen one."""
    places = (("model_overview", "model_id"), ("model_package_details", "model_package_arn"))
    texts = [value_at(form.content, keys) for keys in (*places, ("model_overview", "model_name"))]
    model_id, package, name = (text if isinstance(text, str) else None for text in texts)
    found = registered_model(unit, (model_id, package), name)
    if found is None:
        return None
    card = cards_about(unit, [found], without=form.card_name).get(found.resource_id)
    return {
        "title": title(found),
        "pick": argument(found),
        "href": href(found),
        "kind": found.kind.value,
        "card": card and card.name,
    }


def _grouped(wrong: list[Correction], attribute: str) -> dict[str, list[Correction]]:
    found: dict[str, list[Correction]] = {}
    for item in wrong:
        found.setdefault(getattr(item, attribute), []).append(item)
    return found


def _review(
    context: PageContext, unit: Unit, form: DraftForm, built: DraftContent, wrong: list[Correction]
) -> dict[str, object]:
    advice: list[Correction] = []
    text_format = read_text_format(unit)
    if not wrong:
        try:
            contents.check(built.text)
            advice = advice_of(built.text)
        except CardwrightError:
            advice = []  # the corrections list what breaks the schema
    return {
        "outline": outlines.of_draft(context, form, built.text, text_format),
        "advice": advice,
        "text_format": text_format,
        "markdown": writes_markdown(form.content, text_format),
    }
