"""Reading a whole store, card by card, to have it verified."""

from collections.abc import Generator, Iterator
from typing import cast

from cardwright.core.card import Card, Status
from cardwright.core.history import AuditLink, VersionRecord
from cardwright.core.replay import StoredLink
from cardwright.core.verification import Fault, Holdings, StoredCard, StoredVersion, check_card
from cardwright.storage.database import Connection, Database
from cardwright.storage.store import transaction

_CARDS_AT_ONCE = 500
_LINKS_AT_ONCE = 500
_VERSIONS_AT_ONCE = 10  # a content may be megabytes

# Every account and card that any table knows. Tags stand by resource: those of the registry's are no card's.
_TABLES = (
    ("cards", "card_id"),
    ("card_texts", "card_id"),
    ("versions", "card_id"),
    ("contents", "card_id"),
    ("audit", "card_id"),
    ("tags", "resource_id"),
)
_OF_NO_RESOURCE = """ AND NOT EXISTS (SELECT 1 FROM resources r
    WHERE r.account_id = tags.account_id AND r.resource_id = tags.resource_id)"""
_IDS = (
    "SELECT account_id, card_id FROM ("
    + " UNION ".join(
        f"SELECT * FROM (SELECT DISTINCT account_id, {column} AS card_id FROM {table}"
        f" WHERE (account_id, {column}) > (:account, :card_id){_OF_NO_RESOURCE if table == 'tags' else ''}"
        f" ORDER BY account_id, {column} LIMIT :limit) AS ids_of_{table}"
        for table, column in _TABLES
    )
    + ") AS ids ORDER BY account_id, card_id LIMIT :limit"
)
_FACTS = (
    "model_key",
    "package_key",
    "model_id",
    "model_name",
    "model_package_group_name",
    "model_package_arn",
    "risk_rating",
    "metadata",
    "description",
    "owner",
    "evaluations",
    "words",
)
_CARD = f"""
    SELECT c.card_id, name, status, version, created_at, created_by, modified_at, modified_by, content_digest,
        record_digest, audit_sequence, audit_digest, {", ".join(_FACTS)}
    FROM cards c
    LEFT JOIN card_texts t ON t.account_id = c.account_id AND t.card_id = c.card_id
    WHERE c.account_id = :account AND c.card_id = :card_id"""
_LINKS = """
    SELECT name, sequence, event, at, actor, role, source, request_id, details, previous_digest, digest
    FROM audit WHERE account_id = :account AND card_id = :card_id AND sequence > :after
    ORDER BY sequence LIMIT :limit"""
_VERSIONS = """
    SELECT v.name, v.version, v.content_digest, v.created_at, v.author, v.role, v.note, v.previous_digest,
        v.record_digest, v.status, v.modified_at, v.modified_by, t.content
    FROM versions v
    LEFT JOIN contents t ON t.account_id = v.account_id AND t.card_id = v.card_id AND t.version = v.version
    WHERE v.account_id = :account AND v.card_id = :card_id AND v.version > :after
    ORDER BY v.version LIMIT :limit"""
_STRAY_CONTENTS = """
    SELECT t.version FROM contents t WHERE t.account_id = :account AND t.card_id = :card_id AND NOT EXISTS (
        SELECT 1 FROM versions v
        WHERE v.account_id = t.account_id AND v.card_id = t.card_id AND v.version = t.version)
    ORDER BY t.version"""
_TAGS_OF = """
    SELECT tag_key, tag_value FROM tags WHERE account_id = :account AND resource_id = :card_id ORDER BY tag_key"""

# SQLite's index of names. EXCEPT lets the engine sort both sides once; the index cannot be searched by card.
_NAMES = "SELECT account_id, card_id, name FROM {}"
_UNINDEXED = f"{_NAMES.format('cards')} EXCEPT {_NAMES.format('card_names')} ORDER BY 1, 2"
_INDEXED_ASTRAY = f"{_NAMES.format('card_names')} EXCEPT {_NAMES.format('cards')} ORDER BY 1, 2"
_INDEXED_TWICE = f"{_NAMES.format('card_names')} GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 1, 2"
# ... and its index of words, where an entry of a card is found by its number.
_WORDS_ASTRAY = """
    SELECT t.account_id, t.card_id, c.name FROM card_texts t
    JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id
    WHERE t.words IS NOT NULL AND NOT EXISTS (SELECT 1 FROM card_words_docsize w WHERE w.id = t.entry) ORDER BY 1, 2"""
_INDEX_PROBLEMS = (
    (_UNINDEXED, "does not hold the card's name: lists by NameContains miss the card"),
    (_INDEXED_ASTRAY, "holds a name that no such card has"),
    (_INDEXED_TWICE, "holds the card's name twice"),
    (_WORDS_ASTRAY, "does not hold the card's words: search misses the card"),
)


class Verification:
    """One walk over a store, in one snapshot, with a bounded part of one card in memory at a time.

    Attributes:
        cards, versions, links: how many were read so far; cards are those that exist.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.cards = 0
        self.versions = 0
        self.links = 0

    def faults(self) -> Generator[Fault, None, None]:
        """Walk, yielding what does not fit, by account and card. Whoever stops early closes the iterator.

        Raises:
            Unavailable: the database cannot be read.
        """
        with transaction(self._database.begin_snapshot) as connection:
            for account, card_id in _ids(connection):
                yield from check_card(self._holdings(connection, account, card_id))
            if connection.engine == "sqlite":
                for sql, problem in _INDEX_PROBLEMS:
                    for account, card_id, name in connection.rows(sql, {}):
                        yield Fault(str(account), str(card_id), str(name), "the index of names", problem)

    def _holdings(self, connection: Connection, account: str, card_id: str) -> Holdings:
        parameters = {"account": account, "card_id": card_id}
        row = connection.row(_CARD, parameters)
        stored = None
        if row is not None:
            self.cards += 1
            card = Card(row[0], row[1], cast("Status", row[2]), *row[3:12])
            stored = StoredCard(card, dict(zip(_FACTS, row[12:], strict=True)))
        return Holdings(
            account=account,
            card_id=card_id,
            card=stored,
            links=self._links(connection, account, card_id),
            versions=self._versions(connection, account, card_id),
            stray_contents=(stray[0] for stray in connection.rows(_STRAY_CONTENTS, parameters)),
            tags=dict(connection.rows(_TAGS_OF, parameters)),
        )

    def _links(self, connection: Connection, account: str, card_id: str) -> Iterator[StoredLink]:
        after, full = -(2**31), True
        while full:
            parameters = {"account": account, "card_id": card_id, "after": after, "limit": _LINKS_AT_ONCE}
            rows = connection.rows(_LINKS, parameters)
            full = len(rows) == _LINKS_AT_ONCE
            for name, *link, digest in rows:
                self.links += 1
                yield StoredLink(AuditLink(account, card_id, name, *link), digest)
                after = link[0]

    def _versions(self, connection: Connection, account: str, card_id: str) -> Iterator[StoredVersion]:
        after, full = -(2**31), True
        while full:
            parameters = {"account": account, "card_id": card_id, "after": after, "limit": _VERSIONS_AT_ONCE}
            rows = connection.rows(_VERSIONS, parameters)
            full = len(rows) == _VERSIONS_AT_ONCE
            for row in rows:
                self.versions += 1
                yield StoredVersion(VersionRecord(account, card_id, *row[:8]), *row[8:])
                after = row[1]


def _ids(connection: Connection) -> Iterator[tuple[str, str]]:
    account, card_id, full = "", "", True
    while full:
        parameters = {"account": account, "card_id": card_id, "limit": _CARDS_AT_ONCE}
        rows = connection.rows(_IDS, parameters)
        full = len(rows) == _CARDS_AT_ONCE
        for account, card_id in rows:
            yield account, card_id
