"""Discovery: what the registry and earlier cards know that a card can begin with. The rules stand in ``core``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from cardwright.core.package_group import version_of_card
from cardwright.core.people import Role
from cardwright.core.portfolio import PortfolioQuery
from cardwright.core.registry import Kind, Resource, identified
from cardwright.core.search import Expression, Filter, SearchQuery
from cardwright.core.searchable import Searchable
from cardwright.storage.unit import Unit

_PAGE = 500  # cards of a group that are looked at together
_CARDS = 100  # that may name a job
_EVALUATIONS = 20  # of a card, whose jobs are looked up


@dataclass(frozen=True, slots=True)
class Discovery:
    """What is known of a model, a model package or a training job.

    Attributes:
        content: card content that the registry's facts say.
        own_card: the content of the card inside a model package.
        inherited: the sections that an earlier card of the package's group gives, where the new card has none.
        inherited_from: the name of that card.
        reports: the evaluation reports that a package names.
        job: the one training job that made the package's artifact.
    """

    resource: Resource
    content: Mapping[str, Any]
    own_card: Mapping[str, Any] = field(default_factory=dict)
    inherited: Mapping[str, Any] = field(default_factory=dict)
    inherited_from: str | None = None
    reports: Sequence[ReportSource] = ()
    job: "Discovery | None" = None


def discover_model(unit: Unit, name: str) -> Discovery:
    """What a registered model says. Raises :class:`Invalid`: there is none of that name."""
    model = describe_resource(unit, Kind.MODEL, name)
    document = identified(model, unit.actor.scope)
    overview = rules.model_overview(document, dict(_packages_of(unit, document)))
    return Discovery(model, {"model_overview": overview | {"model_creator": model.created_by}})


def discover_package(unit: Unit, path: str, *, new_card: str | None = None) -> Discovery:
    """What a model package says, with its card, its group's cards, its reports and its training job.

    Args:
        path: ``name``, or ``group/version``.
        new_card: the name of the card that is written: nothing is carried over from itself.

    Raises:
        Invalid: there is no such package.
    """
    package = describe_package(unit, path)
    document = identified(package, unit.actor.scope)
    details = rules.package_details(document)
    containers = (details.get("inference_specification") or {}).get("containers") or []
    overview: dict[str, Any] = {
        "model_creator": package.created_by,
        "model_version": package.version or None,
        "model_artifact": rules.package_artifacts(details),
        "inference_environment": {"container_image": [container["image"] for container in containers]},
    }
    source = _card_to_inherit_from(unit, package, new_card)
    inherited = {} if source is None else inheritance.sections_to_inherit({}, _content(unit, source))
    artifact = rules.only_artifact(rules.package_artifacts(details))
    jobs = [] if artifact is None else training_jobs_of(unit, artifact)
    return Discovery(
        package,
        {"model_overview": overview, "model_package_details": details},
        own_card=_own_card(document),
        inherited=inherited,
        inherited_from=source if inherited else None,
        reports=rules.report_sources(document.get("ModelMetrics") or {}),
        job=_of_job(unit, jobs[0]) if len(jobs) == 1 else None,
    )


def discover_training_job(unit: Unit, name: str) -> Discovery:
    """What a training job says. Raises :class:`Invalid`: there is none of that name."""
    return _of_job(unit, describe_resource(unit, Kind.TRAINING_JOB, name))


def registered_model(unit: Unit, model_ids: Iterable[str | None], model_name: str | None) -> Resource | None:
    """The model or model package that a card names by identifiers, or else by the model's name, if it is here."""
    # U+0000, which a draft may hold, is no text to PostgreSQL.
    for model_id in model_ids:
        try:
            kind, path = unit.actor.scope.resource((model_id or "").replace("\x00", "\ufffd"))
            if kind == Kind.PACKAGE:
                return describe_package(unit, path)
            if kind == Kind.MODEL:
                return describe_resource(unit, Kind.MODEL, path)
        except (Invalid, Denied):
            continue  # an identifier of elsewhere, or of what is not registered here
    return unit.registry.find(Kind.MODEL, model_name.replace("\x00", "\ufffd")) if model_name else None


def training_jobs_of(unit: Unit, artifact: str) -> list[Resource]:
    """The training jobs whose model is at a URI, the newest first; at most a hundred."""
    stored = artifact.replace("\x00", "\ufffd")  # as columns hold it: U+0000 is not text to PostgreSQL
    wanted = Expression(filters=[Filter("ModelArtifacts.S3ModelArtifacts", value=stored)])
    found = search_registry(unit, Searchable.TRAINING_JOB, SearchQuery(wanted, sort_by="CreationTime"))
    return list(found.page.items)


def processing_jobs_of(unit: Unit, about: Resource, card: str | None) -> list[Resource]:
    """The processing jobs that evaluated a model or a model package, of those that are recorded here.

    They are named by the evaluations of the card inside a package, and of the card about it.

    Args:
        card: the name of that card.
    """
    cards = [_own_card(about.document), *([] if card is None else [_content(unit, card)])]
    arns = dict.fromkeys(arn for content in cards for arn in rules.evaluation_arns(content))
    found: list[Resource] = []
    for arn in list(arns)[:_EVALUATIONS]:
        try:
            kind, path = unit.actor.scope.resource(arn.replace("\x00", "\ufffd"))
        except (Invalid, Denied):
            continue  # of elsewhere
        job = unit.registry.find(Kind.PROCESSING_JOB, path) if kind == Kind.PROCESSING_JOB else None
        found += [] if job is None else [job]
    return found


def cards_naming(unit: Unit, job: Resource) -> list[str]:
    """The names of the cards whose newest version names a training or processing job, the last changed first.

    Of those that search knows: of more than a hundred with the words of its ARN, the hundred that were changed last.
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


def _packages_of(unit: Unit, model: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The packages that a model was made from, as far as they are registered here."""
    for name in rules.packages_of_model(model):
        try:
            yield name, identified(describe_package(unit, unit.actor.scope.name(Kind.PACKAGE, name)), unit.actor.scope)
        except (Invalid, Denied):
            continue  # deleted, or of another account


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


def _content(unit: Unit, name: str) -> Mapping[str, Any]:
    return _object(describe_card(unit, name).content)


def _own_card(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return _object((document.get("ModelCard") or {}).get("ModelCardContent") or "{}")


def _object(text: str) -> Mapping[str, Any]:
    """Content as sections; a text that is none gives nothing."""
    try:
        value = contents.parse(text)
    except ContentInvalid:
        return {}
    return value if isinstance(value, dict) else {}
