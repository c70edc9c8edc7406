"""The file that a card was read from. A server keeps it with the card."""

import os
from pathlib import Path
from typing import NamedTuple

from cardwright.client.imports import Wish, import_file
from cardwright.client.sagemaker import SageMaker
from cardwright.interchange import LARGEST, ImportedCard, ImportedFile, ReadingOptions, read_file
from cardwright.model_card.stored_card import CardRequest, equal_contents


class CardSource(NamedTuple):
    """A file, and the place of a card among its cards."""

    file: ImportedFile
    place: int

    @property
    def card(self) -> ImportedCard:
        return self.file.cards[self.place]


def read_source(path: "str | os.PathLike[str]", name: str | None, kind: str | None, *, infer: bool) -> CardSource:
    """Read a file of another tool, and find its card of this name.

    Raises:
        OSError: the file cannot be read.
        cardwright.core.errors.Invalid: the file is broken, or not a model card.
        ValueError: the file has several cards and none has this name, or it describes a part of a card.
    """
    with Path(path).open("rb") as file:
        found = read_file(file.read(LARGEST + 1), Path(path).name, kind, ReadingOptions(infer))
    names = [card.name for card in found.cards]
    if found.format.is_part:
        raise ValueError(f"A {found.format.name} file describes a part of a card: use cardwright card import --into")
    if len(names) > 1 and name not in names:
        raise ValueError(f"The file has {len(names)} cards, choose one by its name: {', '.join(names)}")
    return CardSource(found, names.index(name) if len(names) > 1 and name is not None else 0)


def create_with_source(client: SageMaker, source: CardSource, request: CardRequest) -> None:
    """Create a card together with the file that it was read from."""
    several = len(source.file.cards) > 1
    same = equal_contents(request["Content"], source.card.content)
    wish = Wish(
        request["ModelCardName"],
        None,
        request["ModelCardStatus"],
        None if same else request["Content"],
        source.file.format.key,
        source.card.name if several else None,
    )
    answer = import_file(client, source.file, wish)
    if answer["ImportedModelCards"][0]["Step"] == "Equal":
        client.create_model_card(**request)  # raises: another card has the name and the content
