"""Indexes of the lists of findings by severity, of requested waivers, of overdue reviews and of decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    asked = ["requested_at", "waiver_id", "finding_id", "expires_at"]
    op.drop_index("reviews_due", "reviews")
    for name, table, columns, condition in (
        ("reviews_due", "reviews", ["due_at", "requested_at", "review_id"], "ended_at IS NULL"),
        ("findings_severity", "findings", ["severity", "due_at", "finding_id"], "ended_at IS NULL"),
        ("findings_worked", "findings", ["state", "finding_id"], "ended_at IS NULL AND state <> 'open'"),
        ("waivers_asked", "waivers", asked, "granted_at IS NULL AND revoked_at IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, table, ["account_id", *columns], sqlite_where=where, postgresql_where=where)
    op.drop_index("review_decisions_card", "review_decisions")
    ends = ["decided_at", "review_id", "number"]
    op.create_index("review_decisions_card", "review_decisions", ["account_id", "card_id", *ends])
    op.create_index("review_decisions_decided", "review_decisions", ["account_id", *ends])
