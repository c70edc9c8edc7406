"""One version of a card with its metadata, as ``card export --format record`` writes it."""

from collections.abc import Mapping

from cardwright.core.content import digest
from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions
from cardwright.interchange.loss_report import LossReport, Outcome, ReportLine
from cardwright.interchange.sagemaker_json import NAME_TARGET, SOURCE_TARGET, WITH_SOURCE, card_in
from cardwright.interchange.source import Source
from cardwright.interchange.source_file import SourceFile, Unreadable

KEY = "record"
_FORMAT = "cardwright-record-"
_LINES = {"name": ReportLine("", NAME_TARGET, Outcome.KEPT), "content": ReportLine("", "", Outcome.KEPT)}
_MOVED = ReportLine("", SOURCE_TARGET, Outcome.MOVED, WITH_SOURCE)


def recognises(file: SourceFile) -> bool:
    """Whether the file is a record: its ``format`` says so."""
    return str(file.json_object().get("format", "")).startswith(_FORMAT)


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read the version in the record. Original authors and times stay with the source.

    Raises:
        Unreadable: the record is of a later format, or its content does not have the digest that it names.
        NotACard: the content is not that of a card.
    """
    del options
    root = Source("", file.json)
    if not root.find("format").text.startswith(_FORMAT):
        raise NotACard(f"This is not a Cardwright record: its member format is not {_FORMAT}1")
    if root.find("format").text != f"{_FORMAT}1":
        raise Unreadable(f"This record has the format {root.find('format').text}; this version reads {_FORMAT}1")
    content = root.find("content").value
    if not isinstance(content, str):
        raise Unreadable("The record has no content: its member content is the text of the card")
    expected = root.find("content_sha256").text
    if expected and digest(content) != expected:
        raise Unreadable("The record’s content does not have the digest in content_sha256: one of them was changed")
    card_in(content)
    version = root.find("version").value
    lines = (_LINES.get(leaf.pointer[1:], _MOVED)._replace(source=leaf.pointer) for leaf in root.leaves())
    return (
        ImportedCard(
            name=root.find("name").text,
            content=content,
            report=LossReport(tuple(lines)),
            version=version if isinstance(version, int) else 0,
            status=root.find("status").text,
            versions=_versions(root),
        ),
    )


def _versions(root: Source) -> Mapping[int, str]:
    """Return the digests of the versions that the record lists."""
    listed = ((one.find("version").value, one.find("content_sha256").text) for one in root.find("versions").items())
    return {number: stated for number, stated in listed if isinstance(number, int) and stated}
