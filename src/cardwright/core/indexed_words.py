"""The words of a stored card in the search index, and the seals that spare ``verify`` from finding them again."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from itertools import filterfalse
from typing import NamedTuple

import orjson

from cardwright.core.access_keys import ServerKey
from cardwright.core.card_text import card_words
from cardwright.core.content import digest, parse
from cardwright.core.errors import ContentInvalid

_SEAL_BYTES = 16


class FoundWords(NamedTuple):
    """The words of a card.

    Attributes:
        words: separated by spaces.
        content_digest: SHA-256 of the content in which they were found, in hex.
        new: those that were not known before.
    """

    words: str
    content_digest: str
    new: Sequence[str]


def find_words(name: str, content: str, tags: Mapping[str, str], known: set[str]) -> FoundWords:
    """Find the words of a card's name, tags and content.

    A damaged content has no words: ``verify`` reports it, and the card is found by its name.

    Args:
        known: words of other cards. Receives those of this one.
    """
    try:
        value = parse(content)
    except ContentInvalid:
        value = None
    words = card_words(name, value, tags)
    new = [*filterfalse(known.__contains__, words)]
    known.update(new)
    return FoundWords(" ".join(words), digest(content), new)


class WordSeals:
    """Makes seals: codes which show that a server with this key found these words in a content.

    Finding the words of a card is two fifths of the work of its verification. A seal needs the server key, which
    is not in the database.
    """

    def __init__(self, server_key: ServerKey) -> None:
        self._key = server_key.derive("words")

    def seal(self, name: str, tags: Mapping[str, str], content_digest: str, words: str) -> str:
        """Return the seal of the words of a card with this name and these tags, in hex.

        Args:
            content_digest: SHA-256 of the content in which the words were found, in hex.
            words: separated by spaces.
        """
        sealed = orjson.dumps([name, sorted(tags.items()), content_digest, words])
        return hmac.digest(self._key, sealed, hashlib.sha256)[:_SEAL_BYTES].hex()
