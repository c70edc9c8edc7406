"""Search cards and the registry, and suggest property names."""

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

_MAX_SUGGESTIONS = 50

Hit = TypeVar("Hit")


@dataclass(frozen=True, slots=True)
class Found(Generic[Hit]):
    """The result of a search.

    Attributes:
        tags: tags by ``tags_id``, or by ``card_id`` for cards.
        count: the number of matches; a lower bound when ``exact`` is False.
    """

    page: Page[Hit]
    tags: dict[str, dict[str, str]]
    count: int
    exact: bool


def search_cards(unit: Unit, query: SearchQuery) -> Found[CardHit]:
    """Return a page of cards.

    Raises:
        Invalid: an expression that Search does not allow.
    """
    _allow(unit, Searchable.CARD, query)
    finder = unit.card_search
    page, count, exact = finder.find(query)
    return Found(page, finder.tags_of([hit.card_id for hit in page.items]), count, exact)


def search_registry(unit: Unit, searchable: Searchable, query: SearchQuery) -> Found[Resource]:
    """Return a page of models, model package groups, model packages or training jobs.

    Raises:
        Invalid: an expression that Search does not allow.
    """
    _allow(unit, searchable, query)
    finder = unit.registry_search(searchable)
    page, count, exact = finder.find(query)
    return Found(page, finder.tags_of([hit.tags_id for hit in page.items]), count, exact)


def cards_of_models(unit: Unit, model_ids: Sequence[str]) -> dict[str, CardHit]:
    """Return the cards of at most 100 models, by model identifier: ARNs of models or packages, or any other text.

    The result has no entry for a model without a card.
    """
    unit.actor.require(Role.VIEWER, "Search", "*")
    if not model_ids:
        return {}
    wanted = Expression(filters=[Filter("ModelId", value=model_id) for model_id in model_ids], any_of=True)
    page, _, _ = unit.card_search.find(SearchQuery(wanted))
    return {hit.model_id: hit for hit in page.items if hit.model_id is not None}


def tags_of_cards(unit: Unit, hits: Sequence[CardHit]) -> dict[str, dict[str, str]]:
    """Return the tags of some cards, by card identifier."""
    return unit.card_search.tags_of([hit.card_id for hit in hits])


def suggest_properties(unit: Unit, hint: str, searchable: Searchable = Searchable.CARD) -> list[str]:
    """Return the property names, tag keys included, that begin with the hint, ignoring ASCII case."""
    unit.actor.require(Role.VIEWER, "GetSearchSuggestions", "*")
    properties = properties_of(searchable)
    members = [f"{name}.{member}" for name, members in properties.lists.items() for member in members]
    names = [*properties.plain, *members, *(TAG_PREFIX + key for key in unit.tags.keys_in_use())]
    return [name for name in names if name.lower().startswith(hint.lower())][:_MAX_SUGGESTIONS]


def _allow(unit: Unit, searchable: Searchable, query: SearchQuery) -> None:
    unit.actor.require(Role.VIEWER, "Search", "*")
    check_query(query, properties_of(searchable))
