"""SageMaker's JSON: card content, an answer of DescribeModelCard, or a request for CreateModelCard."""

from typing import Any

from cardwright.core import content as contents
from cardwright.core.errors import ContentInvalid
from cardwright.core.names import CARD_NAME_LENGTH
from cardwright.interchange.card_format import ImportedCard, NotACard, Unreadable

_SECTIONS = tuple(sorted(contents.schema()["properties"]))


def recognises(data: bytes) -> bool:
    """Whether a file is in this format: any file is, so that a broken one gets a message about JSON."""
    return bool(data.strip())


def read(data: bytes) -> ImportedCard:
    """Reads the file; ``content`` is the text as the file has it, white space included.

    Raises:
        Unreadable: the file is not UTF-8 text or not JSON.
        NotACard: the JSON is not an object, or has no member that a card has.
    """
    text, name = _decoded(data), ""
    value = _parsed(text, "This is not JSON")
    if isinstance(value, dict) and isinstance(value.get("Content"), str):
        name, text = str(value.get("ModelCardName", "")), value["Content"]
        value = _parsed(text, "Its Content is not JSON")
    if not isinstance(value, dict):
        raise NotACard("A card’s JSON is an object, with members such as model_overview and intended_uses")
    if value and value.keys().isdisjoint(_SECTIONS):
        raise NotACard(f"This JSON is not a model card: a card has members such as {', '.join(_SECTIONS[:3])}")
    return ImportedCard(name[:CARD_NAME_LENGTH], text)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = f"The file is not UTF-8 text (byte {error.start + 1}): save it as JSON in UTF-8"
    raise Unreadable(fault)  # outside the handler, because the decoder's error holds the whole file


def _parsed(text: str, problem: str) -> Any:
    try:
        return contents.parse(text)
    except ContentInvalid as error:
        raise Unreadable(f"{problem}. {error.violations[0].description}") from None
