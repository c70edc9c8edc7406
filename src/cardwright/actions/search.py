"""Search over cards and the registry, and the names that a search may use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from cardwright.core.listing import Page
from cardwright.core.people import Role
from cardwright.core.registry import Resource
from cardwright.core.search import (
    TAG_PREFIX,
    CardHit,
    Expression,
    Filter,
    SearchQuery,
    check_query,
)
from cardwright.core.searchable import Searchable, properties_of
from cardwright.storage.unit import Unit

_MOST_SUGGESTIONS = 50

Hit = TypeVar("Hit")


@dataclass(frozen=True, slots=True)
class Found(Generic[Hit]):
    """What a search found.

    Attributes:
        tags: by the identifier whose tags they are: ``tags_id``, of a card ``card_id``.
        count: how many match in all; ``exact`` is False where it is only "at least".
    """

    page: Page[Hit]
    tags: dict[str, dict[str, str]]
    count: int
    exact: bool


def search_cards(unit: Unit, query: SearchQuery) -> Found[CardHit]:
    """A page of cards.

    Raises:
        Invalid: an expression that Search does not allow.
    """
    _allow(unit, Searchable.CARD, query)
    finder = unit.card_search
    page, count, exact = finder.find(query)
    return Found(page, finder.tags_of([hit.card_id for hit in page.items]), count, exact)


def search_registry(unit: Unit, searchable: Searchable, query: SearchQuery) -> Found[Resource]:
    """A page of models, model package groups, model packages or training jobs.

    Raises:
        Invalid: an expression that Search does not allow.
    """
    _allow(unit, searchable, query)
    finder = unit.registry_search(searchable)
    page, count, exact = finder.find(query)
    return Found(page, finder.tags_of([hit.tags_id for hit in page.items]), count, exact)


def cards_of_models(unit: Unit, model_ids: Sequence[str]) -> dict[str, CardHit]:
    """The cards of some models, at most 100, by the models' identifiers: ARNs of models or packages, or any other.

    Models that have no card are left out: these are the ones to write a card for.
    """
    unit.actor.require(Role.VIEWER, "Search", "*")
    if not model_ids:
        return {}
    wanted = Expression(filters=[Filter("ModelId", value=model_id) for model_id in model_ids], any_of=True)
    page, _, _ = unit.card_search.find(SearchQuery(wanted))
    return {hit.model_id: hit for hit in page.items if hit.model_id is not None}


def tags_of_cards(unit: Unit, hits: Sequence[CardHit]) -> dict[str, dict[str, str]]:
    """The tags of some cards, by the cards' identifiers."""
    return unit.card_search.tags_of([hit.card_id for hit in hits])


def suggest_properties(unit: Unit, hint: str, searchable: Searchable = Searchable.CARD) -> list[str]:
    """Property names, tags in use included, that begin with the hint (ASCII case apart)."""
    unit.actor.require(Role.VIEWER, "GetSearchSuggestions", "*")
    properties = properties_of(searchable)
    members = [f"{name}.{member}" for name, members in properties.lists.items() for member in members]
    names = [*properties.plain, *members, *(TAG_PREFIX + key for key in unit.tags.keys_in_use())]
    return [name for name in names if name.lower().startswith(hint.lower())][:_MOST_SUGGESTIONS]


def _allow(unit: Unit, searchable: Searchable, query: SearchQuery) -> None:
    unit.actor.require(Role.VIEWER, "Search", "*")
    check_query(query, properties_of(searchable))
