"""The file of an imported card that was not changed."""

from cardwright.core.content import parse
from cardwright.interchange import ReadingOptions, read_file
from cardwright.interchange.card_version import CardVersion, WrittenCard
from cardwright.interchange.loss_report import LossReport, Outcome, ReportLine
from cardwright.interchange.sagemaker_json import SOURCE_TARGET
from cardwright.interchange.source import Source
from cardwright.interchange.source_file import SourceFile, Unreadable

_WHOLE = "The file that the card was imported from, byte for byte"


def unchanged(key: str, version: CardVersion) -> WrittenCard | None:
    """Return the file that a card was imported from, byte for byte, if it is still the card.

    The file is read again: it is returned if it has this one card, and reading it gives the version's content. So a
    change is found however it was made.

    Args:
        key: the format that is wanted; a file in another format, or in another edition, is not returned.
    """
    source = version.source
    if source is None or source.kind != key:
        return None
    for options in (ReadingOptions(), ReadingOptions(infer=True)):
        try:
            file = read_file(source.data, source.file_name, key, options)
        except Unreadable:  # a later release can be stricter than the one that imported the file
            return None
        if len(file.cards) == 1 and file.cards[0].content == version.content and _is_edition(file.source, version):
            return WrittenCard(source.data, _report(version.content), ())
    return None


def _is_edition(file: SourceFile, version: CardVersion) -> bool:
    return not version.edition or file.json_object().get("specVersion") == version.edition


def _report(content: str) -> LossReport:
    leaves = Source("", parse(content)).leaves()
    return LossReport(tuple(ReportLine(leaf.pointer, SOURCE_TARGET, Outcome.KEPT, _WHOLE) for leaf in leaves))
