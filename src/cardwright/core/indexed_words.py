"""The words of a stored card in the search index."""

from collections.abc import Mapping

from cardwright.core.card_text import card_words
from cardwright.core.content import parse
from cardwright.core.errors import ContentInvalid


def words_of_card(name: str, content: str, tags: Mapping[str, str]) -> str:
    """Return the words of a card's name, tags and content, separated by spaces.

    A damaged content has no words: ``verify`` reports it, and the card is found by its name.
    """
    try:
        value = parse(content)
    except ContentInvalid:
        value = None
    return card_words(name, value, tags)
