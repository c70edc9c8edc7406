"""Verify SQLite's indexes of names, words and metadata against the cards."""

import sqlite3
from collections.abc import Iterator

from cardwright.core.integrity.verification import Fault
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.integrity.column_kinds import shown_key

# SQLite's index of names. EXCEPT lets the engine sort both sides once; the index has no look-up by card. Without
# ORDER BY, SQLite reads the index of names of cards instead of the table, which is ten times as large.
_NAMES = "SELECT account_id, card_id, name FROM {}"
_UNINDEXED = f"{_NAMES.format('cards')} EXCEPT {_NAMES.format('card_names')}"
_INDEXED_ASTRAY = f"{_NAMES.format('card_names')} EXCEPT {_NAMES.format('cards')}"
_INDEXED_TWICE = f"{_NAMES.format('card_names')} GROUP BY 1, 2, 3 HAVING count(*) > 1"
# ... and its indexes of words and of metadata, whose entries are found by number. Only indexes of card_texts are read:
# the table has the words of all cards.
_ASTRAY = """
    SELECT x.account_id, x.card_id, c.name FROM (
        SELECT account_id, card_id FROM card_texts
        WHERE entry IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {}_docsize w WHERE w.id = entry)
        UNION ALL SELECT * FROM (
            SELECT account_id, card_id FROM card_texts
            EXCEPT SELECT account_id, card_id FROM card_texts WHERE entry IS NOT NULL
            EXCEPT SELECT account_id, card_id FROM card_texts WHERE words IS NULL)) AS few
    CROSS JOIN card_texts x ON x.account_id = few.account_id AND x.card_id = few.card_id AND x.words IS NOT NULL
    CROSS JOIN cards c ON c.account_id = x.account_id AND c.card_id = x.card_id"""
# Temporary vocabulary tables read the whole index, so that damaged pages cause an error.
_VOCABULARIES = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_names USING fts5vocab(main, card_names, instance)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_words USING fts5vocab(main, card_words, row)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_metadata USING fts5vocab(main, card_metadata, row)",
)
_NOT_FOUND = """
    SELECT account_id, card_id, name FROM card_names
    WHERE length(name) > 2 AND rowid NOT IN (SELECT doc FROM temp.indexed_names)"""
_READ = "SELECT '', '', '' FROM (SELECT sum(cnt) AS terms FROM temp.{}) WHERE terms < 0"
_INDEX = "the index of names"
_INDEX_PROBLEMS = (
    (_UNINDEXED, "lacks the card's name: lists by NameContains miss the card"),
    (_INDEXED_ASTRAY, "has a name that no such card has"),
    (_INDEXED_TWICE, "has the card's name twice"),
    (_NOT_FOUND, "does not find the card by its name: lists by NameContains miss the card"),
    (_ASTRAY.format("card_words"), "lacks the card's words: search misses the card"),
    (_ASTRAY.format("card_metadata"), "lacks the card's metadata: Search misses the card"),
    (_READ.format("indexed_words"), "cannot be read"),
    (_READ.format("indexed_metadata"), "cannot be read"),
)


def faults_of_indexes(connection: Connection) -> Iterator[Fault]:
    """Yield the differences between the cards and SQLite's indexes of names and words."""
    try:
        for sql in _VOCABULARIES:
            connection.run(sql, {})
        for sql, problem in _INDEX_PROBLEMS:
            for account, card_id, name in sorted(connection.rows(sql, {}), key=_shown):
                yield Fault(shown_key(account), shown_key(card_id), shown_key(name), _INDEX, problem)
    except sqlite3.DatabaseError as error:
        yield Fault("", "", "", _INDEX, f"cannot be read: {error}. Searches and lists by NameContains fail")


def _shown(row: Row) -> tuple[str, str]:
    return shown_key(row[0]), shown_key(row[1])
