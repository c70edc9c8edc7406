"""One row of the table of card formats, and what reading a file gives."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from cardwright.core.errors import CardwrightError, ContentInvalid, Violation
from cardwright.interchange.loss_report import LossReport
from cardwright.interchange.source import Source
from cardwright.interchange.source_file import SourceFile, Unreadable

__all__ = ["CardFormat", "ImportedCard", "NotACard", "ReadingOptions", "Unreadable", "check_models"]


MOST_LINES: Final = 500_000


class ReadingOptions(NamedTuple):
    """How a file is read.

    Attributes:
        infer: also take facts from prose, such as the tables of a README; off by default.
        evaluation: a data set is one of an evaluation instead of the training. Read by Croissant only.
    """

    infer: bool = False
    evaluation: bool = False


class ImportedCard(NamedTuple):
    """A model card that was read from a file.

    Attributes:
        name: a proposal for the card's name, in the form of card names; empty when the file has none.
        content: the JSON text of the newest version's content, not yet checked against the schema.
        notes: sentences about what the card does not keep of the file.
        report: what became of each leaf of the file.
        earlier: the contents of earlier versions, oldest first.
        tags: keys and values.
        version: the number that the file gives its version; 0 if it gives none. It orders the files of one card.
        status: the status that the file names; empty if it names none. It is never set without a decision.
        versions: the digests of the contents of this version and earlier ones, as the file lists them, by number.
        given: the beginnings of the file's texts, by their pointers; empty for a file with content as text.
    """

    name: str
    content: str
    notes: tuple[str, ...] = ()
    report: LossReport = LossReport()
    earlier: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    version: int = 0
    status: str = ""
    versions: Mapping[int, str] = MappingProxyType({})
    given: Mapping[str, str] = MappingProxyType({})


class CardFormat(NamedTuple):
    """A file format of model cards.

    Attributes:
        key: the name on the command line and on the wire: ``--from huggingface``.
        name: as messages and pages show it.
        recognises: whether a file is in this format. Looks at the structure, never at the file's name.
        read: reads a file that ``recognises`` accepts, and returns its cards, at least one. Raises
            :class:`Unreadable` or :class:`NotACard`.
        media_type: of the source, where the format has one.
        is_exact: whether the file has a card's content as text. Such content replaces a card's whole content and stays
            as it is; another format's facts are merged into a card.
        is_part: whether the file describes a part of a card, so that it can be read into an existing card only.
        write: ``module:function`` of a ``Callable[[CardVersion], WrittenCard]``, for formats that cards are exported
            to. The module is imported at the first export.
    """

    key: str
    name: str
    recognises: Callable[[SourceFile], bool]
    read: Callable[[SourceFile, ReadingOptions], tuple[ImportedCard, ...]]
    media_type: str = "application/json"
    is_exact: bool = False
    is_part: bool = False
    write: str = ""

    @property
    def is_json(self) -> bool:
        """Whether a file of this format is a JSON document."""
        return self.media_type.endswith("json")


def check_models(root: Source, models: Sequence[Source]) -> None:
    """Refuse a document whose models have so many values together that their reports would be too large.

    Raises:
        Unreadable: it has more than one model and more than ``MOST_LINES`` lines of reports.
    """
    lines = len(models) * sum(1 for _ in root.leaves())
    if len(models) > 1 and lines > MOST_LINES:
        raise Unreadable(f"The file has {len(models):,} models, too many for one import: divide it")


class NotACard(ContentInvalid):
    """The file is readable, but not a model card. Has one violation, of the whole document."""

    def __init__(self, words: str) -> None:
        super().__init__([Violation("(root)", words)])
        CardwrightError.__init__(self, words)
