"""Cards by words: whole words and beginnings of words from the index, and parts of names."""

import re
from collections.abc import Sequence

from cardwright.core.card_text import searched_words
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import TRIGRAM

VARIANTS = 64
"""Words that one longer prefix is expanded to."""

_NUMBER = re.compile(r"\d[.,×]\d|(?<!\w)\.\d|[⁰¹²³⁴⁵⁶⁷⁸⁹]")  # with a decimal point, thousands or a power of ten
_TERMS = 12  # words of one search that count
_SHORT = 3  # the index of words contains prefixes up to this length
_IN_NAMES = 2_000  # cards that a part of a name finds in addition to words
_WORDS = {
    "sqlite": """SELECT CASE WHEN x.account_id = :account THEN x.card_id END FROM (
        SELECT rowid AS entry FROM card_words WHERE card_words MATCH :match ORDER BY rowid DESC LIMIT :searched) AS w
        CROSS JOIN card_texts x ON x.entry = w.entry""",
    "postgresql": """SELECT x.card_id FROM card_texts x WHERE x.account_id = :account
        AND to_tsvector('simple', x.words) @@ to_tsquery('simple', :match)""",
}
# For a prefix, the index of words collects all cards before it returns the first: 50 ms for a prefix in each of
# 100,000 cards. For a whole word it returns them one by one. So this expands a prefix into words, each found
# from the previous one: a space sorts before all characters of words, and nothing sorts after the last character.
_BEGIN_WITH = """
    WITH RECURSIVE begun(term) AS (
        SELECT (SELECT term FROM card_vocabulary WHERE term >= :word LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM card_vocabulary WHERE term >= begun.term || ' ' LIMIT 1) FROM begun
        WHERE begun.term < :word || char(1114111))
    SELECT term FROM begun WHERE term < :word || char(1114111) LIMIT :variants"""
# Names are ASCII and contain no wildcard, and the searched text was reduced to letters, digits and hyphens.
_IN_NAME = {
    "sqlite": """SELECT n.card_id FROM card_names n
        WHERE n.name LIKE '%' || :name_part || '%' AND n.account_id = :account LIMIT :named""",
    "postgresql": """SELECT n.card_id FROM cards n
        WHERE n.name ILIKE '%' || CAST(:name_part AS TEXT) || '%' AND n.account_id = :account LIMIT :named""",
}


class WordSearch:
    """The search for words in the cards of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, text: str, limit: int | None) -> list[str]:
        """Return the newest ``limit`` cards that have all words, and some with the text inside their names."""
        card_ids: list[str] = []
        words = searched_words(text)[:_TERMS]
        if words and self._connection.engine == "sqlite":
            card_ids = self._newest(words, limit)
        elif words:
            match = " & ".join(f"'{word}':*" for word in words)
            card_ids = self._cards(_WORDS["postgresql"], {"match": match})
        if _NUMBER.search(text):  # names have none
            return card_ids
        part = "".join(c for c in text.strip().replace(" ", "-") if c.isascii() and (c.isalnum() or c == "-"))
        if len(part) >= TRIGRAM:
            card_ids += self._cards(_IN_NAME[self._connection.engine], {"name_part": part, "named": _IN_NAMES})
        return list(dict.fromkeys(card_ids))

    def _newest(self, words: Sequence[str], limit: int | None) -> list[str]:
        """Return the newest ``limit`` cards with words that begin with all of these."""
        match = " AND ".join(map(self._begun, words))
        every = {"match": match, "searched": -1}
        found = self._cards(_WORDS["sqlite"], every if limit is None else {"match": match, "searched": limit})
        own = [card_id for card_id in found if card_id is not None]
        if limit is not None and len(own) < len(found) == limit:  # the FTS5 index covers all accounts
            own = [card_id for card_id in self._cards(_WORDS["sqlite"], every) if card_id is not None][:limit]
        return own

    def _begun(self, word: str) -> str:
        """Return the FTS5 expression for the words that begin with this one."""
        if len(word) > _SHORT:
            rows = self._connection.rows(_BEGIN_WITH, {"word": word, "variants": VARIANTS + 1})
            if 0 < len(rows) <= VARIANTS:
                return "(" + " OR ".join(f'"{term}"' for (term,) in rows) + ")"
        return f'"{word}" *'  # also without variants: FTS5 folds capitals from Unicode's compatibility forms

    def _cards(self, sql: str, parameters: dict[str, object]) -> list[str]:
        return [row[0] for row in self._connection.rows(sql, parameters | {"account": self._account})]
