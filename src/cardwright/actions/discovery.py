"""Discovery: content for a new card from the registry and from earlier cards. ``core`` has the rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cardwright.actions.cards import describe_card
from cardwright.actions.packages import describe_package
from cardwright.actions.registry import describe_resource
from cardwright.actions.search import search_cards, search_registry
from cardwright.core import content as contents
from cardwright.core import discovery as rules
from cardwright.core import inheritance
from cardwright.core.discovery import ReportSource
from cardwright.core.errors import ContentInvalid, Denied, Invalid
from cardwright.core.inheritance import GroupCard
from cardwright.core.json_value import object_at, objects_at, text_at
from cardwright.core.package_group import version_of_card
from cardwright.core.people import Role
from cardwright.core.portfolio import PortfolioQuery
from cardwright.core.registry import Resource, ResourceKind, identified
from cardwright.core.search import Expression, Filter, SearchQuery
from cardwright.core.searchable import Searchable
from cardwright.storage.unit import Unit

_PAGE = 500  # cards of a group that are read together
_CARDS = 100  # cards that may name a job
_EVALUATIONS = 20  # evaluation jobs of a card that are looked up


@dataclass(frozen=True, slots=True)
class Discovery:
    """Known facts about a model, a model package or a training job.

    Attributes:
        content: card content from the registry.
        own_card: the content of the card inside a model package.
        inherited: sections of an earlier card of the package's group that the new card lacks.
        inherited_from: the name of that card.
        reports: the evaluation reports that the package names.
        job: the training job that made the package's artifact, if there is exactly one.
    """

    resource: Resource
    content: Mapping[str, object]
    own_card: Mapping[str, object] = field(default_factory=dict)
    inherited: Mapping[str, object] = field(default_factory=dict)
    inherited_from: str | None = None
    reports: Sequence[ReportSource] = ()
    job: "Discovery | None" = None


def discover_model(unit: Unit, name: str) -> Discovery:
    """Return the facts about a registered model. Raises :class:`Invalid` when it does not exist."""
    model = describe_resource(unit, ResourceKind.MODEL, name)
    document = identified(model, unit.actor.scope)
    overview = rules.model_overview(document, dict(_packages_of(unit, document)))
    return Discovery(model, {"model_overview": overview | {"model_creator": model.created_by}})


def discover_package(unit: Unit, path: str, *, new_card: str | None = None) -> Discovery:
    """Return the facts about a model package, with its card, its group's cards, its reports and its training job.

    Args:
        path: ``name``, or ``group/version``.
        new_card: the name of the card that is being written: it inherits nothing from itself.

    Raises:
        Invalid: the package does not exist.
    """
    package = describe_package(unit, path)
    document = identified(package, unit.actor.scope)
    details = rules.package_details(document)
    containers = objects_at(details, "inference_specification", "containers")
    overview: dict[str, object] = {
        "model_creator": package.created_by,
        "model_version": package.version or None,
        "model_artifact": rules.package_artifacts(details),
        "inference_environment": {"container_image": [container["image"] for container in containers]},
    }
    source = _card_to_inherit_from(unit, package, new_card)
    inherited = {} if source is None else inheritance.sections_to_inherit({}, _content(unit, source))
    artifact = rules.only_artifact(rules.package_artifacts(details))
    jobs = [] if artifact is None else training_jobs_of(unit, artifact)
    own_card = _own_card(document)
    about = details.get("model_package_description")
    if about and not text_at(own_card, "model_overview", "model_description"):
        overview["model_description"] = about
    return Discovery(
        package,
        {"model_overview": overview, "model_package_details": details},
        own_card=own_card,
        inherited=inherited,
        inherited_from=source if inherited else None,
        reports=rules.report_sources(object_at(document, "ModelMetrics")),
        job=_of_job(unit, jobs[0]) if len(jobs) == 1 else None,
    )


def discover_training_job(unit: Unit, name: str) -> Discovery:
    """Return the facts about a training job. Raises :class:`Invalid` when it does not exist."""
    return _of_job(unit, describe_resource(unit, ResourceKind.TRAINING_JOB, name))


def registered_model(unit: Unit, model_ids: Iterable[str | None], model_name: str | None) -> Resource | None:
    """Return the registered model or package that a card names, by identifiers or else by the model's name."""
    # A draft may contain U+0000, which PostgreSQL does not accept in text.
    for model_id in model_ids:
        try:
            kind, path = unit.actor.scope.resource((model_id or "").replace("\x00", "\ufffd"))
            if kind == ResourceKind.PACKAGE:
                return describe_package(unit, path)
            if kind == ResourceKind.MODEL:
                return describe_resource(unit, ResourceKind.MODEL, path)
        except (Invalid, Denied):
            continue  # an identifier of another system, or of a resource that is not registered
    return unit.registry.find(ResourceKind.MODEL, model_name.replace("\x00", "\ufffd")) if model_name else None


def training_jobs_of(unit: Unit, artifact: str) -> list[Resource]:
    """Return the training jobs whose model is at a URI, newest first; at most 100."""
    stored = artifact.replace("\x00", "\ufffd")  # as the database stores it: PostgreSQL accepts no U+0000
    wanted = Expression(filters=[Filter("ModelArtifacts.S3ModelArtifacts", value=stored)])
    found = search_registry(unit, Searchable.TRAINING_JOB, SearchQuery(wanted, sort_by="CreationTime"))
    return list(found.page.items)


def processing_jobs_of(unit: Unit, about: Resource, card: str | None) -> list[Resource]:
    """Return the registered processing jobs that evaluated a model or a model package.

    The evaluations of the card inside a package, and of the card about it, name them.

    Args:
        card: the name of the card about the model or package.
    """
    cards = [_own_card(about.document), *([] if card is None else [_content(unit, card)])]
    arns = dict.fromkeys(arn for content in cards for arn in rules.evaluation_arns(content))
    found: list[Resource] = []
    for arn in list(arns)[:_EVALUATIONS]:
        try:
            kind, path = unit.actor.scope.resource(arn.replace("\x00", "\ufffd"))
        except (Invalid, Denied):
            continue  # a job of another system
        job = unit.registry.find(ResourceKind.PROCESSING_JOB, path) if kind == ResourceKind.PROCESSING_JOB else None
        found += [] if job is None else [job]
    return found


def cards_naming(unit: Unit, job: Resource) -> list[str]:
    """Return the names of the cards whose newest version names a training or processing job, last changed first.

    Searches the 100 most recently changed cards that contain the words of the job's ARN.
    """
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    arn = job.arn(unit.actor.scope)
    rows, _ = unit.portfolio.page(PortfolioQuery(text=arn, limit=_CARDS), None)
    texts = unit.portfolio.contents([row.card_id for row in rows])
    contents = {row.name: _object(texts.get(row.card_id, "{}")) for row in rows}
    return [
        name
        for name, content in contents.items()
        if arn == rules.training_arn(content) or arn in rules.evaluation_arns(content)
    ]


def _packages_of(unit: Unit, model: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the registered packages that a model was made from."""
    for name in rules.packages_of_model(model):
        try:
            yield (
                name,
                identified(describe_package(unit, unit.actor.scope.name(ResourceKind.PACKAGE, name)), unit.actor.scope),
            )
        except (Invalid, Denied):
            continue  # deleted, or a package of another account


def _of_job(unit: Unit, job: Resource) -> Discovery:
    document = identified(job, unit.actor.scope)
    details = rules.training_job_details(document)
    details["training_datasets"] = rules.training_datasets(document)
    return Discovery(job, {"training_details": {"training_job_details": details}})


def _card_to_inherit_from(unit: Unit, package: Resource, new_card: str | None) -> str | None:
    if not package.version:
        return None
    wanted = Expression(filters=[Filter("ModelPackageGroupName", value=package.name)])
    cards: list[GroupCard] = []
    query: SearchQuery | None = SearchQuery(wanted, limit=_PAGE)
    while query is not None:
        page = search_cards(unit, query).page
        cards += [
            GroupCard(card.name, version_of_card(card.model_package_arn, card.model_id), card.modified_at)
            for card in page.items
            if card.name != new_card
        ]
        query = None if page.position is None else SearchQuery(wanted, limit=_PAGE, after=page.position)
    return inheritance.card_to_inherit_from(cards, package.version)


def _content(unit: Unit, name: str) -> Mapping[str, object]:
    return _object(describe_card(unit, name).content)


def _own_card(document: Mapping[str, object]) -> Mapping[str, object]:
    return _object(text_at(document, "ModelCard", "ModelCardContent") or "{}")


def _object(text: str) -> Mapping[str, object]:
    """Return content as sections; an empty mapping for text that is not a JSON object."""
    try:
        return object_at(contents.parse(text))
    except ContentInvalid:
        return {}
