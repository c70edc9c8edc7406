"""Reads the reviews of a card for verification."""

from cardwright.core.integrity.review_verification import ReviewHoldings
from cardwright.core.review import Decision, Reviewer, ReviewerKind
from cardwright.storage import tables
from cardwright.storage.engines.database import Connection
from cardwright.storage.integrity.column_kinds import Columns, WrongKind, shown_key
from cardwright.storage.reviews import APPROVAL_COLUMNS, DECISION_COLUMNS, REVIEW_COLUMNS, approval_of, review_of

_ASSIGNMENT_COLUMNS = ("review_id", "kind", "name", "assigned_at", "assigned_by")


def _select(table: str, columns: tuple[str, ...], order: str) -> str:
    names = ", ".join(columns)
    return f"SELECT {names} FROM {table} WHERE account_id = :account AND card_id = :card_id ORDER BY {order}"


_REVIEWS = _select("reviews", REVIEW_COLUMNS, "review_id")
_DECISIONS = _select("review_decisions", DECISION_COLUMNS, "review_id, number")
_ASSIGNMENTS = _select("review_assignments", _ASSIGNMENT_COLUMNS, "review_id, kind, name")
_APPROVAL = _select("approvals", APPROVAL_COLUMNS, "card_id")
_REVIEW_KINDS = Columns(tables.reviews, REVIEW_COLUMNS)
_DECISION_KINDS = Columns(tables.review_decisions, DECISION_COLUMNS)
_ASSIGNMENT_KINDS = Columns(tables.review_assignments, _ASSIGNMENT_COLUMNS)
_APPROVAL_KINDS = Columns(tables.approvals, APPROVAL_COLUMNS)
_KINDS = frozenset(ReviewerKind)


def stored_reviews(connection: Connection, account: str, card_id: str) -> ReviewHoldings:
    """Return the stored reviews of a card. Raises :class:`WrongKind` for a value that its column cannot have."""
    parameters = {"account": account, "card_id": card_id}
    reviews, decisions, reviewers = {}, {}, {}
    for row in connection.rows(_REVIEWS, parameters):
        _REVIEW_KINDS.check(f"review {shown_key(row[0])}", row)
        reviews[row[0]] = review_of(row)
    for row in connection.rows(_DECISIONS, parameters):
        _DECISION_KINDS.check(f"decision {shown_key(row[1])} of review {shown_key(row[0])}", row)
        decisions[row[0], row[1]] = Decision._make(row)
    for review_id, kind, name, *assigned in connection.rows(_ASSIGNMENTS, parameters):
        record = f"reviewer {shown_key(name)} of review {shown_key(review_id)}"
        _ASSIGNMENT_KINDS.check(record, (review_id, kind, name, *assigned))
        if kind not in _KINDS:
            raise WrongKind(record, "is neither a person nor a group")
        reviewers[review_id, Reviewer(ReviewerKind(kind), name)] = (assigned[0], assigned[1])
    approved = connection.row(_APPROVAL, parameters)
    if approved is not None:
        _APPROVAL_KINDS.check("the approval", approved)
    return ReviewHoldings(reviews, decisions, reviewers, None if approved is None else approval_of(approved))
