"""Resources of the registry: the row of each, its document, and their lists."""

from collections.abc import Sequence
from functools import lru_cache

import orjson

from cardwright.core.listing import ResourceQuery, ResourceSort
from cardwright.core.registry import Resource, ResourceKind, artifact_key, artifact_of, summary_of
from cardwright.storage.engines.database import Connection, Row

_COLUMNS = """r.resource_id, r.kind, r.name, r.version, r.last_version, r.tags_id, r.status, r.created_at, r.created_by,
    r.modified_at, r.modified_by"""
_FIND = f"""
    SELECT {_COLUMNS}, d.document FROM resources r
    JOIN documents d ON d.account_id = r.account_id AND d.resource_id = r.resource_id
    WHERE r.account_id = :account AND r.kind = :kind AND r.name = :name AND r.version = :version"""
_MADE_WITH = """
    SELECT name, version, request_digest FROM resources
    WHERE account_id = :account AND kind = :kind AND client_token = :token"""
_HAS_VERSIONS = """
    SELECT 1 FROM resources WHERE account_id = :account AND kind = 'model-package' AND name = :name AND version > 0
    LIMIT 1"""
_INSERT = """
    INSERT INTO resources (account_id, resource_id, kind, name, version, last_version, tags_id, status, created_at,
        created_by, modified_at, modified_by, artifact_key, client_token, request_digest, summary)
    VALUES (:account, :resource_id, :kind, :name, :version, :last_version, :tags_id, :status, :created_at,
        :created_by, :modified_at, :modified_by, :artifact_key, :client_token, :request_digest, :summary)
    ON CONFLICT DO NOTHING"""
_INSERT_DOCUMENT = (
    "INSERT INTO documents (account_id, resource_id, document) VALUES (:account, :resource_id, :document)"
)
_UPDATE = """
    UPDATE resources SET last_version = :last_version, status = :status, modified_at = :modified_at,
        modified_by = :modified_by, summary = :summary
    WHERE account_id = :account AND resource_id = :resource_id"""
_UPDATE_DOCUMENT = """
    UPDATE documents SET document = :document WHERE account_id = :account AND resource_id = :resource_id"""
_GIVE_VERSION = """
    UPDATE resources SET last_version = :last_version WHERE account_id = :account AND resource_id = :resource_id"""
_DELETE_DOCUMENT = "DELETE FROM documents WHERE account_id = :account AND resource_id = :resource_id"
_DELETE = "DELETE FROM resources WHERE account_id = :account AND resource_id = :resource_id"


class ResourceTable:
    """The registry of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, kind: ResourceKind, name: str, version: int = 0) -> Resource | None:
        return self._resource(_FIND, kind, name, version)

    def lock(self, kind: ResourceKind, name: str, version: int = 0) -> Resource | None:
        """Return the resource, locked against other writers until this unit ends."""
        # Locks both rows: a writer that had to wait must see the other writer's document.
        lock = " FOR UPDATE" if self._connection.engine == "postgresql" else ""
        return self._resource(_FIND + lock, kind, name, version)

    def of_token(self, kind: ResourceKind, token: str) -> tuple[str, int, str] | None:
        """Return name, version and request digest of the resource that was created with a client token."""
        row = self._connection.row(_MADE_WITH, {"account": self._account, "kind": kind, "token": token})
        return None if row is None else (row[0], row[1], row[2])

    def has_versions(self, group: str) -> bool:
        """Whether a model package group has any version."""
        return self._connection.row(_HAS_VERSIONS, {"account": self._account, "name": group}) is not None

    def insert(self, resource: Resource, token: str | None = None, request_digest: str | None = None) -> bool:
        """Add a resource. False, without a change, when its name or its client token is taken."""
        artifact = artifact_of(resource.document) if resource.kind is ResourceKind.TRAINING_JOB else None
        facts = {
            "account": self._account,
            "resource_id": resource.resource_id,
            "kind": resource.kind,
            "name": resource.name,
            "version": resource.version,
            "last_version": resource.last_version,
            "tags_id": resource.tags_id,
            "status": resource.status,
            "created_at": resource.created_at,
            "created_by": resource.created_by,
            "modified_at": resource.modified_at,
            "modified_by": resource.modified_by,
            "artifact_key": None if artifact is None else artifact_key(artifact),
            "client_token": token,
            "request_digest": request_digest,
            "summary": _json(summary_of(resource.kind, resource.document)),
        }
        if not self._connection.run(_INSERT, facts):
            return False
        self._connection.run(
            _INSERT_DOCUMENT,
            {
                "account": self._account,
                "resource_id": resource.resource_id,
                "document": _json(resource.document),
            },
        )
        return True

    def update(self, resource: Resource) -> None:
        """Store a resource's new state and document."""
        facts = {
            "account": self._account,
            "resource_id": resource.resource_id,
            "last_version": resource.last_version,
            "status": resource.status,
            "modified_at": resource.modified_at,
            "modified_by": resource.modified_by,
            "summary": _json(summary_of(resource.kind, resource.document)),
        }
        self._connection.run(_UPDATE, facts)
        self._connection.run(
            _UPDATE_DOCUMENT,
            {
                "account": self._account,
                "resource_id": resource.resource_id,
                "document": _json(resource.document),
            },
        )

    def give_version(self, group: Resource) -> int:
        """Assign the next version number of a model package group that this unit has locked."""
        number = group.last_version + 1
        parameters = {"account": self._account, "resource_id": group.resource_id, "last_version": number}
        self._connection.run(_GIVE_VERSION, parameters)
        return number

    def delete(self, resource: Resource) -> None:
        """Delete a resource with its document; its tags must be deleted before."""
        parameters = {"account": self._account, "resource_id": resource.resource_id}
        self._connection.run(_DELETE_DOCUMENT, parameters)
        self._connection.run(_DELETE, parameters)

    def list(self, kind: ResourceKind, query: ResourceQuery) -> list[Resource]:
        """Return at most ``query.limit`` resources after the query's position, each with its summary as document."""
        after, after_more = (*(query.after or ()), None, None)[:2]
        wanted = {
            "created_after": query.created_after,
            "created_before": query.created_before,
            "modified_after": query.modified_after,
            "modified_before": query.modified_before,
            "name_contains": query.name_contains,
            "wanted_name": query.name,
            "status": query.status,
            "uncarded": query.uncarded,
            "after": after,
        }
        present = {name: value for name, value in wanted.items() if value is not None}
        filters = (*present, *([] if query.versioned is None else ["versions" if query.versioned else "no_versions"]))
        if query.uncarded is not None and kind is ResourceKind.MODEL:
            filters += ("unnamed",)
        parameters = {"account": self._account, "kind": kind, "limit": query.limit, "after_more": after_more, **present}
        sql = _list_sql(self._connection.engine, query.sort_by, query.descending, filters)
        return [resource_of(row) for row in self._connection.rows(sql, parameters)]

    def group_sizes(self, groups: Sequence[str]) -> dict[str, int]:
        """Return the number of versions of each model package group; groups without versions are left out."""
        listed = {f"group{number}": name for number, name in enumerate(groups)}
        if not listed:
            return {}
        sql = (
            "SELECT name, count(*) FROM resources WHERE account_id = :account AND kind = 'model-package'"
            f" AND version > 0 AND name IN ({', '.join(f':{key}' for key in listed)}) GROUP BY name"
        )
        return dict(self._connection.rows(sql, {"account": self._account, **listed}))

    def _resource(self, sql: str, kind: ResourceKind, name: str, version: int) -> Resource | None:
        parameters = {"account": self._account, "kind": kind, "name": name, "version": version}
        row = self._connection.row(sql, parameters)
        return None if row is None else resource_of(row)


def resource_of(row: Row) -> Resource:
    """Build a resource from its columns in the order of :class:`Resource`; the document comes last, as text."""
    resource_id, kind, name, version, last_version, tags_id, status, *events, document = row
    facts = (ResourceKind(kind), name, version, last_version, tags_id, status)
    created_at, created_by, modified_at, modified_by = events
    known = orjson.loads(document)
    return Resource(resource_id, *facts, created_at, created_by, modified_at, modified_by, known)


def _json(document: object) -> str:
    return orjson.dumps(document).decode()


_FILTERS = {
    "created_after": "r.created_at > :created_after",
    "created_before": "r.created_at < :created_before",
    "modified_after": "r.modified_at > :modified_after",
    "modified_before": "r.modified_at < :modified_before",
    "wanted_name": "r.name = :wanted_name",
    "status": "r.status = :status",
    "versions": "+r.version > 0",  # the plus makes SQLite use the index of the list's order, not that of versions
    "no_versions": "r.version = 0",
}
# For NOT IN, SQLite reads the cards' identifiers once per statement; PostgreSQL joins by NOT EXISTS.
_ARN = """:uncarded || r.name || CASE WHEN r.version > 0 THEN '/' || CAST(r.version AS TEXT) ELSE '' END"""
_UNCARDED = {
    "sqlite": f"""({_ARN}) NOT IN (SELECT model_id FROM cards WHERE account_id = :account AND model_id IS NOT NULL
        UNION ALL SELECT model_package_arn FROM cards WHERE account_id = :account AND model_package_arn IS NOT NULL)""",
    "postgresql": f"""NOT EXISTS (SELECT 1 FROM cards c WHERE c.account_id = :account
            AND c.model_id = CAST({_ARN.replace(":uncarded", "CAST(:uncarded AS TEXT)")} AS TEXT))
        AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.account_id = :account
            AND c.model_package_arn = CAST({_ARN.replace(":uncarded", "CAST(:uncarded AS TEXT)")} AS TEXT))""",
}
_UNNAMED = """NOT EXISTS (SELECT 1 FROM cards c WHERE c.account_id = :account AND c.model_name = r.name)"""
_NAME_CONTAINS = {
    # Names are ASCII; the searched text may contain LIKE's wildcards.
    "sqlite": "instr(lower(r.name), lower(:name_contains)) > 0",
    "postgresql": "strpos(lower(r.name), lower(CAST(:name_contains AS TEXT))) > 0",
}
_SORTS = {
    ResourceSort.NAME: ("r.name", "r.version"),
    ResourceSort.CREATION_TIME: ("r.created_at", "r.resource_id"),
    ResourceSort.STATUS: ("coalesce(r.status, '')", "r.resource_id"),
}


@lru_cache(maxsize=256)
def _list_sql(engine: str, sort_by: ResourceSort, descending: bool, filters: tuple[str, ...]) -> str:
    compare, order = ("<", "DESC") if descending else (">", "ASC")
    first, second = _SORTS[sort_by]
    known = _FILTERS | {
        "name_contains": _NAME_CONTAINS[engine],
        "uncarded": _UNCARDED[engine],
        "unnamed": _UNNAMED,
        "after": f"({first}, {second}) {compare} (:after, :after_more)",
    }
    where = " AND ".join(["r.account_id = :account", "r.kind = :kind", *(known[name] for name in filters)])
    return (
        f"SELECT {_COLUMNS}, r.summary FROM resources r"
        f" WHERE {where} ORDER BY {first} {order}, {second} {order} LIMIT :limit"
    )
