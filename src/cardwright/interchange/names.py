"""Proposals for card names, from the names that other tools give models."""

import re
import unicodedata

from cardwright.core.names import CARD_NAME_LENGTH

_LONGEST = 500
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9]+")


def proposed_name(words: str) -> str:
    """Return words in the form of card names: letters, digits and inner hyphens, at most 63.

    Accents are removed. Empty if no letter or digit is left, as of a name in Chinese.
    """
    plain = unicodedata.normalize("NFKD", words[:_LONGEST]).encode("ascii", "ignore").decode()
    return _NOT_IN_NAMES.sub("-", plain).strip("-")[:CARD_NAME_LENGTH].rstrip("-")
