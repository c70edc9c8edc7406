"""Cards: the row of each, its contents, and the lists of cards."""

from functools import lru_cache

from cardwright.core.card import Card, CardSummary, Description, Status, card_facts
from cardwright.core.content import Document
from cardwright.core.listing import CardQuery, CardSort
from cardwright.storage.card_texts import CardTexts
from cardwright.storage.database import Connection

_CARD_COLUMNS = """card_id, name, status, version, created_at, created_by, modified_at, modified_by,
    content_digest, record_digest, audit_sequence, audit_digest, kms_key_id"""

_FIND = f"SELECT {_CARD_COLUMNS} FROM cards WHERE account_id = :account AND name = :name"

# A card's row says of its newest version all that the version's own row says.
_DESCRIBE_NEWEST = """
    SELECT c.name, c.version, c.status, t.content, c.created_at, c.created_by, c.modified_at, c.modified_by,
        c.kms_key_id
    FROM cards c
    JOIN contents t ON t.account_id = c.account_id AND t.card_id = c.card_id AND t.version = c.version
    WHERE c.account_id = :account AND c.name = :name"""
_DESCRIBE_VERSION = """
    SELECT c.name, v.version, v.status, t.content, c.created_at, c.created_by, v.modified_at, v.modified_by,
        c.kms_key_id
    FROM cards c
    JOIN versions v ON v.account_id = c.account_id AND v.card_id = c.card_id AND v.version = :version
    JOIN contents t ON t.account_id = c.account_id AND t.card_id = c.card_id AND t.version = :version
    WHERE c.account_id = :account AND c.name = :name"""

_INSERT = """
    INSERT INTO cards (account_id, card_id, name, status, version, created_at, created_by, modified_at, modified_by,
        content_digest, model_key, package_key, model_id, model_name, model_package_group_name, model_package_arn,
        risk_rating, metadata, record_digest, audit_sequence, audit_digest, kms_key_id)
    VALUES (:account, :card_id, :name, :status, :version, :created_at, :created_by, :modified_at, :modified_by,
        :content_digest, :model_key, :package_key, :model_id, :model_name, :model_package_group_name,
        :model_package_arn, :risk_rating, :metadata, :record_digest, :audit_sequence, :audit_digest, :kms_key_id)
    ON CONFLICT DO NOTHING"""

_UPDATE = """
    UPDATE cards SET status = :status, version = :version, modified_at = :modified_at, modified_by = :modified_by,
        content_digest = :content_digest, record_digest = :record_digest, audit_sequence = :audit_sequence,
        audit_digest = :audit_digest
    WHERE account_id = :account AND card_id = :card_id"""

_UPDATE_FACTS = """
    UPDATE cards SET model_key = :model_key, package_key = :package_key, model_id = :model_id, model_name = :model_name,
        model_package_group_name = :model_package_group_name, model_package_arn = :model_package_arn,
        risk_rating = :risk_rating, metadata = :metadata
    WHERE account_id = :account AND card_id = :card_id"""

_DELETE = "DELETE FROM cards WHERE account_id = :account AND card_id = :card_id"

_CARD_OF_MODEL = """
    SELECT name FROM cards
    WHERE account_id = :account AND card_id <> :card_id AND (model_key = :model_key OR package_key = :package_key)"""

# On SQLite the names stand in a trigram index of their own; PostgreSQL keeps one over the cards table (pg_trgm).
_INDEX_NAME = "INSERT INTO card_names (name, account_id, card_id) VALUES (:name, :account, :card_id)"
# LIKE, because only LIKE and MATCH use the trigrams.
_UNINDEX_NAME = "DELETE FROM card_names WHERE name LIKE :name AND account_id = :account AND card_id = :card_id"
_TRIGRAM = 3


class CardTable:
    """The cards of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, name: str) -> Card | None:
        return self._card(_FIND, name)

    def lock(self, name: str) -> Card | None:
        """The card, kept from other writers until this unit ends."""
        return self._card(_FIND + " FOR UPDATE" if self._connection.engine == "postgresql" else _FIND, name)

    def _card(self, sql: str, name: str) -> Card | None:
        row = self._connection.row(sql, {"account": self._account, "name": name})
        return None if row is None else Card(row[0], row[1], Status(row[2]), *row[3:])

    def describe(self, name: str, version: int | None) -> Description | None:
        """One version with its content; the newest when ``version`` is None."""
        if version is None:
            row = self._connection.row(_DESCRIBE_NEWEST, {"account": self._account, "name": name})
        else:
            parameters = {"account": self._account, "name": name, "version": version}
            row = self._connection.row(_DESCRIBE_VERSION, parameters)
        return None if row is None else Description._make(row)

    def list(self, query: CardQuery) -> list[CardSummary]:
        """At most ``query.limit`` cards after the query's position."""
        after_value, after_id = (*(query.after or ()), None, None)[:2]
        trigram = self._connection.engine == "sqlite" and len(query.name_contains or "") >= _TRIGRAM
        wanted = {
            "created_after": query.created_after,
            "created_before": query.created_before,
            "status": query.status,
            "name_match" if trigram else "name_contains": query.name_contains,
            "after": after_value,
        }
        present = {name: value for name, value in wanted.items() if value is not None}
        parameters = {"account": self._account, "limit": query.limit, "after_id": after_id, **present}
        sql = _list_sql(self._connection.engine, query.sort_by, query.descending, tuple(present))
        return [CardSummary._make(row) for row in self._connection.rows(sql, parameters)]

    def other_of_model(self, card: Card, document: Document) -> str | None:
        """The name of another card for the model, or the model package, that a card's content names."""
        row = self._connection.row(_CARD_OF_MODEL, self._facts(card, document))
        return None if row is None else str(row[0])

    def insert(self, card: Card, document: Document) -> bool:
        """Add a card; False, and nothing changed, when its name or its model has one."""
        parameters = self._state(card) | self._facts(card, document)
        parameters |= {"name": card.name, "created_at": card.created_at, "created_by": card.created_by}
        parameters |= {"kms_key_id": card.kms_key_id}
        if not self._connection.run(_INSERT, parameters):
            return False
        if self._connection.engine == "sqlite":
            self._connection.run_late(_INDEX_NAME, parameters)
        CardTexts(self._connection).insert(parameters)
        return True

    def update(self, card: Card, document: Document | None) -> None:
        """Store a card's new state and, when it has new content, what that content says."""
        self._connection.run(_UPDATE, self._state(card))
        if document is not None:
            facts = self._facts(card, document)
            self._connection.run(_UPDATE_FACTS, facts)
            CardTexts(self._connection).update(facts)

    def delete(self, card: Card) -> None:
        """Remove the card's row; its versions must be gone already."""
        parameters = {"account": self._account, "card_id": card.card_id, "name": card.name}
        if self._connection.engine == "sqlite":
            self._connection.run_what_is_late()
            self._connection.run(_UNINDEX_NAME, parameters)
        CardTexts(self._connection).delete(parameters)
        self._connection.run(_DELETE, parameters)

    def _state(self, card: Card) -> dict[str, object]:
        return {
            "account": self._account,
            "card_id": card.card_id,
            "status": card.status,
            "version": card.version,
            "modified_at": card.modified_at,
            "modified_by": card.modified_by,
            "content_digest": card.content_digest,
            "record_digest": card.record_digest,
            "audit_sequence": card.audit_sequence,
            "audit_digest": card.audit_digest,
        }

    def _facts(self, card: Card, document: Document) -> dict[str, object]:
        return {"account": self._account, "card_id": card.card_id, **card_facts(document)}


_FILTERS = {
    "created_after": "c.created_at > :created_after",
    "created_before": "c.created_at < :created_before",
    "status": "c.status = :status",
}
_NAME_MATCH = """c.card_id IN (SELECT n.card_id FROM card_names n
    WHERE n.name LIKE '%' || :name_match || '%' AND n.account_id = :account)"""
_NAME_CONTAINS = {
    # Names are ASCII, where LIKE and ILIKE fold case alike, and hold no wildcard.
    "sqlite": "c.name LIKE '%' || :name_contains || '%'",
    "postgresql": "c.name ILIKE '%' || CAST(:name_contains AS TEXT) || '%'",
}


@lru_cache(maxsize=256)
def _list_sql(engine: str, sort_by: CardSort, descending: bool, filters: tuple[str, ...]) -> str:
    compare, order = ("<", "DESC") if descending else (">", "ASC")
    by_name = sort_by is CardSort.NAME
    known = _FILTERS | {
        "name_match": _NAME_MATCH,
        "name_contains": _NAME_CONTAINS[engine],
        "after": f"c.name {compare} :after" if by_name else f"(c.created_at, c.card_id) {compare} (:after, :after_id)",
    }
    where = " AND ".join(["c.account_id = :account", *(known[name] for name in filters)])
    sort = f"c.name {order}" if by_name else f"c.created_at {order}, c.card_id {order}"
    return (
        "SELECT c.name, c.status, c.created_at, c.modified_at, c.card_id FROM cards c"
        f" WHERE {where} ORDER BY {sort} LIMIT :limit"
    )
