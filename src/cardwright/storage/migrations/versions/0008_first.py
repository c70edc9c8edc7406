"""The first schema: cards, the registry, export jobs, the console, people and buckets."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

ONE_TREE: dict[str, Any] = {"sqlite_with_rowid": False}


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _create_cards()
    _create_registry()
    _create_export_jobs()
    _create_console()
    _create_people()
    _create_indexes_of_words()


def _create_cards() -> None:
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


def _create_registry() -> None:
    op.create_table(
        "resources",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("resource_id", TEXT, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.Column("tags_id", TEXT, nullable=False),
        sa.Column("status", TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("modified_by", TEXT, nullable=False),
        sa.Column("artifact_key", TEXT),
        sa.Column("client_token", TEXT),
        sa.Column("request_digest", TEXT),
        sa.Column("summary", TEXT, nullable=False),
        **ONE_TREE,
    )
    op.create_index("resources_name", "resources", ["account_id", "kind", "name", "version"], unique=True)
    op.create_index(
        "resources_token",
        "resources",
        ["account_id", "kind", "client_token"],
        unique=True,
        **where("client_token IS NOT NULL"),
    )
    op.create_index("resources_created", "resources", ["account_id", "kind", "created_at", "resource_id"])
    op.create_index("resources_of_name", "resources", ["account_id", "kind", "name", "created_at", "resource_id"])
    op.create_index("resources_modified", "resources", ["account_id", "kind", "modified_at", "resource_id"])
    op.create_index(
        "resources_artifact", "resources", ["account_id", "kind", "artifact_key"], **where("artifact_key IS NOT NULL")
    )
    op.create_table(
        "documents",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("resource_id", TEXT, primary_key=True),
        sa.Column("document", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["account_id", "resource_id"], ["resources.account_id", "resources.resource_id"]),
    )


def _create_export_jobs() -> None:
    op.create_table(
        "export_jobs",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("job_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, nullable=False),
        sa.Column("card_name", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("output_path", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("artifact", TEXT),
        sa.Column("failure_reason", TEXT),
        sa.Column("engine", TEXT),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("claim", TEXT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
        **ONE_TREE,
    )
    op.create_index("export_jobs_name", "export_jobs", ["account_id", "card_id", "name"], unique=True)
    op.create_index("export_jobs_created", "export_jobs", ["account_id", "card_id", "created_at", "job_id"])
    op.create_index("export_jobs_status", "export_jobs", ["account_id", "card_id", "status", "job_id"])
    op.create_index("export_jobs_waiting", "export_jobs", ["due_at", "job_id"], **where("status = 'InProgress'"))
    op.create_table(
        "buckets",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("bucket", TEXT, primary_key=True),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("claimed_by", TEXT, nullable=False),
        **ONE_TREE,
    )
    op.create_index("buckets_name", "buckets", ["bucket"], unique=True)


def _create_console() -> None:
    op.create_index("cards_status_modified", "cards", ["account_id", "status", "modified_at", "card_id"])
    op.create_index("cards_risk_modified", "cards", ["account_id", "risk_rating", "modified_at", "card_id"])
    op.create_index(
        "cards_model_name", "cards", ["account_id", "model_name", "modified_at"], **where("model_name IS NOT NULL")
    )
    op.create_table(
        "card_texts",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, primary_key=True),
        sa.Column("description", TEXT),
        sa.Column("owner", TEXT),
        sa.Column("evaluations", sa.Integer, nullable=False),
        sa.Column("words", TEXT),
        sa.Column("entry", sa.BigInteger),
        sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    )
    op.create_index("card_texts_owner", "card_texts", ["account_id", "owner"], **where("owner IS NOT NULL"))
    op.create_index("card_texts_unevaluated", "card_texts", ["account_id", "card_id"], **where("evaluations = 0"))
    op.create_index("card_texts_due", "card_texts", ["account_id", "card_id"], **where("words IS NULL"))
    op.create_index("card_texts_entry", "card_texts", ["entry", "account_id", "card_id"], **where("entry IS NOT NULL"))
    op.create_table(
        "drafts",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("draft_id", TEXT, primary_key=True),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("card", TEXT),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        **ONE_TREE,
    )
    op.create_index("drafts_user", "drafts", ["account_id", "user_name", "modified_at"])


def _create_people() -> None:
    op.create_table(
        "users",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("user_key", TEXT, primary_key=True),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("password", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("password_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("signed_in_at", sa.BigInteger),
        **ONE_TREE,
    )
    op.create_table(
        "sessions",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        **ONE_TREE,
    )
    op.create_index("sessions_user", "sessions", ["account_id", "user_name"])
    op.create_index("sessions_seen", "sessions", ["account_id", "seen_at"])
    op.create_table(
        "sign_in_tries",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("subject", TEXT, primary_key=True),
        sa.Column("ahead_to", sa.BigInteger, nullable=False),
        **ONE_TREE,
    )
    op.create_index("sign_in_tries_ahead", "sign_in_tries", ["ahead_to"])
    op.create_table(
        "account_events",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("event_id", TEXT, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("details", TEXT, nullable=False),
        **ONE_TREE,
    )


def _create_indexes_of_words() -> None:
    """Create each engine's own indexes: trigrams of card names, and the words of cards."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("CREATE INDEX cards_name_trigrams ON cards USING gin (name gin_trgm_ops)")
        op.execute("CREATE INDEX card_texts_words ON card_texts USING gin (to_tsvector('simple', words))")
        return
    op.execute(
        "CREATE VIRTUAL TABLE card_names USING fts5"
        "(name, account_id UNINDEXED, card_id UNINDEXED, tokenize = 'trigram', detail = 'none')"
    )
    # Contentless: card_texts stores the words, and the index identifies entries by their numbers. The words are
    # folded and separated by spaces. The tokenizer ascii keeps them unchanged; unicode61 has other letters than
    # Python and would split some words, which a search could then not find.
    op.execute(
        "CREATE VIRTUAL TABLE card_words USING fts5("
        "words, content = '', detail = 'none', prefix = '1 2 3', tokenize = 'ascii')"
    )
    op.execute("CREATE VIRTUAL TABLE card_vocabulary USING fts5vocab(card_words, instance)")
