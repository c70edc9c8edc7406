"""Open reviews as lists of work: those that wait for a person, those that came back, those that a person asked for."""

from collections.abc import Sequence

from cardwright.core.review import Base, Decision, Reviewer, ReviewerKind, WorkItem
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.narrowing import as_list, listed
from cardwright.storage.reviews import DECISION_COLUMNS, REVIEW_COLUMNS, review_of

_ITEM = ", ".join((*(f"r.{column}" for column in REVIEW_COLUMNS), "c.status", "c.risk_rating"))
_FROM = """
    FROM reviews r JOIN cards c ON c.account_id = r.account_id AND c.card_id = r.card_id
    WHERE r.account_id = :account_id"""
# A few reviews, known before: SQLite would otherwise read all reviews of the account, also those that ended.
_OF_FEW = """
    FROM ({few}) AS few CROSS JOIN reviews r JOIN cards c ON c.account_id = r.account_id AND c.card_id = r.card_id
    WHERE r.account_id = :account_id AND r.review_id = few.review_id"""
# A decision counts while it is the last one of its person, apart from comments, and was not dismissed.
_DECIDED = """
    EXISTS (
        SELECT 1 FROM review_decisions d
        WHERE d.account_id = :account_id AND d.review_id = r.review_id AND LOWER(d.user_name) = :key
            AND d.verdict IN ('approve', 'request_changes') AND d.dismissed_at IS NULL{before}
            AND NOT EXISTS (
                SELECT 1 FROM review_decisions later
                WHERE later.account_id = :account_id AND later.review_id = d.review_id
                    AND LOWER(later.user_name) = :key AND later.number > d.number AND later.verdict <> 'comment'))"""
# Reviews that ask a person or a group of the person, and for an approver those that ask no one.
_ASKED = """
    SELECT a.review_id FROM review_assignments a
    WHERE a.account_id = :account_id AND a.kind = 'person' AND a.name = :person
    UNION SELECT a.review_id FROM review_assignments a
    WHERE a.account_id = :account_id AND a.kind = 'group' AND a.name IN ({groups})
    UNION SELECT o.review_id FROM reviews o
    WHERE :anyone = 1 AND o.account_id = :account_id{state} AND NOT EXISTS (
        SELECT 1 FROM review_assignments a WHERE a.account_id = :account_id AND a.review_id = o.review_id)"""
# Of the reviews that ask no one, those that a person asked for do not wait for this person.
_NOT_OWN = """
    (r.requested_by <> :person OR EXISTS (
        SELECT 1 FROM review_assignments a WHERE a.account_id = :account_id AND a.review_id = r.review_id))"""
_URGENT = """
    ORDER BY CASE WHEN r.due_at IS NULL THEN 1 ELSE 0 END, r.due_at,
        CASE c.risk_rating WHEN 'High' THEN 0 WHEN 'Medium' THEN 1 WHEN 'Low' THEN 3 ELSE 2 END,
        r.requested_at, r.review_id
    LIMIT :limit"""
_ASKED_NOW = _OF_FEW.replace("{few}", _ASKED.replace("{state}", " AND o.state = 'Open'"))
_WAITING = f"r.ended_at IS NULL AND r.state = 'Open' AND {_NOT_OWN} AND NOT {_DECIDED.format(before='')}"
_COUNT = f"SELECT COUNT(*) FROM (SELECT 1 {_ASKED_NOW} AND {_WAITING} LIMIT :limit) found"
_AMONG = f"SELECT r.card_id {_ASKED_NOW} AND {_WAITING} AND r.card_id IN ({{cards}})"
_LIST = f"SELECT {_ITEM} {_ASKED_NOW} AND {_WAITING} {_URGENT}"
# The reviews that waited at a time: a decision or an end after it does not matter. The plus keeps SQLite from the index
# by time, which has the decisions of all reviews.
_WAITED = f"""
    SELECT {_ITEM} {_OF_FEW.replace("{few}", _ASKED.replace("{state}", ""))}
    AND r.requested_at <= :at AND (r.ended_at IS NULL OR r.ended_at > :at)
    AND (r.state <> 'ChangesRequested' OR EXISTS (
        SELECT 1 FROM review_decisions d
        WHERE d.account_id = :account_id AND d.review_id = r.review_id AND +d.decided_at > :at
            AND d.verdict = 'request_changes'))
    AND {_NOT_OWN} AND NOT {_DECIDED.format(before=" AND +d.decided_at <= :at")} {_URGENT}"""
_CHANGES = "SELECT o.review_id FROM reviews o WHERE o.account_id = :account_id AND o.state = 'ChangesRequested'"
_SENT_BACK = f"""
    SELECT {_ITEM} {_OF_FEW.replace("{few}", _CHANGES)} AND r.ended_at IS NULL AND r.state = 'ChangesRequested'
    AND (r.requested_by = :person OR EXISTS (
        SELECT 1 FROM versions v
        WHERE v.account_id = :account_id AND v.card_id = r.card_id AND v.version = r.version AND v.author = :person))
    {_URGENT}"""
_REQUESTED = f"""
    SELECT {_ITEM} {_FROM} AND r.requested_by = :person
    AND (r.ended_at > :since OR (r.ended_at IS NULL AND r.state <> 'ChangesRequested'))
    ORDER BY r.requested_at DESC, r.review_id LIMIT :limit"""
_DECIDED_SINCE = """
    SELECT COUNT(*) FROM review_decisions
    WHERE account_id = :account_id AND LOWER(user_name) = :key AND verdict IN ('approve', 'request_changes')
        AND decided_at >= :since"""

_OWN = f"""
    SELECT {", ".join(DECISION_COLUMNS)} FROM review_decisions
    WHERE account_id = :account_id AND LOWER(user_name) = :key AND decided_at > :since
    ORDER BY decided_at, review_id, number"""

# The version that a review compares with, among the hundred versions before its own: the page of a card reads as many.
_BASE = """
    FROM ({few}) AS few CROSS JOIN reviews r CROSS JOIN versions b
    WHERE r.account_id = :account_id AND r.review_id = few.given
    AND b.account_id = :account_id AND b.card_id = r.card_id AND b.version = COALESCE((
        SELECT MAX(a.version) FROM versions a
        WHERE a.account_id = :account_id AND a.card_id = r.card_id AND a.status = 'Approved'
            AND a.version < r.version AND a.version > r.version - 100), r.version - 1)"""
_BASES = f"SELECT r.review_id, b.version, b.content_digest {_BASE}"
_SIDES = f"""
    SELECT sides.review_id, old.content, new.content
    FROM (SELECT r.review_id, r.card_id, r.version, b.version AS base {_BASE}) AS sides
    CROSS JOIN contents old CROSS JOIN contents new
    WHERE old.account_id = :account_id AND old.card_id = sides.card_id AND old.version = sides.base
    AND new.account_id = :account_id AND new.card_id = sides.card_id AND new.version = sides.version"""


class ReviewWorkTable:
    """The open reviews of one account, as the work of people."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def count_waiting(self, reviewers: Sequence[Reviewer], *, anyone: bool, limit: int) -> int:
        """Count the reviews that wait for a person, up to a limit.

        Args:
            reviewers: the person, first, and the person's groups.
            anyone: whether reviews that ask no one wait for the person too.
        """
        row = self._connection.row(self._sql(_COUNT), self._of(reviewers, anyone=anyone) | {"limit": limit})
        return 0 if row is None else int(row[0])

    def waiting_among(self, reviewers: Sequence[Reviewer], card_ids: Sequence[str], *, anyone: bool) -> set[str]:
        """Return those of a few cards whose reviews wait for a person."""
        sql = self._sql(_AMONG).replace("{cards}", listed(self._connection.engine, "cards"))
        parameters = self._of(reviewers, anyone=anyone) | {"cards": as_list(list(card_ids))}
        return {row[0] for row in self._connection.rows(sql, parameters)}

    def waiting(self, reviewers: Sequence[Reviewer], *, anyone: bool, limit: int) -> list[WorkItem]:
        """Return the reviews that wait for a person, most urgent first."""
        return self._items(_LIST, self._of(reviewers, anyone=anyone) | {"limit": limit})

    def waited(self, reviewers: Sequence[Reviewer], at: int, *, anyone: bool, limit: int) -> list[WorkItem]:
        """Return the reviews that waited for a person at a time, in the same order."""
        return self._items(_WAITED, self._of(reviewers, anyone=anyone) | {"limit": limit, "at": at})

    def sent_back(self, person: str, limit: int) -> list[WorkItem]:
        """Return open reviews with requested changes that a person asked for, or whose version the person wrote."""
        return self._items(_SENT_BACK, {"account_id": self._account, "person": person, "limit": limit})

    def requested(self, person: str, since: int, limit: int) -> list[WorkItem]:
        """Return the reviews that a person asked for, newest first: those that wait, and those ended after a time.

        Reviews with requested changes are in :meth:`sent_back`.
        """
        parameters = {"account_id": self._account, "person": person, "since": since, "limit": limit}
        return self._items(_REQUESTED, parameters)

    def count_decided(self, person: str, since: int) -> int:
        """Count the approvals and requests for changes of a person since a time."""
        parameters = {"account_id": self._account, "key": person.lower(), "since": since}
        row = self._connection.row(_DECIDED_SINCE, parameters)
        return 0 if row is None else int(row[0])

    def decisions_of(self, person: str, since: int) -> list[Decision]:
        """Return a person's decisions and comments after a time, oldest first."""
        parameters = {"account_id": self._account, "key": person.lower(), "since": since}
        return [Decision._make(row) for row in self._connection.rows(_OWN, parameters)]

    def bases(self, review_ids: Sequence[str]) -> dict[str, Base]:
        """Return the versions that a few reviews compare theirs with, by review; first versions are left out."""
        return {row[0]: Base(*row[1:]) for row in self._of_reviews(_BASES, review_ids)}

    def sides(self, review_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return the contents that a few reviews compare, by review: that of the base, and their own."""
        return {row[0]: (row[1], row[2]) for row in self._of_reviews(_SIDES, review_ids)}

    def _of_reviews(self, sql: str, review_ids: Sequence[str]) -> list[Row]:
        parameters = {"account_id": self._account, "reviews": as_list(list(review_ids))}
        return self._connection.rows(sql.format(few=listed(self._connection.engine, "reviews")), parameters)

    def _items(self, sql: str, parameters: dict[str, object]) -> list[WorkItem]:
        return [_item(row) for row in self._connection.rows(self._sql(sql), parameters)]

    def _sql(self, sql: str) -> str:
        return sql.replace("{groups}", listed(self._connection.engine, "groups"))

    def _of(self, reviewers: Sequence[Reviewer], *, anyone: bool) -> dict[str, object]:
        person = next(one.name for one in reviewers if one.kind is ReviewerKind.PERSON)
        return {
            "account_id": self._account,
            "person": person,
            "key": person.lower(),
            "groups": as_list([one.name for one in reviewers if one.kind is ReviewerKind.GROUP]),
            "anyone": int(anyone),
        }


def _item(row: Row) -> WorkItem:
    return WorkItem(review_of(row[:-2]), row[-2], row[-1])
