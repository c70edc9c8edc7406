"""Text of each card for the console's list: its row, and its words in each engine's index.

On SQLite the words are in a contentless FTS5 index, where each card has a numbered entry: the time of its content's
last
change plus a number within the millisecond, so that entries are in the order of changes. The index contains word
prefixes of up to three letters as well: they are more than half of it, and 5 % of a store with cards of 10 KB.
PostgreSQL has an index over the words' column.

Indexing the words of a card costs more than storing it. A new or changed card has no words at first: they are indexed
lazily, before the next search (:meth:`CardTexts.index_words`).
"""

from collections.abc import Mapping, Sequence

from cardwright.core.card_text import card_words
from cardwright.core.content import parse
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import as_list, listed
from cardwright.storage.near_words import NearWords

_INSERT = """
    INSERT INTO card_texts (account_id, card_id, description, owner, evaluations)
    VALUES (:account, :card_id, :description, :owner, :evaluations)"""
_DUE = """
    SELECT t.card_id, c.name, k.content, c.metadata, c.modified_at FROM card_texts t
    JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id
    JOIN contents k ON k.account_id = c.account_id AND k.card_id = c.card_id AND k.version = c.version
    WHERE t.account_id = :account AND t.words IS NULL ORDER BY t.card_id DESC LIMIT :limit"""
_ANY_DUE = "SELECT 1 FROM card_texts WHERE account_id = :account AND words IS NULL LIMIT 1"
_SET_WORDS = """
    UPDATE card_texts SET words = :words, entry = :entry WHERE account_id = :account AND card_id = :card_id"""
_FIND = """
    SELECT t.words, c.metadata, t.entry FROM card_texts t
    JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id
    WHERE t.account_id = :account AND t.card_id = :card_id AND t.words IS NOT NULL"""
_UPDATE = """
    UPDATE card_texts SET description = :description, owner = :owner, evaluations = :evaluations, words = NULL,
        entry = NULL
    WHERE account_id = :account AND card_id = :card_id"""
_EXPIRE = """
    UPDATE card_texts SET words = NULL, entry = NULL
    WHERE account_id = :account AND card_id = :card_id AND words IS NOT NULL"""
_TAGS = """
    SELECT t.resource_id, t.tag_key, t.tag_value FROM ({listed}) AS few CROSS JOIN tags t
    WHERE t.account_id = :account AND t.resource_id = few.given"""
_DELETE = "DELETE FROM card_texts WHERE account_id = :account AND card_id = :card_id"
_NEXT_ENTRY = "SELECT coalesce(max(entry) + 1, :first) FROM card_texts WHERE entry >= :first AND entry < :end"
_ADD = (
    "INSERT INTO card_words (rowid, words) VALUES (:entry, :words)",
    "INSERT INTO card_metadata (rowid, metadata) VALUES (:entry, :metadata)",
)
# A contentless FTS5 index needs the old text to delete an entry.
_FORGET = (
    "INSERT INTO card_words (card_words, rowid, words) VALUES ('delete', :entry, :words)",
    "INSERT INTO card_metadata (card_metadata, rowid, metadata) VALUES ('delete', :entry, :metadata)",
)


_A_MILLISECOND = 1 << 20  # entries


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

    def index_words(self, account: str, limit: int) -> int:
        """Index the words of at most ``limit`` unindexed cards, newest first. Returns the number of cards."""
        due = self._connection.rows(_DUE, {"account": account, "limit": limit})
        tags = self.tags_of(account, [row[0] for row in due])
        found: set[str] = set()
        for card_id, name, content, metadata, modified_at in reversed(due):  # FTS5 is fastest in the order of entries
            facts = {"account": account, "card_id": card_id}
            facts["words"] = card_words(name, parse(content), tags.get(card_id, {}))
            found.update(facts["words"].split())
            facts["entry"] = self._next_entry(modified_at) if self._sqlite else None
            for add in _ADD if self._sqlite else ():
                self._connection.run(add, facts | {"metadata": metadata})
            self._connection.run(_SET_WORDS, facts)
        NearWords(self._connection, account).add(found)
        return len(due)

    def tags_of(self, account: str, card_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the tags of a few cards, by card."""
        sql = _TAGS.format(listed=listed(self._connection.engine, "cards"))
        found: dict[str, dict[str, str]] = {}
        for card_id, key, value in self._connection.rows(sql, {"account": account, "cards": as_list(list(card_ids))}):
            found.setdefault(card_id, {})[key] = value
        return found

    def _next_entry(self, modified_at: int) -> int:
        first = modified_at * _A_MILLISECOND
        row = self._connection.row(_NEXT_ENTRY, {"first": first, "end": first + _A_MILLISECOND})
        assert row is not None  # noqa: S101 - an aggregate returns a row
        return int(row[0])

    def _forget(self, card: Mapping[str, object]) -> None:
        row = self._connection.row(_FIND, card)
        for forget in _FORGET if row is not None else ():
            self._connection.run(forget, dict(zip(("words", "metadata", "entry"), row or (), strict=True)))
