"""How the texts of cards are written: as plain text or as Markdown. A card says so, else its account does."""

from enum import StrEnum
from typing import Any

KEY = "cw.text_format"
"""The custom detail of a card that says how its texts are written."""


class TextFormat(StrEnum):
    """The formats of texts. The stored text is the same in each."""

    PLAIN = "plain"
    MARKDOWN = "markdown"


def is_markdown(custom_details: object, *, otherwise: bool = False) -> bool:
    """Whether the texts of a card are Markdown.

    Args:
        custom_details: the custom details of the card.
        otherwise: the answer for a card that does not state a format.
    """
    stated = custom_details.get(KEY) if isinstance(custom_details, dict) else None
    return stated == TextFormat.MARKDOWN if isinstance(stated, str) else otherwise


def writes_markdown(content: Any, otherwise: TextFormat) -> bool:
    """Whether the texts of a parsed content are Markdown; ``otherwise`` is the account's format."""
    information = content.get("additional_information") if isinstance(content, dict) else None
    details = information.get("custom_details") if isinstance(information, dict) else None
    return is_markdown(details, otherwise=otherwise is TextFormat.MARKDOWN)
