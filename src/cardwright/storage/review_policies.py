"""Review policies: their versions, and which of them are active."""

from cardwright.core.policy.stored import StoredPolicy
from cardwright.storage.engines.database import Connection

_COLUMNS = "name, version, text, digest, active, stored_at, stored_by, activated_at"
_ACTIVE = f"""
    SELECT {_COLUMNS} FROM review_policies WHERE account_id = :account AND active = 1 ORDER BY name"""
_FIND = f"""
    SELECT {_COLUMNS} FROM review_policies
    WHERE account_id = :account AND name = :name AND version = :version AND deleted_at IS NULL"""
_NEWEST = f"""
    SELECT {_COLUMNS} FROM review_policies WHERE account_id = :account AND name = :name AND deleted_at IS NULL
    ORDER BY active DESC, version DESC LIMIT 1"""
_LIST = f"""
    SELECT {_COLUMNS} FROM review_policies
    WHERE account_id = :account AND deleted_at IS NULL AND (name, version) > (:name, :version)
    ORDER BY name, version LIMIT :limit"""
_HIGHEST = "SELECT MAX(version) FROM review_policies WHERE account_id = :account AND name = :name"
_NEWEST_VERSION = _HIGHEST + " AND deleted_at IS NULL"
_WAS_DELETED = """
    SELECT 1 FROM review_policies
    WHERE account_id = :account AND name = :name AND version = :version AND deleted_at IS NOT NULL"""
_INSERT = """
    INSERT INTO review_policies (account_id, name, version, text, digest, active, stored_at, stored_by)
    VALUES (:account, :name, :version, :text, :digest, 0, :stored_at, :stored_by)"""
_DEACTIVATE = """
    UPDATE review_policies SET active = 0 WHERE account_id = :account AND name = :name AND active = 1"""
_ACTIVATE = """
    UPDATE review_policies SET active = 1, activated_at = :now
    WHERE account_id = :account AND name = :name AND version = :version"""
_DELETE = """
    UPDATE review_policies SET active = 0, deleted_at = :now
    WHERE account_id = :account AND name = :name AND deleted_at IS NULL"""
# Changes of policies come one after another: two that are activated at once could tie.
_LOCK = "SELECT id FROM store WHERE id = 1 FOR UPDATE"


class ReviewPolicyTable:
    """The review policies of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def lock(self) -> None:
        """Lock the policies against other changes until the unit ends."""
        if self._connection.engine == "postgresql":
            self._connection.row(_LOCK, {})

    def active(self) -> list[StoredPolicy]:
        """Return the active versions, by name."""
        return [StoredPolicy._make(row) for row in self._connection.rows(_ACTIVE, {"account": self._account})]

    def find(self, name: str, version: int | None = None) -> StoredPolicy | None:
        """Return a version; by default the active one, else the newest."""
        parameters: dict[str, object] = {"account": self._account, "name": name}
        if version is None:
            row = self._connection.row(_NEWEST, parameters)
        else:
            row = self._connection.row(_FIND, parameters | {"version": version})
        return None if row is None else StoredPolicy._make(row)

    def list(self, after: tuple[str, int], limit: int) -> list[StoredPolicy]:
        """Return at most ``limit`` versions after a name and version, in that order."""
        parameters = {"account": self._account, "name": after[0], "version": after[1], "limit": limit}
        return [StoredPolicy._make(row) for row in self._connection.rows(_LIST, parameters)]

    def highest(self, name: str) -> int:
        """Return the highest version that a name ever had; 0 for a new name."""
        row = self._connection.row(_HIGHEST, {"account": self._account, "name": name})
        return 0 if row is None or row[0] is None else int(row[0])

    def newest(self, name: str) -> int | None:
        """Return the highest version that is not deleted."""
        row = self._connection.row(_NEWEST_VERSION, {"account": self._account, "name": name})
        return None if row is None else row[0]

    def was_deleted(self, name: str, version: int) -> bool:
        """Whether a version was deleted."""
        parameters = {"account": self._account, "name": name, "version": version}
        return self._connection.row(_WAS_DELETED, parameters) is not None

    def insert(self, policy: StoredPolicy) -> None:
        """Store a version that is not active."""
        parameters = policy._asdict() | {"account": self._account}
        self._connection.run(_INSERT, parameters)

    def activate(self, name: str, version: int, now: int) -> None:
        """Make a version the active one of its name."""
        parameters = {"account": self._account, "name": name, "version": version, "now": now}
        self._connection.run(_DEACTIVATE, parameters)
        self._connection.run(_ACTIVATE, parameters)

    def deactivate(self, name: str) -> None:
        """Make no version of a name the active one."""
        self._connection.run(_DEACTIVATE, {"account": self._account, "name": name})

    def delete(self, name: str, now: int) -> int:
        """Mark all versions of a name as deleted. Returns their number."""
        return self._connection.run(_DELETE, {"account": self._account, "name": name, "now": now})
