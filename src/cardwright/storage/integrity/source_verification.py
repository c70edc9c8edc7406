"""Reads the files that a card was imported from, for verification."""

import zlib
from collections.abc import Iterator
from hashlib import sha256

from cardwright.core.integrity.replay import ExpectedSource
from cardwright.core.integrity.verification import StoredSource
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection
from cardwright.storage.integrity.column_kinds import Columns, WrongKind, shown_key

_COLUMNS = ("version", "kind", "file_name", "media_type", "sha256", "size", "imported_at", "imported_by")
_NUMBERS = "SELECT version FROM card_sources WHERE account_id = :account AND card_id = :card_id ORDER BY version"
_ROW = f"""
    SELECT {", ".join(_COLUMNS)}, packed FROM card_sources
    WHERE account_id = :account AND card_id = :card_id AND version = :version"""
_LARGEST = 1 << 25
"""Bytes to unpack at most: more than any imported file has."""
_NUMBER_KINDS = Columns(tables.card_sources, ("version",))
_KINDS = Columns(tables.card_sources, _COLUMNS)


def stored_sources(connection: Connection, account: str, card_id: str) -> Iterator[StoredSource]:
    """Yield the stored files of a card, with one file in memory.

    Raises:
        WrongKind: a value cannot be in its column.
    """
    parameters = {"account": account, "card_id": card_id}
    for number in connection.rows(_NUMBERS, parameters):
        label = f"imported file of version {shown_key(number[0])}"
        _NUMBER_KINDS.check(label, number)
        row = connection.row(_ROW, {**parameters, "version": number[0]})
        if row is not None:
            facts, packed = row[:-1], row[-1]
            _KINDS.check(label, facts)
            if not isinstance(packed, bytes | memoryview):
                raise WrongKind(label, "has no bytes as its packed")
            stated = ExpectedSource._make(facts[1:])
            yield StoredSource(facts[0], stated, *_read(bytes(packed), stated.size))


def _read(packed: bytes, size: int) -> tuple[str | None, int | None]:
    """Return digest and length of packed bytes; of longer ones than the row says, those of the beginning."""
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(packed, min(max(size, 0), _LARGEST) + 1)
    except zlib.error:
        return None, None
    if len(data) <= size and not unpacking.eof:
        return None, None
    return sha256(data).hexdigest(), len(data)
