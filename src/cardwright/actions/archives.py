"""Prepare several cards as the documents of one zip file.

Documents are printed outside a unit of work, and stored one by one: any server can show how far an archive is, and
another process can continue it.
"""

from collections.abc import Iterator, Sequence

from cardwright.core.archive import KEPT, MAX_CARDS, Archive, ArchiveLine
from cardwright.core.errors import Invalid, NotFound
from cardwright.core.people import Role
from cardwright.storage.unit import Unit


def begin_archive(unit: Unit, format_name: str, names: Sequence[str]) -> Archive:
    """Begin an archive of cards. Archives that are older than a day are deleted.

    Raises:
        Invalid: no cards, or too many.
    """
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    wanted = list(dict.fromkeys(names))
    if not 1 <= len(wanted) <= MAX_CARDS:
        raise Invalid(f"An export has 1 to {MAX_CARDS} cards, and this one has {len(wanted):,}")
    unit.archives.delete_old(unit.now - KEPT)
    archive = Archive(unit.new_id(), unit.actor.user, format_name, unit.now, unit.now)
    unit.archives.insert(archive, wanted)
    return archive


def find_archive(unit: Unit, archive_id: str) -> tuple[Archive, Sequence[ArchiveLine]]:
    """Return an archive of the caller with its cards. Raises :class:`NotFound`."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    archive = unit.archives.find(archive_id)
    if archive is None or archive.user != unit.actor.user:
        raise NotFound("There is no such export. Exports are kept for a day")
    return archive, unit.archives.lines(archive_id)


def store_document(unit: Unit, archive_id: str, line: ArchiveLine, data: bytes | None) -> bool:
    """Store the document of a card, or the reason why there is none. False when the archive was deleted."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    if unit.archives.find(archive_id) is None:
        return False
    unit.archives.store(archive_id, line, data, unit.now)
    return True


def continue_archive(unit: Unit, archive_id: str) -> bool:
    """Claim an archive of the caller that stopped. False when another process works on it. Raises :class:`NotFound`."""
    archive, lines = find_archive(unit, archive_id)
    if not archive.is_stalled(unit.now) or not any(line.waits for line in lines):
        return False
    unit.archives.touch(archive_id, unit.now)
    return True


def wait_for_turn(unit: Unit, archive_id: str) -> None:
    """Note that the caller's process waits to print an archive, so that no other process claims it."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    unit.archives.touch(archive_id, unit.now)


def documents_of(unit: Unit, archive_id: str) -> Iterator[tuple[str, bytes]]:
    """Return the file names and documents of an archive of the caller. Raises :class:`NotFound`."""
    find_archive(unit, archive_id)
    return unit.archives.documents(archive_id)
