"""SageMaker's JSON: card content, an answer of DescribeModelCard, or a request for CreateModelCard."""

from cardwright.core import content as contents
from cardwright.core.errors import ContentInvalid
from cardwright.core.names import CARD_NAME_LENGTH
from cardwright.core.rewriting import compact
from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions
from cardwright.interchange.loss_report import LossReport, Outcome, ReportLine
from cardwright.interchange.source import Source
from cardwright.interchange.source_file import SourceFile, Unreadable

KEY = "sagemaker"
NAME_TARGET = "#name"
SOURCE_TARGET = "#source"
WITH_SOURCE = "Kept with the source; the card’s history names the import"
_SECTIONS = tuple(sorted(contents.schema()["properties"]))
_ENVELOPE = {"ModelCardName": ReportLine("", NAME_TARGET, Outcome.KEPT), "Content": ReportLine("", "", Outcome.KEPT)}


def recognises(file: SourceFile) -> bool:
    """Whether a file is in this format: any file is, so that a broken one gets a message about JSON."""
    del file
    return True


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read the file. White space that only lays out the file is left out; a text in an answer stays as it is.

    Raises:
        Unreadable: the file is not UTF-8 text, not JSON, or has a repeated member.
        NotACard: the JSON is not an object, or has no member that a card has.
    """
    del options
    root = Source("", file.json)
    card = card_in(file.text)
    if not isinstance(root.find("Content").value, str):
        lines = tuple(ReportLine(leaf.pointer, leaf.pointer, Outcome.KEPT) for leaf in root.leaves())
        return (card._replace(content=compact(card.content), report=LossReport(lines)),)
    tags = tuple((tag.find("Key").text, tag.find("Value").text) for tag in root.find("Tags").items())
    lines = tuple(_envelope_line(leaf) for leaf in root.leaves())
    return (card._replace(report=LossReport(lines), tags=tags, status=root.find("ModelCardStatus").text),)


def card_in(text: str) -> ImportedCard:
    """Return the card in a JSON text; ``content`` is the text as the file has it, white space included.

    Raises:
        Unreadable: the text is not JSON.
        NotACard: the JSON is not an object, or has no member that a card has.
    """
    name = ""
    value = _parsed(text, "This is not JSON")
    if isinstance(value, dict) and isinstance(value.get("Content"), str):
        name, text = str(value.get("ModelCardName", "")), value["Content"]
        value = _parsed(text, "Its Content is not JSON")
    if not isinstance(value, dict):
        raise NotACard("A card’s JSON is an object, with members such as model_overview and intended_uses")
    if "Resources" in value or value.get("Type") == "AWS::SageMaker::ModelCard":
        raise NotACard("This is a CloudFormation template; `cardwright apply -f FILE` creates the cards in it")
    if value and value.keys().isdisjoint(_SECTIONS):
        raise NotACard(f"This JSON is not a model card: a card has members such as {', '.join(_SECTIONS[:3])}")
    return ImportedCard(name[:CARD_NAME_LENGTH], text)


def _envelope_line(leaf: Source) -> ReportLine:
    member = leaf.pointer.split("/")[1]
    if member == "Tags":
        return ReportLine(leaf.pointer, "#tags", Outcome.KEPT)
    return _ENVELOPE.get(member, ReportLine("", SOURCE_TARGET, Outcome.MOVED, WITH_SOURCE))._replace(
        source=leaf.pointer
    )


def _parsed(text: str, problem: str) -> object:
    try:
        return contents.parse(text)
    except ContentInvalid as error:
        raise Unreadable(f"{problem}. {error.violations[0].description}") from None
