"""The files that cards were imported from."""

import zlib

from cardwright.core.card import CardSource
from cardwright.storage.engines.database import Connection

_COLUMNS = "version, kind, file_name, media_type, sha256, size, imported_at, imported_by"
_FIND = f"""
    SELECT {_COLUMNS}, packed FROM card_sources
    WHERE account_id = :account AND card_id = :card AND version <= :version ORDER BY version DESC LIMIT 1"""
_INSERT = f"""
    INSERT INTO card_sources (account_id, card_id, {_COLUMNS}, packed)
    VALUES (:account, :card, :version, :kind, :file_name, :media_type, :sha256, :size, :at, :by, :packed)"""
_DELETE = "DELETE FROM card_sources WHERE account_id = :account AND card_id = :card"
_DELETE_ONE = f"{_DELETE} AND version = :version"
_LEVEL = 6


class CardSourceTable:
    """The sources of the cards of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, card_id: str, version: int) -> CardSource | None:
        """Return the source of a version: that of the version itself or of the last import before it."""
        row = self._connection.row(_FIND, {"account": self._account, "card": card_id, "version": version})
        if row is None:
            return None
        *facts, packed = row
        return CardSource._make((*facts, zlib.decompress(bytes(packed))))

    def put(self, card_id: str, source: CardSource) -> None:
        """Store a source; it replaces the source of the same version."""
        key = {"account": self._account, "card": card_id, "version": source.version}
        self._connection.run(_DELETE_ONE, key)
        row = {
            **key,
            "kind": source.kind,
            "file_name": source.file_name,
            "media_type": source.media_type,
            "sha256": source.sha256,
            "size": source.size,
            "at": source.imported_at,
            "by": source.imported_by,
            "packed": zlib.compress(source.data, _LEVEL),
        }
        self._connection.run(_INSERT, row)

    def delete_all(self, card_id: str) -> None:
        self._connection.send(_DELETE, {"account": self._account, "card": card_id})
