"""Cards, their versions and contents, tags, the audit chains, access keys."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

ONE_TREE: dict[str, Any] = {"sqlite_with_rowid": False}


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "store",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("region", TEXT, nullable=False),
        sa.Column("key_fingerprint", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "access_keys",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("access_key_id", TEXT, primary_key=True),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        **ONE_TREE,
    )
    op.create_table(
        "cards",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("modified_by", TEXT, nullable=False),
        sa.Column("content_digest", TEXT, nullable=False),
        sa.Column("model_key", TEXT),
        sa.Column("package_key", TEXT),
        sa.Column("model_id", TEXT),
        sa.Column("model_name", TEXT),
        sa.Column("model_package_group_name", TEXT),
        sa.Column("model_package_arn", TEXT),
        sa.Column("risk_rating", TEXT),
        sa.Column("metadata", TEXT, nullable=False),
        sa.Column("record_digest", TEXT, nullable=False),
        sa.Column("audit_sequence", sa.Integer, nullable=False),
        sa.Column("audit_digest", TEXT, nullable=False),
        **ONE_TREE,
    )
    op.create_index("cards_name", "cards", ["account_id", "name"], unique=True)
    op.create_index("cards_model", "cards", ["account_id", "model_key"], unique=True, **where("model_key IS NOT NULL"))
    op.create_index(
        "cards_package", "cards", ["account_id", "package_key"], unique=True, **where("package_key IS NOT NULL")
    )
    op.create_index("cards_created", "cards", ["account_id", "created_at", "card_id", "name", "status", "modified_at"])
    op.create_index("cards_status", "cards", ["account_id", "status", "created_at", "card_id"])
    op.create_index("cards_modified", "cards", ["account_id", "modified_at", "card_id"])
    op.create_index(
        "cards_group",
        "cards",
        ["account_id", "model_package_group_name", "modified_at"],
        **where("model_package_group_name IS NOT NULL"),
    )
    op.create_table(
        "versions",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("content_digest", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("note", TEXT),
        sa.Column("previous_digest", TEXT, nullable=False),
        sa.Column("record_digest", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("modified_by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
        **ONE_TREE,
    )
    op.create_table(
        "contents",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("content", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "card_id", "version"],
            ["versions.account_id", "versions.card_id", "versions.version"],
        ),
    )
    op.create_table(
        "tags",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("resource_id", TEXT, primary_key=True),
        sa.Column("tag_key", TEXT, primary_key=True),
        sa.Column("tag_value", TEXT, nullable=False),
        **ONE_TREE,
    )
    op.create_index("tags_key", "tags", ["account_id", "tag_key"])
    op.create_table(
        "audit",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("details", TEXT, nullable=False),
        sa.Column("previous_digest", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        **ONE_TREE,
    )
    # NameContains: a trigram index over the names, in each engine's own way.
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("CREATE INDEX cards_name_trigrams ON cards USING gin (name gin_trgm_ops)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE card_names USING fts5"
            "(name, account_id UNINDEXED, card_id UNINDEXED, tokenize = 'trigram', detail = 'none')"
        )
