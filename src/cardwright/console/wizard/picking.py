"""Choosing a registered model, a model package or a training job to begin a card with."""

from collections.abc import Callable, Mapping

from cardwright.actions.cards import has_card
from cardwright.actions.coverage import cards_about
from cardwright.actions.discovery import Discovery, discover_model, discover_package, discover_training_job
from cardwright.console.context import PageContext
from cardwright.console.refusals import words_of
from cardwright.console.resource_links import title
from cardwright.console.wizard.filling import JOB, MODEL, Origin, add_jobs, carry_over, fill, take_out
from cardwright.console.wizard.forms import value_at
from cardwright.console.wizard.press import Problem
from cardwright.console.wizard.report_files import fetch_jobs
from cardwright.core.draft_form import Choice, DraftForm
from cardwright.core.errors import Invalid
from cardwright.core.json_value import objects_at
from cardwright.core.names import CARD_NAME_LENGTH, is_card_name
from cardwright.core.people import Role
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit

_TRIED = 20  # numbers behind a name that is taken
_TWO_IDS = (
    "The card has a model ID of its own in addition to the model package. SageMaker’s SDK refuses to load a card"
    " with both: clear one of them."
)


_DISCOVER: Mapping[str, Callable[[Unit, str, str | None], Discovery]] = {
    "model": lambda unit, path, _: discover_model(unit, path),
    "package": lambda unit, path, own: discover_package(unit, path, new_card=own),
    "job": lambda unit, path, _: discover_training_job(unit, path),
}


def pick(context: PageContext, form: DraftForm, wanted: str) -> Problem | None:
    """Fills a form from a choice, as :func:`argument` returns it; replaces the choice before.

    What the user wrote does not change. Reads a package's reports, so no unit of work may be open.

    Returns:
        Why nothing was filled, when nothing was.
    """
    kind, _, path = wanted.replace("\x00", "\ufffd").partition(":")
    own = form.card_name
    if kind not in _DISCOVER:
        return Problem("There is nothing to choose of that kind")
    try:
        with context.reading() as unit:
            unit.actor.require(Role.AUTHOR, "CreateModelCard", "*")  # before anything is read for it
            found = _DISCOVER[kind](unit, path, own)
            card = (
                None
                if kind == "job"
                else cards_about(unit, [found.resource], without=own).get(found.resource.resource_id)
            )
            name = _free_name(unit, found.resource)
    except Invalid as error:
        return Problem(words_of(error))
    if card is not None:
        return Problem(f"{title(found.resource)} has a card already, and a model has one card", card.name)
    if kind == "job":
        clear(form, JOB)
        form.job = _chosen(context, found.resource, fill(form, found.content, JOB))
    else:
        clear(form, MODEL)
        _fill_model(context, form, found, name)
    return None


def clear(form: DraftForm, choice: str) -> None:
    """Removes a choice, with the values it brought that the user has not overwritten."""
    take_out(form, choice)
    if choice == JOB:
        form.job = None
        return
    if form.job is not None and form.job.with_model:
        clear(form, JOB)
    if form.model is not None and form.name == form.model.name:
        form.name = ""
    form.model = None


def artifacts(form: DraftForm) -> list[str]:
    """The locations of the form's model artifacts, by which its training job is found."""
    content = form.content
    containers = value_at(content, ("model_package_details", "inference_specification", "containers"))
    of_package = [item.get("model_data_url") for item in objects_at(containers)]
    of_model = value_at(content, ("model_overview", "model_artifact"))
    listed = [*(of_model if isinstance(of_model, list) else ()), *of_package]
    return list(dict.fromkeys(item for item in listed if isinstance(item, str) and item))


def _fill_model(context: PageContext, form: DraftForm, found: Discovery, name: str) -> None:
    left = fill(form, found.content, MODEL)
    left += fill(form, found.own_card, MODEL, Origin.OWN_CARD)
    left += carry_over(form, found.inherited)
    warnings: list[str] = []
    if found.reports and not form.content.get("evaluation_details"):
        jobs, warnings = fetch_jobs(context, found.reports)
        if jobs:
            add_jobs(form, jobs)
    elif found.reports and "evaluation_details" not in form.found:
        left.append("Evaluation")
    if found.job is not None and form.job is None:
        form.job = _chosen(context, found.job.resource, fill(form, found.job.content, JOB))
        form.job.with_model = True
    if found.resource.kind is ResourceKind.PACKAGE and value_at(form.content, ("model_overview", "model_id")):
        warnings.append(_TWO_IDS)
    form.model = _chosen(context, found.resource, list(dict.fromkeys(left)))
    form.model.warnings, form.model.carried_from, form.model.name = warnings, found.inherited_from, name
    if not form.name and form.card is None:
        form.name = name


def _chosen(context: PageContext, resource: Resource, left: list[str]) -> Choice:
    return Choice(
        resource.kind.value,
        resource.path,
        title(resource),
        resource.arn(context.scope),
        resource.created_at,
        resource.created_by,
        left,
    )


def _free_name(unit: Unit, resource: Resource) -> str:
    """An unused card name made from a resource's name; empty if all candidates are in use."""
    stem = f"{resource.name}-{resource.version}" if resource.version else resource.name
    for number in range(1, _TRIED):
        end = "" if number == 1 else f"-{number}"
        name = stem[: CARD_NAME_LENGTH - len(end)].rstrip("-") + end
        if is_card_name(name) and not has_card(unit, name):
            return name
    return ""
