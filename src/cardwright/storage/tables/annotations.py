"""Tables of findings, evidence, waivers and comments."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, Table

from cardwright.storage.tables.schema import ONE_TREE, TEXT, metadata, where

# Findings of cards. A rule of a policy has at most one finding on a card that has not ended.
findings = Table(
    "findings",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("finding_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("severity", TEXT, nullable=False),
    Column("category", TEXT, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("title", TEXT, nullable=False),
    Column("text", TEXT),
    Column("pointer", TEXT),
    Column("rule", TEXT),
    Column("owner", TEXT),
    Column("former_owners", TEXT, nullable=False),  # a JSON list of user names in lower case
    Column("due_at", BigInteger),
    Column("state", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", TEXT, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", TEXT, nullable=False),
    Column("resolution", TEXT),
    Column("accepted_until", BigInteger),
    Column("accepted_digest", TEXT),
    Column("ended_at", BigInteger),
    Column("ended_by", TEXT),
    Column("fixed_version", Integer),
    Column("spans", TEXT, nullable=False),  # a JSON list of pairs of versions
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index(
        "findings_rule", "account_id", "card_id", "rule", unique=True, **where("ended_at IS NULL AND rule IS NOT NULL")
    ),
    Index("findings_card", "account_id", "card_id", "opened_at", "finding_id"),
    Index("findings_opened", "account_id", "opened_at", "finding_id"),
    Index("findings_running", "account_id", "opened_at", "finding_id", **where("ended_at IS NULL")),
    Index("findings_owner", "account_id", "owner", "opened_at", "finding_id"),
    # The console's list: most severe first, then the earliest due date.
    Index("findings_severity", "account_id", "severity", "due_at", "finding_id", **where("ended_at IS NULL")),
    Index("findings_worked", "account_id", "state", "finding_id", **where("ended_at IS NULL AND state <> 'open'")),
    **ONE_TREE,
)

# Files that support cards; their bytes are in the object store.
evidence = Table(
    "evidence",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("evidence_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("media_type", TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("file_sha256", TEXT, nullable=False),
    Column("source_uri", TEXT),
    Column("note", TEXT),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("finding_id", TEXT),
    Column("review_id", TEXT),
    Column("decision", Integer),
    Column("pointer", TEXT),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", TEXT, nullable=False),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("evidence_card", "account_id", "card_id", "added_at", "evidence_id"),
    **ONE_TREE,
)

# Failed rules and findings that are accepted until a date.
waivers = Table(
    "waivers",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("waiver_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("rule", TEXT),
    Column("finding_id", TEXT),
    Column("scope", TEXT, nullable=False),
    Column("policy_name", TEXT),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("requested_by", TEXT, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("granted_at", BigInteger),
    Column("granted_by", TEXT),
    Column("revoked_at", BigInteger),
    Column("revoked_by", TEXT),
    Column("revocation", TEXT),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("waivers_card", "account_id", "card_id", "requested_at", "waiver_id"),
    Index("waivers_requested", "account_id", "requested_at", "waiver_id"),
    Index(
        "waivers_asked",
        "account_id",
        "requested_at",
        "waiver_id",
        "finding_id",
        "expires_at",
        **where("granted_at IS NULL AND revoked_at IS NULL"),
    ),
    **ONE_TREE,
)

# Comments on fields of cards, and replies to them.
field_comments = Table(
    "field_comments",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("comment_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("reply_to", TEXT),
    Column("pointer", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("value_digest", TEXT),
    Column("text", TEXT, nullable=False),
    Column("written_at", BigInteger, nullable=False),
    Column("written_by", TEXT, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolved_by", TEXT),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("field_comments_card", "account_id", "card_id", "written_at", "comment_id"),
    **ONE_TREE,
)
