"""Versions: their records, statuses and contents."""

from collections.abc import Sequence
from functools import lru_cache

from cardwright.core.card import VersionHistory, VersionSummary
from cardwright.core.integrity.history import VersionRecord
from cardwright.core.listing import VersionQuery
from cardwright.storage.engines.database import Connection

_INSERT = """
    INSERT INTO versions (account_id, card_id, version, name, content_digest, created_at, author, role, note,
        previous_digest, record_digest, status, modified_at, modified_by)
    VALUES (:account, :card_id, :version, :name, :content_digest, :at, :author, :role, :note, :previous_digest,
        :record_digest, :status, :at, :author)"""
_INSERT_CONTENT = """
    INSERT INTO contents (account_id, card_id, version, content) VALUES (:account, :card_id, :version, :content)"""
_SET_STATUS = """
    UPDATE versions SET status = :status, modified_at = :modified_at, modified_by = :modified_by
    WHERE account_id = :account AND card_id = :card_id AND version = :version"""
_DELETE_CONTENTS = "DELETE FROM contents WHERE account_id = :account AND card_id = :card_id"
_DELETE_VERSIONS = "DELETE FROM versions WHERE account_id = :account AND card_id = :card_id"
_HISTORY = """
    SELECT version, status, author, note, created_at, modified_at, modified_by,
        content_digest FROM versions
    WHERE account_id = :account AND card_id = :card_id AND version < :before ORDER BY version DESC LIMIT :limit"""
_AUTHORS = """
    SELECT DISTINCT author FROM versions
    WHERE account_id = :account AND card_id = :card_id AND version > :after AND version <= :number"""
_SELECT = "SELECT version, status, created_at, modified_at FROM versions"


class VersionTable:
    """The versions of the cards of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def insert(self, record: VersionRecord, record_digest: str, status: str, content: str) -> None:
        """Add a version; its record and content never change afterwards."""
        self._connection.send(
            _INSERT,
            {
                "account": self._account,
                "card_id": record.card_id,
                "version": record.number,
                "name": record.name,
                "content_digest": record.content_digest,
                "at": record.at,
                "author": record.author,
                "role": record.role,
                "note": record.note,
                "previous_digest": record.previous_digest,
                "record_digest": record_digest,
                "status": status,
            },
        )
        self._connection.send(
            _INSERT_CONTENT,
            {
                "account": self._account,
                "card_id": record.card_id,
                "version": record.number,
                "content": content,
            },
        )

    def set_status(self, card_id: str, number: int, status: str, at: int, by: str) -> None:
        self._connection.send(
            _SET_STATUS,
            {
                "account": self._account,
                "card_id": card_id,
                "version": number,
                "status": status,
                "modified_at": at,
                "modified_by": by,
            },
        )

    def list(self, card_id: str, query: VersionQuery) -> list[VersionSummary]:
        """Return at most ``query.limit`` versions after the query's position."""
        parameters: dict[str, object] = {"account": self._account, "card_id": card_id, "limit": query.limit}
        wanted = {
            "created_after": query.created_after,
            "created_before": query.created_before,
            "status": query.status,
            "after": None if query.after is None else query.after[0],
        }
        present = {name: value for name, value in wanted.items() if value is not None}
        sql = _list_sql(query.descending, tuple(present))
        return [VersionSummary._make(row) for row in self._connection.rows(sql, parameters | present)]

    def history(self, card_id: str, before: int, limit: int) -> Sequence[VersionHistory]:
        """Return at most ``limit`` versions with numbers below ``before``, newest first."""
        parameters = {"account": self._account, "card_id": card_id, "before": before, "limit": limit}
        return [VersionHistory._make(row) for row in self._connection.rows(_HISTORY, parameters)]

    def authors(self, card_id: str, after: int, number: int) -> Sequence[str]:
        """Return the authors of the versions from ``after`` + 1 to ``number``."""
        parameters = {"account": self._account, "card_id": card_id, "after": after, "number": number}
        return [row[0] for row in self._connection.rows(_AUTHORS, parameters)]

    def delete_all(self, card_id: str) -> None:
        """Delete all versions of a card and their contents."""
        parameters = {"account": self._account, "card_id": card_id}
        self._connection.send(_DELETE_CONTENTS, parameters)
        self._connection.send(_DELETE_VERSIONS, parameters)


@lru_cache(maxsize=64)
def _list_sql(descending: bool, filters: tuple[str, ...]) -> str:
    compare, order = ("<", "DESC") if descending else (">", "ASC")
    known = {
        "created_after": "created_at > :created_after",
        "created_before": "created_at < :created_before",
        "status": "status = :status",
        "after": f"version {compare} :after",
    }
    where = " AND ".join(["account_id = :account", "card_id = :card_id", *(known[name] for name in filters)])
    return f"{_SELECT} WHERE {where} ORDER BY version {order} LIMIT :limit"
