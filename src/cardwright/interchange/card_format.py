"""One row of the table of card formats, and what reading a file gives."""

from collections.abc import Callable
from typing import NamedTuple

from cardwright.core.errors import CardwrightError, ContentInvalid, Invalid, Violation


class ImportedCard(NamedTuple):
    """A model card that was read from a file.

    Attributes:
        name: the card's name; empty when the file has none.
        content: the JSON text of the card's content, not yet checked against the schema.
        notes: sentences about what the card does not keep of the file.
    """

    name: str
    content: str
    notes: tuple[str, ...] = ()


class CardFormat(NamedTuple):
    """A file format of model cards.

    Attributes:
        name: as messages show it.
        recognises: whether a file is in this format.
        read: reads a file that ``recognises`` accepts. Raises :class:`Unreadable` or :class:`NotACard`.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], ImportedCard]


class Unreadable(Invalid):
    """The file breaks the rules of its format, or is in no known format."""


class NotACard(ContentInvalid):
    """The file is readable JSON, but not a model card. Has one violation, of the whole document."""

    def __init__(self, words: str) -> None:
        super().__init__([Violation("(root)", words)])
        CardwrightError.__init__(self, words)
