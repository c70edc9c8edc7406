"""Models, model packages and training jobs from which a card can begin, found while the user types."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from cardwright.actions.coverage import cards_about, recently_registered
from cardwright.actions.discovery import training_jobs_of
from cardwright.actions.drafts import read_draft
from cardwright.actions.packages import describe_package
from cardwright.actions.registry import describe_resource, list_resources
from cardwright.console.address_values import clean
from cardwright.console.context import page_context
from cardwright.console.resource_links import argument, title
from cardwright.console.wizard.picking import artifacts
from cardwright.console.wizard.starting import form_of
from cardwright.console.wording import APPROVALS, found_in
from cardwright.core.draft_form import DraftForm
from cardwright.core.errors import CardwrightError
from cardwright.core.listing import ResourceQuery, ResourceSort
from cardwright.core.portfolio import ModelCardLine
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit

LONGEST = 200  # characters of one search
_GROUPS, _VERSIONS, _OTHERS, _JOBS = 5, 3, 6, 8
_RECENT = 6
_ARTIFACTS = 5  # of a form whose training jobs are looked for


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: what the button says, what it picks, and the card that keeps it from being picked."""

    value: str
    title: Markup
    about: str
    at: int
    icon: str
    card: ModelCardLine | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What was found, and how: ``lately`` without a search, ``more`` when there is more than is shown."""

    items: Sequence[Choice]
    search: str
    lately: bool = False
    more: bool = False
    nothing: bool = False


blueprint = Blueprint("choices", __name__)


@blueprint.get("/choices/<what>")
def choices(what: str) -> str:
    context = page_context()
    find = _FIND.get(what) or abort(404)
    with context.reading() as unit:
        draft_id = request.args.get("draft")
        form = read_draft(unit, draft_id).form if draft_id else form_of(unit, request.args.get("card"))
        found = find(unit, request.args.get("find", ""), form)
    return render_template("choices.html", choices=found, what=what)


def model_choices(unit: Unit, search: str, form: DraftForm) -> Choices:
    """Models and model packages whose name holds what is searched; what was registered lately without a search."""
    search = clean(search, LONGEST)
    more = False
    if search.startswith("arn:"):
        found = _of_arn(unit, search)
    elif search:
        found, more = _models_like(unit, search)
    else:
        found = recently_registered(unit, _RECENT)
    cards = cards_about(unit, found, without=form.card_name)
    items = [_model_choice(item, search, cards.get(item.resource_id)) for item in found]
    return Choices(items, search, lately=not search, more=more, nothing=not search and not items)


def job_choices(unit: Unit, search: str, form: DraftForm) -> Choices:
    """Training jobs: those that made the form's model first, then those whose name holds what is searched."""
    search = clean(search, LONGEST)
    made = [job for uri in artifacts(form)[:_ARTIFACTS] for job in training_jobs_of(unit, uri)]
    query = ResourceQuery(descending=True, limit=_JOBS, name_contains=search or None)
    page = list_resources(unit, ResourceKind.TRAINING_JOB, query)
    own = {job.resource_id for job in made}
    wanted = [job for job in made if search.lower() in job.name.lower()]
    others = [job for job in page.items if job.resource_id not in own]
    items = [_job_choice(job, search, made_it=True) for job in wanted[:_JOBS]]
    items += [_job_choice(job, search, made_it=False) for job in others]
    return Choices(items, search, lately=not search, more=page.position is not None, nothing=not search and not items)


_FIND = {"model": model_choices, "job": job_choices}


def _of_arn(unit: Unit, arn: str) -> list[Resource]:
    try:
        kind, path = unit.actor.scope.resource(arn)
        if kind == ResourceKind.PACKAGE:
            return [describe_package(unit, path)]
        return [describe_resource(unit, ResourceKind.MODEL, path)] if kind == ResourceKind.MODEL else []
    except CardwrightError:
        return []  # an ARN of elsewhere, or of what is gone: nothing matches


def _models_like(unit: Unit, search: str) -> tuple[list[Resource], bool]:
    """Versions of groups, packages and models; and whether there are more. ``fraud/3`` is a version."""
    name, slash, number = search.partition("/")
    found: list[Resource] = []
    by_name = ResourceQuery(sort_by=ResourceSort.NAME, limit=_GROUPS, name_contains=name)
    groups = list_resources(unit, ResourceKind.GROUP, by_name)
    more = groups.position is not None
    for group in groups.items:
        newest = ResourceQuery(
            sort_by=ResourceSort.NAME, descending=True, limit=_VERSIONS, name=group.name, versioned=True
        )
        if slash and number:
            found += _version(unit, f"{group.name}/{number}")
        else:
            page = list_resources(unit, ResourceKind.PACKAGE, newest)
            found += page.items
            more = more or page.position is not None
    if not slash:
        others = ResourceQuery(sort_by=ResourceSort.NAME, limit=_OTHERS, name_contains=name, versioned=False)
        for kind in (ResourceKind.PACKAGE, ResourceKind.MODEL):
            page = list_resources(unit, kind, others)
            found += page.items
            more = more or page.position is not None
    return found, more


def _version(unit: Unit, path: str) -> list[Resource]:
    try:
        return [describe_package(unit, path)]
    except CardwrightError:
        return []  # the group has no such version


def _model_choice(item: Resource, search: str, card: ModelCardLine | None) -> Choice:
    is_model = item.kind is ResourceKind.MODEL
    about = ["Model" if is_model else "Model package"]
    if item.status:
        about.append(APPROVALS.get(item.status, (item.status, ""))[0].lower())
    return Choice(
        argument(item),
        found_in(title(item), search.partition("/")[0]),
        ", ".join(about),
        item.created_at,
        "cube" if is_model else "package",
        card,
    )


def _job_choice(job: Resource, search: str, *, made_it: bool) -> Choice:
    about = f"{'Made this model’s artifact, ' if made_it else ''}{(job.status or 'unknown').lower()}"
    about = about[0].upper() + about[1:]
    return Choice(argument(job), found_in(job.name, search), about, job.created_at, "chart")
