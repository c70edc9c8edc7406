"""Reads the card files of a folder in the order in which they are imported.

Each file is read twice: first for its place in the order, then to be imported. So one file is in memory at a time.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cardwright.client.folder_kinds import FolderFile, files_of
from cardwright.client.imports import read_source
from cardwright.core.content import digest
from cardwright.core.errors import CardwrightError
from cardwright.interchange import ImportedCard, ImportedFile, ReadingOptions


class OrderedFile(NamedTuple):
    """A file of a folder at its place.

    Attributes:
        is_last: whether no later file of the folder changes the same card.
    """

    file: ImportedFile
    is_last: bool


class _Place(NamedTuple):
    """The sort key of a file: files of one card are next to each other, and formats of parts come last."""

    is_part: bool
    card: str
    version: int
    number: int
    entry: FolderFile
    digest: str


def files_in_order(folder: Path, options: ReadingOptions) -> Iterator[OrderedFile | CardwrightError]:
    """Yield the files by card and version, then the faults of those that cannot be imported.

    Raises:
        CardwrightError: the folder cannot be read, or has no card file.
    """
    places: list[_Place] = []
    faults: list[CardwrightError] = []
    listed: dict[str, tuple[int, ImportedCard]] = {}
    for number, entry in enumerate(files_of(folder)):
        try:
            file = read_source(entry.read(), None, options)
        except CardwrightError as error:
            faults.append(error)
            continue
        card = file.cards[0]
        places.append(_Place(file.format.is_part, card.name, card.version, number, entry, _digest_of(file)))
        if card.versions and card.version >= listed.get(card.name, (0, card))[0]:
            listed[card.name] = (card.version, card._replace(content=""))
    places.sort(key=lambda one: (one.is_part, one.card, one.version, one.number))
    torn = _torn(places, {name: card for name, (_, card) in listed.items()})
    places = [place for place in places if place.card not in torn or place.is_part]
    for index, place in enumerate(places):
        later = places[index + 1] if index + 1 < len(places) else None
        try:
            file = read_source(place.entry.read(), None, options)
        except CardwrightError as error:  # the file changed since it was read first
            faults.append(error)
            continue
        yield OrderedFile(file, later is None or not (later.is_part or later.card == place.card))
    yield from faults
    yield from torn.values()


def _digest_of(file: ImportedFile) -> str:
    return digest(file.cards[0].content) if file.cards[0].versions else ""


def _torn(places: list[_Place], newest: dict[str, ImportedCard]) -> dict[str, CardwrightError]:
    """Return the cards whose files are of two cards that had the same name, each with a sentence.

    A record lists the digests of the versions before it. A folder that was exported again after the card was deleted
    and created again has the files of both.
    """
    found: dict[str, CardwrightError] = {}
    for place in places:
        stated = newest[place.card].versions.get(place.version) if place.digest else None
        if stated not in {None, place.digest}:
            found[place.card] = CardwrightError(
                f"{place.card} was not imported: {place.entry.name} differs from version {place.version} in the newest"
                " record of the card. Remove the files of one of the two cards"
            )
    return found
