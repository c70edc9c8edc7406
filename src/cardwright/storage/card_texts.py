"""Text of each card for the console's list: its row, and its words in each engine's index.

On SQLite the words are in a contentless FTS5 index, where each card has a numbered entry: the time of its content's
last change plus a number within the millisecond, so that entries are in the order of changes. The index also contains
word prefixes of up to three letters: they are more than half of it, and 5 % of a store with cards of 10 KB. PostgreSQL
has an index over the words' column.

Indexing the words of a card costs more than storing it. A new or changed card has no words at first: it is due. The
server's background job reads due cards, finds their words outside of any transaction, and stores those of cards that
have not changed since. A search does the same for a few cards (:meth:`CardTexts.index_words`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import orjson

from cardwright.core.indexed_words import FoundWords, WordSeals, find_words
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import as_list, listed
from cardwright.storage.near_words import NearWords

_INSERT = """
    INSERT INTO card_texts (account_id, card_id, description, owner, evaluations)
    VALUES (:account, :card_id, :description, :owner, :evaluations)"""
_DUE = """
    SELECT t.card_id, c.name, k.content, c.metadata, c.modified_at, c.version, c.audit_sequence FROM card_texts t
    JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id
    JOIN contents k ON k.account_id = c.account_id AND k.card_id = c.card_id AND k.version = c.version
    WHERE t.account_id = :account AND t.words IS NULL AND t.card_id < :before ORDER BY t.card_id DESC LIMIT :limit"""
_LAST = "\U0010ffff"  # sorts after every card
_ANY_DUE = "SELECT 1 FROM card_texts WHERE account_id = :account AND words IS NULL LIMIT 1"
_DUE_ACCOUNT = """
    SELECT account_id FROM card_texts WHERE words IS NULL AND account_id > :account ORDER BY account_id LIMIT 1"""
# Rows that another transaction changes are skipped: they stay due.
_STILL_DUE = {
    "sqlite": """
    SELECT t.card_id, c.version, c.audit_sequence FROM ({listed}) AS few CROSS JOIN card_texts t
    JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id
    WHERE t.account_id = :account AND t.card_id = few.given AND t.words IS NULL""",
}
_STILL_DUE["postgresql"] = _STILL_DUE["sqlite"] + " FOR UPDATE OF t SKIP LOCKED"
_SET_WORDS = """
    UPDATE card_texts SET words = :words, entry = :entry, seal = :seal
    WHERE account_id = :account AND card_id = :card_id"""
_FIND = """
    SELECT t.words, c.metadata, t.entry FROM card_texts t
    JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id
    WHERE t.account_id = :account AND t.card_id = :card_id AND t.words IS NOT NULL"""
_UPDATE = """
    UPDATE card_texts SET description = :description, owner = :owner, evaluations = :evaluations, words = NULL,
        entry = NULL, seal = NULL
    WHERE account_id = :account AND card_id = :card_id"""
# A row without words is updated too: the update waits for another transaction that stores the former words.
_EXPIRE = (
    "UPDATE card_texts SET words = NULL, entry = NULL, seal = NULL WHERE account_id = :account AND card_id = :card_id"
)
_TAGS = """
    SELECT t.resource_id, t.tag_key, t.tag_value FROM ({listed}) AS few CROSS JOIN tags t
    WHERE t.account_id = :account AND t.resource_id = few.given"""
_DELETE = "DELETE FROM card_texts WHERE account_id = :account AND card_id = :card_id"
_NEXT_ENTRY = "SELECT coalesce(max(entry) + 1, :first) FROM card_texts WHERE entry >= :first AND entry < :end"
# One statement for all cards of a batch: SQLite then works without Python's interpreter lock.
_ADD = (
    """INSERT INTO card_words (rowid, words)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:added)""",
    """INSERT INTO card_metadata (rowid, metadata)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[2]') FROM json_each(:added)""",
)
# A contentless FTS5 index needs the old text to delete an entry.
_FORGET = (
    "INSERT INTO card_words (card_words, rowid, words) VALUES ('delete', :entry, :words)",
    "INSERT INTO card_metadata (card_metadata, rowid, metadata) VALUES ('delete', :entry, :metadata)",
)

_A_MILLISECOND = 1 << 20  # entries


class DueText(NamedTuple):
    """A card without indexed words, as it was when it was read.

    Attributes:
        name, content, metadata, tags: what its words and its metadata are made from.
        modified_at: milliseconds since the epoch.
        state: version and last audit link of the card: a card with another state has other words.
    """

    card_id: str
    name: str
    content: str
    metadata: str
    modified_at: int
    state: tuple[int, int]
    tags: Mapping[str, str]


def due_account(connection: Connection, after: str) -> str | None:
    """Return the first account after another one that has unindexed words."""
    row = connection.row(_DUE_ACCOUNT, {"account": after})
    return None if row is None else str(row[0])


class CardTexts:
    """Maintains the text rows of the cards of one account, in the caller's transaction."""

    __slots__ = ("_connection", "_sqlite")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.engine == "sqlite"

    def insert(self, facts: Mapping[str, object]) -> None:
        """Add the row of a new card. ``facts`` has account, card_id and the columns from ``core.card.card_facts``."""
        self._connection.send(_INSERT, facts)

    def update(self, facts: Mapping[str, object]) -> None:
        """Update a card's row for its new content, before the card's own row: that still has the old metadata."""
        if self._sqlite:
            self._forget(facts)
        self._connection.send(_UPDATE, facts)

    def expire(self, card: Mapping[str, object]) -> None:
        """Let the next search index the words of a card again, named by account and card_id."""
        if self._sqlite:
            self._forget(card)
        self._connection.run(_EXPIRE, card)

    def delete(self, card: Mapping[str, object]) -> None:
        """Remove the row of a card, named by account and card_id."""
        if self._sqlite:
            self._forget(card)
        self._connection.send(_DELETE, card)

    def due(self, account: str) -> bool:
        """Whether any card has unindexed words."""
        return self._connection.row(_ANY_DUE, {"account": account}) is not None

    def index_words(self, account: str, limit: int, seals: WordSeals) -> int:
        """Index the words of at most ``limit`` unindexed cards, newest first. Returns the number of cards."""
        read = self.read_due(account, limit)
        known: set[str] = set()
        words = [find_words(text.name, text.content, text.tags, known) for text in read]
        self.store_words(account, read, words, seals)
        return len(read)

    def read_due(self, account: str, limit: int, before: str | None = None) -> list[DueText]:
        """Return at most ``limit`` cards with unindexed words, in the order of their identifiers from the last one."""
        rows = self._connection.rows(_DUE, {"account": account, "limit": limit, "before": before or _LAST})
        tags = self.tags_of(account, [row[0] for row in rows])
        return [
            DueText(card_id, name, content, metadata, at, (version, sequence), tags.get(card_id, {}))
            for card_id, name, content, metadata, at, version, sequence in rows
        ]

    def store_words(
        self,
        account: str,
        read: Sequence[DueText],
        words: Sequence[FoundWords],
        seals: WordSeals,
    ) -> int:
        """Index the words of cards that were read before, without those that changed or were indexed in between.

        Args:
            words: of each card. New ones are kept for near words, also those of the cards that changed.

        Returns the number of indexed cards.
        """
        connection = self._connection
        NearWords(connection, account).add({word for found in words for word in found.new})
        sql = _STILL_DUE[connection.engine].format(listed=listed(connection.engine, "cards"))
        ids = as_list([text.card_id for text in read])
        states = {row[0]: row[1:] for row in connection.rows(sql, {"account": account, "cards": ids})}
        # FTS5 is fastest in the order of entries.
        due = [
            pair
            for pair in reversed(list(zip(read, words, strict=True)))
            if states.get(pair[0].card_id) == pair[0].state
        ]
        if not due:
            return 0
        entries = self._entries([text.modified_at for text, _ in due]) if self._sqlite else [None] * len(due)
        if self._sqlite:
            added = sorted(
                (entry, found.words, text.metadata) for entry, (text, found) in zip(entries, due, strict=True)
            )
            for add in _ADD:
                connection.run(add, {"added": orjson.dumps(added).decode()})
        for entry, (text, found) in zip(entries, due, strict=True):
            facts = {"account": account, "card_id": text.card_id, "words": found.words, "entry": entry}
            connection.send(
                _SET_WORDS, facts | {"seal": seals.seal(text.name, text.tags, found.content_digest, found.words)}
            )
        return len(due)

    def tags_of(self, account: str, card_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the tags of a few cards, by card."""
        sql = _TAGS.format(listed=listed(self._connection.engine, "cards"))
        found: dict[str, dict[str, str]] = {}
        for card_id, key, value in self._connection.rows(sql, {"account": account, "cards": as_list(list(card_ids))}):
            found.setdefault(card_id, {})[key] = value
        return found

    def _entries(self, times: Iterable[int]) -> list[int]:
        """Return free entries for cards that were changed at these times."""
        given: Counter[int] = Counter()
        found = []
        for at in times:
            first = at * _A_MILLISECOND
            if at not in given:
                row = self._connection.row(_NEXT_ENTRY, {"first": first, "end": first + _A_MILLISECOND})
                assert row is not None  # noqa: S101 - an aggregate returns a row
                given[at] = int(row[0])
            found.append(given[at])
            given[at] += 1
        return found

    def _forget(self, card: Mapping[str, object]) -> None:
        row = self._connection.row(_FIND, card)
        for forget in _FORGET if row is not None else ():
            self._connection.run(forget, dict(zip(("words", "metadata", "entry"), row or (), strict=True)))
