"""The registry's pages: models, model package groups and packages, training and processing jobs; what lacks a card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from cardwright.actions.coverage import GroupLine, cards_about, describe_group, list_groups, list_uncarded
from cardwright.actions.discovery import cards_naming, processing_jobs_of, training_jobs_of
from cardwright.actions.packages import describe_package
from cardwright.actions.registry import describe_resource, list_resources
from cardwright.actions.tags import list_tags
from cardwright.console.context import PageContext, of_application, page_context
from cardwright.console.registry import resources
from cardwright.console.registry.query import SORTS, RegistryState
from cardwright.console.resource_links import argument, href, title
from cardwright.console.search_words import SearchWords
from cardwright.console.wording import APPROVALS, JOB_STATUSES
from cardwright.core.errors import Invalid
from cardwright.core.listing import Page, ResourceQuery
from cardwright.core.portfolio import ModelCardLine
from cardwright.core.registry import Resource, ResourceKind, identified
from cardwright.storage.unit import Unit

PAGE = 25
_ARTIFACTS = 5  # whose training jobs a page names


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of resources: its words, and what its rows show.

    Attributes:
        area: the list that the navigation names, of those shown as tabs of one page.
        tab: the name of its tab; empty for a list without tabs.
        begins: whether a card can begin with one of them.
    """

    slug: str
    kind: ResourceKind
    title: str
    noun: str
    about: str
    statuses: Mapping[str, tuple[str, str]]
    carded: bool
    area: str
    tab: str = ""
    begins: bool = True


LISTS: Mapping[str, Listed] = {
    item.slug: item
    for item in (
        Listed(
            "models",
            ResourceKind.MODEL,
            "Models",
            "model",
            "Registered models and their cards.",
            {},
            True,
            "models",
        ),
        Listed(
            "groups",
            ResourceKind.GROUP,
            "Package groups",
            "package group",
            "Model packages are versions of a group. Each version may have a card.",
            {},
            False,
            "groups",
            "Groups",
        ),
        Listed(
            "packages",
            ResourceKind.PACKAGE,
            "Model packages",
            "model package",
            "Versions of all groups, and packages without versions.",
            APPROVALS,
            True,
            "groups",
            "All packages",
        ),
        Listed(
            "training-jobs",
            ResourceKind.TRAINING_JOB,
            "Training jobs",
            "training job",
            "Runs that trained models: SageMaker’s, and those recorded from elsewhere.",
            JOB_STATUSES,
            False,
            "training-jobs",
            "Training",
        ),
        Listed(
            "processing-jobs",
            ResourceKind.PROCESSING_JOB,
            "Processing jobs",
            "processing job",
            "Runs that prepared data, or evaluated models. A card’s evaluation may name one.",
            JOB_STATUSES,
            False,
            "training-jobs",
            "Processing",
            begins=False,
        ),
    )
}


_JOBS = frozenset({ResourceKind.TRAINING_JOB, ResourceKind.PROCESSING_JOB})


@dataclass(frozen=True, slots=True)
class Row:
    """One resource of a list."""

    name: str
    href: str
    about: str
    status: tuple[str, str] | None
    at: int
    by: str
    pick: str
    card: ModelCardLine | None
    group: GroupLine | None = None


blueprint = Blueprint("registry", __name__)


@blueprint.get("/models")
def models() -> str:
    context = page_context()
    return _list(context, LISTS["models"])


@blueprint.get("/groups")
def groups() -> str:
    context = page_context()
    return _list(context, LISTS["groups"])


@blueprint.get("/packages")
def packages() -> str:
    context = page_context()
    return _list(context, LISTS["packages"])


@blueprint.get("/training-jobs")
def jobs() -> str:
    context = page_context()
    return _list(context, LISTS["training-jobs"])


@blueprint.get("/processing-jobs")
def processing_jobs() -> str:
    context = page_context()
    return _list(context, LISTS["processing-jobs"])


@blueprint.get("/models/<name>")
def model(name: str) -> str:
    context = page_context()
    return _show(context, ResourceKind.MODEL, name)


@blueprint.get("/groups/<name>")
def group(name: str) -> str:
    context = page_context()
    return _group(context, name)


@blueprint.get("/packages/<path:name>")
def package(name: str) -> str:
    context = page_context()
    return _show(context, ResourceKind.PACKAGE, name)


@blueprint.get("/training-jobs/<name>")
def job(name: str) -> str:
    context = page_context()
    search_words = of_application(SearchWords)
    search_words.read()
    return _show(context, ResourceKind.TRAINING_JOB, name)


@blueprint.get("/processing-jobs/<name>")
def processing_job(name: str) -> str:
    context = page_context()
    search_words = of_application(SearchWords)
    search_words.read()
    return _show(context, ResourceKind.PROCESSING_JOB, name)


def _tabs(listed: Listed) -> list[Listed]:
    """Return the lists shown as tabs of one page; empty for a list without tabs."""
    return [item for item in LISTS.values() if item.area == listed.area] if listed.tab else []


def _list(context: PageContext, listed: Listed) -> str:
    state = RegistryState.read(f"/{listed.slug}", request.args, listed.statuses)
    with context.reading() as unit:
        if listed.kind is ResourceKind.GROUP:
            lines = list_groups(unit, state.query(PAGE))
            rows, ways = _group_rows(unit, lines.items), state.ways(lines)
        else:
            page = _page(unit, listed, state)
            rows, ways = _rows(unit, page.items), state.ways(page)
        any_at_all = bool(rows) or bool(list_resources(unit, listed.kind, ResourceQuery(limit=1)).items)
    live = request.headers.get("HX-Target") == "list"
    return render_template(
        "registry_list.html" if live else "registry.html",
        listed=listed,
        tabs=_tabs(listed),
        state=state,
        rows=rows,
        any=any_at_all,
        sorts={word: item[0] for word, item in SORTS.items()},
        ways=ways,
    )


def _page(unit: Unit, listed: Listed, state: RegistryState, **narrowed: Any) -> Page[Resource]:
    query = replace(state.query(PAGE), **narrowed)
    if state.card and listed.carded:
        return list_uncarded(unit, listed.kind, query)
    return list_resources(unit, listed.kind, query)


def _group(context: PageContext, name: str) -> str:
    listed = LISTS["packages"]
    # All versions have the group's name: neither search nor order by name distinguishes them.
    asked = MultiDict([(key, value) for key, value in request.args.items() if key != "q" and value != "name"])
    state = RegistryState.read(url_for("registry.group", name=name), asked, listed.statuses)
    with context.reading() as unit:
        line = _found_group(unit, name)
        group = line.group
        page = _page(unit, listed, state, name=name, versioned=True)
        rows = _rows(unit, page.items)
        tags = list_tags(unit, group.arn(context.scope))
    live = request.headers.get("HX-Target") == "list"
    return render_template(
        "registry_list.html" if live else "group.html",
        listed=listed,
        state=state,
        rows=rows,
        any=line.versions > 0,
        sorts={word: item[0] for word, item in SORTS.items() if word != "name"},
        ways=state.ways(page),
        group=group,
        versions=line.versions,
        cards=line.cards,
        tags=tags,
        blocks=resources.blocks(ResourceKind.GROUP, group.document),
        arn=group.arn(context.scope),
        document=_json(context, group),
    )


def _show(context: PageContext, kind: ResourceKind, path: str) -> str:
    with context.reading() as unit:
        resource = _found(unit, kind, path)
        card = cards_about(unit, [resource]).get(resource.resource_id)
        tags = list_tags(unit, resource.arn(context.scope))
        made_by = _training_jobs(unit, resource)
        evaluated_by = _processing_jobs(unit, resource, card)
        named_by = cards_naming(unit, resource) if kind in _JOBS else []
    own_card = resource.document.get("ModelCard") or {}
    return render_template(
        "resource.html",
        resource=resource,
        title=title(resource),
        listed=next(item for item in LISTS.values() if item.kind is kind),
        status=_status(resource),
        card=card,
        pick="" if named_by else _pick(resource),
        arn=resource.arn(context.scope),
        tags=tags,
        about_model=kind not in _JOBS,
        made_by=[(job.name, href(job)) for job in made_by],
        named_by=[(name, url_for("card.show", name=name)) for name in named_by],
        evaluated_by=[(job.name, href(job)) for job in evaluated_by],
        blocks=resources.blocks(kind, resource.document),
        own_card=own_card,
        document=_json(context, resource),
    )


def _found(unit: Unit, kind: ResourceKind, path: str) -> Resource:
    """A resource, or the page that says there is none."""
    if "\x00" in path:
        abort(404)
    try:
        return describe_package(unit, path) if kind is ResourceKind.PACKAGE else describe_resource(unit, kind, path)
    except Invalid:
        abort(404)


def _found_group(unit: Unit, name: str) -> GroupLine:
    if "\x00" in name:
        abort(404)
    try:
        return describe_group(unit, name)
    except Invalid:
        abort(404)


def _training_jobs(unit: Unit, resource: Resource) -> list[Resource]:
    if resource.kind in _JOBS:
        return []
    places = resources.artifacts(resource.kind, resource.document)[:_ARTIFACTS]
    return [job for uri in places for job in training_jobs_of(unit, uri)]


def _processing_jobs(unit: Unit, resource: Resource, card: ModelCardLine | None) -> list[Resource]:
    return [] if resource.kind in _JOBS else processing_jobs_of(unit, resource, card and card.name)


def _rows(unit: Unit, items: Sequence[Resource]) -> list[Row]:
    cards = cards_about(unit, items)
    return [_row(item, cards.get(item.resource_id)) for item in items]


def _group_rows(unit: Unit, lines: Sequence[GroupLine]) -> list[Row]:
    cards = cards_about(unit, [line.newest for line in lines if line.newest is not None])
    return [_row(line.group, cards.get(line.newest.resource_id) if line.newest else None, line) for line in lines]


def _row(item: Resource, card: ModelCardLine | None, group: GroupLine | None = None) -> Row:
    described = item.document.get("ModelPackageDescription") or item.document.get("ModelPackageGroupDescription")
    newest = None if group is None else group.newest
    return Row(
        title(item),
        href(item),
        str(described or ""),
        _status(newest or item),
        item.created_at,
        item.created_by,
        _pick(newest or item),
        card,
        group,
    )


def _pick(item: Resource) -> str:
    """What a card can begin with: not a run that made no model."""
    made_nothing = item.kind is ResourceKind.TRAINING_JOB and item.status in {"Failed", "Stopped"}
    return "" if made_nothing else argument(item)


def _status(item: Resource) -> tuple[str, str] | None:
    known = APPROVALS if item.kind is ResourceKind.PACKAGE else JOB_STATUSES if item.kind in _JOBS else {}
    return None if item.status is None else known.get(item.status, (item.status, "unknown"))


def _json(context: PageContext, resource: Resource) -> str:
    return orjson.dumps(identified(resource, context.scope), option=orjson.OPT_INDENT_2).decode()
