"""Import: the cards of a file become cards or versions, through the same verbs as every other change."""

from enum import StrEnum
from typing import NamedTuple

from cardwright.actions.cards import create_card, describe_card, find_card, update_card
from cardwright.actions.events import record_card_event
from cardwright.core import content as contents
from cardwright.core.card import Card, CardSource, Status
from cardwright.core.errors import CardExists, Conflict, Invalid, NotFound
from cardwright.core.integrity.history import Event
from cardwright.core.names import is_card_name
from cardwright.core.people import Role
from cardwright.interchange import ImportedCard, ImportedFile
from cardwright.interchange.merging import merged
from cardwright.storage.unit import Unit


class ImportAction(StrEnum):
    """What an import does with one card of a file."""

    CREATE = "Create"
    UPDATE = "Update"
    EQUAL = "Equal"
    """The card has this content already: no version is made."""


class ImportStep(NamedTuple):
    """What becomes of one card of a file.

    Attributes:
        name: the name of the card that is created or changed.
        version: the version that it has afterwards.
        action: what is done.
        content: its content afterwards.
        imported: the card as the file has it, with its loss report.
    """

    name: str
    version: int
    action: ImportAction
    content: str
    imported: ImportedCard


class SourceMissing(NotFound):
    """The version was not imported, and no version before it was."""


def plan_import(  # noqa: PLR0913 - the parts of an import
    unit: Unit,
    file: ImportedFile,
    *,
    name: str | None = None,
    into: str | None = None,
    content: str | None = None,
    only: str | None = None,
) -> list[ImportStep]:
    """Return what an import would do with each card of a file; nothing is stored.

    Args:
        file: what reading the file gave.
        name: the name of the new card, for a file with one card; by default the file's own.
        into: the existing card that gets the file's facts as its next version.
        content: the content to store instead of the file's, after the user changed it; for a file with one card.
        only: the card of the file that is imported, by the name that the file gives it; all by default.

    Raises:
        Conflict: a card with different content has the name.
        CardMissing: the card of ``into`` does not exist.
        ContentInvalid: the content breaks the schema.
        Invalid: a card of the file has no name, two have the same name, or the options do not fit the file.
        Denied: the role may not write.
    """
    unit.actor.require(Role.AUTHOR, "ImportModelCard", "*")
    if only is not None:
        file = file._replace(cards=tuple(card for card in file.cards if card.name == only))
        if not file.cards:
            raise Invalid(f"The file has no card with the name {only}")
    if len(file.cards) > 1 and (name, into, content) != (None, None, None):
        raise Invalid(f"The file has {len(file.cards)} cards: they keep their names, and cannot become one card")
    if file.format.is_part and into is None:
        raise Invalid(f"A {file.format.name} file describes a part of a card: name the card that it is added to")
    steps = [_planned(unit, file, card, name, into, content) for card in file.cards]
    names = [step.name for step in steps]
    double = next((one for one in names if names.count(one) > 1), None)
    if double is not None:
        raise Invalid(
            f"Two cards of the file have the name {double}: import one at a time, each with a name of its own"
        )
    return steps


def import_cards(  # noqa: PLR0913 - the parts of an import
    unit: Unit,
    file: ImportedFile,
    *,
    name: str | None = None,
    into: str | None = None,
    content: str | None = None,
    only: str | None = None,
    status: Status | None = None,
    note: str | None = None,
) -> list[ImportStep]:
    """Create or change the cards of a file, and keep the file as their source. Either all are stored or none.

    The audit chain of each card gets a link with the format and the SHA-256 of the file. Imports into one card at the
    same time wait for each other, so each becomes a version.

    Args:
        name, into, content, only: as in :func:`plan_import`.
        status: the status of new cards, Draft by default; of a changed card, its own by default.
        note: kept with a new version of a card, or with a change of its status.

    Raises:
        Conflict, CardMissing, ContentInvalid, Invalid, Denied: as :func:`plan_import`, ``create_card`` and
            ``update_card``.
    """
    if into is not None:
        unit.actor.require(Role.AUTHOR, "ImportModelCard", "*")
        unit.cards.lock(into)  # before the card is read: facts are merged into its newest version
    steps = plan_import(unit, file, name=name, into=into, content=content, only=only)
    for step in steps:
        if step.action is ImportAction.CREATE:
            _create(unit, step, status or Status.DRAFT)
        elif into is not None:
            known = step.version - 1 if step.action is ImportAction.UPDATE else step.version
            is_new = step.action is ImportAction.UPDATE
            kept = {"note": note} if is_new else {"comment": note}
            update_card(unit, step.name, step.content, status, based_on=known, **kept)
        if step.action is ImportAction.EQUAL:
            continue
        _keep(unit, find_card(unit, step.name), file)
    return steps


def keep_source(unit: Unit, file: ImportedFile, name: str) -> ImportStep:
    """Keep a file as the source of a card's newest version, which has its content already. No version is made.

    Raises:
        Conflict: the version differs from the file.
        Invalid: the file has several cards, or its format does not hold a card's content as text.
        CardMissing, Denied: as :func:`plan_import`.
    """
    unit.actor.require(Role.AUTHOR, "ImportModelCard", name)
    unit.cards.lock(name)
    described = describe_card(unit, name)
    if len(file.cards) != 1 or not file.format.is_exact:
        raise Invalid("Only a file with the content of one card can be kept without an import")
    if file.cards[0].content != described.content:
        raise Conflict(f"Version {described.version} of the model card {name} differs from the file")
    card = find_card(unit, name)
    kept = unit.sources.find(card.card_id, described.version)
    if kept is None or (kept.version, kept.sha256) != (described.version, file.source.sha256):
        _keep(unit, card, file)
    return ImportStep(name, described.version, ImportAction.EQUAL, described.content, file.cards[0])


def describe_source(unit: Unit, name: str, version: int | None = None) -> CardSource:
    """Return the file that a version was imported from, or the last file imported before it.

    Raises:
        CardMissing: the card or the version does not exist.
        SourceMissing: neither the version nor one before it was imported.
    """
    described = describe_card(unit, name, version)
    card = find_card(unit, name)
    found = unit.sources.find(card.card_id, described.version)
    if found is None:
        raise SourceMissing(f"Version {described.version} of the model card {name} was not imported from a file")
    return found


def _planned(  # noqa: PLR0913, PLR0917 - the parts of an import
    unit: Unit, file: ImportedFile, card: ImportedCard, name: str | None, into: str | None, content: str | None
) -> ImportStep:
    if into is not None:
        return _update(unit, file, card, into, content)
    text = card.content if content is None else content
    contents.check(text)
    chosen = card.name if name is None else name
    if not chosen:
        raise Invalid("The file does not name its model: choose a name for the card")
    if not is_card_name(chosen):
        raise Invalid(f"{chosen} is not a card name: 1 to 63 letters, digits and hyphens between them")
    if unit.cards.find(chosen) is not None:
        described = describe_card(unit, chosen)
        if described.content != text:
            raise CardExists(chosen, "choose another name, or import into that card")
        return ImportStep(chosen, described.version, ImportAction.EQUAL, text, card)
    return ImportStep(chosen, len(card.earlier) + 1, ImportAction.CREATE, text, card)


def _update(unit: Unit, file: ImportedFile, card: ImportedCard, into: str, content: str | None) -> ImportStep:
    described = describe_card(unit, into)
    if content is None:
        content = card.content if file.format.is_exact else merged(described.content, card.content)
    contents.check(content)
    if content == described.content:
        return ImportStep(into, described.version, ImportAction.EQUAL, content, card)
    return ImportStep(into, described.version + 1, ImportAction.UPDATE, content, card)


def _create(unit: Unit, step: ImportStep, status: Status) -> None:
    first, *later = (*step.imported.earlier, step.content)
    create_card(unit, step.name, first, status, step.imported.tags)
    for content in later:
        update_card(unit, step.name, content, None)


def _keep(unit: Unit, card: Card, file: ImportedFile) -> None:
    """Store a file as the source of a card's newest version, and record it in the audit chain."""
    source = _source(unit, file, card.version)
    unit.sources.put(card.card_id, source)
    details: dict[str, object] = {
        "version": source.version,
        "format": source.kind,
        "file": source.file_name,
        "media_type": source.media_type,
        "source_sha256": source.sha256,
        "bytes": source.size,
        "kept": f"card_sources/{source.version}",
    }
    record_card_event(unit, card, Event.IMPORTED, details)


def _source(unit: Unit, file: ImportedFile, version: int) -> CardSource:
    data = file.source.data
    return CardSource(
        version=version,
        kind=file.format.key,
        file_name=file.source.name,
        media_type=file.format.media_type,
        sha256=file.source.sha256,
        size=len(data),
        imported_at=unit.now,
        imported_by=unit.actor.user,
        data=data,
    )
