"""Review policies, reviews with their decisions and reviewers, and the approvals of cards."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _where(condition: str) -> dict[str, Any]:
    return {f"{engine}_where": sa.text(condition) for engine in ("sqlite", "postgresql")}


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, primary_key=True) for name in names]


def _policy(*, null: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("policy_name", TEXT, nullable=null),
        sa.Column("policy_version", sa.Integer, nullable=null),
        sa.Column("policy_digest", TEXT, nullable=null),
    ]


def _of_card() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"])


def upgrade() -> None:
    _policies()
    _reviews()
    _decisions()
    _approvals()


def _policies() -> None:
    op.create_table(
        "review_policies",
        *_key("account_id", "name"),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("active", sa.Integer, nullable=False),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
        sa.Column("stored_by", TEXT, nullable=False),
        sa.Column("activated_at", sa.BigInteger),
        sa.Column("deleted_at", sa.BigInteger),
    )
    op.create_index(
        "review_policies_active", "review_policies", ["account_id", "name"], unique=True, **_where("active = 1")
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        *_key("account_id", "review_id"),
        sa.Column("card_id", TEXT, nullable=False),
        sa.Column("card_name", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content_digest", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        *_policy(null=True),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("requested_by", TEXT),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("comment", TEXT),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("renews", sa.BigInteger),
        _of_card(),
        sqlite_with_rowid=False,
    )
    op.create_index("reviews_open", "reviews", ["account_id", "card_id"], unique=True, **_where("ended_at IS NULL"))
    op.create_index("reviews_card", "reviews", ["account_id", "card_id", "requested_at", "review_id"])
    op.create_index("reviews_requested", "reviews", ["account_id", "requested_at", "review_id"])
    op.create_index("reviews_state", "reviews", ["account_id", "state", "requested_at", "review_id"])
    op.create_index("reviews_requester", "reviews", ["account_id", "requested_by", "requested_at", "review_id"])
    op.create_index("reviews_due", "reviews", ["account_id", "due_at"], **_where("ended_at IS NULL"))
    op.create_table(
        "review_assignments",
        *_key("account_id", "review_id", "kind", "name"),
        sa.Column("card_id", TEXT, nullable=False),
        sa.Column("assigned_at", sa.BigInteger, nullable=False),
        sa.Column("assigned_by", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("review_assignments_card", "review_assignments", ["account_id", "card_id"])
    op.create_index("review_assignments_name", "review_assignments", ["account_id", "kind", "name", "review_id"])


def _decisions() -> None:
    op.create_table(
        "review_decisions",
        *_key("account_id", "review_id"),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("card_id", TEXT, nullable=False),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("by_person", sa.Integer, nullable=False),
        sa.Column("verdict", TEXT, nullable=False),
        sa.Column("content_digest", TEXT, nullable=False),
        sa.Column("comment", TEXT),
        sa.Column("review_by", sa.BigInteger),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
        sa.Column("dismissed_at", sa.BigInteger),
        sa.Column("dismissed_by", TEXT),
        sa.Column("reason", TEXT),
        sqlite_with_rowid=False,
    )
    op.create_index("review_decisions_card", "review_decisions", ["account_id", "card_id"])


def _approvals() -> None:
    op.create_table(
        "approvals",
        *_key("account_id", "card_id"),
        sa.Column("card_name", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content_digest", TEXT, nullable=False),
        sa.Column("review_id", TEXT, nullable=False),
        *_policy(null=True),
        sa.Column("held_by", TEXT),
        sa.Column("approved_at", sa.BigInteger, nullable=False),
        sa.Column("review_by", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("after_expiry", TEXT),
        sa.Column("ended_at", sa.BigInteger),
        _of_card(),
        sqlite_with_rowid=False,
    )
    current = _where("ended_at IS NULL AND review_by IS NOT NULL")
    op.create_index("approvals_due", "approvals", ["account_id", "review_by", "card_id"], **current)
    # Expired approvals of all accounts, which the expiry job ends.
    op.create_index(
        "approvals_expiring",
        "approvals",
        ["expires_at", "account_id", "card_id"],
        **_where("ended_at IS NULL AND after_expiry = 'PendingReview'"),
    )
