"""The console's list of cards: pages by filter and order, and its totals.

Every order has an index, and every page begins where the last one ended, so all pages of a list cost
the same. A filter with an index of its own (owner, model, words) is looked up first. If it finds few cards, only those
are read, else the index of the order is walked. Words alone search the newest matches (``SEARCHED``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cardwright.core.card import MODEL_NAME
from cardwright.core.card_text import words_of
from cardwright.core.integrity.history import Event
from cardwright.core.listing import Position
from cardwright.core.portfolio import (
    ANY_FINDING,
    SEARCHED,
    ModelCardLine,
    Portfolio,
    PortfolioQuery,
    PortfolioRow,
    PortfolioSort,
    ReviewMark,
)
from cardwright.core.review import Reviewer, ReviewerKind
from cardwright.storage.card_texts import CardTexts, DueText
from cardwright.storage.engines.database import Connection
from cardwright.storage.findings import FindingTable
from cardwright.storage.narrowing import TRIGRAM, as_list, listed
from cardwright.storage.near_words import NearWords
from cardwright.storage.tags import TagTable

_NAMES = 200  # owners and groups in the filters
_TERMS = 12  # words of one search that count
_SHORT = 3  # the index of words contains prefixes up to this length
_VARIANTS = 64  # words that one longer prefix is expanded to
_IN_NAMES = 2_000  # cards that a part of a name finds in addition to words
_FEW_CARDS = 2_000
_NEVER = 2**62  # a time after all others
COUNTED = 1_000
"""Matching cards are counted up to this number; a larger number is reported as "more than"."""

_COLUMNS = """c.card_id, c.name, c.status, c.version, c.created_at, c.modified_at, c.modified_by, c.risk_rating,
    c.model_name, c.model_package_group_name, t.description, t.owner, t.evaluations"""
_TEXTS = "JOIN card_texts t ON t.account_id = c.account_id AND t.card_id = c.card_id"
_ALL = f"cards c {_TEXTS}"
# A few cards, known before: look each up and sort them without the engine's own choice of index (CROSS JOIN).
_FEW = f"({{}}) AS few CROSS JOIN cards c {_TEXTS}"
_ORDERS = {
    PortfolioSort.CHANGED: ("c.modified_at", True),
    PortfolioSort.OLDEST: ("c.modified_at", False),
    PortfolioSort.NAME: ("c.name", False),
    PortfolioSort.CREATED: ("c.created_at", True),
}
"""The column of an order, and whether it is descending."""
_CONDITIONS = {
    "group": "c.model_package_group_name = :group",
    "changed_after": "c.modified_at > :changed_after",
    "changed_before": "c.modified_at < :changed_before",
    "unevaluated": "t.evaluations = 0",
}
# Filters with an index of their own, as statements that select card_id.
_OF_OWNER = "SELECT o.card_id FROM card_texts o WHERE o.account_id = :account AND o.owner = :owner"
# The cards of an owner with many are tested card by card, as those of a common tag.
_OWNER_OF_CARD = (
    "(SELECT o.owner FROM card_texts o WHERE o.account_id = c.account_id AND o.card_id = c.card_id) = :owner"
)
_OF_MODEL = " UNION ".join(
    f"SELECT m.card_id FROM cards m WHERE m.account_id = :account AND m.{condition}"
    for condition in ("model_name = :model", "model_key = :model_key", "package_key = :model_key")
)
_OF_REVIEWER = """
    SELECT r.card_id FROM review_assignments a CROSS JOIN reviews r
    WHERE a.account_id = :account AND a.kind = :kind AND a.name IN ({reviewers})
    AND r.account_id = a.account_id AND r.review_id = a.review_id AND r.ended_at IS NULL"""
# The versions of a person; those of a person with many cards are tested card by card.
_WRITTEN = f"""
    SELECT card_id FROM (
        SELECT DISTINCT w.card_id FROM audit w WHERE w.account_id = :account AND w.actor = :author
        AND w.event IN ('{Event.CREATED}', '{Event.CONTENT}')) AS written LIMIT {_FEW_CARDS + 1}"""
_WRITTEN_OF_CARD = f"""
    EXISTS (SELECT 1 FROM audit w WHERE w.account_id = :account AND w.card_id = c.card_id AND w.actor = :author
    AND w.event IN ('{Event.CREATED}', '{Event.CONTENT}'))"""
# Overdue and due cards: the date of the open review, or of the next one.
_OF_DUE = """
    SELECT r.card_id FROM reviews r WHERE r.account_id = :account AND r.ended_at IS NULL
    AND r.due_at >= :due_after AND r.due_at < :due_before
    UNION SELECT a.card_id FROM approvals a WHERE a.account_id = :account AND a.ended_at IS NULL
    AND a.review_by IS NOT NULL AND a.review_by >= :due_after AND a.review_by < :due_before"""
_OF_FINDINGS = f"""
    SELECT DISTINCT f.card_id FROM findings f WHERE f.account_id = :account AND f.ended_at IS NULL
    AND coalesce(f.due_at, {ANY_FINDING - 1}) < :findings_before"""
# A tag of few cards is looked up; a common one is tested card by card, and counted along its own index.
_TAGGED = "SELECT g{0}.resource_id FROM tags g{0} WHERE g{0}.account_id = :account AND g{0}.tag_key = :tag_key{0}"
_OF_VALUE = " AND g{0}.tag_value = :tag_value{0}"
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
_NEXT_REVIEWS = """
    SELECT a.card_id, a.review_by FROM ({listed}) AS few CROSS JOIN approvals a
    WHERE a.account_id = :account AND a.card_id = few.given AND a.ended_at IS NULL AND a.review_by IS NOT NULL"""
_OPEN_REVIEWS = """
    SELECT r.card_id, r.review_id, r.state, r.requested_by, r.due_at FROM ({listed}) AS few CROSS JOIN reviews r
    WHERE r.account_id = :account AND r.card_id = few.given AND r.ended_at IS NULL"""
_ASKED = """
    SELECT a.review_id, a.kind, a.name FROM ({listed}) AS few CROSS JOIN review_assignments a
    WHERE a.account_id = :account AND a.review_id = few.given ORDER BY a.review_id, a.kind, a.name"""
# Names are ASCII and contain no wildcard, and the searched text was reduced to letters, digits and hyphens.
_IN_NAME = {
    "sqlite": """SELECT n.card_id FROM card_names n
        WHERE n.name LIKE '%' || :name_part || '%' AND n.account_id = :account LIMIT :named""",
    "postgresql": """SELECT n.card_id FROM cards n
        WHERE n.name ILIKE '%' || CAST(:name_part AS TEXT) || '%' AND n.account_id = :account LIMIT :named""",
}


class PortfolioTable:
    """The portfolio of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def page(self, query: PortfolioQuery, model_key: str | None) -> tuple[list[PortfolioRow], int]:
        """Return at most ``query.limit`` cards after the query's position, or those before it in reverse order.

        Also returns the number of matches, counted up to ``COUNTED`` + 1.
        """
        wanted = self._wanted(query, model_key)
        return self._rows(wanted, query), self._counted(wanted)

    def beside(
        self, query: PortfolioQuery, model_key: str | None, position: Position
    ) -> tuple[list[PortfolioRow], list[PortfolioRow]]:
        """Return at most ``query.limit`` cards before a position in a list, the nearest first, and those after it."""
        wanted = self._wanted(query, model_key)
        before = self._rows(wanted, replace(query, after=None, before=position))
        return before, self._rows(wanted, replace(query, after=position, before=None))

    def rows_of(self, names: Sequence[str]) -> dict[str, PortfolioRow]:
        """Return cards as the list shows them, by name; unknown names are left out."""
        listed = _FEW.format(self._listed("names"))
        sql = f"SELECT {_COLUMNS} FROM {listed} WHERE c.account_id = :account AND c.name = few.given"
        rows = self._connection.rows(sql, {"account": self._account, "names": as_list(list(names))})
        return {row[1]: PortfolioRow._make(row) for row in rows}

    def near(self, word: str, limit: int) -> list[str]:
        """Return words of the account's cards that look like a word, the nearest first."""
        return NearWords(self._connection, self._account).near(word, limit)

    def expire_words(self, card_id: str) -> None:
        """Let the next search index the words of a card again, because its tags change."""
        CardTexts(self._connection).expire({"account": self._account, "card_id": card_id})

    def review_marks(self, card_ids: Sequence[str]) -> dict[str, ReviewMark]:
        """Return what a list shows about the reviews of a few cards, by card identifier."""
        few = {"account": self._account, "cards": as_list(list(card_ids))}
        found = {card_id: ReviewMark(due_at=review_by) for card_id, review_by in self.next_reviews(card_ids).items()}
        reviews: dict[str, str] = {}
        rows = self._connection.rows(_OPEN_REVIEWS.format(listed=self._listed("cards")), few)
        for card_id, review_id, state, requested_by, due_at in rows:
            found[card_id] = ReviewMark(state, requested_by, due_at)
            reviews[review_id] = card_id
        for card_id, number in FindingTable(self._connection, self._account).running(card_ids).items():
            found[card_id] = found.get(card_id, ReviewMark())._replace(findings=number)
        asked = {"account": self._account, "reviews": as_list(list(reviews))}
        for review_id, kind, name in self._connection.rows(_ASKED.format(listed=self._listed("reviews")), asked):
            mark = found[reviews[review_id]]
            reviewer = Reviewer(ReviewerKind(kind), name)
            found[reviews[review_id]] = mark._replace(reviewers=(*mark.reviewers, reviewer))
        return found

    def next_reviews(self, card_ids: Sequence[str]) -> dict[str, int]:
        """Return the review dates of a few approved cards, by card identifier."""
        few = {"account": self._account, "cards": as_list(list(card_ids))}
        return dict(self._connection.rows(_NEXT_REVIEWS.format(listed=self._listed("cards")), few))

    def tags_of(self, card_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the tags of a few cards, by card identifier."""
        return CardTexts(self._connection).tags_of(self._account, card_ids)

    def portfolio(self, untouched_before: int, now: int) -> Portfolio:
        """Return the totals of all cards, each from an index."""
        account: dict[str, object] = {"account": self._account}
        by_status = "SELECT status, count(*) FROM cards WHERE account_id = :account GROUP BY status"
        by_risk = "SELECT risk_rating, count(*) FROM cards WHERE account_id = :account GROUP BY risk_rating"
        risks: dict[str, int] = {}
        for rating, number in self._connection.rows(by_risk, account):
            risks[rating or "Unknown"] = risks.get(rating or "Unknown", 0) + number
        return Portfolio(
            by_status=dict(self._connection.rows(by_status, account)),
            by_risk=risks,
            unevaluated=self._number("FROM card_texts WHERE account_id = :account AND evaluations = 0", account),
            untouched=self._number(
                "FROM cards WHERE account_id = :account AND modified_at < :before",
                account | {"before": untouched_before},
            ),
            overdue=self._number(f"FROM ({_OF_DUE}) AS due", account | {"due_after": 0, "due_before": now}),
            owners=self._names("card_texts", "owner"),
            groups=self._names("cards", "model_package_group_name"),
            models=self._names("cards", "model_name"),
            tag_keys=TagTable(self._connection, self._account).keys_in_use()[:_NAMES],
        )

    def has_unindexed_words(self) -> bool:
        """Whether any card has unindexed words."""
        return CardTexts(self._connection).due(self._account)

    def index_words(self, limit: int) -> int:
        """Index the words of at most ``limit`` unindexed cards. Returns the number of cards."""
        return CardTexts(self._connection).index_words(self._account, limit)

    def read_due(self, limit: int, before: str | None) -> list[DueText]:
        """Return at most ``limit`` unindexed cards before one, in the order of their identifiers from the last one."""
        return CardTexts(self._connection).read_due(self._account, limit, before)

    def store_words(self, read: Sequence[DueText], words: Sequence[str], known: Collection[str]) -> int:
        """Index words that were found for due cards: see :meth:`storage.card_texts.CardTexts.store_words`."""
        return CardTexts(self._connection).store_words(self._account, read, words, known)

    def named_like_model(self, model_name: str) -> str | None:
        """Return the name of a card about the model with this name."""
        row = self._connection.row(
            "SELECT name FROM cards WHERE account_id = :account AND model_name = :model ORDER BY modified_at LIMIT 1",
            {"account": self._account, "model": model_name[:MODEL_NAME]},
        )
        return None if row is None else str(row[0])

    def about(self, keys: Sequence[str], model_names: Sequence[str]) -> list[ModelCardLine]:
        """Return the cards whose model or model package has one of the keys, or whose model has one of the names."""
        wanted = {"model_key": ("keys", keys), "package_key": ("keys", keys), "model_name": ("names", model_names)}
        # From the few keys to the cards, only through the column's index: SQLite would otherwise read the whole
        # account.
        parts = [
            f"SELECT c.name, c.status, c.model_key, c.package_key, c.model_name FROM ({self._listed(name)}) AS few"
            f" CROSS JOIN cards m CROSS JOIN cards c WHERE m.account_id = :account AND m.{column} = few.given"
            " AND c.account_id = :account AND c.card_id = m.card_id"
            for column, (name, values) in wanted.items()
            if values
        ]
        if not parts:
            return []
        parameters: dict[str, object] = {name: as_list(list(values)) for name, values in wanted.values()}
        rows = self._connection.rows(" UNION ".join(parts), {"account": self._account, **parameters})
        return [ModelCardLine._make(row) for row in rows]

    def cards_of_groups(self, groups: Sequence[str]) -> dict[str, int]:
        """Return the number of cards of each model package group; groups without cards are left out."""
        sql = (
            f"SELECT few.given, count(*) FROM ({self._listed('groups')}) AS few CROSS JOIN cards c"
            " WHERE c.account_id = :account AND c.model_package_group_name = few.given GROUP BY few.given"
        )
        return dict(self._connection.rows(sql, {"account": self._account, "groups": as_list(list(groups))}))

    def contents(self, card_ids: Sequence[str]) -> dict[str, str]:
        """Return the newest contents of a few cards, by card identifier."""
        names = {f"id{number}": card_id for number, card_id in enumerate(card_ids)}
        if not names:
            return {}
        rows = self._connection.rows(
            "SELECT c.card_id, t.content FROM cards c JOIN contents t ON t.account_id = c.account_id"
            " AND t.card_id = c.card_id AND t.version = c.version"
            f" WHERE c.account_id = :account AND c.card_id IN ({', '.join(f':{name}' for name in names)})",
            {"account": self._account, **names},
        )
        return dict(rows)

    def rows(self, card_ids: Sequence[str]) -> list[PortfolioRow]:
        """Return a few cards by their identifiers, in any order."""
        sql = (
            f"SELECT {_COLUMNS} FROM {_FEW.format(self._listed('ids'))}"
            " WHERE c.account_id = :account AND c.card_id = few.given"
        )
        parameters = {"account": self._account, "ids": as_list(list(card_ids))}
        return [PortfolioRow._make(row) for row in self._connection.rows(sql, parameters)]

    def approvals(self, card_ids: Sequence[str]) -> dict[str, tuple[int, int, str]]:
        """Return the newest Approved version of a few cards, with the time and author of its status, by card."""
        sql = (
            f"SELECT v.card_id, v.version, v.modified_at, v.modified_by FROM ({self._listed('ids')}) AS few"
            " CROSS JOIN versions v WHERE v.account_id = :account AND v.card_id = few.given AND v.status = 'Approved'"
            " ORDER BY v.version"
        )
        parameters = {"account": self._account, "ids": as_list(list(card_ids))}
        return {row[0]: (row[1], row[2], row[3]) for row in self._connection.rows(sql, parameters)}

    def _wanted(self, query: PortfolioQuery, model_key: str | None) -> "_Wanted":
        filters: dict[str, object] = {
            "group": query.group,
            "changed_after": query.changed_after,
            "changed_before": query.changed_before,
            "unevaluated": query.unevaluated or None,
        }
        parameters = {name: value for name, value in filters.items() if value is not None}
        conditions = ["c.account_id = :account", *(_CONDITIONS[name] for name in parameters)]
        parameters["account"] = self._account
        for column, values in (("status", query.status), ("risk_rating", query.risk)):
            if values:
                conditions.append(_any_of(column, len(values), "Unknown" in values))
                parameters |= {f"{column}{number}": value for number, value in enumerate(values)}
        found = self._looked_up(query, model_key)
        if query.author is not None:
            self._written(query.author, found, conditions, parameters)
        common = self._owned(query.owner, found, conditions, parameters)
        common = self._tagged(query.tags, found, conditions, parameters) or common
        if query.text.strip():
            alone = len(conditions) == 1 and not found and query.sort is PortfolioSort.CHANGED
            found.append(self._found(query.text, SEARCHED if alone else None))
        source, counted = _ALL, common
        for number, card_ids in enumerate(sorted(found, key=len)):
            given = self._listed(f"found{number}")
            parameters[f"found{number}"] = as_list(card_ids)
            if number == 0 and len(card_ids) <= _FEW_CARDS:
                source, counted = _FEW.format(given), None
                conditions.append("c.card_id = few.given")
            else:
                conditions.append(f"c.card_id IN ({given})")
        return _Wanted(source, conditions, parameters, counted)

    def _looked_up(self, query: PortfolioQuery, model_key: str | None) -> list[list[str]]:
        """Return the cards of each filter that has an index of its own."""
        found: list[list[str]] = []
        if query.model is not None:
            found.append(self._cards(_OF_MODEL, {"model": query.model[:MODEL_NAME], "model_key": model_key}))
        if query.reviewers:
            found.append(self._of_reviewers(query.reviewers))
        if query.waiting:
            found.append(list(query.waiting_cards))
        if query.due_after is not None or query.due_before is not None:
            due: dict[str, object] = {"due_after": query.due_after or 0, "due_before": query.due_before or _NEVER}
            found.append(self._cards(_OF_DUE, due))
        if query.findings_before is not None:
            found.append(self._cards(_OF_FINDINGS, {"findings_before": query.findings_before}))
        return found

    def _owned(
        self, owner: str | None, found: list[list[str]], conditions: list[str], parameters: dict[str, object]
    ) -> str | None:
        """Add the cards of an owner to the look-ups, or many of them to the conditions. Returns many, to count them."""
        if owner is None:
            return None
        card_ids = self._cards(f"{_OF_OWNER} LIMIT {_FEW_CARDS + 1}", {"owner": owner})
        if len(card_ids) <= _FEW_CARDS:
            found.append(card_ids)
            return None
        conditions.append(_OWNER_OF_CARD)
        parameters["owner"] = owner
        return _OF_OWNER.replace("o.card_id FROM", "o.card_id AS given FROM")

    def _written(
        self, author: str, found: list[list[str]], conditions: list[str], parameters: dict[str, object]
    ) -> None:
        """Add the cards of an author to the look-ups, or to the conditions if they are many."""
        card_ids = self._cards(_WRITTEN, {"author": author})
        if len(card_ids) <= _FEW_CARDS:
            found.append(card_ids)
        else:
            conditions.append(_WRITTEN_OF_CARD)
            parameters["author"] = author

    def _tagged(
        self,
        tags: Sequence[tuple[str, str | None]],
        found: list[list[str]],
        conditions: list[str],
        parameters: dict[str, object],
    ) -> str | None:
        """Add the wanted tags to the look-ups or to the conditions. Returns a common tag's cards, to count them."""
        common = None
        for number, (key, value) in enumerate(tags):
            sql = (_TAGGED if value is None else _TAGGED + _OF_VALUE).format(number)
            given: dict[str, object] = {f"tag_key{number}": key}
            given |= {} if value is None else {f"tag_value{number}": value}
            card_ids = self._cards(f"{sql} LIMIT {_FEW_CARDS + 1}", given)
            if len(card_ids) <= _FEW_CARDS:
                found.append(card_ids)
                continue
            conditions.append(f"EXISTS ({sql} AND g{number}.resource_id = c.card_id)")
            parameters |= given
            common = common or sql.replace(".resource_id FROM", ".resource_id AS given FROM")
        return common

    def _rows(self, wanted: "_Wanted", query: PortfolioQuery) -> list[PortfolioRow]:
        """Return the cards of a page, in its order or backwards."""
        column, descending = _ORDERS[query.sort]
        at = query.after or query.before
        compare, direction = ("<", "DESC") if descending == (query.before is None) else (">", "ASC")
        where = " AND ".join(wanted.conditions)
        parameters = wanted.parameters | {"limit": query.limit}
        if at is not None:
            where += f" AND ({column}, c.card_id) {compare} (:at, :at_id)"
            parameters |= {"at": at[0], "at_id": at[1]}
        order = f"{column} {direction}, c.card_id {direction}"
        sql = f"SELECT {_COLUMNS} FROM {wanted.source} WHERE {where} ORDER BY {order} LIMIT :limit"
        return [PortfolioRow._make(row) for row in self._connection.rows(sql, parameters)]

    def _of_reviewers(self, reviewers: Sequence[Reviewer]) -> list[str]:
        """Return the cards whose open review asks one of these."""
        sql = _OF_REVIEWER.format(reviewers=self._listed("reviewers"))
        found: dict[str, None] = {}
        for kind in ReviewerKind:
            names = as_list([one.name for one in reviewers if one.kind is kind])
            found |= dict.fromkeys(self._cards(sql, {"kind": kind, "reviewers": names}))
        return list(found)

    def _counted(self, wanted: "_Wanted") -> int:
        """Count the matches up to ``COUNTED`` + 1; those of a common tag along the tag's index."""
        source, conditions = wanted.source, wanted.conditions
        if wanted.counted is not None:
            source, conditions = _FEW.format(wanted.counted), [*conditions, "c.card_id = few.given"]
        where = " AND ".join(conditions)
        sql = f"FROM (SELECT 1 FROM {source} WHERE {where} LIMIT {COUNTED + 1}) AS counted"
        return self._number(sql, wanted.parameters)

    def _found(self, text: str, limit: int | None) -> list[str]:
        """Return the newest ``limit`` cards that have all words, and some with the text inside their names."""
        card_ids: list[str] = []
        words = words_of(text)[:_TERMS]
        if words and self._connection.engine == "sqlite":
            card_ids = self._newest(words, limit)
        elif words:
            match = " & ".join(f"'{word}':*" for word in words)
            card_ids = self._cards(_WORDS["postgresql"], {"match": match})
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
            rows = self._connection.rows(_BEGIN_WITH, {"word": word, "variants": _VARIANTS + 1})
            if 0 < len(rows) <= _VARIANTS:
                return "(" + " OR ".join(f'"{term}"' for (term,) in rows) + ")"
        return f'"{word}" *'  # also without variants: FTS5 folds capitals from Unicode's compatibility forms

    def _listed(self, parameter: str) -> str:
        return listed(self._connection.engine, parameter)

    def _cards(self, sql: str, parameters: dict[str, object]) -> list[str]:
        return [row[0] for row in self._connection.rows(sql, parameters | {"account": self._account})]

    def _number(self, source: str, parameters: dict[str, object]) -> int:
        row = self._connection.row(f"SELECT count(*) {source}", parameters)
        return 0 if row is None else int(row[0])

    def _names(self, table: str, column: str) -> list[str]:
        sql = (
            f"SELECT DISTINCT {column} FROM {table} WHERE account_id = :account AND {column} IS NOT NULL"
            f" ORDER BY {column} LIMIT {_NAMES}"
        )
        return [row[0] for row in self._connection.rows(sql, {"account": self._account})]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Tables, conditions and parameters of a query; ``counted`` selects the cards of a common tag."""

    source: str
    conditions: list[str]
    parameters: dict[str, object]
    counted: str | None


@lru_cache(maxsize=32)
def _any_of(column: str, number: int, or_none: bool) -> str:
    if number == 1 and not or_none:
        return f"c.{column} = :{column}0"
    listed = f"c.{column} IN ({', '.join(f':{column}{index}' for index in range(number))})"
    return f"({listed} OR c.{column} IS NULL)" if or_none else listed
