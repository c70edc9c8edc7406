"""Templates: cards whose content new cards begin with. A tag of the card says so."""

from cardwright.actions.cards import describe_card, find_card
from cardwright.actions.search import search_cards
from cardwright.core.errors import Invalid
from cardwright.core.search import Expression, Filter, Operator, SearchQuery
from cardwright.storage.unit import Unit

TEMPLATE_TAG = "cardwright:template"
"""The key of the tag; its value is a description of the template, and may be empty."""

_TEMPLATE_LIMIT = 50  # templates that a page offers


def list_templates(unit: Unit) -> list[tuple[str, str]]:
    """Return names and descriptions of the templates, by name; at most 50."""
    tagged = Expression(filters=[Filter(f"Tags.{TEMPLATE_TAG}", Operator.EXISTS)])
    found = search_cards(unit, SearchQuery(tagged, sort_by="ModelCardName", descending=False, limit=_TEMPLATE_LIMIT))
    return [(hit.name, found.tags.get(hit.card_id, {}).get(TEMPLATE_TAG, "")) for hit in found.page.items]


def template_content(unit: Unit, name: str) -> str:
    """Return the content of a template.

    Raises:
        CardMissing: the card does not exist.
        Invalid: the card is not a template.
    """
    if TEMPLATE_TAG not in unit.tags.get(find_card(unit, name).card_id):
        raise Invalid(f"{name} is no longer a template")
    return describe_card(unit, name).content
