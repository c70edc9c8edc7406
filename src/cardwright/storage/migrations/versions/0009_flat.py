"""Indexes for faster searches: status with risk, values of tags, and texts inside the searchable metadata."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("cards_status_risk", "cards", ["account_id", "status", "risk_rating", "modified_at", "card_id"])
    op.drop_index("tags_key", "tags")
    op.create_index("tags_value", "tags", ["account_id", "tag_key", "tag_value", "resource_id"])
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE INDEX cards_metadata_trigrams ON cards USING gin (metadata gin_trgm_ops)")
        return
    # Contentless, with the same entries as the index of words.
    op.execute(
        "CREATE VIRTUAL TABLE card_metadata USING fts5(metadata, content = '', detail = 'none', tokenize = 'trigram')"
    )
    op.execute(
        "INSERT INTO card_metadata (rowid, metadata) SELECT t.entry, c.metadata FROM card_texts t"
        " JOIN cards c ON c.account_id = t.account_id AND c.card_id = t.card_id"
        " WHERE t.entry IS NOT NULL ORDER BY t.entry"
    )
