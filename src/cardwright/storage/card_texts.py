"""What the console's list shows and searches of each card: its row, and its words in each engine's own index.

On SQLite the words stand in an FTS5 index without content of its own, where each card has a numbered entry; a
card that changes gets a new, higher number. PostgreSQL keeps an index over the words' column.
"""

from collections.abc import Mapping

from cardwright.storage.database import Connection

_COLUMNS = "account_id, card_id, description, owner, evaluations, words, entry"
_VALUES = ":account, :card_id, :description, :owner, :evaluations, :words"
_INSERT = f"INSERT INTO card_texts ({_COLUMNS}) VALUES ({_VALUES}, {{}})"
_FIND = "SELECT words, entry FROM card_texts WHERE account_id = :account AND card_id = :card_id"
_UPDATE = """
    UPDATE card_texts SET description = :description, owner = :owner, evaluations = :evaluations, words = :words,
        entry = {}
    WHERE account_id = :account AND card_id = :card_id"""
_DELETE = "DELETE FROM card_texts WHERE account_id = :account AND card_id = :card_id"
_ADD_WORDS = "INSERT INTO card_words (words) VALUES (:words)"
# An index without content is told the words again that it shall forget.
_FORGET_WORDS = "INSERT INTO card_words (card_words, rowid, words) VALUES ('delete', :entry, :words)"


class CardTexts:
    """Keeps the rows beside the cards; the caller's transaction holds both."""

    __slots__ = ("_connection", "_entry", "_sqlite")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.engine == "sqlite"
        self._entry = "last_insert_rowid()" if self._sqlite else "NULL"

    def insert(self, facts: Mapping[str, object]) -> None:
        """Add the row of a new card. ``facts`` holds account, card_id and what ``core.card.card_facts`` gives."""
        if self._sqlite:
            self._connection.run_late(_ADD_WORDS, facts)
        self._connection.run_late(_INSERT.format(self._entry), facts)

    def update(self, facts: Mapping[str, object]) -> None:
        """Give a card's row what its new content says."""
        if self._sqlite:
            self._forget(facts)
            self._connection.run(_ADD_WORDS, facts)
        self._connection.run(_UPDATE.format(self._entry), facts)

    def delete(self, card: Mapping[str, object]) -> None:
        """Remove the row of a card, named by account and card_id."""
        if self._sqlite:
            self._forget(card)
        self._connection.run(_DELETE, card)

    def _forget(self, card: Mapping[str, object]) -> None:
        self._connection.run_what_is_late()  # the card may have been made a moment ago
        row = self._connection.row(_FIND, card)
        if row is not None:
            self._connection.run(_FORGET_WORDS, {"words": row[0], "entry": row[1]})
