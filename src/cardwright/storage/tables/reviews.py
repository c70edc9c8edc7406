"""Tables of review policies, their dry runs, reviews and approvals."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, Table

from cardwright.storage.tables.schema import ONE_TREE, TEXT, metadata, where

# Versions of review policies; at most one version of a name is active. A deleted version stays, and frees no number.
review_policies = Table(
    "review_policies",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    Column("active", Integer, nullable=False),  # 1 or 0
    Column("stored_at", BigInteger, nullable=False),
    Column("stored_by", TEXT, nullable=False),
    Column("activated_at", BigInteger),
    Column("deleted_at", BigInteger),
    Index("review_policies_active", "account_id", "name", unique=True, **where("active = 1")),
)

# Dry runs of policies over all cards. ``counts`` is JSON; the cards that fail are in parts.
policy_runs = Table(
    "policy_runs",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("run_id", TEXT, primary_key=True),
    Column("policy_name", TEXT, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("policy_digest", TEXT, nullable=False),
    Column("begun_by", TEXT, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("worked_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("place", TEXT, nullable=False),  # the name of the last card that was read
    Column("parts", Integer, nullable=False),
    Column("counts", TEXT, nullable=False),
    Index("policy_runs_policy", "account_id", "policy_name", "policy_version", "begun_at"),
    **ONE_TREE,
)

policy_run_parts = Table(
    "policy_run_parts",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("run_id", TEXT, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("cards", TEXT, nullable=False),  # a JSON list
    ForeignKeyConstraint(["account_id", "run_id"], ["policy_runs.account_id", "policy_runs.run_id"]),
    **ONE_TREE,
)

# Requests for review. A card has at most one open review.
reviews = Table(
    "reviews",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("review_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("card_name", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("policy_name", TEXT),
    Column("policy_version", Integer),
    Column("policy_digest", TEXT),
    Column("requested_at", BigInteger, nullable=False),
    Column("requested_by", TEXT),
    Column("due_at", BigInteger),
    Column("comment", TEXT),
    Column("ended_at", BigInteger),
    Column("renews", BigInteger),  # the review date before a periodic review
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("reviews_open", "account_id", "card_id", unique=True, **where("ended_at IS NULL")),
    Index("reviews_card", "account_id", "card_id", "requested_at", "review_id"),
    Index("reviews_requested", "account_id", "requested_at", "review_id"),
    Index("reviews_state", "account_id", "state", "requested_at", "review_id"),
    Index("reviews_requester", "account_id", "requested_by", "requested_at", "review_id"),
    Index("reviews_due", "account_id", "due_at", "requested_at", "review_id", **where("ended_at IS NULL")),
    **ONE_TREE,
)

review_assignments = Table(
    "review_assignments",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("review_id", TEXT, primary_key=True),
    Column("kind", TEXT, primary_key=True),  # person or group
    Column("name", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("assigned_at", BigInteger, nullable=False),
    Column("assigned_by", TEXT, nullable=False),
    Index("review_assignments_card", "account_id", "card_id"),
    Index("review_assignments_name", "account_id", "kind", "name", "review_id"),
    **ONE_TREE,
)

review_decisions = Table(
    "review_decisions",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("review_id", TEXT, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("card_id", TEXT, nullable=False),
    Column("user_name", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("by_person", Integer, nullable=False),  # 1 for a person, 0 for a program
    Column("verdict", TEXT, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("comment", TEXT),
    Column("review_by", BigInteger),
    Column("decided_at", BigInteger, nullable=False),
    Column("dismissed_at", BigInteger),
    Column("dismissed_by", TEXT),
    Column("reason", TEXT),
    Index("review_decisions_card", "account_id", "card_id", "decided_at", "review_id", "number"),
    Index("review_decisions_decided", "account_id", "decided_at", "review_id", "number"),
    **ONE_TREE,
)

# The last approval of each card that a review completed.
approvals = Table(
    "approvals",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("card_name", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("review_id", TEXT, nullable=False),
    Column("policy_name", TEXT),
    Column("policy_version", Integer),
    Column("policy_digest", TEXT),
    Column("held_by", TEXT),  # the policy that governs the card until the next approval
    Column("approved_at", BigInteger, nullable=False),
    Column("review_by", BigInteger),
    Column("expires_at", BigInteger),
    Column("after_expiry", TEXT),
    Column("ended_at", BigInteger),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index(
        "approvals_due",
        "account_id",
        "review_by",
        "card_id",
        **where("ended_at IS NULL AND review_by IS NOT NULL"),
    ),
    Index(
        "approvals_expiring",
        "expires_at",
        "account_id",
        "card_id",
        **where("ended_at IS NULL AND after_expiry = 'PendingReview'"),
    ),
    **ONE_TREE,
)
