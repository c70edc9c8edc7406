"""Tags of resources, by the resource's identifier."""

from collections.abc import Iterable, Mapping

from cardwright.storage.engines.database import Connection

_SELECT = """
    SELECT tag_key, tag_value FROM tags WHERE account_id = :account AND resource_id = :resource_id ORDER BY tag_key"""
_PUT = """
    INSERT INTO tags (account_id, resource_id, tag_key, tag_value)
    VALUES (:account, :resource_id, :tag_key, :tag_value)
    ON CONFLICT (account_id, resource_id, tag_key) DO UPDATE SET tag_value = :tag_value"""
_REMOVE = """
    DELETE FROM tags WHERE account_id = :account AND resource_id = :resource_id AND tag_key = :tag_key"""
_REMOVE_ALL = "DELETE FROM tags WHERE account_id = :account AND resource_id = :resource_id"
# Each key from the previous one: DISTINCT would read all tags of the account.
_KEYS = """
    WITH RECURSIVE used(tag_key) AS (
        SELECT (SELECT min(tag_key) FROM tags WHERE account_id = :account)
        UNION ALL
        SELECT (SELECT min(t.tag_key) FROM tags t WHERE t.account_id = :account AND t.tag_key > used.tag_key)
        FROM used WHERE used.tag_key IS NOT NULL)
    SELECT tag_key FROM used WHERE tag_key IS NOT NULL"""


class TagTable:
    """The tags of the resources of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def get(self, resource_id: str) -> dict[str, str]:
        """Return values by key, in the order of the keys' code points."""
        rows = self._connection.rows(_SELECT, {"account": self._account, "resource_id": resource_id})
        return {row[0]: row[1] for row in rows}

    def put(self, resource_id: str, tags: Mapping[str, str]) -> None:
        """Add tags, replacing the values of existing keys."""
        for key, value in tags.items():
            self._connection.send(
                _PUT,
                {"account": self._account, "resource_id": resource_id, "tag_key": key, "tag_value": value},
            )

    def remove(self, resource_id: str, keys: Iterable[str]) -> None:
        for key in keys:
            self._connection.send(_REMOVE, {"account": self._account, "resource_id": resource_id, "tag_key": key})

    def remove_all(self, resource_id: str) -> None:
        self._connection.send(_REMOVE_ALL, {"account": self._account, "resource_id": resource_id})

    def keys_in_use(self) -> list[str]:
        """Return all tag keys in use in the account."""
        return [row[0] for row in self._connection.rows(_KEYS, {"account": self._account})]
