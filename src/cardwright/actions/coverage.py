"""Coverage: which models and model packages have a card, and which lack one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardwright.actions.registry import describe_resource, list_resources
from cardwright.core.card import model_key
from cardwright.core.listing import Page, ResourceQuery, ResourceSort
from cardwright.core.people import Role
from cardwright.core.portfolio import ModelCardLine
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit

_RECENT = 100


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A model package group with its numbers of versions and cards, and its newest version."""

    group: Resource
    versions: int
    cards: int
    newest: Resource | None


def cards_about(unit: Unit, resources: Sequence[Resource], *, without: str | None = None) -> dict[str, ModelCardLine]:
    """Return the card of each model or model package that has one, by resource identifier.

    A card describes what its ``model_id`` or package ARN names, or the model that has its ``model_name``.

    Args:
        without: the name of a card to leave out: the one that is being edited.
    """
    unit.actor.require(Role.VIEWER, "Search", "*")
    keys = {model_key(item.arn(unit.actor.scope)): item for item in resources}
    named = {item.name: item for item in resources if item.kind is ResourceKind.MODEL}
    cards = [card for card in unit.portfolio.about(list(keys), list(named)) if card.name != without]
    by_name = {named[card.model_name].resource_id: card for card in cards if card.model_name in named}
    by_key = {
        keys[key].resource_id: card for card in cards for key in (card.model_key, card.package_key) if key in keys
    }
    return by_name | by_key


def list_uncarded(unit: Unit, kind: ResourceKind, query: ResourceQuery) -> Page[Resource]:
    """Return a page of the models or model packages without a card; otherwise as :func:`list_resources`."""
    return list_resources(unit, kind, replace(query, uncarded=unit.actor.scope.arn(kind, "")))


def recently_registered(unit: Unit, limit: int) -> list[Resource]:
    """Return at most ``limit`` models and packages without a card, newest first, among the 100 newest of each kind."""
    query = ResourceQuery(descending=True, limit=_RECENT)
    newest = [
        item for kind in (ResourceKind.MODEL, ResourceKind.PACKAGE) for item in list_resources(unit, kind, query).items
    ]
    cards = cards_about(unit, newest)
    found = [item for item in newest if item.resource_id not in cards]
    return sorted(found, key=lambda item: (item.created_at, item.resource_id), reverse=True)[:limit]


def list_groups(unit: Unit, query: ResourceQuery) -> Page[GroupLine]:
    """Return a page of model package groups with their numbers."""
    page = list_resources(unit, ResourceKind.GROUP, query)
    return Page(_lines(unit, page.items), page.position, page.back)


def describe_group(unit: Unit, name: str) -> GroupLine:
    """Return a model package group with its numbers. Raises :class:`Invalid` when it does not exist."""
    return _lines(unit, [describe_resource(unit, ResourceKind.GROUP, name)])[0]


def _lines(unit: Unit, groups: Sequence[Resource]) -> list[GroupLine]:
    names = [group.name for group in groups]
    versions, cards = unit.registry.group_sizes(names), unit.portfolio.cards_of_groups(names)
    return [
        GroupLine(group, versions.get(group.name, 0), cards.get(group.name, 0), _newest_version(unit, group.name))
        for group in groups
    ]


def _newest_version(unit: Unit, group: str) -> Resource | None:
    query = ResourceQuery(sort_by=ResourceSort.NAME, descending=True, limit=1, name=group, versioned=True)
    return next(iter(list_resources(unit, ResourceKind.PACKAGE, query).items), None)
