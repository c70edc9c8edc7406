"""Reviews, their decisions, the reviewers who were asked, and the approvals of cards."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from cardwright.core.review import (
    CardApproval,
    Decision,
    Due,
    ExpiredApproval,
    PolicyMark,
    Review,
    Reviewer,
    ReviewerKind,
    ReviewQuery,
)
from cardwright.storage.engines.database import Connection, Row
from cardwright.storage.narrowing import as_list, listed

REVIEW_COLUMNS = (
    "review_id",
    "card_id",
    "card_name",
    "version",
    "content_digest",
    "state",
    "policy_name",
    "policy_version",
    "policy_digest",
    "requested_at",
    "requested_by",
    "due_at",
    "comment",
    "ended_at",
    "renews",
)
DECISION_COLUMNS = (
    "review_id",
    "number",
    "card_id",
    "user_name",
    "role",
    "by_person",
    "verdict",
    "content_digest",
    "comment",
    "review_by",
    "decided_at",
    "dismissed_at",
    "dismissed_by",
    "reason",
)
APPROVAL_COLUMNS = (
    "card_id",
    "card_name",
    "version",
    "content_digest",
    "review_id",
    "policy_name",
    "policy_version",
    "policy_digest",
    "held_by",
    "approved_at",
    "review_by",
    "expires_at",
    "after_expiry",
    "ended_at",
)


def _insert(table: str, columns: Sequence[str]) -> str:
    names = ("account_id", *columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


_REVIEW = ", ".join(f"r.{column}" for column in REVIEW_COLUMNS)
_FIND = f"SELECT {_REVIEW} FROM reviews r WHERE r.account_id = :account_id AND r.review_id = :review_id"
_OPEN = f"""
    SELECT {_REVIEW} FROM reviews r
    WHERE r.account_id = :account_id AND r.card_id = :card_id AND r.ended_at IS NULL"""
_ANY = "SELECT 1 FROM reviews WHERE account_id = :account_id AND card_id = :card_id LIMIT 1"
_INSERT = _insert("reviews", REVIEW_COLUMNS)
_SET_STATE = """
    UPDATE reviews SET state = :state, ended_at = :ended_at
    WHERE account_id = :account_id AND review_id = :review_id"""
# Whether anything governs a card's status: one statement, since every change of a card asks it.
_GOVERNED = """
    SELECT text, NULL FROM review_policies WHERE account_id = :account_id AND active = 1
    UNION ALL
    SELECT NULL, review_id FROM reviews
    WHERE account_id = :account_id AND card_id = :card_id AND ended_at IS NULL"""

_DECISION = ", ".join(DECISION_COLUMNS)
_DECISIONS = f"""
    SELECT {_DECISION} FROM review_decisions WHERE account_id = :account_id AND card_id = :card_id
    ORDER BY decided_at, review_id, number"""
_INSERT_DECISION = _insert("review_decisions", DECISION_COLUMNS)
_DISMISS = """
    UPDATE review_decisions SET dismissed_at = :dismissed_at, dismissed_by = :dismissed_by, reason = :reason
    WHERE account_id = :account_id AND review_id = :review_id AND number = :number"""

_ASSIGNED = """
    SELECT kind, name FROM review_assignments WHERE account_id = :account_id AND review_id = :review_id
    ORDER BY kind DESC, name"""
_ASSIGNED_OF = """
    SELECT review_id, kind, name FROM review_assignments
    WHERE account_id = :account_id AND review_id IN ({listed}) ORDER BY review_id, kind DESC, name"""
_ASSIGN = _insert("review_assignments", ("review_id", "kind", "name", "card_id", "assigned_at", "assigned_by"))
_UNASSIGN = "DELETE FROM review_assignments WHERE account_id = :account_id AND review_id = :review_id"

_APPROVAL = ", ".join(APPROVAL_COLUMNS)
_FIND_APPROVAL = f"SELECT {_APPROVAL} FROM approvals WHERE account_id = :account_id AND card_id = :card_id"
_INSERT_APPROVAL = _insert("approvals", APPROVAL_COLUMNS)
_END_APPROVAL = """
    UPDATE approvals SET ended_at = :ended_at
    WHERE account_id = :account_id AND card_id = :card_id AND ended_at IS NULL"""
_DELETE_APPROVAL = "DELETE FROM approvals WHERE account_id = :account_id AND card_id = :card_id"
_DELETE_ALL = tuple(
    f"DELETE FROM {table} WHERE account_id = :account_id AND card_id = :card_id"
    for table in ("review_assignments", "review_decisions", "reviews", "approvals")
)
_EXPIRED = """
    SELECT account_id, card_id, card_name FROM approvals
    WHERE ended_at IS NULL AND after_expiry = 'PendingReview' AND expires_at <= :now ORDER BY expires_at LIMIT :limit"""


class ReviewTable:
    """The reviews of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def governed(self, card_id: str) -> tuple[list[str], str | None]:
        """Return the texts of the account's active policies, and the identifier of the card's open review."""
        rows = self._connection.rows(_GOVERNED, self._of(card_id=card_id))
        texts = [row[0] for row in rows if row[0] is not None]
        return texts, next((row[1] for row in rows if row[1] is not None), None)

    def find(self, review_id: str) -> Review | None:
        row = self._connection.row(_FIND, self._of(review_id=review_id))
        return None if row is None else review_of(row)

    def open(self, card_id: str) -> Review | None:
        """Return the open review of a card."""
        row = self._connection.row(_OPEN, self._of(card_id=card_id))
        return None if row is None else review_of(row)

    def list(self, query: ReviewQuery) -> list[Review]:
        """Return at most ``query.limit`` reviews, newest request first; backwards, oldest first."""
        wanted: dict[str, object] = {"limit": query.limit}
        if query.at is not None:
            wanted |= {"at": query.at[0], "at_id": query.at[1]}
        if query.assigned_to is not None:
            groups = [one.name for one in query.assigned_to if one.kind is ReviewerKind.GROUP]
            people = [one.name for one in query.assigned_to if one.kind is ReviewerKind.PERSON]
            # One name, and no list of one, has statistics in PostgreSQL.
            wanted |= {"person": next(iter(people), ""), "group": as_list(groups)}
        if len(query.states) == 1:
            wanted["state"] = query.states[0]
        elif query.states:
            wanted["states"] = as_list(list(query.states))
        singles = {"requested_by": query.requested_by, "card_id": query.card_id, "overdue_at": query.overdue_at}
        wanted |= {name: value for name, value in singles.items() if value is not None}
        sql = _list_sql(self._connection.engine, query.backwards, tuple(name for name in wanted if name != "at_id"))
        return [review_of(row) for row in self._connection.rows(sql, self._of() | wanted)]

    def insert(self, review: Review) -> None:
        self._connection.run(_INSERT, self._of() | _review_row(review))

    def set_state(self, review_id: str, state: str, ended_at: int | None) -> None:
        self._connection.run(_SET_STATE, self._of(review_id=review_id, state=state, ended_at=ended_at))

    def decisions(self, card_id: str) -> Sequence[Decision]:
        """Return the decisions in all reviews of a card, oldest first."""
        rows = self._connection.rows(_DECISIONS, self._of(card_id=card_id))
        return sorted(
            (Decision._make(row) for row in rows), key=lambda one: (one.decided_at, one.review_id, one.number)
        )

    def add_decision(self, decision: Decision) -> None:
        row = decision._asdict()
        row["user_name"] = row.pop("user")
        self._connection.run(_INSERT_DECISION, self._of() | row)

    def dismiss(self, decision: Decision) -> None:
        """Store who dismissed a decision, when and why."""
        self._connection.run(
            _DISMISS,
            self._of(
                review_id=decision.review_id,
                number=decision.number,
                dismissed_at=decision.dismissed_at,
                dismissed_by=decision.dismissed_by,
                reason=decision.reason,
            ),
        )

    def reviewers(self, review_id: str) -> tuple[Reviewer, ...]:
        """Return the people and groups who are asked to review."""
        rows = self._connection.rows(_ASSIGNED, self._of(review_id=review_id))
        return tuple(Reviewer(ReviewerKind(kind), name) for kind, name in rows)

    def reviewers_of(self, review_ids: Sequence[str]) -> Mapping[str, Sequence[Reviewer]]:
        """Return the reviewers of several reviews, by review."""
        sql = _ASSIGNED_OF.format(listed=listed(self._connection.engine, "reviews"))
        found: dict[str, list[Reviewer]] = {}
        for review_id, kind, name in self._connection.rows(sql, self._of(reviews=as_list(list(review_ids)))):
            found.setdefault(review_id, []).append(Reviewer(ReviewerKind(kind), name))
        return found

    def assign(self, review: Review, reviewers: Iterable[Reviewer], at: int, by: str) -> None:
        """Replace the reviewers of a review."""
        self._connection.run(_UNASSIGN, self._of(review_id=review.review_id))
        for kind, name in reviewers:
            row = {"kind": kind, "name": name, "card_id": review.card_id, "assigned_at": at, "assigned_by": by}
            self._connection.run(_ASSIGN, self._of(review_id=review.review_id) | row)

    def approval(self, card_id: str) -> CardApproval | None:
        """Return the last approval of a card that a review completed."""
        row = self._connection.row(_FIND_APPROVAL, self._of(card_id=card_id))
        return None if row is None else approval_of(row)

    def approvals(
        self, due: Due | None, now: int, soon: int, at: tuple[int, str], limit: int
    ) -> Sequence[CardApproval]:
        """Return at most ``limit`` current approvals with a review date after a position, next date first."""
        parameters = self._of(now=now, soon=now + soon, at=at[0], at_id=at[1], limit=limit)
        return [approval_of(row) for row in self._connection.rows(_APPROVALS[due], parameters)]

    def put_approval(self, approval: CardApproval) -> None:
        """Store the approval of a card in place of an earlier one."""
        self._connection.run(_DELETE_APPROVAL, self._of(card_id=approval.card_id))
        self._connection.run(_INSERT_APPROVAL, self._of() | _approval_row(approval))

    def end_approval(self, card_id: str, at: int) -> bool:
        """Mark the approval of a card as ended. False if there is none or it has ended."""
        return self._connection.run(_END_APPROVAL, self._of(card_id=card_id, ended_at=at)) == 1

    def delete_all(self, card_id: str) -> None:
        """Delete all reviews of a card with what belongs to them."""
        parameters = self._of(card_id=card_id)
        if self._connection.row(_ANY, parameters) is not None:
            for statement in _DELETE_ALL:
                self._connection.run(statement, parameters)

    def _of(self, **more: object) -> dict[str, object]:
        return {"account_id": self._account, **more}


def expired_approvals(connection: Connection, now: int, limit: int) -> list[ExpiredApproval]:
    """Return approvals of all accounts whose grace period has passed, those that expired first."""
    return [ExpiredApproval._make(row) for row in connection.rows(_EXPIRED, {"now": now, "limit": limit})]


def review_of(row: Row) -> Review:
    """Return the review in a row of :data:`REVIEW_COLUMNS`."""
    return Review._make((*row[:6], _mark(row[6:9]), *row[9:]))


def approval_of(row: Row) -> CardApproval:
    """Return the approval in a row of :data:`APPROVAL_COLUMNS`."""
    return CardApproval._make((*row[:5], _mark(row[5:8]), *row[8:]))


def _mark(row: Row) -> PolicyMark | None:
    return None if row[0] is None else PolicyMark._make(row)


def _marked(policy: PolicyMark | None) -> dict[str, object]:
    name, version, digest = (None, None, None) if policy is None else policy
    return {"policy_name": name, "policy_version": version, "policy_digest": digest}


def _review_row(review: Review) -> dict[str, object]:
    row = review._asdict()
    return row | _marked(row.pop("policy"))


def _approval_row(approval: CardApproval) -> dict[str, object]:
    row = approval._asdict()
    return row | _marked(row.pop("policy"))


_FILTERS = {
    "requested_by": "r.requested_by = :requested_by",
    "card_id": "r.card_id = :card_id",
    "overdue_at": "r.ended_at IS NULL AND r.due_at < :overdue_at",
    "state": "r.state = :state",
    "states": "r.state IN ({states})",
    "person": "r.review_id = few.given",
}
# From the assignments to their reviews: SQLite would otherwise read all reviews of the account.
_ASSIGNED_TO = """(
    SELECT a.review_id AS given FROM review_assignments a
    WHERE a.account_id = :account_id AND a.kind = 'person' AND a.name = :person
    UNION
    SELECT a.review_id FROM review_assignments a
    WHERE a.account_id = :account_id AND a.kind = 'group' AND a.name IN ({group})) AS few CROSS JOIN """


@lru_cache(maxsize=256)
def _list_sql(engine: str, backwards: bool, given: tuple[str, ...]) -> str:
    compare, order = (">", "ASC") if backwards else ("<", "DESC")
    known = _FILTERS | {"at": f"(r.requested_at, r.review_id) {compare} (:at, :at_id)"}
    lists = {name: listed(engine, name) for name in ("states", "group")}
    where = " AND ".join(
        ["r.account_id = :account_id", *(known[name].format(**lists) for name in given if name in known)]
    )
    source = _ASSIGNED_TO.format(**lists) if "person" in given else ""
    ordered = f"ORDER BY r.requested_at {order}, r.review_id {order} LIMIT :limit"
    if "overdue_at" not in given:
        return f"SELECT {_REVIEW} FROM {source}reviews r WHERE {where} {ordered}"
    # The plus keeps PostgreSQL from walking all reviews in this order: few of them are open and overdue.
    late = f"SELECT r.review_id AS given FROM {source}reviews r WHERE {where} {ordered.replace('BY r', 'BY +r')}"
    return (
        f"SELECT {_REVIEW} FROM ({late}) AS late CROSS JOIN reviews r"
        f" WHERE r.account_id = :account_id AND r.review_id = late.given {ordered}"
    )


_DUE = {
    None: "",
    Due.DUE: " AND review_by > :now AND review_by <= :soon",
    Due.OVERDUE: " AND review_by <= :now AND (expires_at IS NULL OR expires_at > :now)",
    Due.EXPIRED: " AND review_by <= :now AND expires_at <= :now",  # an approval expires after its review date
}
_APPROVALS = {
    due: f"SELECT {_APPROVAL} FROM approvals WHERE account_id = :account_id AND ended_at IS NULL"
    f" AND review_by IS NOT NULL AND (review_by, card_id) > (:at, :at_id){condition}"
    " ORDER BY review_by, card_id LIMIT :limit"
    for due, condition in _DUE.items()
}
