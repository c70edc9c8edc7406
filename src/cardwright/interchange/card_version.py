"""What a writer gets and gives: a version of a card, and the file that it became."""

from collections.abc import Callable
from typing import NamedTuple

from cardwright.core.card import CardSource
from cardwright.interchange.loss_report import LossReport


class CardVersion(NamedTuple):
    """One version of a card, to write in the format of another tool.

    Attributes:
        created_at: the creation of this version, in whole milliseconds since the epoch.
        source: the file that this version, or the last one before it, was imported from.
        edition: the version of the format that is wanted, such as ``1.7``; empty for the usual one.
        is_markdown: whether the texts of a card that does not say it are Markdown.
        markdown: returns a text of the card as safe Markdown; with True, the text is Markdown already.
        png: returns SVG as a PNG picture; None where no program for it is installed.
    """

    name: str
    arn: str
    number: int
    status: str
    content: str
    content_sha256: str
    created_at: int
    source: CardSource | None
    edition: str
    is_markdown: bool
    markdown: Callable[[str, bool], str]
    png: Callable[[str], bytes | None]


class Unstated(NamedTuple):
    """A value that a format demands and the card does not state.

    It is the format's word for unknown, or a fact about the version, such as its time.

    Attributes:
        target: the member as JSON Pointer.
        value: the value that was written.
    """

    target: str
    value: str


class WrittenCard(NamedTuple):
    """A card in the format of another tool.

    Attributes:
        data: the file.
        report: what became of each leaf of the card's content; ``source`` points into the content, ``target`` into
            the file.
        unstated: the members that the format demands and the card does not state.
    """

    data: bytes
    report: LossReport
    unstated: tuple[Unstated, ...]
