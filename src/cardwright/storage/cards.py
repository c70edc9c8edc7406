"""Cards: the row of each, its content, and the lists of cards."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from cardwright.core.card import Card, CardSummary, Description, Status, card_facts
from cardwright.core.content import Document
from cardwright.core.listing import CardQuery, CardSort
from cardwright.storage.card_texts import CardTexts
from cardwright.storage.engines.database import Connection, Lookup, Row
from cardwright.storage.narrowing import FEW, HANDFUL, PAGES, TRIGRAM, WALKED, WALKED_ON, as_list, listed

_CARD_COLUMNS = """card_id, name, status, version, created_at, created_by, modified_at, modified_by,
    content_digest, record_digest, audit_sequence, audit_digest, kms_key_id"""

_FIND_BY_ID = f"SELECT {_CARD_COLUMNS} FROM cards WHERE account_id = :account AND card_id = :card_id"
_FIND = f"SELECT {_CARD_COLUMNS} FROM cards WHERE account_id = :account AND name = :name"

# A card's row repeats everything in the row of its newest version.
_DESCRIBE_NEWEST = """
    SELECT c.name, c.version, c.status, t.content, c.created_at, c.created_by, c.modified_at, c.modified_by,
        c.kms_key_id, c.audit_digest
    FROM cards c
    JOIN contents t ON t.account_id = c.account_id AND t.card_id = c.card_id AND t.version = c.version
    WHERE c.account_id = :account AND c.name = :name"""
_DESCRIBE_VERSION = """
    SELECT c.name, v.version, v.status, t.content, c.created_at, c.created_by, v.modified_at, v.modified_by,
        c.kms_key_id, c.audit_digest
    FROM cards c
    JOIN versions v ON v.account_id = c.account_id AND v.card_id = c.card_id AND v.version = :version
    JOIN contents t ON t.account_id = c.account_id AND t.card_id = c.card_id AND t.version = :version
    WHERE c.account_id = :account AND c.name = :name"""

_AUDIT_DIGEST = Lookup(
    "SELECT audit_digest FROM cards WHERE account_id = :account AND name = :key",
    """SELECT c.account_id, c.name, c.audit_digest
    FROM unnest(CAST(:accounts AS text[]), CAST(:keys AS text[])) AS few(account, name)
    JOIN cards c ON c.account_id = few.account AND c.name = few.name""",
)

_INSERT = """
    INSERT INTO cards (account_id, card_id, name, status, version, created_at, created_by, modified_at, modified_by,
        content_digest, model_key, package_key, model_id, model_name, model_package_group_name, model_package_arn,
        risk_rating, metadata, record_digest, audit_sequence, audit_digest, kms_key_id)
    VALUES (:account, :card_id, :name, :status, :version, :created_at, :created_by, :modified_at, :modified_by,
        :content_digest, :model_key, :package_key, :model_id, :model_name, :model_package_group_name,
        :model_package_arn, :risk_rating, :metadata, :record_digest, :audit_sequence, :audit_digest, :kms_key_id)
    ON CONFLICT DO NOTHING"""

_STATE = """status = :status, version = :version, modified_at = :modified_at, modified_by = :modified_by,
    content_digest = :content_digest, record_digest = :record_digest, audit_sequence = :audit_sequence,
    audit_digest = :audit_digest"""
_FACTS = """model_key = :model_key, package_key = :package_key, model_id = :model_id, model_name = :model_name,
    model_package_group_name = :model_package_group_name, model_package_arn = :model_package_arn,
    risk_rating = :risk_rating, metadata = :metadata"""
_UPDATE = f"UPDATE cards SET {_STATE} WHERE account_id = :account AND card_id = :card_id"
# One statement for both: each statement rewrites the row and the entries of all indexes with a column that it sets.
_UPDATE_ALL = f"UPDATE cards SET {_STATE}, {_FACTS} WHERE account_id = :account AND card_id = :card_id"

_DELETE = "DELETE FROM cards WHERE account_id = :account AND card_id = :card_id"

# Two look-ups: with OR between them, SQLite would read all cards of the account.
_CARD_OF_MODEL = " UNION ALL ".join(
    f"SELECT name FROM cards WHERE account_id = :account AND {key} = :{key} AND card_id <> :card_id"
    for key in ("model_key", "package_key")
)

# On SQLite the names have a separate trigram index; PostgreSQL has one over the cards table (pg_trgm).
_INDEX_NAME = "INSERT INTO card_names (name, account_id, card_id) VALUES (:name, :account, :card_id)"
# LIKE, because only LIKE and MATCH use the trigrams.
_UNINDEX_NAME = "DELETE FROM card_names WHERE name LIKE :name AND account_id = :account AND card_id = :card_id"


class CardTable:
    """The cards of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, name: str) -> Card | None:
        return self._card(_FIND, name)

    def by_id(self, card_id: str) -> Card | None:
        """Return a card by its identifier."""
        row = self._connection.row(_FIND_BY_ID, {"account": self._account, "card_id": card_id})
        return None if row is None else Card(row[0], row[1], Status(row[2]), *row[3:])

    def lock(self, name: str) -> Card | None:
        """Return the card, locked against other writers until this unit ends."""
        return self._card(_FIND + " FOR UPDATE" if self._connection.engine == "postgresql" else _FIND, name)

    def _card(self, sql: str, name: str) -> Card | None:
        row = self._connection.row(sql, {"account": self._account, "name": name})
        return None if row is None else Card(row[0], row[1], Status(row[2]), *row[3:])

    def describe(self, name: str, version: int | None) -> Description | None:
        """Return one version with its content; the newest when ``version`` is None."""
        if version is None:
            row = self._connection.row(_DESCRIBE_NEWEST, {"account": self._account, "name": name})
        else:
            parameters = {"account": self._account, "name": name, "version": version}
            row = self._connection.row(_DESCRIBE_VERSION, parameters)
        return None if row is None else Description._make(row)

    def audit_digest(self, name: str) -> str | None:
        """Return the digest of the card's newest audit record."""
        row = self._connection.look_up(_AUDIT_DIGEST, self._account, name)
        return None if row is None else row[0]

    def list(self, query: CardQuery) -> Sequence[CardSummary]:
        """Return at most ``query.limit`` cards after the query's position."""
        after_value, after_id = (*(query.after or ()), None, None)[:2]
        wanted = {
            "created_after": query.created_after,
            "created_before": query.created_before,
            "status": query.status,
            "name_contains": query.name_contains,
            "after": after_value,
        }
        present = {name: value for name, value in wanted.items() if value is not None}
        listing = _Listing(self._connection.engine, query.sort_by, query.descending, tuple(present))
        parameters = {"account": self._account, "limit": query.limit, "after_id": after_id, **present}
        for walked, few in listing.tries(query.limit):
            page, complete = self._walk(listing, parameters | {"walked": walked})
            if complete or len(page) == query.limit:
                return page
            for index in _indexes(listing, len(query.name_contains or "")):
                found = self._connection.rows(index, parameters | {"few": few + 1})
                if len(found) <= few:
                    return self._among(listing, parameters, _first(listing, query, found))
        return self._matches(listing, parameters)

    def _matches(self, listing: "_Listing", parameters: Mapping[str, object]) -> Sequence[CardSummary]:
        """Return the first matches of the order."""
        if not (listing.covered and listing.by_name):
            return _summaries(self._connection, _whole_sql(listing), parameters)
        found = self._connection.rows(_names_sql(listing), parameters)
        return self._among(listing, parameters, [card_id for _, card_id in found])

    def _among(
        self, listing: "_Listing", parameters: Mapping[str, object], card_ids: Sequence[str]
    ) -> Sequence[CardSummary]:
        """Return the first matches among some cards."""
        return _summaries(self._connection, _few_sql(listing), {**parameters, "found": as_list(card_ids)})

    def _walk(self, listing: "_Listing", parameters: Mapping[str, object]) -> tuple[Sequence[CardSummary], bool]:
        """Return the matches among the next cards of the order, and whether there are no others."""
        if not listing.covered:
            return _summaries(self._connection, _walk_sql(listing), parameters), False
        end = self._connection.row(_end_sql(listing), parameters)
        if end is None:
            return self._matches(listing, parameters), True
        bounded = listing._replace(filters=(*listing.filters, "until"))
        return self._matches(bounded, {**parameters, "until": end[0], "until_id": end[1]}), False

    def other_of_model(self, card: Card, document: Document) -> str | None:
        """Return the name of another card for the model or model package that a card's content names."""
        row = self._connection.row(_CARD_OF_MODEL, self._facts(card, document))
        return None if row is None else str(row[0])

    def insert(self, card: Card, document: Document) -> bool:
        """Add a card. False, without a change, when its name or its model has a card."""
        parameters = self._state(card) | self._facts(card, document)
        parameters |= {"name": card.name, "created_at": card.created_at, "created_by": card.created_by}
        parameters |= {"kms_key_id": card.kms_key_id}
        if not self._connection.run(_INSERT, parameters):
            return False
        if self._connection.engine == "sqlite":
            self._connection.defer(_INDEX_NAME, parameters)
        CardTexts(self._connection).insert(parameters)
        return True

    def update(self, card: Card, document: Document | None) -> None:
        """Store a card's new state and, for new content, its facts."""
        if document is None:
            self._connection.send(_UPDATE, self._state(card))
        else:
            facts = self._facts(card, document)
            CardTexts(self._connection).update(facts)
            self._connection.send(_UPDATE_ALL, self._state(card) | facts)

    def delete(self, card: Card) -> None:
        """Delete the card's row; its versions must be deleted before."""
        parameters = {"account": self._account, "card_id": card.card_id, "name": card.name}
        if self._connection.engine == "sqlite":
            self._connection.run_deferred()
            self._connection.run(_UNINDEX_NAME, parameters)
        CardTexts(self._connection).delete(parameters)
        self._connection.send(_DELETE, parameters)

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


def _summaries(connection: Connection, sql: str, parameters: Mapping[str, object]) -> list[CardSummary]:
    return [CardSummary._make(row) for row in connection.rows(sql, parameters)]


_FILTERS = {
    "created_after": "c.created_at > :created_after",
    "created_before": "c.created_at < :created_before",
    "status": "c.status = :status",
}
_NAME_CONTAINS = {
    # Names are ASCII, where LIKE and ILIKE both ignore case, and contain no wildcard.
    "sqlite": "c.name LIKE '%' || :name_contains || '%'",
    "postgresql": "c.name ILIKE '%' || CAST(:name_contains AS TEXT) || '%'",
}
_NAMED = {
    "sqlite": """SELECT n.card_id, n.name FROM card_names n
        WHERE n.name LIKE '%' || :name_contains || '%' AND n.account_id = :account LIMIT :few""",
    "postgresql": f"""SELECT c.card_id, c.name FROM cards c
        WHERE c.account_id = :account AND {_NAME_CONTAINS["postgresql"]} LIMIT :few""",
}
_BY_INDEX = {CardSort.CREATION_TIME: frozenset(_FILTERS), CardSort.NAME: frozenset[str]()}
"""The filters that an index serves together with the order: their rows are adjacent in it."""
_COVERED = {
    CardSort.CREATION_TIME: frozenset({"name_contains", "created_after", "created_before", "after", "until"}),
    CardSort.NAME: frozenset({"name_contains", "after", "until"}),
}
"""The filters for which the index of the order has the values."""


class _Listing(NamedTuple):
    """One form of the list: an order and the given filters."""

    engine: str
    sort_by: CardSort
    descending: bool
    filters: tuple[str, ...]

    @property
    def ordered(self) -> bool:
        """Whether one index serves the order and all filters."""
        return _BY_INDEX[self.sort_by].issuperset(name for name in self.filters if name != "after")

    @property
    def by_name(self) -> bool:
        return self.sort_by is CardSort.NAME

    @property
    def covered(self) -> bool:
        """Whether the index of the order has all that the list filters by; that of time has also what it shows."""
        return _COVERED[self.sort_by].issuperset(self.filters)

    def tries(self, limit: int) -> Sequence[tuple[int, int]]:
        """How many cards of the order are walked, and how many of an index are looked up, one try after another.

        Args:
            limit: the cards of the page.
        """
        if self.ordered:
            return ()
        if self.covered:
            return (WALKED, HANDFUL), (WALKED_ON, FEW)
        return (PAGES * limit, HANDFUL), (WALKED, FEW)

    @property
    def order(self) -> str:
        way = "DESC" if self.descending else "ASC"
        return f"c.name {way}" if self.by_name else f"c.created_at {way}, c.card_id {way}"

    def where(self, *names: str) -> str:
        """Return the condition of the account and those of some filters."""
        compare, until = ("<", ">=") if self.descending else (">", "<=")
        if self.by_name:
            bounds = {"after": f"c.name {compare} :after", "until": f"c.name {until} :until"}
        else:
            position = "(c.created_at, c.card_id)"
            bounds = {
                "after": f"{position} {compare} (:after, :after_id)",
                "until": f"{position} {until} (:until, :until_id)",
            }
        known = {**_FILTERS, "name_contains": _NAME_CONTAINS[self.engine], **bounds}
        return " AND ".join(["c.account_id = :account", *(known[name] for name in names)])


_SUMMARY = "c.name, c.status, c.created_at, c.modified_at, c.card_id"


@lru_cache(maxsize=256)
def _whole_sql(listing: _Listing) -> str:
    where = listing.where(*listing.filters)
    return f"SELECT {_SUMMARY} FROM cards c WHERE {where} ORDER BY {listing.order} LIMIT :limit"


@lru_cache(maxsize=256)
def _end_sql(listing: _Listing) -> str:
    """Select the sort key of the card at an offset."""
    where = listing.where(*(name for name in listing.filters if name != "name_contains"))
    position = "c.name" if listing.by_name else "c.created_at"
    return f"SELECT {position}, c.card_id FROM cards c WHERE {where} ORDER BY {listing.order} LIMIT 1 OFFSET :walked"


@lru_cache(maxsize=256)
def _names_sql(listing: _Listing) -> str:
    """Select names and identifiers of the first matches. The index of names has both, so that no card is read."""
    where = listing.where(*listing.filters)
    return f"SELECT c.name, c.card_id FROM cards c WHERE {where} ORDER BY {listing.order} LIMIT :limit"


@lru_cache(maxsize=256)
def _walk_sql(listing: _Listing) -> str:
    """Select the matches among the first cards of the order."""
    by_index = [name for name in listing.filters if name == "after" or name in _BY_INDEX[listing.sort_by]]
    walked = (
        f"SELECT c.account_id, {_SUMMARY} FROM cards c WHERE {listing.where(*by_index)}"
        f" ORDER BY {listing.order} LIMIT :walked"
    )
    where = listing.where(*(name for name in listing.filters if name not in by_index))
    return f"SELECT {_SUMMARY} FROM ({walked}) AS c WHERE {where} ORDER BY {listing.order} LIMIT :limit"


@lru_cache(maxsize=256)
def _few_sql(listing: _Listing) -> str:
    """Select the matches among a few cards. CROSS JOIN makes SQLite start with the few."""
    where = listing.where(*listing.filters)
    return (
        f"SELECT {_SUMMARY} FROM ({listed(listing.engine, 'found')}) AS few CROSS JOIN cards c"
        f" WHERE c.card_id = few.given AND {where} ORDER BY {listing.order} LIMIT :limit"
    )


def _first(listing: _Listing, query: CardQuery, found: Sequence[Row]) -> list[str]:
    """Return the identifiers of the cards to look up, given those of an index with their names."""
    if not (listing.by_name and listing.covered):
        return [card_id for card_id, _ in found]
    end = None if query.after is None else query.after[0]
    left = [
        (name, card_id) for card_id, name in found if end is None or (name < end if listing.descending else name > end)
    ]
    return [card_id for _, card_id in sorted(left, reverse=listing.descending)[: query.limit]]


def _indexes(listing: _Listing, part: int) -> Iterator[str]:
    """Yield statements that select the identifiers of a filter's cards through an index, and their names if it has any.

    ``part``: the number of characters in the name filter.
    """
    if part >= TRIGRAM:
        yield _NAMED[listing.engine]
    others = [name for name in listing.filters if name in _FILTERS]
    if others:
        yield f"SELECT c.card_id, NULL FROM cards c WHERE {listing.where(*others)} LIMIT :few"
