"""What a list of cards shows and searches of a card's content: description, owner, evaluations and words."""

import re
import unicodedata
from typing import Any, NamedTuple

DESCRIPTION = 300
"""Characters of a model's description that a list may show."""
OWNER = 200
"""Characters of an owner's name by which cards are filtered."""
WORDS = 4_000
"""Different words of one card that search knows; what comes later in the card is not found by its words."""

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_APART = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
_LONGEST = 64
_READ = 200_000  # characters of one card that are read for words: content has half of that at most


class CardText(NamedTuple):
    """What lists show and search of one content.

    Attributes:
        description: the beginning of ``model_overview.model_description``, in one line.
        owner: ``model_overview.model_owner``, likewise.
        evaluations: how many entries ``evaluation_details`` has.
    """

    description: str | None = None
    owner: str | None = None
    evaluations: int = 0


def card_text(value: Any) -> CardText:
    """Read the text of parsed content, whatever its shape."""
    overview = value.get("model_overview") if isinstance(value, dict) else None
    overview = overview if isinstance(overview, dict) else {}
    evaluations = value.get("evaluation_details") if isinstance(value, dict) else None
    return CardText(
        description=_line(overview.get("model_description"), DESCRIPTION),
        owner=_line(overview.get("model_owner"), OWNER),
        evaluations=len(evaluations) if isinstance(evaluations, list) else 0,
    )


def card_words(name: str, value: Any) -> str:
    """The words by which search finds a card: those of its name, then the first ``WORDS`` of its parsed content."""
    found = words_of(" ".join(texts(value)))[:WORDS]
    return " ".join(dict.fromkeys((*words_of(name), *found)))


def words_of(text: str) -> list[str]:
    """The different words of a text: runs of letters and digits, without case and accents, 64 characters at most."""
    return [word[:_LONGEST] for word in dict.fromkeys(_runs(text))]


def _runs(text: str) -> list[str]:
    if text.isascii():  # in a fifth of the time
        return text[:_READ].lower().encode().translate(_APART).decode().split()
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", text[:_READ].casefold()))
    return _WORD.findall(folded)


def texts(value: Any) -> list[str]:
    """All texts of parsed content in document order, the keys of free fields included; no words for types."""
    found: list[str] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[str]) -> None:
    if type(value) is dict:
        for key, member in value.items():
            kind = type(member)
            if kind is str:
                if key != "type":
                    found.append(member)
            elif kind is dict or kind is list:
                if kind is dict and key in _FREE:
                    found.extend(member)
                _collect(member, found)
    elif type(value) is list:
        for item in value:
            kind = type(item)
            if kind is str:
                found.append(item)
            elif kind is dict or (kind is list and not (item and type(item[0]) in _NUMBERS)):
                _collect(item, found)


def _line(text: object, longest: int) -> str | None:
    if not isinstance(text, str):
        return None
    return " ".join(text.replace("\x00", "\ufffd").split())[:longest] or None


_FREE = frozenset({"custom_details", "metadata"})  # objects whose keys are people's words
_NUMBERS = frozenset({int, float})
