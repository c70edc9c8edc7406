"""Search over cards, and the names that a search may use."""

from cardwright.actions.unit import Unit
from cardwright.core.listing import Page
from cardwright.core.people import Role
from cardwright.core.search import CARD_PROPERTIES, TAG_PREFIX, CardHit, SearchQuery, check_query

_MOST_SUGGESTIONS = 50


def search_cards(unit: Unit, query: SearchQuery) -> tuple[Page[CardHit], dict[str, dict[str, str]], int, bool]:
    """A page of cards, their tags by card identifier, how many match in all, and whether that number is exact.

    Raises:
        Invalid: an expression that Search does not allow.
    """
    unit.actor.require(Role.VIEWER, "Search", "*")
    check_query(query, CARD_PROPERTIES)
    finder = unit.card_search
    page, count, exact = finder.find(query)
    return page, finder.tags_of([hit.card_id for hit in page.items]), count, exact


def suggest_properties(unit: Unit, hint: str) -> list[str]:
    """Property names of cards, tags in use included, that begin with the hint (ASCII case apart)."""
    unit.actor.require(Role.VIEWER, "GetSearchSuggestions", "*")
    names = [*CARD_PROPERTIES, *(TAG_PREFIX + key for key in unit.tags.keys_in_use())]
    return [name for name in names if name.lower().startswith(hint.lower())][:_MOST_SUGGESTIONS]
