"""Findings: the lists of one account, their counts, and those of a card.

Every list reads an index that holds only what it shows, and never all findings of the account.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from cardwright.core.finding import (
    COUNTED,
    ENDING_SOON,
    GRAVE,
    LOOKED_AT,
    MOST_WORDS,
    NO_DATE,
    Finding,
    FindingCounts,
    FindingKind,
    FindingQuery,
    FindingState,
    NamedFinding,
    PressingCounts,
    Severity,
)
from cardwright.core.listing import Position
from cardwright.storage.annotations import AnnotationTable, position_values
from cardwright.storage.narrowing import as_list, listed


class FindingTable(AnnotationTable[Finding]):
    """The findings of one account."""

    name = "findings"
    record = Finding
    time = "opened_at"

    __slots__ = ()

    def page(self, query: FindingQuery) -> Sequence[NamedFinding]:
        """Return at most ``query.limit`` findings with the names of their cards, in the order of the query."""
        lists = {"states": query.states, "severities": query.severities}
        wanted_words = {f"word_{n}": _pattern(word) for n, word in enumerate(query.words[:MOST_WORDS])}
        singles = {"card_id": query.card_id, "kind": query.kind, "owner": query.owner}
        wanted: dict[str, object] = {name: as_list(list(values)) for name, values in lists.items() if values}
        wanted |= {name: value for name, value in singles.items() if value is not None} | wanted_words
        # A list by states that do not end a finding reads the index of those that have not ended.
        running = query.running or query.overdue or (bool(query.states) and not set(query.states) & _ENDED)
        worked = bool(query.states) and set(query.states) <= _WORKED
        given = {"running": running, "worked": worked}
        given |= {"overdue": query.overdue, "waiver_requested": query.waiver_requested}
        given |= {"waiver_ends": query.waiver_ends, "blocking": query.blocking}
        filters = (*wanted, *(name for name, on in given.items() if on))
        asked = query.waiver_requested or query.waiver_ends or query.blocking
        few = worked or asked or query.owner is not None or query.card_id is not None
        if query.by_severity and running and not few:
            return self._by_severity(query, filters, wanted)
        order = "severity" if query.by_severity else "opened"
        return self._named(query, order, query.at, filters, wanted)

    def _by_severity(
        self, query: FindingQuery, filters: tuple[str, ...], wanted: Mapping[str, object]
    ) -> Sequence[NamedFinding]:
        """Return a page of a list by severity: of each severity the findings with a due date, then those without.

        Each part is read in the order of an index, and most pages are full after one or two parts.
        """
        found: list[NamedFinding] = []
        for rank, undated, at in _parts(query):
            order = "undated" if undated else "dated"
            rest = replace(query, limit=query.limit - len(found))
            found += self._named(rest, order, at, (*filters, order), {**wanted, "severity": _SEVERITIES[rank]})
            if len(found) >= query.limit:
                break
        return found

    def _named(
        self,
        query: FindingQuery,
        order: str,
        at: Position | None,
        filters: tuple[str, ...],
        wanted: Mapping[str, object],
    ) -> Sequence[NamedFinding]:
        sql = _findings_sql(self._connection.engine, order, query.backwards, at is not None, filters)
        times = {"now": query.now, "soon": query.now + ENDING_SOON, "blocking": as_list(list(query.blocked_by))}
        parameters = {**self._of(limit=query.limit), **times, **wanted, **position_values(at)}
        rows = self._connection.rows(sql, parameters)
        return [NamedFinding(Finding._make(row[:-2]), *row[-2:]) for row in rows]

    def counts(self, now: int, owner: str) -> FindingCounts:
        """Return how many findings have not ended at a time, each counted up to ``COUNTED`` + 1."""
        return FindingCounts(
            *self._numbers(
                _COUNTS.format(**_indexed(self._connection.engine)), self._of(owner=owner, now=now, limit=COUNTED + 1)
            )
        )

    def pressing(self, now: int, blocked_by: Sequence[str]) -> PressingCounts:
        """Return how many findings will soon be open again, and how many block an approval.

        Args:
            blocked_by: as in a :class:`FindingQuery`.
        """
        engine = self._connection.engine
        sql = _PRESSING.format(**_indexed(engine), blocking=listed(engine, "blocking"))
        given = {"now": now, "soon": now + ENDING_SOON, "limit": LOOKED_AT, "blocking": as_list(list(blocked_by))}
        return PressingCounts(*self._numbers(sql, self._of(**given)))

    def owned(self, owner: str, limit: int) -> int:
        """Return the number of findings of an owner that have not ended, at most ``limit``."""
        return self._numbers(_OWNED, self._of(owner=owner, limit=limit))[0]

    def _numbers(self, sql: str, parameters: dict[str, object]) -> Sequence[int]:
        row = self._connection.row(sql, parameters)
        assert row is not None  # noqa: S101 - an aggregate has a row
        return [int(number or 0) for number in row]

    def of_rule(self, card_id: str, rule: str) -> Finding | None:
        """Return the finding about a rule on a card that has not ended."""
        row = self._connection.row(_OF_RULE, self._of(card_id=card_id, rule=rule))
        return None if row is None else Finding._make(row)

    def blocking(self, card_id: str, severities: Iterable[str], now: int, limit: int) -> Sequence[Finding]:
        """Return findings of some severities that are neither ended nor accepted, oldest first."""
        sql = _BLOCKING.format(severities=listed(self._connection.engine, "severities"))
        parameters = self._of(card_id=card_id, severities=as_list(list(severities)), now=now, limit=limit)
        return [Finding._make(row) for row in self._connection.rows(sql, parameters)]

    def running(self, card_ids: Sequence[str]) -> dict[str, int]:
        """Return the number of findings that have not ended, by card identifier; cards without any are left out."""
        sql = _RUNNING.format(listed=listed(self._connection.engine, "cards"), **_indexed(self._connection.engine))
        return dict(self._connection.rows(sql, self._of(cards=as_list(list(card_ids)))))

    def limitations(self, card_id: str) -> Sequence[Finding]:
        """Return the limitations of a card, open or ended, oldest first."""
        parameters = self._of(card_id=card_id, kind=FindingKind.LIMITATION.value)
        return [Finding._make(row) for row in self._connection.rows(_LIMITATIONS, parameters)]


_ENDED = frozenset({FindingState.CLOSED, FindingState.INVALID})
_WORKED = frozenset({FindingState.IN_PROGRESS, FindingState.REMEDIATED, FindingState.ACCEPTED})
_SEVERITIES = tuple(severity.value for severity in Severity)
_FINDING = ", ".join(f"f.{column}" for column in Finding._fields)
_STATE = """CASE WHEN f.state = 'accepted' AND (f.accepted_until <= :now OR f.accepted_digest <> c.content_digest)
    THEN 'open' ELSE f.state END"""
_OF_CARD = "JOIN cards c ON c.account_id = f.account_id AND c.card_id = f.card_id"
_OF_RULE = f"""
    SELECT {_FINDING} FROM findings f
    WHERE f.account_id = :account_id AND f.card_id = :card_id AND f.rule = :rule AND f.ended_at IS NULL"""
_BLOCKING = f"""
    SELECT {_FINDING} FROM findings f {_OF_CARD}
    WHERE f.account_id = :account_id AND f.card_id = :card_id AND f.ended_at IS NULL
    AND f.severity IN ({{severities}}) AND {_STATE} <> 'accepted'
    ORDER BY f.opened_at, f.finding_id LIMIT :limit"""
_RUNNING = """
    SELECT f.card_id, COUNT(*) FROM ({listed}) AS few CROSS JOIN findings f{by_card}
    WHERE f.account_id = :account_id AND f.card_id = few.given AND f.ended_at IS NULL GROUP BY f.card_id"""
_LIMITATIONS = f"""
    SELECT {_FINDING} FROM findings f
    WHERE f.account_id = :account_id AND f.card_id = :card_id AND f.kind = :kind
    ORDER BY f.opened_at, f.finding_id"""
_LATE = f"f.due_at < :now AND {_STATE} <> 'accepted'"
# A few findings, each from an index. SQLite would otherwise read all findings of the account: {by_…} names the index,
# and CROSS JOIN keeps the order, from these to the findings.
_ASKED = """
    SELECT DISTINCT w.finding_id FROM waivers w{by_asked}
    WHERE w.account_id = :account_id AND w.granted_at IS NULL AND w.revoked_at IS NULL AND w.expires_at > :now"""
_WORKED_ON = """
    SELECT o.finding_id FROM findings o{by_worked}
    WHERE o.account_id = :account_id AND o.ended_at IS NULL AND o.state <> 'open' AND o.state IN ({states})"""
_ACCEPTED = """
    SELECT o.finding_id FROM findings o{by_worked}
    WHERE o.account_id = :account_id AND o.ended_at IS NULL AND o.state <> 'open' AND o.state = 'accepted'"""
_IN_REVIEW = "SELECT r.card_id, r.policy_name FROM reviews r WHERE r.account_id = :account_id AND r.ended_at IS NULL"
_BLOCKING_NOW = """
    SELECT o.finding_id FROM ({reviews}) AS r CROSS JOIN findings o{{by_card}}
    WHERE o.account_id = :account_id AND o.card_id = r.card_id AND o.ended_at IS NULL
    AND r.policy_name || '/' || o.severity IN ({{blocking}})"""
_ENDS_SOON = f"f.accepted_until <= :soon AND {_STATE} = 'accepted'"
_OWNED_BY = "SELECT o.finding_id FROM findings o WHERE o.account_id = :account_id AND o.owner = :owner"
_NOT_ENDED = "f.account_id = :account_id AND f.finding_id = few.finding_id AND f.ended_at IS NULL"
_MINE = f"SELECT 1 FROM ({_OWNED_BY}) AS few CROSS JOIN findings f WHERE {_NOT_ENDED} LIMIT :limit"
_GRAVE = ", ".join(f"'{one}'" for one in sorted(GRAVE))
_EVERY = ", ".join(f"'{one}'" for one in _SEVERITIES)  # so that the index by severity finds the due dates
_RUNNING_PART = "FROM findings f{{by_{}}} WHERE f.account_id = :account_id AND f.ended_at IS NULL"
_COUNTED_PARTS = (
    f"SELECT 1 {_RUNNING_PART.format('running')} LIMIT :limit",
    f"SELECT DISTINCT card_id FROM (SELECT f.card_id {_RUNNING_PART.format('running')} LIMIT :limit) AS found",
    f"SELECT 1 {_RUNNING_PART.format('severity')} AND f.severity IN ({_GRAVE}) LIMIT :limit",
    f"""SELECT 1 FROM findings f{{by_severity}} {_OF_CARD}
    WHERE f.account_id = :account_id AND f.ended_at IS NULL AND f.severity IN ({_EVERY}) AND {_LATE} LIMIT :limit""",
    f"SELECT 1 {_RUNNING_PART.format('worked')} AND f.state <> 'open' AND f.state = 'remediated' LIMIT :limit",
    f"SELECT 1 FROM ({_ASKED}) AS few CROSS JOIN findings f WHERE {_NOT_ENDED} LIMIT :limit",
    _MINE,
)
_COUNTS = "SELECT " + ", ".join(f"(SELECT COUNT(*) FROM ({part}) AS counted)" for part in _COUNTED_PARTS)
_PRESSING = f"""SELECT (
    SELECT COUNT(*) FROM ({_ACCEPTED} LIMIT :limit) AS few CROSS JOIN findings f {_OF_CARD}
    WHERE {_NOT_ENDED} AND {_ENDS_SOON}
), (
    SELECT COUNT(*) FROM ({_BLOCKING_NOW.format(reviews=_IN_REVIEW + " LIMIT :limit")}) AS few
    CROSS JOIN findings f {_OF_CARD} WHERE {_NOT_ENDED} AND {_STATE} <> 'accepted'
)"""
_OWNED = f"""
    SELECT COUNT(*) FROM ({_MINE}) found"""
_FILTERS: Mapping[str, str] = {
    "card_id": "f.card_id = :card_id",
    "kind": "f.kind = :kind",
    "owner": "f.owner = :owner",
    "states": f"{_STATE} IN ({{states}})",
    "severities": "f.severity IN ({severities})",
    "running": "f.ended_at IS NULL",
    "dated": "f.severity = :severity AND f.due_at IS NOT NULL",
    "undated": "f.severity = :severity AND f.due_at IS NULL",
    "overdue": _LATE,
    "waiver_ends": _ENDS_SOON,
    "blocking": f"{_STATE} <> 'accepted'",
    **{
        f"word_{number}": "("
        + " OR ".join(
            f"{column} {{like}} :word_{number} ESCAPE '!'" for column in ("f.title", "f.text", "f.owner", "c.name")
        )
        + ")"
        for number in range(MOST_WORDS)
    },
}
_FEW: Mapping[str, str] = {
    "waiver_requested": _ASKED,
    "waiver_ends": _ACCEPTED,
    "blocking": _BLOCKING_NOW.format(reviews=_IN_REVIEW),
    "worked": _WORKED_ON,
    "owner": _OWNED_BY,
}
_RANKS = " ".join(f"WHEN '{severity}' THEN {rank}" for rank, severity in enumerate(Severity))
# By order: the columns, whether the list descends, and the parameters of a position.
_ORDERS: Mapping[str, tuple[Sequence[str], bool, str]] = {
    "opened": (("f.opened_at", "f.finding_id"), True, ":at, :at_id"),
    "severity": (
        (f"CASE f.severity {_RANKS} END", f"COALESCE(f.due_at, {NO_DATE})", "f.finding_id"),
        False,
        ":at, :at_due, :at_id",
    ),
    "dated": (("f.due_at", "f.finding_id"), False, ":at, :at_id"),
    "undated": (("f.finding_id",), False, ":at_id"),
}


@cache
def _indexed(engine: str) -> Mapping[str, str]:
    """Return what names the index of a table, by the placeholder. PostgreSQL chooses by its statistics."""
    names = {
        "by_card": "findings_card",
        "by_running": "findings_running",
        "by_severity": "findings_severity",
        "by_worked": "findings_worked",
        "by_asked": "waivers_asked",
    }
    return {place: f" INDEXED BY {name}" if engine == "sqlite" else "" for place, name in names.items()}


@lru_cache(maxsize=256)
def _findings_sql(engine: str, order: str, backwards: bool, placed: bool, given: tuple[str, ...]) -> str:
    columns, descends, place = _ORDERS[order]
    compare, direction = ("<", "DESC") if descends is not backwards else (">", "ASC")
    lists = {name: listed(engine, name) for name in ("states", "severities", "blocking")}
    lists["like"] = "LIKE" if engine == "sqlite" else "ILIKE"
    where = ["f.account_id = :account_id", *(_FILTERS[name].format(**lists) for name in given if name in _FILTERS)]
    # The index by owner has the order of a list by time.
    found = [
        _FEW[name].format(**lists, **_indexed(engine))
        for name in _FEW
        if name in given and (name, order) != ("owner", "opened")
    ]
    sources = [f"({one}) AS few{number} CROSS JOIN " for number, one in enumerate(found)]
    where += [f"f.finding_id = few{number}.finding_id" for number in range(len(found))]
    if placed:
        where.append(f"({', '.join(columns)}) {compare} ({place})")
    ordered = f"ORDER BY {', '.join(f'{column} {direction}' for column in columns)}"
    # Only identifiers are sorted: rows with texts are several times as slow.
    source = f"{''.join(sources)}findings f {_OF_CARD}"
    few = f"SELECT f.finding_id AS given FROM {source} WHERE {' AND '.join(where)} {ordered} LIMIT :limit"
    return (
        f"SELECT {_FINDING}, c.name, c.content_digest FROM ({few}) AS few"
        f" JOIN findings f ON f.account_id = :account_id AND f.finding_id = few.given {_OF_CARD} {ordered}"
    )


def _parts(query: FindingQuery) -> list[tuple[int, bool, Position | None]]:
    """Return the parts of a page by severity, in its order.

    A part has the rank of a severity, whether its findings lack a due date, and the position where it begins.
    """
    first = None if query.at is None else (query.at[0], query.at[1] == NO_DATE)
    parts: list[tuple[int, bool, Position | None]] = []
    for rank, severity in enumerate(_SEVERITIES):
        for undated in (False, True):
            part = (rank, undated)
            passed = first is not None and (part > first if query.backwards else part < first)
            if passed or (query.severities and severity not in query.severities) or (query.overdue and undated):
                continue
            begins = query.at is not None and part == first
            parts.append((rank, undated, query.at[2 if undated else 1 :] if begins and query.at else None))
    return parts[::-1] if query.backwards else parts


def _pattern(word: str) -> str:
    """Return what LIKE compares a text with that has a word in any case.

    SQLite ignores the case of ASCII alone, so a letter beyond it with two cases matches any one character.
    """
    escaped = "".join(f"!{letter}" if letter in "!%_" else letter for letter in word)
    loose = (letter if letter.isascii() or letter.lower() == letter.upper() else "_" for letter in escaped)
    return f"%{''.join(loose)}%"
