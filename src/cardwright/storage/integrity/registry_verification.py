"""Reads the registry of every account for verification, and finds duplicates that unique indexes would prevent."""

from collections.abc import Iterator

from cardwright.core.integrity.registry_verification import Group, StoredResource, check_resource
from cardwright.core.integrity.verification import Fault
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.integrity.column_kinds import Columns, WrongKind, readable, shown_key

RESOURCES_AT_ONCE = 100  # a document may be megabytes
_RESOURCE_COLUMNS = (
    "account_id",
    "resource_id",
    "kind",
    "name",
    "version",
    "last_version",
    "tags_id",
    "status",
    "created_at",
    "created_by",
    "modified_at",
    "modified_by",
    "artifact_key",
    "client_token",
    "request_digest",
    "summary",
)
_RESOURCES = f"""
    SELECT {", ".join(f"r.{column}" for column in _RESOURCE_COLUMNS)}, d.document, g.resource_id, g.last_version
    FROM resources r
    LEFT JOIN documents d ON d.account_id = r.account_id AND d.resource_id = r.resource_id
    LEFT JOIN resources g ON g.account_id = r.account_id AND g.kind = 'model-package-group' AND g.name = r.name
        AND g.version = 0
    WHERE (r.account_id, r.resource_id) > (:account, :resource_id)
    ORDER BY r.account_id, r.resource_id LIMIT :limit"""
_TAGS_OF = """
    SELECT tag_key, tag_value FROM tags WHERE account_id = :account AND resource_id = :resource_id ORDER BY tag_key"""
_STRAY_DOCUMENTS = """
    SELECT d.account_id, d.resource_id FROM documents d WHERE NOT EXISTS (
        SELECT 1 FROM resources r WHERE r.account_id = d.account_id AND r.resource_id = d.resource_id)
    ORDER BY 1, 2"""
# Duplicates, for a file whose unique index is missing or damaged: the account, and the label of a fault.
_TWICE = (
    (
        "SELECT account_id, min(kind), min(name), version FROM resources"
        " GROUP BY account_id, kind, name, version HAVING count(*) > 1 ORDER BY 1, 2, 3, 4",
        "{0} {1}, version {2},",
        "exists twice",
    ),
    (
        "SELECT account_id, kind, min(name) FROM resources WHERE client_token IS NOT NULL"
        " GROUP BY account_id, kind, client_token HAVING count(*) > 1 ORDER BY 1, 2, 3",
        "{0} {1}",
        "has the client token of another one",
    ),
    (
        "SELECT account_id, min(name) FROM cards WHERE model_key IS NOT NULL"
        " GROUP BY account_id, model_key HAVING count(*) > 1 ORDER BY 1, 2",
        "card {0}",
        "is about a model that has another card",
    ),
    (
        "SELECT account_id, min(name) FROM cards WHERE package_key IS NOT NULL"
        " GROUP BY account_id, package_key HAVING count(*) > 1 ORDER BY 1, 2",
        "card {0}",
        "is about a model package that has another card",
    ),
)

_ROWS = Columns(tables.resources, _RESOURCE_COLUMNS)
_DOCUMENTS = Columns(tables.documents, ("document",))
_TAGS = Columns(tables.tags, ("tag_key", "tag_value"))


class RegistryVerification:
    """One verification of the registry of a store.

    Attributes:
        resources: the number of resources that were read so far.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.resources = 0

    def faults(self) -> Iterator[Fault]:
        """Yield the faults: of each resource, then stray documents, then duplicates."""
        for row in self._rows():
            self.resources += 1
            try:
                stored = self._stored(row)
                for problem in check_resource(stored):
                    yield Fault(row[0], "", "", stored.label, problem)
            except WrongKind as found:
                yield Fault(shown_key(row[0]), "", "", found.record, found.problem)
        for account, resource_id in self._connection.rows(_STRAY_DOCUMENTS, {}):
            yield Fault(shown_key(account), "", "", f"document {shown_key(resource_id)}", "has no resource")
        for sql, label, problem in _TWICE:
            for account, *parts in self._connection.rows(sql, {}):
                yield Fault(shown_key(account), "", "", label.format(*map(shown_key, parts)), problem)

    def _rows(self) -> Iterator[Row]:
        account: object = ""
        resource_id: object = ""
        full = True
        while full:
            parameters = {"account": account, "resource_id": resource_id, "limit": RESOURCES_AT_ONCE}
            rows = self._connection.rows(*readable(_RESOURCES, parameters))
            full = len(rows) == RESOURCES_AT_ONCE
            for row in rows:
                account, resource_id = row[:2]
                yield row

    def _stored(self, row: Row) -> StoredResource:
        columns, (document, group, last_version) = row[: len(_RESOURCE_COLUMNS)], row[len(_RESOURCE_COLUMNS) :]
        label = f"resource {shown_key(row[1])}"
        _ROWS.check(label, columns)
        if document is not None:
            _DOCUMENTS.check(f"document of {label}", (document,))
        facts = dict(zip(_RESOURCE_COLUMNS, columns, strict=True))
        tags = self._connection.rows(_TAGS_OF, {"account": row[0], "resource_id": row[1]})
        for tag in tags:
            _TAGS.check(f"tag {shown_key(tag[0])} of {label}", tag)
        for unread in ("account_id", "created_at", "created_by", "modified_at", "modified_by"):
            del facts[unread]
        holder = Group(group, last_version) if isinstance(last_version, int) else None
        return StoredResource(**facts, document=document, group=holder, tags=dict(tags))
