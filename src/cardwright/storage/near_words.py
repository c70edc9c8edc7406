"""The words of an account's cards by their trigrams, for searches that find nothing.

A table of our own serves both engines and separates accounts: SQLite's index of words covers all of them. Words of
deleted cards stay, so a search tries a near word before it offers it.
"""

from collections.abc import Collection, Sequence

import orjson

from cardwright.core.near_words import has_near_words, nearest, trigrams_of
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import as_list, listed

_CANDIDATES = 100  # words with the most common trigrams that are measured
_LAST = "\U0010ffff"  # nothing sorts after it

_KNOWN = """
    SELECT few.given FROM ({listed}) AS few CROSS JOIN word_trigrams t
    WHERE t.account_id = :account AND t.trigram = ' ' || substr(few.given, 1, 2) AND t.word = few.given"""
_BEGUN = """
    SELECT 1 FROM word_trigrams
    WHERE account_id = :account AND trigram = :trigram AND word >= :word AND word < :last LIMIT 1"""
_ADD = {
    "sqlite": """
    INSERT INTO word_trigrams (account_id, trigram, word)
    SELECT :account, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:pairs) WHERE true
    ON CONFLICT DO NOTHING""",
    "postgresql": """
    INSERT INTO word_trigrams (account_id, trigram, word)
    SELECT :account, value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:pairs AS jsonb))
    ON CONFLICT DO NOTHING""",
}
_SIMILAR = """
    SELECT t.word FROM ({listed}) AS few CROSS JOIN word_trigrams t
    WHERE t.account_id = :account AND t.trigram = few.given AND length(t.word) BETWEEN :shortest AND :longest
    GROUP BY t.word ORDER BY count(*) DESC, t.word LIMIT :candidates"""


class NearWords:
    """The words of one account's cards."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def add(self, words: Collection[str]) -> None:
        """Add words that are not known yet."""
        wanted = sorted(filter(has_near_words, words))
        known = {row[0] for row in self._connection.rows(self._of(_KNOWN), self._parameters(wanted))}
        pairs = [(trigram, word) for word in wanted if word not in known for trigram in trigrams_of(word)]
        if pairs:
            added = {"account": self._account, "pairs": orjson.dumps(sorted(pairs)).decode()}
            self._connection.run(_ADD[self._connection.engine], added)

    def near(self, word: str, limit: int) -> list[str]:
        """Return at most ``limit`` near words, the nearest first; none for the beginning of a known word."""
        begun = {"account": self._account, "trigram": f" {word[:2]}", "word": word, "last": word + _LAST}
        if not has_near_words(word) or self._connection.row(_BEGUN, begun) is not None:
            return []
        lengths = {"shortest": len(word) - 2, "longest": len(word) + 2, "candidates": _CANDIDATES}
        rows = self._connection.rows(self._of(_SIMILAR), self._parameters(trigrams_of(word)) | lengths)
        return nearest(word, [row[0] for row in rows], limit)

    def _of(self, sql: str) -> str:
        return sql.format(listed=listed(self._connection.engine, "wanted"))

    def _parameters(self, wanted: Sequence[str]) -> dict[str, object]:
        return {"account": self._account, "wanted": as_list(list(wanted))}
